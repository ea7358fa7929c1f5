// The vocabulary of the kernels: one vector of 16 bytes, seen as lanes of T (f32 or f64).

/** Lanes in one vector: 4 for f32, 2 for f64. */
@inline
export function lanes<T>(): usize {
  return 16 / sizeof<T>();
}

/** `a b + c`: fused in the `relaxed` build, rounded twice in the `simd` build. */
@inline
export function madd<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<T>(a, b, c);
  return v128.add<T>(v128.mul<T>(a, b), c);
}

/** The next lanes of T from numbers in f32: exact. */
@inline
export function loadSingle<T>(at: usize): v128 {
  if (sizeof<T>() == 4) return v128.load(at);
  return f64x2.promote_low_f32x4(v128.load64_zero(at));
}

/** The sum of the lanes, in a fixed order: (0 + 2) + (1 + 3), or 0 + 1. */
@inline
export function addLanes<T>(a: v128): T {
  if (sizeof<T>() == 8) return v128.extract_lane<T>(a, 0) + v128.extract_lane<T>(a, 1);
  return (v128.extract_lane<T>(a, 0) + v128.extract_lane<T>(a, 2)) +
    (v128.extract_lane<T>(a, 1) + v128.extract_lane<T>(a, 3));
}

/** The same number in every lane. */
@inline
export function splat<T>(value: T): v128 {
  return v128.splat<T>(value);
}

/** The next `count` lanes from memory: a whole vector, or what is left of one, with zeros in the rest. Reads nothing past them. */
@inline
export function loadUpTo<T>(at: usize, count: usize): v128 {
  if (count >= lanes<T>()) return v128.load(at);
  if (sizeof<T>() == 8) return v128.load64_zero(at);
  let a = v128.load32_zero(at);
  if (count > 1) a = v128.load_lane<f32>(at, a, 1, 4);
  if (count > 2) a = v128.load_lane<f32>(at, a, 2, 8);
  return a;
}

/** The next `count` lanes to memory: a whole vector, or what is left of one. Writes nothing past them. */
@inline
export function storeUpTo<T>(at: usize, a: v128, count: usize): void {
  if (count >= lanes<T>()) {
    v128.store(at, a);
    return;
  }
  v128.store_lane<T>(at, a, 0);
  if (sizeof<T>() == 8) return;
  if (count > 1) v128.store_lane<f32>(at, a, 1, 4);
  if (count > 2) v128.store_lane<f32>(at, a, 2, 8);
}
