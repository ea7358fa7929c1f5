import { assertEquals } from "@std/assert";
import { denoCommand } from "../support/deno_command.ts";

/** What stays without an example, and why: a function as `folder/file.ts name`, or all of a folder as `folder/`. */
const EXCEPTIONS: Readonly<Record<string, string>> = {};

/** What is read of the JSON that `deno doc` prints. */
interface Documentation {
  /** The symbols of each entry, by the entry's address. */
  readonly nodes: Readonly<Record<string, { readonly symbols: readonly DocSymbol[] }>>;
}

/** An exported name; a function with overloads has several declarations. */
interface DocSymbol {
  readonly name: string;
  readonly declarations: readonly {
    readonly kind: string;
    readonly location?: { readonly filename: string };
    readonly jsDoc?: { readonly tags?: readonly { readonly kind: string; readonly doc?: string }[] };
  }[];
}

const ROOT = new URL("../../", import.meta.url);

/** Whether a comment has an example that asserts something. */
function hasExample({ jsDoc }: DocSymbol["declarations"][number]): boolean {
  return jsDoc?.tags?.some(({ kind, doc = "" }) => kind === "example" && /^```ts$[^]*@std\/assert/m.test(doc)) ?? false;
}

/** The functions that have no example, as `folder/file.ts name` from `src`: sorted, and once however many entries export them. */
function withoutExample({ nodes }: Documentation): readonly string[] {
  const missing = Object.values(nodes).flatMap(({ symbols }) => symbols).flatMap(({ name, declarations }) => {
    const functions = declarations.filter(({ kind }) => kind === "function");
    if (functions.length === 0 || functions.some(hasExample)) return [];
    return `${functions[0].location?.filename.replace(/^.*\/src\//, "")} ${name}`;
  });
  return [...new Set(missing)].toSorted();
}

/** The documentation of every entry. */
async function readDocumentation(): Promise<Documentation> {
  const folders = Array.from(Deno.readDirSync(new URL("src/", ROOT))).filter(({ isDirectory }) => isDirectory);
  const entries = ["src/mod.ts", ...folders.map(({ name }) => `src/${name}/mod.ts`).toSorted()];
  const command = denoCommand({
    args: ["doc", "--quiet", "--lock=deno.lock", "--json", ...entries],
    cwd: ROOT,
  });
  const { success, stdout, stderr } = await command.output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test("every exported function has an example that asserts, but for the exceptions, and no exception is out of date", async () => {
  const missing = withoutExample(await readDocumentation());
  const exceptions = Object.keys(EXCEPTIONS);
  const covers = (exception: string, name: string) =>
    exception.endsWith("/") ? name.startsWith(exception) : name === exception;
  assertEquals(missing.filter((name) => !exceptions.some((exception) => covers(exception, name))), []);
  assertEquals(exceptions.filter((exception) => !missing.some((name) => covers(exception, name))), []);
});

/** A made-up entry that exports one function, with an overload for each list of tags. */
function exporting(name: string, ...overloads: readonly (readonly { kind: string; doc?: string }[])[]): Documentation {
  const location = { filename: "file:///somewhere/src/tensor/made_up.ts" };
  const declarations = overloads.map((tags) => ({ kind: "function", location, jsDoc: { tags } }));
  const type = { name: "Made", declarations: [{ kind: "interface", location }] };
  return { nodes: { "file:///somewhere/src/mod.ts": { symbols: [type, { name, declarations }] } } };
}

const ASSERTING = { kind: "example", doc: 'One\n```ts\nimport { assert } from "@std/assert";\nassert(1 < 2);\n```' };

Deno.test("withoutExample() leaves out a function with an example on one of its overloads, and exports that are not functions", () => {
  assertEquals(withoutExample(exporting("documented", [{ kind: "return" }, ASSERTING])), []);
  assertEquals(withoutExample(exporting("overloaded", [ASSERTING], [])), []);
  assertEquals(withoutExample({ nodes: {} }), []);
});

Deno.test("withoutExample() names a function without an example, or with one that asserts nothing, once", () => {
  const bare = exporting("bare", [{ kind: "return", doc: "Not `@std/assert`." }]);
  const [entry] = Object.values(bare.nodes);
  assertEquals(withoutExample({ nodes: { "a/mod.ts": entry, "mod.ts": entry } }), ["tensor/made_up.ts bare"]);
  const silent = { kind: "example", doc: "One\n```ts\nconsole.log(1);\n```" };
  assertEquals(withoutExample(exporting("silent", [silent])), ["tensor/made_up.ts silent"]);
});
