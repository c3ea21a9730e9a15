/**
 * The constants that {@linkcode execveat} takes, with C's names.
 *
 * @module
 */

/** In place of a directory's descriptor: the working directory. */
export const AT_FDCWD: number = -100;
/** Fail with ELOOP if the last component of the path is a symbolic link. */
export const AT_SYMLINK_NOFOLLOW = 0x100;
/** With an empty path: the file is the descriptor itself. */
export const AT_EMPTY_PATH = 0x1000;
/**
 * Only check whether the file could be executed (Linux 6.14). It belongs to
 * {@linkcode execveatCheck}, which returns; `execveat` refuses it.
 */
export const AT_EXECVE_CHECK = 0x10000;
