/**
 * Running snippets, each in a process of its own: one may replace the process
 * by another program, or change its limits.
 *
 * @module
 */

import { capture, type Captured } from "../process.ts";
import { ROOT } from "../repository.ts";
import { difference } from "./difference.ts";
import { expectationOf, judge } from "./expectation.ts";
import type { Snippet } from "./extract.ts";
import { agrees, parseTranscript } from "./transcript.ts";

const TIMEOUT = 30_000;

/** The tool, as `deno install` would install it from here. */
const PROCCTL = `#!/bin/sh
exec deno run --quiet --allow-ffi --config='${ROOT}/deno.json' \\
  '${ROOT}/packages/cli/main.ts' "$@"
`;

/**
 * Runs a snippet.
 *
 * @param snippet The snippet.
 * @returns What is wrong, each with its `file:line`.
 */
export async function runSnippet(snippet: Snippet): Promise<string[]> {
  const folder = await Deno.makeTempDir({ prefix: "procctl-snippet-" });
  try {
    return snippet.language === "ts"
      ? await runProgram(snippet, folder)
      : await runTranscript(snippet, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function runProgram(
  { file, line, code }: Snippet,
  folder: string,
): Promise<string[]> {
  const expectation = expectationOf(code);
  let source = code;
  if (expectation.toTheEnd) {
    const token = crypto.randomUUID();
    source += `\nconsole.log("${token}");\n`;
    expectation.lines.push(token);
  }
  const script = `${folder}/snippet.ts`;
  await Deno.writeTextFile(script, source);
  const ended = await capture(Deno.execPath(), [
    "run",
    "--quiet",
    "--no-prompt",
    "--allow-ffi",
    `--config=${ROOT}/deno.json`,
    script,
  ], { cwd: folder, env: { NO_COLOR: "1" }, timeout: TIMEOUT });
  const fault = timeoutOf(ended) ??
    judge(expectation, ended.stdout, ended.code);
  if (fault === undefined) return [];
  return [`${file}:${line}: ${fault}\n${ended.stderr}`.trimEnd()];
}

async function runTranscript(
  { file, line, code, flags }: Snippet,
  folder: string,
): Promise<string[]> {
  // So that "deno" is this one, also where none is installed.
  await Deno.symlink(Deno.execPath(), `${folder}/deno`);
  await Deno.writeTextFile(`${folder}/procctl`, PROCCTL, { mode: 0o755 });
  const env = {
    NO_COLOR: "1",
    PATH: `${folder}:${Deno.env.get("PATH") ?? "/usr/bin:/bin"}`,
  };
  const faults: string[] = [];
  for (
    const { offset, command, output } of parseTranscript(code, {
      oneCommand: flags.includes("one-command"),
    })
  ) {
    const ended = await capture("sh", ["-c", `exec 2>&1\n${command}`], {
      cwd: ROOT,
      env,
      timeout: TIMEOUT,
    });
    const place = `${file}:${line + offset}`;
    const fault = timeoutOf(ended);
    if (fault !== undefined) {
      faults.push(`${place}: ${fault}`);
    } else if (!agrees(output, ended.stdout)) {
      faults.push(
        `${place}: prints other lines:\n${difference(output, ended.stdout)}`,
      );
    }
  }
  return faults;
}

function timeoutOf({ timedOut, stdout }: Captured): string | undefined {
  if (!timedOut) return undefined;
  return `does not end within ${TIMEOUT / 1000} s; it printed:\n${stdout}`;
}
