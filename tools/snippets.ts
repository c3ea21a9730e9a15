// deno-lint-ignore-file no-console -- it reports what it finds
/**
 * Checks that every example does what it says: the programs and transcripts in
 * Markdown, and the programs in doc comments.
 *
 * A program (`ts`) says what it prints by comments `// prints: TEXT`, and its
 * exit status by `// exits: N` where that is not 0. One that says neither must
 * run to its end, and print nothing. `ts no-run` asks for its types to be
 * checked only, as do `ts needs-root` and `ts needs-perf` where this user is not
 * root, or perf events cannot be used. A transcript (`console`) holds lines
 * `$ COMMAND`, run at the root of the repository, each followed by exactly what
 * it prints, where a line `...` stands for any lines. `console one-command` is
 * for a command that itself prints lines which begin with `$ `.
 *
 * `--filter=TEXT` takes only those whose `file:line` contains the text.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { read, repositoryFiles } from "./repository.ts";
import { checkSnippets } from "./snippets/check.ts";
import {
  type Snippet,
  snippetsOfDocComments,
  snippetsOfMarkdown,
} from "./snippets/extract.ts";
import { missingNeeds } from "./snippets/needs.ts";
import { runSnippet } from "./snippets/run.ts";

/** More would only make each slower, and time-outs likelier. */
const CONCURRENCY = 2;

/**
 * Checks the snippets, and prints what is wrong with them.
 *
 * @param filter What the `file:line` of a snippet must contain.
 * @returns Whether all do what they say.
 */
export async function runSnippets(filter = ""): Promise<boolean> {
  const snippets = (await allSnippets())
    .filter(({ file, line }) => `${file}:${line}`.includes(filter));
  const typeErrors = await checkSnippets(
    snippets.filter(({ language }) => language === "ts"),
  );
  if (typeErrors !== undefined) console.log(typeErrors);
  const running = runnable(snippets);
  const failed = await runAll(running);
  console.log(
    `snippets: ${
      running.length - failed
    } of ${running.length} do what they say`,
  );
  return typeErrors === undefined && failed === 0;
}

/** Those that can be run here. Says what others need. */
function runnable(snippets: readonly Snippet[]): Snippet[] {
  let running = snippets.filter(({ flags }) => !flags.includes("no-run"));
  for (const [flag, reason] of missingNeeds()) {
    const count = running.length;
    running = running.filter(({ flags }) => !flags.includes(flag));
    if (running.length === count) continue;
    console.log(`snippets: ${count - running.length} not run: ${reason}`);
  }
  return running;
}

async function allSnippets(): Promise<Snippet[]> {
  const found: Snippet[] = [];
  for (const file of await repositoryFiles()) {
    if (file.startsWith("third_party/")) continue;
    if (file.endsWith(".md")) {
      found.push(...snippetsOfMarkdown(file, await read(file)));
    } else if (isDocumented(file)) {
      found.push(...snippetsOfDocComments(file, await read(file)));
    }
  }
  return found;
}

function isDocumented(file: string): boolean {
  return /^(packages|testing)\/.+\.ts$/.test(file) &&
    !file.endsWith("_test.ts");
}

/** Runs snippets side by side, and returns how many failed. */
async function runAll(snippets: readonly Snippet[]): Promise<number> {
  const waiting = snippets.values();
  let failed = 0;
  async function work(): Promise<void> {
    for (const snippet of waiting) {
      const faults = await runSnippet(snippet);
      for (const fault of faults) console.log(fault);
      if (faults.length > 0) failed++;
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return failed;
}

if (import.meta.main) {
  const { filter } = parseArgs(Deno.args, { string: ["filter"] });
  if (!await runSnippets(filter)) Deno.exitCode = 1;
}
