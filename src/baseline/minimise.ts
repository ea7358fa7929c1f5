import type { LinearObjective, LinearSums, SecondDerivative } from "../objective/mod.ts";
import { isJoint } from "../loss/mod.ts";
import { createBlocks } from "./_blocks.ts";
import { provingGradient } from "./dual_bound.ts";
import { combine, conjugateGradients, dot, letGo, norm, type Vector } from "../tensor/mod.ts";

/** The end of a minimisation. */
export interface Minimum {
  /** The weights [m, r]. */
  readonly weights: Vector;
  /** Value, gradient, predictions and slopes there. */
  readonly sums: LinearSums;
  /** The last full step of Newton's method, and where it was made; null where there was none. */
  readonly last: { readonly weights: Vector; readonly sums: LinearSums; readonly step: Vector } | null;
  /** `g'H⁻¹g / 2` at the last step but one: about how far above the minimum that point was. */
  readonly decrement: number;
  /** Newton steps taken. */
  readonly iterations: number;
  /** Whether any further gain is below rounding. */
  readonly converged: boolean;
}

/**
 * Gives back what a minimisation kept for every row.
 *
 * @param found The end of a minimisation of which only weights and numbers are read from now on.
 * @example Weights stay
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const sums = { value: 1, gradient: Float64Array.of(0), predictions: new Float64Array(9), slopes: new Float64Array(9) };
 * const found = { weights: Float64Array.of(2), sums, last: null, decrement: 0, iterations: 1, converged: true };
 * letGoOf(found);
 * assertEquals([found.sums.predictions.length, found.sums.slopes.length, found.weights[0]], [0, 0, 2]);
 * ```
 */
export function letGoOf({ sums, last }: Minimum): void {
  letGo(sums.predictions, sums.slopes);
  if (last !== null) letGo(last.sums.predictions, last.sums.slopes);
}

/** When to stop before rounding forces it, and after how many steps. */
export interface MinimiseOptions {
  /** Ends the search where it returns true. */
  readonly enough?: (weights: Vector, sums: LinearSums) => boolean;
  /** Most Newton steps (default 200). */
  readonly steps?: number;
  /** The share of the usual budget of products with the data to spend (default 1). */
  readonly effort?: number;
  /** The second derivative is the identity but for rounding: a step is minus the gradient, without a product (default false). */
  readonly identity?: boolean;
  /** The blocks of the second derivative are near ones, made from sums of rows (default false): they cost few products, and serve several steps. */
  readonly sketched?: boolean;
}

/** Gain of a step, relative to the value, from which on values tell better from worse. */
const NOISE = 4 * Number.EPSILON;

/**
 * Gain of a step, relative to the value, below which it is the last one where the Hessian is not factored: at first, and once the products with
 * the data have used up the budget. Between them it grows evenly, by powers of ten.
 */
const [FINE, COARSE] = [1e-13, 1e-6];

/** The budget: operations, and the least and most products with the data that it may buy. */
const [OPERATIONS, LEAST_PRODUCTS, MANY_PRODUCTS] = [2e11, 60, 200];

/** Numbers m r up to which the Hessian may be made and factored, and products with the data that it may cost at most. */
const [FACTORED, WORTH] = [256, 60];

/** Classes up to which the blocks of a joint Hessian cost no more than they save. */
const FEW_CLASSES = 4;

/** How many budgets may be spent while steps keep improving: towards infima at infinity they always do. */
const OVERDRAFT = 3;

/** The share of a gradient down to which a quadratic is solved. */
const SOLVED = 1e-12;

/**
 * The residual of a Newton step, relative to the gradient, down to which products in single precision are good enough: no step is solved further
 * then, since the next one gains as much again for less than a few products in double. The last one may go as far as they go.
 */
const [SINGLE, SINGLE_LAST] = [1e-4, 1e-5];

/** The duality gap, as a share of the value, that the end is to leave: below what counts as attained. */
const PROVED = 5e-11;

/** Most products with the data of one Newton step, and at least that many however small the budget. */
const [MOST_PRODUCTS, LEAST_PER_STEP] = [200, 20];

/** Mean second derivatives up to this count as none. */
const LEAST_BEND = 1e-200;

