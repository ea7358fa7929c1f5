import type { Address } from "../kernels/mod.ts";
import type { RowSource } from "../tensor/mod.ts";

/** Where rows are to be found, written if need be: with room for all of them each only once. Memory is taken at the first use. */
export function createAddresses(
  buffer: (elements: number) => Address,
  { rows: n, cols, at, write }: RowSource,
  room: number,
): (from: number, count: number) => Address {
  if (at) return at;
  let [address, done] = [0, 0];
  return (from, count) => {
    address ||= buffer(room * cols);
    if (room < n) {
      write(from, count, address, cols);
      return address;
    }
    if (from + count > done) {
      write(done, from + count - done, address + 8 * done * cols, cols);
      done = from + count;
    }
    return address + 8 * from * cols;
  };
}
