/**
 * What a snippet should print, said by its own comments.
 *
 * @module
 */

import { difference } from "./difference.ts";

/** What a snippet should do. */
export interface Expectation {
  /** The lines it prints. */
  lines: string[];
  /** The status it exits with. */
  code: number;
  /**
   * Whether it must run to its last line. If it says neither what it prints
   * nor how it exits, nothing else shows that it ran.
   */
  toTheEnd: boolean;
}

/**
 * Reads the comments `// prints: TEXT`, one a line, and `// exits: N`.
 *
 * @param code The snippet.
 * @returns What it should do.
 */
export function expectationOf(code: string): Expectation {
  const prints = Array.from(
    code.matchAll(/\/\/ prints:(?: (.*))?$/gm),
    ([, text = ""]) => text,
  );
  const exits = /\/\/ exits: (\d+)$/m.exec(code)?.[1];
  return {
    lines: prints,
    code: Number(exits ?? 0),
    toTheEnd: prints.length === 0 && exits === undefined,
  };
}

/**
 * Compares what a snippet did with what it should do.
 *
 * @param expectation What it should do.
 * @param printed What it wrote to its standard output.
 * @param code The status it exited with.
 * @returns What differs, or undefined if nothing does.
 */
export function judge(
  expectation: Expectation,
  printed: string,
  code: number,
): string | undefined {
  const faults: string[] = [];
  if (code !== expectation.code) {
    faults.push(`exits with ${code}, not ${expectation.code}`);
  }
  const expected = expectation.lines.map((line) => `${line}\n`).join("");
  if (printed !== expected) {
    faults.push(`prints other lines:\n${difference(expected, printed)}`);
  }
  return faults.length === 0 ? undefined : faults.join("\n");
}
