/**
 * `deno run --allow-read --allow-env tests/bench/gemm_tile_ratios.ts [f32|f64] [rounds]`: shapes of the inner loop of gemm,
 * on operands in the nearest cache, as fractions of the machine's peak, best (median) of interleaved rounds. The source of
 * each is made here and compiled with fused multiply-add, so that another idea costs one line of {@linkcode TILES}.
 *
 * @module
 */
import asc from "npm:assemblyscript@0.28.20/asc";
import { timeInTurns } from "../../tasks/bench/measure.ts";
import { peakJob, peakOperations } from "../../tasks/bench/peak.ts";

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
  { ...plain, peeled: false },
  { ...plain, split: 3, peeled: false },
  { ...plain, split: 3, unrolled: 2 },
  { ...plain, width: 5, split: 3 },
  { ...plain, width: 4, split: 2 },
  { ...plain, rows: 3, width: 3 },
  { ...plain, rows: 4, width: 3 },
  { ...plain, rows: 6, width: 2 },
  { ...plain, rows: 4, width: 2 },
  { ...plain, rows: 4, width: 2, splat: "shuffle" },
  { ...plain, rows: 4, width: 2, splat: "shuffle", peeled: false },
  { ...plain, rows: 4, width: 2, splat: "shuffle", peeled: false, unrolled: 2 },
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

const jobs = TILES.map(({ rows, width, splat, peeled, split, unrolled }, index) => {
  const tile = tiles[`tile${index}`];
  const parts = [`${rows} x ${width}`, `splat by ${splat}`];
  if (split < width) parts.push(`second pointer after ${split}`);
  if (peeled) parts.push("first step before the loop");
  if (unrolled > 1) parts.push(`${unrolled} steps a turn`);
  return {
    name: parts.join(", "),
    operations: 2 * rows * width * lanes * DEPTH,
    run: () => tile(65536, 2 * 65536, 3 * 65536),
  };
});
const times = timeInTurns([...jobs, await peakJob(dtype)], Number(Deno.args[1] ?? 60));
const { best: peak, median } = times.get("peak")!;
const speed = (time: number) => peakOperations(dtype) / time / 1000;
console.log(`${dtype}: peak ${speed(peak).toFixed(1)} GFLOP/s (median ${speed(median).toFixed(1)})`);
for (const { name, operations } of jobs) {
  const time = times.get(name)!;
  const share = (own: number, limit: number) => (operations / own / (peakOperations(dtype) / limit)).toFixed(2);
  console.log(`| ${name} | ${share(time.best, peak)} (${share(time.median, median)}) |`);
}
