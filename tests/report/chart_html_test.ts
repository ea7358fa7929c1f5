import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { DOMParser, type Element } from "npm:@xmldom/xmldom@0.9.9";
import { type Chart, chartHtml } from "../../src/report/mod.ts";

/** The elements of a chart of one class. */
function drawn(chart: Chart, tag: string, name: string): readonly Element[] {
  const document = new DOMParser().parseFromString(String(chartHtml(chart)), "text/xml");
  return Array.from(document.getElementsByTagName(tag) as unknown as Iterable<Element>)
    .filter((element) => (element.getAttribute("class") ?? "").split(" ").includes(name));
}

/** The places of a path's points. */
const places = (path: Element): readonly (readonly number[])[] =>
  path.getAttribute("d")!.split(/[ML]/).slice(1).map((pair) => pair.split(",").map(Number));

const chart = (change: Partial<Chart> = {}): Chart => ({
  title: "Title",
  x: { label: "across" },
  y: { label: "up" },
  curves: [{ name: "one", colour: 1, points: [[0, 1], [5, 2], [10, 5]] }],
  ...change,
});

Deno.test("String(chartHtml()) places points in proportion on a linear axis, by their logarithm on the other", () => {
  const [[x0, y0], [x1, y1], [x2, y2]] = places(drawn(chart(), "path", "line")[0]);
  assertAlmostEquals((x1 - x0) / (x2 - x0), 0.5, 2e-3);
  assertAlmostEquals((y1 - y0) / (y2 - y0), 0.25, 2e-3);
  assert(y2 < y0 && x2 > x0, "larger values are higher and further to the right");
  const isLog = chart({
    x: { label: "", isLog: true },
    y: { label: "", isLog: true },
    curves: [{ name: "one", colour: 1, points: [[1, 1e-3], [10, 1e-2], [1000, 1]] }],
  });
  const [[u0, v0], [u1, v1], [u2, v2]] = places(drawn(isLog, "path", "line")[0]);
  assertAlmostEquals((u1 - u0) / (u2 - u0), 1 / 3, 2e-3);
  assertAlmostEquals((v1 - v0) / (v2 - v0), 1 / 3, 2e-3);
});

Deno.test("String(chartHtml()) breaks a curve where a value is missing, and draws nothing that is not finite", () => {
  const broken = chart({
    curves: [{ name: "one", colour: 1, points: [[0, 1], [1, NaN], [2, 3], [3, 4], [4, Infinity]] }],
    levels: [{ name: "none", colour: 2, value: NaN }],
  });
  const d = drawn(broken, "path", "line")[0].getAttribute("d")!;
  assertEquals(d.replaceAll(/[\d.,]/g, ""), "MML");
  assertEquals(drawn(broken, "circle", "dot").length, 3);
  assertEquals(drawn(broken, "path", "level").length, 0);
  assert(!/NaN|Infinity/.test(String(chartHtml(broken)).replace("none: -", "")));
});

Deno.test("String(chartHtml()) keeps levels and marks inside the axes, marks with a ring, and says all of it in words", () => {
  const whole = chart({
    levels: [{ name: "far above", colour: 2, value: 50 }],
    marks: [{ name: "chosen", colour: 3, at: [30, -20] }],
  });
  const [level] = drawn(whole, "path", "level");
  const y = Number(level.getAttribute("d")!.match(/,([\d.]+)H/)![1]);
  const [ring] = drawn(whole, "circle", "ring");
  const [cx, cy] = ["cx", "cy"].map((name) => Number(ring.getAttribute(name)));
  assert(y > 0 && y < cy && cy < 290 && cx > 0 && cx < 420, `${y} ${cx} ${cy}`);
  assertStringIncludes(
    String(chartHtml(whole)),
    "<desc>one: from 1 at 0 to 5 at 10; far above: 50; chosen: -20.</desc>",
  );
});

