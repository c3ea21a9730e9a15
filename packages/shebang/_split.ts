import { decode, isSeparator, NUL } from "./_bytes.ts";
import { valueOf } from "./_environment.ts";
import type { EnvString } from "./split_env_string.ts";

/** Splits a string as env(1) does with what follows `-S`, once it was checked. */
export function splitBytes(
  text: Uint8Array,
  entries: readonly Uint8Array[],
): EnvString {
  const words: number[][] = [];
  /** Whether the next byte begins an argument. */
  let apart = true;
  let quote: number | undefined;
  let quoteAt = 0;

  function add(bytes: Iterable<number>): void {
    if (apart) words.push([]);
    apart = false;
    const word = words.at(-1)!;
    for (const byte of bytes) word.push(byte);
  }

  function finish(): EnvString {
    return { kind: "words", words: words.map((word) => Uint8Array.from(word)) };
  }

  for (let at = 0; at < text.length;) {
    const byte = text[at]!;
    if (isQuote(byte) && (quote === undefined || quote === byte)) {
      quote = quote === undefined ? byte : undefined;
      quoteAt = at++;
      add([]);
    } else if (quote === undefined && isSeparator(byte)) {
      apart = true;
      at++;
    } else if (byte === HASH && apart) {
      return finish();
    } else if (byte === BACKSLASH && isEscape(quote, text[at + 1])) {
      const escaped = text[at + 1] ?? NUL;
      const meaning = ESCAPES.get(escaped);
      if (escaped === LOWER_C && quote === undefined) return finish();
      if (escaped === UNDERSCORE && quote === undefined) apart = true;
      else if (meaning === undefined) return badEscape(escaped, at);
      else add([meaning]);
      at += 2;
    } else if (byte === DOLLAR && quote !== SINGLE_QUOTE) {
      const end = endOfName(text, at);
      if (end === undefined) {
        const reason = '"$" is not followed by the name of a variable in ' +
          "braces";
        return { kind: "error", reason, index: at };
      }
      const value = valueOf(entries, text.subarray(at + 2, end));
      if (value !== undefined) add(value);
      at = end + 1;
    } else {
      add([byte]);
      at++;
    }
  }
  if (quote === undefined) return finish();
  const reason = `The quote ${String.fromCharCode(quote)} is not closed`;
  return { kind: "error", reason, index: quoteAt };
}

const DOUBLE_QUOTE = 0x22;
const HASH = 0x23;
const DOLLAR = 0x24;
const SINGLE_QUOTE = 0x27;
const BACKSLASH = 0x5c;
const UNDERSCORE = 0x5f;
const LOWER_C = 0x63;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** What a byte after a backslash stands for; `\\_` in double quotes. */
const ESCAPES: ReadonlyMap<number, number> = new Map([
  ...['"', "#", "$", "'", "\\"].map((it): [string, string] => [it, it]),
  ["_", " "],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["v", "\v"],
].map(([from, to]) => [from!.charCodeAt(0), to!.charCodeAt(0)]));

function isQuote(byte: number): boolean {
  return byte === DOUBLE_QUOTE || byte === SINGLE_QUOTE;
}

/** Whether a backslash is one, which in single quotes it mostly is not. */
function isEscape(quote: number | undefined, next: number | undefined) {
  return quote !== SINGLE_QUOTE || next === BACKSLASH || next === SINGLE_QUOTE;
}

function badEscape(escaped: number, index: number): EnvString {
  const character = decode(Uint8Array.of(escaped));
  const reason = escaped === NUL
    ? "The string ends in a backslash"
    : escaped === LOWER_C
    ? '"\\c" stands in double quotes'
    : `"\\${character}" stands for nothing`;
  return { kind: "error", reason, index };
}

/** Where the brace is that closes `${NAME}`, if that is what begins here. */
function endOfName(text: Uint8Array, dollar: number): number | undefined {
  if (text[dollar + 1] !== OPEN_BRACE) return undefined;
  let end = dollar + 2;
  while (end < text.length && isNameByte(text[end]!, end === dollar + 2)) end++;
  return end > dollar + 2 && text[end] === CLOSE_BRACE ? end : undefined;
}

function isNameByte(byte: number, first: boolean): boolean {
  const character = String.fromCharCode(byte);
  return (first ? /^[A-Za-z_]$/ : /^[A-Za-z0-9_]$/).test(character);
}
