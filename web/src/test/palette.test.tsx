import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test } from "vitest";
import { rank } from "@/lib/rank";
import { useAuth } from "@/stores/auth";
import { open } from "./render";
import { serve, session } from "./server";

async function palette() {
  useAuth.getState().enter(session as never);
  serve();
  const user = userEvent.setup();
  const { router } = open("/notifications");
  await screen.findByRole("heading", { level: 1 });
  await user.keyboard("{Control>}k{/Control}");
  const dialog = within(await screen.findByRole("dialog", { name: "Go to a page or do something" }));
  return { user, router, input: dialog.getByRole("combobox"), shown: () => dialog.getAllByRole("option").map((o) => o.textContent) };
}

describe("the palette", () => {
  test("offers what is done first in the work before what is rare", async () => {
    const shown = (await palette()).shown();
    const at = (label: string) => shown.indexOf(label);
    expect(shown.slice(0, 3)).toEqual(["Import keywords", "Add a keyword", "Start a pipeline"]);
    expect(at("Home")).toBeGreaterThan(at("Make an API key"));
    expect(at("Make an API key")).toBeGreaterThan(at("Propose other groups"));
  });

  test("goes by Enter to what fits best, not to what comes first", async () => {
    const { user, router, input, shown } = await palette();
    await user.type(input, "keyw");
    await waitFor(() => expect(shown().slice(0, 2)).toEqual(["KeywordsPlanner", "Import keywordsDo"]));
    await user.keyboard("{Enter}");
    await waitFor(() => expect(router.state.location.pathname).toBe("/planner/keywords"));
  });
});

test.each([
  ["key", "Keywords", "Planner", 3],
  ["keys", "API keys", "Settings", 2],
  ["api k", "API keys", "Settings", 3],
  ["k a", "API keys", "Settings", 2],
  ["add key", "Add a keyword", "", 2],
  ["signed in", "Sessions", "Where you are signed in Settings", 1],
  ["eyword", "Keywords", "Planner", 1],
  ["sess", "Propose other groups", "", 0],
  ["über", "Über uns", "Site", 3],
  ["/runs", "Runs", "Automation", 3],
])("%s finds %s, of %s, with %d", (typed, name, also, fit) => {
  expect(rank(typed, name, also)).toBe(fit);
});
