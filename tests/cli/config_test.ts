import { assertEquals, assertThrows } from "@std/assert";
import { Validator } from "npm:@cfworker/json-schema@4.1.6";
import {
  choice,
  commandSchema,
  configArguments,
  configSchema,
  flag,
  type HelpParts,
  integer,
  integerOrAuto,
  list,
  parseConfig,
  parseOptions,
  positive,
  settingsOf,
  splitConfig,
  text,
  UsageError,
} from "../../src/cli/mod.ts";

const about: HelpParts = {
  name: "fit",
  summary: "Fits.",
  options: {
    data: text("FILE", "A table"),
    features: list("A,B", "Columns"),
    seeds: integer(8, 1, "How many"),
    rate: positive(0.02, "The rate"),
    workers: integerOrAuto("Threads"),
    dtype: choice(["f64", "f32"], "f64", "Precision"),
    json: flag("As JSON"),
    help: flag("This help"),
  },
  examples: [],
};

/** What is not a configuration of the command, and the whole sentence that says so. */
const REFUSED: readonly (readonly [file: string, sentence: string])[] = [
  ["[]", 'c.json: the file must hold one JSON object, such as { "seeds": 3 }'],
  ['{"seed": 3}', 'c.json: there is no option "seed", did you mean seeds?; --help lists them'],
  ['{"help": true, "zzz": 1}', 'c.json: there is no option "zzz"; --help lists them'],
  ['{"seeds": 0}', 'c.json: "seeds" is 0; give it a whole number from 1 on'],
  ['{"seeds": 1.5}', 'c.json: "seeds" is 1.5; give it a whole number from 1 on'],
  ['{"seeds": "3"}', 'c.json: "seeds" is "3"; give it a whole number from 1 on'],
  ['{"rate": 0}', 'c.json: "rate" is 0; give it a number above 0'],
  ['{"workers": "many"}', 'c.json: "workers" is "many"; give it a whole number from 1 on, or "auto"'],
  ['{"dtype": "f16"}', 'c.json: "dtype" is "f16"; give it one of "f64", "f32"'],
  ['{"features": "a"}', 'c.json: "features" is "a"; give it a list, each item a text'],
  ['{"data": " "}', 'c.json: "data" is " "; give it a text'],
  ['{"json": 1}', 'c.json: "json" is 1; give it true or false'],
  ['{"command": "check"}', 'c.json: the file is a configuration of "check", not of "fit"'],
];

for (const [file, sentence] of REFUSED) {
  Deno.test(`parseConfig() refuses ${file} in one sentence`, () => {
    assertEquals(assertThrows(() => parseConfig(file, about, "c.json"), UsageError).message, sentence);
  });
}

Deno.test("parseConfig() names the place of what is not JSON", () => {
  const { message } = assertThrows(() => parseConfig('{"seeds": 3,\n}', about, "c.json"), UsageError);
  assertEquals(message.startsWith("c.json: the file is not JSON: "), true);
  assertEquals(message.includes("line 2"), true);
});

Deno.test("a configuration equals the options, and the command line comes first", () => {
  const config = {
    $schema: "x",
    command: "fit",
    features: ["a", "b c"],
    seeds: 3,
    rate: 1e-7,
    json: true,
    dtype: "f32",
  };
  const entries = parseConfig(JSON.stringify(config), about, "c.json");
  const found = parseOptions(configArguments(entries, about, ["--seeds", "5", "--features=z"]), about.options);
  const wanted = {
    data: null,
    features: ["z"],
    seeds: 5,
    rate: 1e-7,
    workers: null,
    dtype: "f32",
    json: true,
    help: false,
  };
  assertEquals(found, wanted);
});

Deno.test("settingsOf() is a configuration that leads to the same settings", () => {
  const args = ["--data", "a b.csv", "--rate", "0.5", "--workers", "2", "--features", "u,v", "--json"];
  const settings = settingsOf(about, args);
  const entries = parseConfig(JSON.stringify(settings), about, "c.json");
  assertEquals(settingsOf(about, configArguments(entries, about, [])), settings);
});

Deno.test("splitConfig() takes its own options out, wherever they stand", () => {
  assertEquals(splitConfig(["--seeds", "3", "--config=a.json", "--show-config"]), {
    rest: ["--seeds", "3"],
    file: "a.json",
    show: true,
  });
  assertThrows(() => splitConfig(["--config"]), UsageError, "--config needs a value: FILE");
});

Deno.test("configSchema() tells commands apart: what fits one need not fit the other", () => {
  const other: HelpParts = { ...about, name: "other", options: { depth: integer(1, 1, "Layers") } };
  const schema = new Validator(configSchema([about, other]) as Record<string, unknown>, "2020-12");
  assertEquals(schema.validate({ command: "fit", seeds: 3 }).valid, true);
  assertEquals(schema.validate({ command: "other", depth: 3 }).valid, true);
  assertEquals(schema.validate({ command: "other", seeds: 3 }).valid, false);
  assertEquals(schema.validate({ command: "none" }).valid, false);
  assertEquals(schema.validate({ seeds: 3 }).valid, false);
  assertEquals(Object.keys(commandSchema(other).properties as object), ["$schema", "command", "depth"]);
});

Deno.test("configArguments() says items of lists that hold commas and quotes so that they are read as they are", () => {
  const about = { name: "fit", summary: "", options: { drop: list("A,B,...", "Columns") }, examples: [] };
  const drop = ["cost, total", 'a "b", c', "d"];
  assertEquals(parseOptions(configArguments({ drop }, about, []), about.options), { drop });
});
