/**
 * Running a program to its end, and keeping what it writes.
 *
 * @module
 */

import type { PathLike } from "@procctl/libc";
import { Ending } from "./_ending.ts";
import { feed, inputStream, readAtMost } from "./_input_output.ts";
import { checked, encodeRunOptions } from "./_run.ts";
import type { Completed, RunOptions } from "./run_options.ts";
import { spawn } from "./spawn.ts";

/**
 * Runs a program to its end, and gives what it wrote.
 *
 * The child leads a process group, all of which is ended after `timeout`, too
 * much output, or an abort: by SIGTERM, and after `grace` by SIGKILL. It gets
 * SIGTERM too if this program ends before it. Its standard input is empty
 * without `input`, of which it need not read all.
 *
 * It is complete when the program has ended and nobody has its output open any
 * more: a process left in the background that keeps it open is waited for. Only
 * one that left the group is not, when the rest of the group was killed.
 *
 * @param command The program: its name, or a path with a slash.
 * @param options How it is run.
 * @returns How it ended, and what it wrote.
 * @throws {SystemError} If it cannot be started, as {@linkcode spawn}.
 * @throws {RunError} If it did not succeed and `check` is set.
 * @throws {unknown} The reason of `signal`, if that is aborted before the end.
 * @throws {TypeError} If an option cannot be used.
 * @throws {RangeError} If a number is out of its range.
 *
 * @example Usage
 * ```ts
 * import { run } from "@procctl/spawn";
 *
 * const { stdout, timedOut } = await run("tr", {
 *   args: ["a-z", "A-Z"],
 *   input: "hello",
 *   timeout: 5000,
 * });
 * console.log(new TextDecoder().decode(stdout), timedOut); // prints: HELLO false
 * ```
 */
export async function run(
  command: PathLike,
  options: RunOptions = {},
): Promise<Completed> {
  const encoded = encodeRunOptions(options);
  const input = inputStream(options.input);
  const { signal } = options;
  signal?.throwIfAborted();
  const child = spawn(command, encoded.spawn);
  const ending = new Ending(child, encoded);
  const abort = () => ending.begin("aborted");
  signal?.addEventListener("abort", abort);
  const read = (name: "stdout" | "stderr") =>
    encoded.spawn[name] === "piped"
      ? readAtMost(child[name], {
        limit: encoded.maxOutput,
        over: ending.over,
        exceed: () => ending.begin("truncated"),
      })
      : new Uint8Array();
  const complete = async () => {
    const [status, stdout, stderr] = await Promise.all([
      child.status,
      read("stdout"),
      read("stderr"),
    ]);
    const timedOut = ending.why === "timedOut";
    const truncated = ending.why === "truncated";
    return { ...status, stdout, stderr, timedOut, truncated };
  };
  let completed: Completed;
  try {
    if (input !== undefined) feed(child.stdin, input, ending);
    completed = await Promise.race([ending.failure, complete()]);
    // It has ended: this closes the pipe of an input that was not all read.
    await child[Symbol.asyncDispose]();
  } catch (error) {
    await ending.abandon();
    throw error;
  } finally {
    signal?.removeEventListener("abort", abort);
    ending.finish();
  }
  if (ending.why === "aborted") throw signal!.reason;
  return checked(command, options, completed);
}
