import { assert, assertEquals, assertThrows } from "@std/assert";
import { leadQueue, QUEUE_BYTES } from "../../src/kernels/_call_queue.ts";
import { runCall } from "../../src/kernels/_calls.ts";
import { CUTS } from "../../src/kernels/_cut_calls.ts";
import { createShareMeter } from "../../src/kernels/_share_meter.ts";
import {
  createMemory,
  type KernelCall,
  type Kernels,
  type KernelsName,
  type KernelTask,
  loadKernels,
  shareKernels,
  SOLVE_WORK,
} from "../../src/kernels/mod.ts";
import { startWorker } from "../../tasks/workers/start_worker.ts";
import { compiledLabs, weyl } from "../support/kernel_lab.ts";
import { MADE, MEETING, meetingSet, MEMBER_SCRATCH, OWN_SCRATCH, type QueueJob } from "../support/queue_work.ts";

/** Columns from one row to the next: more than there are, so that a part that strays is seen. */
const GAP = 3;

/** A call on fresh operands, and where its result lies. */
interface Prepared {
  readonly call: KernelCall;
  readonly out: number;
  readonly length: number;
}

/** Lays out numbers; the same for the same salt. */
const put = ({ memory }: Kernels, length: number, salt: number): number => {
  const at = memory.allocate(8 * length);
  memory.view("f64", at, length).set(weyl(length, salt));
  return at;
};

/** A product C [m, n] over k, added to what C holds. */
const product =
  (kernel: "gemmNN" | "gemmTN" | "gemmNT", m: number, n: number, k: number) => (on: Kernels): Prepared => {
    const [lda, ldb, ldc] = [(kernel === "gemmTN" ? m : k) + GAP, (kernel === "gemmNT" ? k : n) + GAP, n + GAP];
    const a = put(on, (kernel === "gemmTN" ? k : m) * lda, 1);
    const b = put(on, (kernel === "gemmNT" ? n : k) * ldb, 2);
    const [out, length] = [put(on, m * ldc, 3), m * ldc];
    return { call: { kernel, args: [m, n, k, a, lda, b, ldb, out, ldc, 1, on.work] }, out, length };
  };

const vector = (kernel: "gemvN" | "gemvT", m: number, n: number) => (on: Kernels): Prepared => {
  const lda = n + GAP;
  const [a, x] = [put(on, m * lda, 1), put(on, Math.max(m, n), 2)];
  const [out, length] = [put(on, Math.max(m, n), 3), Math.max(m, n)];
  return { call: { kernel, args: [m, n, a, lda, x, out, 1] }, out, length };
};

const activated = (rows: number, cols: number) => (on: Kernels): Prepared => {
  const [bias, z] = [put(on, cols, 1), put(on, rows * cols, 2)];
  const length = 3 * rows * cols;
  const out = put(on, length, 3);
  const [slope, curvature] = [out + 8 * rows * cols, out + 16 * rows * cols];
  return { call: { kernel: "biasActivation", args: [3, rows, cols, bias, z, out, slope, curvature] }, out, length };
};

const solved = (n: number, d: number) => (on: Kernels): Prepared => {
  const [t, work] = [put(on, d * d, 1), on.memory.allocate(8 * SOLVE_WORK)];
  const view = on.memory.view("f64", t, d * d);
  for (let i = 0; i < d; i++) view[i * (d + 1)] = 3 * d;
  const [out, length] = [put(on, n * (d + GAP), 2), n * (d + GAP)];
  return { call: { kernel: "solveRight", args: [n, d, t, d, out, d + GAP, work] }, out, length };
};

const added = (count: number, cols: number) => (on: Kernels): Prepared => {
  const [x, weights] = [put(on, count * (cols + GAP), 1), put(on, count, 2)];
  const indices = on.memory.allocate(4 * count);
  on.memory.indices(indices, count).set(Array.from({ length: count }, (_, i) => (7 * i) % 5));
  const [out, length] = [put(on, 5 * (cols + GAP), 3), 5 * (cols + GAP)];
  return {
    call: { kernel: "scatterRows", args: [count, cols, indices, weights, x, cols + GAP, out, cols + GAP] },
    out,
    length,
  };
};

const widened = (rows: number, cols: number) => (on: Kernels): Prepared => {
  const from = on.memory.allocate(4 * rows * (cols + GAP));
  on.memory.view("f32", from, rows * (cols + GAP)).set(weyl(rows * (cols + GAP), 1));
  const [out, length] = [put(on, rows * (cols + 1), 2), rows * (cols + 1)];
  return { call: { kernel: "readSingle", args: [rows, cols, from, cols + GAP, out, cols + 1] }, out, length };
};

