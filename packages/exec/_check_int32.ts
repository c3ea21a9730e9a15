/** Refuses a number that C's int cannot hold: FFI would wrap it in silence. */
export function checkInt32(value: number, name: string): void {
  if (value !== (value | 0)) {
    throw new RangeError(
      `Cannot pass ${name} to the kernel: ${value} is not a 32-bit integer`,
    );
  }
}
