import { ACTIVATION_CODES, type Address, type Kernels, type KernelSet } from "../kernels/mod.ts";
import type { Activation, Dense, Layer } from "./layer.ts";
import { countOf, parametersOf } from "./parameters.ts";

/** Where a layer tree lives while it is being computed: buffers for up to `rows` rows, and the flat vectors it reads and writes. */
export interface Site {
  /** The kernels and their memory. */
  readonly kernels: Kernels;
  /** The kernels in the precision of this site. */
  readonly set: KernelSet;
  /** Most rows in one pass. */
  readonly rows: number;
  /** Whether Hessian-vector products are wanted: buffers for tangents are then made too. */
  readonly tangents: boolean;
  /** Makes a buffer of that many elements; the site frees it. */
  readonly buffer: (elements: number) => Address;
  /** The flat parameters, their gradient, a direction, and the Hessian times that direction; same layout each. */
  readonly vectors: {
    readonly point: Address;
    readonly gradient: Address;
    readonly direction: Address;
    readonly product: Address;
  };
}

/** Buffers of a layer's output [rows, width]: the value, the gradient of the loss in it, and the tangents of both. */
export interface Signal {
  /** The output itself. */
  readonly value: Address;
  /** The gradient of the loss in it. */
  readonly gradient: Address;
  /** The derivative of the output along the direction. */
  readonly tangent: Address;
  /** The derivative of the gradient along the direction. */
  readonly gradientTangent: Address;
}

/** A placed layer. `input` is the previous layer's output; a gradient of 0 in it means that nobody asks for it, a tangent of 0 that it is zero. */
export interface PlacedLayer {
  /** Columns of the output. */
  readonly width: number;
  /** Where the output and what belongs to it stand. */
  readonly output: Signal;
  /** Computes the output; with `order` 1 keeps what `backward` needs, with 2 also what the tangents need. */
  forward(input: Signal, rows: number, order: 0 | 1 | 2): void;
  /** From the output's gradient (destroyed), writes the parameters' gradient and the input's. */
  backward(input: Signal, rows: number): void;
  /** The output's tangent along the direction of parameters and the input's tangent. */
  forwardTangent(input: Signal, rows: number): void;
  /** `backward`, and the tangents of all that it writes. */
  backwardTangent(input: Signal, rows: number): void;
}

/** Lays a layer tree out at a site; `offset` is the index of its first parameter in the flat vectors. */
export function place(site: Site, layer: Layer, width: number, offset: number): PlacedLayer {
  switch (layer.type) {
    case "dense":
      return placeDense(site, layer, null, offset);
    case "activation":
      return placeActivation(site, layer, width);
    case "residual":
      return placeResidual(site, place(site, layer.body, width, offset), width);
    case "chain":
      return placeChain(site, layer.layers, width, offset);
  }
}

/** Buffers for an output of that width. */
export function makeSignal(site: Site, width: number): Signal {
  const make = (wanted: boolean) => wanted ? site.buffer(site.rows * width) : 0;
  return {
    value: make(true),
    gradient: make(true),
    tangent: make(site.tangents),
    gradientTangent: make(site.tangents),
  };
}

