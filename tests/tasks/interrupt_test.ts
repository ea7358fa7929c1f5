import { assert, assertEquals, assertRejects } from "@std/assert";
import { breathe, drive, Interrupted, onInterrupt, unlessInterrupted } from "../../tasks/io/interrupt.ts";
import { denoCommand } from "../support/deno_command.ts";
import { ENTRY, RUN } from "../support/program.ts";
import { tell } from "./_interrupted_run.ts";

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** An echo comes as fast as a terminal and a parent can send it; what comes later than a second is meant. */
const ECHO = 50;
const MEANT = 1300;

/** Starts a program of tests/support/interrupted.ts and sends it signals once it is ready, each so long [ms] after the one before. */
async function interrupted(
  name: string,
  signals: readonly (readonly [after: number, signal: Deno.Signal])[],
): Promise<{ readonly code: number; readonly said: string }> {
  const program = new URL("../support/interrupted.ts", import.meta.url).pathname;
  const command = denoCommand({
    args: [...RUN, "--no-check", "--no-prompt", program, name],
    stdout: "piped",
    stderr: "null",
  });
  const child = command.spawn();
  let over = false;
  child.status.then(() => over = true);
  let said = "";
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (let sent = false;;) {
      const { done, value } = await reader.read();
      if (done) break;
      said += value;
      if (sent || !said.startsWith("ready")) continue;
      sent = true;
      for (const [after, signal] of signals) {
        await pause(after);
        if (!over) tell(child, signal);
      }
    }
  } catch (error) {
    // It would go on for a minute.
    if (!over) tell(child, "SIGKILL");
    throw error;
  }
  return { code: (await child.status).code, said };
}

const POSIX = Deno.build.os !== "windows";

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test({
    name: "a signal that comes as the program ends does not kill it",
    ignore: Deno.build.os === "windows",
    fn: async () => {
      for (let run = 0; run < 3; run++) {
        const child = denoCommand({
          args: [...RUN, "--no-check", "--no-prompt", "--allow-read", ENTRY, "--version"],
          stdout: "piped",
          stderr: "null",
        }).spawn();
        const reader = child.stdout.getReader();
        await reader.read();
        tell(child, "SIGINT");
        await reader.cancel();
        assertEquals((await child.status).signal, null);
      }
    },
  });

  Deno.test({
    name: `onInterrupt() lets a command keep what it has at one ${signal}`,
    ignore: !POSIX,
    fn: async () => {
      assertEquals(await interrupted("orderly", [[0, signal]]), { code: 3, said: "ready\nstops\nkept\n" });
    },
  });
}

Deno.test({
  name: "onInterrupt() ignores the echo of a signal, whether it is the same one or the other",
  ignore: !POSIX,
  fn: async () => {
    const wanted = { code: 3, said: "ready\nstops\nkept\n" };
    assertEquals(await interrupted("orderly", [[0, "SIGINT"], [ECHO, "SIGINT"]]), wanted);
    assertEquals(await interrupted("orderly", [[0, "SIGINT"], [ECHO, "SIGTERM"], [ECHO, "SIGINT"]]), wanted);
  },
});

Deno.test({
  name: "onInterrupt() ignores the echo also once the command is over and its process about to end",
  ignore: !POSIX,
  fn: async () => {
    assertEquals(await interrupted("ending", [[0, "SIGINT"], [2 * ECHO, "SIGINT"]]), {
      code: 3,
      said: "ready\nended\n",
    });
  },
});

Deno.test({
  name: "onInterrupt() ends the process at once at a second signal that comes later than a second",
  ignore: !POSIX,
  fn: async () => {
    // Its deadline is a minute away: only the second signal can end it with this code.
    assertEquals(await interrupted("patient", [[0, "SIGINT"], [ECHO, "SIGINT"], [MEANT, "SIGINT"]]), {
      code: 3,
      said: "ready\n",
    });
  },
});

Deno.test({
  name: "onInterrupt() ends a command that does not react, once its deadline has passed and the event loop turns",
  ignore: !POSIX,
  fn: async () => {
    assertEquals(await interrupted("deaf", [[0, "SIGINT"]]), { code: 3, said: "ready\n" });
  },
});

