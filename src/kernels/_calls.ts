import type { Dtype, KernelCall, Kernels, KernelSet, KernelTask, SharedKernel } from "./types.ts";

/** The kernels that threads share, by number; whether the last argument is scratch that each thread has its own of. */
export const SHARED: readonly { readonly kernel: SharedKernel; readonly scratch: boolean }[] = [
  { kernel: "gemmNN", scratch: true },
  { kernel: "gemmTN", scratch: true },
  { kernel: "gemmNT", scratch: true },
  { kernel: "gemvN", scratch: false },
  { kernel: "gemvT", scratch: false },
  { kernel: "bendSingle", scratch: false },
  { kernel: "biasActivation", scratch: false },
  { kernel: "loss", scratch: false },
  { kernel: "fill", scratch: false },
  { kernel: "copy", scratch: false },
  { kernel: "axpy", scratch: false },
  { kernel: "axpby", scratch: false },
  { kernel: "mul", scratch: false },
  { kernel: "columnSums", scratch: false },
  { kernel: "gatherRows", scratch: false },
  { kernel: "gatherDouble", scratch: false },
  { kernel: "qrUpdate", scratch: false },
  { kernel: "solveRight", scratch: true },
  { kernel: "scatterRows", scratch: false },
  { kernel: "readSingle", scratch: false },
  { kernel: "bendRows", scratch: true },
  { kernel: "lossRows", scratch: true },
];

/** The number of each of them. */
export const NUMBERS: ReadonlyMap<SharedKernel, number> = new Map(SHARED.map(({ kernel }, at) => [kernel, at]));

/** Kernels in both precisions. */
export type KernelSets = Readonly<Record<Dtype, KernelSet>>;

/** Makes a call. */
export function runCall(sets: KernelSets, { kernel, dtype = "f64", args }: KernelCall): void {
  (sets[dtype][kernel] as (...args: readonly number[]) => void)(...args);
}

/** A call as a task of its own. */
export const taskOf = (task: KernelCall | KernelTask): KernelTask => "kernel" in task ? [task] : task;

/** Kernels of one thread, which makes calls one after another. */
export function aloneKernels(sets: Omit<Kernels, "threads" | "alone" | "repeat" | "runAll">): Kernels {
  const runAll = (tasks: readonly (KernelCall | KernelTask)[]) => {
    for (const task of tasks) for (const call of taskOf(task)) runCall(sets, call);
  };
  const kernels: Kernels = {
    ...sets,
    threads: 1,
    get alone() {
      return kernels;
    },
    repeat: () => ({
      isShared: () => false,
      run: runAll,
      keep: (tasks) => () => runAll(tasks),
      done() {},
      [Symbol.dispose]() {},
    }),
    runAll,
  };
  return Object.freeze(kernels);
}
