import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  FIT_SCHEMA,
  type Html,
  htmlPage,
  htmlTable,
  markup,
  schemaProblem,
  VERDICT_SCHEMA,
} from "../../src/report/mod.ts";
import { runHere, temporaryFolder } from "../support/program.ts";
import { HOSTILE_PICTURES, HOSTILE_TEXTS, leavesOf, withAt } from "../support/hostile.ts";

/** What the pages are made of, and nothing else: no tag of a hostile text. */
const KNOWN = new Set(
  ("!doctype html head meta title style body h1 h2 p div table thead tbody tr th td figure figcaption svg path text circle g desc i ul li code a " +
    "line rect img defs clippath").split(" "),
);

/** The tags of a page, and the names of their attributes. */
function partsOf(page: string): ReadonlySet<string> {
  const plain = page.replace(/<style>[^]*?<\/style>/, "<style></style>");
  const tags = plain.match(/<\/?([a-zA-Z!][^\s>/]*)[^>]*>/g) ?? [];
  return new Set(tags.flatMap((tag) => [
    tag.match(/^<\/?([^\s>/]+)/)![1].toLowerCase(),
    ...Array.from(tag.matchAll(/\s([\w:-]+)=/g), ([, name]) => `@${name}`).filter((name) =>
      /^@(on|href|src|style)/.test(name)
    ),
  ]));
}

Deno.test("markup`` escapes whatever is put in, and refuses what is no text; no file can hold markup", () => {
  for (const text of HOSTILE_TEXTS) {
    assertEquals(String(markup`<p>${text}</p>`).replace(/&\w+;|&#\d+;/g, "").match(/[<>"']/g)?.join(""), "<><>", text);
  }
  const forged = JSON.parse('{"text":"<script>","toString":"x"}') as Html;
  for (const wrong of [forged, null, undefined, true, { __proto__: markup`a`.constructor.prototype }]) {
    assertThrows(() => markup`<p>${wrong as unknown as string}</p>`, TypeError);
  }
  assertThrows(() => htmlTable(["a"], [["b"]], new Set(), ["javascript:alert(1)"]), TypeError, "Cannot link");
  assertThrows(() => htmlTable(["a"], [["b"]], new Set(), ["../b.html"]), TypeError, "Cannot link");
  assertStringIncludes(
    htmlPage("a", markup``),
    `http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;;`,
  );
});

Deno.test("report shows a verdict with a hostile text in any field as text, or refuses it with the field's name", async () => {
  await using folder = await temporaryFolder();
  const at = (name: string) => `${folder.path}/${name}`;
  const few = ["--quiet", "--epochs", "2"];
  assertEquals((await runHere(["fit", "--valid", "0.25", ...few, "--out", at("fit")])).code, 0);
  assertEquals((await runHere(["check", "--seeds", "1", "--starts", "zero", ...few, "--out", at("check")])).code, 0);
  for (const [run, schema] of [["fit", FIT_SCHEMA], ["check", VERDICT_SCHEMA]] as const) {
    const file = `${at(run)}/verdict.json`;
    // The picture of a check has nothing of the verdict, and takes much of the work of a page.
    if (run === "check") await Deno.remove(`${at(run)}/landscape.svg`);
    const verdict = JSON.parse(await Deno.readTextFile(file));
    const page = async () => {
      const found = await runHere(["report", "--run", at(run), "--out", at("page.html"), "--quiet"]);
      const html = found.code === 0 ? await Deno.readTextFile(at("page.html")) : null;
      if (html !== null) await Deno.remove(at("page.html"));
      return { ...found, html };
    };
    const usual = partsOf((await page()).html!);
    let [shown, refused] = [0, 0];
    for (const [index, path] of leavesOf(verdict).entries()) {
      const text = HOSTILE_TEXTS[index % HOSTILE_TEXTS.length];
      const hostile = withAt(verdict, path, text);
      const problem = schemaProblem(schema, hostile);
      if (problem !== null) {
        refused++;
        assertStringIncludes(problem, String(path[0]), `${path}`);
        // The command refuses whatever does not fit: a few of the fields show that.
        if (refused % 10 !== 1) continue;
      }
      await Deno.writeTextFile(file, JSON.stringify(hostile));
      const { code, html, stderr } = await page();
      assertEquals(html === null, problem !== null, `${path}: ${stderr}`);
      if (html === null) {
        assertEquals(code, 2, `${path}: ${stderr}`);
        assert(stderr.split("\n").length === 2 && stderr.includes("verdict.json: the "), stderr);
        continue;
      }
      shown++;
      for (const part of partsOf(html)) {
        assert(usual.has(part) && (part[0] === "@" || KNOWN.has(part)), `${path}: ${part}`);
      }
    }
    assert(shown > 20 && refused > 20, `${run}: ${shown} shown, ${refused} refused`);
    await Deno.writeTextFile(file, JSON.stringify(verdict));
  }
});

Deno.test("report refuses folders with hostile pictures, and writes nothing", async () => {
  await using folder = await temporaryFolder();
  const at = (name: string) => `${folder.path}/${name}`;
  assertEquals((await runHere(["fit", "--quiet", "--epochs", "1", "--out", at("fit")])).code, 0);
  await Deno.mkdir(at("bad"));
  for (const picture of HOSTILE_PICTURES) {
    await Deno.writeTextFile(`${at("bad")}/x.svg`, picture);
    const { code, stderr } = await runHere(["report", "--run", at("fit"), "--with", at("bad"), "--out", at("p.html")]);
    assertEquals(code, 2, picture);
    assertStringIncludes(stderr, "x.svg: the file is not ");
    assertEquals(await Deno.stat(at("p.html")).catch(() => null), null);
  }
});
