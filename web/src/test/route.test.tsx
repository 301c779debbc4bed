import { act, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import { pages } from "@/app/registry";
import { Link, matcher, navigate, Navigate, Router, useLocation, useSearchParams } from "@/lib/route";

function Shown() {
  const { pathname, search, hash } = useLocation();
  return <p>{pathname + search + hash}</p>;
}
const open = (at: string, inside: React.ReactNode = null) => {
  history.pushState(null, "", at);
  return render(
    <Router>
      <Shown />
      {inside}
    </Router>,
  );
};

describe("addresses", () => {
  test("what is gone to is shown, and so is what is gone back to", async () => {
    open("/one");
    act(() => navigate("/two?a=1#b"));
    expect(screen.getByText("/two?a=1#b")).toBeVisible();
    history.back();
    expect(await screen.findByText("/one")).toBeVisible();
  });

  test("what is replaced is not gone back to", async () => {
    open("/one");
    act(() => navigate("/two"));
    act(() => navigate("/three", { replace: true }));
    expect(screen.getByText("/three")).toBeVisible();
    history.back();
    expect(await screen.findByText("/one")).toBeVisible();
  });

  test("what only leads elsewhere leaves no way back to itself", async () => {
    open("/one");
    const before = history.length;
    render(
      <Router>
        <Navigate to="/two" />
      </Router>,
    );
    expect(await screen.findByText("/two")).toBeVisible();
    expect(history.length).toBe(before);
  });

  test("each is of one page, whose path it has", () => {
    for (const page of pages) {
      const address = page.path.replace(":id", "an-id");
      expect(pages.filter((p) => matcher(p.path)(address)).map((p) => p.path)).toEqual([page.path]);
    }
    expect(matcher("/writer/content/:id/revisions")("/writer/content/an-id/revisions/")).toEqual({ id: "an-id" });
    expect(matcher("/writer/content/:id")("/writer/content/an-id/revisions")).toBeNull();
    expect(matcher("/writer/content/:id")("/writer/content/")).toBeNull();
    expect(matcher("/planner")("/planner/keywords")).toBeNull();
  });
});

describe("a link", () => {
  /** Whether the click is left to the browser, which jsdom is not. */
  const left = (init: MouseEventInit = {}) => {
    let taken = true;
    const hear = (e: MouseEvent) => {
      taken = e.defaultPrevented;
      e.preventDefault();
    };
    addEventListener("click", hear, { once: true });
    fireEvent.click(screen.getByRole("link"), init);
    return !taken;
  };

  test("is followed without a new page, and from where it already leads not once more", () => {
    open("/one", <Link to="/two?a=1">Two</Link>);
    const before = history.length;
    expect(left()).toBe(false);
    expect(screen.getByText("/two?a=1")).toBeVisible();
    expect(history.length).toBe(before + 1);
    expect(left()).toBe(false);
    expect(history.length).toBe(before + 1);
  });

  test("of parameters alone stays on its page", () => {
    open("/one?a=1", <Link to="?b=2">Other</Link>);
    expect(left()).toBe(false);
    expect(screen.getByText("/one?b=2")).toBeVisible();
  });

  test("is the browser's with a key, to another host, in another window, and where it was dealt with", () => {
    open("/one", <Link to="/two">Two</Link>).unmount();
    for (const key of ["ctrlKey", "metaKey", "shiftKey", "altKey"]) {
      const { unmount } = open("/one", <Link to="/two">Two</Link>);
      expect(left({ [key]: true }), key).toBe(true);
      unmount();
    }
    for (const link of [<Link key="host" to="https://example.com/two">Two</Link>, <Link key="window" to="/two" target="_blank">Two</Link>]) {
      const { unmount } = open("/one", link);
      expect(left()).toBe(true);
      unmount();
    }
    open("/one", <Link to="/two" onClick={(e) => e.preventDefault()}>Two</Link>);
    left();
    expect(location.pathname).toBe("/one");
  });
});

describe("the parameters of an address", () => {
  let set: ReturnType<typeof useSearchParams>[1];
  function Of() {
    const [params, change] = useSearchParams();
    set = change;
    return <output>{params.get("a")}</output>;
  }

  test("are set one after the other, and the last that is taken away takes the question mark", async () => {
    open("/one?a=1#h", <Of />);
    expect(screen.getByRole("status")).toHaveTextContent("1");
    const put = (name: string, value: string) => set((now) => new URLSearchParams([...now, [name, value]]), { replace: true });
    act(() => {
      put("b", "2");
      put("c", "3");
    });
    await waitFor(() => expect(screen.getByText("/one?a=1&b=2&c=3")).toBeVisible());
    act(() => set({}));
    expect(screen.getByText("/one")).toBeVisible();
  });

  test("are not those of a page that is gone to meanwhile", () => {
    open("/one", <Of />);
    const late = set;
    act(() => navigate("/two"));
    act(() => late({ search: "shoes" }));
    expect(screen.getByText("/two")).toBeVisible();
  });
});
