/**
 * Cells in which one system call after another fails.
 *
 * @module
 */

import { readFile, signalName } from "@procctl/libc";
import type { WaitStatus } from "@procctl/ptrace/requests";
import { ROOT, TemporaryFolder } from "@procctl/testing";
import { faultOf, type Outcome, programOf, QUIET_RUN } from "./_cells.ts";
import type { Example } from "./_examples.ts";
import { type Injection, runTraced } from "./_injector.ts";
import { denoEnv } from "./_observer.ts";

const decoder = new TextDecoder();

/** Errors that most calls can fail with: one that is final, one that is not. */
export const ERRORS = { EPERM: 1, EINTR: 4, ENOMEM: 12 };

/** Runs an example in which one call fails, or none. */
export function runInjected(
  example: Example,
  injection?: Injection,
): { calls: string[]; outcome: Outcome } {
  using folder = new TemporaryFolder();
  const cwd = folder.mkdir("cwd");
  const report = folder.write("report", "");
  const source = programOf(example, "as ever", report);
  const program = folder.write("cell.ts", source);
  const [stdout, stderr] = [folder.join("stdout"), folder.join("stderr")];
  const flags = [...QUIET_RUN, "--allow-ffi", `--config=${ROOT}/deno.json`];
  const argv = [Deno.execPath(), ...flags, program];
  const env = { ...denoEnv(), NO_COLOR: "1" };
  const traced = { argv, env, cwd, stdout, stderr };
  const { calls, end } = runTraced(traced, injection);
  const text = (path: string) => decoder.decode(readFile(path));
  const written = text(report);
  return {
    calls,
    outcome: {
      ...endingOf(end),
      stdout: text(stdout),
      stderr: text(stderr),
      ...(written === "" ? {} : { report: JSON.parse(written) }),
    },
  };
}

/** After so many calls that are the same another one fails as one before. */
const CONTEXT = 3;

/**
 * Which calls are to fail: of those that come after the same ones, as when a
 * file is read block by block, the first.
 *
 * @param calls The calls, by name.
 * @returns Their numbers.
 */
export function callsToFail(calls: readonly string[]): number[] {
  const seen = new Set<string>();
  return [...calls.keys()].filter((nth) => {
    const context = calls.slice(Math.max(0, nth - CONTEXT), nth + 1).join();
    const isNew = !seen.has(context);
    seen.add(context);
    return isNew;
  });
}

function endingOf(
  end: WaitStatus,
): Pick<Outcome, "code" | "signal" | "timedOut"> {
  if (end.kind === "exited") {
    return { code: end.code, signal: null, timedOut: false };
  }
  const signal = end.kind === "signaled" ? signalName(end.signal) : end.kind;
  return { code: 128, signal, timedOut: signal === "SIGALRM" };
}

/**
 * Calls that give an answer all the same, of what they could see: they tell why
 * another call failed, and are to fail in no case themselves.
 */
const ANSWERS = /^packages\/exec\/(?:explain|failure_reason)\.ts/;

/** Examples that show the error of a call of their own, and then have another. */
const SHOW_ERRORS = /^packages\/libc\/library\.ts/;

/** Examples that read on the side, and hear of a failure only at their end. */
const READS_ASIDE = /= [^=;]*\.output\(\);/;

/** Where the example is replaced it is not known what it would have left. */
const ANYTHING = { descriptors: Infinity, arenas: Infinity, children: 1 };

/** What is wrong where a call fails. */
export function injectedFault(
  example: Example,
  injection: Injection,
  plain: Outcome,
): string | undefined {
  const { calls, outcome } = runInjected(example, injection);
  const call = calls[injection.nth];
  // It did not come to that call this time: nothing failed.
  if (call === undefined) return undefined;
  const allowed = { ...plain.report?.left ?? ANYTHING };
  // An example that is cut short ends neither its own tracee, nor its pipes.
  if (/@procctl\/ptrace/.test(example.code)) {
    allowed.children = 1;
    allowed.descriptors += example.code.match(/"piped"/g)?.length ?? 0;
  }
  const fault = faultOf(example, "as ever", outcome, allowed);
  if (fault === undefined) return undefined;
  // It waits for a child that the call was to end.
  if (outcome.timedOut && outcome.report?.error !== undefined) return undefined;
  // Its streams are closed with the child, which the example leaves to itself.
  if (/^Cannot read the standard/.test(outcome.report?.error?.message ?? "")) {
    return undefined;
  }
  if (ANSWERS.test(example.place) && fault.startsWith("prints ")) {
    return undefined;
  }
  if (
    READS_ASIDE.test(example.code) &&
    outcome.stderr.startsWith(
      "error: Uncaught (in promise) SystemError: Cannot ",
    )
  ) {
    return undefined;
  }
  if (
    SHOW_ERRORS.test(example.place) &&
    /^(?:throws AssertionError|prints )/.test(fault)
  ) {
    return undefined;
  }
  return `${example.place}, ${call} (${injection.nth}) fails with ${injection.errno}: ${fault}`;
}
