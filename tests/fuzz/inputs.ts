/**
 * Damaged and hostile inputs, the same ones for the same seed.
 *
 * @module
 */
import { fold, key, uniform } from "../../src/random/mod.ts";

/** What the inputs are made from: files that are right. */
export interface Right {
  /** A table. */
  readonly table: string;
  /** A model of it. */
  readonly model: Uint8Array;
  /** The verdict of that fit. */
  readonly verdict: string;
  /** The epochs of that fit. */
  readonly trajectory: string;
  /** A picture. */
  readonly picture: string;
}

/** A command line and the files that it reads, by name in an empty folder. */
export interface FuzzInput {
  readonly args: readonly string[];
  readonly files: ReadonlyMap<string, Uint8Array>;
}

const PIECES: readonly string[] = [
  ...[
    '"',
    ",",
    "\n",
    "\r",
    "\0",
    ";",
    "\t",
    "nan",
    "1e999",
    "-",
    "",
    "é",
    "5",
    "\ufeff",
    "\x1b[31m",
    "\u202e",
    "\x9b",
    "[",
    "{",
  ],
  ...[
    "null",
    "true",
    "-0",
    "1e-320",
    "9".repeat(400),
    '""',
    "__proto__",
    "../x",
    "x".repeat(2000),
    "[".repeat(500),
    '{"a":'.repeat(300),
  ],
];

const OPTIONS: readonly string[] = (
  "--epochs --width --depth --batch --rate --seed --valid --cv --loss --target --features --drop --positive --kernels --data --model --out " +
  "--patience --radius --epsilon --steps --reach --probes --lanczos --count --plane --keep --unknown --missing --types --require --config --verdict " +
  "--json --quiet --all-rows --no-intercept --workers --nonsense"
).split(" ");

const VALUES: readonly string[] = [
  ...[
    "0",
    "-1",
    "1",
    "2",
    "1e8",
    "1e308",
    "1e-320",
    "NaN",
    "Infinity",
    "abc",
    "",
    "t.csv",
    "m.safetensors",
    "none",
    "y",
    "a",
    "a,b",
    "squared",
  ],
  ...[
    "softmax",
    "logistic",
    "\x1b[2J",
    "../..",
    "/dev/null",
    "0.5",
    "auto",
    '"',
    "a=text",
    "js",
    "head",
    "path",
    "drop",
    "indicator",
  ],
];

/** Draws without end from a seed. */
function drawer(seed: number, index: number) {
  const numbers = uniform(fold(key(seed), `fuzz-${index}`), 64);
  let at = 0;
  const share = () => numbers[at++ % numbers.length];
  const below = (count: number) => Math.floor(share() * count);
  return { share, below, of: <T>(all: readonly T[]): T => all[below(all.length)] };
}

type Draw = ReturnType<typeof drawer>;

/** A text with one to three pieces of it replaced. */
function damagedText(text: string, draw: Draw): Uint8Array {
  let damaged = text;
  for (let times = 1 + draw.below(3); times > 0; times--) {
    const from = draw.below(damaged.length + 1);
    damaged = damaged.slice(0, from) + draw.of(PIECES) + damaged.slice(from + draw.below(8));
  }
  const bytes = new TextEncoder().encode(damaged);
  return draw.below(8) === 0 ? bytes.subarray(0, draw.below(bytes.length + 1)) : bytes;
}

/** Bytes, a few of them changed, or cut off. */
function damagedBytes(bytes: Uint8Array, draw: Draw): Uint8Array {
  const damaged = Uint8Array.from(bytes);
  // Half of the changes fall into the header, which says how the rest is read.
  const header = Math.min(damaged.length, 1500);
  for (let times = 1 + draw.below(4); times > 0; times--) {
    damaged[draw.below(draw.below(2) === 0 ? header : damaged.length)] = draw.below(256);
  }
  return draw.below(6) === 0 ? damaged.subarray(0, draw.below(damaged.length + 1)) : damaged;
}

/** A verdict, as JSON, with one place changed. */
function damagedJson(text: string, draw: Draw): Uint8Array {
  if (draw.below(2) === 0) return damagedText(text, draw);
  const values = [null, -1, 1e308, "<b>", [], {}, true, 0.5, "x".repeat(500)];
  const change = (value: unknown, depth: number): unknown => {
    if (typeof value !== "object" || value === null || depth > 6 || draw.below(8) === 0) return draw.of(values);
    const names = Object.keys(value);
    if (names.length === 0) return draw.of(values);
    const name = draw.of(names);
    const inner = change((value as Record<string, unknown>)[name], depth + 1);
    return Array.isArray(value) ? value.with(Number(name), inner) : { ...value, [name]: inner };
  };
  return new TextEncoder().encode(JSON.stringify(change(JSON.parse(text), 0)));
}

/** The input of an index. */
export function fuzzInput(
  { table, model, verdict, trajectory, picture }: Right,
  seed: number,
  index: number,
): FuzzInput {
  const draw = drawer(seed, index);
  const bytes = (text: string) => new TextEncoder().encode(text);
  const files = new Map([["t.csv", bytes(table)], ["m.safetensors", model]]);
  const fit = [
    "fit",
    "--data",
    "t.csv",
    "--target",
    "y",
    "--epochs",
    "1",
    "--width",
    "2",
    "--workers",
    "1",
    "--regularise",
    "none",
  ];
  const onModel = ["--model", "m.safetensors", "--data", "t.csv"];
  const readers: readonly (readonly string[])[] = [
    ["certify", ...onModel],
    ["predict", ...onModel, "--out", "out.csv"],
    ["spectrum", ...onModel, "--probes", "2", "--lanczos", "3", "--count", "1"],
  ];
  switch (draw.below(6)) {
    case 0:
      files.set("t.csv", damagedText(table, draw));
      return { args: [...fit, "--out", "out"], files };
    case 1:
      files.set("t.csv", damagedText(table, draw));
      return { args: draw.of(readers.slice(0, 2)), files };
    case 2:
      files.set("m.safetensors", damagedBytes(model, draw));
      return { args: draw.of(readers), files };
    case 3:
      files.set("verdict.json", damagedJson(verdict, draw));
      return { args: ["certify", ...onModel, "--verdict", "verdict.json"], files };
    case 4: {
      files.set("run/verdict.json", draw.below(2) === 0 ? damagedJson(verdict, draw) : bytes(verdict));
      files.set("run/trajectory.csv", draw.below(3) === 0 ? damagedText(trajectory, draw) : bytes(trajectory));
      files.set("pictures/x.svg", draw.below(3) === 0 ? damagedText(picture, draw) : bytes(picture));
      return { args: ["report", "--run", "run", "--with", "pictures", "--out", "out.html"], files };
    }
    default: {
      const command = draw.of([fit, ...readers, ["compare", "--data", "t.csv"], ["surface", ...onModel], ["report"], [
        "runs",
      ]]);
      const more = Array.from({ length: 1 + draw.below(3) }, () => [draw.of(OPTIONS), draw.of(VALUES)]).flat();
      // Work that is asked for a hundred million times would be right, and take long.
      return { args: [...command, ...more, ...more.includes("1e8") ? ["--nonsense"] : []], files };
    }
  }
}
