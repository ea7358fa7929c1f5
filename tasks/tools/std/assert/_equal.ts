import { isDeepStrictEqual } from "node:util";

/** A copy in which every -0 is 0 and objects without a prototype are plain ones, for std tells neither pair apart. */
function canonical(value: unknown, seen: Map<object, unknown>): unknown {
  if (typeof value === "number") return value + 0;
  if (typeof value !== "object" || value === null) return value;
  if (seen.has(value)) return seen.get(value);
  if (value instanceof Float64Array || value instanceof Float32Array) {
    return value.map((entry) => entry + 0);
  }
  if (value instanceof Set) {
    return new Set([...value].map((entry) => canonical(entry, seen)));
  }
  if (value instanceof Map) {
    return new Map(
      [...value].map((
        [key, entry],
      ) => [canonical(key, seen), canonical(entry, seen)]),
    );
  }
  const prototype = Object.getPrototypeOf(value) ?? Object.prototype;
  if (!Array.isArray(value) && Object.keys(value).length === 0) {
    return prototype === Object.prototype ? { ...value } : value;
  }
  const copy = Array.isArray(value) ? [] : Object.create(prototype);
  seen.set(value, copy);
  for (const key of Reflect.ownKeys(value)) {
    const property = Object.getOwnPropertyDescriptor(value, key)!;
    if (property.enumerable) {
      copy[key] = canonical(value[key as keyof typeof value], seen);
    }
  }
  if (Array.isArray(value)) copy.length = value.length;
  return copy;
}

/** Deep strict equality as std has it: NaN equals NaN, and 0 equals -0. */
export function equal(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(a, b) ||
    isDeepStrictEqual(canonical(a, new Map()), canonical(b, new Map()));
}
