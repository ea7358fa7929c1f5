import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { loadKernels } from "../../../src/kernels/mod.ts";
import { panelMinima, PANELS } from "../../../src/paper/mod.ts";
import { figure1Svg } from "../../../src/report/charts/mod.ts";

Deno.test("figure1Svg() draws three panels with contours, marks the bad minima, and tells them to who cannot see", async () => {
  const context = { kernels: await loadKernels("simd"), seed: 1, quick: true };
  const svg = figure1Svg(PANELS.map((panel) => ({ panel, minima: panelMinima(context, panel) })));
  assertEquals(svg.match(/aria-label="contour"/g)?.length, 3);
  assert(!svg.includes("NaN") && !svg.includes("undefined"));
  assertStringIncludes(svg, "(a) F: no bad local minimum.");
  assertStringIncludes(svg, "a bad one at (-0.9828, -1.6027) with value 0.5249");
  assertStringIncludes(svg, "a bad one at (-1.0756, -1.6861) with value 0.0343");
  assert(!/https?:\/\/(?!www\.w3\.org)/.test(svg), "nothing from elsewhere");
});
