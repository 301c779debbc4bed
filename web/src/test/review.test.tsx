import { fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test } from "vitest";
import { Article, editable, occurrences, textOf, unknownTo } from "@/lib/html";
import { tidy } from "@/panels/review/Editor";
import { useAuth } from "@/stores/auth";
import { open } from "./render";
import { me, sample, serve, session } from "./server";

const path = `/api/v1/writer/content/${me.id}/`;
const content = (part = {}) => ({ ...(sample({ $ref: "#/components/schemas/Content" }) as object), id: me.id, status: "review", revision: 2, version: 4, title: "Trail shoes", meta_title: "Shoes", outline: ["A heading", "Another"], ...part });
beforeEach(() => useAuth.getState().enter(session as never));

describe("the text of an article", () => {
  test("is made of harmless elements only", () => {
    const { container } = render(<Article html={'<h1>T</h1><p onclick="x()">A <a href="javascript:x()">b</a><img src=x onerror=x()></p><script>x()</script><iframe src="//e"></iframe><svg onload=x()></svg><table><tr><td colspan="2">c</td></tr></table>'} />);
    expect(container.innerHTML).toBe('<h2>T</h2><p>A <a target="_blank" rel="noreferrer noopener">b</a></p><table><tbody><tr><td colspan="2">c</td></tr></tbody></table>');
  });

  test("counts phrases as whole words, in any case and script", () => {
    const text = textOf("<p>Trail shoes.</p><p>TRAIL  shoes and trail shoestrings; Crème brûlée</p>");
    expect(occurrences(text, "trail shoes")).toBe(2);
    expect(occurrences(text, "crème brûlée")).toBe(1);
    expect(occurrences(text, "c++")).toBe(0);
    expect(occurrences(text, "  ")).toBe(0);
  });

  test("that the editor would not keep whole is not given to it", () => {
    expect(unknownTo("<p>a</p><table><tr><td>b</td></tr></table>", editable)).toEqual([]);
    expect(unknownTo("<p>a</p><figure><img></figure>", editable)).toEqual(["figure", "img"]);
  });

  test("is given back without what the editor adds inside items and cells", () => {
    expect(tidy("<ul><li><p>a</p></li><li><p>b</p><p>c</p></li></ul><table><tbody><tr><td><p>d</p></td></tr></tbody></table>")).toBe("<ul><li>a</li><li><p>b</p><p>c</p></li></ul><table><tbody><tr><td>d</td></tr></tbody></table>");
  });
});

describe("a review", () => {
  test("shows what is planned and missing, and approves the version that was read", async () => {
    const user = userEvent.setup();
    const { asked } = serve((a) => {
      if (a.path === `${path}approve/`) return { body: { success: true, data: { content: content({ status: "draft" }) } } };
      return a.path === path ? { body: { success: true, data: content() } } : undefined;
    });
    open(`/writer/content/${me.id}`);
    const outline = (await screen.findByRole("heading", { name: "Outline" })).closest("section")!;
    expect(within(outline).getByLabelText("used").closest("li")).toHaveTextContent("A heading");
    expect(within(outline).getByLabelText("missing").closest("li")).toHaveTextContent("Another");
    await user.click(screen.getByRole("button", { name: "Approve" }));
    await waitFor(() => expect(asked.find((a) => a.path.endsWith("approve/"))?.body).toEqual({ revision: 2 }));
  });

  test("asks what should be different before a rewrite", async () => {
    const user = userEvent.setup();
    const { asked } = serve((a) => (a.path === path ? { body: { success: true, data: content() } } : undefined));
    open(`/writer/content/${me.id}`);
    await user.click(await screen.findByRole("button", { name: "Ask for a rewrite" }));
    const dialog = await screen.findByRole("dialog", { name: "Ask for a rewrite" });
    const go = within(dialog).getByRole("button", { name: "Ask for a rewrite" });
    await user.click(go);
    expect(within(dialog).getByText("Say what should be different.")).toBeVisible();
    await user.type(within(dialog).getByRole("textbox"), "Shorter");
    await user.click(go);
    await waitFor(() => expect(asked.find((a) => a.path.endsWith("request_changes/"))?.body).toEqual({ instruction: "Shorter", revision: 2 }));
  });

  test("saves by itself, only what changed, and never over a newer version", async () => {
    const user = userEvent.setup();
    let server = content();
    const { asked } = serve((a) => {
      if (a.path !== path) return undefined;
      if (a.method === "GET") return { body: { success: true, data: server } };
      const body = a.body as { version: number };
      if (body.version !== server.version) return { status: 409, body: { success: false, message: "It has changed since.", code: "conflict", errors: {} } };
      server = content({ ...server, ...body, version: server.version + 1 });
      return { body: { success: true, data: server } };
    });
    open(`/writer/content/${me.id}`);
    const field = await screen.findByLabelText(/^Title in results/);
    fireEvent.change(field, { target: { value: "Mine" } });
    await waitFor(() => expect(server).toMatchObject({ meta_title: "Mine", version: 5 }), { timeout: 5_000 });
    expect(asked.find((a) => a.method === "PATCH")?.body).toEqual({ meta_title: "Mine", version: 4 });

    server = content({ meta_title: "Theirs", version: 9 });
    fireEvent.change(field, { target: { value: "Mine again" } });
    expect(await screen.findByText(/Somebody saved a newer version/, undefined, { timeout: 5_000 })).toBeVisible();
    expect(server).toMatchObject({ meta_title: "Theirs", version: 9 });
    const row = screen.getByRole("row", { name: /Title in results Mine again Theirs/ });
    expect(row).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Save mine on top" }));
    await waitFor(() => expect(server).toMatchObject({ meta_title: "Mine again", version: 10 }), { timeout: 5_000 });
  });
});
