import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { codeCells, moduleOf, type Notebook, notebookText } from "../../examples/notebook.ts";
import { denoCommand } from "../support/deno_command.ts";
import { RUN, temporaryFolder } from "../support/program.ts";

const EXAMPLES = new URL("../../examples/", import.meta.url);
const TEXT = await Deno.readTextFile(new URL("tour.ipynb", EXAMPLES));
const TOUR: Notebook = JSON.parse(TEXT);

/** Runs Deno with the arguments in a folder, the text on its standard input. */
async function deno(args: readonly string[], options: { readonly cwd?: URL; readonly stdin?: string } = {}) {
  const { cwd, stdin = "" } = options;
  const child = denoCommand({
    args: [...args],
    cwd,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  await new Blob([stdin]).stream().pipeTo(child.stdin);
  const { code, stdout, stderr } = await child.output();
  const [said, complained] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).trim());
  return { code, stdout: said, stderr: complained };
}

/** Runs the script on a file, as its documentation says. */
const runScript = (...args: readonly string[]) =>
  deno([
    ...RUN,
    "--no-prompt",
    "--allow-read",
    "--allow-write",
    new URL("run_notebook.ts", EXAMPLES).pathname,
    ...args,
  ]);

/** A small notebook that has not run. */
function notebookOf(sources: Readonly<Record<string, string>>): Notebook {
  const cells = Object.entries(sources).map(([id, source]) =>
    ({ "cell_type": "code", "execution_count": null, id, metadata: {}, outputs: [], source: [source] }) as const
  );
  return { cells, metadata: {}, nbformat: 4, "nbformat_minor": 5 };
}

const SMALL = notebookOf({
  first: 'import { key } from "@resland/resland/random";\nconst lanes: number = key(1).lanes.length;',
  second:
    'const show = (text: string) => ({ [Symbol.for("Jupyter.display")]: () => ({ "text/plain": text }) });\nshow(`a\\n${lanes}`) // shown',
});

Deno.test("tour.ipynb runs from the first cell to the last, and shows to the letter what the file holds", async () => {
  assertEquals(await runScript(), {
    code: 0,
    stdout: "tour.ipynb: every cell ran, and its outputs are as stored",
    stderr: "",
  });
});

Deno.test("tour.ipynb type-checks", async () => {
  const { code, stderr } = await deno([...RUN, "--check", "--no-prompt", "-"], {
    cwd: EXAMPLES,
    stdin: moduleOf(TOUR),
  });
  assertEquals(code, 0, stderr);
});

Deno.test("tour.ipynb is nbformat 4.5 for Deno's kernel: named cells, text before code, every code cell after the first shows something", () => {
  assertEquals(notebookText(TOUR), TEXT);
  assertEquals([TOUR.nbformat, TOUR.nbformat_minor], [4, 5]);
  assertEquals(TOUR.metadata.kernelspec, { "display_name": "Deno", language: "typescript", name: "deno" });
  const ids = TOUR.cells.map(({ id }) => id);
  assertEquals(new Set(ids).size, ids.length);
  for (const id of ids) assertMatch(id, /^[a-z]+(-[a-z]+)*$/);
  TOUR.cells.forEach(({ cell_type: type }, at) => assertEquals(type, at % 2 === 0 ? "markdown" : "code"));
  assert(codeCells(TOUR).slice(1).every(({ outputs }) => outputs.length === 1));
});

Deno.test("tour.ipynb holds no path of a machine and nothing from elsewhere", () => {
  assert(!/file:|\/(home|root|Users|tmp|work)\/|[A-Z]:\\/.test(TEXT));
  assert(!/https?:\/\/(?!www\.w3\.org\/)/.test(TEXT));
});

Deno.test("run_notebook.ts stores outputs that it then finds as stored, and names the cell whose output was changed", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/small.ipynb`;
  await Deno.writeTextFile(file, notebookText(SMALL));
  const fresh = await runScript(file);
  assertEquals(fresh.code, 1);
  assertStringIncludes(fresh.stderr, 'Cell "second" shows other than the file holds');
  assertEquals((await runScript("--write", file)).code, 0);
  assertEquals((await runScript(file)).code, 0);
  const stored: Notebook = JSON.parse(await Deno.readTextFile(file));
  assertEquals(codeCells(stored).map(({ outputs }) => outputs.map(({ data }) => data)), [[], [{
    "text/plain": ["a\n", "4"],
  }]]);
  await Deno.writeTextFile(file, notebookText(stored).replace('"4"', '"5"'));
  const changed = await runScript(file);
  assertEquals(changed.code, 1);
  assertMatch(changed.stderr, /^Cell "second" shows other than the file holds: .*"4".* in place of .*"5".*$/);
});

Deno.test("run_notebook.ts names the cell that throws, is not TypeScript, or shows what has no rich display", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/small.ipynb`;
  const cases = [
    ["throw new RangeError('too far');", "RangeError: too far"],
    ["const = 1", "SyntaxError: Unexpected token"],
    ["lanes + 1", 'TypeError: the last expression has no method Symbol.for("Jupyter.display")'],
  ] as const;
  for (const [source, sentence] of cases) {
    const notebook = { ...SMALL, cells: [...SMALL.cells, ...notebookOf({ wrong: source }).cells] };
    await Deno.writeTextFile(file, notebookText(notebook));
    const { code, stderr } = await runScript("--write", file);
    assertEquals(code, 1);
    assertStringIncludes(stderr, `Cell "wrong" failed: ${sentence}`);
    assertEquals(await Deno.readTextFile(file), notebookText(notebook));
  }
});
