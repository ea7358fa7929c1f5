import { UsageError } from "../../src/cli/mod.ts";
import { writeWhole } from "../io/files.ts";
import { startDeno } from "./_start_deno.ts";

/** One file with every module that the program may need. */
export interface Bundle {
  /** Where it is. */
  readonly file: string;
  /** Its size. */
  readonly bytes: number;
  /** Its hash, in hexadecimal. */
  readonly sha256: string;
  /** Its modules: paths from the root of the project, and `npm:name/version/path`; in order of their names. */
  readonly modules: readonly string[];
}

/** Where the project is. */
const ROOT = new URL("../../", import.meta.url);

/**
 * What Deno's bundler puts first, so that CommonJS modules can ask for Node's: it loads Node's module system at every start, which takes
 * longer than all of ours. The same, but only once a module asks.
 */
const EAGER_REQUIRE =
  /import ?\{ ?createRequire as (\w+) ?\} ?from "node:module";\s*var (\w+) ?= ?\1\(import\.meta\.url\);/;
const LAZY_REQUIRE = "var $2=(name)=>{const found=globalThis.process.getBuiltinModule(name);" +
  'if(found===undefined)throw new Error("Cannot find module "+name);return found};';

/**
 * Node's modules that ES modules import stand in a bundle as they are, and Deno loads them at every start, for packages that few commands
 * run. Each name becomes a stand-in that asks for its module when it is first called, constructed or looked into.
 */
const EAGER_IMPORT = /\bimport(?: ?([\w$]+))?,?(?: ?\{([^{}"]*)\})? ?from ?"node:([\w/]+)";/g;
const LAZY_IMPORT =
  "var lazyNode=(module,name)=>{var made,of=()=>made??=name===void 0?process.getBuiltinModule(module):" +
  "process.getBuiltinModule(module)[name];return new Proxy(function(){},{get:(_,key)=>Reflect.get(of(),key)," +
  "apply:(_,self,args)=>Reflect.apply(of(),self,args)," +
  "construct:(_,args,target)=>Reflect.construct(of(),args,target)})};";

/**
 * What the bundler leaves in regular expressions: one character beyond Latin-1, and the whole file is held and read with two bytes for each.
 * No raw template of ours has any, where an escape would be read as written.
 */
const NOT_ASCII = /[\u0080-\uffff]/g;
const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** A bundle that loads none of Node's modules before it needs them. */
function loadNodeLazily(code: string): string {
  const names: string[] = [];
  const rest = code.replace(EAGER_REQUIRE, LAZY_REQUIRE).replace(
    EAGER_IMPORT,
    (_, whole: string | undefined, parts: string | undefined, module: string) => {
      if (whole !== undefined) names.push(`${whole}=lazyNode("${module}")`);
      for (const part of parts?.split(",") ?? []) {
        const [name, local = name] = part.trim().split(/ as /);
        names.push(`${local}=lazyNode("${module}","${name}")`);
      }
      return "";
    },
  );
  return names.length === 0 ? rest : `${LAZY_IMPORT}var ${names.join()};${rest}`;
}

/** Bundles an entry and all that it imports into one file, for Deno or for browsers; the same sources give the same bytes. */
export async function bundle(entry: URL, file: string, platform: "deno" | "browser" = "deno"): Promise<Bundle> {
  const folder = await Deno.makeTempDir({ prefix: "resland-bundle-" });
  try {
    const raw = `${folder}/resland.js`;
    const { success, stderr } = await startDeno([
      ...["bundle", "--quiet", "--lock=deno.lock", "--no-check", "--minify", "--sourcemap=external"],
      ...[`--platform=${platform}`, "--output", raw, entry.pathname],
    ], { cwd: ROOT });
    if (!success) {
      const [reason] = new TextDecoder().decode(stderr).trim().split("\n");
      throw new UsageError(`the program cannot be bundled: ${reason}; deno bundle says more`);
    }
    const code = loadNodeLazily(await Deno.readTextFile(raw)).replace(NOT_ASCII, escaped);
    const map = JSON.parse(await Deno.readTextFile(`${raw}.map`));
    await writeWhole(file, code);
    const bytes = new TextEncoder().encode(code);
    return { file, bytes: bytes.length, sha256: await sha256(bytes), modules: modulesOf(map.sources, folder) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The sources of a map, by names that are the same on every machine. */
function modulesOf(sources: readonly string[], folder: string): readonly string[] {
  return sources.map((source) => {
    const { href } = new URL(source, `file://${folder}/`);
    const [, packaged] = href.match(/\/npm\/[^/]+\/(.+)$/) ?? [];
    if (packaged) return `npm:${packaged}`;
    return href.startsWith(ROOT.href) ? href.slice(ROOT.href.length) : href;
  }).toSorted();
}

/** The hash of bytes, in hexadecimal. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>)).toHex();
}
