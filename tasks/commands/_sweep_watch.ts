import { parseOptions, UsageError } from "../../src/cli/mod.ts";
import { counted, grouped } from "../../src/report/mod.ts";
import { clock } from "../io/clock.ts";
import { INTERRUPTED, onInterrupt } from "../io/interrupt.ts";
import { startProgress } from "../io/progress.ts";
import { splitWords } from "./_sweep_merge.ts";
import { openStore } from "./_sweep_store.ts";

/** Milliseconds between two looks. */
const EVERY = 1000;

/** `sweep watch FOLDER`: shows a sweep that another process runs, until it is done. */
export async function watchSweep(args: readonly string[]): Promise<number> {
  const { words, options } = splitWords(args);
  parseOptions(options, {});
  if (words.length !== 1) throw new UsageError("sweep watch needs the folder of a sweep, or the URL of a store");
  await using store = await openStore(words[0], "read");
  using interrupt = onInterrupt();
  const progress = startProgress(false);
  const first = { ...await store.counts(), at: clock() };
  for (let counts = await store.counts();; counts = await store.counts()) {
    const { jobs, done, failed, stuck } = counts;
    const rate = (done - first.done) / Math.max(0.001, (clock() - first.at) / 1000);
    const told = `${grouped(done)} of ${counted(jobs, "run")}, ${rate.toPrecision(3)} a second, ${
      grouped(failed)
    } failed, ${grouped(stuck)} second-order stationary above linear`;
    const left = jobs - first.done - first.failed;
    progress.update(left === 0 ? 1 : (done + failed - first.done - first.failed) / left, told);
    if (interrupt.signal.aborted || done + failed >= jobs) {
      progress.done();
      console.log(told);
      return interrupt.signal.aborted ? INTERRUPTED : 0;
    }
    await new Promise((resolve) => setTimeout(resolve, EVERY));
  }
}
