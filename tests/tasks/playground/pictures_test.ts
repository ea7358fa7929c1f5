import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { gauge } from "../../../tasks/playground/gauge.ts";
import { apart, type Losses, lossPicture, thin } from "../../../tasks/playground/loss_picture.ts";
import { pageHtml } from "../../../tasks/playground/page_html.ts";
import { project } from "../../../tasks/playground/plane.ts";
import { pointAlong } from "../../../tasks/playground/point_along.ts";
import { COLOURS, standalone } from "../../../tasks/playground/svg.ts";
import { pointAt } from "../../../src/surface/mod.ts";

const LOSSES: Losses = {
  residual: [[0, 4], [1, 0.5], [2, 0.2]],
  plain: [[0, 4], [1, 1], [2, 0.9]],
  residualHeldOut: [[0, 5], [1, 0.6], [2, 0.4]],
  plainHeldOut: [],
  linear: 0.25,
  linearHeldOut: 0.3,
  epochs: 10,
  loss: "squared loss & <more>",
};

/** The numbers of an attribute of every element of a class. */
const numbersOf = (svg: string, kind: string, attribute: string): readonly number[] =>
  Array.from(
    svg.matchAll(new RegExp(`<line[^>]* ${attribute}="([^"]+)"[^>]* class="${kind}"`, "g")),
    ([, text]) => Number(text),
  );

Deno.test("lossPicture() draws the linear level level, and curves at the height that their losses have against it", () => {
  for (const width of [300, 700]) {
    const svg = lossPicture(LOSSES, width, 340);
    const [[y1], [y2]] = [numbersOf(svg, "linear", "y1"), numbersOf(svg, "linear", "y2")];
    assertEquals(y1, y2);
    const curve = (kind: string) => {
      const [, d] = svg.match(new RegExp(`<path d="([^"]+)"[^>]* class="${kind}"`))!;
      return Array.from(d.matchAll(/[ML]([\d.-]+),([\d.-]+)/g), ([, x, y]) => [Number(x), Number(y)]);
    };
    const residual = curve("residual");
    // Down is a larger y: the last residual point is below linear, the plain one above.
    assert(residual[2][1] > y1 && curve("plain")[2][1] < y1);
    // The axis is logarithmic: 4 to 0.5 is as far as 0.5 to 1/16, and the level 0.25 is a third of the way on.
    assertAlmostEquals((y1 - residual[1][1]) / (residual[1][1] - residual[0][1]), 1 / 3, 1e-3);
    assertStringIncludes(svg, "<desc>The best linear predictor: 0.25 on the training rows. The residual network: 0.2.");
    assertStringIncludes(svg, "squared loss &amp; &lt;more&gt;, logarithmic");
  }
});

Deno.test("lossPicture() takes losses of 0 and below, and curves that become infinite", () => {
  const svg = lossPicture({ ...LOSSES, linear: -1, plain: [[0, 4], [1, Infinity]] }, 600, 300);
  assert(!svg.includes("logarithmic"));
  assert(!/NaN|Infinity/.test(svg.replace(/<desc>.*<\/desc>/, "")));
});

Deno.test("thin() keeps the first and the last point and no more than asked for", () => {
  const points = Array.from({ length: 1001 }, (_, i) => i);
  for (const most of [2, 3, 100, 999, 5000]) {
    const kept = thin(points, most);
    assertEquals([kept[0], kept[kept.length - 1]], [0, 1000]);
    assert(kept.length <= Math.max(most + 1, 2), `${most}: ${kept.length}`);
  }
});

Deno.test("apart() keeps the order of names, 15 pixels between them, and all above the floor", () => {
  const moved = apart([{ y: 100 }, { y: 98 }, { y: 99 }, { y: 10 }], 0, 110).map(({ y }) => y);
  assertEquals(moved, [10, 80, 95, 110]);
});

Deno.test("standalone() resolves every colour, and is one document", () => {
  const svg = standalone(lossPicture(LOSSES, 600, 300));
  const used = new Set(Array.from(svg.matchAll(/var\(--([\w-]+)\)/g), ([, name]) => name));
  assertEquals([...used].filter((name) => !Object.hasOwn(COLOURS.light, name)), []);
  assert(svg.startsWith("<svg xmlns=") && svg.endsWith("</svg>\n"));
});

/** The relative luminance of WCAG 2. */
function luminance(colour: string): number {
  const parts = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255);
  const [r, g, b] = parts.map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

Deno.test("every colour of text and curves has a contrast of 4.5 at least on its paper, light and dark", () => {
  for (const scheme of Object.values(COLOURS)) {
    for (const name of ["ink", "faint", "residual", "plain", "linear"] as const) {
      const [dark, light] = [luminance(scheme[name]), luminance(scheme.paper)].sort((a, b) => a - b);
      assert((light + 0.05) / (dark + 0.05) >= 4.5, `${name} ${scheme[name]} on ${scheme.paper}`);
    }
  }
});

Deno.test("gauge() is green and full at the limit, emptier with every power of ten above it", () => {
  assertEquals(gauge(0, 1e-6), { good: true, share: 1 });
  assertEquals(gauge(1e-6, 1e-6).good, true);
  assertAlmostEquals(gauge(1e-2, 1e-6).share, 0.5, 1e-12);
  assertEquals([gauge(1e9, 1e-6), gauge(Infinity, 1e-6), gauge(NaN, 1e-6)].map(({ good, share }) => [good, share]), [
    [false, 0.02],
    [false, 0.02],
    [false, 0.02],
  ]);
});

const PLANE = { origin: Float64Array.of(1, 0, 0), a: Float64Array.of(2, 0, 0), b: Float64Array.of(0, 0, 0.5) };

Deno.test("project() is the inverse of pointAt() in the plane, and leaves out what lies across it", () => {
  const [alpha, beta] = project(PLANE, pointAt(PLANE, -0.7, 3).with(1, 9));
  assertAlmostEquals(alpha, -0.7, 1e-14);
  assertAlmostEquals(beta, 3, 1e-14);
});

Deno.test("pageHtml() keeps scripts inside their elements, and allows no connection", () => {
  const html = pageHtml({ script: `a("</script><!--"); b('</SCRIPT>')`, kernels: "" });
  assertEquals(html.match(/<\/script>/gi)!.length, 2);
  assertStringIncludes(html, "default-src 'none'");
  assert(!html.includes("connect-src"));
  assertEquals(html.match(/(src|href)="(?!data:,)[^"]*"/g), null);
});

Deno.test("pointAlong() stays on the path, also for a frame from before the animation was asked for", () => {
  const path = [[0, 0], [1, 2], [2, 4]] as const;
  assertEquals([-0.4, 0, 0.5, 1, 1.3].map((share) => pointAlong(path, share)), [
    path[0],
    path[0],
    path[1],
    path[2],
    path[2],
  ]);
});
