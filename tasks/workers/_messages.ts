import type { CrewPlan } from "../../src/objective/mod.ts";

/** The code of a worker: it gets a function to answer with, and handles one message after another. */
export type WorkerBody<In, Out> = (post: (message: Out) => void) => (message: In) => void | Promise<void>;

/** A message to a worker: first the setup, then jobs one at a time. */
export type ToWorker<Setup, Job> =
  | { readonly kind: "setup"; readonly setup: Setup }
  | { readonly kind: "job"; readonly job: Job };

/** A message from a worker about its current job, that it wants one, or that it wants its helpers. */
export type FromWorker<Result> =
  | { readonly kind: "ready" }
  | { readonly kind: "progress"; readonly share: number }
  | { readonly kind: "recruit"; readonly plan: CrewPlan }
  | { readonly kind: "done"; readonly result: Result }
  | { readonly kind: "failed"; readonly message: string };

/** The message to a helper: the leader's plan, and which part is its own. */
export interface ToHelper {
  /** The plan. */
  readonly plan: CrewPlan;
  /** The part, from 1. */
  readonly part: number;
}

/** The message of a helper before it starts to serve, or when it fails. */
export type FromHelper = { readonly kind: "ready" } | { readonly kind: "failed"; readonly message: string };
