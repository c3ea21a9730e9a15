/**
 * Finding what parameters each system call has.
 *
 * @module
 */

import { capture } from "../process.ts";
import {
  type Definition,
  definitionsIn,
  type Parameter,
} from "./syscall_definitions.ts";
import type { TableRow } from "./syscall_table.ts";

/** What defines nothing that runs: user-mode Linux, and what is configured out. */
const NOT_BUILT = /^arch\/x86\/um\/|stubs\.c$/;

/** The folder of each architecture's own definitions. */
const FOLDERS: Readonly<Record<string, string>> = {
  "x86_64": "arch/x86/",
  i386: "arch/x86/",
  aarch64: "arch/arm64/",
};

/**
 * Which definition holds where the configuration decides, counted in the order
 * of the file: CONFIG_CLONE_BACKWARDS, and CONFIG_OLD_SIGSUSPEND3.
 */
const CHOSEN: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "sys_clone": { "x86_64": 3, aarch64: 0 },
  "sys_sigsuspend": { i386: 1 },
};

/** The definitions of a kernel, by the file they are in. */
export type Definitions = ReadonlyMap<string, readonly Definition[]>;

/**
 * Reads all definitions of a kernel.
 *
 * @param folder The folder of its source.
 * @returns The definitions.
 */
export async function readDefinitions(folder: string): Promise<Definitions> {
  const { stdout } = await capture("grep", [
    "-rlE",
    "^(COMPAT_)?SYSCALL(32)?_DEFINE[0-9]",
    "--include=*.c",
    ".",
  ], { cwd: folder });
  const files = stdout.trim().split("\n").map((file) => file.slice("./".length))
    .filter((file) => !NOT_BUILT.test(file)).toSorted();
  const texts = files.map((file) => Deno.readTextFileSync(`${folder}/${file}`));
  return new Map(files.map((file, index) => [
    file,
    definitionsIn(texts[index]!),
  ]));
}

/**
 * The parameters of a system call.
 *
 * @param arch The architecture.
 * @param row The call's line in the table of that architecture.
 * @param definitions What the kernel defines.
 * @returns The parameters, or undefined if the kernel no longer has the call.
 */
export function parametersOf(
  arch: string,
  { entries }: TableRow,
  definitions: Definitions,
): readonly Parameter[] | undefined {
  // A 64-bit kernel has functions of its own for 32-bit programs.
  const entry = arch === "i386" ? entries.at(-1) : entries[0];
  if (entry === undefined || entry === "sys_ni_syscall") return undefined;
  const [own, common] = [FOLDERS[arch]!, ""].map((prefix) =>
    [...definitions].filter(([file]) =>
      prefix === "" ? !file.startsWith("arch/") : file.startsWith(prefix)
    ).flatMap(([, found]) => found.filter((it) => it.entry === entry))
  );
  const candidates = own!.length > 0 ? own! : common!;
  const index = CHOSEN[entry]?.[arch];
  if (index !== undefined) return candidates[index]!.parameters;
  const texts = new Set(candidates.map((it) => JSON.stringify(it.parameters)));
  if (texts.size > 1) throw new Error(`Cannot choose a definition of ${entry}`);
  return candidates[0]?.parameters;
}

/**
 * The parameters as C writes them.
 *
 * @param parameters The parameters.
 * @returns `int dfd, const char *filename`; `void` if there are none.
 */
export function inC(parameters: readonly Parameter[]): string {
  if (parameters.length === 0) return "void";
  return parameters.map(({ type, name }) =>
    type.endsWith("*") ? `${type}${name}` : `${type} ${name}`
  ).join(", ");
}
