import { assertEquals } from "@std/assert";
import {
  type Finished,
  runDeno,
  type RunDenoOptions,
  sleeper,
  staticProgram,
  TemporaryFolder,
} from "@procctl/testing";

/** Writes out, as 4 bytes, the signal that it gets when its parent ends. */
const TELLER = staticProgram({
  "x86_64": [
    "bf02000000", // mov edi, 2          PR_GET_PDEATHSIG
    "4889e6", //     mov rsi, rsp
    "b89d000000", // mov eax, 157        prctl
    "0f05", //       syscall
    "bf01000000", // mov edi, 1
    "4889e6", //     mov rsi, rsp
    "ba04000000", // mov edx, 4
    "b801000000", // mov eax, 1          write
    "0f05", //       syscall
    "b83c000000", // mov eax, 60         exit
    "31ff", //       xor edi, edi
    "0f05", //       syscall
  ],
  "aarch64": [
    "400080d2", // mov x0, #2            PR_GET_PDEATHSIG
    "e1030091", // mov x1, sp
    "e81480d2", // mov x8, #167          prctl
    "010000d4", // svc #0
    "200080d2", // mov x0, #1
    "e1030091", // mov x1, sp
    "820080d2", // mov x2, #4
    "080880d2", // mov x8, #64           write
    "010000d4", // svc #0
    "000080d2", // mov x0, #0
    "a80b80d2", // mov x8, #93           exit
    "010000d4", // svc #0
  ],
});

/**
 * What a child may use: everything of the packages by name, and
 *
 * - `answer(value)` prints a value, which `answerOf()` gives back;
 * - `attempt(fn)` is what a function returns, or what it throws, as data;
 * - `text(path)` is what a file holds, `field(path, name)` a field of a status
 *   file, `descriptors(pid)` what a process has open;
 * - `sleeper` is the path of a program that sleeps;
 * - `teller` is that of one that writes the number of its death signal to a file
 *   in memory, which `told(fd)` reads;
 * - `outputOf(command, options)` is what a program prints;
 * - `printed(script, ...steps)` is what a shell prints after some steps;
 * - `inspect(look, ...steps)` is what `look(pid)` returns about a child after
 *   some steps, `inspectWith(look, options)` the same with options of `spawn()`,
 *   and `stat(pid)` some of what the kernel says of a process;
 * - `asleep(pid)` waits until the program that sleeps does;
 * - `startWith(options, command)` starts what `spawn()` does, without more;
 * - `becomeOrdinary()` makes it an ordinary user's, if it is root's;
 * - `live` holds all arenas that were not given back;
 * - `end(child)` kills a child and reaps it;
 * - `c` holds some functions of libc.
 */
