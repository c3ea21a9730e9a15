/**
 * Fetching Deno for another architecture, from npm.
 *
 * @module
 */

import { runOrFail, UnavailableError } from "./unavailable.ts";

/**
 * Fetches the Deno that runs this, for an architecture, or else the newest that
 * there is for it.
 *
 * @param name The npm package of the architecture's Deno.
 * @param folder Where to put it, as `deno`.
 * @returns Its version.
 * @throws {UnavailableError} If there is none.
 */
export async function fetchDeno(name: string, folder: string): Promise<string> {
  let error: unknown;
  for (const version of [Deno.version.deno, "latest"]) {
    try {
      return await fetchVersion(`${name}@${version}`, folder);
    } catch (caught) {
      if (!(caught instanceof UnavailableError)) throw caught;
      error ??= caught;
    }
  }
  throw error;
}

async function fetchVersion(spec: string, folder: string): Promise<string> {
  const pack = ["pack", "--json", "--pack-destination", folder, spec];
  const [{ filename, version }] = JSON.parse(await runOrFail("npm", pack));
  const archive = `${folder}/${filename}`;
  const strip = "--strip-components=1";
  const args = ["-xzf", archive, "-C", folder, strip, "package/deno"];
  await runOrFail("tar", args);
  await Deno.remove(archive);
  return version;
}
