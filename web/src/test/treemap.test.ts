import { describe, expect, test } from "vitest";
import { byDay } from "@/templates/dashboard/Spend";
import { ago, signed, usd, word } from "@/lib/format";
import { squarify } from "@/lib/treemap";

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
