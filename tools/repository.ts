/**
 * The repository as the tools see it: where it is, which files belong to it,
 * and which packages it publishes.
 *
 * @module
 */

import { dirname, fromFileUrl } from "@std/path";
import { capture } from "./process.ts";

/** The absolute path of the repository, without a slash at its end. */
export const ROOT: string = fromFileUrl(new URL("..", import.meta.url))
  .replace(/\/$/, "");

/** What a package's deno.json holds. */
export interface Package {
  /** Its folder, relative to the root: `packages/libc`. */
  folder: string;
  /** Its name: `@procctl/libc`. */
  name: string;
  /** Its version. */
  version: string;
  /** Its licence, if one is named. */
  license?: string;
  /** Its entry files, such as `"./errno": "./errno.ts"`. */
  exports: Record<string, string>;
}

/**
 * The files that git knows or would know, as a file that is not yet added must
 * pass the gate too.
 *
 * @returns Paths relative to the root, sorted.
 */
export async function repositoryFiles(): Promise<string[]> {
  const { success, stdout, stderr } = await capture("git", [
    "ls-files",
    "-z",
    "--cached",
    "--others",
    "--exclude-standard",
  ], { cwd: ROOT });
  if (!success) throw new Error(`Cannot list the files: ${stderr.trim()}`);
  const files = new Set(stdout.split("\0").filter((file) => file !== ""));
  return [...files].filter(isFile).sort();
}

/** False for a file that was deleted without telling git. */
function isFile(file: string): boolean {
  try {
    return Deno.lstatSync(`${ROOT}/${file}`).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Copies files of the repository, and makes the folders they are in.
 *
 * @param files Paths relative to the root.
 * @param folder Where they get the same paths.
 */
export async function copyFiles(
  files: readonly string[],
  folder: string,
): Promise<void> {
  for (const file of files) {
    await Deno.mkdir(dirname(`${folder}/${file}`), { recursive: true });
    await Deno.copyFile(`${ROOT}/${file}`, `${folder}/${file}`);
  }
}

/**
 * Reads a file of the repository.
 *
 * @param file The path, relative to the root.
 * @returns Its text.
 */
export async function read(file: string): Promise<string> {
  return await Deno.readTextFile(`${ROOT}/${file}`);
}

/**
 * The packages that are published.
 *
 * @param files The files of the repository.
 * @returns The packages, by name.
 */
export async function publishedPackages(
  files: readonly string[],
): Promise<Package[]> {
  const manifests = files.filter((file) =>
    /^packages\/[^/]+\/deno\.json$/.test(file)
  );
  const packages = await Promise.all(manifests.map(async (file) => ({
    ...JSON.parse(await read(file)),
    folder: file.slice(0, -"/deno.json".length),
  })));
  return packages.filter(({ publish }) => publish !== false);
}

/**
 * The entry files of packages.
 *
 * @param packages The packages.
 * @returns Paths relative to the root.
 */
export function entryFiles(packages: readonly Package[]): string[] {
  return packages.flatMap(({ folder, exports }) =>
    Object.values(exports).map((file) => file.replace(/^\./, folder))
  );
}
