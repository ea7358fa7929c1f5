/// <reference lib="dom" />
import { formatValue } from "../../src/report/internal_drawing.ts";
import { button, find, show } from "./dom.ts";
import { type Gauge, gauge } from "./gauge.ts";
import { type Losses, lossPicture } from "./loss_picture.ts";
import type { Frame, Opened, Standing } from "./messages.ts";
import type { Settings } from "./settings.ts";

/** What the picture of losses shows. */
export const lossesOf = (
  { linear, linearHeldOut, loss, ridge }: Opened,
  frame: Frame,
): Losses => ({ ...frame, linear, linearHeldOut, loss: `${loss} loss${ridge ? " with its ridge" : ""}` });

/** How training stands: the curves, and the status in words. */
export function showFrame(opened: Opened, frame: Frame, { regulariser }: Settings): void {
  const place = find("losses");
  place.innerHTML = lossPicture(lossesOf(opened, frame), Math.max(300, place.clientWidth), 340);
  const { phase, running, epoch, epochs, rate, diverged } = frame;
  const pace = running && rate !== null && rate > 0 ? `, ${Math.round(rate)} a second` : "";
  const lost = [...diverged.residual ? ["the network"] : [], ...diverged.plain ? ["the plain net"] : []].join(" and ");
  show(
    "status",
    `epoch ${epoch} of ${epochs}${pace}${
      phase !== "done" ? "" : regulariser === "penalty" ? ", done" : ", done; w and V were trained last"
    }`,
  );
  if (lost !== "") {
    show(
      "problem",
      `Diverged: the loss of ${lost} became infinite. The last finite point was kept. Choose a smaller learning rate.`,
    );
  }
  showRunning(running);
  button("play").disabled = button("step").disabled = phase === "done";
}

/** That nothing was opened: no curves, no words of the table before. */
export function showNothing(): void {
  find("losses").replaceChildren();
  for (const place of ["verdict", "notes", "status", "command", "command-note"]) show(place, "");
  find("verdict").className = "";
  button("play").disabled = button("step").disabled = true;
  for (const element of ["gauge-gradient", "gauge-lambda"]) setGauge(element, { share: 0, good: false }, "");
}

/** Whether it trains. */
export function showRunning(running: boolean): void {
  const play = button("play");
  play.textContent = running ? "Pause" : "Play";
  // While it trains the sentence changes several times a second: it is read out when training pauses.
  find("verdict").setAttribute("aria-live", running ? "off" : "polite");
}

/** The verdict as a sentence, and its two gauges. */
export function showStanding(found: Standing): void {
  const verdict = find("verdict");
  show("verdict", found.sentence);
  verdict.className = found.standing;
  const [lower, upper] = found.lambda;
  showGauge(
    "gauge-gradient",
    found.gradient,
    found.epsilon,
    `${formatValue(found.gradient, 2)} (limit epsilon ${formatValue(found.epsilon, 2)})`,
  );
  showGauge(
    "gauge-lambda",
    Math.max(0, -lower),
    -found.bend,
    `${formatValue(lower, 2)} to ${formatValue(upper, 2)} (limit ${formatValue(found.bend, 2)})`,
  );
}

function showGauge(element: string, size: number, limit: number, text: string): void {
  setGauge(element, gauge(size, limit), text);
}

function setGauge(element: string, { share, good }: Gauge, text: string): void {
  const track = find(element).querySelector<HTMLElement>(".track")!;
  track.classList.toggle("good", good);
  track.setAttribute("aria-valuenow", share.toFixed(2));
  track.setAttribute("aria-valuetext", text);
  track.querySelector<HTMLElement>("i")!.style.transform = `scaleX(${share})`;
  find(element).querySelector(".reading")!.textContent = text;
}

/** What was opened: the table in numbers, the kernels, and the command that repeats it. */
export function showOpened(
  { rows, heldOutRows, loss, inputs, parameters, kernels, notes, command, target }: Opened,
  settings: Settings,
): void {
  const held = heldOutRows > 0 ? `, ${heldOutRows} held out` : "";
  const thin = heldOutRows > 0
    ? " Dotted: the same networks on the held-out rows, to which the theorem does not apply."
    : "";
  const slow = kernels === "js" && settings.kernels !== "js"
    ? " This browser lacks WebAssembly SIMD: plain JavaScript computes, more slowly."
    : "";
  show(
    "notes",
    [
      `Predicting ${target}: ${rows} rows to train on${held}, ${inputs} inputs with the intercept, ${loss} loss, ${parameters} parameters, ${kernels} kernels.${thin}${slow}`,
      ...notes,
    ].join(" "),
  );
  // A line ends between options, never within one.
  find("command").replaceChildren(
    ...(command ?? "").split(/(?= --)/).flatMap((part) => {
      const span = document.createElement("span");
      span.textContent = part.trimStart();
      return [span, " "];
    }).slice(0, -1),
  );
  find("command").hidden = command === null;
  show(
    "command-note",
    command === null
      ? "No single command trains with these settings: the saddle is a start of the command check, and a penalty on (w, V) is an option of it."
      : "This command repeats it, with the table above saved where it runs:",
  );
}
