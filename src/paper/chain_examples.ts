import { squared } from "../loss/mod.ts";
import { fold, key, uniform } from "../random/mod.ts";
import { matrix } from "../tensor/mod.ts";
import { bestFor } from "./_baseline.ts";
import { YUN } from "./_sources.ts";
import type { Finding, PaperContext, Recorded, Statement } from "./types.ts";

/** X = 0, ..., 5 and Y = X + rho times these signs. */
const SIGNS = [-1, -1, 1, -1, 1, 1];

/** Size of the deviations from the straight line. */
const RHO = 0.1;

/** X = (1, 2.5, 3), Y = (1, 3, 2), and h = (1, 3, 4), which a first block of a perfect network makes of X. */
const SECOND = { x: [1, 2.5, 3], y: [1, 3, 2], h: [1, 3, 4] } as const;

/** Least squares and descents leave this share of a risk. */
const CLOSE = 1e-9;

/** Risks that the chart shows, in units of rho²: where the kink is among the points a plain net is far above. */
const SHOWN = 0.6;

/** The best linear risk, in units of rho². */
const LINEAR = 8 / 15;

/** The risks are those of the examples. */
function statusOf({ numbers }: Recorded): Finding["status"] {
  const is = (name: string, exact: number, off = CLOSE) => Math.abs(numbers[name] - exact) <= off;
  const risksOf = (net: string) => [numbers[`${net}, best kink/rho²`], numbers[`${net}, best descent/rho²`]];
  const holds = is("linear/rho²", LINEAR, CLOSE * LINEAR) &&
    risksOf("plain").every((risk) => risk >= LINEAR * (1 - CLOSE)) &&
    risksOf("residual").every((risk) => risk < 0.96 * LINEAR) && is("x", 25 / 78) && is("h", 8 / 21) &&
    is("two blocks", 0);
  return holds ? "holds" : "fails";
}

/** Two examples of Yun, Sra and Jadbabaie. */
export const chainExamples: Statement = {
  id: "chain-examples",
  statement:
    "On X = 0..5, Y = X + rho (-,-,+,-,+,+) a plain net with one ReLU unit is nowhere below the best linear risk 8 rho²/15, a residual one is; and on " +
    "X = (1, 2.5, 3), Y = (1, 3, 2) a two-block net of risk 0 has a first block whose output h = (1, 3, 4) is worse for linear prediction than x, 0.3810 against 0.3205",
  source: `${YUN}, motivating examples; the numbers are computed here`,
  needsConvex: false,
  check,
  statusOf,
};

/** Risks are mean squares, without the half of the squared loss; linear predictors have an intercept. */
function check(context: PaperContext): Finding {
  const x = SIGNS.map((_, i) => i);
  const y = SIGNS.map((sign, i) => i + RHO * sign);
  const linear = riskOf(context, [x], y);
  const knots = Array.from({ length: 101 }, (_, i) => -0.02 + 5.04 * i / 100);
  const curves = knots.map((t) => {
    const [right, left] = [x.map((value) => Math.max(0, value - t)), x.map((value) => Math.max(0, t - value))];
    return {
      t,
      plain: Math.min(riskOf(context, [right], y), riskOf(context, [left], y)),
      residual: riskOf(context, [x, right], y),
    };
  });
  const bestPlain = Math.min(...curves.map(({ plain }) => plain));
  const bestResidual = Math.min(...curves.map(({ residual }) => residual));
  const ends = descents(context, x, y);
  const onX = riskOf(context, [SECOND.x], SECOND.y);
  const onH = riskOf(context, [SECOND.h], SECOND.y);
  const perfect = twoBlocks(SECOND.x).reduce((sum, p, i) => sum + (p - SECOND.y[i]) ** 2, 0) / 3;
  const points = (pick: (one: typeof curves[number]) => number) =>
    curves.map((one) => [one.t, pick(one) / RHO ** 2] as const);
  const found = {
    measured: linear / RHO ** 2,
    bound: LINEAR,
    points: 2 * curves.length + ends.count,
    numbers: {
      "linear/rho²": linear / RHO ** 2,
      "plain, best kink/rho²": bestPlain / RHO ** 2,
      "plain, best descent/rho²": ends.plain / RHO ** 2,
      "residual, best kink/rho²": bestResidual / RHO ** 2,
      "residual, best descent/rho²": ends.residual / RHO ** 2,
      "x": onX,
      "h": onH,
      "two blocks": perfect,
    },
  };
  return {
    ...found,
    status: statusOf(found),
    chart: {
      title: "Best risk of one ReLU unit by the place of its kink, with and without the skip",
      x: "place of the kink",
      y: "risk / rho²",
      linear: "both",
      series: [
        { name: "plain", points: points(({ plain }) => plain).filter(([, risk]) => risk < SHOWN) },
        { name: "residual", points: points(({ residual }) => residual) },
        { name: "linear, 8/15", points: points(() => linear) },
      ],
    },
  };
}

/** The mean squared error of the best linear predictor on some columns and an intercept. */
function riskOf(context: PaperContext, columns: readonly (readonly number[])[], y: readonly number[]): number {
  const data = y.flatMap((_, i) => [1, ...columns.map((column) => column[i])]);
  return 2 *
    bestFor(context, squared, { x: matrix(y.length, columns.length + 1, data), y: Float64Array.from(y) }).value;
}

/** `h_1 = x + relu(x - 2)`, `p = h_1 - 2 relu(h_1 - 3)`. */
function twoBlocks(x: readonly number[]): readonly number[] {
  return x.map((value) => value + Math.max(0, value - 2)).map((h) => h - 2 * Math.max(0, h - 3));
}

/** Gradient descents on `c + s x + v relu(u x + b)` from random starts, without the skip with s = 0; the least risk of each kind. */
function descents({ seed, quick }: PaperContext, x: readonly number[], y: readonly number[]) {
  const count = quick ? 20 : 100;
  const least = { plain: Infinity, residual: Infinity };
  for (const kind of ["plain", "residual"] as const) {
    for (let draw = 0; draw < count; draw++) {
      const [u, b, v, c, s] = uniform(fold(fold(fold(key(seed), "chain-examples"), kind), draw), 5, {
        low: -1,
        high: 1,
      });
      // The kink starts among the points.
      let at = { u, b: -u * (2.5 + 2.5 * b), v, c, s: kind === "plain" ? 0 : s };
      for (let step = 0; step < 6000; step++) {
        const slope = { u: 0, b: 0, v: 0, c: 0, s: 0 };
        for (let i = 0; i < x.length; i++) {
          const h = at.u * x[i] + at.b;
          const on = h > 0 ? 1 : 0;
          const off = 2 / x.length * (at.c + at.s * x[i] + at.v * h * on - y[i]);
          slope.u += off * at.v * on * x[i];
          slope.b += off * at.v * on;
          slope.v += off * h * on;
          slope.c += off;
          slope.s += kind === "plain" ? 0 : off * x[i];
        }
        const rate = 0.02;
        at = {
          u: at.u - rate * slope.u,
          b: at.b - rate * slope.b,
          v: at.v - rate * slope.v,
          c: at.c - rate * slope.c,
          s: at.s - rate * slope.s,
        };
      }
      const risk = x.reduce((sum, value, i) =>
        sum + (at.c + at.s * value + at.v * Math.max(0, at.u * value + at.b) - y[i]) ** 2, 0) / x.length;
      if (risk < least[kind]) {
        least[kind] = risk;
      }
    }
  }
  return { ...least, count: 2 * count };
}
