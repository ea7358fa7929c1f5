import type { WorkerBody } from "./_messages.ts";
import type { Role } from "./start_worker.ts";

/** The module of each kind of worker; loaded only by the workers that need it. */
const ROLES: Readonly<Record<Role, () => Promise<WorkerBody<never, unknown>>>> = {
  bench: async () => (await import("./bench_worker.ts" as string)).benchWorker,
  check: async () => (await import("./check_worker.ts" as string)).checkWorker,
  compare: async () => (await import("./compare_worker.ts" as string)).compareWorker,
  fold: async () => (await import("./fold_worker.ts" as string)).foldWorker,
  kernels: async () => (await import("./kernels_worker.ts" as string)).kernelsWorker,
  paper: async () => (await import("./paper_worker.ts" as string)).paperWorker,
  spectrum: async () => (await import("./spectrum_worker.ts" as string)).spectrumWorker,
  surface: async () => (await import("./surface_worker.ts" as string)).surfaceWorker,
  sweep: async () => (await import("./sweep_worker.ts" as string)).sweepWorker,
};

/** The scope of a worker, as much of it as is used. */
interface WorkerScope {
  readonly name: string;
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown): void;
}

/** The scope that this is, when it is that of a worker. */
export function workerScope(): WorkerScope | null {
  return "WorkerGlobalScope" in globalThis ? globalThis as unknown as WorkerScope : null;
}

/** Serves as the worker that the scope is named for. */
export function serveAs(scope: WorkerScope): void {
  // Set at once: what comes before the module is loaded has to wait for it, and must not be lost.
  const body = ROLES[scope.name as Role]().then((start) => start((message) => scope.postMessage(message)));
  scope.onmessage = async ({ data }) => (await body)(data as never);
}
