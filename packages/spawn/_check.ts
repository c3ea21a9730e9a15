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

/**
 * Checks a list. What is not there, as in `[1, , 2]`, would be 0 to the kernel.
 *
 * @throws {TypeError} If it is not a list.
 */
export function checkList<T>(list: readonly T[], name: string): readonly T[] {
  if (Array.isArray(list)) return Array.from(list);
  throw new TypeError(
    `Cannot use ${JSON.stringify(list)} as ${name}: expected a list`,
  );
}

/**
 * Checks a list of numbers.
 *
 * @throws {TypeError} If it is not a list.
 * @throws {RangeError} If one is not an integer from min to max.
 */
export function checkIntegers(
  list: readonly number[],
  name: string,
  min: number,
  max: number,
): readonly number[] {
  return checkList(list, name).map((value, index) =>
    checkInteger(value, `${name}[${index}]`, min, max)
  );
}