Deno.test("String(chartHtml()) lists each name once, links left out, and no key for one thing alone", () => {
  assert(!String(chartHtml(chart())).includes("<ul"));
  const html = String(chartHtml(chart({
    curves: [
      ...chart().curves,
      { name: "one", colour: 1, points: [[10, 5], [12, 6]], as: "link" },
      { name: "dots", colour: 5, points: [[1, 1]], as: "dots" },
    ],
    marks: [{ name: "end", colour: 1, at: [12, 6] }, { name: "end", colour: 2, at: [12, 7] }],
  })));
  assertEquals(html.match(/<li>/g)?.length, 3);
});

Deno.test("String(chartHtml()) shows text literally, and without a point only the title and the note", () => {
  const html = String(chartHtml(
    chart({ title: "<b>", note: "a < b", curves: [{ name: "x", colour: 1, points: [[1, NaN]] }] }),
  ));
  assertEquals(html, '<figure class="chart"><figcaption>&lt;b&gt;</figcaption>\n<p>a &lt; b</p></figure>');
  const text = String(chartHtml(chart({ x: { label: "<i>", ticks: [{ at: 1, text: "<u>" }] } })));
  assert(!text.includes("<i>") && !text.includes("<u>"));
});

Deno.test("String(chartHtml()) labels axes with few round numbers inside, for ranges of any size and for one value", () => {
  const ranges = [[0, 1], [0, 100], [-3, 7], [0.096, 0.158], [5e5, 9e5], [1e-12, 3e-12], [4, 4], [0, 0]] as const;
  for (const [low, high] of ranges) {
    const html = String(chartHtml(chart({ curves: [{ name: "one", colour: 1, points: [[low, low], [high, high]] }] })));
    const ticks = html.split("\n").find((line) => line.startsWith('<path class="grid"'))!;
    const texts = Array.from(ticks.matchAll(/text-anchor="end">([^<]*)</g), ([, text]) => text);
    assert(texts.length >= 2 && texts.length <= 8, `${low} to ${high}: ${texts}`);
    assert(texts.every((text) => text.length <= 8 && Number.isFinite(Number(text))), `${low} to ${high}: ${texts}`);
    assertEquals(new Set(texts).size, texts.length);
    const pad = 0.06 * (high - low) || Math.abs(low) * 0.06 || 1;
    assert(texts.every((text) => Number(text) >= low - pad && Number(text) <= high + pad), `${texts}`);
  }
  for (const [low, high] of [[1e-9, 1e9], [0.5, 30], [2, 2.5], [1e-300, 1e300]] as const) {
    const html = String(chartHtml(chart({
      y: { label: "", isLog: true },
      curves: [{ name: "one", colour: 1, points: [[0, low], [1, high]] }],
    })));
    const ticks = html.split("\n").find((line) => line.startsWith('<path class="grid"'))!;
    const count = ticks.match(/class="grid"/g)!.length;
    assert(count >= 2 && count <= 10, `${low} to ${high}: ${ticks}`);
    assert(!ticks.includes("NaN"));
  }
});

Deno.test("String(chartHtml()) leaves out labels below the axis that would touch, never the last one", () => {
  const ticks = [1, 2, 30, 31, 32, 33, 60, 99, 100].map((at) => ({ at, text: `label ${at}` }));
  const html = String(chartHtml(chart({
    x: { label: "", ticks },
    curves: [{ name: "one", colour: 1, points: [[0, 1], [100, 2]] }],
  })));
  const kept = Array.from(
    html.matchAll(/<text x="([\d.]+)" y="\d+" text-anchor="middle">([^<]+)</g),
    ([, x, text]) => ({
      x: Number(x),
      text,
    }),
  );
  assertEquals(kept.map(({ text }) => text), ["label 2", "label 33", "label 60", "label 100"]);
  assert(kept.slice(1).every(({ x }, at) => x - kept[at].x > 50));
});

Deno.test("chartHtml() draws a curve of 150,000 epochs", () => {
  const points = Array.from({ length: 150_000 }, (_, epoch): readonly [number, number] => [epoch, 1 + epoch % 7]);
  assert(String(chartHtml(chart({ curves: [{ name: "one", colour: 1, points }] }))).includes("<path"));
});
