/** The inside of a worker: told how to answer, it takes one message after another. */
export type WorkerBody<In, Out> = (post: (message: Out) => void) => (message: In) => void | Promise<void>;

/** What a worker can be for, and where its inside is; each is loaded by the workers that need it alone. */
const ROLES = {
  bench: async () => (await import("./bench_worker.ts")).benchWorker,
  check: async () => (await import("./check_worker.ts")).checkWorker,
  paper: async () => (await import("./paper_worker.ts")).paperWorker,
  step: async () => (await import("./step_worker.ts")).stepWorker,
  surface: async () => (await import("./surface_worker.ts")).surfaceWorker,
} satisfies Record<string, () => Promise<WorkerBody<never, unknown>>>;

/** What a worker is for. */
export type Role = keyof typeof ROLES;

/** The program's entry; where everything was bundled into one file, that file. */
const ENTRY = import.meta.url.endsWith("/tasks/_workers.ts") ? import.meta.resolve("./main.ts") : import.meta.url;

/** Starts a worker: the program once more, named for its role, so that one file is all there need be. */
export function startWorker(role: Role): Worker {
  return new Worker(ENTRY, { type: "module", name: role });
}

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
  const load = ROLES[scope.name as Role] as () => Promise<WorkerBody<never, unknown>>;
  // Set at once: what comes before the module is loaded has to wait for it, not to be lost.
  const body = load().then((start) => start((message) => scope.postMessage(message)));
  scope.onmessage = async ({ data }) => (await body)(data as never);
}
