/** Megabytes of a process that are in memory now, by `ps`; null once it is gone. */
export async function residentSize(pid: number): Promise<number | null> {
  const { success, stdout } = await new Deno.Command("ps", { args: ["-o", "rss=", "-p", String(pid)] }).output();
  const kilobytes = success ? Number(new TextDecoder().decode(stdout)) : 0;
  return kilobytes > 0 ? kilobytes / 1024 : null;
}
