/** What of `deno.lock` is read: every package of npm, with the hash of its archive. */
export interface LockFile {
  /** By `name@version`; versions may carry a suffix for peers. */
  readonly npm?: Readonly<Record<string, { readonly integrity?: string; readonly dependencies?: readonly string[] }>>;
}

/** A package that the project depends on, itself or through another. */
export interface Dependency {
  /** Its name. */
  readonly name: string;
  /** Its version. */
  readonly version: string;
  /** Whether the lock file has the hash of its archive. */
  readonly pinned: boolean;
}

/** The packages of a lock file, by name. */
export function lockedPackages({ npm = {} }: LockFile): readonly Dependency[] {
  return Object.entries(npm).map(([id, { integrity }]) => {
    const [, name, version] = id.match(/^(@?[^@]+)@([^_]+)/) ?? [id, id, ""];
    return { name, version, pinned: integrity !== undefined };
  }).toSorted((a, b) => a.name.localeCompare(b.name) || a.version.localeCompare(b.version));
}

/** The names of an import map that no source imports, types of others left out. */
export function unusedImports(
  imports: Readonly<Record<string, string>>,
  sources: readonly string[],
): readonly string[] {
  const used = new Set(
    sources.flatMap((code) => [
      ...Array.from(code.matchAll(/(?:from|import|import\()\s*"([^"]+)"/g), ([, name]) => name),
      ...Array.from(code.matchAll(/@ts-types="([^"]+)"/g), ([, name]) => name),
    ]),
  );
  const isUsed = (name: string) => [...used].some((one) => one === name || one.startsWith(`${name}/`));
  return Object.keys(imports).filter((name) => !isUsed(name)).toSorted();
}

/** The packages of npm that sources name, each with its versions; one without a version has the empty text. */
export function namedPackages(sources: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const code of sources) {
    for (const [, name, version = ""] of code.matchAll(/"npm:((?:@[\w.-]+\/)?[\w.-]+)(?:@([^/"]+))?[^"]*"/g)) {
      found.set(name, (found.get(name) ?? new Set()).add(version));
    }
  }
  return found;
}

/** The packages that sources name with several versions, or with one that may float. */
export function floatingPackages(sources: readonly string[]): readonly string[] {
  return Array.from(namedPackages(sources))
    .filter(([, versions]) => versions.size > 1 || ![...versions].every((version) => /^\d+\.\d+\.\d+$/.test(version)))
    .map(([name]) => name).toSorted();
}

/** A package with its licence, and whether the program holds it or only the build and the tests do. */
export interface Licensed extends Dependency {
  /** As the package says it, in SPDX. */
  readonly licence: string;
  /** Whether it is part of the distributed program. */
  readonly shipped: boolean;
}

/** Licences that the project may be distributed under. */
export const LICENCES = [
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "ISC",
  "MIT",
  "Unlicense",
];

/** Licences of what only the tests run and nobody is handed: changes to its own files would have to be published. */
export const LICENCES_OF_TESTS = [...LICENCES, "MPL-2.0"];

/** Whether one of the licences that a package offers is allowed for it. */
export function isAllowed({ licence, shipped }: Pick<Licensed, "licence" | "shipped">): boolean {
  const allowed = shipped ? LICENCES : LICENCES_OF_TESTS;
  return licence.replaceAll(/[()]/g, "").split(" OR ").some((one) =>
    one.split(" AND ").every((part) => allowed.includes(part))
  );
}

/** The page that lists every dependency. */
export function dependencyPage(packages: readonly Licensed[]): string {
  const table = (some: readonly Licensed[]) =>
    [
      "| package | version | licence |",
      "| --- | --- | --- |",
      ...some.map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`),
    ].join("\n");
  return `# Dependencies

All direct and transitive dependencies, as \`deno.lock\` pins it: each with the hash of its archive.
\`deno task audit --write\` writes this page; \`deno task audit\` also shows what is outdated, unused or known to be vulnerable.

## In the program

Imported by the program. What \`deno task compile\` makes contains the modules that are used.

${table(packages.filter(({ shipped }) => shipped))}

## For the build and the tests

${table(packages.filter(({ shipped }) => !shipped))}
`;
}
