import { contours, type Grid, type PlanePoint } from "../../src/surface/mod.ts";

/** A landscape of two numbers: F(w, v) = (w (1 + eps v) - 1)² / 2 plus `penalty (w² + v²)`, on a disc where there is one. */
export interface Preset {
  /** Its name in messages. */
  readonly id: string;
  /** Its name on the page. */
  readonly title: string;
  /** What one can see in it. */
  readonly about: string;
  /** The feature is f(x) = eps x. */
  readonly flatness: number;
  /** The factor of w² + v². */
  readonly penalty: number;
  /** Radius of the disc that (w, v) is kept in; null for none. */
  readonly disc: number | null;
  /** The map reaches from minus this to this. */
  readonly extent: number;
  /** Where (w, v) starts when the preset is opened. */
  readonly start: PlanePoint;
}

/** Example 1 and the panels of Figure 1. */
export const PRESETS: readonly Preset[] = [
  {
    id: "example-1",
    title: "Example 1",
    about:
      "A saddle far above linear at (0, -1/eps), eps = 0.3: gradient 0, and lambda_min = -eps is as near to 0 as eps is.",
    flatness: 0.3,
    penalty: 0,
    disc: null,
    extent: 5,
    start: [0, -1 / 0.3],
  },
  {
    id: "figure-1a",
    title: "Figure 1 (a): F",
    about: "No local minimum above linear: from every start but the saddle itself, training reaches the linear level.",
    flatness: 1,
    penalty: 0,
    disc: null,
    extent: 3,
    start: [-1.2, -2.4],
  },
  {
    id: "figure-1b",
    title: "Figure 1 (b): with a penalty",
    about: "(w² + v²)/8 is added. It makes a local minimum at (-0.983, -1.603), above the linear level.",
    flatness: 1,
    penalty: 1 / 8,
    disc: null,
    extent: 3,
    start: [-1.2, -2.4],
  },
  {
    id: "figure-1c",
    title: "Figure 1 (c): on a disc",
    about:
      "(w, v) is kept in the disc of radius 2. Its edge makes a local minimum near (-1.08, -1.69), above the linear level.",
    flatness: 1,
    penalty: 0,
    disc: 2,
    extent: 3,
    start: [-1.2, -1],
  },
];

/** The loss, its gradient and its Hessian [ww, wv, vv] at a point. */
export interface Derivatives {
  readonly value: number;
  readonly gradient: PlanePoint;
  readonly hessian: readonly [number, number, number];
}

/** The derivatives of a preset's loss. */
export function derivatives({ flatness: eps, penalty }: Preset, [w, v]: PlanePoint): Derivatives {
  const inner = 1 + eps * v;
  const off = w * inner - 1;
  return {
    value: off * off / 2 + penalty * (w * w + v * v),
    gradient: [off * inner + 2 * penalty * w, off * eps * w + 2 * penalty * v],
    hessian: [inner * inner + 2 * penalty, eps * (w * inner + off), eps * eps * w * w + 2 * penalty],
  };
}

/** The best loss with v = 0, under the same penalty: that of the best linear predictor, w = 1 / (1 + 2 penalty). */
export function linearLevel(preset: Preset): number {
  return derivatives(preset, [1 / (1 + 2 * preset.penalty), 0]).value;
}

/** The nearest point that the preset allows. */
function allowed({ disc }: Preset, [w, v]: PlanePoint): PlanePoint {
  const size = Math.hypot(w, v);
  return disc === null || size <= disc ? [w, v] : [w * disc / size, v * disc / size];
}

/** Where a descent ended, and how it came there. */
export interface PresetEnd {
  readonly path: readonly PlanePoint[];
  readonly point: PlanePoint;
  readonly value: number;
  /** The length of the gradient; on the edge of a disc, of its part along the edge. */
  readonly gradient: number;
  readonly lambdaMin: number;
}

/** Steps of a descent, the longest of them, and the shortest that is not the end. */
const [STEPS, LONGEST, SHORTEST] = [20_000, 0.05, 1e-10];

/** Points of a path that are kept. */
const SHOWN = 400;

