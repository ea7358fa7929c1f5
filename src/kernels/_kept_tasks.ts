import { type KernelSets, NUMBERS, SHARED } from "./_calls.ts";
import type { Address, KernelTask, Memory } from "./types.ts";

/** Calls in turn, ready to be made. */
export type ReadyTask = readonly { readonly kernel: (...args: number[]) => void; readonly args: number[] }[];

/** Makes them. */
export function makeReady(task: ReadyTask): void {
  for (const { kernel, args } of task) kernel(...args);
}

/** Tasks that one thread can make at once; members have scratch of their own. */
export const readyTasks = (
  sets: KernelSets,
  tasks: readonly KernelTask[],
  scratch: Address | null = null,
): readonly ReadyTask[] =>
  tasks.map((task) =>
    task.map(({ kernel, dtype = "f64", args }) => ({
      kernel: sets[dtype][kernel] as (...args: number[]) => void,
      args: scratch !== null && SHARED[NUMBERS.get(kernel)!].scratch ? args.with(-1, scratch) : [...args],
    }))
  );

/** Writes tasks to kernel memory, from where other threads read them: how many there are, then of each how many calls, and their numbers. */
export function writeTasks(memory: Memory, tasks: readonly KernelTask[]): Address {
  const numbers = [tasks.length];
  for (const task of tasks) {
    numbers.push(task.length);
    for (const { kernel, dtype, args } of task) {
      numbers.push(NUMBERS.get(kernel)!, dtype === "f32" ? 1 : 0, args.length, ...args);
    }
  }
  const at = memory.allocate(8 * numbers.length);
  memory.view("f64", at, numbers.length).set(numbers);
  return at;
}

/** What {@linkcode writeTasks} wrote. */
export function readTasks({ heapF64 }: Pick<Memory, "heapF64">, at: Address): readonly KernelTask[] {
  let next = at / 8;
  return Array.from({ length: heapF64[next++] }, () =>
    Array.from({ length: heapF64[next++] }, () => {
      const { kernel } = SHARED[heapF64[next]];
      const dtype = heapF64[next + 1] === 1 ? "f32" : "f64";
      const from = next + 3;
      next = from + heapF64[next + 2];
      return { kernel, dtype, args: Array.from(heapF64.subarray(from, next)) } as const;
    }));
}
