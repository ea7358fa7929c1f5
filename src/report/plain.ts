/** A value as JSON keeps it: numbers that are not finite become null. */
export type Plain<T> = T extends number ? number | null
  : T extends string | boolean | null | undefined ? T
  : T extends readonly (infer Item)[] ? readonly Plain<Item>[]
  : { readonly [Key in keyof T]: Plain<T[Key]> };

/**
 * Plain data ready for `JSON.stringify`: numbers that are not finite become null, at any depth.
 *
 * @param value Numbers, texts, truth values and null, in arrays and records.
 * @returns The same, as new arrays and records.
 * @example NaN inside a record inside an array
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(plain([{ name: "r2", value: NaN }, { name: "loss", value: 2 }]), [{ name: "r2", value: null }, { name: "loss", value: 2 }]);
 * ```
 */
export function plain<T>(value: T): Plain<T>;
export function plain(value: unknown): unknown {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (Array.isArray(value)) return value.map((item) => plain(item));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item)]));
}
