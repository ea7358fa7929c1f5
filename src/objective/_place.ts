import { ACTIVATION_CODES, type Address } from "../kernels/mod.ts";
import { type Activation, activation, builtIn, countParameters, type Dense, type Layer } from "../nn/mod.ts";
import { cut } from "./_cut.ts";
import { placeBlocks } from "./_place_blocks.ts";
import { placeOwn } from "./_place_own.ts";
import { makeSignal, type PlacedLayer, type Signal, type Site } from "./_site.ts";

/**
 * Lays a layer tree out at a site: makes its buffers, and the functions that compute in them. The library's layers compute in
 * the kernels; a custom layer has its rows copied out and in. Nothing is checked here: the tree must fit the width, as
 * its `outputWidth` finds out.
 *
 * @param site Where the tree is to be computed.
 * @param layer The layer tree.
 * @param width Columns of its input.
 * @param offset Index of its first parameter in the flat vectors.
 * @returns The placed tree.
 * @example A dense layer: 2 * 10 + 3 * 100 + 1
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { dense } from "@resland/resland/nn";
 * import { makeSignal } from "./_site.ts";
 * const kernels = await loadKernels("simd");
 * const { f64: set, memory } = kernels;
 * const buffer = (elements: number) => memory.allocate(set.bytes * elements);
 * const vectors = { point: buffer(3), gradient: buffer(3), direction: 0, product: 0 };
 * const site = { kernels, set, rows: 1, tangents: false, buffer, vectors };
 * const [input, placed] = [makeSignal(site, 2), place(site, dense(2, 1), 2, 0)];
 * memory.view("f64", vectors.point, 3).set([2, 3, 1]);
 * memory.view("f64", input.value, 2).set([10, 100]);
 * placed.forward(input, 0, 1, 0);
 * assertEquals(memory.view("f64", placed.output.value, 1)[0], 321);
 * ```
 */
export function place(site: Site, layer: Layer, width: number, offset: number): PlacedLayer {
  const own = builtIn(layer);
  switch (own?.type) {
    case "dense":
      return placeDense(site, own, null, offset);
    case "activation":
      return placeActivation(site, own, width);
    case "residual":
      return placeResidual(site, place(site, own.body, width, offset), width);
    case "chain":
      return placeChain(site, own.layers, width, offset);
    case "blocks":
      return placeBlocks(site, own.layers, width, offset, place);
    default:
      return placeOwn(site, layer, width, offset);
  }
}

