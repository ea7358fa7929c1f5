import { assertEquals } from "@std/assert";
import { decodeModel, decodeSafetensors } from "../../src/model/mod.ts";
import { namesOrNone, runHere, runUntil, temporaryFolder } from "./program.ts";

/** Kills `fit` so many times at moments of no pattern, resumes it each time, and asserts that every run ends with the bits of an unbroken one. */
export async function killAndResume(count: number): Promise<void> {
  await using folder = await temporaryFolder();
  const options = ["--epochs", "700", "--width", "64", "--batch", "8", "--regularise", "0.1,0.1", "--quiet"];
  const whole = `${folder.path}/whole`;
  assertEquals((await runHere(["fit", ...options, "--out", whole])).code, 0);
  const { params } = decodeModel(await Deno.readFile(`${whole}/model.safetensors`), "m");
  let [kills, runs] = [0, 0];
  while (kills < count) {
    const out = `${folder.path}/killed-${runs++}`;
    while (!namesOrNone(out).includes("verdict.json")) {
      const started = namesOrNone(out).includes("config.json");
      const args = started ? ["fit", "--resume", out, "--quiet"] : ["fit", ...options, "--out", out];
      // Moments from before the first checkpoint to after the last one, in an order of no pattern.
      const until = performance.now() + 200 + 60 * (kills * 7 % 20);
      await runUntil(args, ["--allow-read", "--allow-write"], () => kills < count && performance.now() > until);
      if (namesOrNone(out).includes("verdict.json")) break;
      kills++;
      for (const name of namesOrNone(out).filter((name) => name.endsWith(".safetensors"))) {
        decodeSafetensors(await Deno.readFile(`${out}/${name}`), name);
      }
      // A kill before the configuration is written leaves a folder without a run.
      if (!namesOrNone(out).includes("config.json")) await Deno.remove(out, { recursive: true }).catch(() => {});
    }
    assertEquals(decodeModel(await Deno.readFile(`${out}/model.safetensors`), "m").params, params);
  }
}
