import { assertEquals } from "@std/assert";
import { runDeno, type RunDenoOptions } from "@procctl/testing";

/**
 * What a child Deno may use: everything of the packages by name, and
 *
 * - `answer(value)` prints a value, which `answerOf()` gives back;
 * - `sh(script, options)` spawns a shell;
 * - `pause(ms)` is a promise;
 * - `openCount()` is how many descriptors are open;
 * - `ownMemory()` is the memory in use, in KiB;
 * - `isThere(pid)` says whether a process runs, or is not reaped;
 * - `collectGarbage(until)` does so until something is the case.
 */
const PRELUDE = `
  import * as spawnModule from "@procctl/spawn";
  import * as libcModule from "@procctl/libc";
  import { settleDeno } from "@procctl/testing";
  Object.assign(globalThis, spawnModule, libcModule);

  const answer = (value) => console.log(JSON.stringify(value));
  const sh = (script, options) => spawn("sh", { args: ["-c", script], ...options });
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const text = (bytes) => new TextDecoder().decode(bytes);
  const bytes = (text) => new TextEncoder().encode(text);
  function openCount() {
    settleDeno();
    // One of them is that of the folder itself.
    return readDirectory("/proc/self/fd").length - 1;
  }
  const ownMemory = () =>
    Number(/VmRSS:\\s*(\\d+)/.exec(text(readFile("/proc/self/status")))[1]);
  function isThere(pid) {
    try {
      return readFile("/proc/" + pid + "/stat").length > 0;
    } catch {
      return false;
    }
  }
  async function collectGarbage(until) {
    while (!until()) {
      gc();
      await pause(1);
    }
  }
`;

/** How a child Deno is started. */
export interface ChildOptions extends Omit<RunDenoOptions, "flags"> {
  /** Added to Deno's flags. @default {[]} */
  flags?: readonly string[];
}

/** Runs a source in a child Deno, and returns what it gave to `answer()`. */
export function answerOf(
  source: string,
  { flags = [], ...options }: ChildOptions = {},
) {
  const { code, signal, stdout, stderr } = runDeno(PRELUDE + source, {
    flags: ["--allow-ffi", "--v8-flags=--expose-gc", ...flags],
    ...options,
  });
  assertEquals({ code, signal, stderr }, { code: 0, signal: null, stderr: "" });
  return JSON.parse(stdout);
}
