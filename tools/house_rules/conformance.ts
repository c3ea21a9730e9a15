/**
 * That the table of the manual pages' sentences names tests that there are.
 *
 * @module
 */

/** Where the table is. */
export const CONFORMANCE = "docs/conformance.md";

const LINK = /^\[[^\]]+\]\(\.\.\/([^)]+)\): (.+)$/;
const REASON = /^Not tested: .+\.$/;

/**
 * Says which rows of the table have neither a test that there is nor a reason
 * why there is none.
 *
 * @param text The table's page.
 * @param texts The text of each file, by its path relative to the root.
 * @returns The faults.
 */
export function conformanceFaults(
  text: string,
  texts: ReadonlyMap<string, string>,
): string[] {
  return text.split("\n").flatMap((line, index) => {
    const cells = /^\| (.+) \| (.+) \|$/.exec(line);
    if (cells === null || isHead(cells)) return [];
    return cells[2]!.split("<br>")
      .map((cell) => cellFault(cell, texts))
      .filter((fault) => fault !== undefined)
      .map((fault) => `${CONFORMANCE}:${index + 1}: ${fault}`);
  });
}

function isHead([, first]: readonly string[]): boolean {
  return first === "---" || first === "what the page says";
}

function cellFault(
  cell: string,
  texts: ReadonlyMap<string, string>,
): string | undefined {
  if (REASON.test(cell)) return undefined;
  const [, file, name] = LINK.exec(cell) ?? [];
  if (file === undefined || name === undefined) {
    return `"${cell}" is neither a test nor "Not tested: " and a reason`;
  }
  if (!file.endsWith("_test.ts")) return `${file} is not a file of tests`;
  const source = texts.get(file);
  if (source === undefined) return `there is no ${file}`;
  return source.includes(name) ? undefined : `${file} has no test "${name}"`;
}
