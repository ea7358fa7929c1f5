import type { Optimum, PointRecord } from "../claims/mod.ts";
import {
  type Evaluation,
  findDescent,
  type FoundDescent,
  type HeadObjective,
  type LambdaMin,
} from "../landscape/mod.ts";
import { matrix } from "../tensor/mod.ts";

/** From a point above linear: a direction along which F falls, tried out; null elsewhere, and where none was found. */
export function wayDown(
  objective: HeadObjective,
  at: Evaluation,
  lambda: LambdaMin,
  { standing }: PointRecord,
  linear: Optimum,
): FoundDescent | null {
  if (standing !== "above") return null;
  const A = matrix(objective.outputs, objective.d, linear.weights);
  return findDescent(objective, at, lambda, { A, C: null, value: linear.value });
}
