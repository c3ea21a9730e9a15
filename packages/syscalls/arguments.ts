/**
 * The values of parameters, written as C would.
 *
 * @module
 */

import type { ConstantTable } from "./_generated/constant_table.ts";
import { narrow, widthOf } from "./_width.ts";
import { NATIVE_ARCH, type SyscallArch } from "./arch.ts";
import { formatConstant } from "./constants.ts";
import type { Signature } from "./signatures.ts";

/**
 * The table of constants that a parameter takes its values from.
 *
 * @param signature The call.
 * @param index The index of the parameter.
 * @param args The values of all parameters, as some decide on others.
 * @returns The table, or undefined if the parameter has none.
 *
 * @example Usage
 * ```ts
 * import { argumentTable, syscallSignature } from "@procctl/syscalls";
 *
 * const fcntl = syscallSignature("fcntl", "x86_64")!;
 * const F_SETFL = 4n;
 * console.log(argumentTable(fcntl, 2, [1n, F_SETFL, 0n])); // prints: open_flags
 * ```
 */
export function argumentTable(
  signature: Signature,
  index: number,
  args: ArrayLike<number | bigint>,
): ConstantTable | undefined {
  const parameter = signature.parameters[index];
  if (parameter?.choice === undefined) return parameter?.table;
  const { byValue, parameter: decider } = parameter.choice;
  const decision = Number(BigInt.asIntN(32, BigInt(args[decider]!)));
  return byValue.get(decision) ?? parameter.table;
}

/**
 * Writes the value of a parameter, as strace does where it reads no memory:
 * constants by name, modes in octal, pointers in hexadecimal, other numbers in
 * decimal.
 *
 * @param signature The call.
 * @param index The index of the parameter.
 * @param args What the registers hold, one for each parameter.
 * @param arch The architecture.
 * @returns The text.
 * @throws {RangeError} If the call has no such parameter.
 *
 * @example Usage
 * ```ts
 * import { formatArgument, syscallSignature } from "@procctl/syscalls";
 *
 * const openat = syscallSignature("openat", "x86_64")!;
 * const args = [0xffffff9cn, 0x7ffc1234n, 0o101n, 0o644n];
 * for (const index of args.keys()) {
 *   console.log(formatArgument(openat, index, args, "x86_64"));
 * }
 * // prints: AT_FDCWD
 * // prints: 0x7ffc1234
 * // prints: O_WRONLY|O_CREAT
 * // prints: 0644
 * ```
 */
export function formatArgument(
  signature: Signature,
  index: number,
  args: ArrayLike<number | bigint>,
  arch: SyscallArch = NATIVE_ARCH,
): string {
  const parameter = signature.parameters[index];
  if (parameter === undefined) {
    throw new RangeError(
      `Cannot write argument ${index} of ${signature.name}: it has ${signature.parameters.length}`,
    );
  }
  const ofType = widthOf(parameter.type, arch);
  const table = argumentTable(signature, index, args) ?? ofType.table;
  const read = table === undefined ? undefined : READ_AS.get(table);
  const width = read === undefined ? ofType : widthOf(read, arch);
  const value = narrow(BigInt(args[index]!), width);
  return table === undefined
    ? String(value)
    : formatConstant(value, table, arch);
}

/** What the kernel takes from a register, whatever the parameter's type. */
const READ_AS: ReadonlyMap<ConstantTable, string> = new Map([
  ["descriptors", "int"],
  ["at_fd", "int"],
  ["integers", "int"],
  ["permissions", "umode_t"],
]);
