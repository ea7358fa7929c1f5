import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { logLogSvg } from "../../../src/report/charts/mod.ts";

Deno.test("logLogSvg() draws each curve, names it, leaves out what a logarithm cannot show, and says the ends in words", () => {
  const svg = logLogSvg({
    title: "Halving & falling",
    x: "steps",
    y: "excess",
    series: [
      { name: "bound", points: [[1, 8], [10, 4], [100, 2]] },
      { name: "measured", points: [[1, 1], [10, 0], [100, -1]] },
    ],
  });
  assertStringIncludes(svg, "Halving &amp; falling");
  assertStringIncludes(svg, "bound: from 8.00 at 1 to 2.00 at 100");
  const dots = svg.slice(svg.indexOf('aria-label="dot"')).match(/<circle/g)?.length;
  assertEquals(dots, 4, "three of the bound, one of the measured");
  assert(!svg.includes("NaN") && !svg.includes("Infinity"));
});

Deno.test("logLogSvg() draws a curve without a point to show", () => {
  const svg = logLogSvg({ title: "None", x: "a", y: "b", series: [{ name: "empty", points: [] }] });
  assert(svg.startsWith("<svg") && !svg.includes("NaN"));
});