const PRELUDE = String.raw`
  import * as testingModule from "@procctl/testing";
  import * as libcModule from "@procctl/libc";
  import * as spawnModule from "@procctl/spawn";
  import * as programModule from "@procctl/spawn/child-program";
  import * as stepsModule from "@procctl/spawn/steps";
  import { prepare } from ${
  JSON.stringify(import.meta.resolve("./_prepare.ts"))
};
  import { start } from ${JSON.stringify(import.meta.resolve("./_start.ts"))};
  Object.assign(
    globalThis, testingModule, libcModule, spawnModule, programModule, stepsModule,
  );

  const c = lazySymbols({
    close_range: { parameters: ["u32", "u32", "i32"], result: "i32" },
    dup2: { parameters: ["i32", "i32"], result: "i32" },
    fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
    getuid: { parameters: [], result: "u32" },
    getpid: { parameters: [], result: "i32" },
    kill: { parameters: ["i32", "i32"], result: "i32" },
    memfd_create: { parameters: ["buffer", "u32"], result: "i32" },
    prctl: { parameters: ["i32", "u64", "u64", "u64", "u64"], result: "i32" },
    read: { parameters: ["i32", "buffer", "usize"], result: "i32" },
    readlink: { parameters: ["buffer", "buffer", "usize"], result: "i32" },
    setenv: { parameters: ["buffer", "buffer", "i32"], result: "i32" },
    signal: { parameters: ["i32", "usize"], result: "usize" },
    waitid: { parameters: ["i32", "i32", "buffer", "i32"], result: "i32" },
    waitpid: { parameters: ["i32", "buffer", "i32"], result: "i32" },
  });
  const cString = (text) => encodeCString(text, "text");
  const text = (path) => new TextDecoder().decode(readFile(path));
  const field = (path, name) =>
    new RegExp("^" + name + ":[ \\t]*(.*)$", "m").exec(text(path))?.[1].trim();
  const exists = (path) => {
    try { closeFile(openFile(path, O_PATH)); return true; } catch { return false; }
  };

  function link(path) {
    const buffer = new Uint8Array(4096);
    const size = c.readlink(cString(path), buffer, 4096n);
    return size < 0 ? undefined : new TextDecoder().decode(buffer.subarray(0, size));
  }
  /** What a process has open, by number: a file's path or name, or its kind. */
  function descriptors(pid) {
    if (pid === "self") settleDeno();
    const folder = "/proc/" + pid + "/fd";
    const names = readDirectory(folder).map((name) => new TextDecoder().decode(name));
    const entries = names.map((name) => [name, link(folder + "/" + name)]);
    // The one by which this process itself reads its own folder is gone by now.
    return Object.fromEntries(entries.filter(([, it]) => it !== undefined).map(
      ([fd, it]) => [fd, /^\/memfd:(.*) \(deleted\)$|^(\w+):/.exec(it)?.slice(1)
        .find((name) => name !== undefined) ?? it],
    ));
  }
  /** A file in memory, at a number, that stays open on exec if asked to. */
  function memory(name, fd, inheritable = false) {
    const made = c.memfd_create(cString(name), 1 /* MFD_CLOEXEC */);
    if (made !== fd) {
      if (fd !== undefined) { c.dup2(made, fd); closeFile(made); }
    }
    const at = fd ?? made;
    c.fcntl(at, 2 /* F_SETFD */, inheritable ? 0 : 1);
    return at;
  }

  // What the runner itself let its children inherit is none of a child's.
  c.close_range(3, 2 ** 32 - 1, 4 /* CLOSE_RANGE_CLOEXEC */);

  const [sleeper, teller] = Deno.args;
  const told = (fd) => new Int32Array(readFile("/proc/self/fd/" + fd).buffer)[0];
  const outputOf = (command, options) => {
    const { success, code, stdout, stderr } = runSync(command, options);
    const print = (bytes) => new TextDecoder().decode(bytes);
    if (!success) throw new Error(command + " ended with " + code + ": " + print(stderr));
    return print(stdout);
  };
  function end({ pid, pidfd }) {
    c.kill(pid, 9);
    c.waitpid(pid, null, 0x40000000 /* __WALL */);
    closeFile(pidfd);
  }

  function printed(script, ...steps) {
    const fd = memory("output");
    const argv = ["sh", "-c", script];
    new ChildProgram().add(...steps, dup(fd, 1), exec("/bin/sh", argv)).run();
    const output = text("/proc/self/fd/" + fd);
    closeFile(fd);
    return output.trimEnd();
  }
  /** Waits until the sleeper sleeps: its parent goes on in the midst of its exec. */
  function asleep(pid) {
    while (stat(pid).state !== "S");
    return pid;
  }
  function inspect(look, ...steps) {
    const child = new ChildProgram().add(...steps, exec(sleeper, ["x"], {})).start();
    try {
      return look(asleep(child.pid));
    } finally {
      end(child);
    }
  }
  const startWith = (options, command = sleeper) => start(prepare(command, options), options);
  function inspectWith(look, options) {
    const child = startWith(options);
    try {
      return look(asleep(child.pid));
    } finally {
      end(child);
      for (const fd of child.pipes.values()) closeFile(fd);
    }
  }
  // Arenas that were not given back. The size of a process says nothing about
  // that: it comes and goes by dozens of MiB.
  const live = new Set();
  const { allocate, [Symbol.dispose]: dispose } = Arena.prototype;
  Arena.prototype.allocate = function (size) {
    live.add(this);
    return allocate.call(this, size);
  };
  Arena.prototype[Symbol.dispose] = function () {
    live.delete(this);
    dispose.call(this);
  };
  function stat(pid) {
    const [state, parent, group, session, terminal, foreground] =
      text("/proc/" + pid + "/stat").replace(/^.*\) /s, "").split(" ");
    return {
      state, parent: +parent, group: +group, session: +session,
      terminal: +terminal, foreground: +foreground,
    };
  }

  function becomeOrdinary() {
    if (c.getuid() !== 0) return;
    becomeUser();
    // As is one that was an ordinary user's from the beginning.
    c.prctl(4 /* PR_SET_DUMPABLE */, 1n, 0n, 0n, 0n);
  }
  function attempt(fn) {
    try {
      return fn() ?? "done";
    } catch (error) {
      const { name, message, code, errno, syscall, path } = error;
      return { name, message, code, errno, syscall, path };
    }
  }
  function answer(value) {
    console.log(JSON.stringify(value, (_, it) => typeof it === "bigint" ? it + "n" : it));
  }
`;

/** Runs a source in a child, in a folder of its own. */
export function runChild(source: string, options?: RunDenoOptions): Finished {
  using folder = new TemporaryFolder();
  const path = folder.write("sleeper", sleeper(), 0o755);
  const teller = folder.write("teller", TELLER, 0o755);
  folder.chmod("", 0o755);
  return runDeno(PRELUDE + source, {
    cwd: folder.path,
    args: [path, teller],
    ...options,
  });
}

/** Runs a source in a child, and returns what it gave to `answer()`. */
export function answerOf(source: string, options?: RunDenoOptions) {
  const { code, signal, stdout, stderr } = runChild(source, options);
  assertEquals({ code, signal, stderr }, { code: 0, signal: null, stderr: "" });
  return JSON.parse(stdout);
}
