/**
 * A control group of version 2 for one command, where this program may make
 * one: the kernel itself then keeps all its processes together.
 *
 * @module
 */

import {
  encodeCString,
  lazySymbols,
  orErrno,
  readFile,
  SystemError,
  writeFile,
} from "@procctl/libc";

const libc = lazySymbols({
  // int mkdir(const char *pathname, mode_t mode)
  mkdir: { parameters: ["buffer", "u32"], result: "i32" },
  // int rmdir(const char *pathname)
  rmdir: { parameters: ["buffer"], result: "i32" },
});

const EEXIST = 17;

const decoder = new TextDecoder();
let lastNumber = 0;

/** The limits that a control group can keep. */
export interface CgroupLimits {
  /** Bytes of all its processes. */
  memory: number | undefined;
  /** Processes and threads. */
  processes: number | undefined;
}

/** Which file sets which limit. */
const FILES = { memory: "memory.max", processes: "pids.max" } as const;
const NAMES = ["memory", "processes"] as const;

/** A control group. */
export class Cgroup implements Disposable {
  /** The limits that it keeps. */
  readonly keeps: ReadonlySet<keyof CgroupLimits>;
  readonly #path: string;

  private constructor(path: string, limits: CgroupLimits) {
    this.#path = path;
    this.keeps = new Set(
      NAMES.filter((name) =>
        limits[name] !== undefined &&
        this.#write(FILES[name], String(limits[name]))
      ),
    );
    if (!this.keeps.has("memory")) return;
    // What is swapped out is not counted, and a program without one of its
    // processes is none that anybody meant.
    this.#write("memory.swap.max", "0");
    this.#write("memory.oom.group", "1");
  }

  /**
   * Makes one below that of this program, or below one above that, whichever
   * can keep the most of the limits.
   *
   * @param folders Where it may be, the best place first.
   * @returns It, or undefined if there is no place for one.
   */
  static make(
    limits: CgroupLimits,
    folders: readonly string[] = ownFolders(),
  ): Cgroup | undefined {
    const wanted = NAMES.filter((name) => limits[name] !== undefined).length;
    let best: Cgroup | undefined;
    for (const folder of folders) {
      const path = makeFolder(folder);
      if (path === undefined) continue;
      const made = new Cgroup(path, limits);
      const isBetter = best === undefined || made.keeps.size > best.keeps.size;
      (isBetter ? best : made)?.[Symbol.dispose]();
      if (isBetter) best = made;
      if (best!.keeps.size === wanted) break;
    }
    return best;
  }

  /** Moves a process into it. Returns whether it could. */
  add(pid: number): boolean {
    return this.#write("cgroup.procs", String(pid));
  }

  /** Kills all that is in it, as far as the kernel can (from Linux 5.14 on). */
  kill(): void {
    this.#write("cgroup.kill", "1");
  }

  /** The processes in it. */
  processes(): number[] {
    return (this.#read("cgroup.procs") ?? "").split("\n")
      .filter((line) => line !== "").map(Number);
  }

  /** How often the kernel killed all in it as there was no more memory. */
  outOfMemoryKills(): number {
    return this.#event("memory.events", "oom_kill");
  }

  /** How often the kernel refused it a process or thread. */
  refusedProcesses(): number {
    return this.#event("pids.events", "max");
  }

  /** The bytes that it has in use; undefined if that is not counted. */
  memory(): number | undefined {
    return this.#number("memory.current");
  }

  /** The most that it had in use (from Linux 5.19 on). */
  peakMemory(): number | undefined {
    return this.#number("memory.peak");
  }

  /** Removes it. While a process is in it, it stays. */
  [Symbol.dispose](): void {
    libc.rmdir(encodeCString(this.#path, "path"));
  }

  #event(file: string, name: string): number {
    const line = (this.#read(file) ?? "").split("\n")
      .find((it) => it.startsWith(`${name} `));
    return line === undefined ? 0 : Number(line.slice(name.length + 1));
  }

  #number(file: string): number | undefined {
    const text = this.#read(file);
    return text === undefined ? undefined : Number(text);
  }

  #read(file: string): string | undefined {
    return attempt(() => decoder.decode(readFile(`${this.#path}/${file}`)));
  }

  #write(file: string, text: string): boolean {
    const bytes = new TextEncoder().encode(text);
    return attempt(() => {
      // It is there, or the controller is not: none can be created.
      writeFile(`${this.#path}/${file}`, bytes);
      return true;
    }) ?? false;
  }
}

/** The folders of this program's own group, and of all above it. */
function ownFolders(): string[] {
  const own = line("/proc/self/cgroup", /^0::(\/.*)$/m)?.[1];
  // Its path is relative to the root of the namespace; outside of that is "..".
  if (own === undefined || own.startsWith("/..")) return [];
  const mount = line(
    "/proc/self/mountinfo",
    /^\S+ \S+ \S+ (\S+) (\S+) .* - cgroup2 /m,
  );
  if (mount === undefined) return [];
  const [, root = "/", point = ""] = mount;
  const isBelow = root === "/" || own === root || own.startsWith(`${root}/`);
  if (!isBelow) return [];
  const names = own.slice(root === "/" ? 0 : root.length).split("/")
    .filter((name) => name !== "");
  return Array.from(
    { length: names.length + 1 },
    (_, above) => [point, ...names.slice(0, names.length - above)].join("/"),
  );
}

function line(path: string, pattern: RegExp): RegExpExecArray | undefined {
  const text = attempt(() => decoder.decode(readFile(path))) ?? "";
  return pattern.exec(text) ?? undefined;
}

/** Makes one in a folder, and returns its path; undefined if it may not. */
function makeFolder(folder: string): string | undefined {
  for (;;) {
    const path = `${folder}/procctl-${Deno.pid}-${++lastNumber}`;
    const result = orErrno(libc.mkdir(encodeCString(path, "path"), 0o755));
    if (result === 0) return path;
    // One that was killed may have left it, of the same number.
    if (result !== -EEXIST) return undefined;
  }
}

function attempt<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (error instanceof SystemError) return undefined;
    throw error;
  }
}
