import { assertEquals, assertStringIncludes } from "@std/assert";
import { denoCommand } from "../support/deno_command.ts";
import { RUN } from "../support/program.ts";

const TOOL = new URL("../../tasks/tools/playground.ts", import.meta.url).pathname;

/** What `deno task playground` asks for. */
const ALLOWED = ["--allow-read", "--allow-write", "--allow-run=deno", "--allow-net=127.0.0.1"];

Deno.test("playground --serve serves the page on this machine alone, with its reload", async () => {
  const child = denoCommand({
    args: [...RUN, "--no-prompt", ...ALLOWED, TOOL, "--serve", "--port", "0"],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  try {
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { value } = await reader.read();
    const [address] = value!.match(/^http:\/\/127\.0\.0\.1:\d+\//)!;
    const html = await (await fetch(address)).text();
    assertStringIncludes(html, "connect-src 'self'");
    assertStringIncludes(html, 'EventSource("/changes")');
    const missing = await fetch(`${address}other`);
    assertEquals([missing.status, await missing.text()], [404, "not found"]);
    await reader.cancel();
  } finally {
    child.kill();
    await child.status;
  }
});
