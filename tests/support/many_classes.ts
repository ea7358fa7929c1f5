import { key, normal } from "../../src/random/mod.ts";

/** Many classes, whose settling takes much longer than training. */
const [ROWS, COLUMNS, CLASSES] = [2000, 20, 60];

/** A table of sixty classes in column `group`: that of a row is the largest of as many random scores of its columns, with noise. */
export function manyClasses(): string {
  const x = normal(key(1), ROWS * COLUMNS);
  const scores = normal(key(2), COLUMNS * CLASSES);
  const noise = normal(key(3), ROWS * CLASSES);
  const lines = [`${Array.from({ length: COLUMNS }, (_, j) => `x${j}`).join(",")},group`];
  for (let i = 0; i < ROWS; i++) {
    const row = x.subarray(i * COLUMNS, (i + 1) * COLUMNS);
    let [best, most] = [0, -Infinity];
    for (let c = 0; c < CLASSES; c++) {
      const score = row.reduce((sum, value, j) => sum + value * scores[j * CLASSES + c], noise[i * CLASSES + c]);
      if (score > most) [best, most] = [c, score];
    }
    lines.push([...row.map((value) => Math.round(1e4 * value) / 1e4), `g${best}`].join(","));
  }
  return `${lines.join("\n")}\n`;
}
