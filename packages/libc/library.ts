/**
 * Opening libc, one symbol at a time, and reading errno after a call.
 *
 * Nothing here runs when the module is imported: the first call of a symbol
 * opens libc, and needs the permission to do so.
 *
 * @module
 */

/** The architectures that procctl has tables and machine code for. */
export type Arch = "x86_64" | "aarch64";

const SONAME = "libc.so.6";

/**
 * Where distributions keep libc, for runs whose grant is one absolute path:
 * Debian's multiarch folder first, then Fedora's, Arch's and SUSE's. Grants are
 * compared as text, so both ends of a symlink such as /lib are listed.
 */
const CANDIDATES: Record<Arch, readonly string[]> = {
  "x86_64": [
    "/lib/x86_64-linux-gnu/libc.so.6",
    "/usr/lib/x86_64-linux-gnu/libc.so.6",
    "/lib64/libc.so.6",
    "/usr/lib64/libc.so.6",
    "/lib/libc.so.6",
    "/usr/lib/libc.so.6",
  ],
  "aarch64": [
    "/lib/aarch64-linux-gnu/libc.so.6",
    "/usr/lib/aarch64-linux-gnu/libc.so.6",
    "/lib64/libc.so.6",
    "/usr/lib64/libc.so.6",
    "/lib/libc.so.6",
    "/usr/lib/libc.so.6",
  ],
};

let chosenPath: string | undefined;
let openedPath: string | undefined;

/**
 * Sets the absolute path of libc, for systems that keep it where procctl does
 * not look, when the permission is granted for that path alone.
 *
 * Needed only under `--allow-ffi=<path>`: a plain `--allow-ffi` lets the
 * dynamic linker find libc by its name.
 *
 * @param path The absolute path, exactly as it stands in the grant.
 * @throws {TypeError} If the path is not absolute, or libc was already opened
 * from another place: two copies of libc in one process do not agree.
 *
 * @example Usage
 * ```ts
 * import { setLibcPath } from "@procctl/libc";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => setLibcPath("libc.so.6"), TypeError, "not absolute");
 * ```
 */
export function setLibcPath(path: string): void {
  if (typeof path !== "string" || !path.startsWith("/")) {
    throw new TypeError(
      `Cannot set the path of libc to "${path}": it is not absolute`,
    );
  }
  if (openedPath !== undefined && openedPath !== path) {
    throw new TypeError(
      `Cannot set the path of libc to "${path}": it is already open as "${openedPath}"`,
    );
  }
  chosenPath = path;
}

/**
 * The architecture this process runs on.
 *
 * @returns `"x86_64"` or `"aarch64"`.
 * @throws {Deno.errors.NotSupported} On any other architecture, and on any
 * operating system but Linux.
 *
 * @example Usage
 * ```ts
 * import { arch } from "@procctl/libc/library";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(arch(), Deno.build.arch);
 * ```
 */
export function arch(): Arch {
  const { os, arch } = Deno.build;
  if (os !== "linux") {
    throw new Deno.errors.NotSupported(
      `Cannot call libc on ${os}: procctl works on Linux alone`,
    );
  }
  if (arch !== "x86_64" && arch !== "aarch64") {
    throw new Deno.errors.NotSupported(
      `Cannot call libc on ${arch}: procctl works on x86_64 and aarch64`,
    );
  }
  return arch;
}

/** The names to try under the present grant, without asking for more. */
function grantedNames(): string[] {
  if (chosenPath !== undefined) return [chosenPath];
  const { state, partial } = Deno.permissions.querySync({ name: "ffi" });
  // Deno resolves a bare name against the working directory unless the whole
  // permission was granted, so a partial grant needs an absolute path.
  if (state === "granted" && !partial) return [SONAME];
  return CANDIDATES[arch()].filter((path) =>
    Deno.permissions.querySync({ name: "ffi", path }).state === "granted"
  );
}

