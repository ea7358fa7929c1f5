import { SHAMIR } from "../claims/mod.ts";
import { fold, key, uniform } from "../random/mod.ts";
import type { Finding, PaperContext, Recorded, Statement } from "./types.ts";

/** A panel in the manner of Figure 1: F(w, v) = (w (1 + v) - 1)² / 2, as it is, regularised, or on a disc. */
export interface Panel {
  /** Its letter in the paper; `d` is not in it. */
  readonly letter: "a" | "b" | "c" | "d";
  /** What it shows. */
  readonly title: string;
  /** The factor of w² + v². */
  readonly penalty: number;
  /** The factor of w² + (wv)², what the prediction is made of. */
  readonly ridge: number;
  /** Radius of the disc that (w, v) is kept in. */
  readonly radius: number;
}

/** The panels, as the paper has them. */
export const PANELS: readonly Panel[] = [
  { letter: "a", title: "F", penalty: 0, ridge: 0, radius: Infinity },
  { letter: "b", title: "F + (w² + v²)/8", penalty: 1 / 8, ridge: 0, radius: Infinity },
  { letter: "c", title: "F where w² + v² ≤ 4", penalty: 0, ridge: 0, radius: 2 },
];

/** The penalty that keeps the guarantee, as strong as that of panel (b). */
export const SAFE_PANEL: Panel = Object.freeze({
  letter: "d",
  title: "F + (w² + (wv)²)/8",
  penalty: 0,
  ridge: 1 / 8,
  radius: Infinity,
});

/** A local minimum that the search found. */
export interface Minimum {
  /** Its first coordinate. */
  readonly w: number;
  /** Its second coordinate. */
  readonly v: number;
  /** The panel's function there. */
  readonly value: number;
}

/** Minima as good as the best, up to this, are not bad. */
const AS_GOOD = 1e-9;

/** Starts of the search: a jittered grid over [-3, 3]², so that none lies on the path into a saddle. */
const GRID = 13;

/** F has no bad minimum, and the penalty and the ball make one each. */
function statusOf({ numbers }: Recorded): Finding["status"] {
  return numbers["a.bad"] === 0 && numbers["b.bad"] === 1 && numbers["c.bad"] === 1 ? "holds" : "fails";
}

/** Figure 1: penalties and balls on (w, v) make local minima that are worse than linear. */
export const figure1: Statement = {
  id: "figure-1",
  statement:
    "F(w, v) = (w(1 + v) - 1)²/2 has no local minimum above its least value; with (w² + v²)/8 added, or on the disc of " +
    "radius 2, it has one",
  source: `${SHAMIR}, Figure 1 and Remark 3`,
  needsConvex: false,
  check,
  statusOf,
};

function check(context: PaperContext): Finding {
  const { minima = panelMinima } = context;
  const found = PANELS.map((panel) => ({ panel, minima: minima(context, panel) }));
  const bad = found.map(({ minima }) => minima.filter(({ value }) => value > minima[0].value + AS_GOOD));
  const numbers = found.slice(1).flatMap(({ panel: { letter } }, i) => {
    const [best, worst] = [found[i + 1].minima[0], bad[i + 1][0]];
    const entries = Object.entries({ best, bad: worst }).filter(([, minimum]) => minimum !== undefined);
    // On the disc every point of a curve is best: only the bad one is a point.
    return entries.filter(([name]) => letter === "b" || name === "bad").flatMap(([name, { w, v, value }]) => [
      [`${letter}.${name}.w`, w] as const,
      [`${letter}.${name}.v`, v] as const,
      [`${letter}.${name}.value`, value] as const,
    ]);
  });
  const record = {
    measured: bad[2][0]?.value ?? null,
    bound: 0,
    points: PANELS.length * GRID * GRID,
    numbers: Object.fromEntries([
      ...found.map(({ panel: { letter } }, i) => [`${letter}.bad`, bad[i].length] as const),
      ...numbers,
    ]),
  };
  return { ...record, status: statusOf(record) };
}

/**
 * The local minima of a panel in [-3, 3]², best first: projected gradient descent from a grid of starts, equal ends counted
 * once. Where minima form a curve, each of its points that was reached is listed.
 *
 * @param context The seed of the jitter.
 * @param panel Which panel.
 * @returns The minima.
 * @example The regularised panel has two
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * const context = { kernels: await loadKernels("simd"), seed: 1, quick: true };
 * assertEquals(panelMinima(context, PANELS[1]).length, 2);
 * ```
 */
export function panelMinima({ seed }: PaperContext, panel: Panel): readonly Minimum[] {
  const jitter = uniform(fold(fold(key(seed), "figure-1"), panel.letter), 2 * GRID * GRID, { low: -0.1, high: 0.1 });
  const ends: Minimum[] = [];
  for (let at = 0; at < GRID * GRID; at++) {
    const [row, column] = [Math.floor(at / GRID), at % GRID];
    const start = [column, row].map((step, axis) => -3 + 6 * step / (GRID - 1) + jitter[2 * at + axis]);
    const end = descendIn(panel, start[0], start[1]);
    // From w < 0 a descent can run off to v = -infinity, as Example 1 warns for one input: no minimum.
    if (Math.max(Math.abs(end.w), Math.abs(end.v)) > 3) continue;
    if (!ends.some(({ w, v }) => Math.hypot(w - end.w, v - end.v) < 1e-6)) ends.push(end);
  }
  return ends.sort((a, b) => a.value - b.value);
}

/**
 * The panel's function, `(w (1 + v) - 1)² / 2 + penalty (w² + v²) + ridge (w² + (wv)²)`; the ball of the panel does not count.
 *
 * @param panel Which panel.
 * @param w The first coordinate.
 * @param v The second coordinate.
 * @returns The value.
 * @example Its value at the origin
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(panelValue(PANELS[0], 0, 0), 0.5);
 * ```
 */
export function panelValue({ penalty, ridge }: Panel, w: number, v: number): number {
  return (w * (1 + v) - 1) ** 2 / 2 + penalty * (w * w + v * v) + ridge * w * w * (1 + v * v);
}

/** Projected gradient descent with backtracking, until no step changes the point. */
function descendIn(panel: Panel, fromW: number, fromV: number): Minimum {
  let here = project(panel, fromW, fromV);
  let rate = 1;
  for (let step = 0; step < 100_000; step++) {
    const off = here.w * (1 + here.v) - 1;
    const [w, v] = [here.w, here.v];
    const slope = [
      off * (1 + v) + 2 * panel.penalty * w + 2 * panel.ridge * w * (1 + v * v),
      off * w + 2 * panel.penalty * v + 2 * panel.ridge * w * w * v,
    ];
    let next = here;
    for (rate *= 2; rate > 1e-18; rate /= 2) {
      next = project(panel, here.w - rate * slope[0], here.v - rate * slope[1]);
      const moved = (next.w - here.w) ** 2 + (next.v - here.v) ** 2;
      // Sufficient decrease along the projected arc.
      if (next.value <= here.value - 0.25 * moved / rate) break;
    }
    const moved = Math.hypot(next.w - here.w, next.v - here.v);
    if (!(next.value <= here.value) || moved < 1e-14 * (1 + Math.hypot(here.w, here.v))) break;
    here = next;
  }
  return here;
}

function project(panel: Panel, w: number, v: number): Minimum {
  const size = Math.hypot(w, v);
  const shrink = size > panel.radius ? panel.radius / size : 1;
  return { w: shrink * w, v: shrink * v, value: panelValue(panel, shrink * w, shrink * v) };
}
