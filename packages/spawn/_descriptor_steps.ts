/**
 * Steps about descriptors and files.
 *
 * @module
 */

import {
  encodeCString,
  encodePath,
  O_CLOEXEC,
  type PathLike,
  quote,
} from "@procctl/libc";
import { checkDescriptor, checkInteger, checkIntegers } from "./_check.ts";
import { copyCall, keepOpen, parallelCopies } from "./_parallel_copies.ts";
import type { Call, Step } from "./_step.ts";

const AT_FDCWD = -100;
const EINVAL = 22;
const LAST_DESCRIPTOR = 2 ** 32 - 1;

/**
 * Copies a descriptor to a number, where it stays open on exec, as dup2(2).
 *
 * What was open at that number is closed. A descriptor that is copied to its
 * own number just stays open on exec.
 *
 * @param source The descriptor that is copied.
 * @param target The number of the copy.
 * @returns The step; it fails with `EBADF` if the source is not open, or the
 * target is not below RLIMIT_NOFILE.
 * @throws {RangeError} If one of them is not a descriptor.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { dup, exec } from "@procctl/spawn/steps";
 *
 * new ChildProgram()
 *   .add(dup(1, 2), exec("/bin/sh", ["sh", "-c", "echo hello >&2"], {}))
 *   .run(); // prints: hello
 * ```
 */
export function dup(source: number, target: number): Step {
  checkDescriptor(source, "source");
  checkDescriptor(target, "target");
  return {
    kind: "plain",
    name: "dup",
    action: copyFailure(source, target),
    calls: [copyCall(source, target)],
  };
}

/**
 * Copies several descriptors at once, as if all were copied at the same time:
 * `{ 1: 2, 2: 1 }` swaps the two.
 *
 * @param sources The descriptor to be copied, by the number of its copy.
 * @returns The step; it fails with `EBADF` if a source is not open.
 * @throws {RangeError} If one of them is not a descriptor.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { dupAll, exec } from "@procctl/spawn/steps";
 *
 * new ChildProgram()
 *   .add(dupAll({ 1: 2, 2: 1 }), exec("/bin/sh", ["sh", "-c", "echo hello >&2"], {}))
 *   .run(); // prints: hello
 * ```
 */
export function dupAll(sources: Readonly<Record<number, number>>): Step {
  const pending = new Map<number, number>();
  for (const [key, source] of Object.entries(sources)) {
    pending.set(
      checkDescriptor(Number(key), "target"),
      checkDescriptor(source, "source"),
    );
  }
  const copies = parallelCopies(pending);
  return {
    kind: "plain",
    name: "dup",
    action: "Cannot copy descriptors",
    calls: copies.map(({ call }) => call),
    failure: (results, stoppedAt) => ({
      action: copyFailure(copies[stoppedAt]!.source, copies[stoppedAt]!.target),
      errno: -results[stoppedAt]!,
    }),
  };
}

function copyFailure(source: number, target: number): string {
  return `Cannot copy descriptor ${source} to ${target}`;
}

/**
 * Opens a file at a number, where it stays open on exec.
 *
 * What was open at that number is closed first, so that it works even where
 * RLIMIT_NOFILE leaves no room. A relative path is relative to the working
 * directory that the child has then. An open that waits, such as that of a
 * FIFO for its other end, stops this whole program until it is done.
 *
 * @param target The number.
 * @param path The file.
 * @param flags The `O_*` flags, of `@procctl/libc/open-flags`.
 * @param mode The permissions of a file that is created, less the umask.
 * @returns The step.
 * @throws {TypeError} If the path cannot be handed to C.
 * @throws {RangeError} If a number is out of its range.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { exec, open } from "@procctl/spawn/steps";
 *
 * new ChildProgram()
 *   .add(open(0, "/proc/self/comm", 0), exec("/bin/cat", ["cat"], {}))
 *   .run(); // prints: cat
 * ```
 */
