/**
 * The flags of open(2), with C's names, for the architecture of this process.
 *
 * @module
 */

const aarch64 = Deno.build.arch === "aarch64";

/** Open for reading only. */
export const O_RDONLY = 0o0;
/** Open for writing only. */
export const O_WRONLY = 0o1;
/** Open for reading and writing. */
export const O_RDWR = 0o2;
/** Create the file if it does not exist. */
export const O_CREAT = 0o100;
/** With {@linkcode O_CREAT}: fail if the file exists. */
export const O_EXCL = 0o200;
/** Do not make a terminal the controlling one. */
export const O_NOCTTY = 0o400;
/** Cut the file to length 0. */
export const O_TRUNC = 0o1000;
/** Write at the end of the file, whatever its length is then. */
export const O_APPEND = 0o2000;
/** Do not wait: for the other end of a FIFO, for data, for room. */
export const O_NONBLOCK = 0o4000;
/** Fail unless the file is a directory. */
export const O_DIRECTORY: number = aarch64 ? 0o40000 : 0o200000;
/** Fail with ELOOP if the last component is a symbolic link. */
export const O_NOFOLLOW: number = aarch64 ? 0o100000 : 0o400000;
/** Close the descriptor when a program is executed. */
export const O_CLOEXEC = 0o2000000;
/** Find the file, but do not open it for reading or writing. */
export const O_PATH = 0o10000000;
