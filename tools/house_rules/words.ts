/**
 * What must not stand in a file.
 *
 * @module
 */

import { isTest } from "./imports.ts";

interface Rule {
  /** Which files it is for. */
  applies(file: string): boolean;
  /** What must not stand there. */
  pattern: RegExp;
  /** Why. */
  reason: string;
}

const RULES: readonly Rule[] = [
  {
    applies: () => true,
    pattern: /(?<![\w.>}])\/(?:root|work)\//,
    reason: "is a path of one machine",
  },
  {
    applies: (file) => file.endsWith(".ts"),
    pattern: /\bDeno\.test\.(?:only|ignore)\b/,
    reason: "hides tests: testWith() of @procctl/testing skips, saying why",
  },
  {
    applies: (file) =>
      file.startsWith("packages/") && file.endsWith(".ts") && !isTest(file),
    pattern: /\bDeno\.Unsafe\w+/,
    reason: "does not work with --allow-ffi=<path of libc>",
  },
];

/**
 * Says which lines of a file hold what they must not.
 *
 * @param file The file, relative to the root.
 * @param text Its text.
 * @returns The faults.
 */
export function wordFaults(file: string, text: string): string[] {
  const rules = RULES.filter(({ applies }) => applies(file));
  return text.split("\n").flatMap((line, index) =>
    rules.flatMap(({ pattern, reason }) => {
      const word = pattern.exec(line)?.[0];
      return word === undefined
        ? []
        : [`${file}:${index + 1}: "${word}" ${reason}`];
    })
  );
}