/** The least share of a step that is tried before it is damped. */
const LEAST_SHARE = 0.25;

/** The shares to which a gradient falls in a step towards an infimum at infinity, about 1 / e; and the most steps that are taken at once there. */
const [RUNAWAY, LONGEST] = [[0.3, 0.5], 8] as const;

/** Steps of conjugate gradients after which a Hessian that can be factored is. */
const FEW = 6;

/**
 * Minimises the mean loss over linear predictors on inputs of mean square 1 that are orthogonal, or nearly so: then the Hessian is only
 * as ill-conditioned as l''. Newton's method, each step by conjugate gradients on products with the data, or by a factorisation where
 * there are few weights and those do not suffice at once; Levenberg's damping where a full step does not lower the loss enough, as
 * on straight stretches. Ends when any further gain is below rounding.
 *
 * Cost: two products with the data for each step of conjugate gradients; nothing of order (m r)² for large m r.
 * Source: J. Nocedal, S. J. Wright, "Numerical Optimization" (2006), chapters 7 and 10.
 *
 * @param objective The mean loss; convex for a minimum to be one.
 * @param start Where to start [m, r].
 * @param options When to end early.
 * @returns A generator that yields after each product with the data, so that a caller can stop; returns where it ended.
 * @example The mean of two numbers
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { squared } from "@resland/resland/loss";
 * import { createLinearObjective } from "@resland/resland/objective";
 * import { matrix } from "@resland/resland/tensor";
 * const examples = { x: matrix(2, 1, [1, 1]), y: Float64Array.of(0, 2) };
 * using objective = createLinearObjective(await loadKernels("simd"), squared, examples);
 * const steps = minimise(objective, Float64Array.of(0));
 * let step = steps.next();
 * while (!step.done) step = steps.next();
 * assertAlmostEquals(step.value.weights[0], 1, 1e-12);
 * ```
 */
