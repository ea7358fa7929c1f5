import { assert, assertEquals } from "@std/assert";

/** The rooms of `src` in the order of the house, and those that each imports: only rooms above it, and no more than it needs. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  kernels: [],
  tensor: ["kernels"],
  random: [],
  loss: ["kernels"],
  data: ["kernels", "random", "tensor"],
  nn: ["kernels", "random", "tensor"],
  objective: ["kernels", "loss", "nn", "tensor"],
  baseline: ["kernels", "loss", "objective", "tensor"],
  landscape: ["kernels", "loss", "objective", "tensor"],
  claims: ["baseline", "landscape", "loss", "tensor"],
  optim: ["objective", "random", "tensor"],
  train: ["baseline", "claims", "data", "kernels", "landscape", "loss", "nn", "objective", "optim", "random", "tensor"],
  model: ["data", "kernels", "loss", "nn", "objective", "random", "tensor"],
  curvature: ["kernels", "nn", "random", "tensor"],
  surface: ["data", "nn", "objective", "random", "tensor"],
  paper: ["baseline", "claims", "kernels", "landscape", "loss", "nn", "objective", "optim", "random", "tensor"],
  sweep: ["baseline", "claims", "kernels", "landscape", "nn", "objective", "random", "tensor", "train"],
  report: ["baseline", "claims", "data", "kernels", "loss", "model", "nn", "paper", "surface", "sweep", "train"],
  cli: [],
};

const ROOT = new URL("../src/", import.meta.url);

/** Every TypeScript file of a folder and below, as paths from `src`. */
function filesBelow(folder: string): readonly string[] {
  return Array.from(Deno.readDirSync(new URL(`${folder}/`, ROOT)))
    .flatMap((entry) =>
      entry.isDirectory
        ? filesBelow(`${folder}/${entry.name}`)
        : entry.name.endsWith(".ts")
        ? [`${folder}/${entry.name}`]
        : []
    );
}

/** The paths from `src` that a file imports from the project itself; examples in comments left out. */
function importsOf(file: string): readonly string[] {
  const code = Deno.readTextFileSync(new URL(file, ROOT)).replace(/^ *\*.*$/gm, "");
  return Array.from(code.matchAll(/from "(\.[^"]+)"/g), ([, target]) => {
    const path = new URL(target, new URL(file, ROOT)).pathname;
    return path.slice(ROOT.pathname.length);
  });
}

const folders = Array.from(Deno.readDirSync(ROOT)).filter((entry) => entry.isDirectory);

Deno.test("src has the rooms that the picture of the house has", () => {
  assertEquals(folders.map((entry) => entry.name).toSorted(), Object.keys(ARROWS).toSorted());
});

Deno.test("every room imports only rooms above it: the picture has no circle", () => {
  const order = Object.keys(ARROWS);
  for (const [room, allowed] of Object.entries(ARROWS)) {
    for (const other of allowed) assert(order.indexOf(other) < order.indexOf(room), `${room} stands above ${other}`);
  }
});

for (const [room, allowed] of Object.entries(ARROWS)) {
  Deno.test(`src/${room} imports ${allowed.join(", ") || "only itself"}, through their mod.ts or internal.ts`, () => {
    const used = new Set<string>();
    for (const file of filesBelow(room)) {
      for (const target of importsOf(file)) {
        const [neighbour, ...rest] = target.split("/");
        if (neighbour === room) continue;
        assert(allowed.includes(neighbour), `${file} imports ${target}: an arrow that points backwards`);
        assert(
          rest.length === 1 && ["mod.ts", "internal.ts"].includes(rest[0]),
          `${file} imports a private file: ${target}`,
        );
        used.add(neighbour);
      }
    }
    assertEquals([...used].sort(), allowed, `arrows of src/${room} that nobody uses`);
  });
}

Deno.test("the package exports no internal entry, and no mod.ts a private file", () => {
  const { exports } = JSON.parse(Deno.readTextFileSync(new URL("../deno.json", ROOT)));
  assertEquals(Object.values(exports).filter((path) => String(path).includes("internal")), []);
  for (const room of Object.keys(ARROWS)) {
    for (const file of filesBelow(room)) {
      if (!file.endsWith("/mod.ts")) continue;
      const code = Deno.readTextFileSync(new URL(file, ROOT));
      assertEquals(/export .* from "\.\/(.*\/)?(_.*|internal)\.ts"/.exec(code)?.[0], undefined, file);
    }
  }
});

/** Files of `src` itself: the main entry, and the recipes for users that it exports. */
const roof = Array.from(Deno.readDirSync(ROOT)).filter((entry) => entry.isFile).map((entry) => entry.name);

Deno.test("the recipes above the rooms import each other and rooms, through their mod.ts or internal.ts", () => {
  for (const file of roof) {
    for (const target of importsOf(file)) {
      const [room, ...rest] = target.split("/");
      if (rest.length === 0) assert(roof.includes(room), `${file} imports ${target}`);
      else assert(["mod.ts", "internal.ts"].includes(rest.join("/")), `${file} imports a private file: ${target}`);
    }
  }
});

/** A main entry that one learns in an hour. */
const MOST_EXPORTS = 99;

Deno.test(`the main entry exports ${MOST_EXPORTS} names at most, each by its name`, () => {
  const code = Deno.readTextFileSync(new URL("mod.ts", ROOT)).replace(/^ *\/?\*.*$/gm, "");
  assert(!code.includes("export *"), "src/mod.ts exports everything of a room");
  const names = Array.from(code.matchAll(/export (?:type )?\{([^}]*)\}/g), ([, list]) => list.split(","))
    .flat().filter((name) => name.trim() !== "");
  assert(names.length <= MOST_EXPORTS, `${names.length} names`);
});

/** The one clock: by it threads measure whether sharing pays, and no result depends on it. */
const CLOCK = "kernels/_clock.ts";

Deno.test("src never touches files, the console, clocks or the runtime: effects live in tasks", () => {
  for (const files of [roof, ...Object.keys(ARROWS).map(filesBelow)]) {
    for (const file of files) {
      const code = Deno.readTextFileSync(new URL(file, ROOT)).replace(/^ *\/?\*.*$/gm, "");
      const text = file === CLOCK ? code.replace("performance.now()", "") : code;
      const effect = /\b(Deno\.|console\.|performance\.now|Date\.now|new Date|Math\.random|fetch\()/.exec(text);
      assertEquals(effect?.[0], undefined, file);
    }
  }
});
