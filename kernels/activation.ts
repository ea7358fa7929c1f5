// Bias and activation in one pass, with the first two derivatives: a = z + bias, y = phi(a), slope = phi'(a), curvature = phi''(a).

import { erfOf } from "./erf";
import { expOf, log1pOf } from "./exp";
import { lanes, loadUpTo, splat, storeUpTo } from "./simd";
import { sinOf } from "./sin";
import { tanhOf } from "./tanh";

// The codes of ACTIVATION_CODES in src/kernels/types.ts.
const IDENTITY = 0, RELU = 1, LEAKY_RELU = 2, TANH = 3, SIGMOID = 4, SOFTPLUS = 5, GELU = 6, SILU = 7, SIN = 8;

/** `value`, with NaN in the lanes where `a` is NaN: a comparison that is true sets every bit, which is a NaN. */
@inline
function keepNaN<T>(a: v128, value: v128): v128 {
  return v128.or(value, v128.ne<T>(a, a));
}

/**
 * One vector: reads a, writes what is asked for at the byte offset `at`. `code` is a constant at each place of use, so that
 * the branches on it are gone from the compiled loop.
 */
@inline
function curve<T>(code: i32, a: v128, y: usize, slope: usize, curvature: usize, left: usize): void {
  const one = splat<T>(1), zero = splat<T>(0);
  if (code <= LEAKY_RELU) {
    // "Not above 0" is false for NaN, which so stays in the value; minus infinity gives 0 under relu.
    const flat = v128.le<T>(a, zero), leak = splat<T>(0.01);
    let value = a, rise = one;
    if (code == RELU) {
      value = v128.andnot(a, flat);
      rise = v128.andnot(one, flat);
    } else if (code == LEAKY_RELU) {
      value = v128.bitselect(v128.mul<T>(leak, a), a, flat);
      rise = v128.bitselect(leak, one, flat);
    }
    storeUpTo<T>(y, value, left);
    if (slope) storeUpTo<T>(slope, keepNaN<T>(a, rise), left);
    if (curvature) storeUpTo<T>(curvature, keepNaN<T>(a, zero), left);
  } else if (code == TANH) {
    const t = tanhOf<T>(a);
    const rise = v128.sub<T>(one, v128.mul<T>(t, t));
    storeUpTo<T>(y, t, left);
    if (slope) storeUpTo<T>(slope, rise, left);
    if (curvature) storeUpTo<T>(curvature, v128.mul<T>(v128.mul<T>(splat<T>(-2), t), rise), left);
  } else if (code == SIGMOID || code == SOFTPLUS || code == SILU) {
    // With e = exp(-|a|): sigmoid(|a|) = 1 / (1 + e), sigmoid(-|a|) = e / (1 + e).
    const e = expOf<T>(v128.neg<T>(v128.abs<T>(a)));
    const large = v128.div<T>(one, v128.add<T>(one, e));
    const small = v128.mul<T>(e, large);
    const positive = v128.ge<T>(a, zero);
    const up = v128.bitselect(large, small, positive), down = v128.bitselect(small, large, positive);
    const product = v128.mul<T>(up, down), difference = v128.sub<T>(down, up);
    if (code == SIGMOID) {
      storeUpTo<T>(y, up, left);
      if (slope) storeUpTo<T>(slope, product, left);
      if (curvature) storeUpTo<T>(curvature, v128.mul<T>(product, difference), left);
    } else if (code == SOFTPLUS) {
      storeUpTo<T>(y, v128.add<T>(v128.max<T>(a, zero), log1pOf<T>(e)), left);
      if (slope) storeUpTo<T>(slope, up, left);
      if (curvature) storeUpTo<T>(curvature, product, left);
    } else {
      storeUpTo<T>(y, v128.mul<T>(a, up), left);
      if (slope) storeUpTo<T>(slope, v128.mul<T>(up, v128.add<T>(one, v128.mul<T>(a, down))), left);
      if (curvature) {
        const bend = v128.add<T>(splat<T>(2), v128.mul<T>(a, difference));
        storeUpTo<T>(curvature, v128.mul<T>(product, bend), left);
      }
    }
  } else if (code == GELU) {
    const chance = v128.mul<T>(splat<T>(0.5), v128.add<T>(one, erfOf<T>(v128.mul<T>(a, splat<T>(<T>0.7071067811865476)))));
    storeUpTo<T>(y, v128.mul<T>(a, chance), left);
    if (!slope && !curvature) return;
    const square = v128.mul<T>(a, a);
    const density = v128.mul<T>(splat<T>(<T>0.3989422804014327), expOf<T>(v128.mul<T>(splat<T>(-0.5), square)));
    if (slope) storeUpTo<T>(slope, v128.add<T>(chance, v128.mul<T>(a, density)), left);
    if (curvature) storeUpTo<T>(curvature, v128.mul<T>(v128.sub<T>(splat<T>(2), square), density), left);
  } else {
    const sine = sinOf<T>(a, 0);
    storeUpTo<T>(y, sine, left);
    if (slope) storeUpTo<T>(slope, sinOf<T>(a, 1), left);
    if (curvature) storeUpTo<T>(curvature, v128.neg<T>(sine), left);
  }
}

