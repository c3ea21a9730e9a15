/**
 * What a published package must hold.
 *
 * @module
 */

import type { Package } from "../repository.ts";

/** What the rules need to know of a package's folder. */
export interface Contents {
  /** The names of the files in it, without those of its folders. */
  files: readonly string[];
  /** The files that its mod.ts takes up. */
  inMod: ReadonlySet<string>;
  /** The files that are marked `@experimental`. */
  experimental: ReadonlySet<string>;
}

/**
 * Says what is wrong with a package's exports and papers.
 *
 * @param it The package.
 * @param contents What is in its folder.
 * @returns The faults.
 */
export function packageFaults(it: Package, contents: Contents): string[] {
  return [
    ...paperFaults(it, contents),
    ...exportFaults(it, contents),
    ...keyFaults(it, contents),
  ].map((fault) => `${it.folder}: ${fault}`);
}

/**
 * Says which packages have another version than most.
 *
 * @param packages The packages.
 * @returns The faults.
 */
export function versionFaults(packages: readonly Package[]): string[] {
  const versions = new Set(packages.map(({ version }) => version));
  if (versions.size < 2) return [];
  const list = packages.map(({ folder, version }) => `${folder} ${version}`);
  return [`Packages must have one version: ${list.join(", ")}`];
}

/**
 * Says which version the changelog does not tell of.
 *
 * @param packages The packages.
 * @param changelog The text of CHANGELOG.md.
 * @returns The faults.
 */
export function changelogFaults(
  packages: readonly Package[],
  changelog: string,
): string[] {
  const told = new Set(
    Array.from(changelog.matchAll(/^## (\S+)/gm), ([, version]) => version),
  );
  return [...new Set(packages.map(({ version }) => version))]
    .filter((version) => !told.has(version))
    .map((version) => `CHANGELOG.md: has no section "## ${version}"`);
}

function paperFaults(
  { folder, name, license }: Package,
  { files }: Contents,
): string[] {
  const faults: string[] = [];
  if (`packages/${name}` !== folder.replace("/", "/@procctl/")) {
    faults.push(`is named "${name}", not as its folder`);
  }
  if (license === undefined) faults.push('has no "license" in its deno.json');
  if (!files.includes("README.md")) faults.push("has no README.md");
  return faults;
}

function exportFaults(
  { exports }: Package,
  { files, inMod, experimental }: Contents,
): string[] {
  const main = exports["."];
  const faults: string[] = [];
  for (const file of files.filter(isPublic)) {
    if (`./${file}` === main) continue;
    if (exports[keyOf(file)] !== `./${file}`) {
      faults.push(`must export "${keyOf(file)}": "./${file}"`);
    }
    if (main !== "./mod.ts" || inMod.has(file)) continue;
    if (!experimental.has(file)) {
      faults.push(`${file} must be exported by mod.ts, or be @experimental`);
    }
  }
  return faults;
}

function keyFaults({ exports }: Package, { files }: Contents): string[] {
  return Object.entries(exports).flatMap(([key, path]) => {
    const file = path.slice("./".length);
    if (!files.includes(file)) return [`exports "${path}", which is missing`];
    if (key === "." || key === keyOf(file)) return [];
    return [`exports "${path}" as "${key}", not as "${keyOf(file)}"`];
  });
}

function isPublic(file: string): boolean {
  return file.endsWith(".ts") && !file.startsWith("_") &&
    !file.endsWith("_test.ts");
}

function keyOf(file: string): string {
  return `./${file.replace(/\.ts$/, "").replaceAll("_", "-")}`;
}