export function* minimise(
  objective: LinearObjective,
  start: Vector,
  options: MinimiseOptions = {},
): Generator<number, Minimum> {
  const { enough = () => false, steps = 200, effort = 1, identity = false, sketched = false } = options;
  let weights = start;
  let sums = objective.at(weights);
  let [damping, iterations, decrement, factors] = [0, 0, Infinity, false];
  /** Whether the Hessian may be made; coordinates on columns as they are offer none. */
  const factorable = !sketched && canFactor(objective);
  using blocks = createBlocks(objective, { sketched, useful: !factorable });
  let last: Minimum["last"] = null;
  const result = (converged: boolean): Minimum => ({ weights, sums, last, decrement, iterations, converged });
  const { rows, inputs, outputs } = objective;
  const worth = OPERATIONS / (4 * rows * inputs * outputs);
  const budget = effort * Math.min(MANY_PRODUCTS, Math.max(LEAST_PRODUCTS, worth));
  let products = 0;
  // A quadratic is solved at once.
  const quadratic = sketched && !identity && !isJoint(objective.loss) && objective.loss.secondDerivative === "constant";
  const solved = SOLVED * norm(sums.gradient);
  /** The relative gain below which a step is the last one. */
  const least = () => FINE * (COARSE / FINE) ** Math.min(1, products / budget);
  while (iterations < steps && products < OVERDRAFT * budget) {
    if (!Number.isFinite(sums.value) || !sums.gradient.every(Number.isFinite)) return result(false);
    if (enough(weights, sums)) return result(false);
    const size = norm(sums.gradient);
    // With the identity a gradient of rounding is the end; elsewhere flat directions may hide gains behind it.
    if (size === 0 || identity && size <= gradientNoise(sums) || quadratic && iterations > 0 && size <= 10 * solved) {
      decrement = size * size / 2;
      return result(true);
    }
    using second = objective.second(sums.predictions);
    const means = second.means();
    const scale = means.reduce((sum, value) => sum + Math.max(value, 0), 0) / means.length || 1;
    const noise = NOISE * valueSize(sums);
    const wanted = provingGradient(weights, PROVED * Math.abs(sums.value));
    let taken = false;
    for (let tries = 0; tries < 60 && !taken; tries++) {
      const shift = damping * scale;
      let step: Vector | null = null;
      if (identity && shift === 0) step = sums.gradient.map((value) => -value);
      else if (!factors) {
        const given = yield* blocks.at(second, means, shift);
        const most = factorable ? FEW : Math.min(MOST_PRODUCTS, Math.max(LEAST_PER_STEP, budget));
        const found: Solved = yield* solveByProducts(second, sums, means, { shift, wanted, most, given, quadratic });
        step = found.step;
        products += found.products + blocks.took(found.products);
        if (!found.solved && factorable) factors = true;
      }
      if (step === null && factors) step = solveByFactor(objective, sums, shift);
      if (step !== null) {
        const slope = dot(sums.gradient, step);
        const gain = -slope / 2;
        if (shift === 0) decrement = gain;
        if (!(gain > 0)) return result(true);
        let next = combine(1, weights, 1, step);
        let reached = objective.at(next);
        yield decrement;
        let share = 1;
        // Where products solve the step, half of it costs less than another one.
        while (!factors && share > LEAST_SHARE && gain > noise && !(sums.value - reached.value >= 1e-4 * gain)) {
          letGo(reached.predictions, reached.slopes);
          share /= 2;
          next = combine(1, weights, share, step);
          reached = objective.at(next);
          yield decrement;
        }
        // Where values are rounding noise, a falling gradient indicates progress.
        const better = Number.isFinite(reached.value) &&
          (gain > noise
            ? sums.value - reached.value >= 1e-4 * gain
            : norm(reached.gradient) < size && reached.value <= sums.value + noise);
        if (better) {
          const faithful = sums.value - reached.value > 0.5 * gain || gain <= noise;
          const left = norm(reached.gradient);
          const polished = gain <= noise && (left > 0.5 * size || left <= gradientNoise(reached));
          const fine = gain <= least() * Math.abs(sums.value) && !factorable && shift === 0 && share === 1;
          if (last !== null) letGo(last.sums.predictions, last.sums.slopes);
          if (shift > 0 || share < 1) letGo(sums.predictions, sums.slopes);
          last = shift === 0 && share === 1 ? { weights, sums, step } : null;
          const far = last && left > RUNAWAY[0] * size && left < RUNAWAY[1] * size;
          if (far) [next, reached] = yield* goneFurther(objective, next, step, reached);
          [weights, sums, taken] = [next, reached, true];
          iterations++;
          if (faithful) damping = damping < 1e-6 ? 0 : damping / 8;
          if (polished || fine) return result(true);
          continue;
        }
        letGo(reached.predictions, reached.slopes);
        if (gain <= noise && shift === 0) return result(true);
      }
      damping = Math.max(1e-4, 8 * damping);
    }
    if (!taken) return result(true);
  }
  return result(false);
}

/**
 * Further along a step, twice as far each time, as long as value and gradient fall: towards an infimum at infinity, where the loss falls as `exp(-t)`, every Newton step
 * goes by the same length again.
 */
function* goneFurther(
  objective: LinearObjective,
  weights: Vector,
  step: Vector,
  sums: LinearSums,
): Generator<number, readonly [Vector, LinearSums]> {
  let [best, reached]: readonly [Vector, LinearSums] = [weights, sums];
  for (let length = 1; length <= LONGEST; length *= 2) {
    const next = combine(1, best, length, step);
    const found = objective.at(next);
    yield length;
    if (!(found.value < reached.value && norm(found.gradient) < norm(reached.gradient))) {
      letGo(found.predictions, found.slopes);
      break;
    }
    letGo(reached.predictions, reached.slopes);
    [best, reached] = [next, found];
  }
  return [best, reached];
}

/** The size of what the value is rounded at: the losses, and their slopes times the rounding of predictions. */
function valueSize({ value, predictions, slopes }: LinearSums): number {
  let sum = 0;
  for (let at = 0; at < slopes.length; at++) sum += Math.abs(slopes[at] * predictions[at]);
  return Math.abs(value) + sum / slopes.length;
}

/** The size of a gradient that is rounding, where inputs have mean square 1. */
function gradientNoise({ slopes, gradient }: LinearSums): number {
  return NOISE * norm(slopes) * Math.sqrt(gradient.length / slopes.length);
}

