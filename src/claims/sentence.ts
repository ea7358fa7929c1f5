import type { Optimum, PointRecord } from "./point.ts";
import { rounded } from "./_rounded.ts";

/** The context of a sentence about a point. */
export interface SentenceContext {
  /** The best linear predictor. */
  readonly linear: Pick<Optimum, "value" | "attained" | "infimum" | "radius">;
  /** m. */
  readonly outputs: number;
  /** d, the intercept counted. */
  readonly inputs: number;
  /** Whether the loss is convex (default true). */
  readonly convex?: boolean;
  /** A descent direction that was tried; null (default) when none was searched for or found. */
  readonly wayDown?: { readonly order: "first" | "second"; readonly curvature?: number } | null;
  /** Whether value, gradient and optima are those of the loss plus a ridge on w and V'w (default false). */
  readonly ridge?: boolean;
}

/**
 * A record in plain sentences: the training loss against the best linear predictor, whether training with respect to (W, V)
 * has converged, and how far away the feature optimum is. Nothing is claimed that was not decided.
 *
 * @param point The record.
 * @param context What the point was compared with.
 * @returns The sentences.
 * @example A point that is below linear and has not converged
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { bestLinear, createHeadObjective, lambdaMin, loadKernels, matrix, squared } from "@resland/resland";
 * import { measurePoint } from "@resland/resland/claims";
 * const kernels = await loadKernels("simd");
 * const [x, f, y] = [matrix(3, 2, [1, -1, 1, 0, 1, 1]), matrix(3, 1, [1, 0, 1]), Float64Array.of(2, 0, 1)];
 * using objective = createHeadObjective(kernels, { x, f, y, loss: squared });
 * const at = objective.at({ W: matrix(1, 2, [0.2, -0.5]), V: matrix(2, 1, [1, -2]) });
 * const linear = bestLinear(kernels, squared, { x, y });
 * const featureOptimum = bestLinear(kernels, squared, { x, beside: f, y });
 * const point = measurePoint(objective, at, lambdaMin(objective, at), { linear, featureOptimum }, 1e-6);
 * const text = pointSentence(point, { linear, outputs: 1, inputs: 2 });
 * assertStringIncludes(text, "below that of the best linear predictor");
 * assertStringIncludes(text, "Not converged: training can still lower the loss");
 * ```
 */
export function pointSentence(point: PointRecord, context: SentenceContext): string {
  return [standingSentence(point, context.linear, context.ridge), ...convergenceSentences(point, context)].join(" ");
}

/**
 * The training loss against the best linear predictor's, in a sentence.
 *
 * @param point The record.
 * @param linear The best linear predictor.
 * @param ridge Whether both are those of the loss plus a ridge (default false).
 * @returns The sentence.
 * @example Apart by no more than rounding
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const linear = { value: 0.25, attained: true, infimum: 0.25, radius: null };
 * const point = { value: 0.25, gap: 1e-17, infimumGap: 1e-17, standing: "equal" } as const;
 * assertEquals(standingSentence(point, linear), "The training loss equals that of the best linear predictor, 0.25, within rounding.");
 * ```
 */
export function standingSentence(
  { value, gap, infimumGap, standing }: Pick<PointRecord, "value" | "gap" | "infimumGap" | "standing">,
  linear: SentenceContext["linear"],
  ridge = false,
): string {
  const what = ridge ? "The training loss with its ridge" : "The training loss";
  if (!linear.attained && linear.infimum !== null) {
    const off = infimumGap ?? NaN;
    return `${what} is ${rounded(value)}, ${rounded(Math.abs(off))} ${off < 0 ? "below" : "above"} ${
      rounded(linear.infimum)
    }, the infimum over linear predictors, which none attains.`;
  }
  const best = linear.attained || linear.radius === null
    ? `the best linear predictor${ridge ? " under the same ridge" : ""}`
    : `the best linear predictor with weights of norm at most ${rounded(linear.radius)}`;
  if (!Number.isFinite(gap)) {
    return `${what} is not a finite number; that of ${best} is ${rounded(linear.value)}.`;
  }
  return standing === "equal"
    ? `${what} equals that of ${best}, ${rounded(linear.value)}, within rounding.`
    : `${what} is ${rounded(Math.abs(gap))} ${standing} that of ${best} (${rounded(value)} against ${
      rounded(linear.value)
    }).`;
}

/** Whether training with respect to (W, V) has converged, and to what. */
function convergenceSentences(point: PointRecord, context: SentenceContext): readonly string[] {
  const { gradientNorm, lambda, stationary, standing, gap, epsilon, allowance } = point;
  const { outputs, inputs, convex = true, wayDown = null } = context;
  const head = outputs === 1 ? "(w, V)" : "(W, V)";
  const where = `gradient ${rounded(gradientNorm)}, lambda_min between ${rounded(lambda.lower)} and ${
    rounded(lambda.upper)
  }`;
  const outside = [
    ...convex ? [] : ["Outside the theorem: the loss is not convex."],
    ...outputs > inputs ? [`Outside the theorem: ${outputs} outputs, ${inputs} input${inputs === 1 ? "" : "s"}.`] : [],
  ];
  if (!stationary && isOpen(point)) {
    return [
      `Undecided whether training with respect to ${head} has converged: rounding makes the interval of lambda_min too wide (${where}).`,
      ...outside,
    ];
  }
  if (!stationary) {
    return [`Not converged: training can still lower the loss (${where}).`, ...downSentence(wayDown), ...outside];
  }
  if (standing === "above" && context.linear.attained) {
    const allowed = outside.length > 0
      ? []
      : [`A point with this gradient and lambda_min can lie up to ${rounded(allowance)} above linear (Theorem A).`];
    return [
      `It is second-order stationary only to epsilon ${rounded(epsilon)} (${where}), ${rounded(gap)} above linear.`,
      ...downSentence(wayDown),
      ...outside,
      ...allowed,
    ];
  }
  return [`Training with respect to ${head} has converged here: ${where}.`, ...featuresSentence(point), ...outside];
}

/** Whether the gradient is at most the tolerance, and only the lower end of lambda_min's interval prevents a stationary point. */
function isOpen({ gradientNorm, lambda, mu2, asked }: PointRecord): boolean {
  return gradientNorm <= asked && lambda.upper >= -Math.sqrt((mu2 ?? 1) * asked);
}

function downSentence(way: NonNullable<SentenceContext["wayDown"]> | null): readonly string[] {
  if (way === null) return [];
  if (way.order === "first") return ["A first-order descent direction was found."];
  const curvature = way.curvature === undefined ? "" : ` ${rounded(way.curvature)}`;
  return [`A descent direction of negative curvature${curvature} was found.`];
}

function featuresSentence({ featureOptimum: { value, gap, equal } }: PointRecord): readonly string[] {
  if (value === null || gap === null) return [];
  if (equal) return ["The loss equals the best that these features allow."];
  return [`The best that these features allow is ${rounded(value)}, ${rounded(gap)} below.`];
}
