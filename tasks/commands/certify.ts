/**
 * The command `certify`: everything that is claimed of a model, computed anew from its file and the data.
 *
 * @module
 */
import type { LinearOptimum } from "../../src/baseline/mod.ts";
import {
  choice,
  flag,
  type HelpParts,
  list,
  type OptionValues,
  parseOptions,
  positive,
  text,
  UsageError,
} from "../../src/cli/mod.ts";
import type { Dataset } from "../../src/data/mod.ts";
import {
  blockLadder,
  certifyPoint,
  certifySteps,
  EPSILON,
  RADIUS,
  settle,
  settleUnderRidge,
} from "../../src/train/mod.ts";
import {
  ACTIVATION_CODES,
  type ActivationName,
  fastestKernels,
  type Kernels,
  loadKernels,
} from "../../src/kernels/mod.ts";
import { encodeModel, type Model } from "../../src/model/mod.ts";
import {
  blocksReport,
  type CertificateReport,
  certificateReport,
  type CertifyReport,
  certifyText,
  compareStored,
  featuresText,
  linearReport,
  problemReport,
} from "../../src/report/mod.ts";
import { runOption, withRun } from "./_run_option.ts";
import { type Command, exitCode, printReport } from "./command.ts";
import { refuseOverMemory } from "../io/available_memory.ts";
import { drive, onInterrupt, unlessInterrupted } from "../io/interrupt.ts";
import { readJson, refuseFile, writeWhole } from "../io/files.ts";
import { certifyByFeatures } from "./_certify_features.ts";
import { certifyStateDict, readBareTensors } from "./_certify_state_dict.ts";
import { loadModelData, requireFinite, requireResidual, ridgeOf } from "./_model_data.ts";
import { problemOptions } from "./_shared_options.ts";

const certifyOptions = {
  ...runOption,
  model: text("FILE", "The model: from fit or check, or saved by PyTorch with the same metadata"),
  data: text("FILE", "The table; columns are matched by name and scaled as the model stores"),
  features: text(
    "FILE",
    "Instead of --model: what enters the last layer of any model, a row for each row of the table; npy, safetensors, Parquet or CSV",
  ),
  predictions: text(
    "FILE",
    "What the model predicts, a row for each row of the table; npy, safetensors, Parquet or CSV",
  ),
  "predictions-are": choice(
    ["logit", "probability", "value"],
    null,
    "How predictions were saved (default: values in the target's unit for numbers, logits for classes)",
  ),
  target: list("COLUMN", "Of a model without metadata: the column that the model predicts"),
  columns: list(
    "A,B,...",
    "Of a model without metadata: the columns that predict it (default: all others)",
  ),
  drop: problemOptions.drop,
  types: problemOptions.types,
  positive: problemOptions.positive,
  missing: problemOptions.missing,
  loss: problemOptions.loss,
  "valid-rows": text(
    "ROWS",
    "Rows that the model was not trained on: ranges from 1, such as 301-442, or a file of NumPy with a mask or with rows from 0",
  ),
  "valid-column": text("COLUMN", "The same by a column of the table with 1 or 0, valid or train"),
  architecture: text(
    "FILE",
    "For a state_dict without metadata: its layers as JSON, a chain that ends in a dense layer (default: linear layers in the order of their names)",
  ),
  activation: choice(
    Object.keys(ACTIVATION_CODES) as ActivationName[],
    null,
    "For a state_dict without metadata: what stands between its linear layers (default relu)",
  ),
  inputs: choice(
    ["standardised", "raw"],
    null,
    "For a state_dict without metadata: how it reads the columns (default standardised, by the training rows)",
  ),
  out: text("FILE", "With --features: write the better last layers to this new file, in PyTorch's layout"),
  picture: text("FILE", "With --features: draw the differences to the best linear predictor as SVG to this new file"),
  "all-rows": flag("Use all rows, including those held out when the model was fitted"),
  epsilon: positive(
    EPSILON,
    "Tolerance for stationary points: gradient norm at most X, lambda_min at least -sqrt(mu2 X)",
  ),
  radius: positive(RADIUS, "Bound on the norm of the linear predictor to compare with when no best one exists"),
  escape: text("FILE", "Settle (W, V) at the best value with these features, and write that model to this new file"),
  verdict: text("FILE", "A stored verdict.json of fit or certify, to compare with"),
  require: choice(["holds"], null, "`holds`: exit with 1 also when a claim is undecided"),
  json: flag("Print the certificate as one JSON document, and nothing else, on stdout"),
  quiet: flag("No effect: certify shows no progress"),
  help: flag("Show this help"),
};

