/**
 * The environment as this package takes it.
 *
 * @module
 */

/**
 * The whole environment of a program: a record of values by key, or raw
 * entries such as `"KEY=value"`, in their order. Raw entries may repeat a key
 * or lack the `=`, as in C.
 *
 * @example Usage
 * ```ts
 * import { type Environment, splitEnvString } from "@procctl/shebang";
 *
 * const entries: Environment = ["NAME=a", "NAME=b"];
 * const split = splitEnvString("${NAME}", entries);
 * if (split.kind === "words") {
 *   console.log(new TextDecoder().decode(split.words[0])); // prints: a
 * }
 * ```
 */
export type Environment =
  | Readonly<Record<string, Uint8Array | string>>
  | readonly (Uint8Array | string)[];