export function open(
  target: number,
  path: PathLike,
  flags: number,
  mode = 0o666,
): Step {
  checkDescriptor(target, "target");
  checkInteger(flags, "flags", 0, 2 ** 31 - 1);
  checkInteger(mode, "mode", 0, 0o7777);
  const bytes = encodePath(path);
  return {
    kind: "plain",
    name: "open",
    action: `Cannot open ${quote(bytes)} as descriptor ${target}`,
    path: new TextDecoder().decode(bytes),
    calls: [
      { syscall: "close", arguments: [target], onError: "ignored" },
      {
        syscall: "openat",
        arguments: [
          AT_FDCWD,
          encodeCString(bytes, "path"),
          flags | O_CLOEXEC,
          mode,
        ],
        resultTo: { callsOn: 1, argument: 0 },
      },
      // It may have got the right number: dup3(2) of one to itself is EINVAL.
      {
        syscall: "dup3",
        arguments: [0, target, 0],
        onError: new Map([[EINVAL, 1]]),
      },
      keepOpen(target),
    ],
  };
}

/**
 * Closes a descriptor, as close(2). One that is not open is passed over.
 *
 * @param fd The descriptor.
 * @returns The step.
 * @throws {RangeError} If it is not a descriptor.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { close, exec } from "@procctl/spawn/steps";
 *
 * const { code } = new ChildProgram()
 *   .add(close(1), exec("/bin/sh", ["sh", "-c", "echo lost 2>/dev/null"], {}))
 *   .run();
 * console.log(code !== 0); // prints: true
 * ```
 */
export function close(fd: number): Step {
  checkDescriptor(fd, "fd");
  return {
    kind: "plain",
    name: "close",
    action: `Cannot close descriptor ${fd}`,
    calls: [{ syscall: "close", arguments: [fd], onError: "ignored" }],
  };
}

/**
 * Closes every descriptor from a number on, as close_range(2).
 *
 * @param first The lowest number that is closed.
 * @param keep Descriptors that stay as they are.
 * @returns The step.
 * @throws {TypeError} If those to keep are not a list.
 * @throws {RangeError} If one of them is not a descriptor.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { closeFrom, exec } from "@procctl/spawn/steps";
 *
 * new ChildProgram()
 *   .add(closeFrom(3), exec("/bin/sh", ["sh", "-c", "echo hello"], {}))
 *   .run(); // prints: hello
 * ```
 */
export function closeFrom(first: number, keep: readonly number[] = []): Step {
  checkDescriptor(first, "first");
  const kept = [...new Set(checkIntegers(keep, "keep", 0, LAST_DESCRIPTOR))]
    .filter((fd) => fd >= first).sort((a, b) => a - b);
  const calls: Call[] = [];
  let start = first;
  for (const fd of [...kept, LAST_DESCRIPTOR + 1]) {
    if (start < fd) {
      calls.push({ syscall: "close_range", arguments: [start, fd - 1, 0] });
    }
    start = fd + 1;
  }
  return {
    kind: "plain",
    name: "closeFrom",
    action: `Cannot close descriptors from ${first} on`,
    calls,
  };
}

/**
 * Lets a descriptor stay open on exec, as it is for standard streams that are
 * inherited. One that is not open is passed over.
 *
 * @param fd The descriptor.
 * @returns The step.
 * @throws {RangeError} If it is not a descriptor.
 *
 * @example Usage
 * ```ts
 * import { ChildProgram } from "@procctl/spawn/child-program";
 * import { exec, inherit } from "@procctl/spawn/steps";
 *
 * new ChildProgram()
 *   .add(inherit(1), exec("/bin/sh", ["sh", "-c", "echo hello"], {}))
 *   .run(); // prints: hello
 * ```
 */
export function inherit(fd: number): Step {
  checkDescriptor(fd, "fd");
  return {
    kind: "plain",
    name: "fcntl",
    action: `Cannot keep descriptor ${fd} open`,
    calls: [{ ...keepOpen(fd), onError: "ignored" }],
  };
}
