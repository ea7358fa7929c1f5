import { assert, assertEquals } from "@std/assert";
import { COMMANDS } from "../../tasks/commands/catalogue.ts";

const ROOT = new URL("../../", import.meta.url);

/** Phrases that the field does not use, and what it says instead. */
const AVOIDED: readonly (readonly [phrase: RegExp, instead: string])[] = [
  [/training can (stop|go on)|where training stops/i, "training has converged, or can still lower the loss"],
  [/\bstuck (above|at|below|in)\b|\bis(n't| not)? stuck\b/i, "not converged, or second-order stationary"],
  [/column of texts/i, "categorical columns are one-hot encoded"],
  [/\bblank (cell|target|class|feature|value)s?\b|\bblanks\b/i, "missing values"],
  [/left the finite numbers|leaves the finite numbers/i, "diverged"],
  [/nothing to install|what is what|what a run leaves|beside what people use/i, "install, output files, comparison"],
  [/\btold in (one|a) sentence/i, "reported as an error with file, line and column"],
  [/half a cosine|takes it to 0/i, "cosine schedule"],
  [/longest gradient/i, "gradient clipping"],
  [/how tight (it|the statement) became/i, "the bound is attained to a factor"],
  [/\b(a|the) way down (from|to linear)\b|\bwith a way down\b/i, "descent direction"],
  [/\bthe (\d+ )?rows held out\b/i, "held-out rows"],
  [/\bat second hand\b|\bread of the source\b/i, "plain words"],
  [/\bstranger\b|\bwhoever\b|\bone's own\b|\bin vain\b|\bfor ever\b/i, "plain words"],
];

/** Files with text that people read. */
function* readable(folder = ""): Generator<string> {
  for (const { name, isDirectory, isFile } of Deno.readDirSync(new URL(folder === "" ? "./" : folder, ROOT))) {
    const path = `${folder}${name}`;
    if (isDirectory && !/^(\.|runs$|dist$|node_modules$|generated$)/.test(name)) yield* readable(`${path}/`);
    if (isFile && /\.(ts|md|ipynb)$/.test(name) && !/^(CHANGELOG\.md|tests\/docs\/words_test\.ts)$/.test(path)) {
      yield path;
    }
  }
}

/** The avoided phrases of a text, each with what to say instead. */
function avoided(text: string): readonly string[] {
  return AVOIDED.flatMap(([phrase, instead]) => {
    const found = text.match(phrase);
    return found === null ? [] : [`"${found[0].trim()}": say ${instead}`];
  });
}

/** The command-line flags in the strings of a source file. */
function flagsInStrings(source: string): readonly string[] {
  const code = source.replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, "");
  return Array.from(code.matchAll(/(?<=["`][^"`\n]*)(?<![\w<!-])--[a-z][a-z-]+/g), ([flag]) => flag);
}

Deno.test("pages, help, comments and test names use the words of the field", () => {
  const paths = [...readable()];
  assert(paths.length > 400, `${paths.length} files`);
  const found = paths.flatMap((path) => {
    const problems = avoided(Deno.readTextFileSync(new URL(path, ROOT)));
    return problems.map((problem) => `${path}: ${problem}`);
  });
  assertEquals(found, []);
});

Deno.test("no message of the library names a command-line flag", () => {
  const sources = [...readable("src/")].filter((path) => !path.startsWith("src/cli/"));
  assert(sources.length > 200, `${sources.length} files`);
  const found = sources.flatMap((path) =>
    flagsInStrings(Deno.readTextFileSync(new URL(path, ROOT))).map((flag) => `${path}: ${flag}`)
  );
  assertEquals(found, []);
});

Deno.test("every option of every command has help that begins with a capital and has no full stop", async () => {
  const commands = await Promise.all(COMMANDS.map(({ load }) => load()));
  const lines = commands.flatMap(({ about }) =>
    Object.entries(about.options).map(([name, { help }]) => ({ name: `${about.name} --${name}`, help }))
  );
  assert(lines.length > 100);
  assertEquals(lines.filter(({ help }) => !/^[A-Z`].*[^.]$/.test(help)).map(({ name }) => name), []);
});

Deno.test("avoided() and flagsInStrings() find what they are for, and nothing else", () => {
  assertEquals(avoided("SGD left the finite numbers.").length, 1);
  assertEquals(avoided("The run diverged, and missing values are filled in."), []);
  assertEquals(flagsInStrings('throw new Error("leave it out with --drop a"); \n'), ["--drop"]);
  assertEquals(flagsInStrings('/** As in `fit --json`. */\nconst a = "<!-- b -->";\ni--;'), []);
});