/** Shapes whose parts are uneven, whose last row or column would be alone, flat and tall ones, and one in each direction of cutting. */
const CALLS: readonly (readonly [name: string, prepare: (on: Kernels) => Prepared])[] = [
  ...([[65, 65, 65], [129, 10, 785], [333, 33, 40], [1000, 3, 200], [97, 2, 1500], [10, 785, 67], [31, 321, 40], [
    400,
    32,
    41,
  ]] as const)
    .flatMap(([m, n, k]) =>
      (["gemmNN", "gemmTN", "gemmNT"] as const).map((kernel) =>
        [`${kernel} ${m} x ${n} x ${k}`, product(kernel, m, n, k)] as const
      )
    ),
  ["gemvN 1001 x 301", vector("gemvN", 1001, 301)],
  ["gemvN 49 x 9001", vector("gemvN", 49, 9001)],
  ["gemvT 301 x 1001", vector("gemvT", 301, 1001)],
  ["gemvT 9001 x 34", vector("gemvT", 9001, 34)],
  ["biasActivation 401 x 33", activated(401, 33)],
  ["scatterRows 901 x 301", added(901, 301)],
  ["scatterRows 5601 x 47", added(5601, 47)],
  ["readSingle 501 x 131", widened(501, 131)],
  ["readSingle 49 x 1401", widened(49, 1401)],
  ["solveRight 337 x 61", solved(337, 61)],
  ["solveRight 49 x 130", solved(49, 130)],
];

/** The result of a call as it is, and of its parts, last to first, as a queue hands them out. */
async function wholeAndParts(name: KernelsName, prepare: (on: Kernels) => Prepared, most: number) {
  const [one, two] = [await loadKernels(name), await loadKernels(name)];
  const [whole, cut] = [prepare(one), prepare(two)];
  runCall(one, whole.call);
  const { kernel, args } = cut.call;
  const calls = CUTS[kernel as keyof typeof CUTS](args, most, 8) ?? [];
  for (const part of calls.toReversed()) runCall(two, part);
  const bits = ({ memory }: Kernels, { out, length }: Prepared) => memory.view("f64", out, length).slice();
  return { parts: calls.length, whole: bits(one, whole), cut: bits(two, cut) };
}

for (const name of ["relaxed", "simd"] as const) {
  Deno.test(`CUTS cut calls of ${name} into parts that give the bits of the whole`, async () => {
    for (const [call, prepare] of CALLS) {
      for (const most of [2, 4, 6]) {
        const { parts, whole, cut } = await wholeAndParts(name, prepare, most);
        assert(parts >= 2 && parts <= most, `${call}: ${parts} parts of ${most}`);
        assertEquals(cut, whole, `${call} in ${parts} parts`);
      }
    }
  });
}

Deno.test("CUTS leave small calls whole", () => {
  assertEquals(CUTS.gemmNN([40, 40, 40, 8, 40, 8, 40, 8, 40, 0, 8], 4, 8), null);
  assertEquals(CUTS.gemvN([100, 100, 8, 100, 8, 8, 0], 4, 8), null);
  assertEquals(CUTS.biasActivation([3, 16, 33, 8, 8, 8, 0, 0], 4, 8), null);
  assertEquals(CUTS.scatterRows([64, 64, 8, 8, 8, 64, 8, 64], 4, 8), null);
  assertEquals(CUTS.readSingle([64, 64, 8, 64, 8, 64], 4, 8), null);
  assertEquals(CUTS.solveRight([32, 32, 8, 32, 8, 32, 8], 4, 8), null);
});

Deno.test("CUTS leave absent operands absent", () => {
  const calls = CUTS.biasActivation([3, 400, 64, 0, 800, 800, 0, 0], 2, 8)!;
  assertEquals(calls.map(({ args }) => [args[1], args[3], args[4], args[6], args[7]]), [
    [208, 0, 800, 0, 0],
    [192, 0, 800 + 208 * 64 * 8, 0, 0],
  ]);
});

