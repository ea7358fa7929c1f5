import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { mapScale, mapSvg, surfaceSvg } from "../../src/report/mod.ts";
import { axis, type Grid } from "../../src/surface/mod.ts";

/** A bowl, alpha² + beta², on 21 x 21 points. */
function bowl(): Grid {
  const across = axis(21, [-1, 1]);
  const values = Float64Array.from({ length: 441 }, (_, i) => across[i % 21] ** 2 + across[Math.floor(i / 21)] ** 2);
  return { alphas: across, betas: across, values };
}

Deno.test("mapScale() is a bijection, and mapSvg() draws the level through it", () => {
  const axis = Float64Array.from({ length: 41 }, (_, i) => i / 10 - 2);
  const values = Float64Array.from({ length: 41 * 41 }, (_, at) => axis[at % 41] ** 2 + axis[Math.floor(at / 41)] ** 2);
  const { toPixels, toPlane } = mapScale({ alphas: axis, betas: axis }, { width: 500, height: 400 });
  for (const point of [[0.3, -1.7], [-2, 2]] as const) {
    toPlane(toPixels(point)).forEach((value, i) => assertAlmostEquals(value, point[i], 1e-12));
  }
  const svg = mapSvg(
    {
      grid: { alphas: axis, betas: axis, values },
      linear: 1,
      axes: ["a", "b"],
      title: "A bowl",
      path: [[1, 1], [0, 0]],
      point: [0, 0],
    },
    { width: 500, height: 400 },
  );
  const [, level] = svg.match(/<path d="([^"]+)"[^>]* stroke-width="3.5"/)!;
  for (const [, x, y] of level.matchAll(/[ML]([\d.-]+),([\d.-]+)/g)) {
    assertAlmostEquals(Math.hypot(...toPlane([Number(x), Number(y)])), 1, 0.01);
  }
  assertStringIncludes(svg, "the thick contour; 18.6 % of the points");
});

/** The colours of the cells of a map: red, green, blue. */
const coloursOf = (svg: string): readonly (readonly number[])[] =>
  Array.from(svg.matchAll(/fill="rgb\((\d+) (\d+) (\d+)\)"/g), ([, ...parts]) => parts.map(Number));

Deno.test("surfaceSvg() is blue where the loss is below the linear level and red above it, stronger further away", () => {
  for (const linear of [0.1, 0.37, 1]) {
    const across = axis(5, [0, 2]);
    const values = Float64Array.of(0, linear / 2, 1.01 * linear, 2 * linear, 2.5);
    const grid = { alphas: across, betas: axis(2, [0, 1]), values: Float64Array.of(...values, ...values) };
    const [deep, shallow, above, far, most] = coloursOf(surfaceSvg({ grid, linear, title: "A slope" }));
    assert(deep[2] > deep[0] && shallow[2] > shallow[0] && deep[0] < shallow[0]);
    assert(above[0] > above[2] && far[0] > far[2] && far[2] < above[2] && most[2] <= far[2]);
  }
});

Deno.test("surfaceSvg() labels its contours, the linear level first, and no two labels lie on each other", () => {
  const svg = surfaceSvg({ grid: bowl(), linear: 0.37, title: "A bowl & <more>", axes: ["a<b", "c"] });
  const labels = Array.from(svg.matchAll(/<text x="([\d.-]+)" y="([\d.-]+)" [^>]*paint-order="stroke"[^>]*>([^<]+)/g));
  assertEquals(labels[0][3], "linear 0.37");
  assert(labels.length >= 4, `${labels.length}`);
  for (const [at, [, x, y]] of labels.entries()) {
    for (const [, otherX, otherY] of labels.slice(at + 1)) {
      assert(Math.abs(Number(x) - Number(otherX)) >= 44 || Math.abs(Number(y) - Number(otherY)) >= 16);
    }
  }
  assertStringIncludes(svg, "A bowl &amp; &lt;more&gt;");
  assert(!/var\(|<style|NaN|undefined/.test(svg));
});

Deno.test("surfaceSvg() says in words how many points are at or below linear, and leaves missing ones white", () => {
  const { values, ...axes } = bowl();
  const below = values.filter((value) => value <= 0.37).length;
  const share = `${(100 * below / 441).toFixed(1)} % of the points are at or below it.`;
  const whole = surfaceSvg({ grid: { ...axes, values }, linear: 0.37, title: "A bowl" });
  assertStringIncludes(whole, share);
  const holed = { ...axes, values: values.map((value, at) => at < 210 ? NaN : value) };
  const half = surfaceSvg({ grid: holed, linear: 0.37, title: "A bowl" });
  assertStringIncludes(half, "210 cells are not computed and left white.");
  // Half of the cells have a colour; neighbours of one colour are one.
  assert(coloursOf(half).length < 0.6 * coloursOf(whole).length);
});

Deno.test("mapSvg() keeps labels inside the frame where contours leave it", () => {
  const across = axis(41, [-1, 1]);
  const size = { width: 480, height: 460 };
  let labelled = 0;
  // Bowls whose linear level runs along an edge, within 3 % of it.
  for (const [right, up] of [[-3, 0], [3, 0], [0, -3], [0, 3], [0.9, 0.9]]) {
    const values = Float64Array.from(
      { length: 41 * 41 },
      (_, i) => (across[i % 41] - right) ** 2 + (across[Math.floor(i / 41)] - up) ** 2,
    );
    const map = { grid: { alphas: across, betas: across, values }, linear: 3.98 ** 2, title: "A valley" };
    const svg = mapSvg(map, size);
    const [, left, top, wide, tall] = svg.match(
      /<clipPath[^>]*><rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/,
    )!
      .map(Number);
    for (
      const [, x, y, text] of svg.matchAll(/<text x="([\d.-]+)" y="([\d.-]+)" [^>]*paint-order="stroke"[^>]*>([^<]+)/g)
    ) {
      labelled++;
      // A letter of 11 pixels is some 6 wide.
      const half = 3 * text.length;
      assert(Number(x) - half >= left && Number(x) + half <= left + wide, `${right}, ${up}: ${text} at ${x}`);
      assert(Number(y) - 8 >= top && Number(y) <= top + tall, `${right}, ${up}: ${text} at ${y}`);
    }
  }
  assert(labelled >= 12, `${labelled}`);
});
