/**
 * Programs that are interrupted, for the tests: the first argument names one. Each says "ready" once signals may come, and
 * would go on for minutes if none came.
 *
 * @module
 */
import { drive, endAtSignals, INTERRUPTED, Interrupted, onInterrupt } from "../../tasks/io/interrupt.ts";

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Nothing but work for so long: no signal gets in. */
function spin(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

/** The programs, by name. */
const PROGRAMS: Readonly<Record<string, () => Promise<void>>> = {
  /** Stops at the first signal, and takes half a second to keep what it has. */
  async orderly() {
    using interrupt = onInterrupt();
    console.log("ready");
    for (let turn = 0; turn < 10_000 && !interrupt.signal.aborted; turn++) await pause(5);
    console.log("stops");
    await pause(500);
    console.log("kept");
    Deno.exitCode = INTERRUPTED;
  },
  /** Stops at once, and takes a while to end. */
  async ending() {
    {
      using interrupt = onInterrupt();
      console.log("ready");
      for (let turn = 0; turn < 10_000 && !interrupt.signal.aborted; turn++) await pause(5);
      Deno.exitCode = INTERRUPTED;
    }
    await pause(500);
    console.log("ended");
  },
  /** Never looks at the signal, and gives itself a minute. */
  async patient() {
    using _interrupt = onInterrupt(60_000);
    console.log("ready");
    await pause(55_000);
  },
  /** Never looks at the signal; its work lets the event loop turn now and then. */
  async deaf() {
    using _interrupt = onInterrupt();
    console.log("ready");
    for (let turn = 0; turn < 600; turn++) {
      spin(200);
      await pause(0);
    }
  },
  /** Has nothing to keep, after something that had. */
  async idle() {
    endAtSignals("resland idle");
    {
      using _interrupt = onInterrupt();
    }
    console.log("ready");
    await pause(55_000);
  },
  /** Keeps what it has, although signals would have ended it before. */
  async begun() {
    endAtSignals("resland begun");
    await PROGRAMS.orderly();
  },
  /** Steps that are driven. */
  async driven() {
    using interrupt = onInterrupt();
    const steps = function* () {
      try {
        for (let step = 0; step < 10_000; step++) {
          spin(10);
          yield step;
        }
      } finally {
        console.log("closed");
      }
    };
    try {
      await drive(steps(), interrupt.signal, (step) => {
        if (step === 0) console.log("ready");
      });
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      console.log("kept");
      Deno.exitCode = INTERRUPTED;
    }
  },
};

await PROGRAMS[Deno.args[0]]();
// As the program does: while a runtime takes itself down it no longer hears the echo, and would die of it.
if (Deno.exitCode === INTERRUPTED) Deno.exit(INTERRUPTED);
