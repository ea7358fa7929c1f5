import { assertEquals } from "@std/assert";
import { metricsTable, regularisationLines, validationReport } from "../../src/report/mod.ts";
import { crossValidatedInterval } from "../../src/model/mod.ts";

const candidate = { x: 0.1, f: null, loss: 1, difference: null, standardError: null };

/** The second line of a choice whose network differs by so much from what it was compared with. */
const secondLine = (kind: "linear" | "network", difference: number | null, standardError: number) =>
  regularisationLines({
    ...{ x: 0.1, f: kind === "network" ? 1 : null, chosenBy: "cross-validation", kind, linearKind: "linear" },
    ...{ against: "linear", folds: 5, partitions: 3, rows: 100, path: [] },
    candidates: { linear: candidate, ridge: candidate, network: { ...candidate, f: 1, difference, standardError } },
  })[1];

Deno.test("regularisationLines() says which way the mean loss of the network differs, and how sure that is", () => {
  const than = "the linear model by more than one standard error and 1 %";
  assertEquals(
    [secondLine("network", -0.0514, 0.022), secondLine("linear", 0.0106, 0.008), secondLine("linear", NaN, NaN)],
    [
      `On rows left out the network beats ${than} (mean loss 0.0514 lower, standard error 0.022).`,
      `On rows left out the network does not beat ${than} (mean loss 0.0106 higher, standard error 0.008).`,
      `On rows left out the network does not beat ${than} (its mean loss is not finite).`,
    ],
  );
});

Deno.test("validationReport() warns of the choice on the same folds where one was made, not of linear itself", () => {
  const folds = [[0, 1], [2, 3], [4, 5]];
  const losses = Float64Array.of(1, 2, 3, 4, 5, 6);
  const on = (model: Float64Array) =>
    validationReport({
      ...{ on: "cross-validated rows", figure: "log-loss", ridge: null },
      linear: crossValidatedInterval(model, losses, folds),
    }).sentence;
  assertEquals(on(losses), "The same as linear on cross-validated rows: log-loss 3.5.");
  assertEquals(on(losses.map((loss) => loss / 2)).endsWith(" The ridge was chosen on the same folds."), true);
});

Deno.test("metricsTable() names the model as it is told, on both sides", () => {
  const side = { linear: { rmse: 2 }, network: { rmse: 1 } };
  assertEquals(metricsTable({ training: side, heldOut: side }, "model").header, [
    ...["", "linear", "model", "linear, held out", "model, held out"],
  ]);
});