/** All rows with one activation: whole vectors, then what is left of the row. Without a bias the rows are one long row. */
@inline
function run<T>(code: i32, rows: usize, cols: usize, bias: usize, z: usize, y: usize, slope: usize, curvature: usize): void {
  const width = cols * sizeof<T>(), whole = width & ~15;
  for (; rows; rows--) {
    if (code <= RELU && bias && slope && !curvature) {
      // The loop of training, where a branch on an address would take as long as the function.
      for (let at: usize = 0; at < whole; at += 16) {
        const a = v128.add<T>(v128.load(z + at), v128.load(bias + at));
        curve<T>(code, a, y + at, slope + at, 0, lanes<T>());
      }
    } else {
      for (let at: usize = 0; at < whole; at += 16) {
        let a = v128.load(z + at);
        if (bias) a = v128.add<T>(a, v128.load(bias + at));
        curve<T>(code, a, y + at, slope ? slope + at : 0, curvature ? curvature + at : 0, lanes<T>());
      }
    }
    if (whole < width) {
      const left = cols & (lanes<T>() - 1);
      let a = loadUpTo<T>(z + whole, left);
      if (bias) a = v128.add<T>(a, loadUpTo<T>(bias + whole, left));
      curveEnd<T>(code, a, y + whole, slope ? slope + whole : 0, curvature ? curvature + whole : 0, left);
    }
    z += width;
    y += width;
    if (slope) slope += width;
    if (curvature) curvature += width;
  }
}

/** The end of a row, less than a vector: every activation in one function, since speed does not matter there. */
function curveEnd<T>(code: i32, a: v128, y: usize, slope: usize, curvature: usize, left: usize): void {
  if (code <= LEAKY_RELU) curve<T>(code, a, y, slope, curvature, left);
  else if (code == TANH) curve<T>(TANH, a, y, slope, curvature, left);
  else if (code <= SOFTPLUS || code == SILU) curve<T>(code, a, y, slope, curvature, left);
  else if (code == GELU) curve<T>(GELU, a, y, slope, curvature, left);
  else curve<T>(SIN, a, y, slope, curvature, left);
}

/** See biasActivation in src/kernels/types.ts. Unchecked: the code, the shapes. */
@inline
function biasActivation<T>(code: i32, rows: usize, cols: usize, bias: usize, z: usize, y: usize, slope: usize, curvature: usize): void {
  if (!bias) {
    cols *= rows;
    rows = 1;
  }
  if (code == IDENTITY) run<T>(IDENTITY, rows, cols, bias, z, y, slope, curvature);
  else if (code == RELU) run<T>(RELU, rows, cols, bias, z, y, slope, curvature);
  else if (code == LEAKY_RELU) run<T>(LEAKY_RELU, rows, cols, bias, z, y, slope, curvature);
  else if (code == TANH) run<T>(TANH, rows, cols, bias, z, y, slope, curvature);
  else if (code == SIGMOID) run<T>(SIGMOID, rows, cols, bias, z, y, slope, curvature);
  else if (code == SOFTPLUS) run<T>(SOFTPLUS, rows, cols, bias, z, y, slope, curvature);
  else if (code == GELU) run<T>(GELU, rows, cols, bias, z, y, slope, curvature);
  else if (code == SILU) run<T>(SILU, rows, cols, bias, z, y, slope, curvature);
  else run<T>(SIN, rows, cols, bias, z, y, slope, curvature);
}

export function biasActivation_f32(code: i32, rows: usize, cols: usize, bias: usize, z: usize, y: usize, slope: usize, curvature: usize): void {
  biasActivation<f32>(code, rows, cols, bias, z, y, slope, curvature);
}

export function biasActivation_f64(code: i32, rows: usize, cols: usize, bias: usize, z: usize, y: usize, slope: usize, curvature: usize): void {
  biasActivation<f64>(code, rows, cols, bias, z, y, slope, curvature);
}
