/**
 * The command `certify`: everything that is claimed of a model, computed anew from its file and the data.
 *
 * @module
 */
import { bestLinear } from "../src/baseline/mod.ts";
import { flag, type HelpParts, type OptionValues, parseOptions, positive, text } from "../src/cli/mod.ts";
import { type Dataset, InputError } from "../src/data/mod.ts";
import { certifyPoint, finishHead } from "../src/fit/mod.ts";
import { fastestKernels, type Kernels, loadKernels } from "../src/kernels/mod.ts";
import { encodeModel, type Model } from "../src/model/mod.ts";
import {
  type CertificateReport,
  certificateReport,
  certificateSentence,
  type CertifyReport,
  certifyText,
  compareStored,
  linearReport,
  problemReport,
} from "../src/report/mod.ts";
import type { Command } from "./_command.ts";
import { readInput, refuseFile, toJson, writeWhole } from "./_files.ts";
import { loadModelData, requireFinite } from "./_model_data.ts";

const certifyOptions = {
  model: text("FILE", "The model: ours, or one that PyTorch saved with the same metadata"),
  data: text("FILE", "The table: its columns are matched by name and read in the model's units"),
  "all-rows": flag("Use all rows, also those that were held out when the model was fitted"),
  epsilon: positive(
    1e-6,
    "A point counts as stationary when its gradient over (w, V) is at most this and its smallest eigenvalue fits",
  ),
  radius: positive(100, "Norm of the linear predictor to compare with when no best one exists"),
  escape: text("FILE", "Write an improved model, (w, V) brought down to where training can stop, to this new file"),
  verdict: text("FILE", "A stored verdict.json of fit or certify; says whether it still holds"),
  json: flag("Print the certificate as one JSON document, and nothing else, on stdout"),
  quiet: flag("Accepted as everywhere; certify shows no progress"),
  help: flag("Show this help"),
};

type Options = OptionValues<typeof certifyOptions>;

const about: HelpParts = {
  name: "certify",
  summary:
    "Computes from a model file and a table alone: the gap to the best linear predictor, the gradient over (w, V), the exact " +
    "smallest eigenvalue, the bounds of Theorems 1 to 3 and the best that the features allow; and says whether training is stuck.",
  options: certifyOptions,
  notes: [
    "Exit codes: 0 every claim holds, and the stored verdict if one is given; 1 one does not, or stays undecided: the model is not " +
    "where training can stop; 2 bad usage or bad input.",
  ],
  examples: [
    ["--model runs/fit/model.safetensors --data houses.csv", "a model of fit, on the rows it was trained on"],
    [
      "--model torch.safetensors --data houses.csv --escape better.safetensors",
      "a model of PyTorch, and a better one",
    ],
    ["--model model.safetensors --data houses.csv --verdict runs/fit/verdict.json", "does the verdict still hold?"],
  ],
};

/** The command. */
export const certify: Command = { about, run };

async function run(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, certifyOptions);
  if (options.escape !== null) await refuseFile("--escape", options.escape);
  const { model, data, heldOut } = await loadModelData(options);
  const stored = options.verdict === null ? null : storedIn(await readInput(options.verdict), options.verdict);
  const kernels = await loadKernels(fastestKernels());
  requireFinite(kernels, { model, data }, options.model!);
  const { net, point, loss } = model;
  const linear = bestLinear(kernels, loss, data, options);
  const found = certificateReport(
    certifyPoint(kernels, { net, point, loss, examples: data }, { ...options, linear }),
  );
  const report: CertifyReport = {
    schema: "resland/certify@1",
    model: options.model!,
    problem: problemReport(data, loss.name, heldOut),
    linear: linearReport(linear),
    ...found,
    sentence: certificateSentence(found, linear),
    stored: stored && compareStored(options.verdict!, stored, found),
    escaped: options.escape === null ? null : await escapeTo(options.escape, kernels, model, data, options),
  };
  console.log(options.json ? toJson(report).trimEnd() : certifyText(report));
  const open = report.verdict === "fails" || report.verdict === "undecided";
  return open || report.stored?.holds === false ? 1 : 0;
}

function storedIn(text: string, file: string): CertificateReport {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Said below.
  }
  if (isCertificate(value)) return value;
  throw new InputError("the file is not a verdict of fit or certify; name a verdict.json that one of them wrote", {
    file,
  });
}

/** Whether a value has what a verdict of `fit` or `certify` is compared by. */
function isCertificate(value: unknown): value is CertificateReport {
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

/** Brings (w, V) down to where training can stop, and writes that model. */
async function escapeTo(
  file: string,
  kernels: Kernels,
  model: Model,
  data: Dataset,
  options: Options,
): Promise<CertifyReport["escaped"]> {
  const { net, point, loss } = model;
  const linear = bestLinear(kernels, loss, data, options);
  const steps = finishHead(kernels, { net, point, loss, examples: data }, options, linear.attained);
  let step = steps.next();
  while (!step.done) step = steps.next();
  const improved = { ...model, point: step.value.point };
  const { value, gap } = certifyPoint(kernels, { net, loss, examples: data, point: improved.point }, {
    ...options,
    linear,
  });
  await writeWhole(file, encodeModel(improved));
  return { file, value, gap };
}
