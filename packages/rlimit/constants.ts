/**
 * The numbers that {@linkcode prlimit64} takes, with C's names.
 *
 * They are those of x86_64 and aarch64, where Deno runs on Linux.
 *
 * @module
 */

/** The value of a limit that is none: all 64 bits are set. */
export const RLIM_INFINITY: bigint = 2n ** 64n - 1n;

/** CPU time, in seconds. */
export const RLIMIT_CPU = 0;
/** The size of a file that is written, in bytes. */
export const RLIMIT_FSIZE = 1;
/** The heap and other private memory that can be written to, in bytes. */
export const RLIMIT_DATA = 2;
/** The stack of the first thread, in bytes. */
export const RLIMIT_STACK = 3;
/** The size of a core file, in bytes. */
export const RLIMIT_CORE = 4;
/** The memory that is resident, in bytes; without effect since Linux 2.4.30. */
export const RLIMIT_RSS = 5;
/** How many processes and threads the user may have. */
export const RLIMIT_NPROC = 6;
/** One more than the greatest number that a descriptor may have. */
export const RLIMIT_NOFILE = 7;
/** The memory that may be locked, in bytes. */
export const RLIMIT_MEMLOCK = 8;
/** The address space, in bytes. */
export const RLIMIT_AS = 9;
/** How many locks on files; without effect since Linux 2.4.25. */
export const RLIMIT_LOCKS = 10;
/** How many signals may be queued for the user's processes. */
export const RLIMIT_SIGPENDING = 11;
/** The memory of the user's POSIX message queues, in bytes. */
export const RLIMIT_MSGQUEUE = 12;
/** How far the nice value may be lowered: to 20 less this. */
export const RLIMIT_NICE = 13;
/** The highest real-time priority. */
export const RLIMIT_RTPRIO = 14;
/** The CPU time of a real-time thread without a blocking call, in microseconds. */
export const RLIMIT_RTTIME = 15;
