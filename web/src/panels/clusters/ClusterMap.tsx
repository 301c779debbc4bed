import { Hand, Maximize, Move, ZoomIn, ZoomOut } from "lucide-react";
import { type KeyboardEvent, type PointerEvent, type ReactNode, useCallback, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "react";
import { buttonLook } from "@/components/ui";
import { cn } from "@/lib/cn";
import { hit, panned, place, type View, whole, zoomed } from "@/lib/treemap";
import { draw, type Topic } from "./draw";

export interface MapTopic extends Topic {
  id: string;
  label: string;
  weight: number;
  parts: readonly { id: string; weight: number }[];
}
interface Props {
  topics: readonly MapTopic[];
  chosen: readonly string[];
  choose: (ids: string[]) => void;
  /** Puts a keyword into another cluster; absent for those who may not. */
  move?: ((keyword: { id: string; text: string }, to: MapTopic) => void) | undefined;
}

const steps: Record<string, [number, number]> = { ArrowLeft: [80, 0], ArrowRight: [-80, 0], ArrowUp: [0, 80], ArrowDown: [0, -80] };
/** Pixels that a pointer may tremble without meaning a drag. */
const tremble = 4;

/**
 * Clusters and their keywords as areas, drawn on a canvas. Wheel, pinch and + or −
 * zoom, a drag or Alt with an arrow pans; arrows go from cluster to cluster, Enter
 * chooses one, Shift adds to what is chosen.
 */
export function ClusterMap({ topics, chosen, choose, move }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const view = useRef<View>(whole);
  const [size, setSize] = useState({ w: 0, h: 0 });
  const [active, setActive] = useState(-1);
  const [moving, setMoving] = useState(false);
  const drag = useRef<{ x: number; y: number; far: boolean; keyword?: { id: string; text: string; from: number } } | null>(null);
  const over = useRef<{ text: string; x: number; y: number; part: number } | undefined>(undefined);
  const frame = useRef(0);
  const id = useId();

  const placed = useMemo(() => place(topics, { x: 0, y: 0, ...size }), [topics, size]);
  const picked = useMemo(() => new Set(topics.flatMap((t, i) => (chosen.includes(t.id) ? [i] : []))), [topics, chosen]);
  const paint = useCallback(() => {
    frame.current ||= requestAnimationFrame(() => {
      frame.current = 0;
      if (canvas.current) draw(canvas.current, { topics, placed, size, view: view.current, chosen: picked, active: over.current?.part ?? active, dragged: over.current });
    });
  }, [topics, placed, size, picked, active]);
  const look = useCallback(
    (next: View) => {
      view.current = next;
      paint();
    },
    [paint],
  );

  useLayoutEffect(() => {
    const watch = new ResizeObserver(([e]) => e && setSize({ w: e.contentRect.width, h: e.contentRect.height }));
    if (list.current) watch.observe(list.current);
    return () => watch.disconnect();
  }, []);
  useLayoutEffect(() => {
    if (!canvas.current) return;
    canvas.current.width = size.w * devicePixelRatio;
    canvas.current.height = size.h * devicePixelRatio;
    view.current = panned(view.current, 0, 0, size);
  }, [size]);
  useEffect(() => {
    paint();
    const themed = new MutationObserver(paint);
    themed.observe(document.documentElement, { attributeFilter: ["class"] });
    void document.fonts?.ready.then(paint);
    return () => {
      themed.disconnect();
      cancelAnimationFrame(frame.current);
      frame.current = 0;
    };
  }, [paint]);
  useEffect(() => {
    const box = list.current;
    // Not React's: that one is passive, and the page would scroll or zoom as well.
    const wheel = (e: WheelEvent) => {
      e.preventDefault();
      look(zoomed(view.current, Math.exp(-e.deltaY / (e.ctrlKey ? 100 : 400)), { x: e.offsetX, y: e.offsetY }, size));
    };
    box?.addEventListener("wheel", wheel, { passive: false });
    return () => box?.removeEventListener("wheel", wheel);
  }, [look, size]);

  const zoom = (times: number) => look(zoomed(view.current, times, { x: size.w / 2, y: size.h / 2 }, size));
  const pick = (i: number, more: boolean) => {
    const t = topics[i];
    if (!t) return;
    if (!more) choose([t.id]);
    else choose(chosen.includes(t.id) ? chosen.filter((c) => c !== t.id) : [...chosen, t.id]);
  };
  const at = (e: PointerEvent) => {
    const box = e.currentTarget.getBoundingClientRect();
    return { x: e.clientX - box.x, y: e.clientY - box.y };
  };
  const down = (e: PointerEvent) => {
    if (e.button !== 0) return;
    const p = at(e);
    const { part, inner } = hit(placed, view.current, p);
    const key = topics[part]?.parts[inner];
    drag.current = { ...p, far: false, ...(moving && key ? { keyword: { id: key.id, text: topics[part]!.keywords[inner]!, from: part } } : {}) };
    e.currentTarget.setPointerCapture(e.pointerId);
  };
  const dragTo = (e: PointerEvent) => {
    const d = drag.current;
    if (!d) return;
    const p = at(e);
    if (!d.far && Math.hypot(p.x - d.x, p.y - d.y) < tremble) return;
    d.far = true;
    if (d.keyword) {
      over.current = { text: d.keyword.text, ...p, part: hit(placed, view.current, p).part };
      return paint();
    }
    look(panned(view.current, p.x - d.x, p.y - d.y, size));
    drag.current = { ...d, ...p };
  };
  const up = (e: PointerEvent) => {
    const d = drag.current;
    drag.current = null;
    over.current = undefined;
    paint();
    if (!d || e.type === "pointercancel") return;
    const { part } = hit(placed, view.current, at(e));
    if (!d.far) {
      setActive(part);
      pick(part, e.shiftKey);
    } else if (d.keyword && part >= 0 && part !== d.keyword.from) move?.(d.keyword, topics[part]!);
  };
  const key = (e: KeyboardEvent) => {
    const step = steps[e.key];
    const n = topics.length;
    if (step && e.altKey) look(panned(view.current, ...step, size));
    else if (step) setActive((i) => (i + (e.key === "ArrowRight" || e.key === "ArrowDown" ? 1 : n - 1 + (i < 0 ? 1 : 0))) % n);
    else if (e.key === "Home") setActive(0);
    else if (e.key === "End") setActive(n - 1);
    else if (e.key === "Enter" || e.key === " ") pick(active, e.shiftKey || e.key === " ");
    else if (e.key === "+" || e.key === "=") zoom(1.5);
    else if (e.key === "-") zoom(1 / 1.5);
    else if (e.key === "0") look(whole);
    else return;
    e.preventDefault();
  };
  return (
    <div className="relative min-h-96 min-w-0 flex-1 overflow-hidden rounded-lg">
      <canvas ref={canvas} aria-hidden className="absolute inset-0 size-full" />
      <div
        ref={list}
        role="listbox"
        tabIndex={0}
        aria-label="Clusters by searches"
        aria-multiselectable
        aria-activedescendant={active >= 0 && active < topics.length ? `${id}${active}` : undefined}
        className={cn("absolute inset-0 touch-none rounded-lg focus-visible:-outline-offset-2", moving ? "cursor-default" : "cursor-grab active:cursor-grabbing")}
        onFocus={() => setActive((i) => (i < 0 && topics.length > 0 ? 0 : i))}
        onKeyDown={key}
        onPointerDown={down}
        onPointerMove={dragTo}
        onPointerUp={up}
        onPointerCancel={up}
        onDoubleClick={(e) => look(zoomed(view.current, 2, { x: e.nativeEvent.offsetX, y: e.nativeEvent.offsetY }, size))}
      >
        {topics.map((t, i) => (
          <div key={t.id} id={`${id}${i}`} role="option" aria-label={t.label} aria-selected={chosen.includes(t.id)} className="pointer-events-none absolute" style={styleOf(placed[i]?.rect)} />
        ))}
      </div>
      <div className="absolute right-2 bottom-2 flex rounded-md border border-line bg-raised shadow-2">
        {move && (
          <>
            <Tool name="Pan" pressed={!moving} onClick={() => setMoving(false)}>
              <Hand />
            </Tool>
            <Tool name="Move keywords" pressed={moving} onClick={() => setMoving(true)}>
              <Move />
            </Tool>
          </>
        )}
        <Tool name="Nearer" onClick={() => zoom(1.5)}>
          <ZoomIn />
        </Tool>
        <Tool name="Farther" onClick={() => zoom(1 / 1.5)}>
          <ZoomOut />
        </Tool>
        <Tool name="Show all" onClick={() => look(whole)}>
          <Maximize />
        </Tool>
      </div>
    </div>
  );
}

const styleOf = (r?: { x: number; y: number; w: number; h: number }) => (r ? { left: r.x, top: r.y, width: r.w, height: r.h } : undefined);

function Tool({ name, pressed, onClick, children }: { name: string; pressed?: boolean; onClick: () => void; children: ReactNode }) {
  return (
    <button type="button" aria-label={name} aria-pressed={pressed} data-tip={name} data-tip-up="" onClick={onClick} className={cn(buttonLook({ kind: "ghost", size: "icon" }), pressed && "bg-accent-soft text-accent!")}>
      {children}
    </button>
  );
}
