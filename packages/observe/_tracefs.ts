/**
 * The kernel's tracepoints, as tracefs describes them.
 *
 * @module
 */

import {
  closeFile,
  encodeCString,
  lazySymbols,
  orErrno,
  readFile,
  SystemError,
} from "@procctl/libc";

const libc = lazySymbols({
  // long syscall(SYS_fsopen, const char *fsname, unsigned flags)
  fsopen: {
    name: "syscall",
    parameters: ["i64", "buffer", "u32"],
    result: "i32",
  },
  // long syscall(SYS_fsconfig, int fd, unsigned command, key, value, int aux)
  fsconfig: {
    name: "syscall",
    parameters: ["i64", "i32", "u32", "usize", "usize", "i32"],
    result: "i32",
  },
  // long syscall(SYS_fsmount, int fd, unsigned flags, unsigned attributes)
  fsmount: {
    name: "syscall",
    parameters: ["i64", "i32", "u32", "u32"],
    result: "i32",
  },
});

/** The same on x86_64 and aarch64. */
const SYS = { fsopen: 430n, fsconfig: 431n, fsmount: 432n };
const FSOPEN_CLOEXEC = 1;
const FSMOUNT_CLOEXEC = 1;
const FSCONFIG_CMD_CREATE = 6;

/** Where it is mounted, if it is; below debugfs where that alone is. */
const MOUNTED = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"];

/** A tracepoint: its number, and where its fields lie in what it records. */
export interface Tracepoint {
  readonly id: number;
  readonly offsets: ReadonlyMap<string, number>;
}

/**
 * Reads what tracefs says of tracepoints.
 *
 * Where it is not mounted it is made a mount for this once, of which there is
 * a descriptor and no path: that changes nothing for others.
 *
 * @param names Such as `"sched/sched_process_exec"`.
 * @throws {SystemError} If it is neither mounted and readable, nor to be had.
 */
export function readTracepoints(names: readonly string[]): Tracepoint[] {
  let failure: unknown;
  for (const folder of MOUNTED) {
    try {
      return names.map((name) => readFormat(folder, name));
    } catch (error) {
      // One that may not be read says more than one that is not there.
      if (failure === undefined || isDenial(error)) failure = error;
    }
  }
  let mount: number;
  try {
    mount = mountDetached();
  } catch (error) {
    throw isDenial(failure) ? failure : error;
  }
  try {
    const folder = `/proc/self/fd/${mount}`;
    return names.map((name) => readFormat(folder, name));
  } finally {
    closeFile(mount);
  }
}

function isDenial(error: unknown): boolean {
  const EACCES = 13;
  return error instanceof SystemError && error.errno === EACCES;
}

function mountDetached(): number {
  const name = encodeCString("tracefs", "fsname");
  const context = checked(
    orErrno(libc.fsopen(SYS.fsopen, name, FSOPEN_CLOEXEC)),
    "fsopen",
  );
  try {
    checked(
      orErrno(
        libc.fsconfig(SYS.fsconfig, context, FSCONFIG_CMD_CREATE, 0n, 0n, 0),
      ),
      "fsconfig",
    );
    return checked(
      orErrno(libc.fsmount(SYS.fsmount, context, FSMOUNT_CLOEXEC, 0)),
      "fsmount",
    );
  } finally {
    closeFile(context);
  }
}

function checked(result: number, syscall: string): number {
  if (result >= 0) return result;
  throw new SystemError("Cannot open tracefs, which is not mounted", {
    errno: -result,
    syscall,
  });
}

function readFormat(folder: string, name: string): Tracepoint {
  const text = readFile(`${folder}/events/${name}/format`);
  return parseFormat(new TextDecoder().decode(text));
}

/** Parses a file `format` of tracefs. */
export function parseFormat(text: string): Tracepoint {
  const id = /^ID: (\d+)$/m.exec(text)?.[1];
  if (id === undefined) {
    throw new SyntaxError(
      "Cannot read the format of a tracepoint: it has no ID",
    );
  }
  const fields = text.matchAll(
    /field:[^;]*?(\w+)(?:\[\d*\])?;\s*offset:(\d+);/g,
  );
  const offsets = new Map<string, number>();
  for (const [, field, offset] of fields) offsets.set(field!, Number(offset));
  return { id: Number(id), offsets };
}
