/**
 * Shows how two texts differ, line by line: `-` before what is expected, `+`
 * before what was printed. Between the lines that both begin with and those
 * that both end with, all of one and all of the other is shown.
 *
 * @param expected The text that is expected.
 * @param printed The text that was printed.
 * @returns The lines.
 */
export function difference(expected: string, printed: string): string {
  const before = linesOf(expected);
  const after = linesOf(printed);
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) {
    tail++;
  }
  return [
    ...before.slice(0, head).map((line) => `  ${line}`),
    ...before.slice(head, before.length - tail).map((line) => `- ${line}`),
    ...after.slice(head, after.length - tail).map((line) => `+ ${line}`),
    ...before.slice(before.length - tail).map((line) => `  ${line}`),
  ].join("\n");
}

function linesOf(text: string): string[] {
  if (text === "") return [];
  const lines = text.split("\n");
  if (lines.at(-1) === "") return lines.slice(0, -1);
  return [...lines.slice(0, -1), `${lines.at(-1)} (without a newline)`];
}
