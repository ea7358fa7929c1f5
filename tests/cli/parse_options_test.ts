import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  choice,
  choices,
  didYouMean,
  flag,
  helpText,
  integer,
  integerOrAuto,
  list,
  parseOptions,
  positive,
  text,
  UsageError,
} from "../../src/cli/mod.ts";

const options = {
  data: text("FILE", "A table"),
  drop: list("A,B,...", "Columns to leave out"),
  seeds: integer(8, 1, "Number of seeds"),
  rate: positive(0.02, "The learning rate"),
  workers: integerOrAuto("How many at a time"),
  dtype: choice(["f64", "f32"], "f64", "The precision"),
  starts: choices(["zero", "large"], ["zero"], "Where to start"),
  "no-descend": flag("Stop early"),
  json: flag("As JSON"),
};

const DEFAULTS = {
  data: null,
  drop: null,
  seeds: 8,
  rate: 0.02,
  workers: null,
  dtype: "f64",
  starts: ["zero"],
  "no-descend": false,
  json: false,
};

/** Arguments and what they change of the defaults. */
const READ: readonly [args: string[], change: Record<string, unknown>][] = [
  [[], {}],
  [["--data", "a b.csv"], { data: "a b.csv" }],
  [["--data=a.csv", "--data", "b.csv"], { data: "b.csv" }],
  [["--data", "7"], { data: "7" }],
  [["--data", "-", "--json"], { data: "-", json: true }],
  [["--drop", '"cost, total",b,"a ""c"""'], { drop: ["cost, total", "b", 'a "c"'] }],
  [["--drop", "-", "--drop", "b"], { drop: ["-", "b"] }],
  [["--drop", "a, b", "--drop", "c"], { drop: ["a", "b", "c"] }],
  [["--seeds", "3", "--rate", "1e-3"], { seeds: 3, rate: 1e-3 }],
  [["--seeds", "1e3"], { seeds: 1000 }],
  [["--data", "-1.csv", "--drop", "-2,-x"], { data: "-1.csv", drop: ["-2", "-x"] }],
  [["--workers", "auto"], { workers: null }],
  [["--workers", "2"], { workers: 2 }],
  [["--dtype", "f32", "--starts", "large,zero,large"], { dtype: "f32", starts: ["large", "zero"] }],
  [["--no-descend", "--json"], { "no-descend": true, json: true }],
];

for (const [args, change] of READ) {
  Deno.test(`parseOptions() reads [${args.join(" ")}]`, () => {
    assertEquals(parseOptions(args, options) as Record<string, unknown>, { ...DEFAULTS, ...change });
  });
}

/** Arguments and the sentence they are refused with. */
const REFUSED: readonly [args: string[], sentence: string][] = [
  [["--seed", "1"], "There is no option --seed, did you mean --seeds?; --help lists them"],
  [["--descend"], "There is no option --descend, did you mean --no-descend?; --help lists them"],
  [["--no-descend=false"], "There is no option --descend, did you mean --no-descend?; --help lists them"],
  [["--xyz"], "There is no option --xyz; --help lists them"],
  [["check"], '"check" belongs to no option; put -- before each name'],
  [["--seeds"], "--seeds needs a value: N"],
  [["--data", "--json"], "--data needs a value: FILE"],
  [["--seeds", "0"], '--seeds needs a whole number from 1 on, got "0"'],
  [["--seeds", "1.5"], '--seeds needs a whole number from 1 on, got "1.5"'],
  [["--seeds", "99999999999999999999"], '--seeds needs a whole number from 1 on, got "99999999999999999999"'],
  [["--rate=-1"], '--rate needs a number above 0, got "-1"'],
  [["--rate", "-1"], '--rate needs a number above 0, got "-1"'],
  [["--rate", "-.5e3", "--json"], '--rate needs a number above 0, got "-.5e3"'],
  [["--seeds", "-3"], '--seeds needs a whole number from 1 on, got "-3"'],
  [["--seeds", "1e-3"], '--seeds needs a whole number from 1 on, got "1e-3"'],
  [["--seeds", "1e16"], '--seeds needs a whole number from 1 on, got "1e16"'],
  [["--data", "", "--json"], "--data needs a value: FILE"],
  [["--rate", "NaN"], '--rate needs a number above 0, got "NaN"'],
  [["--rate", "Infinity"], '--rate needs a number above 0, got "Infinity"'],
  [["--dtype", "f16"], '--dtype knows f64, f32, but not "f16"'],
  [["--starts", "zero,,large"], "--starts needs a value: NAME,..."],
];

for (const [args, sentence] of REFUSED) {
  Deno.test(`parseOptions() refuses [${args.join(" ")}]`, () => {
    assertEquals(assertThrows(() => parseOptions(args, options), UsageError).message, sentence);
  });
}

Deno.test("parseOptions() leaves its arguments alone", () => {
  const args = Object.freeze(["--seeds", "3"]);
  parseOptions(args, options);
  assertEquals(args, ["--seeds", "3"]);
});

Deno.test("helpText() names every option with its help, within 100 columns, and shows the examples", () => {
  const help = helpText({
    name: "check",
    summary: "Word ".repeat(60).trim(),
    options,
    examples: [["--json", "for machines"]],
  });
  for (const [name, { help: words }] of Object.entries(options)) {
    assertStringIncludes(help, `--${name}`);
    assertStringIncludes(help, words);
  }
  assert(help.split("\n").every((line) => line.length <= 100));
  assertStringIncludes(help, "resland check --json\n      for machines");
});

Deno.test("didYouMean() offers the closest word, and none when all are far", () => {
  assertEquals(didYouMean("chek", ["check", "certify"]), ", did you mean check?");
  assertEquals(didYouMean("bench", ["check", "certify"]), "");
  assertEquals(didYouMean("x", []), "");
});

Deno.test("parseOptions() refuses a dash after an option that takes no value", () => {
  assertThrows(() => parseOptions(["--json", "-"], options), UsageError);
});
