import project from "../../deno.json" with { type: "json" };

/** The version of the program. */
export const VERSION: string = project.version;

/** How users run the program: `deno task` from a checkout, `resland` from a bundle. */
export const PROGRAM = import.meta.url.endsWith("/tasks/commands/program.ts") ? "deno task" : "resland";
