import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { DOMParser, type Element } from "npm:@xmldom/xmldom@0.9.9";
import { rooflineSvg } from "../../../src/report/charts/mod.ts";
import { benchReport } from "../../support/bench_report.ts";

Deno.test("rooflineSvg() is a file of its own with a point per implementation, two roofs, and alternative text", () => {
  const svg = rooflineSvg(benchReport());
  assertStringIncludes(svg, 'xmlns="http://www.w3.org/2000/svg"');
  assert(!/https?:\/\/(?!www\.w3\.org)/.test(svg), "nothing from elsewhere");
  assert(!svg.includes("NaN"), "every place is a number");
  const document = new DOMParser().parseFromString(svg, "image/svg+xml");
  const elements = (tag: string) => Array.from(document.getElementsByTagName(tag) as unknown as Iterable<Element>);
  const groups = (label: string) => elements("g").filter((element) => element.getAttribute("aria-label") === label);
  assertEquals(groups("line").flatMap((group) => Array.from(group.childNodes)).length, 2);
  assertEquals(groups("dot").flatMap((group) => Array.from(group.childNodes)).length, 3);
  assertEquals(elements("title")[0].textContent, "Matrix products in f32 under the roofline");
  assertStringIncludes(elements("desc")[0].textContent!, "50.0 GFLOP/s");
});

Deno.test("rooflineSvg() escapes what the machine says of itself", () => {
  const report = benchReport();
  const svg = rooflineSvg({ ...report, environment: { ...report.environment, arch: "<script>" } });
  assert(!svg.includes("<script>"));
});
