import type { Address, Dtype, FloatArray, Memory } from "./types.ts";

/** Blocks start on cache lines, so that no vector load crosses one. */
const ALIGNMENT = 64;

/** The first page belongs to the kernels' own constants; address 0 stays free to mean "absent". */
export const ARENA_START = 65536;

const PAGE = 65536;
/** One page less than WebAssembly has: the end of a block at 2^32 would be address 0, and loops up to it would not run. */
const MAXIMUM_PAGES = 65535;

interface Block {
  readonly start: number;
  readonly end: number;
}

/**
 * Makes linear memory with a first-fit allocator: free blocks are kept sorted and merged with their neighbours.
 * Cost of a call: linear in the number of free blocks, which plans keep small by reserving one block each.
 *
 * Memory that threads share does not grow: kernels run at full speed only where the engine knows the size. Pages that
 * nothing has touched cost addresses, not memory, so its size may be chosen generously.
 *
 * @param options `shared`: make it shareable between workers (default false). `megabytes`: size at the start (default 4,
 * shared 1024).
 * @returns The memory; only the page of constants is in use.
 * @throws {RangeError} If the runtime cannot reserve that much.
 * @example Reserve, use, give back
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const memory = createMemory();
 * const at = memory.allocate(3 * 8);
 * memory.view("f64", at, 3).set([1, 2, 3]);
 * assertEquals(memory.view("f64", at, 3)[2], 3);
 * memory.free(at);
 * assertEquals(memory.used, 0);
 * ```
 */
export function createMemory(options: { readonly shared?: boolean; readonly megabytes?: number } = {}): Memory {
  const { shared = false, megabytes = shared ? 1024 : 4 } = options;
  const initial = Math.min(MAXIMUM_PAGES, Math.ceil(megabytes * 16) + 1);
  const wasm = new WebAssembly.Memory({ initial, maximum: shared ? initial : MAXIMUM_PAGES, shared });
  const sizes = new Map<Address, number>();
  let free: readonly Block[] = [{ start: ARENA_START, end: wasm.buffer.byteLength }];
  let used = 0;

  const grow = (bytes: number) => {
    const end = wasm.buffer.byteLength;
    const pages = Math.max(Math.ceil(bytes / PAGE), Math.min(end / PAGE, MAXIMUM_PAGES - end / PAGE));
    try {
      wasm.grow(pages);
    } catch {
      const limit = shared ? "memory that threads share does not grow" : "4 GiB is the limit";
      throw new RangeError(
        `Cannot grow the kernels' memory: asked for ${bytes} bytes more than its ${end}, and ${limit}`,
      );
    }
    free = release(free, { start: end, end: wasm.buffer.byteLength });
  };

  return memoryOf(wasm, {
    allocate(bytes): Address {
      if (!(bytes >= 0)) throw new RangeError(`Cannot reserve memory: the size must be 0 or more, got ${bytes}`);
      const size = Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
      let index = free.findIndex((block) => block.end - block.start >= size);
      if (index < 0) {
        grow(size);
        index = free.findIndex((block) => block.end - block.start >= size);
      }
      const { start, end } = free[index];
      const rest = start + size < end ? [{ start: start + size, end }] : [];
      free = free.toSpliced(index, 1, ...rest);
      sizes.set(start, size);
      used += size;
      return start;
    },
    free(address) {
      const size = sizes.get(address);
      if (size === undefined) throw new RangeError(`Cannot free address ${address}: no block starts there`);
      sizes.delete(address);
      used -= size;
      free = release(free, { start: address, end: address + size });
    },
    used: () => used,
  });
}

/**
 * Whether threads can share a memory.
 *
 * @example Asked for, or not
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals([isShared(createMemory()), isShared(createMemory({ shared: true }))], [false, true]);
 * ```
 */
export function isShared({ wasm }: Pick<Memory, "wasm">): boolean {
  return typeof SharedArrayBuffer !== "undefined" && wasm.buffer instanceof SharedArrayBuffer;
}

/**
 * Memory that another thread manages: `allocate` hands out addresses that its owner reserved, in the owner's order, so that
 * the same layout code finds the same places in every thread. `free` does nothing.
 *
 * @param wasm The memory, shared.
 * @param addresses What `allocate` returns, call by call.
 * @returns The memory as this thread sees it.
 * @throws {RangeError} Later, if more blocks are asked for than there are addresses.
 * @example Two threads, one layout
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const owner = createMemory({ shared: true });
 * const at = owner.allocate(8);
 * assertEquals(attachMemory(owner.wasm, [at]).allocate(8), at);
 * ```
 */
export function attachMemory(wasm: WebAssembly.Memory, addresses: readonly Address[]): Memory {
  let next = 0;
  return memoryOf(wasm, {
    allocate(bytes) {
      if (next === addresses.length) {
        throw new RangeError(
          `Cannot reserve ${bytes} bytes: another thread manages this memory, and gave ${next} blocks`,
        );
      }
      return addresses[next++];
    },
    free() {},
    used: () => 0,
  });
}

interface Allocator {
  readonly allocate: (bytes: number) => Address;
  readonly free: (address: Address) => void;
  readonly used: () => number;
}

/** The views of a memory, with an allocator. */
function memoryOf(wasm: WebAssembly.Memory, { allocate, free, used }: Allocator): Memory {
  let heap = viewHeap(wasm.buffer);
  const current = () => heap.buffer.byteLength === wasm.buffer.byteLength ? heap : (heap = viewHeap(wasm.buffer));
  const view = (dtype: Dtype, address: Address, length: number): FloatArray =>
    dtype === "f32" ? new Float32Array(wasm.buffer, address, length) : new Float64Array(wasm.buffer, address, length);
  return Object.freeze({
    allocate,
    free,
    view: view as Memory["view"],
    indices: (address: Address, length: number) => new Uint32Array(wasm.buffer, address, length),
    get heapF32() {
      return current().f32;
    },
    get heapF64() {
      return current().f64;
    },
    get heapU32() {
      return current().u32;
    },
    get used() {
      return used();
    },
    wasm,
  });
}

function viewHeap(buffer: ArrayBufferLike) {
  return { buffer, f32: new Float32Array(buffer), f64: new Float64Array(buffer), u32: new Uint32Array(buffer) };
}

/** The free list with one more block, sorted, neighbours merged. */
function release(free: readonly Block[], block: Block): readonly Block[] {
  const before = free.filter((other) => other.end <= block.start);
  const after = free.filter((other) => other.start >= block.end);
  let { start, end } = block;
  if (before.at(-1)?.end === start) start = before.pop()!.start;
  if (after[0]?.start === end) end = after.shift()!.end;
  return [...before, { start, end }, ...after];
}