/** The names to try, after asking at the terminal if nothing is granted. */
function libcNames(): string[] {
  const names = grantedNames();
  if (names.length > 0) return names;
  // Asks on a terminal; anywhere else this is a denial.
  if (Deno.permissions.requestSync({ name: "ffi" }).state === "granted") {
    return [SONAME];
  }
  throw new Deno.errors.NotCapable(
    `Cannot open libc: ffi access is not granted, run again with --allow-ffi or --allow-ffi=${
      CANDIDATES[arch()][0]
    }`,
  );
}

/** Opens one symbol, from the place that worked before if there was one. */
function openSymbol(key: string, definition: Deno.ForeignFunction): unknown {
  const symbol = ("name" in definition && definition.name) || key;
  const names = openedPath === undefined ? libcNames() : [openedPath];
  const failures: unknown[] = [];
  for (const name of names) {
    try {
      const library = Deno.dlopen(name, { [key]: definition });
      openedPath = name;
      return library.symbols[key];
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      failures.push(error);
    }
  }
  throw new Error(
    openedPath === undefined
      ? `Cannot open libc as ${names.map((name) => `"${name}"`).join(", ")}`
      : `Cannot find "${symbol}" in libc: procctl needs glibc 2.34 or later`,
    { cause: failures.at(-1) },
  );
}

/**
 * A table of libc's functions, each opened when it is first used.
 *
 * Opening costs 0.15 to 0.35 ms a symbol, as Deno compiles a call for each, so
 * a program pays only for the functions it calls. libc is never closed: it is
 * mapped into every process anyway.
 *
 * @typeParam T The table, as `Deno.dlopen` takes it.
 * @param table The functions by name; a `name` in a definition gives one
 * function of C several typings.
 * @returns The functions. Using one for the first time throws
 * `Deno.errors.NotCapable` without the permission to open libc,
 * `Deno.errors.NotSupported` where procctl does not work, and `Error` if libc
 * has no such function.
 *
 * @example Usage
 * ```ts
 * import { lazySymbols } from "@procctl/libc/library";
 * import { assertEquals } from "@std/assert";
 *
 * const libc = lazySymbols({ getpid: { parameters: [], result: "i32" } });
 * assertEquals(libc.getpid(), Deno.pid);
 * ```
 */
export function lazySymbols<
  const T extends Record<string, Deno.ForeignFunction>,
>(table: T): Deno.DynamicLibrary<T>["symbols"] {
  const symbols = {};
  for (const [key, definition] of Object.entries(table)) {
    Object.defineProperty(symbols, key, {
      configurable: true,
      enumerable: true,
      get() {
        arch();
        openErrno();
        const value = openSymbol(key, definition);
        // From here on a plain property, which V8 can call directly.
        Object.defineProperty(symbols, key, { value, enumerable: true });
        return value;
      },
    });
  }
  return symbols as Deno.DynamicLibrary<T>["symbols"];
}

type ErrnoSymbols = Deno.DynamicLibrary<{
  location: { name: "__errno_location"; parameters: []; result: "pointer" };
  // memcpy(destination, source, size)
  copy: {
    name: "memcpy";
    parameters: ["buffer", "pointer", "usize"];
    result: "void";
  };
}>["symbols"];

// Its own ArrayBuffer, so that its memory is never inside V8's moving heap.
const errnoValue = new Int32Array(new ArrayBuffer(4));
let errnoLocation: Deno.PointerValue = null;
let copyErrno: ErrnoSymbols["copy"];

/**
 * Finds errno's place before any other function can be called: to open a symbol
 * between a failed call and the reading of errno would overwrite errno.
 *
 * Each thread has its own errno, and each Worker its own copy of this module.
 */
