import { builtIn, type Layer, type Network } from "../../src/nn/mod.ts";
import type { Loss } from "../../src/loss/mod.ts";
import type { Matrix, Vector } from "../../src/tensor/mod.ts";

/** The error function by its Maclaurin series, good to rounding for |x| < 3. */
function erf(x: number): number {
  let [term, sum] = [x, x];
  for (let n = 1; n < 100; n++) {
    term *= -x * x / n;
    sum += term / (2 * n + 1);
  }
  return 2 / Math.sqrt(Math.PI) * sum;
}

const ACTIVATIONS: Readonly<Record<string, (a: number) => number>> = {
  identity: (a) => a,
  relu: (a) => a > 0 ? a : 0,
  "leaky_relu": (a) => a > 0 ? a : a / 100,
  tanh: (a) => (Math.exp(2 * a) - 1) / (Math.exp(2 * a) + 1),
  sigmoid: (a) => 1 / (1 + Math.exp(-a)),
  softplus: (a) => Math.log(1 + Math.exp(a)),
  gelu: (a) => a * (1 + erf(a / Math.SQRT2)) / 2,
  silu: (a) => a / (1 + Math.exp(-a)),
  sin: (a) => Math.sin(a),
};

/** One row through a layer tree, reading parameters from the front of `theta`; returns the output and what is left. */
function through(tree: Layer, x: readonly number[], theta: readonly number[]): [number[], readonly number[]] {
  const layer = builtIn(tree)!;
  switch (layer.type) {
    case "dense": {
      const [count, inputs] = [layer.out * layer.in, layer.in];
      const bias = layer.bias ? theta.slice(count, count + layer.out) : new Array(layer.out).fill(0);
      const y = bias.map((b: number, i: number) => x.reduce((sum, value, j) => sum + theta[i * inputs + j] * value, b));
      return [y, theta.slice(count + (layer.bias ? layer.out : 0))];
    }
    case "activation":
      return [x.map(ACTIVATIONS[layer.name]), theta];
    case "residual": {
      const [y, rest] = through(layer.body, x, theta);
      return [y.map((value, i) => value + x[i]), rest];
    }
    case "chain":
      return layer.layers.reduce<[number[], readonly number[]]>(
        ([value, rest], inner) => through(inner, value, rest),
        [[...x], theta],
      );
    case "parallel":
      return layer.layers.reduce<[number[], readonly number[]]>(([value, rest], inner) => {
        const [y, left] = through(inner, x, rest);
        return [[...value, ...y], left];
      }, [[], theta]);
    case "blocks": {
      let [h, rest, features]: [readonly number[], readonly number[], number[]] = [x, theta, []];
      for (const [at, inner] of layer.layers.entries()) {
        const [f, left] = through(inner, h, rest);
        features = [...features, ...f];
        rest = left;
        if (at === layer.layers.length - 1) break;
        // V_l [d, k_l], the next numbers, moves the input of the next block.
        const V = rest.slice(0, h.length * f.length);
        h = h.map((value, i) => f.reduce((sum, feature, j) => sum + V[i * f.length + j] * feature, value));
        rest = rest.slice(V.length);
      }
      return [features, rest];
    }
  }
}

/** `f_theta(x)` of one row. */
export function naiveFeatures(net: Network, point: Vector, x: readonly number[]): number[] {
  const { d, k, outputs } = net;
  return through(net.body, x, [...point.slice(outputs * d + d * k)])[0];
}

/** `W (x + V f(x))` of one row, straight from the definition. */
export function naivePrediction(net: Network, point: Vector, x: readonly number[]): number[] {
  const { d, k, outputs } = net;
  const f = naiveFeatures(net, point, x);
  const z = x.map((value, i) => f.reduce((sum, feature, j) => sum + point[outputs * d + i * k + j] * feature, value));
  return Array.from({ length: outputs }, (_, o) => z.reduce((sum, value, i) => sum + point[o * d + i] * value, 0));
}

/** The mean loss over the rows, straight from the definition. */
export function naiveObjective(net: Network, loss: Loss, data: { x: Matrix; y: Vector }, point: Vector): number {
  const { x, y } = data;
  let sum = 0;
  for (let i = 0; i < x.rows; i++) {
    const p = naivePrediction(net, point, [...x.data.slice(i * x.cols, (i + 1) * x.cols)]);
    p.forEach((value, o) => sum += loss.value(value, y[i * net.outputs + o]));
  }
  return sum / x.rows;
}

/** The gradient of a function by central differences with step `h` in each coordinate. */
export function centralGradient(f: (point: Vector) => number, point: Vector, h: number): Float64Array {
  return Float64Array.from(point, (_, i) => {
    const moved = (by: number) => f(point.map((value, j) => j === i ? value + by : value));
    return (moved(h) - moved(-h)) / (2 * h);
  });
}
