import { assert, assertEquals, assertMatch, assertNotEquals, assertStringIncludes } from "@std/assert";
import { openPieces, pieceText } from "../../tasks/io/pieces.ts";
import { namesIn, namesOrNone, runHere, runUntil, temporaryFolder } from "../support/program.ts";

const PERMISSIONS = ["--no-check", "--allow-read", "--allow-write"] as const;

/** The files of a folder, without what times say. */
async function filesOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const names = namesIn(folder).filter((name) => name !== "config.json");
  const texts = names.map(async (name) => {
    const text = new TextDecoder("latin1").decode(await Deno.readFile(`${folder}/${name}`));
    return [name, text.replaceAll(/"(seconds|model)": .*/g, "").replaceAll(/[\d.]+ s\b/g, "")];
  });
  return Object.fromEntries(await Promise.all(texts));
}

/** How a run is started again. */
type Resume = (out: string, args: readonly string[]) => readonly string[];

const SAME: Resume = (out, args) => [...args, "--out", out];

/** Kills a command once its folder has a piece, resumes it, and compares what it wrote with an unbroken run. */
async function killedAndResumed(
  args: readonly string[],
  folder: string,
  spoil: (pieces: string) => Promise<void>,
  again: Resume = SAME,
) {
  const [whole, broken] = [`${folder}/whole`, `${folder}/broken`];
  assertEquals((await runHere([...args, "--out", whole])).code, 0);
  assert(!namesIn(whole).includes("pieces"));
  const pieces = `${broken}/pieces`;
  await runUntil([...args, "--out", broken], PERMISSIONS, () => namesOrNone(pieces).some((name) => !/tmp/.test(name)));
  assert(namesOrNone(pieces).length > 0, "it was killed before its end");
  // What a killed program was writing is nothing.
  await Deno.writeTextFile(`${broken}/verdict.json.0123abcd.tmp`, "{");
  await spoil(pieces);
  const resumed = await runHere(again(broken, args));
  assertEquals(resumed.code, 0, resumed.stderr);
  if (again === SAME) {
    assertMatch(
      resumed.stderr,
      new RegExp(`^resland ${args[0]}: \\d+ of \\d+ [a-z ]+ are those of \\S+, not \\w+ again\\n$`),
    );
  }
  assertEquals(await filesOf(broken), await filesOf(whole));
  assertEquals((await runHere([...args, "--out", broken])).code, 2, "a finished run is not written over");
}

Deno.test("check, killed and started again, keeps its finished runs, ends with the bits of an unbroken one, and refuses forged runs", async () => {
  await using folder = await temporaryFolder();
  const args = ["check", "--seeds", "2", "--epochs", "20", "--width", "8", "--quiet"];
  await killedAndResumed(args, folder.path, async (pieces) => {
    const name = namesIn(pieces).find((one) => one.endsWith(".json"))!;
    const text = await Deno.readTextFile(`${pieces}/${name}`);
    const out = pieces.replace(/\/pieces$/, "");
    const { mark, piece } = JSON.parse(text);
    const forged = [
      ["null", ""],
      [JSON.stringify({ mark: "other", piece }), ""],
      [JSON.stringify({ mark, piece: { ...piece, seed: 77 } }), "seed"],
      [text.replace('"holds":true', '"holds":false'), "does not follow from its numbers"],
      [
        JSON.stringify({
          mark,
          piece: { ...piece, points: [...piece.points, { ...piece.points.at(-1), value: 1e-9 }] },
        }),
        "and that of its parameters",
      ],
    ] as const;
    for (const [content, why] of forged) {
      assertNotEquals(content, text);
      await Deno.writeTextFile(`${pieces}/${name}`, content);
      const { code, stderr } = await runHere([...args, "--out", out]);
      assertEquals(code, 2, stderr);
      assertStringIncludes(stderr, "the file is not a finished piece of this run");
      assertStringIncludes(stderr, why);
    }
    await Deno.writeTextFile(`${pieces}/${name}`, text);
    const other = await runHere([...args, "--rate", "0.5", "--out", out]);
    assertEquals([other.code, /other options/.test(other.stderr)], [2, true]);
  });
});

Deno.test("fit with folds, killed and resumed, keeps the folds of its choice and of --cv, and ends with the bits of an unbroken one", async () => {
  await using folder = await temporaryFolder();
  const rows = (await Deno.readTextFile("data/diabetes.csv")).split("\n").slice(0, 61).join("\n");
  const data = `${folder.path}/some.csv`;
  await Deno.writeTextFile(data, rows);
  const args = ["fit", "--data", data, "--target", "progression", "--epochs", "4", "--width", "3", "--quiet"];
  const resume: Resume = (out) => ["fit", "--resume", out, "--quiet"];
  for (const [at, more] of [["--cv", "3", "--regularise", "none"], []].entries()) {
    const inside = `${folder.path}/${at}`;
    await Deno.mkdir(inside);
    await killedAndResumed([...args, ...more], inside, async (pieces) => {
      const name = namesIn(pieces).find((one) => one.endsWith(".json"))!;
      assertMatch(name, at === 0 ? /^fold-/ : /^ridge-/);
      const text = await Deno.readTextFile(`${pieces}/${name}`);
      await Deno.writeTextFile(
        `${pieces}/${name}`,
        text.replace(/"base64":"\w{8}/, '"base64":"').replace('{"linear', '{"l'),
      );
      const { code, stderr } = await runHere(resume(pieces.replace(/\/pieces$/, ""), args));
      assertEquals([code, /not a finished piece of this run/.test(stderr)], [2, true], stderr);
      await Deno.writeTextFile(`${pieces}/${name}`, text);
    }, resume);
  }
});

Deno.test("pieces come back to the bit: NaN, infinities, -0 and typed arrays; deep or unknown ones are refused", async () => {
  await using folder = await temporaryFolder();
  const rule = { schema: () => ({}) };
  const piece = {
    list: [NaN, Infinity, -Infinity, -0, 0.1 + 0.2, 5e-324],
    params: Float64Array.of(-0, NaN, 1 / 3),
    nothing: null,
    text: "\u202e",
  };
  const first = await openPieces(folder.path, "m", ["a"], rule);
  assertEquals(first.names.size, 0);
  await first.save("a", piece);
  await Deno.writeTextFile(`${folder.path}/pieces/other.json`, "not ours");
  const { names, read, clear } = await openPieces<typeof piece>(folder.path, "m", ["a"], rule);
  assertEquals([...names], ["a"]);
  const back = await read("a");
  assert(back.list.every((value, at) => Object.is(value, piece.list[at])));
  assert(back.params.every((value, at) => Object.is(value, piece.params[at])));
  assertEquals(pieceText("m", back), pieceText("m", piece));
  for (const text of ['{"mark":"m","piece":{"$special":"x"}}', "[".repeat(5000), '{"mark":"n","piece":1}', ""]) {
    await Deno.writeTextFile(`${folder.path}/pieces/a.json`, text);
    const error = await openPieces(folder.path, "m", ["a"], rule).then(() => null, (reason) => reason as Error);
    assertStringIncludes(error!.message, "not a finished piece of this run");
  }
  await clear();
  assertEquals(namesIn(folder.path), []);
});
