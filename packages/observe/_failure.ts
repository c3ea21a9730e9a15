import { lazySymbols, readFile, SystemError } from "@procctl/libc";

const libc = lazySymbols({
  // uid_t geteuid(void)
  geteuid: { parameters: [], result: "u32" },
});

const EPERM = 1;
const ESRCH = 3;
const EACCES = 13;
const EMFILE = 24;
const CAP_SYS_ADMIN = 1n << 21n;
const CAP_PERFMON = 1n << 38n;

const PARANOID = "/proc/sys/kernel/perf_event_paranoid";
/** Above it Debian's and Ubuntu's kernels have levels of their own. */
const HIGHEST_LEVEL = 2;

/** The error of an event that could not be opened. */
export function openFailure(action: string, errno: number): SystemError {
  return new SystemError(action, {
    errno,
    syscall: "perf_event_open",
    reason: openReason(errno),
  });
}

function openReason(errno: number): string | undefined {
  if (errno === ESRCH) return "there is no such process";
  if (errno === EMFILE) {
    return "it takes three descriptors a thread and processor, more than are left";
  }
  if (errno !== EACCES && errno !== EPERM) return undefined;
  const paranoid = readText(PARANOID)?.trim();
  if (paranoid === undefined) {
    return "this kernel has no perf events (there is no kernel.perf_event_paranoid)";
  }
  const user = `this process is of user ${libc.geteuid()}`;
  const capabilities = effectiveCapabilities();
  const isAdmin = (capabilities & CAP_SYS_ADMIN) !== 0n;
  const isCapable = isAdmin || (capabilities & CAP_PERFMON) !== 0n;
  if (isCapable && !isAdmin && Number(paranoid) > HIGHEST_LEVEL) {
    return `${user}, and kernel.perf_event_paranoid is ${paranoid}, at which this kernel asks for CAP_SYS_ADMIN; it must be root, or that must be ${HIGHEST_LEVEL}`;
  }
  if (isCapable) {
    return `${user} and has CAP_PERFMON or CAP_SYS_ADMIN, so a filter of system calls or a security module forbids it`;
  }
  return `${user}, without CAP_PERFMON, and kernel.perf_event_paranoid is ${paranoid}; it must be root, or have CAP_PERFMON, or that must be -1`;
}

/** The error of a ring that could not be made. */
export function ringFailure(
  { syscall, errno }: { syscall: string; errno: number },
  size: number,
): SystemError {
  if (syscall === "perf_event_open") {
    return openFailure("Cannot make a ring", errno);
  }
  const limit = readText("/proc/sys/kernel/perf_event_mlock_kb")?.trim();
  const reason = errno === EPERM
    ? `that much memory may not be locked: kernel.perf_event_mlock_kb is ${limit}, and this process is without CAP_IPC_LOCK`
    : undefined;
  return new SystemError(`Cannot map a ring of ${size} bytes`, {
    errno,
    syscall,
    reason,
  });
}

/** The error of tracefs, with what it takes to have it. */
export function tracefsFailure(error: SystemError): SystemError {
  return new SystemError(
    "Cannot learn the numbers of the kernel's tracepoints",
    {
      errno: error.errno,
      syscall: error.syscall,
      path: error.path,
      reason: error.path === undefined
        ? `tracefs is not mounted at /sys/kernel/tracing, and user ${libc.geteuid()} cannot mount it`
        : `user ${libc.geteuid()} may not read "${error.path}"`,
      cause: error,
    },
  );
}

function effectiveCapabilities(): bigint {
  const status = readText("/proc/thread-self/status") ?? "";
  return BigInt(`0x${/^CapEff:\s*(\w+)/m.exec(status)?.[1] ?? 0}`);
}

function readText(path: string): string | undefined {
  try {
    return new TextDecoder().decode(readFile(path));
  } catch (error) {
    if (error instanceof SystemError) return undefined;
    throw error;
  }
}
