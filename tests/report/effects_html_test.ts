import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { effectsHtml, type EffectsReport, effectsReport } from "../../src/report/mod.ts";
import { matrix } from "../../src/tensor/mod.ts";

const price = { targets: ["price"], classes: null, outputs: 1, loss: "squared" };

const effects = (dependence: EffectsReport["dependence"]): EffectsReport => ({
  on: "held-out rows",
  rows: 111,
  importance: [
    { name: "<b>age", increase: 0.5, standardDeviation: 0.1 },
    { name: "town", increase: null, standardDeviation: 0 },
  ],
  dependence,
});

/** The charts of a page: title, names in the key, labels of the horizontal axis. */
const charts = (html: string) =>
  html.split("<figure").slice(1).map((chart) => ({
    title: chart.match(/<figcaption>([^<]*)</)![1],
    key: Array.from(chart.matchAll(/<li>.*?<\/i>([^<]*)</g), ([, name]) => name),
    ticks: Array.from(chart.matchAll(/text-anchor="middle">([^<]+)</g), ([, text]) => text),
    lines: chart.match(/<path class="line/g)?.length ?? 0,
    dots: chart.match(/<circle class="dot/g)?.length ?? 0,
  }));

Deno.test("String(effectsHtml()) lists the importance of columns, and draws the model beside the linear one", () => {
  const html = String(effectsHtml(
    effects([{ name: "<b>age", values: [10, 20, 30], model: [[1], [4], [9]], linear: [[1], [5], [9]] }]),
    price,
  ));
  assertStringIncludes(html, '<td class="text">&lt;b&gt;age</td><td>0.5 ± 0.1</td>');
  assertStringIncludes(html, "on 111 held-out rows");
  assertStringIncludes(html, "linear: from 1 at 10 to 9 at 30; model: from 1 at 10 to 9 at 30.");
  assertStringIncludes(html, ">mean price<");
  const [chart] = charts(html);
  assertEquals([chart.title, chart.key, chart.lines], ["&lt;b&gt;age", ["linear", "model"], 1]);
  assert(!/NaN|undefined|<b>/.test(html));
});

Deno.test("String(effectsHtml()) draws all columns on one scale", () => {
  const html = String(effectsHtml(
    effects([
      { name: "a", values: [0, 1], model: [[0], [100]], linear: null },
      { name: "b", values: [0, 1], model: [[50], [51]], linear: null },
    ]),
    price,
  ));
  const heights = html.split("<figure").slice(1).map((chart) => {
    const [, first, last] = chart.match(/<path class="line c1" d="M[\d.]+,([\d.]+)L[\d.]+,([\d.]+)"/)!;
    return Number(first) - Number(last);
  });
  assert(heights[0] > 150 && heights[1] > 0 && heights[1] < 0.02 * heights[0], `${heights}`);
});

Deno.test("String(effectsHtml()) shows categories as dots under their names, of many those with the lowest and the highest means", () => {
  const names = ["a", "b", "c", "d", "e", "f", "g", "a category with a long name"];
  const model = [4, 8, 1, 7, 2, 6, 3, 5].map((value) => [value]);
  const html = String(effectsHtml(effects([{ name: "town", values: names, model, linear: null }]), price));
  const [chart] = charts(html);
  assertEquals([chart.ticks, chart.lines, chart.dots], [["c", "e", "g", "f", "d", "b"], 0, 6]);
  assertStringIncludes(html, "6 of 8 categories");
  const few = String(effectsHtml(
    effects([{ name: "town", values: names.slice(6), model: [[1], [2]], linear: [[1], [2]] }]),
    price,
  ));
  assertEquals(charts(few)[0].ticks, ["g", "a cate…"]);
});

Deno.test("String(effectsHtml()) draws a curve for each class, of many those that change most", () => {
  const problem = { targets: ["y"], classes: ["a", "b", "c"], outputs: 3, loss: "softmax" };
  const three = { name: "x", values: [0, 1], model: [[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]] };
  const html = String(effectsHtml(effects([{ ...three, linear: three.model }]), problem));
  assertEquals(charts(html)[0].key, ["a", "b", "c"]);
  assertEquals(html.match(/<path class="link/g)?.length, 3);
  assertStringIncludes(html, "dotted: of the linear model");
  assertStringIncludes(html, ">probability<");
  const many = { targets: ["y"], classes: [..."abcdefg"], outputs: 7, loss: "softmax" };
  const model = [[0, 0, 0, 0, 0, 0, 0], [1, 7, 6, 2, 5, 4, 3]];
  const wide = String(effectsHtml(effects([{ name: "x", values: [0, 1], model, linear: null }]), many));
  assertEquals(charts(wide)[0].key, ["b", "c", "e", "f", "g"]);
  assertStringIncludes(wide, "5 of 7: those that change most.");
});

Deno.test("String(effectsHtml()) names what two classes and other losses predict, and has no charts without dependence", () => {
  const one = effects([{ name: "x", values: [0, 1], model: [[0.1], [0.2]], linear: null }]);
  const two = { targets: ["y"], classes: ["no", "yes"], outputs: 1 };
  assertStringIncludes(String(effectsHtml(one, { ...two, loss: "logistic" })), ">probability of yes<");
  assertStringIncludes(String(effectsHtml(one, { ...two, loss: "smooth-hinge" })), ">mean prediction<");
  assert(!String(effectsHtml(effects([]), price)).includes("<figure"));
});

Deno.test("effectsReport() writes null for what is not finite, and rows of outputs", () => {
  const report = effectsReport({
    rows: 3,
    importance: [{ name: "a", increase: NaN, standardDeviation: 0 }],
    dependence: [{ name: "a", values: ["u", "v"], model: matrix(2, 2, [1, 2, 3, Infinity]), linear: null }],
  }, "training rows");
  assertEquals(JSON.parse(JSON.stringify(report)), report);
  assertEquals(report.importance[0].increase, null);
  assertEquals(report.dependence[0].model, [[1, 2], [3, null]]);
});