/** A dense layer, with the activation after it fused in: bias and activation take one pass. */
function placeDense(site: Site, layer: Dense, activation: Activation | null, offset: number): PlacedLayer {
  const { set, vectors, kernels: { work } } = site;
  const { bytes } = set;
  const { in: inner, out } = layer;
  const output = makeSignal(site, out);
  const code = ACTIVATION_CODES[activation?.name ?? "identity"];
  const linear = activation === null || activation.name === "identity";
  const slope = linear ? 0 : site.buffer(site.rows * out);
  const preTangent = linear || !site.tangents ? output.tangent : site.buffer(site.rows * out);
  const curvature = linear || !site.tangents ? 0 : site.buffer(site.rows * out);
  const weight = (vector: Address) => vector + offset * bytes;
  const bias = (vector: Address) => layer.bias ? vector + (offset + inner * out) * bytes : 0;
  const { value, gradient, tangent, gradientTangent } = output;
  const [w, b] = [weight(vectors.point), bias(vectors.point)];
  const [dw, db] = [weight(vectors.gradient), bias(vectors.gradient)];

  const backward = (input: Signal, from: number, rows: number) => {
    const at = gradient + from * out * bytes;
    if (!linear) set.mul(rows * out, at, slope + from * out * bytes, at);
    if (input.gradient !== 0) {
      set.gemmNN(rows, inner, out, at, out, w, inner, input.gradient + from * inner * bytes, inner, 0, work);
    }
  };
  return {
    width: out,
    output,
    forward(input, from, rows, order) {
      const shift = from * out * bytes;
      const pre = (slope !== 0 && order > 0 ? slope : value) + shift;
      set.gemmNT(rows, out, inner, input.value + from * inner * bytes, inner, w, inner, pre, out, 0, work);
      if (linear && !layer.bias) return;
      const slopes = slope !== 0 && order > 0 ? slope + shift : 0;
      const curvatures = curvature !== 0 && order > 1 ? curvature + shift : 0;
      set.biasActivation(code, rows, out, b, pre, value + shift, slopes, curvatures);
    },
    backward,
    gradient(input, rows, part, parts) {
      const start = cut(out, part, parts) * bytes;
      const count = cut(out, part + 1, parts) - cut(out, part, parts);
      if (inner > out) {
        // By columns, of which there are more: each is read by one part alone.
        const left = cut(inner, part, parts) * bytes;
        const width = cut(inner, part + 1, parts) - cut(inner, part, parts);
        if (width > 0) {
          set.gemmTN(out, width, rows, gradient, out, input.value + left, inner, dw + left, inner, 0, work);
        }
      } else if (count > 0) {
        set.gemmTN(count, inner, rows, gradient + start, out, input.value, inner, dw + start * inner, inner, 0, work);
      }
      if (count > 0 && db !== 0) set.columnSums(rows, count, gradient + start, out, db + start, 0);
    },
    forwardTangent(input, rows) {
      const accumulate = input.tangent !== 0 ? 1 : 0;
      if (accumulate) set.gemmNT(rows, out, inner, input.tangent, inner, w, inner, preTangent, out, 0, work);
      const change = weight(vectors.direction);
      set.gemmNT(rows, out, inner, input.value, inner, change, inner, preTangent, out, accumulate, work);
      if (layer.bias) set.biasActivation(0, rows, out, bias(vectors.direction), preTangent, preTangent, 0, 0);
      if (!linear) set.mul(rows * out, preTangent, slope, tangent);
    },
    backwardTangent(input, rows) {
      const n = rows * out;
      if (!linear) {
        set.mul(n, gradientTangent, slope, gradientTangent);
        set.mul(n, curvature, gradient, curvature);
        set.mul(n, curvature, preTangent, curvature);
        set.axpy(n, 1, curvature, gradientTangent);
      }
      backward(input, 0, rows);
      const to = weight(vectors.product);
      set.gemmTN(out, inner, rows, gradientTangent, out, input.value, inner, to, inner, 0, work);
      if (input.tangent !== 0) {
        set.gemmTN(out, inner, rows, gradient, out, input.tangent, inner, to, inner, 1, work);
      }
      if (layer.bias) set.columnSums(rows, out, gradientTangent, out, bias(vectors.product), 0);
      if (input.gradient === 0) return;
      const change = weight(vectors.direction);
      set.gemmNN(rows, inner, out, gradientTangent, out, w, inner, input.gradientTangent, inner, 0, work);
      set.gemmNN(rows, inner, out, gradient, out, change, inner, input.gradientTangent, inner, 1, work);
    },
  };
}

function placeActivation(site: Site, layer: Activation, width: number): PlacedLayer {
  const { set } = site;
  const { bytes } = set;
  const output = makeSignal(site, width);
  const code = ACTIVATION_CODES[layer.name];
  const slope = site.buffer(site.rows * width);
  const curvature = site.tangents ? site.buffer(site.rows * width) : 0;
  const backward = (input: Signal, from: number, rows: number) => {
    const shift = from * width * bytes;
    if (input.gradient !== 0) {
      set.mul(rows * width, output.gradient + shift, slope + shift, input.gradient + shift);
    }
  };
  return {
    width,
    output,
    forward(input, from, rows, order) {
      const shift = from * width * bytes;
      const slopes = order > 0 ? slope + shift : 0;
      const curvatures = order > 1 ? curvature + shift : 0;
      set.biasActivation(code, rows, width, 0, input.value + shift, output.value + shift, slopes, curvatures);
    },
    backward,
    gradient() {},
    forwardTangent(input, rows) {
      if (input.tangent === 0) set.fill(rows * width, 0, output.tangent);
      else set.mul(rows * width, input.tangent, slope, output.tangent);
    },
    backwardTangent(input, rows) {
      backward(input, 0, rows);
      if (input.gradient === 0) return;
      const n = rows * width;
      set.mul(n, output.gradientTangent, slope, input.gradientTangent);
      if (input.tangent === 0) return;
      set.mul(n, curvature, output.gradient, curvature);
      set.mul(n, curvature, input.tangent, curvature);
      set.axpy(n, 1, curvature, input.gradientTangent);
    },
  };
}

