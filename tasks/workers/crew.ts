import type { CrewPlan } from "../../src/objective/mod.ts";
import type { FromHelper, ToHelper } from "./_messages.ts";
import { startWorker } from "./start_worker.ts";

/** Threads that help a leader with its training steps, plan after plan. */
export interface Helpers extends Disposable {
  /**
   * Gives every helper its part of a plan; the last plan's batches must be disposed.
   * @returns When all of them serve.
   * @throws {Error} If one fails.
   */
  serve(plan: CrewPlan): Promise<void>;
}

/** A number of helpers, which start with the first plan: most work needs none. */
export function startHelpers(count: number): Helpers {
  let helpers: readonly Worker[] = [];
  const employ = (helper: Worker, plan: CrewPlan, part: number) =>
    new Promise<void>((resolve, reject) => {
      helper.onerror = (event) => {
        event.preventDefault();
        reject(new Error(`A helper failed: ${event.message}`));
      };
      helper.onmessage = ({ data }: MessageEvent<FromHelper>) =>
        data.kind === "ready" ? resolve() : reject(new Error(data.message));
      helper.postMessage({ plan, part } satisfies ToHelper);
    });
  return {
    async serve(plan) {
      if (helpers.length === 0) helpers = Array.from({ length: count }, () => startWorker("step"));
      await Promise.all(helpers.map((helper, index) => employ(helper, plan, index + 1)));
    },
    [Symbol.dispose]: () => helpers.forEach((helper) => helper.terminate()),
  };
}
