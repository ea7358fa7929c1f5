import { countParameters, dense, type Layer } from "../nn/mod.ts";
import { makeSignal, type PlacedLayer, type Signal, type Site } from "./_site.ts";

/** A block: f_l, its columns of the output, V_l, which the last block has none of, and h_l, which f_l reads; null for the input itself. */
interface PlacedBlock {
  readonly f: PlacedLayer;
  readonly left: number;
  readonly V: PlacedLayer | null;
  readonly h: Signal | null;
}

/** Which buffers of a signal. */
type Part = "value" | "gradient" | "tangent" | "gradientTangent";

/**
 * Lays the features of several residual blocks out at a site: `[f_1(h_0), ..., f_L(h_{L-1})]` with `h_l = h_{l-1} + V_l f_l(h_{l-1})`. The parameters are
 * those of f_l, then V_l [width, k_l], block after block.
 *
 * @param site Where the layers are to be computed.
 * @param layers f_1, ..., f_L.
 * @param width Columns of the input, and of every h_l.
 * @param offset Index of the first parameter in the flat vectors.
 * @param place Lays out one layer.
 * @returns The placed blocks.
 * @example f_1(h) = 2h and V_1 = 3, so h_1 = 7x; f_2(h) = 2h
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { dense } from "@resland/resland/nn";
 * import { place } from "./_place.ts";
 * import { makeSignal } from "./_site.ts";
 * const kernels = await loadKernels("simd");
 * const { f64: set, memory } = kernels;
 * const buffer = (elements: number) => memory.allocate(set.bytes * elements);
 * const vectors = { point: buffer(3), gradient: buffer(3), direction: 0, product: 0 };
 * const site = { kernels, set, rows: 1, tangents: false, buffer, vectors };
 * const double = dense(1, 1, { bias: false });
 * const [input, placed] = [makeSignal(site, 1), placeBlocks(site, [double, double], 1, 0, place)];
 * memory.view("f64", vectors.point, 3).set([2, 3, 2]);
 * memory.view("f64", input.value, 1).set([1]);
 * placed.forward(input, 0, 1, 0);
 * assertEquals([...memory.view("f64", placed.output.value, 2)], [2, 14]);
 * ```
 */
export function placeBlocks(
  site: Site,
  layers: readonly Layer[],
  width: number,
  offset: number,
  place: (site: Site, layer: Layer, width: number, offset: number) => PlacedLayer,
): PlacedLayer {
  const blocks: PlacedBlock[] = [];
  let [at, left] = [offset, 0];
  layers.forEach((layer, index) => {
    const f = place(site, layer, width, at);
    at += countParameters(layer.parameters(width));
    const V = index < layers.length - 1 ? place(site, dense(f.width, width, { bias: false }), f.width, at) : null;
    if (V) at += width * f.width;
    blocks.push({ f, left, V, h: index === 0 ? null : makeSignal(site, width) });
    left += f.width;
  });
  const chain: Chain = { set: site.set, blocks, width, total: left, output: makeSignal(site, left) };
  return {
    width: left,
    output: chain.output,
    forward: (input, from, rows, order) => forward(chain, input, from, rows, order),
    backward: (input, from, rows) => backwards(chain, input, from, rows, ["gradient"]),
    gradient(input, rows, part, parts) {
      for (const { f, V, h } of blocks) {
        f.gradient(h ?? input, rows, part, parts);
        V?.gradient(f.output, rows, part, parts);
      }
    },
    forwardTangent: (input, rows) => forwardTangent(chain, input, rows),
    backwardTangent: (input, rows) => backwards(chain, input, 0, rows, ["gradient", "gradientTangent"]),
  };
}

/** The blocks in kernel memory, and where their outputs come together. */
interface Chain extends Pick<Site, "set"> {
  readonly blocks: readonly PlacedBlock[];
  readonly width: number;
  /** Columns of the output. */
  readonly total: number;
  readonly output: Signal;
}

/** Columns of the output to those of a block, or back, row by row. */
function columns(
  { set, total, output }: Chain,
  { f, left }: PlacedBlock,
  part: Part,
  from: number,
  rows: number,
  way: "out" | "in" | "add",
): void {
  const { width: k } = f;
  for (let row = from; row < from + rows; row++) {
    const whole = output[part] + (row * total + left) * set.bytes;
    const own = f.output[part] + row * k * set.bytes;
    if (way === "out") set.copy(k, own, whole);
    else if (way === "in") set.copy(k, whole, own);
    else set.axpy(k, 1, whole, own);
  }
}

function forward(chain: Chain, input: Signal, from: number, rows: number, order: 0 | 1 | 2): void {
  const { set, blocks, width } = chain;
  const [n, shift] = [rows * width, from * width * set.bytes];
  blocks.forEach((block, index) => {
    const { f, V, h } = block;
    const own = h ?? input;
    f.forward(own, from, rows, order);
    columns(chain, block, "value", from, rows, "out");
    if (V === null) return;
    V.forward(f.output, from, rows, order);
    const next = blocks[index + 1].h!.value + shift;
    set.copy(n, own.value + shift, next);
    set.axpy(n, 1, V.output.value + shift, next);
  });
}

function forwardTangent(chain: Chain, input: Signal, rows: number): void {
  const { set, blocks, width } = chain;
  blocks.forEach((block, index) => {
    const { f, V, h } = block;
    const own = h ?? input;
    f.forwardTangent(own, rows);
    columns(chain, block, "tangent", 0, rows, "out");
    if (V === null) return;
    V.forwardTangent(f.output, rows);
    const next = blocks[index + 1].h!.tangent;
    set.copy(rows * width, V.output.tangent, next);
    if (own.tangent !== 0) set.axpy(rows * width, 1, own.tangent, next);
  });
}

/** From the last block to the first; of two parts all rows, with the tangents. */
function backwards(chain: Chain, input: Signal, from: number, rows: number, parts: readonly Part[]): void {
  const { blocks } = chain;
  for (let index = blocks.length - 1; index >= 0; index--) {
    const { f, h } = blocks[index];
    collect(chain, index, from, rows, parts);
    if (parts.length > 1) f.backwardTangent(h ?? input, rows);
    else f.backward(h ?? input, from, rows);
    skip(chain, index, h ?? input, from, rows, parts);
  }
}

/** Into f_l's output: what its own columns and, through V_l, the next block's input have of the loss. */
function collect(chain: Chain, index: number, from: number, rows: number, parts: readonly Part[]): void {
  const { set, blocks, width } = chain;
  const block = blocks[index];
  const [n, shift] = [rows * width, from * width * set.bytes];
  for (const part of parts) {
    if (block.V) set.copy(n, blocks[index + 1].h![part] + shift, block.V.output[part] + shift);
    else columns(chain, block, part, from, rows, "in");
  }
  if (block.V === null) return;
  if (parts.length > 1) block.V.backwardTangent(block.f.output, rows);
  else block.V.backward(block.f.output, from, rows);
  for (const part of parts) columns(chain, block, part, from, rows, "add");
}

/** Past f_l and V_l: the same in h_l as in the next block's input. */
function skip(
  { set, blocks, width }: Chain,
  index: number,
  input: Signal,
  from: number,
  rows: number,
  parts: readonly Part[],
): void {
  if (blocks[index].V === null || input.gradient === 0) return;
  const shift = from * width * set.bytes;
  for (const part of parts) set.axpy(rows * width, 1, blocks[index + 1].h![part] + shift, input[part] + shift);
}
