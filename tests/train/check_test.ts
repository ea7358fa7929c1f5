import { assert, assertAlmostEquals, assertEquals, assertGreater, assertGreaterOrEqual, assertLess } from "@std/assert";
import { checkRun, type RunResult, type StartName, startPoint, STARTS } from "../../src/train/mod.ts";
import { createObjective } from "../../src/objective/mod.ts";
import { activation, chain, dense, network, splitParts } from "../../src/nn/mod.ts";
import { isEvaluated } from "../../src/claims/mod.ts";
import { createHeadObjective, lambdaMin } from "../../src/landscape/mod.ts";
import { headOf } from "../../src/train/mod.ts";
import { bestLinear } from "../../src/baseline/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { logistic, poisson, squared } from "../../src/loss/mod.ts";
import { bentData, finish, smallTask } from "../support/small_problem.ts";

const START_NAMES = Object.keys(STARTS) as StartName[];

/** Sums of 40 products of numbers near 1: 40 units of rounding, with room for the chain of a few such sums. */
const SUM_TOLERANCE = 1e-13;

Deno.test("checkRun() ends every start of three seeds at a stationary point no worse than linear, all claims true on the way", async () => {
  const { kernels, task } = await smallTask();
  for (const start of START_NAMES) {
    for (const seed of [1, 2, 3]) {
      const { points } = finish(checkRun(kernels, task, { seed, start }));
      const end = points.at(-1)!;
      assert(end.stationary, `seed ${seed} from ${start} stops with gradient ${end.gradientNorm}`);
      assert(end.standing !== "above");
      for (const point of points) {
        const found = Object.values(point.inequalities);
        assert(
          found.every((one) => !isEvaluated(one) || one.holds),
          `seed ${seed} from ${start}: ${JSON.stringify(point)}`,
        );
        const outside = Object.entries(point.inequalities).filter(([, one]) => !isEvaluated(one)).map(([id]) => id);
        assertEquals(outside, point.wNorm === 0 ? ["theorem-1"] : []);
      }
    }
  }
});

Deno.test("checkRun() returns the parameters whose loss it reports", async () => {
  const { kernels, task } = await smallTask();
  const { points, params } = finish(checkRun(kernels, task, { seed: 5, start: "default" }));
  using objective = createObjective(kernels, task.net, squared, task.examples);
  assertAlmostEquals(objective.value(params), points.at(-1)!.value, SUM_TOLERANCE);
});

Deno.test("checkRun() gives the same bits twice, and others for another seed", async () => {
  const { kernels, task } = await smallTask();
  const run = (seed: number): RunResult => finish(checkRun(kernels, task, { seed, start: "default" }));
  assertEquals(run(1), run(1));
  assert(run(1).points[0].value !== run(2).points[0].value);
});

Deno.test("checkRun() without descent stops where SGD stops, not stationary, with a gradient that Theorem 1 asks for", async () => {
  const { kernels, task } = await smallTask({ epochs: 1 });
  const early = { ...task, settings: { ...task.settings, descend: false, learningRate: 1e-4 } };
  const { points, escape, descent } = finish(checkRun(kernels, early, { seed: 1, start: "default" }));
  const end = points.at(-1)!;
  assertEquals([end.phase, end.stationary], ["train", false]);
  const theorem1 = end.inequalities["theorem-1"];
  assert(isEvaluated(theorem1));
  assertGreater(theorem1.right, 0);
  assertGreaterOrEqual(end.gradientNorm, theorem1.right);
  assertEquals([end.standing, descent], ["above", { steps: 0, end: "none" }]);
  assert(escape !== null);
  assertGreater(escape.drop, 0);
  assertLess(escape.value, end.value);
});

Deno.test("checkRun() records the start, epochs at powers of two and the last, in order", async () => {
  const { kernels, task } = await smallTask({ epochs: 5 });
  const { points, steps } = finish(checkRun(kernels, task, { seed: 1, start: "zero" }));
  const counts = points.filter((point) => point.phase !== "descent").map((point) => `${point.phase} ${point.count}`);
  assertEquals(counts, ["start 0", "train 1", "train 2", "train 4", "train 5"]);
  assertEquals(steps, 25);
});

