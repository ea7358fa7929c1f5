import diabetes from "../../data/diabetes.csv" with { type: "text" };
import iris from "../../data/iris.csv" with { type: "text" };
import { fold, key, normal, uniform } from "../../src/random/mod.ts";

/** A table that the page brings with it. */
export interface Sample {
  /** Its name in links. */
  readonly id: string;
  /** Its name on the page. */
  readonly title: string;
  /** What is in it, and what is known of the answer. */
  readonly about: string;
  /** The column to predict. */
  readonly target: string;
  /** The table as CSV, the same in every browser. */
  readonly csv: () => string;
}

/** Rows of a made table. */
const ROWS = 240;

/** The size of the noise in a made table with numbers to predict. */
const NOISE = 0.1;

/** The seed of every made table. */
const MADE = key(2018);

/** A number of a made table: four digits are plenty, and make the file readable. */
const cell = (value: number): string => value.toFixed(4);

/** Rows as CSV; no cell of a made table needs quotes. */
const lines = (rows: readonly (readonly string[])[]): string => rows.map((row) => `${row.join()}\n`).join("");

/** A table with numbers to predict from inputs uniform in [-1, 1]. */
function made(inputs: number, name: string, truth: (x: Float64Array) => number): string {
  const x = uniform(fold(fold(MADE, name), "x"), ROWS * inputs, { low: -1, high: 1 });
  const noise = normal(fold(fold(MADE, name), "noise"), ROWS);
  const names = Array.from({ length: inputs }, (_, i) => `x${i + 1}`);
  const rows = Array.from({ length: ROWS }, (_, row) => {
    const own = x.subarray(row * inputs, (row + 1) * inputs);
    return [...Array.from(own, cell), cell(truth(own) + NOISE * noise[row])];
  });
  return lines([[...names, "y"], ...rows]);
}

/** Two classes, a disc and the ring around it: no line separates them. */
function rings(): string {
  const x = uniform(fold(fold(MADE, "rings"), "x"), 2 * ROWS, { low: -1, high: 1 });
  const rows = Array.from({ length: ROWS }, (_, row) => {
    const [a, b] = [x[2 * row], x[2 * row + 1]];
    return [cell(a), cell(b), Math.hypot(a, b) < 0.75 ? "inside" : "outside"];
  });
  return lines([["x1", "x2", "place"], ...rows]);
}

/** The tables of the page; of the first two the best answer is known. */
export const SAMPLES: readonly Sample[] = [
  {
    id: "linear",
    title: "Linear truth",
    about: "y = 2 x1 - x2 + x3 - 0.5 x4 + 0.5 x5 plus noise. Known answer: a linear model is as good as any.",
    target: "y",
    csv: () => made(5, "linear", (x) => 2 * x[0] - x[1] + x[2] - 0.5 * x[3] + 0.5 * x[4]),
  },
  {
    id: "abs",
    title: "Absolute value",
    about: "y = |x1| plus noise. Known answer: linear models see nothing in x1; two ReLU units have all of it.",
    target: "y",
    csv: () => made(2, "abs", (x) => Math.abs(x[0])),
  },
  {
    id: "product",
    title: "Product",
    about: "y = x1 x2 plus noise: nothing for a linear model, a saddle for a network.",
    target: "y",
    csv: () => made(2, "product", (x) => 2 * x[0] * x[1]),
  },
  {
    id: "rings",
    title: "Two classes, disc and ring",
    about: "Points inside and outside a circle: two classes that no line separates.",
    target: "place",
    csv: rings,
  },
  {
    id: "diabetes",
    title: "Diabetes",
    about: "442 patients, ten measurements, how far the disease went a year later.",
    target: "progression",
    csv: () => diabetes,
  },
  {
    id: "iris",
    title: "Iris",
    about: "150 flowers of three species, four measurements.",
    target: "species",
    csv: () => iris,
  },
];

/** The file name of a sample, for its download and in the command line. */
export const fileOf = ({ id }: Pick<Sample, "id">): string => `${id}.csv`;