/** A leader and members in threads of their own, ready to serve. */
async function queueOf(members: number, now: (() => number) | null = null) {
  const [control, counters] = [new SharedArrayBuffer(QUEUE_BYTES), new SharedArrayBuffer(12)];
  const nextMessage = (worker: Worker) =>
    new Promise<string>((resolve) => worker.addEventListener("message", ({ data }) => resolve(data), { once: true }));
  const last = await Promise.all(Array.from({ length: members }, async () => {
    const worker = new Worker(new URL("../support/queue_worker.ts", import.meta.url), { type: "module" });
    const ready = nextMessage(worker);
    worker.postMessage({ control, counters, scratch: MEMBER_SCRATCH } satisfies QueueJob);
    assertEquals(await ready, "ready");
    return { said: nextMessage(worker).finally(() => worker.terminate()) };
  }));
  const queue = leadQueue(control, meetingSet(counters, true), now);
  const serving = new Int32Array(control);
  for (const end = performance.now() + 5000; serving[4] < members && performance.now() < end;) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return { queue, counters: new Int32Array(counters), goHome: () => Promise.all(last.map(({ said }) => said)) };
}

const counted: KernelCall = { kernel: "gemvN", args: [0, 0, 0, 0, 0, 0, 0] };
const meeting: KernelCall = { kernel: "gemvN", args: [1, 0, 0, 0, 0, 0, 0] };

Deno.test("leadQueue() without members makes every call itself, and says that it is not shared", async () => {
  const { queue, counters } = await queueOf(0);
  assertEquals(queue.isShared(), false);
  queue.run(Array.from({ length: 200 }, () => counted));
  assertEquals(counters[MADE], 200);
  queue.close();
});

for (const members of [1, 2]) {
  Deno.test(`leadQueue() with ${members + 1} threads: every call of every order is made once, also after a pause`, async () => {
    const { queue, counters, goHome } = await queueOf(members);
    assert(queue.isShared());
    let made = 0;
    for (let order = 0; order < 500; order++) {
      const calls = Array.from({ length: 2 + order % 150 }, () => counted);
      queue.run(calls);
      made += calls.length;
      // run() returns only when all are done.
      assertEquals(counters[MADE], made);
      if (order === 250) await new Promise((resolve) => setTimeout(resolve, 250));
    }
    queue.close();
    assertEquals(await goHome(), Array.from({ length: members }, () => "went home"));
  });
}

Deno.test("leadQueue(): two threads make calls at the same time, a member with its own scratch", async () => {
  const { queue, counters, goHome } = await queueOf(1);
  const before = performance.now();
  queue.run([meeting, meeting]);
  const product: KernelCall = { kernel: "gemmNN", args: [1, 1, 1, 0, 1, 0, 1, 0, 1, 0, 8] };
  queue.run([product, product]);
  // Calls that did not meet would wait for five seconds.
  assert(performance.now() - before < 5000);
  assertEquals([counters[MADE], counters[MEETING], counters[OWN_SCRATCH]], [4, 4, 1]);
  queue.close();
  await goHome();
});

Deno.test("leadQueue() hears of a member that failed", async () => {
  const { queue, goHome } = await queueOf(1);
  const failing: KernelCall = { kernel: "gemvN", args: [2, 0, 0, 0, 0, 0, 0] };
  const waiting: KernelCall = { kernel: "gemvN", args: [3, 0, 0, 0, 0, 0, 0] };
  // The thread that takes the waiting call first leaves the failing one to the other; the leader would survive it. Whichever call of an
  // order is taken first, in every second order it is the waiting one.
  let failed = false;
  for (let tries = 0; tries < 50 && !failed; tries++) {
    try {
      queue.run(tries % 2 === 0 ? [failing, waiting] : [waiting, failing]);
    } catch (error) {
      assert(error instanceof Error && error.message.includes("failed"), String(error));
      failed = true;
    }
  }
  assert(failed);
  assertEquals(await goHome(), ["RangeError: no such row"]);
  queue.close();
});

Deno.test("createShareMeter() works alone after a loss for as long as that costs 6 %, then tries again", () => {
  let time = 0;
  const meter = createShareMeter(() => time);
  let [shared, alone] = [0, 0];
  // A machine on which every hundredth shared order of 1 ms waits 4 ms for a member without a core.
  for (let order = 0; order < 100_000; order++) {
    if (!meter.worth()) {
      alone++;
      time += 1;
      continue;
    }
    shared++;
    const took = shared % 2 === 0 ? 4 : 0.6;
    time += took;
    meter.record(took, 1);
  }
  assert(shared > 50 && shared < 10_000, String(shared));
  // Against 1 ms each.
  assert(time < 1.1 * 100_000, String(time));
  assert(alone > 80_000, String(alone));
});

Deno.test("createShareMeter() shares all where sharing gains, and a single slice lost does not stop it", () => {
  let time = 0;
  const meter = createShareMeter(() => time);
  for (let order = 0; order < 10_000; order++) {
    assert(meter.worth(), String(order));
    const took = order % 100 === 99 ? 5 : 0.55;
    time += took;
    meter.record(took, 1);
  }
});

