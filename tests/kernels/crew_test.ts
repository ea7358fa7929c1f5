import { assert, assertEquals, assertThrows } from "@std/assert";
import { CREW_BYTES, type CrewOptions, leadCrew } from "../../src/kernels/mod.ts";
import { countingShares, type CrewJob } from "../support/crew_work.ts";

/** The next message of a worker. */
const nextMessage = (worker: Worker) =>
  new Promise<string>((resolve) => worker.addEventListener("message", ({ data }) => resolve(data), { once: true }));

/** A leader with members in threads of their own, ready to serve, and what each of them says last. */
async function crewOf(parts: number, now: CrewOptions["now"] = null) {
  const [control, counters] = [new SharedArrayBuffer(CREW_BYTES), new SharedArrayBuffer(4 * parts)];
  const lastWords = await Promise.all(Array.from({ length: parts - 1 }, async (_, index) => {
    const worker = new Worker(new URL("../support/crew_worker.ts", import.meta.url), { type: "module" });
    const ready = nextMessage(worker);
    worker.postMessage({ control, counters, part: index + 1, parts } satisfies CrewJob);
    assertEquals(await ready, "ready");
    // In a record of its own, since a promise in an array of promises would be awaited at once.
    return { of: nextMessage(worker).finally(() => worker.terminate()) };
  }));
  return {
    crew: leadCrew(control, parts, countingShares(counters), { now }),
    counters: new Int32Array(counters),
    goHome: () => Promise.all(lastWords.map(({ of }) => of)),
  };
}

Deno.test("leadCrew() alone does every piece of work itself, with the arguments that it was left", () => {
  const seen: number[][] = [];
  const crew = leadCrew(null, 1, [
    () => seen.push([]),
    (part, parts, args) => seen.push([part, parts, args[0], args[1]]),
  ]);
  crew.args[0] = 0.5;
  crew.args[1] = -2;
  crew.run(1);
  crew.run(0);
  crew.disband();
  assertEquals(seen, [[0, 1, 0.5, -2], []]);
});

for (const parts of [2, 3]) {
  Deno.test(`leadCrew() with ${parts} threads: each does its part of every order once, and goes home when told`, async () => {
    const { crew, counters, goHome } = await crewOf(parts);
    let sum = 0;
    for (let order = 1; order <= 1000; order++) {
      crew.args[0] = order;
      crew.run(0);
      sum += order;
      // run() returns only when all are done, so that no counter lags behind.
      assertEquals([...counters], Array.from({ length: parts }, () => sum));
    }
    crew.disband();
    assertEquals(await goHome(), Array.from({ length: parts - 1 }, () => "went home"));
  });
}

Deno.test("leadCrew() hears of a member that failed, whose thread throws", async () => {
  const { crew, goHome } = await crewOf(2);
  assertThrows(() => crew.run(1), Error, "A thread of the crew failed");
  assertEquals(await goHome(), ["RangeError: no such row"]);
});

Deno.test("leadCrew() meets a member that slept through a pause", async () => {
  const { crew, counters, goHome } = await crewOf(2);
  crew.args[0] = 1;
  crew.run(0);
  await new Promise((resolve) => setTimeout(resolve, 250));
  crew.run(0);
  assertEquals([...counters], [2, 2]);
  crew.disband();
  await goHome();
});

Deno.test("leadCrew() with a clock shares or works alone by what it measures, and either way every order is done once", async () => {
  // A clock by which the leader's share costs nothing and every order that is shared costs ten times one alone, then a tenth.
  let [time, ratio, before] = [0, 10, 0];
  let members: Int32Array | null = null;
  const now = () => {
    const served = members?.[1] ?? 0;
    time += served === before ? 1 : ratio;
    before = served;
    return time;
  };
  const { crew, counters, goHome } = await crewOf(2, now);
  members = counters;
  crew.args[0] = 1;
  const sharedIn = (orders: number) => {
    const [own, other] = counters;
    for (let order = 0; order < orders; order++) crew.run(0);
    assertEquals(counters[0] - own, orders);
    return (counters[1] - other) / orders;
  };
  const losing = sharedIn(20_000);
  assert(losing > 0 && losing < 0.05, String(losing));
  ratio = 0.1;
  // It tries again by itself.
  sharedIn(10_000);
  const winning = sharedIn(10_000);
  assert(winning > 0.95, String(winning));
  crew.disband();
  assertEquals(await goHome(), ["went home"]);
});
