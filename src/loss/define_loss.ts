import { checkedInterval } from "./_interval.ts";
import { classProblem, numberProblem } from "./_target.ts";
import { JOINT_LOSSES, LOSSES } from "./losses.ts";
import { numberMetrics, twoClassMetrics } from "./metrics.ts";
import type { DerivativeBounds, Loss } from "./types.ts";

/** What {@linkcode defineLoss} makes a loss from. */
export interface LossDefinition {
  /** The name; not one of the project's own. */
  readonly name: string;
  /** Whether the loss is convex in `p` for every valid target. Not checked: the theorems rely on it. */
  readonly convex: boolean;
  /** Whether a linear predictor attains the infimum on every data set (default false: then it has to be certified each time). */
  readonly attains?: boolean;
  /** How the target column is read (default `number`). */
  readonly target?: Loss["target"];
  /** From a prediction to what users read (default: the prediction itself, or null, a score, where the target is a class). */
  readonly link?: Loss["link"];
  /** Figures of merit of one output (default: `rmse` and `r2`, or `accuracy` and `auc` where the target is a class). */
  readonly metrics?: Loss["metrics"];
  /** How `l''` changes, as in {@linkcode Loss} (default `varies`). */
  readonly secondDerivative?: Loss["secondDerivative"];
  /** `l(p; y)`. */
  readonly value: (p: number, y: number) => number;
  /** `l'(p; y)`. */
  readonly d1: (p: number, y: number) => number;
  /** `l''(p; y)`, at a kink the larger of the values on its two sides. */
  readonly d2: (p: number, y: number) => number;
  /** The largest sizes of the derivatives over `low <= p <= high`, or more (default Infinity, Infinity, null). */
  readonly bounds?: (y: number, low: number, high: number) => DerivativeBounds;
  /** `sup_p slope p - l(p; y)`, Infinity where there is none (default: unknown, null). */
  readonly conjugate?: (slope: number, y: number) => number;
  /** What l does far out along a direction, as in {@linkcode Loss} (default: unknown, null). */
  readonly margin?: (direction: number, y: number) => number;
  /** `inf_p l(p; y)` (default: `-conjugate(0, y)`, or null without a conjugate). */
  readonly infimum?: (y: number) => number;
  /** What is wrong with a target, or null (default: -1 or 1 for `class`, else finite). */
  readonly targetProblem?: (y: number) => string | null;
}

const UNBOUNDED: DerivativeBounds = Object.freeze({ d1: Infinity, d2: Infinity, d3: null });

/**
 * A loss of your own. What is left out gets the weakest true answer: certificates stay valid, but some say `undecided`
 * that given `bounds` or a `conjugate` could settle. The kernels do not know it, so training with it is slower.
 *
 * @param definition The name, convexity and derivatives; nothing is checked by calling them.
 * @returns The loss, frozen.
 * @throws {RangeError} If the name is empty or one of the project's own.
 * @example The log-cosh loss
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const logCosh = defineLoss({
 *   name: "log_cosh",
 *   convex: true,
 *   value: (p, y) => Math.abs(p - y) + Math.log1p(Math.exp(-2 * Math.abs(p - y))) - Math.LN2,
 *   d1: (p, y) => Math.tanh(p - y),
 *   d2: (p, y) => 1 - Math.tanh(p - y) ** 2,
 *   bounds: () => ({ d1: 1, d2: 1, d3: 4 / (3 * Math.sqrt(3)) }),
 * });
 * assertEquals(logCosh.d2(0, 0), 1);
 * ```
 */
export function defineLoss(definition: LossDefinition): Loss {
  const { name, convex, target = "number", value, d1, d2, conjugate = null } = definition;
  if (name === "" || [...LOSSES, ...JOINT_LOSSES].some((loss) => loss.name === name)) {
    throw new RangeError(`Cannot define a loss: the name must be new and not empty, got "${name}"`);
  }
  const isClass = target === "class";
  const bounds = definition.bounds ?? (() => UNBOUNDED);
  return Object.freeze<Loss>({
    name,
    convex,
    attains: definition.attains ?? false,
    target,
    link: definition.link === undefined ? isClass ? null : (p) => p : definition.link,
    metrics: definition.metrics ?? (isClass ? twoClassMetrics : numberMetrics),
    secondDerivative: definition.secondDerivative ?? "varies",
    code: null,
    parameter: 0,
    value,
    d1,
    d2,
    bounds(y, low, high) {
      checkedInterval(low, high);
      return bounds(y, low, high);
    },
    conjugate,
    margin: definition.margin ?? null,
    infimum: definition.infimum ?? (conjugate && ((y) => -conjugate(0, y))),
    targetProblem: definition.targetProblem ?? (isClass ? classProblem : numberProblem),
  });
}
