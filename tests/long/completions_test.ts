import { assert, assertEquals } from "@std/assert";
import { runHere, temporaryFolder } from "../support/program.ts";

/** What a shell says of itself, or completes; null where it is not installed. */
async function answerOf(shell: string, args: readonly string[], cwd?: string): Promise<string | null> {
  try {
    const { stdout, stderr } = await new Deno.Command(shell, {
      args: [...args],
      cwd,
      env: { HOME: cwd ?? "", TERM: "dumb" },
      stdin: "null",
      signal: AbortSignal.timeout(20_000),
    }).output();
    assertEquals(new TextDecoder().decode(stderr), "");
    return new TextDecoder().decode(stdout);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** How a shell is asked to complete a command line: what stands in a folder as `resland` is its script, and `deno` completes to `other` without it. */
interface Asked {
  readonly shell: "bash" | "zsh" | "fish";
  readonly ask: (folder: string, words: readonly string[]) => Promise<string | null>;
}

const bash: Asked = {
  shell: "bash",
  ask: (folder, words) => {
    const quoted = words.map((word) => `'${word}'`).join(" ");
    // Sourced twice, as a shell that is started in another does.
    const script = `_other() { COMPREPLY=(other); }; complete -F _other deno
. ./resland; . ./resland
COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; COMPREPLY=()
$(complete -p ${words[0]} | sed -n 's/.* -F \\([^ ]*\\) .*/\\1/p')
printf '%s\\n' "\${COMPREPLY[@]}"`;
    return answerOf("bash", ["--norc", "-c", script], folder);
  },
};

/** A shell at a terminal of its own; what it would add to the line goes to a file. */
const ZSH = `zmodload zsh/zpty
zpty asked zsh -f -i
zpty -w asked "PS1=; PS2=; autoload -Uz compinit; compinit -D -u; _deno() { compadd other; }; source ./resland
compadd() {
  if [[ \\\${@[1,(i)(-|--)]} == *-(O|A|D)* ]]; then builtin compadd \\"\\$@\\"; return; fi
  local -a hits; builtin compadd -A hits \\"\\$@\\"; print -rl -- \\$hits >> ./hits
  builtin compadd \\"\\$@\\"
}
leave() { exit }; comppostfuncs=(leave)
bindkey '^I' complete-word; print READY"
while zpty -r asked line; do [[ $line == *READY* && $line != *print* ]] && break; done
zpty -w -n asked "$1"$'\\t'
while zpty -r asked line; do :; done
`;

const zsh: Asked = {
  shell: "zsh",
  ask: async (folder, words) => {
    await Deno.writeTextFile(`${folder}/hits`, "");
    await answerOf("zsh", ["-f", "-c", ZSH, "zsh", words.join(" ")], folder);
    return await Deno.readTextFile(`${folder}/hits`);
  },
};

const fish: Asked = {
  shell: "fish",
  ask: (folder, words) => {
    const before = "complete -c deno -n __fish_use_subcommand -a other";
    return answerOf("fish", ["-N", "-c", `${before}; source ./resland; complete -C '${words.join(" ")}'`], folder);
  },
};

for (const { shell, ask } of [bash, zsh, fish]) {
  const isThere = await answerOf(shell, ["-c", "true"]) !== null;
  Deno.test({
    name: `completions work in ${shell} after resland and after deno task, and leave the rest of deno as it was${
      isThere ? "" : ` (${shell} is not installed)`
    }`,
    ignore: !isThere,
    fn: async () => {
      await using folder = await temporaryFolder();
      const { stdout } = await runHere(["completions", shell]);
      await Deno.writeTextFile(`${folder.path}/resland`, stdout);
      await Deno.writeTextFile(`${folder.path}/table.csv`, "");
      const reply = async (...words: readonly string[]) =>
        (await ask(folder.path, words))!.trim().split("\n").map((line) => line.split("\t")[0]).toSorted();
      assertEquals(await reply("resland", "certi"), ["certify"]);
      assertEquals(await reply("deno", "task", "certi"), ["certify"]);
      assertEquals(await reply("deno", "task", "fit", "--dtype", "f"), ["f32", "f64"]);
      assertEquals(await reply("resland", "fit", "--data", "tab"), ["table.csv"]);
      const options = await reply("deno", "task", "fit", "--ep");
      assert(["--epochs", "--epsilon"].every((option) => options.includes(option)), options.join());
      assertEquals(await reply("deno", "ot"), ["other"]);
    },
  });
}
