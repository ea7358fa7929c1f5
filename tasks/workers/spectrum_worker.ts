/**
 * The worker of `spectrum`: finds one part of a spectrum after another, and posts each.
 *
 * @module
 */
import {
  blockOperator,
  extremeEigenvalues,
  type ParameterBlock,
  spectralDensity,
  traceEstimate,
} from "../../src/curvature/mod.ts";
import { type Kernels, type KernelsName, loadKernels } from "../../src/kernels/mod.ts";
import { createHeadObjective, headSpectrum, isReducible, lambdaMin } from "../../src/landscape/mod.ts";
import { lossFromJson, type LossJson } from "../../src/loss/mod.ts";
import { layerFromJson, type LayerJson, network, splitParts } from "../../src/nn/mod.ts";
import { createObjective, createRidgeObjective, type Examples, type Ridge } from "../../src/objective/mod.ts";
import { fold, key } from "../../src/random/mod.ts";
import type { BlockSpectrum, DensityReport } from "../../src/report/mod.ts";
import { type FittedNetwork, headSource, rowsOf } from "../../src/train/mod.ts";
import { matrix } from "../../src/tensor/mod.ts";
import { poolWorker } from "./_pool_worker.ts";

/** What every part needs; a loss is functions, so its name goes instead. */
export interface SpectrumSetup {
  readonly theta: LayerJson;
  readonly outputs: number;
  readonly params: Float64Array;
  readonly loss: LossJson;
  readonly examples: Examples;
  /** The ridge that is added to the loss; null for none. */
  readonly ridge: Ridge | null;
  readonly kernels: KernelsName;
  readonly seed: number;
  /** Eigenvalues at each end of a block. */
  readonly count: number;
  /** Random probes of the density, and Lanczos steps of each. */
  readonly probes: number;
  readonly steps: number;
}

/** A part of a spectrum, and its name. */
export type SpectrumJob =
  | { readonly kind: "block"; readonly name: string; readonly block: ParameterBlock }
  | { readonly kind: "density"; readonly name: string }
  | { readonly kind: "head"; readonly name: string };

/** The ends of the spectrum over (w, V): both of them where the small matrix was affordable, else bounds of the lower one. */
export interface HeadEnds {
  /** Proved: the smallest eigenvalue is at least this. */
  readonly lower: number;
  /** And at most this. */
  readonly upper: number;
  /** The largest; null where the smallest alone was looked for. */
  readonly largest: number | null;
}

/** What was found of a part. */
export type SpectrumPart = BlockSpectrum | DensityReport | HeadEnds;

/** A part, and which. */
export interface FoundPart {
  readonly name: string;
  readonly part: SpectrumPart;
}

/** Order of the reduced matrix up to which the spectrum over (w, V) is computed exactly: seconds. */
const MOST_EXACT = 1000;

/** Steps of Lanczos towards the smallest eigenvalue beyond. */
const STEPS = 60;

/** The worker's code. */
export const spectrumWorker = poolWorker<SpectrumSetup, SpectrumJob, FoundPart>(async (setup) => {
  const { theta, outputs, params, examples, ridge, seed, count, probes, steps } = setup;
  const kernels = await loadKernels(setup.kernels);
  const net = network(examples.x.cols, layerFromJson(theta), { outputs });
  const loss = lossFromJson(setup.loss);
  const plain = createObjective(kernels, net, loss, examples);
  const objective = ridge === null ? plain : createRidgeObjective(plain, net, ridge);
  const apply = (v: Float64Array) => objective.hvp(params, v);

  function blockSpectrum({ name, offset, length }: ParameterBlock): BlockSpectrum {
    const own = length === net.size ? apply : blockOperator(apply, offset, length, net.size);
    const from = fold(key(seed), name);
    const wanted = { count: Math.min(count, length), block: 1 };
    const found = extremeEigenvalues(kernels, own, length, fold(from, "extremes"), wanted);
    const trace = traceEstimate(own, length, fold(from, "trace"));
    const plainPairs = (pairs: typeof found.low) => pairs.map(({ value, residual }) => ({ value, residual }));
    const { low, high, converged } = found;
    return {
      ...{ name, size: length, low: plainPairs(low), high: plainPairs(high), converged, steps: found.steps },
      trace: { ...trace },
    };
  }

  function density(): DensityReport {
    const found = spectralDensity(kernels, apply, net.size, fold(key(seed), "density"), {
      probes,
      steps: Math.min(steps, net.size),
    });
    return {
      ...found,
      at: [...found.at],
      density: [...found.density],
      low: [...found.low],
      high: [...found.high],
    };
  }

  return (job) => {
    const part = job.kind === "block"
      ? blockSpectrum(job.block)
      : job.kind === "density"
      ? density()
      : headEnds(kernels, { net, params, loss, examples }, ridge);
    return { name: job.name, part };
  };
});

/** The ends over (w, V): exactly where that is cheap, else the lower one within what is proved. */
function headEnds(kernels: Kernels, fitted: FittedNetwork, ridge: Ridge | null): HeadEnds {
  const { net, params, loss, examples } = fitted;
  const { d, k, outputs: m } = net;
  const { w, V } = splitParts(net, params);
  using rows = headSource(kernels, fitted);
  using objective = createHeadObjective(kernels, { ...rowsOf(rows.source, examples), d, loss, ridge });
  const at = objective.at({ W: matrix(m, d, w), V: matrix(d, k, V) });
  if (isReducible(objective, at, MOST_EXACT)) {
    const { lambdaMin, lambdaMax } = headSpectrum(objective, at);
    return { lower: lambdaMin, upper: lambdaMin, largest: lambdaMax };
  }
  const { lower, upper } = lambdaMin(objective, at, { order: 0, steps: STEPS });
  return { lower, upper, largest: null };
}
