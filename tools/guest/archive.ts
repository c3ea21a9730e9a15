/**
 * Writing archives in the format that the kernel unpacks into its first file
 * system: cpio's "newc". They can be joined by appending one to another.
 *
 * @module
 */

const S_IFDIR = 0o040000;
const S_IFREG = 0o100000;
const S_IFLNK = 0o120000;

/** What an archive holds: all of it belongs to root. */
export interface Entry {
  /** Its path, without a slash at its beginning. Folders come before what is in them. */
  path: string;
  /** Its type and permissions, as in `st_mode`. */
  mode: number;
  /** What it holds: a file's content, or what a symbolic link names. */
  data: Uint8Array;
}

/**
 * Makes an entry for a folder.
 *
 * @param path Its path.
 * @returns The entry.
 */
export function folderEntry(path: string): Entry {
  return { path, mode: S_IFDIR | 0o755, data: new Uint8Array() };
}

/**
 * Makes an entry for a file.
 *
 * @param path Its path.
 * @param content What it holds.
 * @param permissions Who may do what.
 * @returns The entry.
 */
export function fileEntry(
  path: string,
  content: string | Uint8Array,
  permissions = 0o644,
): Entry {
  const data = typeof content === "string"
    ? new TextEncoder().encode(content)
    : content;
  return { path, mode: S_IFREG | permissions, data };
}

/**
 * Makes an entry for a symbolic link.
 *
 * @param path Its path.
 * @param target What it names.
 * @returns The entry.
 */
export function linkEntry(path: string, target: string): Entry {
  return {
    path,
    mode: S_IFLNK | 0o777,
    data: new TextEncoder().encode(target),
  };
}

/**
 * Makes entries of all files, folders and symbolic links in a folder.
 *
 * @param folder The folder.
 * @param prefix What precedes their paths.
 * @returns The entries.
 */
export async function* folderEntries(
  folder: string,
  prefix = "",
): AsyncGenerator<Entry> {
  for await (const { name, isDirectory, isSymlink } of Deno.readDir(folder)) {
    const [from, path] = [`${folder}/${name}`, `${prefix}${name}`];
    if (isSymlink) {
      yield linkEntry(path, await Deno.readLink(from));
    } else if (isDirectory) {
      yield folderEntry(path);
      yield* folderEntries(from, `${path}/`);
    } else {
      const { mode } = await Deno.lstat(from);
      yield fileEntry(path, await Deno.readFile(from), mode! & 0o7777);
    }
  }
}

/**
 * Writes an archive.
 *
 * @param file Where to.
 * @param entries What it holds.
 */
export async function writeArchive(
  file: string,
  entries: Iterable<Entry> | AsyncIterable<Entry>,
): Promise<void> {
  using output = await Deno.create(file);
  const writer = output.writable.getWriter();
  let inode = 1;
  for await (const entry of entries) {
    await writer.write(encodeEntry(entry, inode++));
  }
  const trailer = { path: "TRAILER!!!", mode: 0, data: new Uint8Array() };
  await writer.write(encodeEntry(trailer, 0));
  await writer.close();
}

/**
 * Encodes an entry: a header of numbers in hexadecimal, the path, the data,
 * each filled up with NUL bytes to four.
 *
 * @param entry The entry.
 * @param inode A number that no other entry has.
 * @returns The bytes.
 */
export function encodeEntry(
  { path, mode, data }: Entry,
  inode: number,
): Uint8Array<ArrayBuffer> {
  const name = new TextEncoder().encode(`${path}\0`);
  const links = 1;
  const [user, group, time, device, checksum] = [0, 0, 0, 0, 0];
  const header = [
    ...[inode, mode, user, group, links, time, data.length],
    ...[device, device, device, device, name.length, checksum],
  ];
  const text = "070701" +
    header.map((it) => it.toString(16).padStart(8, "0")).join("");
  const dataStart = roundUp(text.length + name.length);
  const bytes = new Uint8Array(roundUp(dataStart + data.length));
  bytes.set(new TextEncoder().encode(text));
  bytes.set(name, text.length);
  bytes.set(data, dataStart);
  return bytes;
}

function roundUp(length: number): number {
  return Math.ceil(length / 4) * 4;
}

/**
 * Writes files one after another into another.
 *
 * @param parts The files.
 * @param file Where to.
 */
export async function joinFiles(
  parts: readonly string[],
  file: string,
): Promise<void> {
  using output = await Deno.create(file);
  for (const part of parts) {
    using input = await Deno.open(part);
    await input.readable.pipeTo(output.writable, { preventClose: true });
  }
}
