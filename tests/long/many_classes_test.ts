import { assert, assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { denoCommand } from "../support/deno_command.ts";
import { manyClasses } from "../support/many_classes.ts";
import { ENTRY, namesIn, RUN, temporaryFolder } from "../support/program.ts";
import { residentSize } from "../support/resident_size.ts";

/** Megabytes that a command may take; 106 to 155 were seen. */
const MOST = 300;

/** A command line as a process of its own, and the most memory [MB] that it was seen to have. */
async function measured(args: readonly string[]) {
  const child = denoCommand({
    args: [...RUN, "--no-check", "--no-prompt", "--allow-read", "--allow-write", ENTRY, ...args, "--quiet"],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let [over, peak] = [false, 0];
  const output = child.output().finally(() => over = true);
  while (!over) {
    peak = Math.max(peak, await residentSize(child.pid) ?? 0);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { code, stdout, stderr } = await output;
  const [said, complaint] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, peak, said, complaint };
}

Deno.test({
  name:
    "sixty classes go through fit, predict and certify in bounded memory, and check says before its work that they do not go through it",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using folder = await temporaryFolder();
    const [table, run] = [`${folder.path}/groups.csv`, `${folder.path}/run`];
    await Deno.writeTextFile(table, manyClasses());
    const data = ["--data", table];
    const model = ["--model", `${run}/model.safetensors`, ...data];
    const target = [...data, "--target", "group"];
    const fit = await measured([
      ...["fit", ...target, "--epochs", "3", "--width", "16", "--regularise", "none", "--out", run],
    ]);
    assertEquals(fit.code, 0, fit.complaint);
    const verdict = JSON.parse(await Deno.readTextFile(`${run}/verdict.json`));
    assertEquals(verdict.problem.classes.length, 60);
    const { network } = verdict.metrics.training;
    assert(network.loss < 1 && network.accuracy > 0.7, JSON.stringify(network));
    const predicted = await measured(["predict", ...model]);
    assertEquals([predicted.code, predicted.said.trim().split("\n").length], [0, 2001], predicted.complaint);
    const certified = await measured(["certify", ...model]);
    assertEquals(certified.code, 0, certified.complaint);
    const checked = await measured(["check", ...target, "--out", `${folder.path}/check`]);
    assertEquals([checked.code, namesIn(folder.path)], [2, ["groups.csv", "run"]]);
    assertStringIncludes(checked.complaint, "three classes or more, but check has one output; use fit and certify");
    console.log([fit, predicted, certified, checked].map(({ peak }) => `${Math.round(peak)} MB`).join(", "));
    for (const { peak } of [fit, predicted, certified, checked]) assertLess(peak, MOST);
  },
});
