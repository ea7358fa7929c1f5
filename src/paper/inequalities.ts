import { SHAMIR } from "../claims/mod.ts";
import {
  type Comparator,
  type Evaluation,
  gapAbove,
  type HeadObjective,
  type Inequality,
  judge,
  theorem1,
  theorem2,
  towardsLinear,
} from "../landscape/mod.ts";
import { dot, norm } from "../tensor/mod.ts";
import { type Judged, overGrid } from "./_over_grid.ts";
import type { Statement } from "./types.ts";

/** At most three outputs, no more than inputs: W can have full row rank. */
const upToInputs = (d: number): number => Math.min(3, d);

/** Lemma 1: with G = (W - W*, W⁺ W* V), `<grad F_theta, G> >= F - F_lin(W*)`, which gives a descent direction. */
export const lemma1: Statement = {
  id: "lemma-1",
  statement:
    "The derivative of F_theta along G = (w - w*, w w*'V/||w||²) is at least F - F_lin(w*), for every w* and w not 0; for several " +
    "outputs along G = (W - W*, W+ W* V), where W has full row rank",
  source: `${SHAMIR}, Lemma 1; for several outputs derived`,
  needsConvex: true,
  check: (context) =>
    overGrid(context, "lemma-1", only(lemma1Sides), {
      measured: "left",
      outputs: upToInputs,
      sides: { left: "derivative along G", right: "F - F_lin" },
    }),
};

/** Theorem 1 at random points and where it is tight. */
export const theorem1Statement: Statement = {
  id: "theorem-1",
  statement:
    "Above a linear predictor the gradient over (w, V) is at least the gap over sqrt(2||w||² + ||w*||²(2 + ||V||²/||w||²)); for " +
    "several outputs over ||(W - W*, W+ W* V)||, where W has full row rank",
  source: `${SHAMIR}, Theorem 1; for several outputs derived`,
  needsConvex: true,
  check: (context) =>
    overGrid(context, "theorem-1", only(theorem1), {
      measured: "left",
      outputs: upToInputs,
      sides: { left: "gradient norm", right: "gap over the bound on ||G||" },
    }),
};

/** Theorem 2 at random points and where it is tight. */
export const theorem2Statement: Statement = {
  id: "theorem-2",
  statement: "At w = 0 gradient and negative curvature together are at least the gap over ||w*||, and lambda_min <= 0",
  source: `${SHAMIR}, Theorem 2`,
  needsConvex: true,
  check: (context) =>
    overGrid(context, "theorem-2", only(theorem2Sides), {
      measured: "left",
      sides: { left: "gradient and curvature", right: "(F - F_lin) / ||w*||" },
    }),
};

type Sides = (objective: HeadObjective, point: Evaluation, comparator: Comparator) => Inequality | null;

/** A rule of one inequality. */
const only = (sides: Sides): (...at: Parameters<Sides>) => Judged | null => (...at) => {
  const main = sides(...at);
  return main && { main };
};

/** `<grad F_theta, G>` against the gap: the first-order descent direction, reversed. */
function lemma1Sides(objective: HeadObjective, point: Evaluation, comparator: Comparator): Inequality | null {
  const way = towardsLinear(point, comparator.A);
  if (way === null) return null;
  const left = -(dot(point.gradientW.data, way.W.data) + dot(point.gradientV.data, way.V.data));
  const operations = objective.rows + 64;
  const right = gapAbove(point.value, comparator, operations);
  const [inW, inV] = [norm(way.W.data), norm(way.V.data)];
  const scale = point.gradientNorm * (inW + inV) +
    norm(point.R.data) * (norm(point.V.data) * inW + norm(point.W.data) * inV) +
    Math.abs(point.value) + Math.abs(comparator.value);
  return judge(left, right, scale, operations);
}

function theorem2Sides(objective: HeadObjective, point: Evaluation, comparator: Comparator): Inequality | null {
  const found = theorem2(objective, point.V, comparator);
  // The statement has a second half.
  return found && { ...found, holds: found.holds && found.lambdaMin <= found.rounding };
}
