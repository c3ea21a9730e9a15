import { encodeCString, encodePath, terminate } from "@procctl/libc/encode";
import { readDirectory, writeFile } from "@procctl/libc/files";
import { lazySymbols, orErrno } from "@procctl/libc/library";
import { getenv, type PathLike, SystemError } from "@procctl/libc";

const libc = lazySymbols({
  // char *mkdtemp(char *template): the path is written into the template
  mkdtemp: { parameters: ["buffer"], result: "usize" },
  // int mkdir(const char *pathname, mode_t mode)
  mkdir: { parameters: ["buffer", "u32"], result: "i32" },
  // int mkfifo(const char *pathname, mode_t mode)
  mkfifo: { parameters: ["buffer", "u32"], result: "i32" },
  // int chmod(const char *pathname, mode_t mode)
  chmod: { parameters: ["buffer", "u32"], result: "i32" },
  // int symlink(const char *target, const char *linkpath)
  symlink: { parameters: ["buffer", "buffer"], result: "i32" },
  // int unlink(const char *pathname)
  unlink: { parameters: ["buffer"], result: "i32" },
  // int rmdir(const char *pathname)
  rmdir: { parameters: ["buffer"], result: "i32" },
});

const EISDIR = 21;

/** Throws if a call that changed the file system failed. */
function check(result: number, syscall: string, path: PathLike): void {
  if (result >= 0) return;
  throw new SystemError(`Cannot ${syscall} "${path}"`, {
    errno: -result,
    syscall,
    path: String(path),
  });
}

/**
 * A folder of a test's own, made and filled through libc, and removed with all
 * that is in it when the test ends.
 *
 * @example Usage
 * ```ts
 * import { TemporaryFolder } from "@procctl/testing";
 *
 * using folder = new TemporaryFolder();
 * folder.write("script", "#!/bin/sh\n", 0o755);
 * ```
 */
export class TemporaryFolder implements Disposable {
  /** The absolute path of the folder. */
  readonly path: string;

  /** Makes the folder, below $TMPDIR or /tmp, with mode 0700. */
  constructor() {
    const parent = new TextDecoder().decode(getenv("TMPDIR")) || "/tmp";
    const template = encodeCString(`${parent}/procctl-XXXXXX`, "TMPDIR");
    if (libc.mkdtemp(template) === 0n) {
      throw new Error(`Cannot make a temporary folder in "${parent}"`);
    }
    this.path = new TextDecoder().decode(template.subarray(0, -1));
  }

  /** The path of a file in the folder, whether it exists or not. */
  join(name: string): string {
    return `${this.path}/${name}`;
  }

  /** Writes a file with exactly this mode, and returns its path. */
  write(name: string, content: string | Uint8Array, mode = 0o644): string {
    const path = this.join(name);
    const bytes = typeof content === "string"
      ? new TextEncoder().encode(content)
      : new Uint8Array(content);
    writeFile(path, bytes);
    this.chmod(name, mode);
    return path;
  }

  /** Makes a folder in the folder, and returns its path. */
  mkdir(name: string, mode = 0o755): string {
    const path = this.join(name);
    check(
      orErrno(libc.mkdir(encodeCString(path, "path"), mode)),
      "mkdir",
      path,
    );
    return path;
  }

  /** Makes a FIFO in the folder, and returns its path. */
  mkfifo(name: string, mode = 0o644): string {
    const path = this.join(name);
    const terminated = encodeCString(path, "path");
    check(orErrno(libc.mkfifo(terminated, mode)), "mkfifo", path);
    return path;
  }

  /** Makes a symbolic link in the folder, and returns its path. */
  symlink(target: string, name: string): string {
    const path = this.join(name);
    const [from, to] = [target, path].map((it) => encodeCString(it, "path"));
    check(orErrno(libc.symlink(from!, to!)), "symlink", path);
    return path;
  }

  /** Changes a file's mode, whatever the umask is. */
  chmod(name: string, mode: number): void {
    const path = this.join(name);
    const terminated = encodeCString(path, "path");
    check(orErrno(libc.chmod(terminated, mode)), "chmod", path);
  }

  /** Removes the folder and all that is in it. */
  [Symbol.dispose](): void {
    remove(encodePath(this.path));
  }
}

/** Removes a file, or a folder with all that is in it. */
function remove(path: Uint8Array): void {
  const terminated = terminate(path);
  const result = orErrno(libc.unlink(terminated));
  if (result !== -EISDIR) {
    return check(result, "unlink", new TextDecoder().decode(path));
  }
  for (const name of readDirectory(path)) {
    const child = new Uint8Array(path.length + 1 + name.length);
    child.set(path);
    child[path.length] = 0x2f; // "/"
    child.set(name, path.length + 1);
    remove(child);
  }
  check(
    orErrno(libc.rmdir(terminated)),
    "rmdir",
    new TextDecoder().decode(path),
  );
}