function canFactor({ inputs: r, outputs: m, loss }: LinearObjective): boolean {
  const blocks = isJoint(loss) ? m * (m + 1) / 2 : m;
  return m * r <= FACTORED && blocks * r <= WORTH * 2 * m && (!isJoint(loss) || m <= FEW_CLASSES);
}

/** The result of conjugate gradients. */
interface Solved {
  readonly step: Vector;
  /** Whether that is the solution, as far as the outer iteration can use it. */
  readonly solved: boolean;
  /** Products with the data that it took. */
  readonly products: number;
}

/** `-(H + shift)⁻¹ g` by conjugate gradients, as far as the outer iteration can use. */
function* solveByProducts(
  second: SecondDerivative,
  { gradient }: LinearSums,
  means: Vector,
  { shift, wanted, most, given, quadratic }: {
    readonly shift: number;
    /** The gradient that would prove the end: where one step can leave no more, it is solved so far, and no further. */
    readonly wanted: number;
    readonly most: number;
    readonly given: ((v: Vector) => Vector) | null;
    readonly quadratic: boolean;
  },
): Generator<number, Solved> {
  const size = norm(gradient);
  const target = quadratic
    ? second.applySingle ? SINGLE : SOLVED
    : most === FEW
    ? 1e-8 * Math.min(0.1, Math.sqrt(size))
    : wanted >= SINGLE_LAST * size
    ? Math.min(0.1, wanted / size)
    : Math.max(second.applySingle ? SINGLE : 0, Math.min(0.1, Math.sqrt(size)));
  const r = gradient.length / means.length;
  const largest = means.reduce((most, value) => Math.max(most, value), 0);
  // Of second derivatives that underflow nothing can be said: dividing by them would overflow.
  const floor = largest > LEAST_BEND ? 1e-3 * largest : 1;
  const preconditioner = given ??
    ((v: Vector): Vector => v.map((value, at) => value / (Math.max(means[Math.floor(at / r)], floor) + shift)));
  // What single precision rounds is far below what conjugate gradients leave; steps and their ends are judged in double.
  const apply = most !== FEW && target >= SINGLE_LAST && second.applySingle || second.apply;
  const shifted = (direction: Vector): Vector => {
    const image = apply(direction);
    return shift > 0 ? combine(1, image, shift, direction) : image;
  };
  const found = yield* conjugateGradients(shifted, gradient.map((value) => -value), {
    preconditioner,
    tolerance: target,
    steps: most,
    flat: 1e-14 * floor,
  });
  const { x, iterations: products, converged, flat } = found;
  // Flat: the result so far, or the first direction if there is none.
  if (flat !== null) return { step: products === 1 ? flat : x, solved: most !== FEW, products };
  return { step: x, solved: converged, products };
}

/** `-(H + shift)⁻¹ g` by a Cholesky factorisation; null when H + shift is not positive definite, up to rounding. */
function solveByFactor(
  objective: LinearObjective,
  { predictions, gradient }: LinearSums,
  shift: number,
): Vector | null {
  const { kernels: { memory, f64: set }, outputs: m, inputs: r, loss } = objective;
  const hessian = objective.hessian(predictions);
  const order = m * r;
  const at = memory.allocate((order * order + order) * 8);
  try {
    const a = memory.view("f64", at, order * order);
    a.set(hessian.data);
    let trace = 0;
    for (let i = 0; i < order; i++) trace += a[i * (order + 1)];
    // Outputs that all shift together change no loss and no gradient: any curvature along them will do.
    const fill = isJoint(loss) && loss.shiftFree ? trace / order : 0;
    for (let i = 0; i < order; i++) {
      a[i * (order + 1)] += shift;
      if (fill > 0) { for (let b = i % r; b < order; b += r) a[i * order + b] += fill / m; }
    }
    if (set.cholesky(order, at, order) !== 0) return null;
    const x = at + order * order * 8;
    memory.view("f64", x, order).set(gradient);
    set.choleskySolve(order, at, order, x);
    const step = memory.view("f64", x, order).map((value) => -value) as Vector;
    return step.every(Number.isFinite) ? step : null;
  } finally {
    memory.free(at);
  }
}
