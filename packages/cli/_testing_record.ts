/**
 * Says what is wrong with a line of `procctl trace --json`, by the types that it
 * is documented to have.
 *
 * @module
 */

import type { TraceRecord } from "./trace_record.ts";

/** Checks a value, and returns what is wrong with it. */
type Check = (value: unknown, at: string) => string[];

const string: Check = (value, at) =>
  typeof value === "string" ? [] : [`${at} is no string`];
const number: Check = (value, at) =>
  typeof value === "number" && Number.isFinite(value)
    ? []
    : [`${at} is no number`];
const boolean: Check = (value, at) =>
  typeof value === "boolean" ? [] : [`${at} is no boolean`];
const decimal: Check = (value, at) =>
  typeof value === "string" && /^-?\d+$/.test(value)
    ? []
    : [`${at} is no decimal number`];
const hexadecimal: Check = (value, at) =>
  typeof value === "string" && /^0x[\da-f]+$/.test(value)
    ? []
    : [`${at} is no hexadecimal number`];

function oneOf(...values: readonly unknown[]): Check {
  return (value, at) => values.includes(value) ? [] : [`${at} is ${value}`];
}

function orNull(check: Check): Check {
  return (value, at) => value === null ? [] : check(value, at);
}

function array(check: Check): Check {
  return (value, at) =>
    Array.isArray(value)
      ? value.flatMap((it, index) => check(it, `${at}[${index}]`))
      : [`${at} is no array`];
}

function record(check: Check): Check {
  return (value, at) =>
    isObject(value)
      ? Object.entries(value).flatMap(([key, it]) => check(it, `${at}.${key}`))
      : [`${at} is no object`];
}

/** An object with these members, those that end in `?` perhaps, and no others. */
function object(members: Readonly<Record<string, Check>>): Check {
  return (value, at) => {
    if (!isObject(value)) return [`${at} is no object`];
    const faults: string[] = [];
    const known = new Set<string>();
    for (const [member, check] of Object.entries(members)) {
      const name = member.replace("?", "");
      known.add(name);
      if (name in value) faults.push(...check(value[name], `${at}.${name}`));
      else if (name === member) faults.push(`${at} has no ${name}`);
    }
    for (const name of Object.keys(value)) {
      if (!known.has(name)) faults.push(`${at} has an unknown member ${name}`);
    }
    return faults;
  };
}

/** One of several objects, by their `kind`. */
function byKind(kinds: Readonly<Record<string, Check>>): Check {
  return (value, at) => {
    const kind = isObject(value) ? String(value.kind) : "";
    return Object.hasOwn(kinds, kind)
      ? kinds[kind]!(value, at)
      : [`${at} has the kind ${kind}`];
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const decoded: Check = (value, at) =>
  typeof value === "string" || typeof value === "number"
    ? []
    : decodedObject(value, at);

const kind = string;
const decodedObject: Check = byKind({
  text: object({ kind, text: string, "hex?": string, more: boolean }),
  struct: object({
    kind,
    members: record((value, at) => decoded(value, at)),
    more: boolean,
  }),
  list: object({
    kind,
    items: array((value, at) => decoded(value, at)),
    more: boolean,
  }),
  remark: object({
    kind,
    value: (value, at) => decoded(value, at),
    remark: string,
  }),
  change: object({
    kind,
    before: (value, at) => decoded(value, at),
    after: (value, at) => decoded(value, at),
  }),
});

const base = { kind, time: number, pid: number, tid: number };
const checkRecord: Check = byKind(
  {
    syscall: object({
      ...base,
      name: string,
      nr: number,
      abi: oneOf("x86_64", "i386", "aarch64"),
      args: array(object({
        name: string,
        type: string,
        raw: hexadecimal,
        value: decoded,
        "after?": decoded,
      })),
      result: orNull(decimal),
      "errno?": string,
      "restart?": string,
      text: string,
      duration: number,
    }),
    signal: object({ ...base, signal: string, info: record(decoded) }),
    stop: object({ ...base, signal: string }),
    exec: object({ ...base, path: string }),
    superseded: object({ ...base, by: number }),
    task: object({
      ...base,
      parent: number,
      how: oneOf("fork", "vfork", "clone"),
    }),
    exit: object({
      ...base,
      code: orNull(number),
      signal: orNull(string),
      coreDumped: boolean,
    }),
    // A kind that is missing here would not compile.
  } satisfies Record<TraceRecord["kind"], Check>,
);

/** Says what is wrong with a record, as it was read from its JSON. */
export function recordFaults(value: unknown): string[] {
  return checkRecord(value, "record");
}
