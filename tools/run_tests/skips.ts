/**
 * The tests that are skipped, and the committed lists of those that may be.
 *
 * @module
 */

const REASON = / \(skipped: .+\)$/;

/**
 * Reads a list of skips: one a line, `#` begins a comment.
 *
 * @param text The list.
 * @returns The names of the tests.
 */
export function parseSkips(text: string): string[] {
  return text.split("\n").map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

/**
 * Compares the tests that were skipped with the lists.
 *
 * A named setting must skip just what its list holds. On any other machine each
 * skip must be in one of the lists.
 *
 * @param ignored The names of the tests that were skipped.
 * @param lists The list of each setting.
 * @param setting The setting, if this is one.
 * @returns What differs.
 */
export function skipFaults(
  ignored: readonly string[],
  lists: ReadonlyMap<string, readonly string[]>,
  setting?: string,
): string[] {
  const faults = ignored.filter((name) => !REASON.test(name))
    .map((name) => `Skipped without a reason in its name: ${name}`);
  const skipped = new Set(ignored);
  const list = setting === undefined
    ? [...lists.values()].flat()
    : lists.get(setting);
  if (list === undefined) {
    return [...faults, `There is no tests/skips/${setting}.txt`];
  }
  const listed = new Set(list);
  const where = setting === undefined
    ? "any file of tests/skips"
    : `tests/skips/${setting}.txt`;
  for (const name of skipped.difference(listed)) {
    faults.push(`Skipped, but not in ${where}: ${name}`);
  }
  if (setting === undefined) return faults;
  for (const name of listed.difference(skipped)) {
    faults.push(`In ${where}, but not skipped: ${name}`);
  }
  return faults;
}

/**
 * The part of a list that is about tests that were met, for when not all were
 * run.
 *
 * @param list The list.
 * @param names The names of the tests that ran, or were skipped.
 * @returns The skips of tests that are among these, for whatever reason.
 */
export function skipsAmong(
  list: readonly string[],
  names: readonly string[],
): string[] {
  const met = new Set(names.map(withoutReason));
  return list.filter((name) => met.has(withoutReason(name)));
}

function withoutReason(name: string): string {
  return name.replace(REASON, "");
}
