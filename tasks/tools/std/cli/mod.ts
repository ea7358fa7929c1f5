/**
 * Command-line arguments, with the names, types and meanings of JSR's `@std/cli`, over `minimist`.
 * Listed under `links` in the project's deno.json, so that it runs where JSR cannot be reached.
 *
 * @module
 */
export * from "./parse_args.ts";
