import { RESOURCES } from "./resources.ts";
import type { Resource } from "./types.ts";

/** Whether a name is that of a resource, just as it is written in the table. */
export function isResource(name: unknown): name is Resource {
  return typeof name === "string" && Object.hasOwn(RESOURCES, name);
}

/** Refuses what is not the name of a resource. */
export function checkResource(name: unknown): asserts name is Resource {
  if (isResource(name)) return;
  throw new TypeError(
    `Cannot use ${describe(name)} as a resource: ${expectedNames()}`,
  );
}

/** What a resource may be called, for an error. */
export function expectedNames(): string {
  return `expected one of ${Object.keys(RESOURCES).join(", ")}`;
}

/** The entries of a record by resource; one that is undefined is passed over. */
export function checkRecord<T>(
  record: Partial<Record<Resource, T>>,
  name: string,
): [Resource, T][] {
  if (
    typeof record !== "object" || record === null || Symbol.iterator in record
  ) {
    throw new TypeError(
      `Cannot use ${
        describe(record)
      } as ${name}: expected an object with limits by resource`,
    );
  }
  return Object.entries(record).flatMap(([key, value]) => {
    if (!isResource(key)) {
      throw new TypeError(
        `Cannot use ${name}[${describe(key)}]: ${expectedNames()}`,
      );
    }
    return value === undefined ? [] : [[key, value]];
  });
}

/** Refuses a number that C's int cannot hold: FFI would wrap it in silence. */
export function checkInt32(value: number, name: string): void {
  if (value === (value | 0)) return;
  throw new RangeError(
    `Cannot pass ${name} to the kernel: ${
      describe(value)
    } is not a 32-bit integer`,
  );
}

/** A value for an error message: text in quotes, numbers, or else the type. */
export function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  const isPlain = value === null || value === undefined ||
    typeof value === "number" || typeof value === "bigint";
  return isPlain ? String(value) : `a value of type ${typeName(value)}`;
}

function typeName(value: unknown): string {
  return typeof value === "object"
    ? value?.constructor?.name ?? "object"
    : typeof value;
}
