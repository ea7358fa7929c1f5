import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parseHTML } from "npm:linkedom@0.18.15";
import { rooflineSvg } from "../../../src/report/charts/mod.ts";
import { benchReport } from "../../support/bench_report.ts";

Deno.test("rooflineSvg() is a file of its own with a point per implementation, two roofs, and alternative text", () => {
  const svg = rooflineSvg(benchReport());
  assertStringIncludes(svg, 'xmlns="http://www.w3.org/2000/svg"');
  assert(!/https?:\/\/(?!www\.w3\.org)/.test(svg), "nothing from elsewhere");
  assert(!svg.includes("NaN"), "every place is a number");
  const { document } = parseHTML(svg) as unknown as {
    document: { querySelectorAll(selector: string): { length: number; [index: number]: { textContent: string } } };
  };
  assertEquals(document.querySelectorAll('g[aria-label="line"] path').length, 2);
  assertEquals(document.querySelectorAll('g[aria-label="dot"] > *').length, 3);
  assertEquals(document.querySelectorAll("title")[0].textContent, "Matrix products in f32 under the roofline");
  assertStringIncludes(document.querySelectorAll("desc")[0].textContent, "50.0 GFLOP/s");
});

Deno.test("rooflineSvg() escapes what the machine says of itself", () => {
  const report = benchReport();
  const svg = rooflineSvg({ ...report, environment: { ...report.environment, arch: "<script>" } });
  assert(!svg.includes("<script>"));
});
