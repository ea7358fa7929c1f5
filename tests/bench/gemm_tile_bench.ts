/**
 * `deno bench --allow-read --allow-env tests/bench/gemm_tile_bench.ts -- f32` (or `f64`): shapes of the inner loop of gemm on
 * operands in the nearest cache, beside as many multiply-adds between registers. The source of each is made here, compiled
 * with fused multiply-add, so that another idea costs one line of {@linkcode TILES}.
 *
 * @module
 */
import asc from "assemblyscript/asc";
import { peakRunner } from "./peak.ts";

interface Tile {
  readonly rows: number;
  /** Vectors of columns. */
  readonly width: number;
  /** How an element of A fills a vector: loaded and repeated, or loaded with its neighbours and shuffled. */
  readonly splat: "load" | "shuffle";
  /** Whether the first step stands before the loop. */
  readonly peeled: boolean;
  /** Vectors of B from one pointer; the rest use a second one. */
  readonly split: number;
  /** Steps in one turn of the loop. */
  readonly unrolled: number;
}

const plain: Tile = { rows: 2, width: 6, splat: "load", peeled: true, split: 6, unrolled: 1 };

const TILES: readonly Tile[] = [
  { ...plain, split: 3 },
  plain,
  { ...plain, split: 3, unrolled: 2 },
  { ...plain, peeled: false },
  { ...plain, width: 5, split: 3 },
  { ...plain, width: 4, split: 2 },
  { ...plain, width: 3, rows: 3 },
  { ...plain, width: 3, rows: 4 },
  { ...plain, width: 2, rows: 6 },
  { ...plain, width: 2, rows: 4 },
  { ...plain, width: 2, rows: 4, splat: "shuffle" },
  { ...plain, width: 2, rows: 4, splat: "shuffle", peeled: false },
  { ...plain, width: 2, rows: 4, splat: "shuffle", peeled: false, unrolled: 2 },
];

const DEPTH = 256;
const dtype = Deno.args[0] === "f32" ? "f32" : "f64";
const [bytes, lanes] = dtype === "f32" ? [4, 4] : [8, 2];

const each = (count: number, text: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join("\n");

/** One step of k: loads, then every sum of the tile. */
function step({ rows, width, splat, split }: Tile, id: number, first: boolean): string {
  const element = (r: number) =>
    splat === "load"
      ? `const f${id}_${r} = v128.load_splat<${dtype}>(a, ${r * bytes});`
      : `const f${id}_${r} = v128.shuffle<${dtype}>(x${id}_${Math.floor(r / lanes)}, x${id}_${Math.floor(r / lanes)}, ${
        new Array(lanes).fill(r % lanes)
      });`;
  const sum = (r: number, c: number) =>
    first
      ? `let s${r}_${c} = v128.mul<${dtype}>(f${id}_${r}, y${id}_${c});`
      : `s${r}_${c} = v128.relaxed_madd<${dtype}>(f${id}_${r}, y${id}_${c}, s${r}_${c});`;
  const column = (c: number) =>
    `const y${id}_${c} = ${c < split ? `v128.load(b, ${c * 16})` : `v128.load(bb, ${(c - split) * 16})`};`;
  const vectors = splat === "shuffle" ? each(rows / lanes, (q) => `const x${id}_${q} = v128.load(a, ${q * 16});`) : "";
  const advance = `a += ${rows * bytes}; b += ${width * 16};${split < width ? ` bb += ${width * 16};` : ""}`;
  // The shorter side of the tile waits in registers, the longer one passes by.
  const sums = rows < width
    ? [each(rows, element), each(width, (c) => column(c) + each(rows, (r) => sum(r, c)))]
    : [each(width, column), each(rows, (r) => element(r) + each(width, (c) => sum(r, c)))];
  return [vectors, ...sums, advance].join("\n");
}

function source(tile: Tile, index: number): string {
  const { rows, width, peeled, split, unrolled } = tile;
  const zeros = each(rows * width, (i) => `let s${Math.floor(i / width)}_${i % width} = v128.splat<${dtype}>(0);`);
  const before = peeled ? each(unrolled, (u) => step(tile, u, u === 0)) : zeros;
  return `export function tile${index}(a: usize, b: usize, c: usize): void {
    ${split < width ? `let bb = b + ${split * 16};` : ""}
    const end = b + ${DEPTH * width * 16};
    ${before}
    while (b < end) { ${each(unrolled, (u) => step(tile, unrolled + u, false))} }
    ${each(rows * width, (i) => `v128.store(c, s${Math.floor(i / width)}_${i % width}, ${i * 16});`)}
  }`;
}

async function compile(text: string): Promise<Uint8Array<ArrayBuffer>> {
  let binary = new Uint8Array();
  const flags = ["-O3", "--noAssert", "--runtime", "stub", "--importMemory", "--enable", "simd,relaxed-simd"];
  const { error, stderr } = await asc.main(["tiles.ts", "--outFile", "out.wasm", ...flags], {
    readFile: (name: string) => name === "tiles.ts" ? text : null,
    writeFile: (_name: string, contents: string | Uint8Array) =>
      void (binary = Uint8Array.from(contents as Uint8Array)),
    listFiles: () => [],
  });
  if (error) throw new SyntaxError(`Cannot compile the tiles: ${stderr.toString() || error.message}`);
  return binary;
}

const memory = new WebAssembly.Memory({ initial: 4, maximum: 65536 });
const { instance } = await WebAssembly.instantiate(await compile(TILES.map(source).join("\n")), {
  env: { memory, abort() {} },
});
const tiles = instance.exports as Record<string, (a: number, b: number, c: number) => void>;
const peak = await peakRunner();
const work = peak(dtype, 4e6);

Deno.bench({ name: `peak ${dtype}`, group: dtype, baseline: true }, () => void peak(dtype, work));
for (const [index, { rows, width, splat, peeled, split, unrolled }] of TILES.entries()) {
  const repeats = Math.round(work / (2 * rows * width * lanes * DEPTH));
  const name = `${rows} x ${width}, splat by ${splat}, split ${split}${peeled ? ", peeled" : ""}, unrolled ${unrolled}`;
  Deno.bench({ name, group: dtype }, () => {
    for (let i = 0; i < repeats; i++) tiles[`tile${index}`](65536, 2 * 65536, 3 * 65536);
  });
}
