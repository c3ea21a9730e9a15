/**
 * What a child's descriptors are to be: as options, and then as steps.
 */

import { type EncodedStdio, encodeStdio } from "@procctl/exec/encode-stdio";
import { closeFile, quote } from "@procctl/libc";
import { closeFrom, dupAll, inherit, open } from "./_descriptor_steps.ts";
import { isFifo } from "./_file_type.ts";
import { makePipe, makeSocketPair, moveAway, unblock } from "./_pipe.ts";
import type { Step } from "./_step.ts";
import type { SpawnOptions, SpawnStdio } from "./spawn_options.ts";

/** What each descriptor is to be, by its number, checked. */
export type Descriptors = ReadonlyMap<number, EncodedStdio | "piped">;

const STREAMS = ["stdin", "stdout", "stderr"] as const;
const FIRST_OTHER = 3;

/** Checks what the descriptors are to be. */
export function encodeDescriptors(options: SpawnOptions): Descriptors {
  const descriptors = new Map<number, EncodedStdio | "piped">();
  STREAMS.forEach((name, fd) =>
    descriptors.set(fd, encodeDescriptor(options[name], name))
  );
  for (const [key, stdio] of Object.entries(options.fds ?? {})) {
    const fd = Number(key) | 0;
    if (String(fd) !== key || fd < FIRST_OTHER) {
      throw new RangeError(
        `Cannot use "${key}" as a key of fds: expected a descriptor from 3 on`,
      );
    }
    descriptors.set(fd, encodeDescriptor(stdio, `fds[${key}]`));
  }
  return descriptors;
}

function encodeDescriptor(
  stdio: SpawnStdio | undefined,
  name: string,
): EncodedStdio | "piped" {
  if (stdio === "piped") return stdio;
  if (typeof stdio === "string" && stdio !== "inherit" && stdio !== "null") {
    throw new TypeError(
      `Cannot use ${
        JSON.stringify(stdio)
      } as ${name}: expected "inherit", "null", "piped", a descriptor or a file`,
    );
  }
  return encodeStdio(stdio, name);
}

/**
 * Refuses files that are FIFOs: a child that waits in open(2) would hold this
 * program up with it.
 *
 * @throws {TypeError} If one is.
 */
export function refuseFifos(descriptors: Descriptors): void {
  for (const [fd, stdio] of descriptors) {
    if (typeof stdio !== "object" || !isFifo(stdio.path)) continue;
    throw new TypeError(
      `Cannot open ${quote(stdio.path)} as ${
        STREAMS[fd] ?? `fds[${fd}]`
      }: it is a FIFO, which to open is to wait for its other end; open it beforehand and give the descriptor`,
    );
  }
}

/** The pipes of a child: this program's ends by the child's descriptors. */
export interface Pipes extends Disposable {
  /** The ends that stay here, which do not block. */
  readonly own: ReadonlyMap<number, number>;
  /** The ends that the child gets, by its descriptors. */
  readonly child: ReadonlyMap<number, number>;
  /** Closes the child's ends, once it has them. */
  closeChildEnds(): void;
}

/**
 * Makes the pipes, of which the ends that stay here do not block. Disposing of
 * them closes every end that is still open.
 */
export function makePipes(descriptors: Descriptors): Pipes {
  const own = new Map<number, number>();
  const child = new Map<number, number>();
  const named = namedNumbers(descriptors);
  const closeChildEnds = () => {
    for (const fd of child.values()) closeFile(fd);
    child.clear();
  };
  const pipes: Pipes = {
    own,
    child,
    closeChildEnds,
    [Symbol.dispose]() {
      closeChildEnds();
      for (const fd of own.values()) closeFile(fd);
    },
  };
  try {
    for (const [fd, stdio] of descriptors) {
      if (stdio !== "piped") continue;
      const [ownEnd, childEnd] = moveAway(makeEnds(fd), named);
      own.set(fd, ownEnd!);
      child.set(fd, childEnd!);
      unblock(ownEnd!);
    }
    return pipes;
  } catch (error) {
    pipes[Symbol.dispose]();
    throw error;
  }
}

/**
 * The caller's descriptors that are named. One that is not open must not become
 * a pipe's end, which would then be handed on in its place.
 */
export function namedNumbers(descriptors: Descriptors): Set<number> {
  const named = new Set<number>();
  for (const [fd, stdio] of descriptors) {
    if (stdio === "inherit") named.add(fd);
    else if (typeof stdio === "number") named.add(stdio);
  }
  return named;
}

/** This program's end of the pipe to a descriptor, and the child's. */
function makeEnds(fd: number): [own: number, child: number] {
  if (fd >= FIRST_OTHER) return makeSocketPair();
  const { readEnd, writeEnd } = makePipe();
  return fd === 0 ? [writeEnd, readEnd] : [readEnd, writeEnd];
}

/**
 * The steps that make the descriptors what they are to be.
 *
 * What is inherited comes first, so that no file that is opened takes the
 * number of one that is closed and is to stay so. Files come last: opening one
 * closes what was there, which may have had to be copied.
 */
export function descriptorSteps(
  descriptors: Descriptors,
  pipes: ReadonlyMap<number, number>,
): Step[] {
  const inherited: Step[] = [];
  const copies: Record<number, number> = {};
  const opened: Step[] = [];
  for (const [fd, stdio] of descriptors) {
    if (stdio === "inherit") inherited.push(inherit(fd));
    else if (stdio === "piped") copies[fd] = pipes.get(fd)!;
    else if (typeof stdio === "number") copies[fd] = stdio;
    else opened.push(open(fd, stdio.path, stdio.flags, stdio.mode));
  }
  const hasCopies = Object.keys(copies).length > 0;
  return [...inherited, ...(hasCopies ? [dupAll(copies)] : []), ...opened];
}

/** The step that closes all descriptors from a number on but those asked for. */
export function closeOthers(first: number, descriptors: Descriptors): Step {
  return closeFrom(first, [...descriptors.keys()]);
}
