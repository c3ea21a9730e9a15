/**
 * Running a program to its end, and keeping what it writes.
 *
 * @module
 */

import { type PathLike, SystemError } from "@procctl/libc";
import { concat } from "./_collect.ts";
import { Ending } from "./_ending.ts";
import { checked, encodeInput, encodeRunOptions } from "./_run.ts";
import type { Child } from "./child.ts";
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
      ? readAtMost(child[name], encoded.maxOutput, ending)
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
    if (input !== undefined) feed(child, input, ending);
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

function inputStream(
  input: RunOptions["input"],
): ReadableStream<Uint8Array> | undefined {
  if (!(input instanceof ReadableStream)) {
    const bytes = encodeInput(input, "a string, Uint8Array or ReadableStream");
    return bytes && ReadableStream.from([bytes]);
  }
  if (!input.locked) return input;
  throw new TypeError("Cannot use a stream as input: it is locked");
}

/** Reads a stream to its end, and keeps what is within a limit. */
async function readAtMost(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  limit: number,
  ending: Ending,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = stream.getReader();
  ending.over.addEventListener("abort", () => reader.cancel());
  const chunks: Uint8Array[] = [];
  let room = limit;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return concat(chunks);
    if (value.length > room) ending.begin("truncated");
    const kept = value.subarray(0, room);
    if (kept.length > 0) chunks.push(kept);
    room -= kept.length;
  }
}

/** Writes what a child is to read. That it does not read it all is its affair. */
async function feed(
  child: Child,
  input: ReadableStream<Uint8Array>,
  ending: Ending,
): Promise<void> {
  try {
    await input.pipeTo(child.stdin, { signal: ending.over });
  } catch (error) {
    const isUnread = error instanceof SystemError && error.code === "EPIPE";
    if (!ending.over.aborted && !isUnread) ending.fail(error);
  }
}
