import { SHAMIR } from "../claims/mod.ts";
import {
  type CriticalPoint,
  descentPath,
  type LambdaMin,
  lambdaMin,
  seekCritical,
  theoremA,
} from "../landscape/mod.ts";
import { isJoint } from "../loss/mod.ts";
import { fold } from "../random/mod.ts";
import { dots, startCloud } from "./_cloud.ts";
import { linearYardstick, type Yardstick } from "./_baseline.ts";
import { scaledBy, tamed } from "./_heads.ts";
import { atOrBelow, lossOfZero, tieWith } from "./_tie.ts";
import { problemCount, randomHead, type RandomProblem, randomProblems } from "./random_problems.ts";
import { addTo, EMPTY_TALLY, findingOf } from "./tally.ts";
import type { Chart, Finding, Listing, PaperContext, Statement } from "./types.ts";

/** Corollary 1 at critical points of every kind. */
export const corollary1Statement: Statement = {
  id: "corollary-1",
  statement:
    "Every critical point in (w, V) is at or below the best linear predictor, or a strict saddle; above it, with fewer outputs than " +
    "inputs, a path on which F falls leads down to it",
  source: `${SHAMIR}, Corollary 1`,
  needsConvex: true,
  check,
};

/** Gradient norms at most this, relative to the size of the first one, count as critical. */
const CRITICAL = 1e-11;

/** Where the infimum lies at infinity a gradient that counts as critical leaves F above it by less than this share of the loss of predicting 0. */
const NEAR = 1e-8;

/** Searches per problem, and the steps of each. */
const [DRAWS, STEPS] = [6, 100];

/** The kind of a critical point, and where the descent path from it ended. */
interface Kind {
  readonly name:
    | "minimum"
    | "near the infimum"
    | "saddle at or below linear"
    | "saddle above linear"
    | "curvature unclear";
  /** The gap of the path's end. */
  readonly end?: number;
}

/** Minimises the gradient's norm from random starts, near w = 0 among them, and looks at what it finds. */
function check(context: PaperContext): Finding {
  const kinds = { minima: 0, atInfinity: 0, saddles: 0, saddlesAbove: 0, pathsDown: 0, asManyOutputs: 0, unclear: 0 };
  const left = { notFound: 0, unknownInfimum: 0 };
  let [tally, points, trapped] = [EMPTY_TALLY, 0, 0];
  const rows: Listing["rows"][number][] = [];
  for (const one of problems(context)) {
    const { objective, loss, net } = one;
    const linear = linearYardstick(context, one);
    if (!linear.attained && linear.infimum === null) {
      left.unknownInfimum++;
      continue;
    }
    for (let draw = 0; draw < DRAWS; draw++) {
      const critical = criticalFrom(one, draw);
      if (critical === null) {
        left.notFound++;
        continue;
      }
      points++;
      const { point } = critical;
      const lambda = lambdaMin(objective, point);
      const floor = linear.infimum ?? linear.value;
      const kind = kindOf(one, critical, lambda, linear);
      if (kind.name === "minimum" || kind.name === "near the infimum") {
        const tolerance = linear.attained ? tieWith(objective, point, linear) : NEAR * lossOfZero(objective);
        tally = addTo(tally, atOrBelow(point.value - floor, tolerance));
        kinds[linear.attained ? "minima" : "atInfinity"]++;
      } else if (kind.name === "curvature unclear") kinds.unclear++;
      else {
        kinds.saddles++;
        if (kind.name === "saddle above linear") {
          kinds.saddlesAbove++;
          if (kind.end !== undefined) kinds.pathsDown++;
          // With as many outputs as inputs the way may have to pass a W without full rank, as Example 1 warns.
          else if (net.outputs === net.d) kinds.asManyOutputs++;
          else trapped++;
        }
      }
      const { value, gradientNorm } = point;
      const shape = [loss.name, net.d, net.outputs, net.k];
      rows.push([...shape, kind.name, value, value - floor, gradientNorm, lambda.lower, lambda.upper, kind.end ?? ""]);
    }
  }
  const finding = findingOf(tally, "right", { ...kinds, ...left });
  const failures = tally.failures + trapped;
  return {
    ...finding,
    status: failures > 0 ? "fails" : finding.status,
    points,
    numbers: { ...finding.numbers, failures },
    listing: { ...LISTING, rows },
    chart: chartOf(rows),
  };
}

/** What the listing of critical points is called, and its columns. */
const LISTING = {
  title:
    "The critical points found, with the interval of lambda_min and the gap where the path down ended; F - inf is to the infimum of the linear predictors",
  columns: [
    "loss",
    "d",
    "m",
    "k",
    "kind",
    "F",
    "F - inf",
    "gradient",
    "lambda_min >=",
    "lambda_min <=",
    "gap of the path",
  ],
} as const;

/** The gap against the curvature, a cloud per kind: nothing above linear has lambda_min = 0. */
function chartOf(rows: Listing["rows"]): Chart {
  const cloud = (name: string) => {
    const own = startCloud();
    for (const row of rows) {
      if (row[4] === name) own.add(Math.min(0, Number(row[9])), Number(row[6]) / (Number(row[5]) || 1));
    }
    return dots(name, own);
  };
  return {
    title: "Critical points: none above linear is without negative curvature",
    x: "lambda_min (upper end)",
    y: "(F - inf F_lin) / F",
    linear: "both",
    series: ["minimum", "saddle at or below linear", "saddle above linear"].map(cloud),
  };
}

/** The grid, then classes that a linear predictor separates, where the infimum lies at infinity. */
function* problems(context: PaperContext): Generator<RandomProblem> {
  const shapes = { outputs: (d: number) => Math.min(2, d) };
  yield* randomProblems(context, "corollary-1", problemCount(context), shapes);
  for (const one of randomProblems(context, "separable", problemCount(context), { ...shapes, separable: true })) {
    if (isJoint(one.loss) || one.loss.target === "class") yield one;
  }
}

/** What a critical point is; saddles have negative curvature beyond rounding. */
function kindOf({ objective }: RandomProblem, { point }: CriticalPoint, lambda: LambdaMin, linear: Yardstick): Kind {
  const gap = point.value - linear.value;
  const above = gap > tieWith(objective, point, linear);
  if (!linear.attained && point.value - linear.infimum! <= NEAR * lossOfZero(objective)) {
    return { name: "near the infimum" };
  }
  if (lambda.upper < 0) {
    if (!above) return { name: "saddle at or below linear" };
    const path = descentPath(objective, point, linear);
    const end = path === null ? null : path[path.length - 1].point;
    const arrived = end && end.value - linear.value <= tieWith(objective, end, linear);
    return { name: "saddle above linear", ...(arrived ? { end: end.value - linear.value } : {}) };
  }
  // Above, where rounding hides the curvature: only a gap that Theorem A does not allow is one too many.
  const allowed = above ? theoremA(objective, point, lambda, linear)?.gap : undefined;
  return { name: allowed?.holds ? "curvature unclear" : "minimum" };
}

/** A critical point near a random start; null when the search ends elsewhere. */
function criticalFrom({ objective, key }: RandomProblem, draw: number): CriticalPoint | null {
  const start = tamed(randomHead(fold(key, draw), objective));
  // Every other start is near W = 0, where the saddles are.
  const near = draw % 2 ? { ...start, W: scaledBy(1e-2, start.W) } : start;
  const first = objective.at(near).gradientNorm;
  if (!Number.isFinite(first)) return null;
  const critical = seekCritical(objective, near, { gradient: CRITICAL * Math.max(1, first), steps: STEPS });
  return critical.found ? critical : null;
}
