/**
 * What is added to a guest for one run: the repository, and what to do with it.
 *
 * @module
 */

import { read, ROOT } from "../repository.ts";
import { type Entry, fileEntry, folderEntry } from "./archive.ts";
import { SCRIPT, TREE_FOLDER } from "./init.ts";

/**
 * Makes the entries of an archive.
 *
 * @param files The files of the repository.
 * @param script What the guest is to do.
 * @returns The entries.
 */
export async function* treeEntries(
  files: readonly string[],
  script: string,
): AsyncGenerator<Entry> {
  for (const folder of foldersOf(files.map(inGuest))) yield folderEntry(folder);
  for (const file of files) {
    const { mode } = await Deno.lstat(`${ROOT}/${file}`);
    yield fileEntry(inGuest(file), await read(file), mode! & 0o777);
  }
  yield fileEntry(SCRIPT.slice(1), script);
}

function inGuest(file: string): string {
  return `${TREE_FOLDER.slice(1)}/${file}`;
}

/** The folders that files are in, each before those that are in it. */
function foldersOf(files: readonly string[]): Set<string> {
  const folders = new Set<string>();
  for (const file of files) {
    const names = file.split("/").slice(0, -1);
    names.forEach((_, index) =>
      folders.add(names.slice(0, index + 1).join("/"))
    );
  }
  return folders;
}