function placeResidual(site: Site, body: PlacedLayer, width: number): PlacedLayer {
  const { set } = site;
  const output = makeSignal(site, width);
  return {
    width,
    output,
    forward(input, from, rows, order) {
      const shift = from * width * set.bytes;
      body.forward(input, from, rows, order);
      set.copy(rows * width, input.value + shift, output.value + shift);
      set.axpy(rows * width, 1, body.output.value + shift, output.value + shift);
    },
    backward(input, from, rows) {
      const [n, shift] = [rows * width, from * width * set.bytes];
      set.copy(n, output.gradient + shift, body.output.gradient + shift);
      body.backward(input, from, rows);
      if (input.gradient !== 0) set.axpy(n, 1, output.gradient + shift, input.gradient + shift);
    },
    gradient: (input, rows, part, parts) => body.gradient(input, rows, part, parts),
    forwardTangent(input, rows) {
      const n = rows * width;
      body.forwardTangent(input, rows);
      set.copy(n, body.output.tangent, output.tangent);
      if (input.tangent !== 0) set.axpy(n, 1, input.tangent, output.tangent);
    },
    backwardTangent(input, rows) {
      const n = rows * width;
      set.copy(n, output.gradient, body.output.gradient);
      set.copy(n, output.gradientTangent, body.output.gradientTangent);
      body.backwardTangent(input, rows);
      if (input.gradient === 0) return;
      set.axpy(n, 1, output.gradient, input.gradient);
      set.axpy(n, 1, output.gradientTangent, input.gradientTangent);
    },
  };
}

/** A chain; a dense layer takes the activation behind it along. The empty chain copies its input, so that it has an output of its own. */
function placeChain(site: Site, layers: readonly Layer[], width: number, offset: number): PlacedLayer {
  if (layers.length === 0) return placeActivation(site, activation("identity"), width);
  const placed: PlacedLayer[] = [];
  let at = offset;
  for (let index = 0; index < layers.length; index++) {
    const layer = layers[index];
    const own = builtIn(layer);
    const next = index + 1 < layers.length ? builtIn(layers[index + 1]) : null;
    const before = placed.at(-1)?.width ?? width;
    if (own?.type === "dense" && next?.type === "activation") {
      placed.push(placeDense(site, own, next, at));
      index++;
    } else {
      placed.push(place(site, layer, before, at));
    }
    at += countParameters(layer.parameters(before));
  }
  const count = placed.length;
  const last = placed[count - 1];
  const inputOf = (index: number, input: Signal) => index === 0 ? input : placed[index - 1].output;
  return {
    width: last.width,
    output: last.output,
    forward(input, from, rows, order) {
      for (let index = 0; index < count; index++) placed[index].forward(inputOf(index, input), from, rows, order);
    },
    backward(input, from, rows) {
      for (let index = count - 1; index >= 0; index--) placed[index].backward(inputOf(index, input), from, rows);
    },
    gradient(input, rows, part, parts) {
      for (let index = count - 1; index >= 0; index--) placed[index].gradient(inputOf(index, input), rows, part, parts);
    },
    forwardTangent(input, rows) {
      for (let index = 0; index < count; index++) placed[index].forwardTangent(inputOf(index, input), rows);
    },
    backwardTangent(input, rows) {
      for (let index = count - 1; index >= 0; index--) placed[index].backwardTangent(inputOf(index, input), rows);
    },
  };
}
