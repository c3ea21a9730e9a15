/**
 * Checks a number.
 *
 * @throws {RangeError} If it is not an integer from min to max.
 */
export function checkInteger(
  value: number,
  name: string,
  min: number,
  max: number,
): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new RangeError(
    `Cannot use ${value} as ${name}: expected an integer from ${min} to ${max}`,
  );
}

/** Checks a descriptor: what may be one, not whether it is open. */
export function checkDescriptor(fd: number, name: string): number {
  return checkInteger(fd, name, 0, 2 ** 31 - 1);
}
