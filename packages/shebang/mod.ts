/**
 * What Linux makes of the first line of a script: which program it starts in
 * the end, with which arguments, or why it starts none. It follows execve(2),
 * "Interpreter scripts", and is exact where the man page is silent: to the
 * byte, as the kernel reads the line.
 *
 * {@linkcode parseShebang} reads a line, {@linkcode formatShebang} writes one,
 * {@linkcode resolveInterpreters} follows scripts, ELF files and `env` to the
 * program that runs, and {@linkcode argumentSpace} tells whether the arguments
 * fit.
 *
 * The package is pure. It needs no permission, opens no file, and runs in any
 * JavaScript runtime: bytes go in, the answer comes out.
 *
 * ```ts
 * import { parseShebang } from "@procctl/shebang";
 *
 * const line = parseShebang("#!/usr/bin/env node --test\n");
 * if (line.kind === "script") {
 *   const decoder = new TextDecoder();
 *   console.log(decoder.decode(line.interpreter)); // prints: /usr/bin/env
 *   console.log(line.args.map((arg) => decoder.decode(arg))); // prints: [ "node --test" ]
 * }
 * ```
 *
 * @module
 */

export * from "./argument_space.ts";
export type * from "./diagnostic.ts";
export * from "./elf.ts";
export type * from "./environment.ts";
export type * from "./executable_files.ts";
export * from "./format_shebang.ts";
export * from "./interpreter_argv.ts";
export * from "./parse_shebang.ts";
export type * from "./profile.ts";
export type * from "./resolution.ts";
export * from "./resolve_interpreters.ts";
export * from "./split_env_string.ts";
