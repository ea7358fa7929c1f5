import { assert, assertStringIncludes } from "@std/assert";
import { choice, type CompletedCommand, completionScript, flag, SHELLS, text } from "../../src/cli/mod.ts";

const commands: readonly CompletedCommand[] = [
  {
    name: "fit",
    short: "Train one model, it's quick",
    options: {
      data: text("FILE", "A table: the [first]"),
      dtype: choice(["f64", "f32"], "f64", "Precision"),
      json: flag("As JSON"),
    },
  },
  { name: "check", short: "Check", options: { seeds: text("N", "How many") } },
];

for (const shell of SHELLS) {
  Deno.test(`completionScript() for ${shell} has every command and every option, also the common ones`, () => {
    const script = completionScript(shell, "resland", commands);
    const dashed = (option: string) => shell === "fish" ? `-l ${option}` : `--${option}`;
    for (const word of ["fit", "check", "help", ...["data", "dtype", "json", "seeds", "config"].map(dashed)]) {
      assertStringIncludes(script, word);
    }
    assert(script.endsWith("\n"));
  });
}

Deno.test("completionScript() completes choices by their words and files by their names", () => {
  const [bash, zsh, fish] = SHELLS.map((shell) => completionScript(shell, "resland", commands));
  assertStringIncludes(bash, '"fit --dtype") COMPREPLY=($(compgen -W "f64 f32" -- "$word"))');
  assertStringIncludes(bash, '"fit --data") COMPREPLY=($(compgen -f -- "$word"))');
  assertStringIncludes(zsh, ":f64|f32:(f64 f32)'");
  assertStringIncludes(zsh, ":FILE:_files'");
  assertStringIncludes(fish, "-l dtype -xa 'f64 f32'");
  assertStringIncludes(fish, "-l data -rF");
});

Deno.test("completionScript() keeps quotes and brackets of the help from ending what they stand in", () => {
  const [, zsh, fish] = SHELLS.map((shell) => completionScript(shell, "resland", commands));
  assertStringIncludes(zsh, "'fit:Train one model, it'\\''s quick'");
  assertStringIncludes(zsh, "'--data[A table  the  first ]:FILE:_files'");
  assertStringIncludes(fish, "-d 'Train one model, it\\'s quick'");
});
