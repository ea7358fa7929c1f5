/** Deno as a process of its own, as every test and bench starts it: without colours, and without a look for updates. */
export const denoCommand = ({ env = {}, ...options }: Deno.CommandOptions): Deno.Command =>
  new Deno.Command("deno", { ...options, env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", ...env } });