/** A dense layer, with the activation after it fused in: bias and activation take one pass. */
function placeDense(site: Site, layer: Dense, activation: Activation | null, offset: number): PlacedLayer {
  const { set, vectors, kernels: { work } } = site;
  const { in: inner, out } = layer;
  const output = makeSignal(site, out);
  const code = ACTIVATION_CODES[activation?.name ?? "identity"];
  const linear = activation === null || activation.name === "identity";
  const slope = linear ? 0 : site.buffer(site.rows * out);
  const preTangent = linear || !site.tangents ? output.tangent : site.buffer(site.rows * out);
  const curvature = linear || !site.tangents ? 0 : site.buffer(site.rows * out);
  const at = (vector: Address, index: number) => vector + index * set.bytes;
  const weight = (vector: Address) => at(vector, offset);
  const bias = (vector: Address) => layer.bias ? at(vector, offset + inner * out) : 0;

  const backward = (input: Signal, rows: number) => {
    if (!linear) set.mul(rows * out, output.gradient, slope, output.gradient);
    set.gemmTN(out, inner, rows, output.gradient, out, input.value, inner, weight(vectors.gradient), inner, 0, work);
    if (layer.bias) set.columnSums(rows, out, output.gradient, out, bias(vectors.gradient), 0);
    if (input.gradient !== 0) {
      set.gemmNN(rows, inner, out, output.gradient, out, weight(vectors.point), inner, input.gradient, inner, 0, work);
    }
  };
  return {
    width: out,
    output,
    forward(input, rows, order) {
      const pre = slope !== 0 && order > 0 ? slope : output.value;
      set.gemmNT(rows, out, inner, input.value, inner, weight(vectors.point), inner, pre, out, 0, work);
      if (linear && !layer.bias) return;
      set.biasActivation(
        code,
        rows,
        out,
        bias(vectors.point),
        pre,
        output.value,
        order > 0 ? slope : 0,
        order > 1 ? curvature : 0,
      );
    },
    backward,
    forwardTangent(input, rows) {
      const accumulate = input.tangent !== 0 ? 1 : 0;
      if (accumulate) {
        set.gemmNT(rows, out, inner, input.tangent, inner, weight(vectors.point), inner, preTangent, out, 0, work);
      }
      set.gemmNT(
        rows,
        out,
        inner,
        input.value,
        inner,
        weight(vectors.direction),
        inner,
        preTangent,
        out,
        accumulate,
        work,
      );
      if (layer.bias) set.biasActivation(0, rows, out, bias(vectors.direction), preTangent, preTangent, 0, 0);
      if (!linear) set.mul(rows * out, preTangent, slope, output.tangent);
    },
    backwardTangent(input, rows) {
      const n = rows * out;
      if (!linear) {
        set.mul(n, output.gradientTangent, slope, output.gradientTangent);
        set.mul(n, curvature, output.gradient, curvature);
        set.mul(n, curvature, preTangent, curvature);
        set.axpy(n, 1, curvature, output.gradientTangent);
      }
      backward(input, rows);
      const change = output.gradientTangent;
      set.gemmTN(out, inner, rows, change, out, input.value, inner, weight(vectors.product), inner, 0, work);
      if (input.tangent !== 0) {
        set.gemmTN(
          out,
          inner,
          rows,
          output.gradient,
          out,
          input.tangent,
          inner,
          weight(vectors.product),
          inner,
          1,
          work,
        );
      }
      if (layer.bias) set.columnSums(rows, out, change, out, bias(vectors.product), 0);
      if (input.gradient !== 0) {
        set.gemmNN(rows, inner, out, change, out, weight(vectors.point), inner, input.gradientTangent, inner, 0, work);
        set.gemmNN(
          rows,
          inner,
          out,
          output.gradient,
          out,
          weight(vectors.direction),
          inner,
          input.gradientTangent,
          inner,
          1,
          work,
        );
      }
    },
  };
}

function placeActivation(site: Site, layer: Activation, width: number): PlacedLayer {
  const { set } = site;
  const output = makeSignal(site, width);
  const code = ACTIVATION_CODES[layer.name];
  const slope = site.buffer(site.rows * width);
  const curvature = site.tangents ? site.buffer(site.rows * width) : 0;
  const backward = (input: Signal, rows: number) => {
    if (input.gradient !== 0) set.mul(rows * width, output.gradient, slope, input.gradient);
  };
  return {
    width,
    output,
    forward(input, rows, order) {
      set.biasActivation(
        code,
        rows,
        width,
        0,
        input.value,
        output.value,
        order > 0 ? slope : 0,
        order > 1 ? curvature : 0,
      );
    },
    backward,
    forwardTangent(input, rows) {
      if (input.tangent === 0) set.fill(rows * width, 0, output.tangent);
      else set.mul(rows * width, input.tangent, slope, output.tangent);
    },
    backwardTangent(input, rows) {
      backward(input, rows);
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
    forward(input, rows, order) {
      body.forward(input, rows, order);
      set.copy(rows * width, input.value, output.value);
      set.axpy(rows * width, 1, body.output.value, output.value);
    },
    backward(input, rows) {
      const n = rows * width;
      set.copy(n, output.gradient, body.output.gradient);
      body.backward(input, rows);
      if (input.gradient !== 0) set.axpy(n, 1, output.gradient, input.gradient);
    },
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
  if (layers.length === 0) return placeActivation(site, { type: "activation", name: "identity" }, width);
  const placed: PlacedLayer[] = [];
  let at = offset;
  for (let index = 0; index < layers.length; index++) {
    const layer = layers[index];
    const next = layers[index + 1];
    const before = placed.at(-1)?.width ?? width;
    if (layer.type === "dense" && next?.type === "activation") {
      placed.push(placeDense(site, layer, next, at));
      index++;
    } else {
      placed.push(place(site, layer, before, at));
    }
    at += countOf(parametersOf(layer));
  }
  const inputOf = (index: number, input: Signal) => index === 0 ? input : placed[index - 1].output;
  const last = placed[placed.length - 1];
  return {
    width: last.width,
    output: last.output,
    forward: (input, rows, order) =>
      placed.forEach((layer, index) => layer.forward(inputOf(index, input), rows, order)),
    backward(input, rows) {
      for (let index = placed.length - 1; index >= 0; index--) placed[index].backward(inputOf(index, input), rows);
    },
    forwardTangent: (input, rows) =>
      placed.forEach((layer, index) => layer.forwardTangent(inputOf(index, input), rows)),
    backwardTangent(input, rows) {
      for (let index = placed.length - 1; index >= 0; index--) {
        placed[index].backwardTangent(inputOf(index, input), rows);
      }
    },
  };
}
