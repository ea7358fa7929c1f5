/**
 * The page's worker: a workshop between messages.
 *
 * @module
 */
import type { Request } from "./messages.ts";
import { createWorkshop } from "./workshop.ts";

/** Milliseconds of training between two looks at the messages. */
const BUDGET = 12;

/** Answers the messages of the page, and trains between them. */
export function serveWorkshop(): void {
  const scope = globalThis as unknown as {
    postMessage(message: unknown): void;
    onmessage: ((event: MessageEvent<Request>) => void) | null;
  };
  const workshop = createWorkshop({
    send: (reply) => scope.postMessage(reply),
    clock: () => performance.now(),
  });
  let awake = false;
  const work = (): void => {
    const wait = workshop.work(BUDGET);
    awake = wait !== null;
    if (wait !== null) setTimeout(work, wait);
  };
  scope.onmessage = async ({ data }) => {
    await workshop.receive(data);
    if (awake) return;
    awake = true;
    work();
  };
}
