import { assertEquals } from "@std/assert";
import { namesIn, runHere, temporaryFolder } from "../support/program.ts";

/** Enough rows for training, with what a test puts in the place of one cell. */
const table = (cell: string) => `a,b,y\n1,2,3\n4,${cell},6\n7,8,10\n`;

/** Tables that are refused: text, further options, and what follows the file's name in the one sentence. */
const REFUSED: readonly [name: string, text: string, options: readonly string[], sentence: string][] = [
  [
    "an empty file",
    "",
    [],
    ": the file is empty; it needs a header with the names of the columns and a row per example",
  ],
  ["fewer than two rows", "a,y\n1,2\n", [], ": the table has 1 row below its header; give it at least 2"],
  [
    "a missing value",
    table(""),
    [],
    ', line 3, column "b": the value is missing; fill it in, or replace missing values by the mean (--missing mean)',
  ],
  [
    "text in a numeric column",
    table("five"),
    [],
    ', line 3, column "b": "five" is not a number; put a number there, or read the column as text: 1 of its 3 cells is not a number (--types b=text)',
  ],
  [
    "a row too short",
    "a,b,y\n1,2,3\n4,5\n",
    [],
    ", line 3: the row has 2 cells but the header names 3 columns; add the missing ones",
  ],
  [
    "a row too long",
    "a,b,y\n1,2,3\n4,5,6,7\n",
    [],
    ", line 3: the row has 4 cells but the header names 3 columns; quote cells that hold the separator",
  ],
  [
    "a header with a name twice",
    "a,a,y\n1,2,3\n4,5,6\n",
    [],
    ', line 1, column "a": cells 1 and 2 of the header have the same name; rename one of them',
  ],
  [
    "a target that is not there",
    table("5"),
    ["--target", "price"],
    ': the target "price" is not a column; the columns are a, b, y (--target)',
  ],
  [
    "a quote that is never closed",
    'a,b,y\n1,"2,3\n4,5,6\n',
    [],
    ", line 2: the quote opened here is never closed; add the closing quote",
  ],
  [
    "a file that is not text",
    "a,b,y\n1,2,\0\n4,5,6\n",
    [],
    ": the file is not plain text; save the table as CSV in UTF-8",
  ],
];

for (const [name, text, options, sentence] of REFUSED) {
  Deno.test(`check refuses ${name} with one sentence and exit code 2, and writes nothing`, async () => {
    await using folder = await temporaryFolder();
    const file = `${folder.path}/t.csv`;
    await Deno.writeTextFile(file, text);
    const out = `${folder.path}/run`;
    const { code, stdout, stderr } = await runHere([
      "check",
      "--data",
      file,
      ...options.includes("--target") ? [] : ["--target", "y"],
      "--out",
      out,
      ...options,
    ]);
    assertEquals({ code, stdout, stderr }, { code: 2, stdout: "", stderr: `resland check: ${file}${sentence}\n` });
    assertEquals(namesIn(folder.path), ["t.csv"]);
  });
}

/** Tables that look odd but are read. */
const READ: readonly [name: string, text: string][] = [
  ["a byte-order mark and CR LF", "\ufeffa,b,y\r\n1,2,3\r\n4,5,6\r\n7,8,10\r\n"],
  ["quoted separators and line ends", '"a, first","b\nsecond",y\n1,2,3\n"4",5,6\n7,8,10\n'],
  ["semicolons", "a;b;y\n1;2;3\n4;5;6\n7;8;10\n"],
];

for (const [name, text] of READ) {
  Deno.test(`check reads ${name}`, async () => {
    await using folder = await temporaryFolder();
    const file = `${folder.path}/t.csv`;
    await Deno.writeTextFile(file, text);
    const { code, stdout, stderr } = await runHere([
      ...["check", "--data", file, "--target", "y", "--out", `${folder.path}/run`],
      ...["--quiet", "--json", "--seeds", "1", "--starts", "zero", "--epochs", "2", "--width", "2"],
    ]);
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
    const { problem } = JSON.parse(stdout);
    assertEquals([problem.rows, problem.d, problem.source], [3, 3, "t.csv"]);
  });
}

/** Command lines that are refused, and the sentence. */
const USAGE: readonly [args: readonly string[], sentence: string][] = [
  [["chek"], 'resland chek: There is no command "chek", did you mean check?; --help lists them'],
  [["check", "--epoch", "3"], "resland check: There is no option --epoch, did you mean --epochs?; --help lists them"],
  [["check", "--data", "none.csv", "--target", "y"], "resland check: none.csv: there is no such file; check the name"],
  [
    ["check", "--loss", "poisson", "--data", "data/breast_cancer.csv", "--target", "diagnosis"],
    'resland check: data/breast_cancer.csv, line 2, column "diagnosis": "malignant" is not a number; ' +
    "put a number there, or leave the row out",
  ],
  [
    ["check", "--data", "data/diabetes.csv"],
    "resland check: --target is missing; name the column to predict, one of " +
    "age, sex, bmi, bp, s1, s2, s3, s4, s5, s6, progression",
  ],
  [
    ["check", "--data", "data", "--target", "y"],
    "resland check: data: the file cannot be read: Is a directory (os error 21)",
  ],
  [["check", "--out", "src"], "resland check: --out src is not empty; name a new folder"],
];

for (const [args, sentence] of USAGE) {
  Deno.test(`resland ${args.join(" ")} ends with exit code 2 and says why`, async () => {
    const { code, stdout, stderr } = await runHere(args);
    assertEquals({ code, stdout, stderr }, { code: 2, stdout: "", stderr: `${sentence}\n` });
  });
}
