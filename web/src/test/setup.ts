import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterEach, vi } from "vitest";
import { queries } from "@/api/queries";
import { useAIRequestLogs } from "@/stores/aiRequestLogs";
import { useAuth } from "@/stores/auth";
import { usePageSize } from "@/stores/pageSize";
import { usePlanner } from "@/stores/planner";
import { useSector } from "@/stores/sector";
import { useSite } from "@/stores/site";

// Long, for machines that do much else: what comes is not waited for any longer than it takes.
configure({ asyncUtilTimeout: 60_000 });

/* What browsers have and jsdom has not. */
globalThis.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};
globalThis.matchMedia ??= ((query: string) => ({ matches: false, media: query, addEventListener() {}, removeEventListener() {} })) as unknown as typeof matchMedia;
HTMLDialogElement.prototype.showModal = function () {
  this.open = true;
};
HTMLDialogElement.prototype.close = function () {
  this.open = false;
};
globalThis.CSS ??= { escape: (s: string) => s.replace(/[^\w-]/g, "\\$&") } as typeof CSS;
Element.prototype.scrollIntoView ??= () => undefined;
URL.createObjectURL ??= () => "blob:test";
URL.revokeObjectURL ??= () => undefined;

function toggle(el: HTMLElement, open: boolean) {
  const e = new Event("toggle") as Event & { newState?: string };
  e.newState = open ? "open" : "closed";
  el.dataset.open = String(open);
  el.dispatchEvent(e);
}
HTMLElement.prototype.showPopover = function () {
  toggle(this, true);
};
HTMLElement.prototype.hidePopover = function () {
  toggle(this, false);
};
document.addEventListener("click", (e) => {
  const id = (e.target as Element | null)?.closest("[popovertarget]")?.getAttribute("popovertarget");
  const box = id ? document.getElementById(id) : null;
  if (box) toggle(box, box.dataset.open !== "true");
});

const stores = [useAuth, useSite, useSector, usePlanner, usePageSize, useAIRequestLogs] as const;
const initial = stores.map((s) => s.getInitialState());

afterEach(() => {
  cleanup();
  queries.clear();
  stores.forEach((s, i) => (s as { setState: (state: unknown, replace: true) => void }).setState(initial[i], true));
  localStorage.clear();
  sessionStorage.clear();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});
