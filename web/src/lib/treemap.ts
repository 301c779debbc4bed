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
