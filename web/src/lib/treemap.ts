export interface Rect {
  x: number;
  y: number;
  w: number;
  h: number;
}

/**
 * Divides a rectangle among values, the largest first, in rows whose cells are
 * as near to squares as they come (Bruls, Huizing and van Wijk: squarified
 * treemaps, 2000). Areas are in proportion to the values, which are positive.
 */
export function squarify(values: readonly number[], { x, y, w, h }: Rect): Rect[] {
  const sum = values.reduce((a, b) => a + b, 0);
  const out: Rect[] = [];
  if (sum <= 0 || w <= 0 || h <= 0) return values.map(() => ({ x, y, w: 0, h: 0 }));
  const scale = (w * h) / sum;
  let row: number[] = [];
  const worst = (r: readonly number[], side: number) => {
    const area = r.reduce((a, b) => a + b, 0);
    return Math.max((side * side * Math.max(...r)) / (area * area), (area * area) / (side * side * Math.min(...r)));
  };
  const lay = () => {
    const area = row.reduce((a, b) => a + b, 0);
    const wide = w >= h;
    const thick = area / (wide ? h : w);
    let at = wide ? y : x;
    for (const a of row) {
      const long = a / thick;
      out.push(wide ? { x, y: at, w: thick, h: long } : { x: at, y, w: long, h: thick });
      at += long;
    }
    if (wide) {
      x += thick;
      w -= thick;
    } else {
      y += thick;
      h -= thick;
    }
    row = [];
  };
  for (const v of values) {
    const a = v * scale;
    const side = Math.min(w, h);
    if (row.length > 0 && worst([...row, a], side) > worst(row, side)) lay();
    row.push(a);
  }
  if (row.length > 0) lay();
  return out;
}

/** What a treemap is made of: parts, each with parts of its own. */
export interface Part {
  weight: number;
  parts: readonly { weight: number }[];
}
export interface Placed {
  rect: Rect;
  parts: Rect[];
}

/** The height of the strip that a part's name stands in, and the gap around its own parts. */
const strip = 20;
const gap = 2;

/** Gives each part its place in a box, and its own parts theirs below its name. Both are ordered, the heaviest first. */
export function place(parts: readonly Part[], box: Rect): Placed[] {
  const rects = squarify(parts.map((p) => p.weight), box);
  return parts.map((p, i) => {
    const rect = rects[i]!;
    const inner = { x: rect.x + gap, y: rect.y + strip, w: Math.max(0, rect.w - 2 * gap), h: Math.max(0, rect.h - strip - gap) };
    return { rect, parts: squarify(p.parts.map((x) => x.weight), inner) };
  });
}

/** How a map is looked at: a point of it is shown at k times its place, plus x and y. */
export interface View {
  k: number;
  x: number;
  y: number;
}
export const whole: View = { k: 1, x: 0, y: 0 };
const nearest = 40;

/** The view with the map covering its window, no nearer than it makes sense. */
function held({ k, x, y }: View, size: { w: number; h: number }): View {
  const near = Math.min(Math.max(k, 1), nearest);
  const within = (at: number, side: number) => Math.min(0, Math.max(at, side * (1 - near)));
  return { k: near, x: within(x, size.w), y: within(y, size.h) };
}

export const panned = (v: View, dx: number, dy: number, size: { w: number; h: number }): View => held({ k: v.k, x: v.x + dx, y: v.y + dy }, size);

/** The view so many times as near, with the point of the window staying where it is. */
export function zoomed(v: View, times: number, at: { x: number; y: number }, size: { w: number; h: number }): View {
  const k = Math.min(Math.max(v.k * times, 1), nearest);
  const by = k / v.k;
  return held({ k, x: at.x - (at.x - v.x) * by, y: at.y - (at.y - v.y) * by }, size);
}

const within = (r: Rect, x: number, y: number) => x >= r.x && x < r.x + r.w && y >= r.y && y < r.y + r.h;

/** What lies at a point of the window: the part, and the part of it, or -1. */
export function hit(placed: readonly Placed[], v: View, at: { x: number; y: number }): { part: number; inner: number } {
  const [x, y] = [(at.x - v.x) / v.k, (at.y - v.y) / v.k];
  const part = placed.findIndex((p) => within(p.rect, x, y));
  return { part, inner: part < 0 ? -1 : placed[part]!.parts.findIndex((r) => within(r, x, y)) };
}
