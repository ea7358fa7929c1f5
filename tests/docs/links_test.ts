import { assert, assertEquals } from "@std/assert";
import GithubSlugger from "npm:github-slugger@2.0.0";
import { marked, type Token } from "npm:marked@18.2.1";

const ROOT = new URL("../../", import.meta.url);

/** The folders whose pages are read, from the root; the root itself first. */
const FOLDERS = ["", "docs/", "kernels/", "examples/", "data/"];

/** Pages of Markdown by their path from the root. */
type Pages = Readonly<Record<string, string>>;

/** Every token of a page, the inner ones too. */
function tokensOf(page: string): readonly Token[] {
  const found: Token[] = [];
  marked.walkTokens(marked.lexer(page), (token) => void found.push(token));
  return found;
}

/** What a reader sees of a token: no marks, no HTML. */
function textOf(token: Token): string {
  if (token.type === "html") return "";
  const inner = "tokens" in token ? token.tokens : undefined;
  return inner?.map(textOf).join("") ?? ("text" in token ? String(token.text) : "");
}

/** The values of an attribute in the HTML of a page. */
function attributes(tokens: readonly Token[], names: string): readonly string[] {
  const html = tokens.filter(({ type }) => type === "html").map(({ raw }) => raw).join("\n");
  return Array.from(html.matchAll(new RegExp(`\\s(?:${names})="([^"]*)"`, "g")), ([, value]) => value);
}

/** The anchors of a page, as GitHub names them: one per heading, and the ids that its HTML gives. */
function anchorsOf(page: string): ReadonlySet<string> {
  const slugger = new GithubSlugger();
  const tokens = tokensOf(page);
  const headings = tokens.filter(({ type }) => type === "heading").map((heading) => slugger.slug(textOf(heading)));
  return new Set([...headings, ...attributes(tokens, "id|name")]);
}

/** Where a page links to, pictures included. */
function linksOf(page: string): readonly string[] {
  const tokens = tokensOf(page);
  const marks = tokens.flatMap((token) => token.type === "link" || token.type === "image" ? [String(token.href)] : []);
  return [...marks, ...attributes(tokens, "href|src")];
}

/** Whether a link leads out of the project. */
const isExternal = (link: string): boolean => /^[a-z][a-z0-9+.-]*:/i.test(link);

/** The relative links of pages that lead nowhere, each as `page: link: what is wrong`. */
function brokenLinks(pages: Pages, exists: (path: string) => boolean): readonly string[] {
  const anchors = new Map(Object.entries(pages).map(([path, page]) => [path, anchorsOf(page)]));
  const problemOf = (from: string, link: string): string | null => {
    const [path, anchor] = link.split("#");
    const base = new URL(`file:///project/${from}`);
    const target = path === "" ? base : new URL(path, base);
    if (!target.pathname.startsWith("/project/")) return "leads out of the project";
    const to = decodeURIComponent(target.pathname.slice("/project/".length));
    if (path !== "" && !exists(to)) return "no such file";
    if (anchor === undefined || /^L\d+(-L\d+)?$/.test(anchor) && !to.endsWith(".md")) return null;
    const known = anchors.get(to);
    if (known === undefined) return "an anchor in what is no page";
    return known.has(decodeURIComponent(anchor)) ? null : "no such anchor";
  };
  return Object.entries(pages).flatMap(([from, page]) =>
    linksOf(page).filter((link) => !isExternal(link)).flatMap((link) => {
      const problem = problemOf(from, link);
      return problem === null ? [] : [`${from}: ${link}: ${problem}`];
    })
  );
}

