import {
  closeFile,
  encodeCString,
  errnoName,
  lazySymbols,
  O_DIRECTORY,
  O_PATH,
  openFile,
  orErrno,
  readFile,
  SystemError,
} from "@procctl/libc";
import { bytes, text } from "./_testing.ts";
import type {
  ExecutableFiles,
  FileError,
  OpenedFile,
} from "./executable_files.ts";

const libc = lazySymbols({
  // int access(const char *pathname, int mode)
  access: { parameters: ["buffer", "i32"], result: "i32" },
});

const X_OK = 1;

/**
 * Files held in memory, by path, one character a byte. One that begins with
 * "error " is one that cannot be opened.
 */
export function memoryFiles(contents: Record<string, string>): ExecutableFiles {
  return {
    open(path): OpenedFile | FileError {
      const content = contents[text(path)];
      if (content === undefined) return { kind: "error", code: "ENOENT" };
      if (content.startsWith("error ")) {
        return { kind: "error", code: content.slice("error ".length) };
      }
      return opened(bytes(content));
    },
    enter(path) {
      return contents[text(path)] === "directory"
        ? undefined
        : { kind: "error", code: "ENOENT" };
    },
  };
}

/** The files of this machine, as far as tests need to know them. */
export const REAL_FILES: ExecutableFiles = {
  open(path): OpenedFile | FileError {
    // The kernel opens the current directory for the empty path of a line.
    if (path.length === 0) return { kind: "error", code: "EACCES" };
    const name = encodeCString(path, "path");
    const result = orErrno(libc.access(name, X_OK));
    if (result < 0) return { kind: "error", code: errnoName(-result) };
    if (isDirectory(path)) return { kind: "error", code: "EACCES" };
    return opened(contentOf(path));
  },
  enter(path) {
    return isDirectory(path) ? undefined : { kind: "error", code: "ENOTDIR" };
  },
};

const contents = new Map<string, Uint8Array>();

/** A file's bytes. Those of the system are large, and stay as they are. */
function contentOf(path: Uint8Array): Uint8Array {
  const key = text(path);
  if (!/^\/(usr|bin|lib)/.test(key)) return readFile(path);
  const content = contents.get(key) ?? readFile(path);
  contents.set(key, content);
  return content;
}

function isDirectory(path: Uint8Array): boolean {
  try {
    closeFile(openFile(path, O_PATH | O_DIRECTORY));
    return true;
  } catch (error) {
    if (error instanceof SystemError) return false;
    throw error;
  }
}

function opened(content: Uint8Array): OpenedFile {
  return {
    kind: "file",
    read: (offset, length) => content.subarray(offset, offset + length),
  };
}
