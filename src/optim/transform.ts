import type { Vector } from "../tensor/mod.ts";

/**
 * A gradient transform: turns a gradient into an update that is added to the parameters, and threads a state along.
 * Optimisers are chains of them; the last one negates. The library's own run in kernel memory, one of your own by
 * copies of the gradient and the update at every step.
 */
export interface Transform<State> {
  /** The state before the first step. */
  init(params: Vector): State;
  /** The update for a gradient at some parameters, and the state after it; inputs are untouched, and nothing returned is one of them. */
  update(gradient: Vector, state: State, params: Vector): readonly [Vector, State];
}
