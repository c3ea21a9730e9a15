/**
 * Reading the `names` of a table of constants.
 *
 * @module
 */

/** One word of a table. */
export type Word =
  /** A constant of the kernel's headers. */
  | { kind: "name"; name: string }
  /** All constants of a beginning, or one that is not meant. */
  | { kind: "all" | "without"; name: string }
  /** A constant with its values, by architecture: undefined where it is none. */
  | { kind: "literal"; name: string; values: (number | undefined)[] }
  /** The beginning of those under a mask, 0 for none; others may be bits. */
  | { kind: "mask"; mask: number; bits: boolean }
  /** All constants of another table. */
  | { kind: "table"; name: string };

/**
 * Reads the words of a table.
 *
 * @param names The table's `names`.
 * @returns The words. A range, `SIGRT_1..3=33`, becomes a word each.
 */
export function wordsOf(names: string): Word[] {
  return (names.match(/\S+/g) ?? []).flatMap(wordsIn);
}

function wordsIn(text: string): Word[] {
  const rest = text.slice(1);
  if (text.startsWith("&")) {
    const bits = rest.startsWith("?");
    return [{ kind: "mask", mask: Number(rest.replace("?", "")), bits }];
  }
  if (text.startsWith("@")) return [{ kind: "table", name: rest }];
  if (text.startsWith("-")) return [{ kind: "without", name: rest }];
  if (text.endsWith("*")) return [{ kind: "all", name: text.slice(0, -1) }];
  const [name, value] = text.split("=");
  if (value === undefined) return [{ kind: "name", name: name! }];
  const range = /^(.*?)(\d+)\.\.(\d+)$/.exec(name!);
  if (range === null) {
    return [{ kind: "literal", name: name!, values: valuesIn(value) }];
  }
  const [, beginning, first, last] = range;
  return Array.from(
    { length: Number(last) - Number(first) + 1 },
    (_, index) => ({
      kind: "literal",
      name: `${beginning}${Number(first) + index}`,
      values: valuesIn(value).map((it) => it! + index),
    }),
  );
}

function valuesIn(text: string): (number | undefined)[] {
  const values = text.split("/")
    .map((value) => value === "-" ? undefined : Number(value));
  return values.length === 1 ? [values[0], values[0], values[0]] : values;
}
