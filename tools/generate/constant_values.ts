import type { TableSpec } from "../constants/spec.ts";
import { type Word, wordsOf } from "../constants/words.ts";
import { kernelFacts } from "./kernel_facts.ts";

/** The values of a constant, by architecture: undefined where it is none. */
export type Values = readonly (number | undefined)[];

/** A constant, the beginning of a group under a mask, or another table. */
export type Entry =
  | { kind: "constant"; name: string; values: Values }
  | { kind: "mask"; mask: number; bits: boolean }
  | { kind: "table"; name: string };

let facts: ReadonlyMap<string, Values> | undefined;

function known(): ReadonlyMap<string, Values> {
  return facts ??= new Map(
    kernelFacts("constants.tsv").rows.map(([name, ...values]) => [
      name!,
      values.map((value) => value === "-" ? undefined : Number(value)),
    ]),
  );
}

/**
 * What a table holds, with the values of the kernel's headers.
 *
 * @param spec The table.
 * @returns Its entries, in its order.
 */
export function entriesOf(spec: TableSpec): Entry[] {
  const words = wordsOf(spec.names);
  const without = new Set(
    words.filter(({ kind }) => kind === "without").map((word) =>
      (word as { name: string }).name
    ),
  );
  return words.flatMap((word) => entriesFor(word, without));
}

function entriesFor(word: Word, without: ReadonlySet<string>): Entry[] {
  switch (word.kind) {
    case "without":
      return [];
    case "mask":
    case "table":
      return [word];
    case "literal":
      return [{ ...word, kind: "constant" }];
    case "name": {
      const values = known().get(word.name);
      if (values === undefined) {
        throw new Error(
          `No value of ${word.name}: run deno task kernel-tables`,
        );
      }
      return [{ kind: "constant", name: word.name, values }];
    }
    case "all":
      return [...known()]
        .filter(([name]) => name.startsWith(word.name) && !without.has(name))
        .map(([name, values]): Entry => ({ kind: "constant", name, values }))
        .toSorted(byValue);
  }
}

function byValue(a: Entry, b: Entry): number {
  const [first, second] = [a, b].map((entry) =>
    entry.kind === "constant" ? entry.values.find((it) => it !== undefined)! : 0
  );
  return first! - second!;
}
