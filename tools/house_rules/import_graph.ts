/**
 * Reading the imports of all files, as Deno itself resolves them.
 *
 * @module
 */

import { fromFileUrl, toFileUrl } from "@std/path";
import { capture } from "../process.ts";
import { ROOT } from "../repository.ts";
import type { Import } from "./imports.ts";

/** The part of `deno info --json` that is used. */
interface Graph {
  modules: {
    specifier: string;
    dependencies?: { specifier: string; code?: Resolved; type?: Resolved }[];
  }[];
}

interface Resolved {
  specifier?: string;
  span?: { start: { line: number } };
}

/**
 * Reads the imports of files.
 *
 * @param files TypeScript files, relative to the root.
 * @returns Their imports.
 */
export async function importsOf(files: readonly string[]): Promise<Import[]> {
  // One file that imports all: `deno info` takes one.
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    const lines = files.map((file) =>
      `import ${JSON.stringify(toFileUrl(`${ROOT}/${file}`).href)};\n`
    );
    await Deno.writeTextFile(entry, lines.join(""));
    const { success, stdout, stderr } = await capture(Deno.execPath(), [
      "info",
      "--json",
      `--config=${ROOT}/deno.json`,
      entry,
    ], { cwd: ROOT });
    if (!success) throw new Error(`Cannot read the imports: ${stderr.trim()}`);
    const wanted = new Set(files);
    return flatten(JSON.parse(stdout)).filter(({ file }) => wanted.has(file));
  } finally {
    await Deno.remove(entry);
  }
}

function flatten({ modules }: Graph): Import[] {
  return modules.flatMap(({ specifier: module, dependencies = [] }) =>
    dependencies.map(({ specifier, code, type }) => {
      const resolved = code ?? type;
      const target = resolved?.specifier && inRepository(resolved.specifier);
      return {
        file: inRepository(module) ?? module,
        line: (resolved?.span?.start.line ?? 0) + 1,
        specifier,
        ...(target ? { target } : {}),
      };
    })
  );
}

/** The path of a file of the repository, relative to its root. */
function inRepository(specifier: string): string | undefined {
  if (!specifier.startsWith("file:")) return undefined;
  const path = fromFileUrl(specifier);
  return path.startsWith(`${ROOT}/`) ? path.slice(ROOT.length + 1) : undefined;
}
