/**
 * Makes the page one file: `dist/playground/index.html`, which opens from disk and asks nothing of any server; or serves it on this
 * machine alone, made anew when a source changes. `deno task playground --help` shows the options.
 *
 * @module
 */
import { deflateRawSync, gzipSync } from "node:zlib";
import { flag, type HelpParts, integer, parseOptions, text } from "../../src/cli/mod.ts";
import { base64 as cells } from "../../src/kernels/generated/cells.ts";
import { base64 as relaxed } from "../../src/kernels/generated/relaxed.ts";
import { base64 as simd } from "../../src/kernels/generated/simd.ts";
import { makeFolder, toJson, writeWhole } from "../io/files.ts";
import { pageHtml } from "../playground/page_html.ts";
import { KERNELS } from "../playground/packed.ts";
import { pageKernels } from "./_page_kernels.ts";
import { licenceTexts, packagesOf, withDependencies } from "./_packages.ts";
import { bundle } from "./bundle.ts";
import { runTool } from "./_run_tool.ts";

const playgroundOptions = {
  out: text("FOLDER", "Output folder (default dist/playground)"),
  serve: flag("Serve it on this machine, and reload it in the browser when a source changes"),
  port: integer(8765, 0, "Port for serving; 0 for any that is free"),
  json: flag("Print what was made as one JSON document, and nothing else, on stdout"),
  help: flag("Show this help"),
};

const about: HelpParts = {
  name: "playground",
  summary:
    "Makes the page on which a network learns in the browser beside the best linear model: index.html, one file that opens from disk. " +
    "It computes in a worker with the library's own kernels, asks nothing of any server, and keeps nothing.",
  options: playgroundOptions,
  notes: ["Exit codes: 0 done; 2 bad usage, or the page cannot be bundled."],
  examples: [
    ["", "dist/playground/index.html"],
    ["--serve", "serve it at http://127.0.0.1:8765/"],
  ],
};

/** A page that was made. */
export interface MadePage {
  readonly file: string;
  readonly bytes: number;
  /** Its size when a server compresses it. */
  readonly gzipBytes: number;
}

/** Where the page's sources are. */
const SOURCES = new URL("../playground/", import.meta.url);

/** Bundles the script of the page and its worker; returns the HTML. */
async function makeHtml(more?: string): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "resland-page-" });
  try {
    const { file } = await bundle(new URL("script.ts", SOURCES), `${folder}/script.js`, "browser");
    // The page has the kernels that give the same bits everywhere, compressed; the others would be a fifth of it. Its tables are small: their twins read them.
    const script = (await Deno.readTextFile(file)).replace(relaxed, "").replace(cells, "").replace(simd, KERNELS);
    const kernels = packed(await pageKernels());
    return pageHtml({ script: `(() => { "use strict"; ${script} })();`, kernels, more });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Bytes compressed as far as they can be, in base64. */
const packed = (bytes: Uint8Array): string => deflateRawSync(bytes, { level: 9 }).toString("base64");

/** Makes `index.html` in a folder, and the licences to hand on with it; the same sources give the same bytes. */
export async function makePage(folder: string): Promise<MadePage> {
  const html = await makeHtml();
  await makeFolder(folder);
  const file = `${folder}/index.html`;
  await writeWhole(file, html);
  const packages = withDependencies(await packagesOf("tasks/playground/script.ts"));
  await writeWhole(`${folder}/licences.txt`, await licenceTexts(packages));
  const bytes = new TextEncoder().encode(html);
  return { file, bytes: bytes.length, gzipBytes: gzipSync(bytes).length };
}

/** What a served page does in addition: it waits for word of a new one, and loads it. */
const RELOAD = '<script type="module">new EventSource("/changes").onmessage = () => location.reload();</script>\n';

/** Milliseconds of quiet after a change before the page is made anew. */
const QUIET = 200;

/** Serves the page on this machine until the process ends. */
async function serve(port: number): Promise<number> {
  let html = await makeHtml(RELOAD);
  const listeners = new Set<ReadableStreamDefaultController<Uint8Array>>();
  const changes = () => {
    let own: ReadableStreamDefaultController<Uint8Array>;
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => void listeners.add(own = controller),
      cancel: () => void listeners.delete(own),
    });
    return new Response(stream, { headers: { "content-type": "text/event-stream" } });
  };
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port,
    onListen: (at) => console.log(`http://127.0.0.1:${at.port}/ (Ctrl-C ends it)`),
  }, (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/changes") return changes();
    if (pathname !== "/") return new Response("not found", { status: 404 });
    return new Response(html, { headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" } });
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const renew = async () => {
    try {
      html = await makeHtml(RELOAD);
      for (const one of listeners) one.enqueue(new TextEncoder().encode("data: new\n\n"));
    } catch (error) {
      console.error(`resland playground: ${(error as Error).message}`);
    }
  };
  for await (const _ of Deno.watchFs([SOURCES.pathname, new URL("../../src/", import.meta.url).pathname])) {
    clearTimeout(timer);
    timer = setTimeout(renew, QUIET);
  }
  await server.finished;
  return 0;
}

async function run(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, playgroundOptions);
  if (options.serve) return await serve(options.port);
  const made = await makePage(options.out ?? "dist/playground");
  const kilobytes = (bytes: number) => `${Math.round(bytes / 1000)} KB`;
  console.log(
    options.json
      ? toJson({ schema: "resland/playground@1", ...made }).trimEnd()
      : `${made.file}: ${kilobytes(made.bytes)}, ${kilobytes(made.gzipBytes)} compressed`,
  );
  return 0;
}

if (import.meta.main) await runTool(about, run);
