const encoder = new TextEncoder();

/** Writes all of a text. */
export function write(stream: "stdout" | "stderr", text: string): void {
  writeBytes(stream, encoder.encode(text));
}

/** Writes all of some bytes: one call may write a part. */
export function writeBytes(
  stream: "stdout" | "stderr",
  bytes: Uint8Array,
): void {
  for (let rest = bytes; rest.length > 0;) {
    rest = rest.subarray(Deno[stream].writeSync(rest));
  }
}

/** Says something that is no result. */
export function tell(text: string): void {
  write("stderr", `procctl: ${text}\n`);
}

/** Writes a value as JSON. */
export function writeJson(value: unknown): void {
  write("stdout", `${JSON.stringify(value, null, 2)}\n`);
}

/** What marks up text on a terminal, and leaves it as it is elsewhere. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
}

/** The style of a stream: colours on a terminal, unless NO_COLOR is set. */
export function styleOf(stream: "stdout" | "stderr"): Style {
  const coloured = !Deno.noColor && Deno[stream].isTerminal();
  const code = (on: number, off: number) => (text: string) =>
    coloured ? `\x1b[${on}m${text}\x1b[${off}m` : text;
  return {
    bold: code(1, 22),
    dim: code(2, 22),
    red: code(31, 39),
    green: code(32, 39),
    yellow: code(33, 39),
  };
}
