import { assertEquals, assertStringIncludes } from "@std/assert";
import { fitOptions } from "../../../tasks/commands/_fit_options.ts";
import { parseOptions } from "../../../src/cli/mod.ts";
import { commandLine } from "../../../tasks/playground/command_line.ts";
import { SAMPLES } from "../../../tasks/playground/samples.ts";
import { DEFAULTS, type Settings, settingsFromHash, settingsToHash } from "../../../tasks/playground/settings.ts";

/** Settings that differ from the defaults in every part. */
const OTHER: Settings = {
  data: "iris",
  target: "the species & more",
  drop: ["a,b", "c=d"],
  missing: "mean",
  valid: 0,
  width: 7,
  depth: 2,
  activation: "relu",
  block: "residual",
  start: "linear",
  rate: 1e-3,
  batch: 5,
  epochs: 12,
  regulariser: "ridge",
  strength: 0.5,
  seed: 9,
  kernels: "js",
};

Deno.test("settingsToHash() and settingsFromHash() are inverse, and the defaults have an empty hash", () => {
  assertEquals(settingsToHash(DEFAULTS), "");
  assertEquals(settingsFromHash(""), { settings: DEFAULTS, problems: [] });
  const names = Object.keys(DEFAULTS) as (keyof Settings)[];
  assertEquals(names.filter((name) => OTHER[name] === DEFAULTS[name]), []);
  assertEquals(settingsFromHash(`#${settingsToHash(OTHER)}`), { settings: OTHER, problems: [] });
  for (const name of names) {
    const one = { ...DEFAULTS, [name]: OTHER[name] };
    assertEquals(settingsFromHash(settingsToHash(one)).settings, one, name);
  }
});

Deno.test("settingsFromHash() names what is unknown or out of range, and keeps the rest", () => {
  const { settings, problems } = settingsFromHash(
    "#width=8&width=0&depth=1.5&rate=&seed=NaN&wdith=3&start=middle&epochs=1e9",
  );
  assertEquals(settings, { ...DEFAULTS, width: 8 });
  assertEquals(problems.length, 7);
  assertStringIncludes(problems[0], '"width=0" is not a setting');
});

Deno.test("commandLine() is a command line that fit reads, with the page's settings in it", () => {
  const words = commandLine(
    { ...DEFAULTS, valid: 0.2, regulariser: "ridge", strength: 0.5 },
    { file: "linear.csv", target: "y" },
    "simd",
  )!.split(" ");
  assertEquals(words.slice(0, 3), ["deno", "task", "fit"]);
  const options = parseOptions(words.slice(3), fitOptions);
  const { data, target, valid, width, rate, start, seed, regularise, kernels } = options;
  assertEquals({ data, target, valid, width, rate, start, seed, regularise, kernels }, {
    ...{ data: "linear.csv", target: ["y"], valid: 0.2, width: DEFAULTS.width, rate: DEFAULTS.rate },
    ...{ start: "random", seed: 1, regularise: { x: 0.5, f: 0.5 }, kernels: "simd" },
  });
});

Deno.test("commandLine() quotes what a shell would read otherwise, and is null where no command trains the same", () => {
  assertStringIncludes(
    commandLine(DEFAULTS, { file: "my table.csv", target: "it's" }, "simd")!,
    `--data 'my table.csv' --target 'it'\\''s'`,
  );
  assertEquals(commandLine({ ...DEFAULTS, start: "saddle" }, { file: "a.csv", target: "y" }, "simd"), null);
  assertEquals(commandLine({ ...DEFAULTS, regulariser: "penalty" }, { file: "a.csv", target: "y" }, "simd"), null);
});

Deno.test("the six samples have different names, and links can hold them", () => {
  assertEquals(new Set(SAMPLES.map(({ id }) => id)).size, 6);
  for (const { id } of SAMPLES) assertEquals(settingsFromHash(`data=${id}`).settings.data, id);
});
