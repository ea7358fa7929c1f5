import { assert, assertEquals } from "@std/assert";
import { runHere, temporaryFolder } from "../support/program.ts";

const hasBash = await new Deno.Command("bash", { args: ["-c", "true"], stdout: "null" }).output().then(
  ({ success }) => success,
  () => false,
);

Deno.test({
  name: "completions work in bash after resland and after deno task, and leave the rest of deno as it was",
  ignore: !hasBash,
  fn: async () => {
    await using folder = await temporaryFolder();
    const { stdout } = await runHere(["completions", "bash"]);
    await Deno.writeTextFile(`${folder.path}/resland`, stdout);
    const reply = async (name: string, words: readonly string[]) => {
      const quoted = words.map((word) => `'${word}'`).join(" ");
      const script = `_other() { COMPREPLY=(other); }; complete -F _other deno
. ${folder.path}/resland; . ${folder.path}/resland
COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; COMPREPLY=()
$(complete -p ${name} | sed -n 's/.* -F \\([^ ]*\\) .*/\\1/p')
printf '%s\\n' "\${COMPREPLY[@]}"`;
      const { stdout, stderr } = await new Deno.Command("bash", { args: ["--norc", "-c", script] }).output();
      assertEquals(new TextDecoder().decode(stderr), "");
      return new TextDecoder().decode(stdout).trim().split("\n");
    };
    assertEquals(await reply("resland", ["resland", "certi"]), ["certify"]);
    assertEquals(await reply("deno", ["deno", "task", "certi"]), ["certify"]);
    assertEquals(await reply("deno", ["deno", "task", "fit", "--dtype", "f"]), ["f64", "f32"]);
    assert((await reply("deno", ["deno", "task", "fit", "--ep"])).includes("--epochs"));
    assertEquals(await reply("deno", ["deno", "ta"]), ["other"]);
  },
});
