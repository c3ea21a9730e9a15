import { parseShebang } from "./parse_shebang.ts";
import type { Profile } from "./profile.ts";

/** The bytes of a text with one character a byte, so that tests can write any byte. */
export function bytes(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** How many arguments a call may have for sure. */
const CHUNK = 8192;

/** A text with one character a byte. */
export function text(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return text;
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
