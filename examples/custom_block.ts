/**
 * A layer and a loss of your own: trained, saved, read back and certified like the library's.
 * Run it with `deno run --allow-read examples/custom_block.ts`.
 *
 * @module
 */
import {
  activation,
  bestLinear,
  type CertifiedPoint,
  certifyPoint,
  chain,
  decodeModel,
  defineLoss,
  dense,
  encodeModel,
  type Encoding,
  type Examples,
  fitNetwork,
  type FitSettings,
  joinColumns,
  key,
  type Layer,
  type LayerJson,
  loadKernels,
  type Loss,
  matrix,
  type Model,
  multiply,
  network,
  normal,
  transpose,
} from "@resland/resland";

/** Fourier features with learned frequencies: `y = [cos(x Bᵀ), sin(x Bᵀ)]`, B [units, width]. */
export function fourier(units: number): Layer {
  if (!(Number.isSafeInteger(units) && units > 0)) {
    throw new RangeError(`Cannot make Fourier features: units must be a whole number above 0, got ${units}`);
  }
  return {
    type: "fourier",
    outputWidth: () => 2 * units,
    parameters: (width) => [{ name: "frequencies", shape: [units, width] }],
    initialise: (key, width) => normal(key, units * width),
    forward(params, x) {
      const B = matrix(units, x.cols, params);
      const z = multiply(x, transpose(B));
      const [cos, sin] = [Math.cos, Math.sin].map((f) => ({ ...z, data: z.data.map(f) }));
      return {
        y: joinColumns(cos, sin),
        pullback(dy) {
          // Row i of dy holds the gradient in cos(z_i), then that in sin(z_i).
          const inSin = (at: number) => at + units * (Math.floor(at / units) + 1);
          const data = z.data.map((_, at) =>
            dy.data[inSin(at)] * cos.data[at] - dy.data[inSin(at) - units] * sin.data[at]
          );
          const dz = { ...z, data };
          return { dParams: multiply(transpose(dz), x).data, dx: multiply(dz, B) };
        },
      };
    },
    toJson: () => ({ type: "fourier", units }),
  };
}

/** The log-cosh loss: squared near 0, absolute far out. The optional members let certificates decide more. */
export const logCosh: Loss = defineLoss({
  name: "log_cosh",
  convex: true,
  attains: true,
  value: (p, y) => Math.abs(p - y) + Math.log1p(Math.exp(-2 * Math.abs(p - y))) - Math.LN2,
  d1: (p, y) => Math.tanh(p - y),
  d2: (p, y) => 1 - Math.tanh(p - y) ** 2,
  bounds: () => ({ d1: 1, d2: 1, d3: 4 / (3 * Math.sqrt(3)) }),
  conjugate: (s, y) => Math.abs(s) > 1 ? Infinity : s * y + (xLogX(1 + s) + xLogX(1 - s)) / 2,
});

/** `t log t`, continued to 0. */
const xLogX = (t: number): number => t === 0 ? 0 : t * Math.log(t);

/** What a reader of the model file supplies, by the names in it. */
export const parts = {
  layers: { fourier: ({ units }: LayerJson) => fourier(Number(units)) },
  losses: { log_cosh: logCosh },
} as const;

/** A wave of one column plus a slope of the other, and noise; the first input is the constant. */
function wave(rows: number): Examples {
  const [a, b, noise] = [1, 2, 3].map((seed) => normal(key(seed), rows));
  const inputs = Array.from({ length: rows }, (_, i) => [1, a[i], b[i]]);
  return {
    x: matrix(rows, 3, inputs.flat()),
    y: a.map((value, i) => Math.sin(3 * value) + 0.5 * b[i] + 0.1 * noise[i]),
  };
}

const SETTINGS: FitSettings = {
  epochs: 60,
  batch: 20,
  learningRate: 0.05,
  start: "linear",
  seed: 1,
  dtype: "f64",
  epsilon: 1e-6,
  patience: null,
  radius: 100,
  keepPath: false,
};

/** The columns as they are: nothing is scaled. */
const ENCODING: Encoding = {
  features: ["a", "b"],
  columns: [{ name: "a", levels: null }, { name: "b", levels: null }],
  missing: "refuse",
  targets: ["y"],
  standardisation: { x: { mean: [0, 0], scale: [1, 1] }, y: null },
  intercept: true,
  classes: null,
};

/** The model, its file, what was read from that, and the certificate of what was read. */
export interface CustomBlock {
  readonly training: Examples;
  readonly model: Model;
  readonly bytes: Uint8Array;
  readonly read: Model;
  readonly certificate: CertifiedPoint;
}

/** Trains on the wave, saves and reads the model, certifies what was read. */
export async function customBlock(): Promise<CustomBlock> {
  const kernels = await loadKernels("simd");
  const training = wave(200);
  const net = network(3, chain(fourier(8), dense(16, 8), activation("tanh")));
  const linear = bestLinear(kernels, logCosh, training);
  const task = { net, loss: logCosh, training, heldOut: null, settings: SETTINGS };
  const steps = fitNetwork(kernels, task, linear);
  let step = steps.next();
  while (!step.done) step = steps.next();

  const model: Model = { ...ENCODING, net, params: step.value.params, loss: logCosh };
  const bytes = encodeModel(model);
  const read = decodeModel(bytes, "wave.safetensors", parts);
  const certificate = certifyPoint(kernels, { ...read, examples: training }, { linear });
  return { training, model, bytes, read, certificate };
}

if (import.meta.main) {
  const { bytes, certificate } = await customBlock();
  console.log(`Saved and read ${bytes.length} bytes. ${certificate.sentence}`);
}