function openErrno(): void {
  if (errnoLocation !== null) return;
  copyErrno = openSymbol("copy", {
    name: "memcpy",
    parameters: ["buffer", "pointer", "usize"],
    result: "void",
  }) as ErrnoSymbols["copy"];
  const location = openSymbol("location", {
    name: "__errno_location",
    parameters: [],
    result: "pointer",
  }) as ErrnoSymbols["location"];
  errnoLocation = location();
}

/**
 * Turns what a function of C returned into what the kernel returned: the value
 * itself, or the negated errno if the call failed with -1.
 *
 * It must be given the call itself, `orErrno(libc.close(fd))`, so that nothing
 * runs between the call and the reading of errno: a garbage collection or any
 * operation of Deno there may overwrite it. A handler of signals still can, in
 * rare cases: {@linkcode wasInterrupted} tells. Calls declared `nonblocking` run
 * on another thread, whose errno cannot be read: never use it with those.
 *
 * @param returned What the call returned.
 * @returns `returned`, or `-errno` if it is -1.
 *
 * @example Usage
 * ```ts
 * import { lazySymbols, orErrno } from "@procctl/libc/library";
 * import { errnoName } from "@procctl/libc";
 * import { assertEquals } from "@std/assert";
 *
 * const libc = lazySymbols({ close: { parameters: ["i32"], result: "i32" } });
 * const result = orErrno(libc.close(-1));
 * assertEquals(errnoName(-result), "EBADF");
 * ```
 */
export function orErrno(returned: number): number;
/**
 * The same for a function whose result is 64 bits wide, such as mmap(2).
 *
 * @param returned What the call returned, signed or unsigned.
 * @returns `returned`, or `-errno` if all its bits are set.
 *
 * @example Usage
 * ```ts
 * import { lazySymbols, orErrno } from "@procctl/libc/library";
 * import { errnoName } from "@procctl/libc";
 * import { assertEquals } from "@std/assert";
 *
 * const libc = lazySymbols({
 *   lseek: { parameters: ["i32", "i64", "i32"], result: "i64" },
 * });
 * const result = orErrno(libc.lseek(-1, 0n, 0));
 * assertEquals(errnoName(-Number(result)), "EBADF");
 * ```
 */
export function orErrno(returned: bigint): bigint;
export function orErrno(returned: number | bigint): number | bigint {
  if (returned === -1) {
    copyErrno(errnoValue, errnoLocation, 4n);
    return -errnoValue[0]!;
  }
  if (returned === -1n || returned === UNSIGNED_MINUS_ONE) {
    copyErrno(errnoValue, errnoLocation, 4n);
    return BigInt(-errnoValue[0]!);
  }
  return returned;
}

const UNSIGNED_MINUS_ONE = 2n ** 64n - 1n;

const [EINTR, EAGAIN] = [4, 11];

/**
 * Whether a signal came between, and a call is to be made again: it interrupted
 * the call, `EINTR`, or the reading of its errno, `EAGAIN`.
 *
 * Deno's handler of signals sends a byte to a socket, which a thread reads. Where
 * signals come faster than that, it is full, the handler's call fails, and leaves
 * `EAGAIN` behind in errno. Where it runs after another call has failed, and before that
 * call's errno is read, this is what is read. Signals come when children stop or
 * end, so just when calls fail as they are gone.
 *
 * @param result What {@linkcode orErrno} returned, for a call that does not
 * fail with `EAGAIN` by itself.
 * @returns Whether that call is to be made again.
 *
 * @example Usage
 * ```ts
 * import { lazySymbols, orErrno, wasInterrupted } from "@procctl/libc/library";
 *
 * const libc = lazySymbols({
 *   poll: { parameters: ["buffer", "usize", "i32"], result: "i32" },
 * });
 * let result: number;
 * do result = orErrno(libc.poll(null, 0n, 1)); while (wasInterrupted(result));
 * console.log(result); // prints: 0
 * ```
 */
export function wasInterrupted(result: number): boolean {
  return result === -EINTR || result === -EAGAIN;
}
