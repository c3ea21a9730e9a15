/**
 * What a value of a system call is, once it is decoded. One tree serves both
 * the text that people read and the JSON that programs read.
 *
 * @module
 */

import { quote, type Quoting } from "./_trace_quote.ts";

/** A decoded value. */
export type Value =
  /** What C would call it: names of constants, an address. */
  | string
  /** A number, written in decimal. */
  | number
  | bigint
  | Text
  | Macro
  | Struct
  | List
  | Remark
  | Change;

/** Bytes, written as a string of C. */
export interface Text {
  kind: "text";
  /** What was read of it. */
  bytes: Uint8Array;
  /** Whether there is more of it than was read. */
  more: boolean;
  /** Whether it is no text for people, and written in hexadecimal. */
  binary?: boolean;
  /** Whether it is a socket's name that is no path, written with an `@`. */
  abstract?: boolean;
}

/** What a macro or function of C makes of other values. */
export interface Macro {
  kind: "macro";
  name: string;
  args: readonly Value[];
}

/** A structure of C. */
export interface Struct {
  kind: "struct";
  /** Its members by name. One whose name begins with `!` is written without. */
  fields: Readonly<Record<string, Value>>;
  /** Whether it has members that are left out. */
  more: boolean;
}

/** An array, or a set of flags that are written like one. */
export interface List {
  kind: "list";
  items: readonly Value[];
  /** Whether there are more that are left out. */
  more: boolean;
}

/** A value that is told more of. */
export interface Remark {
  kind: "remark";
  value: Value;
  remark: string;
}

/** A value that a call reads and replaces. */
export interface Change {
  kind: "change";
  before: Value;
  after: Value;
}

/** Makes a structure, complete unless said otherwise. */
export function struct(
  fields: Readonly<Record<string, Value>>,
  more = false,
): Struct {
  return { kind: "struct", fields, more };
}

/** Makes a value that a macro of C makes of others. */
export function macro(name: string, ...args: readonly Value[]): Macro {
  return { kind: "macro", name, args };
}

/** Makes an array, complete unless said otherwise. */
export function list(items: readonly Value[], more = false): List {
  return { kind: "list", items, more };
}

/** Adds a remark to a value. */
export function remark(value: Value, text: string): Remark {
  return { kind: "remark", value, remark: text };
}

/** Writes a value as strace does. */
export function formatValue(value: Value, quoting: Quoting): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object") return String(value);
  switch (value.kind) {
    case "text":
      return formatText(value, quoting);
    case "macro": {
      const args = value.args.map((arg) => formatValue(arg, quoting));
      return `${value.name}(${args.join(", ")})`;
    }
    case "struct":
      return formatStruct(value, quoting);
    case "list":
      return formatList(value, quoting);
    case "remark":
      return `${formatValue(value.value, quoting)} /* ${value.remark} */`;
    case "change":
      return `[${formatValue(value.before, quoting)} => ${
        formatValue(value.after, quoting)
      }]`;
  }
}

function formatText(text: Text, quoting: Quoting): string {
  const { bytes, more, binary, abstract } = text;
  const quoted = quote(bytes, binary ? "hex" : quoting);
  return `${abstract ? "@" : ""}"${quoted}"${more ? "..." : ""}`;
}

function formatStruct({ fields, more }: Struct, quoting: Quoting): string {
  let text = "";
  for (const name in fields) {
    if (text !== "") text += ", ";
    if (!name.startsWith("!")) text += `${name}=`;
    text += formatValue(fields[name]!, quoting);
  }
  if (more) text += text === "" ? "..." : ", ...";
  return `{${text}}`;
}

function formatList({ items, more }: List, quoting: Quoting): string {
  let text = items.map((item) => formatValue(item, quoting)).join(", ");
  if (more) text += text === "" ? "..." : ", ...";
  return `[${text}]`;
}
