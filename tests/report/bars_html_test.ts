import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { barsHtml } from "../../src/report/mod.ts";

/** The margin and the width of each bar, in percent. */
const bars = (html: string) =>
  Array.from(html.matchAll(/margin-left:([\d.]+)%;width:([\d.]+)%/g), ([, left, width]) => [+left, +width]);

Deno.test("String(barsHtml()) sets bars to either side of 0 in proportion, the largest first", () => {
  const html = String(barsHtml(["input", "weight"], [
    { name: "small", value: 1 },
    { name: "below", value: -2 },
    { name: "<b>", value: 4 },
  ]));
  assertEquals(bars(html), [[33.3, 66.7], [0, 33.3], [33.3, 16.7]]);
  assertEquals(Array.from(html.matchAll(/<tr><td class="text">([^<]*)</g), ([, name]) => name), [
    "&lt;b&gt;",
    "below",
    "small",
  ]);
});

Deno.test("String(barsHtml()) starts all bars at the left where no value is below 0, and shows the spread", () => {
  const html = String(
    barsHtml(["a", "b"], [{ name: "x", value: 2, spread: 0.5 }, { name: "y", value: 1, spread: 0.1 }]),
  );
  assertEquals(bars(html), [[0, 100], [0, 50]]);
  assertStringIncludes(html, "<td>2 ± 0.5</td>");
});

Deno.test("String(barsHtml()) counts the rows that it leaves out, and survives zeros and what is not known", () => {
  const many = Array.from({ length: 31 }, (_, at) => ({ name: `c${at}`, value: at }));
  const html = String(barsHtml(["a", "b"], many));
  assertEquals(bars(html).length, 25);
  assertStringIncludes(html, "6 more, each smaller");
  assert(html.includes(">c30<") && html.includes(">c6<") && !html.includes(">c5<"));
  const zeros = String(
    barsHtml(["a", "b"], [{ name: "x", value: 0 }, { name: "y", value: null }, { name: "z", value: NaN }]),
  );
  assertEquals(bars(zeros), [[0, 0], [0, 0], [0, 0]]);
  assert(!zeros.includes("NaN"));
});
