import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { findingSvg } from "../../../src/report/charts/mod.ts";

Deno.test("findingSvg() draws each curve, names it, leaves out what a logarithm cannot show, and says the ends in words", () => {
  const svg = findingSvg({
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

Deno.test("findingSvg() draws a curve without a point to show", () => {
  const svg = findingSvg({ title: "None", x: "a", y: "b", series: [{ name: "empty", points: [] }] });
  assert(svg.startsWith("<svg") && !svg.includes("NaN"));
});

Deno.test("findingSvg() shows clouds with a legend, points below 0 on a linear axis, and the line of equality", () => {
  const chart = {
    title: "Both sides",
    x: "left",
    y: "right",
    equality: true,
    series: [{ name: "points", dots: true, points: [[-1, -1], [1, 2], [3, 2]] }],
  } as const;
  const dots = (svg: string) => svg.slice(svg.lastIndexOf('aria-label="dot"')).match(/<circle/g)?.length;
  const [plain, logarithmic] = [findingSvg({ ...chart, linear: "both" }), findingSvg(chart)];
  assertEquals([dots(plain), dots(logarithmic)], [3, 2]);
  assertStringIncludes(plain, "points: 3 points.");
  assertStringIncludes(plain, "stroke-dasharray");
  assert(!findingSvg({ ...chart, equality: false }).includes("stroke-dasharray"));
});
