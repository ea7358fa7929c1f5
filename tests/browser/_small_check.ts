import { checkRun } from "../../src/mod.ts";
import { finish, smallTask } from "../support/small_problem.ts";

/** What a check comes to. */
export interface SmallCheck {
  readonly kernels: string;
  /** The loss of the best linear predictor. */
  readonly linear: number;
  /** The loss of the last point. */
  readonly value: number;
  readonly stationary: boolean;
  /** Whether the last point is at or below linear. */
  readonly below: boolean;
}

/** A check of one run on a small table, with the kernels that repeat to the bit on every machine. */
export async function smallCheck(): Promise<SmallCheck> {
  const { kernels, task, linear } = await smallTask({ k: 8, epochs: 20 });
  const { points } = finish(checkRun(kernels, task, { seed: 1, start: "default" }));
  const { value, stationary } = points[points.length - 1];
  return { kernels: kernels.name, linear: linear.value, value, stationary, below: value <= linear.value };
}

Object.assign(globalThis, { smallCheck });