type Options = OptionValues<typeof certifyOptions>;

const about: HelpParts = {
  name: "certify",
  summary:
    "Computes from a model file, or from the features and predictions of any model, and a table alone: the gap to the best linear predictor, the gradient over (W, V), an interval " +
    "for the smallest eigenvalue, the bounds of Theorems 1 to 3 and A, and the feature optimum; and reports whether training " +
    "with respect to (W, V) has converged.",
  options: certifyOptions,
  notes: [
    "Exit codes: 0 no claim fails, and the stored verdict, if one is given, still holds; 1 otherwise, or when a claim is undecided (for example because " +
    "training with respect to (W, V) has not converged) under --require holds; 2 bad usage or bad input; 3 interrupted; 4 an internal fault.",
  ],
  examples: [
    ["--model runs/fit/model.safetensors --data houses.csv", "a model of fit, on the rows it was trained on"],
    [
      "--model torch.safetensors --data houses.csv --escape better.safetensors",
      "a PyTorch model, and a better one",
    ],
    [
      "--features f.npy --predictions p.npy --data houses.csv --target price --valid-rows 301-442",
      "any model, by what enters its last layer",
    ],
    ["--model model.safetensors --data houses.csv --verdict runs/fit/verdict.json", "compare with a stored verdict"],
  ],
};

/** The command. */
export const certify: Command = { about, run };

async function run(args: readonly string[]): Promise<number> {
  const options = await withRun(parseOptions(args, certifyOptions));
  for (const name of ["escape", "out", "picture"] as const) {
    if (options[name] !== null) await refuseFile(`--${name}`, options[name]);
  }
  using interrupt = onInterrupt();
  const { signal } = interrupt;
  if (options.features !== null || options.predictions !== null) {
    if (options.model !== null) {
      throw new UsageError("--model does not go with --features and --predictions; leave it out");
    }
    refuseModelOptions(options, options.features === null ? "--predictions" : "--features");
    return tell(await unlessInterrupted(certifyByFeatures(options, signal), signal), featuresText, options);
  }
  const bare = await readBareTensors(options.model);
  if (bare !== null) {
    refuseModelOptions(options, "a state_dict without metadata");
    return tell(await unlessInterrupted(certifyStateDict(bare, options, signal), signal), featuresText, options);
  }
  refuseFeatureOptions(options);
  const report = await certifyModel(options, signal);
  const code = tell(report, certifyText, options);
  return report.stored?.holds === false ? 1 : code;
}

/** Prints a report; returns the exit code of its verdict. */
function tell<R extends { readonly verdict: Parameters<typeof exitCode>[0] }>(
  report: R,
  text: (report: R) => string,
  options: Options,
): number {
  printReport(report, text, options);
  return exitCode(report.verdict, options.require);
}

