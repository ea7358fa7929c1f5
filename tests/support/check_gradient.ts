import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { type Layer, pushforward } from "../../src/nn/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { dot, type Matrix, type Vector } from "../../src/tensor/mod.ts";

/** Central differences with this step: h² of truncation and 1e-16 / h of rounding, both near 1e-10. */
const STEP = 1e-5;

/** What differences of a smooth function at unit scale may miss. */
const DIFFERENCE = 1e-8;

/** Differences that {@linkcode pushforward} itself takes where a layer has none of its own, differenced or summed once more. */
const TWICE = 1e-7;

/**
 * Checks a layer at a point where it is smooth: the shapes; that `forward` is pure; that its pullback is the transpose of its
 * derivative, and `pushforward` the derivative of both, all by central differences of `forward`.
 *
 * @param layer The layer.
 * @param params Its parameters, near unit scale.
 * @param x Its input, near unit scale.
 */
export function checkGradient(layer: Layer, params: Vector, x: Matrix): void {
  const [given, inputs] = [params.slice(), x.data.slice()];
  const width = layer.outputWidth(x.cols);
  const { y, pullback } = layer.forward(params, x);
  assertEquals([y.rows, y.cols, y.data.length], [x.rows, width, x.rows * width]);
  const count = layer.parameters(x.cols).reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  assertEquals([params.length, layer.initialise(key(1), x.cols).length], [count, count]);

  const draw = (label: number, { rows, cols }: { readonly rows: number; readonly cols: number }): Matrix => ({
    rows,
    cols,
    data: normal(key(label), rows * cols),
  });
  const [g, dg, dx] = [draw(1, y), draw(2, y), draw(3, x)];
  const dParams = normal(key(4), params.length);
  const moved = (by: number) =>
    layer.forward(params.map((value, i) => value + by * dParams[i]), {
      ...x,
      data: x.data.map((value, i) => value + by * dx.data[i]),
    });
  const [above, below] = [moved(STEP), moved(-STEP)];
  const slopes = (high: Vector, low: Vector) => high.map((value, i) => (value - low[i]) / (2 * STEP));

  // <g, J v> = <J' g, v> for the direction v = (dParams, dx).
  const dy = slopes(above.y.data, below.y.data);
  const back = pullback(g);
  assertEquals([back.dParams.length, back.dx.rows, back.dx.cols], [params.length, x.rows, x.cols]);
  const transposed = dot(back.dParams, dParams) + dot(back.dx.data, dx.data);
  assertAlmostEquals(transposed, dot(g.data, dy), DIFFERENCE * (1 + size(g.data) * size(dy)), "pullback");

  // Entry by entry too, so that two mistakes cannot cancel.
  params.forEach((_, at) => {
    const part = (by: number) => layer.forward(params.map((value, i) => i === at ? value + by : value), x).y.data;
    const expected = dot(g.data, slopes(part(STEP), part(-STEP)));
    assertAlmostEquals(back.dParams[at], expected, DIFFERENCE * (1 + size(g.data)), `gradient in parameter ${at}`);
  });

  const tangent = pushforward(layer, params, x, dParams, dx);
  close(tangent.dy.data, dy, TWICE, "pushforward");
  const twice = tangent.pullback(g, dg);
  const along = (by: number, at: typeof above) =>
    at.pullback({ ...g, data: g.data.map((value, i) => value + by * dg.data[i]) });
  const [high, low] = [along(STEP, above), along(-STEP, below)];
  close(twice.dParams, slopes(high.dParams, low.dParams), TWICE, "pushforward of the gradient in the parameters");
  close(twice.dx.data, slopes(high.dx.data, low.dx.data), TWICE, "pushforward of the gradient in the input");

  assertEquals([params, x.data], [given, inputs], "the layer changed what it was given");
  assertEquals(layer.forward(params, x).y.data, y.data, "forward is not a function of its arguments");
}

const size = (values: Vector): number => Math.sqrt(dot(values, values));

function close(actual: Vector, expected: Vector, tolerance: number, what: string): void {
  assertEquals(actual.length, expected.length, what);
  const scale = 1 + size(expected);
  assert(scale < Infinity, what);
  actual.forEach((value, i) => assertAlmostEquals(value, expected[i], tolerance * scale, `${what}, entry ${i}`));
}