Deno.test("checkRun() survives a learning rate that diverges, from the last finite point", async () => {
  const { kernels, task } = await smallTask();
  const wild = { ...task, settings: { ...task.settings, learningRate: 1e200 } };
  const { points, diverged } = finish(checkRun(kernels, wild, { seed: 1, start: "default" }));
  assert(diverged);
  assert(points.every((point) => Number.isFinite(point.value) && Number.isFinite(point.lambda.upper)));
});

Deno.test("startPoint() gives each start what its name says, and all of one seed the same theta", async () => {
  const { kernels, task } = await smallTask();
  const net = network(3, chain(dense(3, 4), activation("tanh")));
  using objective = createObjective(kernels, net, squared, task.examples);
  const headObjectiveAt = (point: Float64Array) =>
    createHeadObjective(kernels, { ...task.examples, f: objective.features(point), loss: squared });
  const parts = (start: StartName) => splitParts(net, startPoint(net, 3, start, headObjectiveAt));
  for (const start of START_NAMES) assertEquals(parts(start).theta, parts("default").theta);
  assertEquals([parts("zero-w").w, parts("zero-w").V], [new Float64Array(3), parts("default").V]);
  assertEquals([parts("zero").w, parts("zero").V], [new Float64Array(3), new Float64Array(12)]);
  assertAlmostEquals(parts("large").w[1] / parts("default").w[1], 10, 1e-12);

  const saddle = startPoint(net, 3, "adversarial", headObjectiveAt);
  using head = headObjectiveAt(saddle);
  const at = head.at(headOf(net, saddle));
  assertLess(at.gradientNorm, SUM_TOLERANCE);
  assertLess(lambdaMin(head, at).upper, -1e-3);
});

Deno.test("checkRun() of separable classes stops where the epsilon asked for is met, or where its steps run out", async () => {
  const kernels = await loadKernels("simd");
  const { x } = bentData(40, 3, 7);
  const examples = { x, y: Float64Array.from({ length: 40 }, (_, i) => x.data[3 * i + 1] > 0.1 ? 1 : -1) };
  const linear = bestLinear(kernels, logistic, examples);
  assertEquals([linear.attained, linear.infimum], [false, 0]);
  const { task } = await smallTask({ epochs: 0 });
  const end = (epsilon: number, descentSteps?: number) => {
    const settings = { ...task.settings, epsilon, ...descentSteps !== undefined && { descentSteps } };
    return finish(
      checkRun(kernels, { ...task, settings, loss: logistic, examples, linear }, { seed: 1, start: "default" }),
    );
  };
  const { descent, points } = end(1e-60);
  assertEquals(descent.end, "stationary");
  assert(points.at(-1)!.stationary && points.at(-1)!.infimumGap! < 1e-6);
  assertEquals([points.at(-1)!.count, descent.steps > 100], [descent.steps, true]);
  assertEquals(end(1e-6).descent.end, "converged");
  assertEquals(end(1e-300, 120).descent, { steps: 120, end: "out-of-steps" });
});

Deno.test("startPoint() halves the large start until the loss is finite", async () => {
  const { kernels, task: { examples: { x } } } = await smallTask();
  const examples = { x: { ...x, data: x.data.map((value) => 1e3 * value) }, y: new Float64Array(40).fill(1) };
  const net = network(3, dense(3, 4));
  using objective = createObjective(kernels, net, poisson, examples);
  const headObjectiveAt = (point: Float64Array) =>
    createHeadObjective(kernels, { ...examples, f: objective.features(point), loss: poisson });
  const large = splitParts(net, startPoint(net, 3, "large", headObjectiveAt)).w;
  const usual = splitParts(net, startPoint(net, 3, "default", headObjectiveAt)).w;
  const factor = large[0] / usual[0];
  assert(factor < 10 && Number.isInteger(Math.log2(10 / factor)), `${factor}`);
});