/** Certifies a model file with metadata on the rows of its table. */
async function certifyModel(options: Options, signal: AbortSignal): Promise<CertifyReport> {
  const { model, data, heldOut, rows } = await unlessInterrupted(loadModelData(options), signal);
  const stored = options.verdict === null ? null : await readJson(
    options.verdict,
    isCertificate,
    "the file is not a verdict of fit or certify; name a verdict.json that one of them wrote",
  );
  requireResidual(model, options.model!);
  const { net, params, loss } = model;
  const { d, k, outputs } = net;
  refuseOverMemory(
    { rows: data.x.rows, inputs: d, features: k, outputs },
    `${options.model} asks for it, by ${k} features of ${d} inputs; take a smaller model, or a machine with more`,
  );
  const kernels = await loadKernels(fastestKernels());
  requireFinite(kernels, { model, data }, options.model!);
  const fitted = { net, params, loss, examples: data };
  const ridge = ridgeOf(model);
  const certified = await drive(certifySteps(kernels, fitted, { ...options, ridge }), signal);
  const ladder = await drive(blockLadder(kernels, fitted, { ...certified, ridge }), signal);
  const found = certificateReport(certified);
  return {
    schema: "resland/certify@1",
    model: options.model!,
    problem: problemReport(data, loss.name, heldOut),
    rows,
    linear: linearReport(certified.linear, data),
    ...found,
    sentence: certified.sentence,
    blocks: blocksReport(ladder),
    stored: stored && compareStored(options.verdict!, stored, found),
    escaped: options.escape === null
      ? null
      : await escapeTo(options.escape, { kernels, model, data, linear: certified.linear }, options, signal),
  };
}

/** Refuses options of a model file with metadata. */
function refuseModelOptions(options: Options, beside: string): void {
  for (const name of ["escape", "verdict"] as const) {
    if (options[name] !== null) throw new UsageError(`--${name} does not go with ${beside}; leave it out`);
  }
  if (options["all-rows"]) throw new UsageError(`--all-rows does not go with ${beside}; leave it out`);
  if (options.model !== null) return;
  for (const name of ["architecture", "activation", "inputs"] as const) {
    if (options[name] !== null) throw new UsageError(`--${name} is for a state_dict without metadata; leave it out`);
  }
}

/** Refuses options of features and predictions where a model file is certified. */
function refuseFeatureOptions(options: Options): void {
  const names = [
    "target",
    "columns",
    "drop",
    "types",
    "positive",
    "loss",
    "valid-rows",
    "valid-column",
    "out",
    "picture",
    "predictions-are",
    "architecture",
    "activation",
    "inputs",
  ] as const;
  const given = names.find((name) => options[name] !== null) ?? (options.missing === "refuse" ? null : "missing");
  if (given === null) return;
  throw new UsageError(
    `--${given} is for --features, --predictions and files without metadata; a model file says itself how its table is read`,
  );
}

/** Whether a value has what a verdict of `fit` or `certify` is compared by. */
function isCertificate(value: CertificateReport): boolean {
  const at = (from: unknown, name: string): unknown =>
    typeof from === "object" && from !== null ? Reflect.get(from, name) : undefined;
  const isNumber = (one: unknown) => one === null || typeof one === "number";
  const own = ["value", "gap", "gradientNorm", "lambdaMin", "wNorm", "vNorm"].every((name) =>
    isNumber(at(value, name))
  );
  const known = at(value, "schema") === "resland/fit@1" || at(value, "schema") === "resland/certify@1";
  return known && own && isNumber(at(at(value, "certificate"), "bound")) &&
    isNumber(at(at(value, "features"), "value"));
}

/** Settles (W, V), and writes that model. */
async function escapeTo(
  file: string,
  { kernels, model, data, linear }: {
    readonly kernels: Kernels;
    readonly model: Model;
    readonly data: Dataset;
    readonly linear: LinearOptimum;
  },
  options: Options,
  signal: AbortSignal,
): Promise<CertifyReport["escaped"]> {
  const { net, params, loss } = model;
  const fitted = { net, params, loss, examples: data };
  const { epsilon } = options;
  const ridge = ridgeOf(model);
  const { params: settled, featureOptimum } = await drive(
    ridge ? settleUnderRidge(kernels, fitted, { epsilon, ridge }) : settle(kernels, fitted, { epsilon, linear }),
    signal,
  );
  const improved = { ...model, params: settled };
  const { point: { value, gap } } = certifyPoint(kernels, { ...fitted, params: settled }, {
    ...options,
    linear,
    featureOptimum,
    ridge,
  });
  await writeWhole(file, encodeModel(improved));
  return { file, value, gap };
}
