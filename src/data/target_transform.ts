/** How a target of numbers is transformed before it is standardised: each output by its logarithm, or by Yeo and Johnson's power of its own. */
export type TargetTransform =
  | { readonly kind: "log" }
  | { readonly kind: "yeo-johnson"; readonly lambda: readonly number[] };

/** Powers within this of 0 or 2 are those logarithms: the quotient would cancel. */
const NEAR = 1e-8;

/** `((1 + t)^lambda - 1) / lambda` for t >= 0, `log(1 + t)` where lambda is 0. */
const power = (t: number, lambda: number): number =>
  Math.abs(lambda) < NEAR ? Math.log1p(t) : Math.expm1(lambda * Math.log1p(t)) / lambda;

/** The inverse of {@linkcode power}; Infinity beyond its range. */
function root(z: number, lambda: number): number {
  if (Math.abs(lambda) < NEAR) return Math.expm1(z);
  return lambda * z <= -1 ? Infinity : Math.expm1(Math.log1p(lambda * z) / lambda);
}

/**
 * A number of a target, transformed. Yeo and Johnson's transform takes any number: `((1 + y)^lambda - 1) / lambda` from 0 on, and
 * `-((1 - y)^(2 - lambda) - 1) / (2 - lambda)` below; lambda = 1 changes nothing. Source: I.-K. Yeo, R. A. Johnson, "A new family of power
 * transformations to improve normality or symmetry", Biometrika 87 (2000).
 *
 * @param transform Which transform.
 * @param y The number; above 0 for the logarithm.
 * @param output Which output, from 0.
 * @returns The number that is learned.
 * @example Both kinds
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * assertAlmostEquals(transformTarget({ kind: "log" }, Math.E, 0), 1);
 * assertAlmostEquals(transformTarget({ kind: "yeo-johnson", lambda: [0.5] }, 3, 0), 2);
 * assertAlmostEquals(transformTarget({ kind: "yeo-johnson", lambda: [2] }, -1, 0), -Math.log(2));
 * ```
 */
export function transformTarget(transform: TargetTransform, y: number, output: number): number {
  if (transform.kind === "log") return Math.log(y);
  const lambda = transform.lambda[output];
  return y >= 0 ? power(y, lambda) : -power(-y, 2 - lambda);
}

/**
 * The inverse of {@linkcode transformTarget}. It is monotone: the median of what is learned becomes the median of the target.
 *
 * @param transform Which transform.
 * @param z The number that is learned.
 * @param output Which output, from 0.
 * @returns The number of the target; infinite beyond the range of the transform.
 * @example There and back
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * const transform = { kind: "yeo-johnson", lambda: [1.5] } as const;
 * for (const y of [-3, 0, 7]) assertAlmostEquals(invertTarget(transform, transformTarget(transform, y, 0), 0), y, 1e-12);
 * ```
 */
export function invertTarget(transform: TargetTransform, z: number, output: number): number {
  if (transform.kind === "log") return Math.exp(z);
  const lambda = transform.lambda[output];
  return z >= 0 ? root(z, lambda) : -root(-z, 2 - lambda);
}

/** Where lambda is looked for, and steps of the search: the interval shrinks by 0.618 with each, to 1e-9. */
const [LOWEST, HIGHEST, STEPS] = [-5, 5, 48];

/**
 * The lambda of Yeo and Johnson's transform with the largest likelihood of a normal distribution: the maximum of
 * `-n/2 log variance(z) + (lambda - 1) sum sign(y) log(1 + |y|)`, by golden sections between -5 and 5. Cost: 50 passes.
 *
 * @param values The numbers.
 * @param weights The weight of each, above 0; null (default) for equal ones.
 * @returns Lambda; 1 where the numbers do not vary.
 * @example Numbers whose logarithms of 1 + y are normal
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { key, normal } from "@resland/resland";
 * assertAlmostEquals(yeoJohnsonLambda(normal(key(1), 4000).map((z) => Math.expm1(2 + 0.3 * z))), 0, 0.1);
 * ```
 */
export function yeoJohnsonLambda(values: Float64Array, weights: Float64Array | null = null): number {
  if (values.every((value) => value === values[0])) return 1;
  const likelihood = (lambda: number): number => {
    const transform = { kind: "yeo-johnson", lambda: [lambda] } as const;
    const z = values.map((value) => transformTarget(transform, value, 0));
    let [size, sum, logs] = [0, 0, 0];
    const weightOf = (at: number) => weights === null ? 1 : weights[at];
    for (let at = 0; at < z.length; at++) {
      size += weightOf(at);
      sum += weightOf(at) * z[at];
      logs += weightOf(at) * Math.sign(values[at]) * Math.log1p(Math.abs(values[at]));
    }
    const squares = z.reduce((total, value, at) => total + weightOf(at) * (value - sum / size) ** 2, 0);
    const found = -size / 2 * Math.log(squares / size) + (lambda - 1) * logs;
    return Number.isFinite(found) ? found : -Infinity;
  };
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [LOWEST, HIGHEST];
  let [a, b] = [high - ratio * (high - low), low + ratio * (high - low)];
  let [ofA, ofB] = [likelihood(a), likelihood(b)];
  for (let step = 0; step < STEPS; step++) {
    if (ofA >= ofB) {
      [high, b, ofB] = [b, a, ofA];
      a = high - ratio * (high - low);
      ofA = likelihood(a);
    } else {
      [low, a, ofA] = [a, b, ofB];
      b = low + ratio * (high - low);
      ofB = likelihood(b);
    }
  }
  return (low + high) / 2;
}
