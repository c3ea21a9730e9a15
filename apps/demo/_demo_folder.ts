import {
  encodeCString,
  encodePath,
  getenv,
  lazySymbols,
  orErrno,
  readDirectory,
  type StringOrBytes,
  SystemError,
  writeFile,
} from "@procctl/libc";

const libc = lazySymbols({
  // int mkdir(const char *pathname, mode_t mode)
  mkdir: { parameters: ["buffer", "u32"], result: "i32" },
  // int symlink(const char *target, const char *linkpath)
  symlink: { parameters: ["buffer", "buffer"], result: "i32" },
  // int chdir(const char *path)
  chdir: { parameters: ["buffer"], result: "i32" },
  // int unlink(const char *pathname)
  unlink: { parameters: ["buffer"], result: "i32" },
  // int rmdir(const char *pathname)
  rmdir: { parameters: ["buffer"], result: "i32" },
});

const EISDIR = 21;

/**
 * The first line of a program in the folder. It is run with the folder as the
 * working directory, so that nothing depends on where the folder or this
 * repository lies: their paths may be long, or have blanks in them.
 *
 * A program that is started with an empty environment has no HOME, and its user
 * may have none either, so Deno is told where to keep its cache.
 */
const FIRST_LINE =
  "#!/usr/bin/env -S DENO_DIR=./cache ./deno run --quiet --config=./repo/deno.json --allow-ffi\n";

/** A temporary folder of executables, removed when the demo ends. */
export class DemoFolder implements Disposable {
  readonly #path: string;

  /** Makes the folder, empty, below $TMPDIR or /tmp. */
  constructor() {
    const parent = new TextDecoder().decode(getenv("TMPDIR")) || "/tmp";
    // Absolute, as it has to be found from within too.
    const absolute = parent.startsWith("/")
      ? parent
      : `${Deno.cwd()}/${parent}`;
    this.#path = `${absolute}/procctl-demo-${crypto.randomUUID()}`;
    const path = encodeCString(this.#path, "path");
    check(orErrno(libc.mkdir(path, 0o700)), "mkdir", "make", this.#path);
  }

  /** Links to Deno and to this repository, which the programs need. */
  addLinks(): void {
    this.#link("deno", Deno.execPath());
    this.#link("repo", encodePath(new URL("../..", import.meta.url)));
  }

  /** Adds an executable that runs main() of a module of this repository. */
  addProgram(name: string, module: string): void {
    this.addFile(
      name,
      `${FIRST_LINE}import { main } from "./repo/${module}";\nmain();\n`,
    );
  }

  /** Adds an executable file. */
  addFile(name: string, content: string): void {
    const bytes = new TextEncoder().encode(content);
    writeFile(`${this.#path}/${name}`, bytes, 0o755);
  }

  /** Makes the folder the working directory. */
  enter(): void {
    const path = encodeCString(this.#path, "path");
    check(orErrno(libc.chdir(path)), "chdir", "enter", this.#path);
  }

  /** Removes the folder and what is in it. */
  [Symbol.dispose](): void {
    remove(this.#path);
  }

  #link(name: string, target: StringOrBytes): void {
    const path = `${this.#path}/${name}`;
    const from = encodeCString(target, "target");
    const to = encodeCString(path, "path");
    check(orErrno(libc.symlink(from, to)), "symlink", "make", path);
  }
}

/** Removes a file, or a folder with what is in it. */
function remove(path: string): void {
  const terminated = encodeCString(path, "path");
  const result = orErrno(libc.unlink(terminated));
  // Only a real folder: what a link leads to is not the demo's to remove.
  if (result !== -EISDIR) return check(result, "unlink", "remove", path);
  for (const name of readDirectory(path)) {
    remove(`${path}/${new TextDecoder().decode(name)}`);
  }
  check(orErrno(libc.rmdir(terminated)), "rmdir", "remove", path);
}

/** Throws if a call that changed the file system failed. */
function check(
  result: number,
  syscall: string,
  verb: string,
  path: string,
): void {
  if (result >= 0) return;
  throw new SystemError(`Cannot ${verb} "${path}"`, {
    errno: -result,
    syscall,
    path,
  });
}
