/**
 * Running a command under limits, with a verdict at its end.
 *
 * @module
 */

import type { PathLike } from "@procctl/libc";
import { encodeBytes } from "./_encode_limited.ts";
import { feed, inputStream, readAtMost } from "./_input_output.ts";
import type {
  LimitedResult,
  RunLimitedOptions,
} from "./run_limited_options.ts";
import { spawnLimited } from "./spawn_limited.ts";

const OUTPUT = 16 * 2 ** 20;
/** How long one that could not be ended may hold up the output. */
const LONGEST_WAIT = 1000;

/**
 * Runs a command under limits to its end, and tells how it ended and why.
 *
 * Nothing is left of it then: a supervisor adopts what its processes leave
 * behind, daemons too, and all that is still there when the command ends, or a
 * limit is used up, is stopped and killed. Where this program may make a control
 * group, the kernel itself keeps them together.
 *
 * `limits` are those of each process, which the kernel keeps; `wall`, `cpuTime`,
 * `memory`, `processes` and `output` those of all together.
 *
 * @param command The program: its name, or a path with a slash.
 * @param options How it is run.
 * @returns How it ended, which limit ended it, what it used and what it wrote.
 * @throws {SystemError} If it cannot be started, as {@linkcode spawn}, or not
 * be looked at, as where no descriptor is left: it is ended then.
 * @throws {unknown} The reason of `signal`, if that is aborted before the end.
 * @throws {TypeError} If an option cannot be used.
 * @throws {RangeError} If a number is out of its range.
 *
 * @example Usage
 * ```ts
 * import { runLimited } from "@procctl/spawn";
 *
 * const { verdict, usage } = await runLimited("sh", {
 *   args: ["-c", "while :; do :; done"],
 *   limits: { cpu: { soft: 1 } },
 *   wall: 20,
 * });
 * console.log(verdict.kind, usage.userTime > 0.5); // prints: cpu-limit true
 * ```
 */
export async function runLimited(
  command: PathLike,
  options: RunLimitedOptions = {},
): Promise<LimitedResult> {
  const { input, output = OUTPUT, signal, ...rest } = options;
  const stream = inputStream(input);
  const limit = encodeBytes(output, "output") ?? Infinity;
  const stdio = {
    stdin: stream === undefined ? rest.stdin ?? "null" : "piped",
    stdout: rest.stdout ?? "piped",
    stderr: rest.stderr ?? "piped",
  } as const;
  if (stream !== undefined && (rest.stdin ?? "piped") !== "piped") {
    throw new TypeError("Cannot give both input and stdin");
  }
  if (stream === undefined && rest.stdin === "piped") {
    throw new TypeError('Cannot use "piped" as stdin without input');
  }
  signal?.throwIfAborted();
  await using child = spawnLimited(command, {
    ...rest,
    ...stdio,
    output,
  });
  const over = new AbortController();
  const { promise: failure, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal!.reason);
  signal?.addEventListener("abort", abort);
  const read = (name: "stdout" | "stderr") =>
    stdio[name] === "piped"
      // It sees by itself that there is more.
      ? readAtMost(child[name], { limit, over: over.signal, exceed() {} })
      : new Uint8Array();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ended = async () => {
    const report = await child.report;
    timer = setTimeout(() => over.abort(), LONGEST_WAIT);
    return report;
  };
  const complete = async () => {
    const [report, stdout, stderr] = await Promise.all([
      ended(),
      read("stdout"),
      read("stderr"),
    ]);
    return { ...report, stdout, stderr };
  };
  try {
    if (stream !== undefined) {
      feed(child.stdin, stream, { over: over.signal, fail: reject });
    }
    return await Promise.race([failure, complete()]);
  } finally {
    signal?.removeEventListener("abort", abort);
    clearTimeout(timer);
    over.abort();
  }
}
