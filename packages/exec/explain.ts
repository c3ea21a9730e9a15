/**
 * What an execve(2) would run, or why it would fail.
 *
 * @module
 */

import {
  encodeArgv,
  encodeEnv,
  encodePath,
  type Env,
  environ,
  type PathLike,
  type StringOrBytes,
} from "@procctl/libc";
import type { ArgumentSpace, PassedOver, Resolution } from "@procctl/shebang";
import { explainFile, explainSearch } from "./_explain.ts";
import { type OptionNames, refuseUnknownOptions } from "./option_names.ts";
import type { PathFault } from "./path_fault.ts";

/** How {@linkcode explain} is to take a path. */
export interface ExplainOptions {
  /**
   * The arguments that the program would be given, its own name first.
   *
   * @default {[path]}
   */
  argv?: readonly StringOrBytes[];
  /**
   * The whole environment that it would be given.
   *
   * @default {the caller's}
   */
  env?: Env;
  /**
   * Look for a name without a slash in the folders of the caller's PATH, as
   * {@linkcode exec} and execvp(3) do.
   *
   * @default {false}
   */
  search?: boolean;
}

/** The options that there are. */
const EXPLAIN_OPTIONS: OptionNames<ExplainOptions> = {
  argv: true,
  env: true,
  search: true,
};

/**
 * What an execve(2) would run, or why it would fail, told apart by `kind`: the
 * {@linkcode Resolution} of `@procctl/shebang`, and what is known besides.
 */
export type Explanation = Resolution & ExplanationDetails;

/** What is known besides a {@linkcode Resolution}. */
export interface ExplanationDetails {
  /** The path that is executed: with a folder of PATH, if it was found there. */
  executed: Uint8Array;
  /** What would run, or why not, in a sentence without its period. */
  summary: string;
  /** What on the path is to blame, if something on a path is. */
  fault?: PathFault;
  /** The room for the arguments and the environment. */
  space: ArgumentSpace;
  /** The files in PATH that are passed over, in order. */
  passedOver: PassedOver[];
}

/**
 * Says what an execve(2) would run, or why it would fail: which component of
 * the path, which permission, which interpreter in which script, which string.
 * Nothing is executed and nothing is changed.
 *
 * The real files are looked at, through libc, with the rules of
 * `@procctl/shebang`. Since Linux 6.14 the kernel itself is asked whether a file
 * may be opened for execution; before, a file that is open for writing is not
 * noticed. What cannot be known is told to be unknown: the format of a file that
 * may be executed but not read, and a format that was registered with
 * binfmt_misc. Not seen are a security module's rules about the format, a limit
 * on processes (`EAGAIN`), and what changes between this and an execve(2).
 *
 * @param path The file, or a name if `search` is set.
 * @param options What the program would be given.
 * @returns What would run, or why not.
 * @throws {TypeError} If an argument cannot be handed to C, or there is no such
 * option.
 *
 * @example Usage
 * ```ts
 * import { writeFile } from "@procctl/libc";
 * import { explain } from "@procctl/exec";
 *
 * const script = new TextEncoder().encode("#!/opt/gone/python3\n");
 * writeFile("./tool", script, 0o777);
 * const explanation = explain("./tool");
 * if (explanation.kind === "error") {
 *   console.log(explanation.code, explanation.level); // prints: ENOENT 1
 *   console.log(explanation.summary);
 *   // prints: The interpreter "/opt/gone/python3" of "./tool": "/opt/gone" does not exist
 * }
 * ```
 *
 * @example What runs
 * ```ts
 * import { explain } from "@procctl/exec";
 *
 * const explanation = explain("sh", { argv: ["sh", "-c", "exit"], search: true });
 * if (explanation.kind === "program") {
 *   console.log(explanation.elf.machineName === Deno.build.arch); // prints: true
 * }
 * ```
 */
export function explain(
  path: PathLike,
  options: ExplainOptions = {},
): Explanation {
  refuseUnknownOptions(options, EXPLAIN_OPTIONS);
  const { argv, env, search = false } = options;
  const file = encodePath(path);
  const args = argv === undefined ? [file] : encodeArgv(argv);
  const entries = env === undefined ? environ() : encodeEnv(env);
  const given = { argv: args, env: entries };
  return search ? explainSearch(file, given) : explainFile(file, given);
}
