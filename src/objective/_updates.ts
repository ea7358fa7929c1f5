import type { Address, Dtype, Kernels, KernelTask, Repeated } from "../kernels/mod.ts";
import { cut } from "./_cut.ts";

/** Combinations of vectors of one length, made together: threads then need one order for all of them. */
export interface Updates {
  /** Notes `y = alpha x + beta y`. */
  add(alpha: number, x: Address, beta: number, y: Address): void;
  /** Makes what was noted, in turn. */
  make(): void;
}

/** Most combinations that are noted. */
const MOST = 4;

/** The number of the piece of a step, after that of the gradient. */
const UPDATE = 1;

/** Entries from which on threads share them: each of two then takes some microseconds. */
const LEAST = 1 << 15;

/** Plans combinations of vectors of `size` entries; every entry is computed from the entries at its own place, so parts change no bit. */
export function createUpdates(
  { alone, threads }: Kernels,
  dtype: Dtype,
  { size, repeated }: { readonly size: number; readonly repeated: Repeated },
): Updates {
  const set = alone[dtype];
  const { bytes } = set;
  const noted = new Float64Array(4 * MOST);
  let count = 0;
  const taskOf = (from: number, entries: number): KernelTask =>
    Array.from({ length: count }, (_, index) => {
      const at = 4 * index;
      const [x, y] = [noted[at + 1] + from * bytes, noted[at + 3] + from * bytes];
      return noted[at + 2] === 1
        ? { kernel: "axpy", dtype, args: [entries, noted[at], x, y] }
        : { kernel: "axpby", dtype, args: [entries, noted[at], x, noted[at + 2], y] };
    });
  const make = () => {
    if (count === 0) return;
    if (repeated.isShared(UPDATE) && size >= LEAST) {
      repeated.run(Array.from({ length: threads }, (_, part) => {
        const from = cut(size, part, threads);
        return taskOf(from, cut(size, part + 1, threads) - from);
      }));
    } else {
      for (let at = 0; at < 4 * count; at += 4) {
        if (noted[at + 2] === 1) set.axpy(size, noted[at], noted[at + 1], noted[at + 3]);
        else set.axpby(size, noted[at], noted[at + 1], noted[at + 2], noted[at + 3]);
      }
    }
    repeated.done();
    count = 0;
  };
  return {
    add(alpha, x, beta, y) {
      if (count === MOST) make();
      const at = 4 * count++;
      noted[at] = alpha, noted[at + 1] = x, noted[at + 2] = beta, noted[at + 3] = y;
    },
    make,
  };
}