Deno.test("shareKernels() gives the bits of one thread, with a second one that helps", async () => {
  const memory = createMemory({ shared: true, megabytes: 160 });
  const alone = await loadKernels("relaxed", memory);
  using shared = shareKernels(alone, 2, { now: null });
  const worker = startWorker("kernels");
  worker.postMessage({ plan: shared.plan, part: 1 });
  const serving = new Int32Array(shared.plan.control);
  for (const end = performance.now() + 10_000; serving[4] === 0 && performance.now() < end;) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assertEquals([serving[4], shared.kernels.threads, alone.threads], [1, 2, 1]);
  for (const [name, prepare] of CALLS) {
    const [one, two] = [prepare(alone), prepare(alone)];
    runCall(alone, one.call);
    const orders = Atomics.load(serving, 2);
    runCall(shared.kernels, two.call);
    assertEquals(Atomics.load(serving, 2), orders + 1, `${name} was shared`);
    assertEquals(
      memory.view("f64", two.out, two.length).slice(),
      memory.view("f64", one.out, one.length).slice(),
      name,
    );
  }
  // More calls than an order holds, each of which reads what the one before it in its task wrote.
  const sums = Array.from({ length: 40 }, () => memory.allocate(8));
  shared.kernels.runAll(sums.map((at, task): KernelTask => [
    { kernel: "fill", args: [1, task, at] },
    ...Array.from({ length: 9 }, (): KernelCall => ({ kernel: "axpy", args: [1, 1, at, at] })),
  ]));
  assertEquals(sums.map((at) => memory.view("f64", at, 1)[0]), sums.map((_, task) => 512 * task));
  // Tasks that are kept, more of them than a member has ready at once, each made twice.
  {
    const before = memory.used;
    using repeated = shared.kernels.repeat();
    const kept = Array.from({ length: 70 }, (_, order) =>
      repeated.keep([0, 1].map((task): KernelTask => [
        { kernel: "axpy", args: [1, order + task, sums[0], sums[2 + task]] },
        { kernel: "copy", args: [1, sums[2 + task], sums[4 + task]] },
      ])));
    for (const at of sums) memory.view("f64", at, 1)[0] = 1;
    assert(repeated.isShared(0));
    for (let round = 0; round < 2; round++) kept.forEach((make) => make());
    repeated.done();
    const total = 1 + 2 * 69 * 70 / 2;
    assertEquals([2, 3, 4, 5].map((at) => memory.view("f64", sums[at], 1)[0]), [
      total,
      total + 140,
      total,
      total + 140,
    ]);
    assert(memory.used > before);
  }
  // Single precision, of which a product is worth sharing from twice as many operations on.
  const [m, n, k] = [601, 10, 785];
  const [a, b, one, two] = [m * k, n * k, m * n, m * n].map((length, salt) => {
    const at = memory.allocate(4 * length);
    memory.view("f32", at, length).set(weyl(length, salt));
    return at;
  });
  alone.f32.gemmNT(m, n, k, a, k, b, k, one, n, 0, alone.work);
  const orders = Atomics.load(serving, 2);
  shared.kernels.f32.gemmNT(m, n, k, a, k, b, k, two, n, 0, alone.work);
  assertEquals(Atomics.load(serving, 2), orders + 1);
  assertEquals(memory.view("f32", two, m * n), memory.view("f32", one, m * n));
  assert(shared.kernels.alone === alone && alone.alone === alone);
  worker.terminate();
});

Deno.test("shareKernels() refuses memory that threads cannot share", async () => {
  const kernels = await loadKernels("simd");
  assertThrows(() => shareKernels(kernels, 2), RangeError, "Cannot share kernels among threads");
});

Deno.test("runAll() of kernels alone makes the calls in turn, of each build", async () => {
  for (const { kernels } of (await compiledLabs()).filter(({ dtype }) => dtype === "f64")) {
    const { call, out } = vector("gemvN", 2, 3)(kernels);
    const { call: second } = vector("gemvN", 2, 3)(kernels);
    kernels.runAll([call, { ...second, args: second.args.with(5, out) }]);
    const [twice] = kernels.memory.view("f64", out, 1);
    const fresh = vector("gemvN", 2, 3)(kernels);
    kernels.runAll([fresh.call, fresh.call]);
    assertEquals(twice, kernels.memory.view("f64", fresh.out, 1)[0]);
  }
});
