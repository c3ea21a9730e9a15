/**
 * Strings as strace writes them.
 *
 * @module
 */

/**
 * When a string is written in hexadecimal: never, if not all of it is ASCII, or
 * always.
 */
export type Quoting = "escapes" | "hex-if-binary" | "hex";

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
};

const SPACE = 0x20;
const DELETE = 0x7f;

/** Each byte, as it is written where no digit follows. */
const SHORT: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  const escape = ESCAPES[character];
  if (escape !== undefined) return escape;
  return byte >= SPACE && byte < DELETE ? character : `\\${byte.toString(8)}`;
});

/** Each byte, as it is written before an octal digit. */
const LONG: readonly string[] = SHORT.map((text, byte) =>
  /^\\\d/.test(text) ? `\\${byte.toString(8).padStart(3, "0")}` : text
);

const HEX: readonly string[] = SHORT.map((_, byte) =>
  `\\x${byte.toString(16).padStart(2, "0")}`
);

/** Writes bytes as a string of C, without the quotation marks. */
export function quote(bytes: Uint8Array, quoting: Quoting): string {
  if (quoting === "hex" || quoting === "hex-if-binary" && isBinary(bytes)) {
    let text = "";
    for (let i = 0; i < bytes.length; i++) text += HEX[bytes[i]!]!;
    return text;
  }
  let text = "";
  for (let i = 0; i < bytes.length; i++) {
    const next = bytes[i + 1];
    // "\1" and "7" must not become "\17".
    const digits = next !== undefined && next >= 0x30 && next <= 0x37;
    text += (digits ? LONG : SHORT)[bytes[i]!]!;
  }
  return text;
}

function isBinary(bytes: Uint8Array): boolean {
  return bytes.some((byte) =>
    byte >= DELETE || byte < SPACE && (byte < 0x09 || byte > 0x0d)
  );
}
