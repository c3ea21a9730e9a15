/**
 * The types of what a caller hands to C: text or bytes, paths, environments.
 *
 * @module
 */

/**
 * What reaches C as a string: text, which is encoded as UTF-8, or raw bytes.
 *
 * File names, arguments and environment values are bytes on Linux, so nothing
 * forces them to be text. Neither form may contain a NUL byte, and text may
 * not contain a lone surrogate: see {@linkcode encodeBytes}.
 */
export type StringOrBytes = string | Uint8Array;

/**
 * The path of a file: text, raw bytes, or a `file:` URL.
 *
 * Text and bytes reach the kernel as they are: relative paths stay relative,
 * and `~`, `.` and `//` have no meaning beyond what the kernel gives them.
 */
export type PathLike = string | URL | Uint8Array;

/**
 * The whole environment of a new program, and nothing else: no variable of the
 * caller is added.
 *
 * Either a record of values by key, or raw entries such as `"KEY=value"`, in
 * their order. Raw entries may repeat a key or lack the `=`, as in C.
 */
export type Env = Record<string, StringOrBytes> | readonly StringOrBytes[];
