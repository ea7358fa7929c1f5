import { assert, assertEquals } from "@std/assert";

/** The folders of `tasks` and those that each may import, beside `src`. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  io: [],
  bench: ["io"],
  workers: ["bench", "io"],
  stores: ["io"],
  commands: ["bench", "io", "stores", "workers"],
  playground: [],
  tools: ["commands", "io", "playground"],
};

/** What `main.ts` itself may import. */
const ENTRY = ["commands", "io", "workers"];

const ROOT = new URL("../../tasks/", import.meta.url);

/** Every TypeScript file of a folder and below, as paths from `tasks`; the stand-ins for `@std` are packages of their own. */
function filesBelow(folder: string): readonly string[] {
  return Array.from(Deno.readDirSync(new URL(`${folder}/`, ROOT))).flatMap(({ name, isDirectory }) => {
    if (isDirectory) return `${folder}/${name}` === "tools/std" ? [] : filesBelow(`${folder}/${name}`);
    return name.endsWith(".ts") ? [`${folder}/${name}`] : [];
  });
}

/** The paths from `tasks` that a file imports from `tasks` itself, at once or when they are needed. */
function importsOf(file: string): readonly string[] {
  const code = Deno.readTextFileSync(new URL(file, ROOT)).replace(/^ *\*.*$/gm, "");
  return Array.from(
    code.matchAll(/(?:from |import\()"(\.[^"]+)"/g),
    ([, target]) => new URL(target, new URL(file, ROOT)),
  )
    .filter(({ pathname }) => pathname.startsWith(ROOT.pathname))
    .map(({ pathname }) => pathname.slice(ROOT.pathname.length));
}

/** Refuses an import into a folder that is not allowed, or of a private file of another. */
function assertArrow(file: string, target: string, allowed: readonly string[]): void {
  const [folder, ...rest] = target.split("/");
  assert(allowed.includes(folder), `${file} imports ${target}: an arrow that points backwards`);
  assert(!rest.at(-1)?.startsWith("_"), `${file} imports a private file: ${target}`);
}

Deno.test("tasks has the folders that the picture of its arrows has, and main.ts", () => {
  const entries = Array.from(Deno.readDirSync(ROOT), ({ name }) => name);
  assertEquals(entries.toSorted(), [...Object.keys(ARROWS), "main.ts"].toSorted());
});

for (const [folder, allowed] of Object.entries(ARROWS)) {
  Deno.test(`tasks/${folder} imports only ${allowed.join(", ") || "itself"} of tasks, and none of its private files`, () => {
    for (const file of filesBelow(folder)) {
      for (const target of importsOf(file)) {
        if (!target.startsWith(`${folder}/`)) assertArrow(file, target, allowed);
      }
    }
  });
}

Deno.test("tasks/main.ts imports no tool, and nothing that imports more before it listens to signals", () => {
  for (const target of importsOf("main.ts")) assertArrow("main.ts", target, ENTRY);
  const atOnce = (file: string) => {
    const code = Deno.readTextFileSync(new URL(file, ROOT));
    return Array.from(code.matchAll(/^import (?!type ).*from "([^"]+)"/gm), ([, target]) => target);
  };
  assertEquals(atOnce("main.ts"), ["./io/interrupt.ts", "./workers/roles.ts"]);
  assertEquals(atOnce("main.ts").flatMap((target) => atOnce(target.slice(2))), []);
});

Deno.test("a start reads no room of src but cli: what a command needs is read when it is imported", () => {
  const ahead = /^(?:import|export) (?!type )[^"]*? ?from "(\.[^"]+\.ts)"|(?<!typeof )import\("(\.[^"]+)"\)/gm;
  const found = new Set([new URL("main.ts", ROOT).href]);
  // A set visits what is added to it on the way.
  for (const file of found) {
    const code = Deno.readTextFileSync(new URL(file)).replace(/^ *\/?\*.*$/gm, "");
    for (const [, at, later] of code.matchAll(ahead)) found.add(new URL(at ?? later, file).href);
  }
  const rooms = new Set(Array.from(found, (file) => /\/src\/(\w+)\//.exec(file)?.[1] ?? "tasks"));
  assertEquals([...rooms].toSorted(), ["cli", "tasks"]);
  assert(found.size > 10 && found.size < 40, `${found.size} modules`);
});

Deno.test("commands, workers and the bench touch files and clocks through tasks/io alone", () => {
  for (const file of ["main.ts", ...["bench", "workers", "commands"].flatMap(filesBelow)]) {
    const code = Deno.readTextFileSync(new URL(file, ROOT)).replace(/^ *\/?\*.*$/gm, "");
    const effect = /\bDeno\.(read|write|open|stat|lstat|remove|mkdir|rename|copy|make|std)\w*|performance\.now|\bDate\b/
      .exec(code);
    assertEquals(effect?.[0], undefined, file);
  }
});

Deno.test("Deno is started in one place of tasks and one of the tests, without a look for updates", () => {
  const tests = new URL("../", import.meta.url);
  const below = (folder: URL): readonly URL[] =>
    Array.from(Deno.readDirSync(folder)).flatMap(({ name, isDirectory }) =>
      isDirectory ? below(new URL(`${name}/`, folder)) : name.endsWith(".ts") ? [new URL(name, folder)] : []
    );
  const ofTasks = ["main.ts", ...Object.keys(ARROWS).flatMap(filesBelow)].map((file) => new URL(file, ROOT));
  const starts = [...ofTasks, ...below(tests)].filter((file) =>
    /\bnew Deno\.Command\(\s*("deno"|Deno\.execPath|deno\b)/.test(Deno.readTextFileSync(file))
  );
  assertEquals(starts.map(({ pathname }) => pathname.slice(pathname.lastIndexOf("/") + 1)), [
    "_start_deno.ts",
    "deno_command.ts",
  ]);
  for (const file of starts) assert(Deno.readTextFileSync(file).includes('DENO_NO_UPDATE_CHECK: "1"'));
});

Deno.test("no file of tasks imports itself through others", () => {
  const files = ["main.ts", ...Object.keys(ARROWS).flatMap(filesBelow)];
  const rest = new Map(files.map((file) => [file, importsOf(file)]));
  for (let size = Infinity; rest.size < size;) {
    size = rest.size;
    for (const [file, targets] of rest) if (!targets.some((target) => rest.has(target))) rest.delete(file);
  }
  assertEquals([...rest.keys()], []);
});
