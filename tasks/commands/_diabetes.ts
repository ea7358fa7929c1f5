import text from "../../data/diabetes.csv" with { type: "text" };

/** The table that `check` and `fit` use where none is named, part of the program, and the column of it to predict. */
export const DIABETES = { name: "diabetes.csv", target: "progression", text } as const;
