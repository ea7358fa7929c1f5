import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { InputError } from "../../src/data/mod.ts";
import { parseShallow, readLimited } from "../../tasks/io/limited.ts";
import { temporaryFolder } from "../support/program.ts";

const numbered = (length: number) => Uint8Array.from({ length }, (_, i) => (7 * i) % 251);

/** An open file that says that it has another size. */
const ofSize = (file: Deno.FsFile, size: number): Deno.FsFile =>
  ({
    stat: async () => ({ ...await file.stat(), size }),
    read: (into: Uint8Array) => file.read(into),
    isTerminal: () => false,
  }) as unknown as Deno.FsFile;

Deno.test("readLimited() has every byte of a file, however short, and no more than the start of one that is not wanted", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/f`;
  for (const length of [0, 1, 15, 16, 17, 2_100_003]) {
    await Deno.writeFile(path, numbered(length));
    for (const wanted of [true, false]) {
      using file = await Deno.open(path);
      const seen: number[] = [];
      const bytes = await readLimited(file, path, length, (start) => (seen.push(start.length), wanted));
      assertEquals(bytes, numbered(wanted ? length : Math.min(16, length)));
      assertEquals([seen, bytes.buffer.byteLength], [[Math.min(16, length)], bytes.length]);
    }
  }
});

Deno.test("readLimited() refuses a file that is longer than allowed, grows or shrinks, and reads what has no size up to the limit", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/f`;
  await Deno.writeFile(path, numbered(40));
  const reading = async (size: number | null, most: number) => {
    using file = await Deno.open(path);
    return await readLimited(size === null ? file : ofSize(file, size), path, most);
  };
  await assertRejects(
    () => reading(null, 39),
    InputError,
    "the file has 40 bytes, and such a file has at most 39 bytes",
  );
  await assertRejects(() => reading(39, 100), InputError, "the file grew while it was read");
  await assertRejects(() => reading(0, 100), InputError, "the file grew while it was read");
  await assertRejects(() => reading(41, 100), InputError, "the file shrank while it was read");
  const pipe = async (most: number) => {
    using file = await Deno.open(path);
    const stat = async () => ({ ...await file.stat(), isFile: false, size: 0 });
    return await readLimited({ ...ofSize(file, 0), stat } as Deno.FsFile, path, most);
  };
  assertEquals(await pipe(40), numbered(40));
  await assertRejects(() => pipe(39), InputError, "the file has more than 39 bytes");
  await assertRejects(
    async () => {
      using file = await Deno.open(folder.path);
      await readLimited(file, folder.path, 9);
    },
    InputError,
    "this is a folder",
  );
  for (const kind of ["isCharDevice", "isBlockDevice"]) {
    const device = async (terminal: boolean) => {
      using file = await Deno.open(path);
      const stat = async () => ({ ...await file.stat(), isFile: false, size: 0, [kind]: true });
      return await readLimited({ ...ofSize(file, 0), stat, isTerminal: () => terminal } as Deno.FsFile, path, 40);
    };
    await assertRejects(() => device(false), InputError, "this is a device; name a file");
    if (kind === "isCharDevice") assertEquals(await device(true), numbered(40));
  }
});

Deno.test("parseShallow() reads JSON as the runtime does, and refuses what is nested more than 200 deep", () => {
  const nested = (depth: number) => "[".repeat(depth - 1) + '{"a":1}' + "]".repeat(depth - 1);
  assertEquals(JSON.stringify(parseShallow(nested(200))), nested(200));
  for (const depth of [201, 20_000]) assertThrows(() => parseShallow(nested(depth)), SyntaxError, "more than 200 deep");
  // Neither brackets in a text nor lists one after another are depth.
  for (const text of [JSON.stringify('\\"[{'.repeat(300)), `[${"[],".repeat(300)}0]`]) {
    assertEquals(JSON.stringify(parseShallow(text)), text);
  }
});
