import { readFile } from "@procctl/libc/files";
import { SystemError } from "@procctl/libc/system-error";
import { callPrlimit64, type Rlimit64 } from "./_call.ts";
import { hasCapSysResource } from "./_capability.ts";
import { RLIM_INFINITY, RLIMIT_NOFILE } from "./constants.ts";
import { RESOURCES } from "./resources.ts";

const EPERM = 1;
const EINVAL = 22;

/** The error of a prlimit64(2) that failed; it names the rule that was broken. */
export function prlimitError(
  pid: number,
  resource: number,
  change: Rlimit64 | undefined,
  errno: number,
): SystemError {
  const [name] = Object.entries(RESOURCES)
    .find(([, { number }]) => number === resource) ?? [];
  const verb = change === undefined ? "get" : "set";
  const what = name === undefined ? resource : `"${name}"`;
  const to = change === undefined
    ? ""
    : ` to ${format(change.soft)}:${format(change.hard)}`;
  const of = pid === 0 ? "" : ` of process ${pid}`;
  return new SystemError(`Cannot ${verb} the limit ${what}${of}${to}`, {
    errno,
    syscall: "prlimit64",
    reason: errno === EPERM
      ? permissionReason(pid, resource, change)
      : errno === EINVAL
      ? inputReason(name, change)
      : undefined,
  });
}

function format(limit: bigint): string {
  return limit === RLIM_INFINITY ? "unlimited" : String(limit);
}

function inputReason(
  name: string | undefined,
  change: Rlimit64 | undefined,
): string | undefined {
  if (name === undefined) return "there is no such resource";
  if (change === undefined || change.soft <= change.hard) return undefined;
  return "the soft limit is above the hard limit";
}

/** Why the kernel did not permit it: it checks in this order. */
function permissionReason(
  pid: number,
  resource: number,
  change: Rlimit64 | undefined,
): string | undefined {
  const current = callPrlimit64(pid, resource, undefined);
  if (current === -EPERM) {
    return `it is another user's process, which needs CAP_SYS_RESOURCE, and ${
      whoHasIt("that process's")
    }`;
  }
  if (change === undefined || typeof current === "number") return undefined;
  if (resource === RLIMIT_NOFILE) {
    const most = readNrOpen();
    if (most === undefined) {
      return "the hard limit is above fs.nr_open, which cannot be read, or raising it needs CAP_SYS_RESOURCE";
    }
    if (change.hard > most) {
      return `the hard limit is above fs.nr_open, which is ${most}`;
    }
  }
  if (change.hard <= current.hard) return undefined;
  return `raising the hard limit, which is ${
    format(current.hard)
  }, needs CAP_SYS_RESOURCE, and ${whoHasIt("the initial")}`;
}

function whoHasIt(namespace: string): string {
  return hasCapSysResource()
    ? `this process does not have it in ${namespace} user namespace`
    : "this process does not have it";
}

/** What a hard limit of open files may be; undefined if that cannot be read. */
function readNrOpen(): bigint | undefined {
  try {
    const text = new TextDecoder().decode(readFile("/proc/sys/fs/nr_open"));
    return BigInt(text.trim());
  } catch (error) {
    // No /proc, or no descriptor left: the error to tell of is another.
    if (error instanceof SystemError) return undefined;
    throw error;
  }
}
