import { assert, assertEquals } from "@std/assert";
import { denoCommand } from "../support/deno_command.ts";
import { temporaryFolder } from "../support/program.ts";
import { commandBlocks, firstMissing } from "./_pages.ts";

const ROOT = new URL("../../", import.meta.url);

/** What a checkout has that the program needs. */
const CHECKOUT = [
  "src",
  "tasks",
  "kernels",
  "data",
  "docs",
  "examples",
  "tests/data",
  "deno.json",
  "deno.lock",
  "README.md",
];

/** Pages whose commands are run in order, each page from a checkout of its own; how many commands and outputs they have at least. */
const PAGES: readonly (readonly [page: string, commands: number, outputs: number])[] = [
  ["README.md", 7, 3],
  ["docs/tutorial.md", 16, 10],
  ["docs/certificate.md", 2, 1],
  ["docs/pytorch.md", 2, 1],
  ["docs/any_model.md", 3, 3],
  ["docs/stuck_model.md", 3, 3],
  ["docs/custom_layers.md", 2, 1],
];

/** Commands that this test leaves out, and why. */
const LEFT_OUT: readonly (readonly [command: RegExp, why: string])[] = [
  [/ task (test|ok|test:browser)$/, "they run this test"],
  [/ task bench /, "minutes; compile_test.ts runs the quick one"],
  [/ task paper /, "a minute, or 20 s; tests/long runs the quick one"],
  [/^(awk|python3?|pip) /, "needs more than Deno; what the commands after it need is made by PREPARED"],
];

/** Files that commands left out would have made. */
const PREPARED: Readonly<Record<string, (checkout: URL) => Promise<void>>> = {
  "docs/tutorial.md": async (checkout) => {
    const rows = (await Deno.readTextFile(new URL("data/diabetes.csv", checkout))).trimEnd().split("\n");
    const blank = (row: string) => row.split(",").map((cell, at) => at === 2 ? "" : cell).join(",");
    const text = rows.map((row, at) => at > 0 && (at + 1) % 20 === 0 ? blank(row) : row).join("\n");
    await Deno.mkdir(new URL("runs", checkout), { recursive: true });
    await Deno.writeTextFile(new URL("runs/missing.csv", checkout), `${text}\n`);
  },
};

/** Copies a file or a folder, the built kernels only where they are wanted. */
async function copy(from: URL, to: URL, built: boolean): Promise<void> {
  if (!built && from.pathname.includes("/src/kernels/generated")) return;
  const { isDirectory } = await Deno.stat(from);
  if (!isDirectory) return await Deno.copyFile(from, to);
  await Deno.mkdir(to, { recursive: true });
  for await (const { name } of Deno.readDir(from)) {
    await copy(new URL(`${from.href}/${name}`), new URL(`${to.href}/${name}`), built);
  }
}

/** The pictures of a page that its commands have drawn again in the folder `runs`, under the same name, and that are not alike. */
async function picturesApart(page: string, checkout: URL): Promise<readonly string[]> {
  const text = await Deno.readTextFile(new URL(page, ROOT));
  const apart: string[] = [];
  for (const [, path] of text.matchAll(/!\[[^\]]*\]\((pictures\/[^)]+\.svg)\)/g)) {
    const [shown, made] = [
      await Deno.readTextFile(new URL(path, new URL(page, ROOT))),
      await Deno.readTextFile(new URL(path.replace("pictures/", "runs/"), checkout)),
    ].map((svg) => svg.split("\n").filter((line) => line.trim() !== ""));
    if (shown.length !== made.length || firstMissing(shown, made.join("\n")) !== null) apart.push(path);
  }
  return apart;
}

for (const [page, commands, outputs] of PAGES) {
  Deno.test(`a user who follows ${page} from a clean checkout sees what it shows`, async () => {
    await using folder = await temporaryFolder();
    const here = new URL(`file://${folder.path}/`);
    for (const path of CHECKOUT) {
      await Deno.mkdir(new URL(".", new URL(path, here)), { recursive: true });
      // The first build is README's; the other pages are of one who has read it.
      await copy(new URL(path, ROOT), new URL(path, here), page !== "README.md");
    }
    await PREPARED[page]?.(here);
    let [ran, compared] = [0, 0];
    for (const block of commandBlocks(await Deno.readTextFile(new URL(page, ROOT)))) {
      for (const [index, { words, expected }] of block.commands.entries()) {
        const line = words.join(" ");
        if (LEFT_OUT.some(([left]) => left.test(line))) continue;
        const [program, ...args] = words;
        assertEquals(program, "deno", `a new user has no ${program}`);
        const found = await denoCommand({ args, cwd: here }).output();
        const [said, complaint] = [found.stdout, found.stderr].map((bytes) => new TextDecoder().decode(bytes));
        assertEquals(found.code, expected, `${line}: ${complaint}`);
        ran++;
        if (index > 0 || block.shown === null) continue;
        assertEquals(firstMissing(block.shown, `${said}\n${complaint}`), null, `${line} says\n${said}${complaint}`);
        compared++;
      }
    }
    assert(ran >= commands && compared >= outputs, `${ran} commands, ${compared} outputs`);
    assertEquals(await picturesApart(page, here), [], "pictures that the commands now draw otherwise");
  });
}

Deno.test("code that docs/custom_layers.md shows without running it stands in the example", async () => {
  const page = await Deno.readTextFile(new URL("docs/custom_layers.md", ROOT));
  const example = await Deno.readTextFile(new URL("examples/custom_block.ts", ROOT));
  const lines = (text: string) => text.split("\n").map((line) => line.trim()).filter((line) => line !== "").join("\n");
  const shown = Array.from(page.matchAll(/^```ts ignore\n([^]*?)^```/gm), ([, code]) => lines(code));
  assertEquals(shown.length, 4);
  assertEquals(shown.filter((code) => !lines(example).includes(code)), []);
});

Deno.test("commandBlocks() reads commands without their comments, an exit code that they name, and what is shown after them", () => {
  const text = [
    "```sh",
    "npx -y deno@2.9.6 task check     # first",
    "deno task certify --model a.b   # exit code 1: why",
    "```",
    "",
    "```text",
    "F = 1",
    "```",
    "",
    "words",
    "",
    "```sh",
    "deno task ok",
    "```",
    "more words",
    "```text",
    "of something else",
    "```",
  ].join("\n");
  assertEquals(commandBlocks(text), [
    {
      commands: [
        { words: ["deno", "task", "check"], expected: 0 },
        { words: ["deno", "task", "certify", "--model", "a.b"], expected: 1 },
      ],
      shown: ["F = 1"],
    },
    { commands: [{ words: ["deno", "task", "ok"], expected: 0 }], shown: null },
  ]);
});

Deno.test("firstMissing() lets last digits and noise differ, and nothing else", () => {
  const said = "rows: 442\nF = 0.241126, gradient 3.1e-14\nend";
  assertEquals(firstMissing(["rows: 442", "F = 0.2411, gradient 9.9e-13"], said), null);
  assertEquals(firstMissing(["F = 0.26, gradient 3.1e-14"], said), "F = 0.26, gradient 3.1e-14");
  assertEquals(firstMissing(["F = 0.2411, gradient 0.1"], said), "F = 0.2411, gradient 0.1");
  assertEquals(firstMissing(["end", "rows: 442"], said), "rows: 442");
  assertEquals(firstMissing(["ends"], said), "ends");
});
