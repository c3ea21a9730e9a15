/**
 * Text as a terminal shows it: characters in a style.
 *
 * @module
 */

/** A piece of a line in one style. */
export interface Span {
  /** Its characters. */
  text: string;
  /** The number of its colour, 30 to 37 or 90 to 97; undefined for the usual. */
  colour: number | undefined;
  /** Whether it is bold. */
  bold: boolean;
  /** Whether it is dim. */
  dim: boolean;
}

/**
 * Reads what a program wrote to a terminal. It knows styles, and refuses what
 * moves about on the screen.
 *
 * @param output What was written, lines ending in a newline.
 * @returns The lines.
 * @throws {SyntaxError} If there is another control sequence.
 */
export function readTerminalText(output: string): Span[][] {
  let style: Omit<Span, "text"> = PLAIN;
  const lines = output.replace(/\n$/, "").split("\n");
  return lines.map((line) => {
    const spans: Span[] = [];
    // deno-lint-ignore no-control-regex -- control characters are the topic
    for (const part of line.split(/(\x1b\[[\d;]*m)/)) {
      // deno-lint-ignore no-control-regex -- the same
      const codes = /^\x1b\[([\d;]*)m$/.exec(part)?.[1];
      if (codes !== undefined) {
        for (const code of codes.split(";")) style = apply(style, Number(code));
      } else if (/\p{Cc}/u.test(part)) {
        throw new SyntaxError(
          `Cannot draw ${JSON.stringify(part)}: it has a control character`,
        );
      } else if (part !== "") {
        spans.push({ text: part, ...style });
      }
    }
    return spans;
  });
}

const PLAIN = { colour: undefined, bold: false, dim: false };

/** The style after a code of ECMA-48's SGR. */
function apply(
  style: Omit<Span, "text">,
  code: number,
): Omit<Span, "text"> {
  if (code === 0) return PLAIN;
  if (code === 1) return { ...style, bold: true };
  if (code === 2) return { ...style, dim: true };
  if (code === 22) return { ...style, bold: false, dim: false };
  if (code === 39) return { ...style, colour: undefined };
  const isColour = (code >= 30 && code <= 37) || (code >= 90 && code <= 97);
  if (isColour) return { ...style, colour: code };
  throw new SyntaxError(`Cannot draw the style ${code}: it is not known`);
}