/**
 * Projected gradient descent with backtracking from a point, in steps short enough to be watched, until the point no longer moves.
 *
 * @param preset The landscape.
 * @param start Where to start; outside a disc, the nearest point of it.
 */
export function descendFrom(preset: Preset, start: PlanePoint): PresetEnd {
  let at = allowed(preset, start);
  const path = [at];
  let rate = 1;
  for (let step = 0; step < STEPS; step++) {
    const { value, gradient: [gw, gv] } = derivatives(preset, at);
    const length = Math.hypot(gw, gv);
    let [next, moved]: [PlanePoint, number] = [at, 0];
    for (rate = Math.min(2 * rate, LONGEST / length); rate > 1e-16; rate /= 2) {
      next = allowed(preset, [at[0] - rate * gw, at[1] - rate * gv]);
      moved = Math.hypot(next[0] - at[0], next[1] - at[1]);
      if (derivatives(preset, next).value <= value - 0.25 * moved * moved / rate) break;
    }
    if (!(moved > SHORTEST)) break;
    at = next;
    path.push(at);
  }
  const { value, gradient, hessian: [ww, wv, vv] } = derivatives(preset, at);
  const [w, v] = at;
  const isOnEdge = preset.disc !== null && Math.hypot(w, v) > preset.disc * (1 - 1e-9);
  const along = isOnEdge ? Math.abs(-gradient[0] * v + gradient[1] * w) / Math.hypot(w, v) : Math.hypot(...gradient);
  const stride = Math.ceil(path.length / SHOWN);
  return {
    path: path.filter((_, i) => i % stride === 0 || i === path.length - 1),
    point: at,
    value,
    gradient: along,
    lambdaMin: (ww + vv) / 2 - Math.hypot((ww - vv) / 2, wv),
  };
}

/** A gap below this is none: a descent ends near its end, not at it. */
const TIE = 1e-8;

/** A gradient below this counts as 0. */
const STATIONARY = 1e-6;

/** Where a descent ended, in a sentence, and why. */
export function endSentence(preset: Preset, { point: [w, v], value, gradient, lambdaMin }: PresetEnd): string {
  const linear = linearLevel(preset);
  const short = (number: number) => String(Number(number.toFixed(4)) + 0);
  const where = `Training ends at (w, v) = (${short(w)}, ${short(v)}) with loss ${short(value)}`;
  if (value <= linear + TIE) {
    return `${where}: ${value < linear - TIE ? "below" : "at"} the level of the best linear predictor, ${
      short(linear)
    }.`;
  }
  const above = `${where}, above the level of the best linear predictor, ${short(linear)}`;
  if (gradient > STATIONARY) return `${above}. Not converged: the gradient is ${gradient.toExponential(1)}.`;
  if (lambdaMin < -STATIONARY && preset.disc === null) {
    return `${above}: a saddle. The gradient is 0, but lambda_min is ${
      short(lambdaMin)
    }, so a step aside leads down. Drag the point a little.`;
  }
  const cause = preset.disc === null ? "the penalty on (w, V)" : "the bound on the norm of (w, V)";
  return `${above}: a local minimum, made by ${cause}. The theorem is about the loss without it.`;
}

/** A preset's loss over its map. */
export function presetGrid(preset: Preset, steps: number): Grid {
  const axis = Float64Array.from({ length: steps }, (_, i) => preset.extent * (2 * i / (steps - 1) - 1));
  const values = Float64Array.from(
    { length: steps * steps },
    (_, at) => derivatives(preset, [axis[at % steps], axis[Math.floor(at / steps)]]).value,
  );
  return { alphas: axis, betas: axis, values };
}

/** The curve of the linear level. Where it is 0, no loss is below it: there it is where w (1 + eps v) passes 1. */
export function presetLevel(preset: Preset, grid: Grid): readonly (readonly PlanePoint[])[] {
  if (preset.penalty > 0) return contours(grid, linearLevel(preset));
  const { alphas, betas } = grid;
  const values = grid.values.map((_, at) =>
    alphas[at % alphas.length] * (1 + preset.flatness * betas[Math.floor(at / alphas.length)])
  );
  return contours({ alphas, betas, values }, 1);
}
