/**
 * Checking the types of all snippets together, which takes as long as one.
 *
 * @module
 */

import { capture } from "../process.ts";
import { ROOT } from "../repository.ts";
import type { Snippet } from "./extract.ts";

/**
 * Checks the types of programs.
 *
 * @param snippets The programs.
 * @returns What the compiler says, with places in the files they come from.
 */
export async function checkSnippets(
  snippets: readonly Snippet[],
): Promise<string | undefined> {
  if (snippets.length === 0) return undefined;
  const folder = await Deno.makeTempDir({ prefix: "procctl-snippets-" });
  try {
    const scripts = snippets.map((_, index) => `${folder}/${index}.ts`);
    await Promise.all(
      snippets.map(({ code }, index) =>
        Deno.writeTextFile(scripts[index]!, code)
      ),
    );
    const { success, stderr } = await capture(Deno.execPath(), [
      "check",
      "--quiet",
      `--config=${ROOT}/deno.json`,
      ...scripts,
    ], { cwd: folder, env: { NO_COLOR: "1" } });
    return success ? undefined : withPlaces(stderr, folder, snippets);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/**
 * Puts the places in the original files into a message about the scripts.
 *
 * @param message The message.
 * @param folder The folder of the scripts, named by index.
 * @param snippets The programs.
 * @returns The message, its columns left out as a doc comment shifts them.
 */
export function withPlaces(
  message: string,
  folder: string,
  snippets: readonly Snippet[],
): string {
  const script = new RegExp(
    `file://${RegExp.escape(folder)}/(\\d+).ts:(\\d+):\\d+`,
    "g",
  );
  return message.replaceAll(script, (_, index, scriptLine) => {
    const { file, line } = snippets[Number(index)]!;
    return `${file}:${line + Number(scriptLine) - 1}`;
  });
}
