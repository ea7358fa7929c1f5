import project from "../../deno.json" with { type: "json" };

/** The version of the program. */
export const VERSION: string = project.version;

/** How the program is called: by its task from a checkout, by its name once it is one file. */
export const PROGRAM = import.meta.url.endsWith("/tasks/commands/program.ts") ? "deno task" : "resland";
