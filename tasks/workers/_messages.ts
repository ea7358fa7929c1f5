import type { SharingPlan } from "../../src/kernels/mod.ts";

/** The code of a worker: it gets a function to answer with, and handles one message after another. */
export type WorkerBody<In, Out> = (post: (message: Out) => void) => (message: In) => void | Promise<void>;

/** A message to a worker: first the setup, then jobs one at a time. */
export type ToWorker<Setup, Job> =
  | { readonly kind: "setup"; readonly setup: Setup }
  | { readonly kind: "job"; readonly job: Job };

/** A message from a worker about its current job, that it wants one, or, before its first, that it wants threads to share its kernels. */
export type FromWorker<Result> =
  | { readonly kind: "ready" }
  | { readonly kind: "progress"; readonly share: number }
  | { readonly kind: "recruit"; readonly plan: SharingPlan }
  | { readonly kind: "done"; readonly result: Result }
  | { readonly kind: "failed"; readonly message: string };
