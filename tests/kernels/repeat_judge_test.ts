import { assert, assertEquals } from "@std/assert";
import { createJudge } from "../../src/kernels/_repeat_judge.ts";

/** What a step takes [ms], alone and shared, at a time and by its number. */
interface Machine {
  readonly alone: (time: number, step: number) => number;
  readonly shared: (time: number, step: number) => number;
}

/** What a judge made of a machine in so many milliseconds. */
interface Course {
  readonly steps: number;
  readonly took: number;
  /** Which share of the steps was shared, of those that began from a time on. */
  sharedFrom(time: number): number;
}

/** Runs steps of three orders on a clock that only they move, and that of the leader's work between two steps. */
function course({ alone, shared }: Machine, milliseconds: number, between = 0): Course {
  let time = 0;
  const judge = createJudge(() => time);
  const steps: [time: number, shared: boolean][] = [];
  let took = 0;
  while (time < milliseconds) {
    const begun = time;
    let chosen = false;
    for (const work of [0, 1, 2]) {
      const together = judge.shared(work);
      if (work === 0) chosen = together;
      // A step is shared or done alone as a whole.
      assertEquals(together, chosen);
      const whole = together ? shared(begun, steps.length) : alone(begun, steps.length);
      time += whole / 3;
      took += whole / 3;
      judge.done();
    }
    steps.push([begun, chosen]);
    time += between;
  }
  return {
    steps: steps.length,
    took,
    sharedFrom(from) {
      const late = steps.filter(([at]) => at >= from);
      return late.filter(([, together]) => together).length / late.length;
    },
  };
}

/** Steps alone from S1 to S4 of the bench [ms]. */
const SIZES = [0.006, 0.063, 1.3, 30];

/** What trying again and again may cost where sharing loses, and where it gains: of the time that is best. */
const LOSS = 1.1;
const COST_OF_CHECKS = 1.03;

for (const size of SIZES) {
  /** Long against a rest, and not more steps than a test has time for [ms]. */
  const span = size < 0.05 ? 3000 : 10_000;
  const steady = (ratio: number): Machine => ({ alone: () => size, shared: () => ratio * size });

  Deno.test(`createJudge() shares steps of ${size} ms that take 0.55 times as long together`, () => {
    const { steps, took, sharedFrom } = course(steady(0.55), span);
    assert(took <= COST_OF_CHECKS * 0.55 * size * steps, `${took} for ${0.55 * size * steps}`);
    assert(sharedFrom(0) > 0.97);
  });

  for (const ratio of [1.02, 1.5, 3, 25]) {
    Deno.test(`createJudge() leaves the leader alone with steps of ${size} ms that take ${ratio} times as long together`, () => {
      const { steps, took } = course(steady(ratio), 2 * span);
      assert(took <= LOSS * size * steps, `${took} for ${size * steps}`);
    });
  }

  Deno.test(`createJudge() follows a machine that becomes busy and quiet again, steps of ${size} ms`, () => {
    const busy = (time: number) => time >= span && time < 2 * span;
    const machine: Machine = { alone: () => size, shared: (time) => size * (busy(time) ? 3 : 0.55) };
    const after = course(machine, 3 * span).sharedFrom(2 * span + 2500);
    assert(after > 0.97, String(after));
    const until = course(machine, 2 * span);
    const quiet = course(machine, span);
    const [steps, took] = [until.steps - quiet.steps, until.took - quiet.took];
    assert(took <= LOSS * size * steps, `${took} for ${size * steps}`);
  });

  Deno.test(`createJudge() counts what comes in lumps: every 20 ms of sharing a slice of 8 ms is taken, steps of ${size} ms`, () => {
    let lost = 0;
    const machine: Machine = {
      alone: () => size,
      shared(time) {
        const lump = Math.floor(time / 20);
        const taken = lump > lost ? 8 : 0;
        lost = lump;
        return 0.8 * size + taken;
      },
    };
    const { steps, took } = course(machine, 2 * span);
    assert(took <= LOSS * size * steps, `${took} for ${size * steps}`);
  });
}

Deno.test("createJudge() does not count what the leader does between two steps", () => {
  const machine: Machine = { alone: () => 1, shared: () => 0.55 };
  assert(course(machine, 20_000, 10).sharedFrom(0) > 0.9);
  const losing: Machine = { alone: () => 1, shared: () => 2 };
  assert(course(losing, 20_000, 10).sharedFrom(0) < 0.1);
});

Deno.test("createJudge() is not misled by one disturbed spell alone, nor by one slow step together", () => {
  const machine: Machine = {
    alone: (_, step) => step === 1 ? 20 : 1,
    shared: () => 1.5,
  };
  assert(course(machine, 5000).sharedFrom(0) < 0.1);
  const hiccup: Machine = { alone: () => 1, shared: (_, step) => step === 500 ? 3 : 0.6 };
  assert(course(hiccup, 5000).sharedFrom(0) > 0.95);
});

Deno.test("createJudge() decides the same on the same clock", () => {
  const machine: Machine = { alone: (time) => 2 + Math.sin(time), shared: (time) => 2 + Math.cos(time / 7) };
  const [one, other] = [course(machine, 3000), course(machine, 3000)];
  assertEquals([one.steps, one.took, one.sharedFrom(0)], [other.steps, other.took, other.sharedFrom(0)]);
});