/** The names that pages give beside a source file, `` `name` in [file](path.ts) `` or `` [`name`](path.ts) ``. */
function namesBesideFiles(page: string): readonly { readonly name: string; readonly path: string }[] {
  const spans = (text: string, path: string) =>
    Array.from(text.replaceAll(/\([^)]*\)/g, "").matchAll(/`([A-Za-z_]\w*)`/g), ([, name]) => ({ name, path }));
  const before = Array.from(
    page.matchAll(/((?:`\w+`(?: \([^)]*\))?,? )+)in\s+\[[^\]]*\]\(([^)#]+\.ts)\)/g),
    ([, names, path]) => spans(names, path),
  );
  const within = Array.from(
    page.matchAll(/\[([^\]]*`\w+`[^\]]*)\]\(([^)#]+\.ts)\)/g),
    ([, names, path]) => spans(names, path),
  );
  return [...before, ...within].flat();
}

/** Whether a source text exports a name. */
function exportsName(source: string, name: string): boolean {
  return new RegExp(`^export (?:async )?(?:function\\*?|const|class|interface|type) ${name}\\b`, "m").test(source);
}

function readPages(): Pages {
  const paths = FOLDERS.flatMap((folder) =>
    Array.from(Deno.readDirSync(new URL(folder, ROOT)))
      .filter(({ isFile, name }) => isFile && name.endsWith(".md")).map(({ name }) => `${folder}${name}`)
  );
  return Object.fromEntries(paths.toSorted().map((path) => [path, Deno.readTextFileSync(new URL(path, ROOT))]));
}

function existsHere(path: string): boolean {
  try {
    Deno.statSync(new URL(path, ROOT));
    return true;
  } catch {
    return false;
  }
}

Deno.test("every relative link of every page leads to a file, and every anchor to a heading", () => {
  const pages = readPages();
  assert(Object.keys(pages).length >= 10 && "docs/README.md" in pages);
  assert(Object.values(pages).flatMap(linksOf).length >= 50, "the pages have links");
  assertEquals(brokenLinks(pages, existsHere), []);
});

Deno.test("every page of docs is linked from docs/README.md", () => {
  const pages = readPages();
  const linked = linksOf(pages["docs/README.md"]);
  const own = Object.keys(pages).filter((path) => path.startsWith("docs/") && path !== "docs/README.md");
  assertEquals(own.filter((path) => !linked.includes(path.slice("docs/".length))), []);
});

Deno.test("what a page names beside a source file is exported there", () => {
  let checked = 0;
  const missing = Object.entries(readPages()).flatMap(([from, page]) =>
    namesBesideFiles(page).filter(({ name, path }) => {
      checked++;
      return !exportsName(Deno.readTextFileSync(new URL(path, new URL(from, ROOT))), name);
    }).map(({ name, path }) => `${from}: ${name} in ${path}`)
  );
  assert(checked >= 50, `only ${checked} names were found`);
  assertEquals(missing, []);
});

Deno.test("brokenLinks() finds files and anchors that are not there, and what leads out of the project", () => {
  const pages = {
    "README.md": "# Top\n\n[a](docs/a.md), [b](docs/b.md), [c](docs/a.md#two-words), [d](docs/a.md#three), [e](#top)",
    "docs/a.md":
      "## Two words\n\n[up](../README.md#top) ![no](no.svg) [out](../../other.md) [s](../x.ts#L3) [t](../x.ts#y)",
  };
  const files = new Set([...Object.keys(pages), "x.ts"]);
  assertEquals(brokenLinks(pages, (path) => files.has(path)), [
    "README.md: docs/b.md: no such file",
    "README.md: docs/a.md#three: no such anchor",
    "docs/a.md: no.svg: no such file",
    "docs/a.md: ../../other.md: leads out of the project",
    "docs/a.md: ../x.ts#y: an anchor in what is no page",
  ]);
});

Deno.test("brokenLinks() reads Markdown: code is no link, references and HTML are, external links are left alone", () => {
  const page = [
    "`[a](a.md)` and [b][ref], <a href='c.md'>c</a>, [w](https://example.org/x.md), [m](mailto:a@example.org)",
    "```md\n[d](d.md)\n```",
    "[ref]: e.md",
    '<img src="f.svg" alt="">',
  ].join("\n\n").replaceAll("'", '"');
  assertEquals(brokenLinks({ "p.md": page }, () => false).map((problem) => problem.split(": ")[1]), [
    "e.md",
    "c.md",
    "f.svg",
  ]);
});

Deno.test("anchorsOf() follows GitHub: marks and punctuation go, repeated headings are numbered, ids count", () => {
  const page = '# The `js` twin, _again_!\n\n## Same\n\n## Same\n\n### 3 Theorem 1: ||w|| ≠ 0\n\n<a id="here"></a>\n';
  assertEquals([...anchorsOf(page)], ["the-js-twin-again", "same", "same-1", "3-theorem-1-w--0", "here"]);
});

Deno.test("namesBesideFiles() finds names before and within links to sources, and exportsName() says which are there", () => {
  const page = "`one`, `two` (`three`) in [a.ts](../src/a.ts), or [`four` and `five`](b.ts); `six` in [page](c.md).";
  assertEquals(namesBesideFiles(page).map(({ name, path }) => `${name} ${path}`), [
    "one ../src/a.ts",
    "two ../src/a.ts",
    "four b.ts",
    "five b.ts",
  ]);
  const source = "export function one() {}\nexport const twofold = 1;\nconst four = 4;\n";
  assertEquals(["one", "two", "four"].map((name) => exportsName(source, name)), [true, false, false]);
});
