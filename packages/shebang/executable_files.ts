/**
 * How {@linkcode resolveInterpreters} reaches files: by what it is given.
 *
 * @module
 */

/**
 * Reads a part of a file.
 *
 * @param offset Where it begins, in bytes.
 * @param length How many bytes it has, unless the file ends before.
 * @returns The bytes. Fewer only at the end of the file.
 */
export type ReadBytes = (offset: number, length: number) => Uint8Array;

/** A file that execve(2) can open. */
export interface OpenedFile {
  /** The file can be opened. */
  kind: "file";
  /** Reads a part of it. */
  read: ReadBytes;
}

/** A file that execve(2) cannot open. */
export interface FileError {
  /** The file cannot be opened. */
  kind: "error";
  /** The name of the error number, such as `"ENOENT"`. */
  code: string;
  /**
   * Why, in words more exact than the error number's.
   *
   * @default {words for the error number}
   */
  reason?: string;
}

/**
 * A file of which it is not known what becomes of it, such as one that may be
 * executed but not read.
 */
export interface FileUnknown {
  /** It is not known what becomes of the file. */
  kind: "unknown";
  /** Why, in words, for a person: a sentence without its period. */
  reason: string;
}

/**
 * The files of {@linkcode resolveInterpreters}. Nothing else is asked of the
 * outside world, so they may be real, remote, in an image or made up.
 *
 * @example Files that are held in memory
 * ```ts
 * import type { ExecutableFiles } from "@procctl/shebang";
 *
 * const contents: Record<string, string> = { "./script": "#!/bin/sh\n" };
 * const files: ExecutableFiles = {
 *   open(path) {
 *     const content = contents[new TextDecoder().decode(path)];
 *     if (content === undefined) return { kind: "error", code: "ENOENT" };
 *     const bytes = new TextEncoder().encode(content);
 *     return { kind: "file", read: (at, size) => bytes.subarray(at, at + size) };
 *   },
 * };
 * console.log(files.open(new TextEncoder().encode("./script")).kind); // prints: file
 * ```
 */
export interface ExecutableFiles {
  /**
   * Opens a file as execve(2) does: it follows symbolic links, and fails for
   * what is no regular file or may not be executed.
   *
   * @param path The path, as it stands in a line or was given; an empty one
   * names the current directory, or the descriptor's own file.
   * @param descriptor The descriptor of execveat(2) that the path is relative
   * to; only for the first file, and only if there is one.
   * @returns The file, or why it cannot be opened.
   */
  open(
    path: Uint8Array,
    descriptor?: number,
  ): OpenedFile | FileError | FileUnknown;
  /**
   * Says whether chdir(2) to a directory succeeds, for `env -C`.
   *
   * @param path The directory.
   * @returns Undefined if it does, or why it does not.
   *
   * @default {it is not known}
   */
  enter?(path: Uint8Array): FileError | undefined;
}
