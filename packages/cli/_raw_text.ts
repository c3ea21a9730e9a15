/**
 * Arguments of the command line as text from which their bytes can be had again.
 *
 * `Deno.args` has U+FFFD for what is not UTF-8. Here each such byte is a lone
 * surrogate, U+DC80 to U+DCFF, which no text can have otherwise; Python calls
 * this "surrogateescape".
 *
 * @module
 */

import { programArguments } from "@procctl/libc/program-arguments";

/** The arguments of this program. */
export function rawArguments(): string[] {
  // To read them byte for byte takes a file and several calls.
  if (!Deno.args.some((arg) => arg.includes("\ufffd"))) return Deno.args;
  return programArguments().slice(1).map(toRawText);
}

/** The text of bytes. */
export function toRawText(bytes: Uint8Array): string {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let text = "";
  for (let at = 0; at < bytes.length;) {
    const size = sizeOfCharacter(bytes[at]!);
    try {
      text += decoder.decode(bytes.subarray(at, at + size));
      at += size;
    } catch {
      text += String.fromCharCode(0xdc00 + bytes[at]!);
      at++;
    }
  }
  return text;
}

/** The bytes of such a text, as C takes them; other text as it is. */
export function fromRawText(text: string): string | Uint8Array<ArrayBuffer> {
  if (text.isWellFormed()) return text;
  const encoder = new TextEncoder();
  const bytes = Array.from(text).flatMap((character) => {
    const code = character.codePointAt(0)!;
    const isByte = code >= 0xdc80 && code <= 0xdcff;
    return isByte ? [code - 0xdc00] : [...encoder.encode(character)];
  });
  return new Uint8Array(bytes);
}

function sizeOfCharacter(first: number): number {
  if (first < 0xc0) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}
