/**
 * Steps of one system call that belong to no other topic, and any other call.
 *
 * @module
 */

import { lazySymbols } from "@procctl/libc";
import { checkInteger } from "./_check.ts";
import { plain } from "./_plain_step.ts";
import type { Step } from "./_step.ts";
import { systemCallNumber } from "./_table.ts";

const libc = lazySymbols({
  // int personality(unsigned long persona)
  personality: { parameters: ["u64"], result: "i32" },
});

const QUERY = 0xffffffffn;
const ADDR_NO_RANDOMIZE = 0x40000;

/**
 * Puts memory at the same addresses in every run, as setarch(8) `-R` does: no
 * address space layout randomization.
 *
 * @returns The step.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { exec, fixedAddresses } from "@procctl/spawn/steps";
 *
 * new ChildProgram()
 *   .add(fixedAddresses(), exec("/bin/cat", ["cat", "/proc/self/personality"], {}))
 *   .run(); // prints: 00040000
 * ```
 */
export function fixedAddresses(): Step {
  return plain(
    "personality",
    "Cannot fix addresses",
    "personality",
    // What else there is of it stays: the child has it from this program.
    () => BigInt(libc.personality(QUERY) | ADDR_NO_RANDOMIZE),
  );
}

/**
 * Leaves namespaces that the child shares with its parent for new ones, as
 * unshare(2). After `CLONE_NEWPID` the child itself stays where it was.
 *
 * @param flags The `CLONE_NEW*` flags.
 * @returns The step; it fails with `EPERM` without CAP_SYS_ADMIN, except for a
 * user namespace.
 * @throws {RangeError} If it is not a 32-bit number.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { exec, unshare } from "@procctl/spawn/steps";
 *
 * const CLONE_THREAD = 0x10000;
 * try {
 *   new ChildProgram().add(unshare(CLONE_THREAD | 1), exec("/bin/true", ["true"], {})).run();
 * } catch (error) {
 *   console.log((error as Error).message); // prints: Cannot leave namespaces: Invalid argument: EINVAL
 * }
 * ```
 */
export function unshare(flags: number): Step {
  checkInteger(flags, "flags", 0, 2 ** 32 - 1);
  return plain("unshare", "Cannot leave namespaces", "unshare", flags);
}

/**
 * Makes any other system call.
 *
 * @param name Its name, such as `"sched_setscheduler"`.
 * @param args What it is given, six at the most: numbers, or bytes, of which it
 * gets the address.
 * @returns The step; a negative result is a failure.
 * @throws {TypeError} If there is no system call of that name on this
 * architecture, there are too many arguments, or one is not one.
 * @throws {RangeError} If a number is not an integer of 64 bits.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { exec, syscall } from "@procctl/spawn/steps";
 *
 * const PR_SET_NAME = 15;
 * new ChildProgram()
 *   .add(syscall("prctl", PR_SET_NAME, new TextEncoder().encode("name\0")))
 *   .add(exec("/bin/sh", ["sh", "-c", "echo ran"], {}))
 *   .run(); // prints: ran
 * ```
 */
export function syscall(
  name: string,
  ...args: (number | bigint | Uint8Array)[]
): Step {
  if (args.length > 6) {
    throw new TypeError(
      `Cannot call "${name}" with ${args.length} arguments: six is the most`,
    );
  }
  systemCallNumber(name);
  const given = args.map((value, index) =>
    checkArgument(value, `argument ${index} of ${name}`)
  );
  return plain(name, `Cannot call ${name}`, name, ...given);
}

function checkArgument(
  value: number | bigint | Uint8Array,
  name: string,
): number | bigint | Uint8Array {
  // Nobody can change a copy before the child gets it.
  if (value instanceof Uint8Array) return value.slice();
  if (typeof value === "bigint") {
    if (value >= -(2n ** 63n) && value < 2n ** 64n) return value;
  } else if (typeof value !== "number") {
    throw new TypeError(
      `Cannot use ${
        JSON.stringify(value)
      } as ${name}: expected a number or bytes`,
    );
  } else if (Number.isSafeInteger(value)) {
    return value;
  }
  throw new RangeError(
    `Cannot use ${value} as ${name}: expected an integer of 64 bits`,
  );
}
