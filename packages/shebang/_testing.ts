import { parseShebang } from "./parse_shebang.ts";
import type { Profile } from "./profile.ts";

/** The bytes of a text with one character a byte, so that tests can write any byte. */
export function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** A text with one character a byte. */
export function text(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

/** What the kernel makes of a line: the interpreter and its argument, or the other kind. */
export type Outcome = string[] | "none" | "invalid";

/** What parseShebang() makes of a head with one character a byte. */
export function outcome(head: string, profile?: Profile): Outcome {
  const line = parseShebang(bytes(head), profile && { profile });
  if (line.kind !== "script") return line.kind;
  return [line.interpreter, ...line.args].map(text);
}

/** An absolute path of exactly so many bytes. */
export function pathOf(length: number): string {
  return "/".padEnd(length, "i");
}
