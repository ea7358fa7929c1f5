import { assert, assertEquals } from "@std/assert";

/** The folders of `src` and those that each may import; what is not listed points backwards. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  kernels: [],
  random: [],
  cli: [],
  tensor: ["kernels"],
  loss: ["kernels"],
  data: ["tensor"],
  nn: ["kernels", "random", "tensor"],
  objective: ["kernels", "loss", "nn", "tensor"],
  optim: ["objective", "random", "tensor"],
  baseline: ["kernels", "loss", "objective", "optim", "tensor"],
  landscape: ["kernels", "loss", "objective", "optim", "tensor"],
  model: ["data", "kernels", "loss", "nn", "tensor"],
  claims: ["baseline", "kernels", "landscape", "loss", "objective", "tensor"],
  check: ["baseline", "claims", "kernels", "landscape", "loss", "nn", "objective", "optim", "random", "tensor"],
  fit: ["baseline", "claims", "data", "kernels", "landscape", "loss", "nn", "objective", "optim", "random", "tensor"],
  curvature: ["kernels", "nn", "random", "tensor"],
  surface: ["data", "nn", "objective", "random", "tensor"],
  report: ["baseline", "check", "claims", "data", "fit", "kernels", "nn"],
  paper: ["baseline", "claims", "kernels", "landscape", "loss", "nn", "objective", "optim", "random", "tensor"],
  plot: ["paper", "report", "surface"],
  pages: ["data", "paper", "report"],
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

const folders = Array.from(Deno.readDirSync(ROOT)).filter((entry) => entry.isDirectory && entry.name !== "std");

Deno.test("src has the folders that the picture of its arrows has", () => {
  assertEquals(folders.map((entry) => entry.name).toSorted(), Object.keys(ARROWS).toSorted());
});

for (const [folder, allowed] of Object.entries(ARROWS)) {
  Deno.test(`src/${folder} imports only ${allowed.join(", ") || "itself"}, through their mod.ts`, () => {
    for (const file of filesBelow(folder)) {
      for (const target of importsOf(file)) {
        const [neighbour, ...rest] = target.split("/");
        if (neighbour === folder) continue;
        assert(allowed.includes(neighbour), `${file} imports ${target}: an arrow that points backwards`);
        assertEquals(rest, ["mod.ts"], `${file} imports a private file: ${target}`);
      }
    }
  });
}

Deno.test("the arrows have no circle", () => {
  const order: string[] = [];
  const rest = new Set(Object.keys(ARROWS));
  while (rest.size > 0) {
    const free = [...rest].filter((folder) => ARROWS[folder].every((other) => order.includes(other)));
    assert(free.length > 0, `a circle among ${[...rest].join(", ")}`);
    for (const folder of free) {
      order.push(folder);
      rest.delete(folder);
    }
  }
});

/** The one clock: by it a crew measures whether sharing pays, and no result depends on it. */
const CLOCK = "kernels/crew.ts";

Deno.test("src never touches files, the console, clocks or the runtime: effects live in tasks", () => {
  for (const folder of Object.keys(ARROWS)) {
    for (const file of filesBelow(folder)) {
      const code = Deno.readTextFileSync(new URL(file, ROOT)).replace(/^ *\/?\*.*$/gm, "");
      const text = file === CLOCK ? code.replace("() => performance.now()", "") : code;
      const effect = /\b(Deno\.|console\.|performance\.now|Date\.now|new Date|Math\.random|fetch\()/.exec(text);
      assertEquals(effect?.[0], undefined, file);
    }
  }
});
