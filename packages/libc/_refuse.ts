/** Says what a value of the wrong type is, for an error. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== "object") return `a ${typeof value}`;
  return `a value of type ${value.constructor?.name ?? "object"}`;
}

/** Refuses a value before any system call. */
export function refuse(name: string, reason: string): never {
  throw new TypeError(`Cannot pass ${name} to the kernel: ${reason}`);
}
