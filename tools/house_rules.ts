// deno-lint-ignore-file no-console -- it reports what it finds
/**
 * Checks the rules of the house that no tool of Deno knows: which package may
 * import which, what is exported and what is private, what a doc comment says,
 * what stands in no file, which tests the manual pages' table names, and where
 * links lead.
 *
 * @module
 */

import { toFileUrl } from "@std/path";
import { CONFORMANCE, conformanceFaults } from "./house_rules/conformance.ts";
import type { Documentation } from "./house_rules/doc_types.ts";
import { docFaults } from "./house_rules/docs.ts";
import { importsOf } from "./house_rules/import_graph.ts";
import { type Import, importFaults } from "./house_rules/imports.ts";
import { linkFaults } from "./house_rules/links.ts";
import {
  changelogFaults,
  type Contents,
  packageFaults,
  versionFaults,
} from "./house_rules/packages.ts";
import { wordFaults } from "./house_rules/words.ts";
import { capture } from "./process.ts";
import {
  entryFiles,
  type Package,
  publishedPackages,
  read,
  repositoryFiles,
  ROOT,
} from "./repository.ts";

/**
 * Checks all rules, and prints what breaks them.
 *
 * @returns Whether nothing does.
 */
export async function houseRules(): Promise<boolean> {
  const files = await repositoryFiles();
  const packages = await publishedPackages(files);
  const texts = new Map<string, string>();
  for (const file of files) texts.set(file, await read(file));
  const imports = await importsOf(
    files.filter((file) =>
      file.endsWith(".ts") && !file.startsWith("third_party/")
    ),
  );
  const faults = [
    ...Array.from(texts).flatMap(([file, text]) => wordFaults(file, text)),
    ...importFaults(imports),
    ...conformanceFaults(texts.get(CONFORMANCE)!, texts),
    ...linkFaults(texts),
    ...versionFaults(packages),
    ...changelogFaults(packages, texts.get("CHANGELOG.md")!),
    ...packages.flatMap((it) =>
      packageFaults(it, contentsOf(it, texts, imports))
    ),
    ...docFaults(await documentation(packages)),
  ];
  for (const fault of faults) {
    console.log(fault.replace(`${toFileUrl(ROOT).href}/`, ""));
  }
  console.log(`rules: ${faults.length} broken`);
  return faults.length === 0;
}

function contentsOf(
  { folder }: Package,
  texts: ReadonlyMap<string, string>,
  imports: readonly Import[],
): Contents {
  const files = Array.from(texts.keys())
    .filter((file) => file.startsWith(`${folder}/`))
    .map((file) => file.slice(folder.length + 1))
    .filter((file) => !file.includes("/"));
  const inMod = imports
    .filter(({ file }) => file === `${folder}/mod.ts`)
    .map(({ target = "" }) => target.slice(folder.length + 1));
  const experimental = files.filter((file) =>
    texts.get(`${folder}/${file}`)!.includes("@experimental")
  );
  return {
    files,
    inMod: new Set(inMod),
    experimental: new Set(experimental),
  };
}

async function documentation(
  packages: readonly Package[],
): Promise<Documentation> {
  const { success, stdout, stderr } = await capture(Deno.execPath(), [
    "doc",
    "--json",
    ...entryFiles(packages),
  ], { cwd: ROOT });
  if (!success) throw new Error(`Cannot read the docs: ${stderr.trim()}`);
  const documentation: Documentation = JSON.parse(stdout);
  if (documentation.version === 2) return documentation;
  throw new Error(
    `Cannot read version ${documentation.version} of "deno doc --json"`,
  );
}

if (import.meta.main) {
  if (!await houseRules()) Deno.exitCode = 1;
}
