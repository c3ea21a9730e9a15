import { styleText } from "node:util";

/** Above this many lines in all, an alignment costs too much memory. */
const MAX_ALIGNED_LINES = 2000;

/** Ends a message: with the words of the caller, or with a full stop. */
export function ending(msg: string | undefined): string {
  return msg ? `: ${msg}` : ".";
}

/** Formats a value over as many lines as it has parts, keys sorted. */
export function format(value: unknown): string {
  return Deno.inspect(value, {
    depth: Infinity,
    sorted: true,
    trailingComma: true,
    compact: false,
    iterableLimit: Infinity,
    getters: true,
    strAbbreviateSize: Infinity,
  });
}

/** Draws the lines of two values: `-` is actual, `+` is expected. */
export function difference(actual: unknown, expected: unknown): string {
  const ofTexts = typeof actual === "string" && typeof expected === "string";
  const a = ofTexts ? textLines(actual) : format(actual).split("\n");
  const b = ofTexts ? textLines(expected) : format(expected).split("\n");
  const title = `${paint("gray", "[Diff]")} ${paint("red", "Actual")} / ${
    paint("green", "Expected")
  }`;
  const lines = align(a, b).map(([side, line]) =>
    side > 0
      ? paint("red", `-   ${line}`)
      : side < 0
      ? paint("green", `+   ${line}`)
      : `    ${line}`
  );
  return ["", "", `    ${title}`, "", "", ...lines, ""].join("\n");
}

/** Colours a text, wherever it goes, as the real package does. */
export function paint(color: "gray" | "green" | "red", text: string): string {
  return Deno.noColor
    ? text
    : styleText([color, "bold"], text, { validateStream: false });
}

/** Splits a text into lines, and shows their ends and what is not printable. */
function textLines(text: string): string[] {
  const lines = text.split("\n").map((line) =>
    JSON.stringify(line).slice(1, -1).replaceAll('\\"', '"')
  );
  return lines.join("\\n\n").split("\n");
}

/** A line with the side it is on: 0 for both, 1 for actual, -1 for expected. */
type SidedLine = [side: number, line: string];

/** Pairs the lines that two lists share, and marks the others. */
function align(a: string[], b: string[]): SidedLine[] {
  // Where they part, the real package shows the longer list first.
  if (a.length < b.length) {
    return align(b, a).map(([side, line]) => [-side, line]);
  }
  let head = 0;
  while (head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;

  const mark = (side: number, lines: string[]): SidedLine[] =>
    lines.map((line) => [side, line]);
  const restA = a.slice(head, a.length - tail);
  const restB = b.slice(head, b.length - tail);
  const canAlign = restB.length > 0 &&
    restA.length + restB.length <= MAX_ALIGNED_LINES;
  return [
    ...mark(0, a.slice(0, head)),
    ...canAlign ? alignRest(restA, restB) : [...mark(1, restA), ...mark(-1, restB)],
    ...mark(0, a.slice(a.length - tail)),
  ];
}

/** Pairs as many lines as two lists share in the same order. */
function alignRest(a: string[], b: string[]): SidedLine[] {
  const width = b.length + 1;
  // At i * width + j: how many lines a from i on and b from j on share.
  const shared = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const at = i * width + j;
      shared[at] = a[i] === b[j]
        ? shared[at + width + 1]! + 1
        : Math.max(shared[at + width]!, shared[at + 1]!);
    }
  }
  const lines: SidedLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    const at = i * width + j;
    if (a[i] === b[j]) {
      lines.push([0, a[i]!]);
      [i, j] = [i + 1, j + 1];
    } else if (shared[at + width]! >= shared[at + 1]!) {
      lines.push([1, a[i++]!]);
    } else {
      lines.push([-1, b[j++]!]);
    }
  }
  while (i < a.length) lines.push([1, a[i++]!]);
  while (j < b.length) lines.push([-1, b[j++]!]);
  return lines;
}
