import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { encodeTable, parseTable } from "../../src/data/mod.ts";
import { softmax } from "../../src/loss/mod.ts";
import { encodeModel } from "../../src/model/mod.ts";
import { activation, chain, dense, network } from "../../src/nn/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { denoCommand } from "../support/deno_command.ts";
import { manyClasses } from "../support/many_classes.ts";
import { ENTRY, RUN, temporaryFolder } from "../support/program.ts";
import { interruptAfter, tell } from "./_interrupted_run.ts";

/** Moments after the start of the process [ms]: while it starts or reads, while it trains, while it settles. */
const MOMENTS = [500, 2000] as const;

/** A command has this long [ms] to keep what it has, and a busy machine may take a little more. */
const IN_TIME = 2500;

/** A runtime that is still starting is given longer, up to here [ms]. */
const LATEST = 20_000;

const POSIX = Deno.build.os !== "windows";

/** Interrupts a command at every moment; it may be over before the last ones only where its work is short. */
async function stopsInTime(args: (moment: number) => readonly string[], short: boolean, said: RegExp): Promise<void> {
  for (const moment of MOMENTS) {
    let found = await interruptAfter(args(moment), moment);
    // On a busy machine the runtime alone may take that long to start.
    for (let more = 2 * moment + 1; found.early && moment > MOMENTS[0] && more < LATEST; more *= 2) {
      found = await interruptAfter(args(more), more);
    }
    const { code, early, took, stderr } = found;
    const where = `after ${moment} ms: ${stderr}`;
    // A signal may reach a process whose work is done: it ends as one that nobody told.
    if (code === null || code === 0) assert(short && moment > MOMENTS[0], where);
    else if (early) assertEquals(moment, MOMENTS[0], where);
    else assertEquals(code, 3, where);
    assertLess(took, IN_TIME, where);
    if (stderr !== "") assertMatch(stderr, said, where);
  }
}

for (const [what, epochs] of [["trains", 5000], ["settles", 1]] as const) {
  Deno.test({
    name:
      `fit of sixty classes ends within two seconds of Ctrl-C, with exit code 3, while it starts and while it ${what}`,
    ignore: !POSIX,
    fn: async () => {
      await using folder = await temporaryFolder();
      const data = `${folder.path}/groups.csv`;
      await Deno.writeTextFile(data, manyClasses());
      const args = ["fit", "--data", data, "--target", "group", "--epochs", String(epochs), "--quiet"];
      // Before a piece was kept there is nothing to resume.
      const goOn = /^resland fit: interrupted(; resume it with --resume \S+run-\d+)?\n$/;
      await stopsInTime((moment) => [...args, "--out", `${folder.path}/run-${moment}`], epochs === 1, goOn);
    },
  });
}

Deno.test({
  name: "certify of sixty classes ends within two seconds of Ctrl-C, with exit code 3",
  ignore: !POSIX,
  fn: async () => {
    await using folder = await temporaryFolder();
    const [data, file] = [`${folder.path}/groups.csv`, `${folder.path}/model.safetensors`];
    await Deno.writeTextFile(data, manyClasses());
    const examples = encodeTable(parseTable(await Deno.readTextFile(data), { file: data }), {
      target: "group",
      targetKind: "classes",
    });
    const { x, outputs } = examples;
    const net = network(x.cols, chain(dense(x.cols, 32), activation("tanh")), { outputs });
    const params = normal(key(4), net.size).map((value) => value / 8);
    await Deno.writeFile(file, encodeModel({ ...examples, net, params, loss: softmax }));
    const said = /^resland certify: .*interrupted\n$/i;
    await stopsInTime(() => ["certify", "--model", file, "--data", data, "--quiet"], true, said);
  },
});

Deno.test({
  name: "every command that reads a table ends at SIGINT and SIGTERM with exit code 3 while it waits for one",
  ignore: !POSIX,
  fn: async () => {
    for (const [command, signal] of [["check", "SIGINT"], ["fit", "SIGTERM"], ["compare", "SIGINT"]] as const) {
      const child = denoCommand({
        args: [
          ...RUN,
          "--no-check",
          "--no-prompt",
          "--allow-read",
          "--allow-write",
          ENTRY,
          command,
          "--data",
          "-",
          "--target",
          "y",
        ],
        stdin: "piped",
        stdout: "null",
        stderr: "piped",
      }).spawn();
      const said = new Response(child.stderr).text();
      const input = child.stdin.getWriter();
      // More than the program reads at once and a pipe holds: when all of it is gone, it reads.
      await input.write(new TextEncoder().encode(`a,y\n${"1,2\n".repeat(200_000)}`));
      tell(child, signal);
      const { code } = await child.status;
      await input.close().catch(() => {});
      assertEquals([code, await said], [3, `resland ${command}: interrupted\n`]);
    }
  },
});
