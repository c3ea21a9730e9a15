/**
 * Refuses what is not a number of bytes, before C reads it as another one.
 *
 * @param size The number of bytes.
 * @param action What they are for, for the error: `"read"`.
 * @throws {RangeError} If `size` is negative, too large, or not whole.
 */
export function checkSize(size: number, action: string): void {
  if (Number.isSafeInteger(size) && size >= 0) return;
  throw new RangeError(
    `Cannot ${action} ${size} bytes: a size is a whole number, 0 or more`,
  );
}
