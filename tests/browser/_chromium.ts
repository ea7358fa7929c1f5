import { type Browser, chromium } from "npm:playwright-core@1.65.1";

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];

/** Chromium, headless; null where it is not installed. Close it when the test is done. */
export async function startChromium(): Promise<Browser | null> {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  for (const executablePath of folders.map((folder) => `${folder}/chromium`)) {
    if (!await Deno.stat(executablePath).then(({ isFile }) => isFile, () => false)) continue;
    return await chromium.launch({ executablePath, args: FLAGS, timeout: 30_000 });
  }
  return null;
}
