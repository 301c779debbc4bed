import { describe, expect, test } from "vitest";
import { byDay } from "@/templates/dashboard/Spend";
import { ago, signed, usd, word } from "@/lib/format";
import { hit, panned, place, squarify, whole, zoomed } from "@/lib/treemap";

/** Numbers that look as if by chance, and are the same each time. */
function numbers(seed: number) {
  return () => ((seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648);
}

describe("a treemap", () => {
  test("gives each value its share of the area, inside the box and over no other", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const next = numbers(seed);
      const values = Array.from({ length: 1 + Math.floor(next() * 60) }, () => 1 + next() * 1000).sort((a, b) => b - a);
      const box = { x: 10, y: 20, w: 100 + next() * 900, h: 100 + next() * 500 };
      const rects = squarify(values, box);
      const sum = values.reduce((a, b) => a + b, 0);
      rects.forEach((r, i) => {
        expect(r.w * r.h).toBeCloseTo((values[i]! / sum) * box.w * box.h, 4);
        expect(r.x).toBeGreaterThanOrEqual(box.x - 1e-6);
        expect(r.y).toBeGreaterThanOrEqual(box.y - 1e-6);
        expect(r.x + r.w).toBeLessThanOrEqual(box.x + box.w + 1e-6);
        expect(r.y + r.h).toBeLessThanOrEqual(box.y + box.h + 1e-6);
        for (const o of rects.slice(i + 1)) expect(Math.min(r.x + r.w, o.x + o.w) - Math.max(r.x, o.x) > 1e-6 && Math.min(r.y + r.h, o.y + o.h) - Math.max(r.y, o.y) > 1e-6).toBe(false);
      });
    }
  });

  test("of nothing, or without room, is empty", () => {
    expect(squarify([], { x: 0, y: 0, w: 10, h: 10 })).toEqual([]);
    expect(squarify([1], { x: 0, y: 0, w: 0, h: 10 })).toEqual([{ x: 0, y: 0, w: 0, h: 0 }]);
  });
});

describe("a map of clusters", () => {
  const size = { w: 900, h: 500 };
  const next = numbers(7);
  const parts = Array.from({ length: 12 }, (_, i) => ({ weight: 1_000 / (i + 1), parts: Array.from({ length: 20 }, (_, j) => ({ weight: 100 / (j + 1) })) }));
  const placed = place(parts, { x: 0, y: 0, ...size });

  test("has each keyword inside its cluster, below the name", () => {
    for (const { rect, parts: inner } of placed) {
      expect(inner).toHaveLength(20);
      for (const r of inner) {
        expect(r.x).toBeGreaterThanOrEqual(rect.x);
        expect(r.y).toBeGreaterThanOrEqual(rect.y);
        expect(r.x + r.w).toBeLessThanOrEqual(rect.x + rect.w + 1e-6);
        expect(r.y + r.h).toBeLessThanOrEqual(rect.y + rect.h + 1e-6);
      }
    }
  });

  test("is zoomed about the pointer: what lay below it stays there, and the window stays covered", () => {
    let view = whole;
    for (let n = 0; n < 500; n++) {
      const at = { x: next() * size.w, y: next() * size.h };
      const before = hit(placed, view, at);
      view = zoomed(view, 0.5 + next() * 2, at, size);
      expect(view.k).toBeGreaterThanOrEqual(1);
      expect(view.k).toBeLessThanOrEqual(40);
      if (view.k > 1 && view.x < 0 && view.y < 0 && view.x > size.w * (1 - view.k) && view.y > size.h * (1 - view.k)) expect(hit(placed, view, at)).toEqual(before);
      view = panned(view, (next() - 0.5) * 3_000, (next() - 0.5) * 3_000, size);
      for (const corner of [{ x: 0, y: 0 }, { x: size.w - 0.01, y: size.h - 0.01 }]) expect(hit(placed, view, corner).part).not.toBe(-1);
    }
  });

  test("tells which keyword of which cluster lies at a point", () => {
    placed.forEach(({ parts: inner }, part) =>
      inner.forEach((r, i) => r.w * r.h > 0 && expect(hit(placed, whole, { x: r.x + r.w / 2, y: r.y + r.h / 2 })).toEqual({ part, inner: i })),
    );
  });
});

test("usage adds up by day, and what is older belongs to no day", () => {
  const now = new Date(2026, 10, 23, 15).getTime();
  const at = (days: number) => new Date(now - days * 86_400_000).toISOString();
  const days = byDay([{ created_at: at(0), credits_used: 3 }, { created_at: at(0), credits_used: 4 }, { created_at: at(2), credits_used: 5 }, { created_at: at(9), credits_used: 99 }], 3, now);
  expect(days.map((d) => d.used)).toEqual([5, 0, 7]);
});

test("figures and moments read as people write them", () => {
  const now = Date.parse("2026-11-23T12:00:00Z");
  expect([ago("2026-11-23T11:59:50Z", now), ago("2026-11-23T11:00:00Z", now), ago("2026-11-21T12:00:00Z", now)]).toEqual(["just now", "1 hr. ago", "2 days ago"]);
  expect([usd(0), usd(0.0019), usd(1234.5)]).toEqual(["$0.00", "$0.0019", "$1,234.50"]);
  expect([signed(5), signed(-1200), signed(0)]).toEqual(["+5", "−1,200", "0"]);
  expect([word("image_prompts"), word("some_new.thing")]).toEqual(["Describe images", "Some new thing"]);
});
