import type { PathLike } from "@procctl/libc";
import { concat } from "./_collect.ts";
import { checked, encodeRunOptions } from "./_run.ts";
import type { Child } from "./child.ts";
import type { Completed, RunOptions } from "./run_options.ts";
import { spawn } from "./spawn.ts";

/**
 * Runs a program to its end, and gives what it wrote.
 *
 * The child leads a process group, all of which is ended after `timeout` or too
 * much output: by SIGTERM, and after `grace` by SIGKILL. It gets SIGTERM too if
 * this program ends before it. Its standard input is empty without `input`.
 *
 * It is complete when the program has ended and nobody has its output open any
 * more: a process left in the background that keeps it open is waited for.
 *
 * @param command The program: its name, or a path with a slash.
 * @param options How it is run.
 * @returns How it ended, and what it wrote.
 * @throws {SystemError} If it cannot be started, as {@linkcode spawn}.
 * @throws {RunError} If it did not succeed and `check` is set.
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
  const child = spawn(command, encoded.spawn);
  const ending = new Ending(child, encoded.grace);
  const timer = encoded.timeout === undefined
    ? undefined
    : setTimeout(() => ending.begin("timedOut"), encoded.timeout);
  const read = (name: "stdout" | "stderr") =>
    encoded.spawn[name] === "piped"
      ? readAtMost(
        child[name],
        encoded.maxOutput,
        () => ending.begin("truncated"),
      )
      : new Uint8Array();
  try {
    const [status, stdout, stderr] = await Promise.all([
      child.status,
      read("stdout"),
      read("stderr"),
      writeInput(child, encoded.input),
    ]);
    const { timedOut, truncated } = ending;
    const completed = { ...status, stdout, stderr, timedOut, truncated };
    return checked(command, options, completed);
  } finally {
    clearTimeout(timer);
    ending.cancel();
  }
}

/** Ends a child's group: SIGTERM at first, SIGKILL after a while. */
class Ending {
  timedOut = false;
  truncated = false;
  #child: Child;
  #grace: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(child: Child, grace: number) {
    this.#child = child;
    this.#grace = grace;
  }

  begin(why: "timedOut" | "truncated"): void {
    if (this.timedOut || this.truncated) return;
    this[why] = true;
    this.#child.killGroup("SIGTERM");
    // One that is stopped would not see it.
    this.#child.killGroup("SIGCONT");
    this.#timer = setTimeout(
      () => this.#child.killGroup("SIGKILL"),
      this.#grace,
    );
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }
}

/** Reads a stream to its end, and keeps what is within a limit. */
async function readAtMost(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  limit: number,
  exceeded: () => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    if (size + chunk.length > limit) exceeded();
    const kept = chunk.subarray(0, limit - size);
    if (kept.length > 0) chunks.push(kept);
    size += kept.length;
  }
  return concat(chunks);
}

/** Writes what a child is to read. That it does not read it all is its affair. */
async function writeInput(
  child: Child,
  input: Uint8Array | undefined,
): Promise<void> {
  if (input === undefined) return;
  const writer = child.stdin.getWriter();
  try {
    await writer.write(input);
    await writer.close();
  } catch (error) {
    if ((error as { code?: string }).code !== "EPIPE") throw error;
  }
}
