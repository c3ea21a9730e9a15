/**
 * Copying descriptors as if all were copied at the same time.
 *
 * @module
 */

import type { Call } from "./_step.ts";

const F_GETFD = 1;
const F_SETFD = 2;
const F_DUPFD_CLOEXEC = 1030;
const FIRST_OTHER = 3;

/** Lets a descriptor stay open on exec. */
export function keepOpen(fd: number): Call {
  return { syscall: "fcntl", arguments: [fd, F_SETFD, 0] };
}

/** A call that copies a descriptor, and what it does. */
export interface Copy {
  source: number;
  target: number;
  call: Call;
}

/**
 * The calls that copy descriptors as if at once: a number is only overwritten
 * when nothing has still to be copied from it. Where that leaves circles, one
 * of each is first copied out of the way.
 */
export function parallelCopies(pending: Map<number, number>): Copy[] {
  const copies: Copy[] = [];
  /** How often each number has still to be copied from. */
  const uses = new Map<number, number>();
  for (const source of pending.values()) {
    uses.set(source, (uses.get(source) ?? 0) + 1);
  }
  const free = [...pending].filter(([target, source]) =>
    target === source || !uses.has(target)
  ).map(([target]) => target);
  for (let target = free.pop(); target !== undefined; target = free.pop()) {
    const source = pending.get(target)!;
    copies.push({ source, target, call: copyCall(source, target) });
    pending.delete(target);
    const left = uses.get(source)! - 1;
    uses.set(source, left);
    // What is copied to itself was free from the beginning.
    const isPending = pending.has(source) && pending.get(source) !== source;
    if (left === 0 && isPending) free.push(source);
  }
  while (pending.size > 0) copies.push(...brokenCircle(pending));
  return copies;
}

/** Copies a descriptor to a number, where it stays open on exec. */
export function copyCall(source: number, target: number): Call {
  if (source === target) return keepOpen(source);
  return { syscall: "dup3", arguments: [source, target, 0] };
}

/** Takes one circle out of what is pending, which is nothing but circles. */
function brokenCircle(pending: Map<number, number>): Copy[] {
  const [first] = pending.keys();
  const circle: Copy[] = [];
  let target = first!;
  do {
    const source = pending.get(target)!;
    circle.push({ source, target, call: copyCall(source, target) });
    pending.delete(target);
    target = source;
  } while (target !== first);
  // What is put out of the way takes any number that is free. It must not be
  // one of the circle that is not open, or that would seem to be.
  const checks = circle.map(({ source, target }): Copy => {
    return {
      source,
      target,
      call: { syscall: "fcntl", arguments: [source, F_GETFD, 0] },
    };
  });
  // The first target is overwritten first, and is what the last one copies: so
  // that one copies what was put out of the way.
  const aside: Call = {
    syscall: "fcntl",
    arguments: [first!, F_DUPFD_CLOEXEC, FIRST_OTHER],
    resultTo: { callsOn: circle.length, argument: 0 },
  };
  const { source, target: last } = circle.at(-1)!;
  return [...checks, { source, target: last, call: aside }, ...circle];
}
