import { denoCommand } from "../support/deno_command.ts";
/**
 * What the default of `fit` is worth on unseen rows: each table of a folder with a quarter of its rows held out, seeds 1 to 3, whole processes.
 * `deno run --no-prompt --allow-read --allow-write --allow-run=deno tests/bench/held_out.ts FOLDER [NAME ...]`. FOLDER holds public tables of
 * scikit-learn, vega-datasets and the R packages mlbench, MASS, caret, rpart, sp, ggplot2 and AER as CSV, by the names below. Prints the mean held-out RMSE
 * (numbers) or log-loss (classes) of the best linear predictor, of the linear model that was chosen and of the model that `fit` writes, their share of
 * linear's, and seconds; beside them figures of scikit-learn's MLP with early stopping and histogram gradient boosting, untuned, on the same rows.
 *
 * @module
 */

/** A table: target, columns left out, further options, and the figures of other tools. */
interface Case {
  readonly name: string;
  readonly target: string;
  readonly drop?: string;
  readonly more?: readonly string[];
  readonly mlp: number;
  readonly hgb: number;
}

const CASES: readonly Case[] = [
  { name: "BostonHousing", target: "medv", mlp: 3.74, hgb: 3.288 },
  { name: "mpg", target: "hwy", drop: "cty", mlp: 2.888, hgb: 1.975 },
  {
    name: "vega_movies",
    target: "IMDB Rating",
    drop: "Title,Director,Release Date,Distributor",
    mlp: 0.8861,
    hgb: 0.8039,
  },
  { name: "Servo", target: "Class", mlp: 9.947, hgb: 4.633 },
  { name: "airquality", target: "Ozone", more: ["--missing", "drop"], mlp: 22.12, hgb: 21.99 },
  { name: "tips", target: "tip", mlp: 1.217, hgb: 1.221 },
  { name: "meuse", target: "zinc", drop: "cadmium,copper,lead", mlp: 232.3, hgb: 198.4 },
  { name: "BloodBrain", target: "logBBB", mlp: 0.6483, hgb: 0.5857 },
  { name: "Sacramento", target: "price", mlp: 7.967e4, hgb: 7.876e4 },
  { name: "PimaIndiansDiabetes", target: "diabetes", mlp: 0.5469, hgb: 0.6263 },
  { name: "Sonar", target: "Class", mlp: 0.5827, hgb: 0.3601 },
  { name: "GermanCredit", target: "Class", mlp: 0.5334, hgb: 0.6473 },
  { name: "kyphosis", target: "Kyphosis", mlp: 0.6082, hgb: 0.4542 },
  { name: "HouseVotes84", target: "Class", mlp: 0.3814, hgb: 0.2258 },
  { name: "Glass", target: "Type", more: ["--loss", "softmax"], mlp: 1.604, hgb: 1.02 },
  { name: "Vehicle", target: "Class", mlp: 0.7243, hgb: 0.6819 },
  { name: "BankWages", target: "job", mlp: 0.8578, hgb: 0.3081 },
  {
    name: "Cars93",
    target: "Price",
    drop: "Make,Model,Min.Price,Max.Price",
    mlp: 7.177,
    hgb: 7.022,
  },
];

const SEEDS = [1, 2, 3];
const config = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
const flags = String(config.tasks.fit.command ?? config.tasks.fit).split(" ").filter((word) =>
  word.startsWith("--allow")
);
const [folder, ...names] = Deno.args;

interface Figures {
  readonly linear: Readonly<Record<string, number | null>>;
  readonly ridge?: Readonly<Record<string, number | null>>;
  readonly network: Readonly<Record<string, number | null>>;
}

/** One run of `fit`, as a user starts it. */
async function fit({ name, target, drop, more = [] }: Case, seed: number) {
  const out = await Deno.makeTempDir();
  const started = performance.now();
  const missing = more.includes("--missing") ? [] : ["--missing", "mean"];
  const { stdout, stderr, code } = await denoCommand({
    args: [
      "run",
      "--no-prompt",
      ...flags,
      new URL("../../tasks/main.ts", import.meta.url).pathname,
      "fit",
      ...["--data", `${folder}/${name}.csv`, "--target", target, "--valid", "0.25", "--seed", String(seed)],
      ...drop ? ["--drop", drop] : [],
      ...missing,
      ...more,
      ...["--json", "--quiet", "--out", `${out}/run`],
    ],
  }).output();
  const seconds = (performance.now() - started) / 1000;
  await Deno.remove(out, { recursive: true });
  if (code > 1) throw new Error(`${name}: ${new TextDecoder().decode(stderr)}`);
  const { metrics: { heldOut }, regularisation } = JSON.parse(new TextDecoder().decode(stdout));
  return { ...heldOut as Figures, kind: regularisation.kind as string, seconds };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const shown = (value: number) => value.toPrecision(4).padStart(10);
console.log(
  `${"table".padEnd(20)} ${
    ["linear", "chosen lin", "fit", "share", "worst", "MLP", "HGB", "seconds"].map((name) => name.padStart(10)).join(
      " ",
    )
  }  chosen`,
);
const shares: number[] = [];
for (const one of CASES) {
  const { name } = one;
  if (names.length > 0 && !names.includes(name)) continue;
  const runs = [];
  for (const seed of SEEDS) runs.push(await fit(one, seed));
  const figure = (side: Figures["network"]) => side.rmse ?? side.loss ?? NaN;
  const linear = runs.map((run) => figure(run.linear));
  const network = runs.map((run) => figure(run.network));
  const share = mean(network) / mean(linear);
  shares.push(share);
  const columns = [
    mean(linear),
    mean(runs.map((run) => figure(run.ridge ?? run.linear))),
    mean(network),
    share,
    Math.max(...network.map((value, at) => value / linear[at])),
    one.mlp,
    one.hgb,
    mean(runs.map(({ seconds }) => seconds)),
  ];
  console.log(`${name.padEnd(20)} ${columns.map(shown).join(" ")}  ${runs.map(({ kind }) => kind).join(", ")}`);
}
console.log(
  `better than linear by more than 1 %: ${shares.filter((share) => share < 0.99).length}, worse by more than 1 %: ${
    shares.filter((share) => share > 1.01).length
  }, of ${shares.length}`,
);
