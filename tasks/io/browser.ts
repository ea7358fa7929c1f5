/** The program of each system that opens a page in the browser. */
const OPENERS: Readonly<Partial<Record<typeof Deno.build.os, string>>> = {
  darwin: "open",
  windows: "explorer.exe",
};

/** Opens a page in the browser; returns why it could not, null where it could. */
export async function openPage(file: string): Promise<string | null> {
  const opener = OPENERS[Deno.build.os] ?? "xdg-open";
  try {
    const command = new Deno.Command(opener, { args: [await Deno.realPath(file)], stdout: "null", stderr: "null" });
    const { success } = await command.output();
    // The explorer of Windows says that it failed whether it did or not.
    return success || Deno.build.os === "windows" ? null : `${opener} failed`;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return `this program may not start ${opener}`;
    return error instanceof Deno.errors.NotFound ? `there is no ${opener}` : (error as Error).message;
  }
}
