import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { loadKernels } from "../../../src/kernels/mod.ts";
import { panelMinima, PANELS } from "../../../src/paper/mod.ts";
import type { PlanePoint } from "../../../src/surface/mod.ts";
import {
  derivatives,
  descendFrom,
  endSentence,
  linearLevel,
  presetGrid,
  presetLevel,
  PRESETS,
} from "../../../tasks/playground/presets.ts";

const [example1, panelA, panelB, panelC] = PRESETS;

/** Points that are nothing special. */
const POINTS: readonly PlanePoint[] = [[0.3, -0.7], [-1.9, 2.2], [2.5, 0.1], [0, -1.3]];

/** Central differences with a step of 1e-5 are off by about 1e-10 times third derivatives, and rounding of 1e-11. */
const [STEP, TOLERANCE] = [1e-5, 1e-8];

Deno.test("derivatives() agree with central differences of the value and of the gradient", () => {
  for (const preset of PRESETS) {
    for (const [w, v] of POINTS) {
      const { gradient, hessian } = derivatives(preset, [w, v]);
      const [right, left] = [STEP, -STEP].map((by) => derivatives(preset, [w + by, v]));
      const [up, down] = [STEP, -STEP].map((by) => derivatives(preset, [w, v + by]));
      assertAlmostEquals(gradient[0], (right.value - left.value) / (2 * STEP), TOLERANCE);
      assertAlmostEquals(gradient[1], (up.value - down.value) / (2 * STEP), TOLERANCE);
      assertAlmostEquals(hessian[0], (right.gradient[0] - left.gradient[0]) / (2 * STEP), TOLERANCE);
      assertAlmostEquals(hessian[1], (right.gradient[1] - left.gradient[1]) / (2 * STEP), TOLERANCE);
      assertAlmostEquals(hessian[2], (up.gradient[1] - down.gradient[1]) / (2 * STEP), TOLERANCE);
    }
  }
});

Deno.test("Example 1 starts at its saddle: F = 1/2, gradient 0, lambda_min = -eps, and training stays there", () => {
  const end = descendFrom(example1, example1.start);
  assertAlmostEquals(end.value, 0.5, 1e-15);
  assertAlmostEquals(end.lambdaMin, -example1.flatness, 1e-12);
  assertEquals([end.path.length, end.gradient], [1, 0]);
  assertStringIncludes(endSentence(example1, end), "a saddle");
  const aside = descendFrom(example1, [0.01, example1.start[1]]);
  assertStringIncludes(endSentence(example1, aside), "at the level of the best linear predictor, 0");
});

Deno.test("descendFrom() ends at the minima that the paper's search finds, the bad ones of Figure 1 (b) and (c) among them", async () => {
  const kernels = await loadKernels("simd");
  const starts = Array.from(
    { length: 25 },
    (_, i): PlanePoint => [-2.7 + 1.31 * (i % 5), -2.6 + 1.27 * Math.floor(i / 5)],
  );
  for (const [preset, panel] of [[panelA, PANELS[0]], [panelB, PANELS[1]], [panelC, PANELS[2]]] as const) {
    const minima = panelMinima({ kernels, seed: 1, quick: true }, panel);
    const bad = minima.filter(({ value }) => value > minima[0].value + 1e-9);
    let reached = 0;
    for (const start of starts) {
      const { point: [w, v], value } = descendFrom(preset, start);
      const isBad = value > minima[0].value + 1e-6;
      if (isBad) {
        reached++;
        assertAlmostEquals(w, bad[0].w, 1e-4);
        assertAlmostEquals(v, bad[0].v, 1e-4);
      }
      assertAlmostEquals(value, isBad ? bad[0].value : minima[0].value, 1e-8);
    }
    assertEquals(reached > 0, preset !== panelA, preset.title);
  }
});

Deno.test("linearLevel() is the least loss with v = 0, by search", () => {
  for (const preset of PRESETS) {
    const least = Math.min(
      ...Array.from({ length: 4001 }, (_, i) => derivatives(preset, [-2 + i / 1000, 0]).value),
    );
    assertAlmostEquals(linearLevel(preset), least, 1e-6);
  }
  assertAlmostEquals(linearLevel(panelB), 0.1, 1e-15);
});

Deno.test("presetLevel() lies on the linear level, where no loss is below it too", () => {
  for (const preset of PRESETS) {
    const curves = presetLevel(preset, presetGrid(preset, 121));
    assert(curves.length > 0);
    for (const point of curves.flat()) assertAlmostEquals(derivatives(preset, point).value, linearLevel(preset), 0.01);
  }
});

Deno.test("endSentence() says what made a minimum above linear", () => {
  assertStringIncludes(endSentence(panelB, descendFrom(panelB, panelB.start)), "made by the penalty on (w, V)");
  assertStringIncludes(endSentence(panelC, descendFrom(panelC, panelC.start)), "made by the bound on the norm");
  assertStringIncludes(
    endSentence(panelB, descendFrom(panelB, [2, 1])),
    "below the level of the best linear predictor",
  );
});
