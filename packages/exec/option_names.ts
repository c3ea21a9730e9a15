/**
 * Refusing options of unknown names: for those who build on `exec()`, as
 * `@procctl/spawn` does.
 *
 * @module
 * @experimental
 */

/** The names that options can have; a type makes sure that none is missing. */
export type OptionNames<T> = { readonly [name in keyof Required<T>]: true };

/**
 * Refuses options of which there are none. TypeScript finds most of them, but
 * not those of a variable, nor any in JavaScript: a `user` that is passed over
 * in silence, where `uid` was meant, would start a program as root.
 *
 * @typeParam T The options.
 * @param options What was given.
 * @param names The names that there are.
 * @throws {TypeError} If there is another one among them.
 *
 * @example Usage
 * ```ts
 * import { refuseUnknownOptions } from "@procctl/exec/option-names";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(
 *   () => refuseUnknownOptions({ user: 1000 }, { uid: true }),
 *   TypeError,
 *   'Cannot use the option "user": there is none of that name',
 * );
 * ```
 */
export function refuseUnknownOptions<T extends object>(
  options: T,
  names: OptionNames<T> | Readonly<Record<string, true>>,
): void {
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(names, name)) continue;
    throw new TypeError(
      `Cannot use the option "${name}": there is none of that name`,
    );
  }
}
