/** The longest piece of a user's text that a message repeats. */
const LONGEST = 40;

/** Names that a list in a message shows before it says how many more there are. */
const LISTED = 12;

/** A user's text in double quotes, on one line, cut when long. */
export function quoted(text: string): string {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return JSON.stringify(cut);
}

/** `a, b and 3 more`. */
export function listed(names: readonly string[]): string {
  const more = names.length - LISTED;
  return more > 0 ? `${names.slice(0, LISTED).join(", ")} and ${more} more` : names.join(", ");
}

/** `1 cell`, `2 cells`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/**
 * The number of typing slips (a letter too many, missing, wrong, or two swapped) that lead from `a` to `b`; some number from `limit` on where
 * there are as many.
 */
function editDistance(a: string, b: string, limit: number): number {
  let [before, row, next] = [0, 0, 0].map(() => new Uint32Array(b.length + 1));
  for (let j = 0; j <= b.length; j++) row[j] = j;
  for (let [i, lowest] = [1, 0]; i <= a.length; i++) {
    next[0] = i;
    let low = i;
    for (let j = 1; j <= b.length; j++) {
      const least = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      next[j] = swapped ? Math.min(least, before[j - 2] + 1) : least;
      low = Math.min(low, next[j]);
    }
    // Later rows grow from this one, and by a swap from the one before it.
    if (low >= limit && lowest + 1 >= limit) return limit;
    lowest = low;
    [before, row, next] = [row, next, before];
  }
  return row[b.length];
}

/** A longer name is not compared with others: its cost would be the product of both lengths. */
const LONGEST_COMPARED = 100;

/** The name nearest to the given one, ignoring case, or null when none is within a third of its letters, or it has more than 100. */
export function nearest(asked: string, names: readonly string[]): string | null {
  if (asked.length > LONGEST_COMPARED) return null;
  let [best, least]: [string | null, number] = [null, Math.floor(asked.length / 3) + 1];
  const wanted = asked.toLowerCase();
  for (const name of names) {
    if (Math.abs(name.length - asked.length) >= least) continue;
    const distance = editDistance(wanted, name.toLowerCase(), least);
    if (distance < least) [best, least] = [name, distance];
  }
  return best;
}

/** What a text looks like: one form of each letter, single spaces. Two texts that look alike are easily taken for each other. */
export const looksOf = (text: string): string => text.normalize("NFKC").replace(/\s+/g, " ").trim();

/** What does not look like what it is: a character beyond ASCII, or several spaces. */
const ODD = /[^ -~]| {2}/;

/** The end of a sentence about a name that is not there: the nearest one and all of them. */
export function suggestion(asked: string, names: readonly string[]): string {
  const look = looksOf(asked);
  const twin = names.find((name) => (ODD.test(name) || look !== asked) && looksOf(name) === look);
  if (twin !== undefined) {
    return `${quoted(twin)} looks like it, but is written in other characters; copy the name from the file`;
  }
  const near = nearest(asked, names);
  if (near === null && names.length === 1) {
    return `the only column is ${
      quoted(names[0])
    }; begin the file with all names, with commas, semicolons, tabs or bars between them`;
  }
  return near === null
    ? `the columns are ${listed(names)}`
    : `did you mean ${quoted(near)}? (columns: ${listed(names)})`;
}
