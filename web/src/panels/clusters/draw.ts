import type { Placed, Rect, View } from "@/lib/treemap";

/** A cluster on the map, with the keywords that are shown of it. */
export interface Topic {
  name: string;
  detail: string;
  state: State;
  locked: boolean;
  keywords: readonly string[];
}
export type State = "open" | "begun" | "covered";

export interface Scene {
  topics: readonly Topic[];
  placed: readonly Placed[];
  size: { w: number; h: number };
  view: View;
  chosen: ReadonlySet<number>;
  /** Where the keyboard is, or the pointer when something is dragged; -1 is nowhere. */
  active: number;
  dragged?: { text: string; x: number; y: number } | undefined;
}

const hues: Record<State, string> = { open: "--ink-3", begun: "--info", covered: "--ok" };
/** How much of its hue an area and the lines within show: as much as leaves texts on it at 4.5 to 1. */
const [tint, within] = [0.18, 0.4];

/** Draws what of the map is in its window, in the colours of the theme. */
export function draw(canvas: HTMLCanvasElement, s: Scene) {
  const g = canvas.getContext("2d");
  if (!g) return;
  const css = getComputedStyle(document.documentElement);
  const colour = (name: string) => css.getPropertyValue(name);
  const font = getComputedStyle(canvas).fontFamily;
  const [ink, ink2, surface, accent] = ["--ink", "--ink-2", "--surface", "--accent"].map(colour) as [string, string, string, string];
  const pixel = devicePixelRatio;
  g.setTransform(pixel, 0, 0, pixel, 0, 0);
  g.clearRect(0, 0, s.size.w, s.size.h);
  g.textBaseline = "middle";
  s.placed.forEach(({ rect, parts }, i) => {
    const r = shown(rect, s);
    if (!r) return;
    const t = s.topics[i]!;
    const hue = colour(hues[t.state]);
    g.setLineDash([]);
    box(g, r, 6);
    g.fillStyle = surface;
    g.fill();
    g.fillStyle = hue;
    g.globalAlpha = tint;
    g.fill();
    g.strokeStyle = hue;
    g.lineWidth = 1;
    g.globalAlpha = within;
    const lettered: [Rect, string][] = [];
    parts.forEach((part, j) => {
      const p = shown(part, s);
      if (!p || p.w < 2 || p.h < 2) return;
      g.strokeRect(p.x + 0.5, p.y + 0.5, p.w - 1, p.h - 1);
      if (p.w > 44 && p.h > 14) lettered.push([p, t.keywords[j]!]);
    });
    g.globalAlpha = 1;
    g.fillStyle = ink2;
    g.font = `12px ${font}`;
    for (const [p, text] of lettered) write(g, text, p.x + 4, p.y + p.h / 2, p.w - 8);
    g.strokeStyle = s.chosen.has(i) || s.active === i ? accent : hue;
    g.lineWidth = s.chosen.has(i) || s.active === i ? 2 : 1;
    g.setLineDash(s.active === i && !s.chosen.has(i) ? [4, 3] : []);
    box(g, r, 6);
    g.stroke();
    if (r.w > 40 && r.h > 16) {
      g.fillStyle = ink;
      g.font = `600 12px ${font}`;
      // The name stays in sight while any of its cluster is.
      const x = Math.max(r.x, 0) + 6;
      const name = t.locked ? `${t.name} · locked` : t.name;
      write(g, `${name}  ${t.detail}`, x, Math.max(r.y, 0) + 11, Math.min(r.x + r.w, s.size.w) - x - 4);
    }
  });
  if (s.dragged) {
    g.font = `500 12px ${font}`;
    const w = g.measureText(s.dragged.text).width + 16;
    g.fillStyle = accent;
    g.setLineDash([]);
    box(g, { x: s.dragged.x + 8, y: s.dragged.y + 8, w, h: 24 }, 6);
    g.fill();
    g.fillStyle = colour("--accent-ink");
    g.fillText(s.dragged.text, s.dragged.x + 16, s.dragged.y + 20);
  }
}

/** Where a rectangle of the map is in the window, if any of it is. */
function shown(r: Rect, { view: v, size }: Scene): Rect | null {
  const at = { x: r.x * v.k + v.x, y: r.y * v.k + v.y, w: r.w * v.k, h: r.h * v.k };
  return at.x < size.w && at.y < size.h && at.x + at.w > 0 && at.y + at.h > 0 ? at : null;
}

function box(g: CanvasRenderingContext2D, r: Rect, radius: number) {
  g.beginPath();
  g.roundRect(r.x + 1, r.y + 1, Math.max(0, r.w - 2), Math.max(0, r.h - 2), Math.min(radius, r.w / 4, r.h / 4));
}

const widths = new Map<string, number>();

function widthOf(g: CanvasRenderingContext2D, text: string): number {
  const key = g.font + text;
  let wide = widths.get(key);
  if (wide === undefined) {
    if (widths.size > 20_000) widths.clear();
    wide = g.measureText(text).width;
    widths.set(key, wide);
  }
  return wide;
}

/** Writes as much of a text as there is room for. */
function write(g: CanvasRenderingContext2D, text: string, x: number, y: number, room: number) {
  const wide = widthOf(g, text);
  if (wide <= room) return g.fillText(text, x, y);
  for (let letters = Math.floor((text.length * room) / wide) - 1; letters > 1; letters--) {
    const cut = `${text.slice(0, letters).trimEnd()}…`;
    if (widthOf(g, cut) <= room) return g.fillText(cut, x, y);
  }
}