Deno.test({
  name:
    "endAtSignals() ends a process with exit code 3 where no command handles signals, and leaves them to one that does",
  ignore: !POSIX,
  fn: async () => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      assertEquals(await interrupted("idle", [[0, signal]]), { code: 3, said: "ready\n" });
    }
    assertEquals(await interrupted("begun", [[0, "SIGINT"]]), { code: 3, said: "ready\nstops\nkept\n" });
  },
});

Deno.test({
  name: "drive() stops between two steps at a signal, and closes the work",
  ignore: !POSIX,
  fn: async () => {
    assertEquals(await interrupted("driven", [[0, "SIGINT"], [ECHO, "SIGINT"]]), {
      code: 3,
      said: "ready\nclosed\nkept\n",
    });
  },
});

Deno.test("onInterrupt() leaves no listener behind when it is disposed", () => {
  // The test runner fails a test that leaves a listener or a timer.
  using interrupt = onInterrupt();
  assert(!interrupt.signal.aborted);
});

Deno.test("drive() gives every step to its caller, waits for the answer, and returns what the work returns", async () => {
  const seen: number[] = [];
  function* steps(): Generator<number, string, void> {
    for (let step = 0; step < 3; step++) {
      assertEquals(seen.length, step);
      yield step;
    }
    return "done";
  }
  const { signal } = new AbortController();
  const result = await drive(steps(), signal, async (step) => {
    await pause(1);
    seen.push(step);
  });
  assertEquals([result, seen], ["done", [0, 1, 2]]);
});

Deno.test("drive() lets the event loop turn while steps go on, and not after each of them", async () => {
  let [turns, steps] = [0, 0];
  const timer = setInterval(() => turns++, 0);
  const work = function* () {
    const end = performance.now() + 400;
    while (performance.now() < end) yield steps++;
  };
  await drive(work(), new AbortController().signal);
  clearInterval(timer);
  // A turn at every 50 ms, however long a busy machine makes them.
  assert(turns >= 2 && turns <= 20, String(turns));
  assert(steps > turns);
});

Deno.test("drive() takes no step once its signal is aborted, and closes the work then and when its caller throws", async () => {
  const closed: string[] = [];
  function* steps(name: string) {
    try {
      for (;;) yield name;
    } finally {
      closed.push(name);
    }
  }
  const controller = new AbortController();
  await assertRejects(
    () =>
      drive(steps("throws"), controller.signal, () => {
        throw new RangeError("no room");
      }),
    RangeError,
    "no room",
  );
  await assertRejects(() => drive(steps("aborted"), controller.signal, () => controller.abort()), Interrupted);
  let begun = false;
  const late = function* () {
    begun = true;
    yield 1;
  };
  await assertRejects(() => drive(late(), controller.signal), Interrupted);
  assertEquals([closed, begun], [["throws", "aborted"], false]);
});

Deno.test("breathe() lets timers in that are due, and throws when the signal is aborted meanwhile", async () => {
  const controller = new AbortController();
  await breathe(controller.signal);
  setTimeout(() => controller.abort(), 0);
  for (const due = performance.now() + 5; performance.now() < due;);
  await assertRejects(() => breathe(controller.signal), Interrupted, "interrupted");
});

Deno.test("unlessInterrupted() gives what it waits for, its error, or the interrupt, whichever is first", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  assertEquals(await unlessInterrupted(Promise.resolve(7), signal), 7);
  await assertRejects(() => unlessInterrupted(Promise.reject(new RangeError("no such file")), signal), RangeError);
  const never = unlessInterrupted(new Promise(() => {}), signal);
  const fails = Promise.withResolvers<void>();
  const failing = unlessInterrupted(fails.promise, signal);
  controller.abort();
  await assertRejects(() => never, Interrupted);
  await assertRejects(() => failing, Interrupted);
  // Left to itself: its failure is nobody's any more.
  fails.reject(new Error("too late"));
  await assertRejects(() => unlessInterrupted(Promise.resolve(7), signal), Interrupted);
});
