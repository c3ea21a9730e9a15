// What execve(2) lists as not preserved, and its "further points". Each test has
// a child that makes the situation, checks that it is so, and executes a program
// that tells what it sees.

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  run,
  runDeno,
  TemporaryFolder,
  testWith,
  tool,
} from "@procctl/testing";
import { denoEnv, type Observation, observe } from "./_observer.ts";

/** What a child does before its exec, and what the program must see then. */
interface Attribute {
  setup: string;
  check(seen: Observation): void;
}

const ATTRIBUTES: Record<string, Attribute> = {
  "execve() resets caught signals to their default": {
    setup: `
      Deno.addSignalListener("SIGUSR1", () => {});
      tell("caught", BigInt("0x" + status("SigCgt")) >> 9n & 1n);`,
    check({ told, status }) {
      assertEquals(told.caught, "1");
      assertEquals(BigInt(`0x${status("SigCgt")}`), 0n);
      assertEquals(BigInt(`0x${status("SigIgn")}`) >> 9n & 1n, 0n);
    },
  },
  "execve() does not preserve an alternate signal stack": {
    // Deno has one on each of its threads: Rust's, to tell of an overflow.
    setup: `
      const old = new Uint8Array(24);
      const { sigaltstack } = lazySymbols({
        sigaltstack: { parameters: ["buffer", "buffer"], result: "i32" },
      });
      must(sigaltstack(null, old), "get the stack");
      tell("disabled", new Int32Array(old.buffer)[2] & 2 /* SS_DISABLE */);`,
    check({ told, facts }) {
      assertEquals(told.disabled, "0");
      assertEquals(facts.altstack, "disabled");
    },
  },
  "execve() does not preserve mappings, and unmaps shared memory of POSIX": {
    setup: `
      const name = cString("/procctl-" + Deno.pid);
      const fd = must(c.shm_open(name, 0o102 /* O_RDWR | O_CREAT */, 0o600), "open memory");
      must(c.shm_unlink(name), "unlink memory");
      must(c.ftruncate(fd, 4096n), "size memory");
      must(c.mmap(0n, 4096n, 3, 1 /* MAP_SHARED */, fd, 0n), "map memory");
      tell("mapped", text("/proc/self/maps").includes("/procctl-" + Deno.pid));`,
    check({ told, facts, proc }) {
      assertEquals(told.mapped, "true");
      assertEquals(proc("maps").includes(`/procctl-${facts.pid}`), false);
    },
  },
  "execve() detaches shared memory of System V": {
    setup: `
      const id = must(c.shmget(0 /* IPC_PRIVATE */, 4096n, 0o600), "make memory");
      must(c.shmat(id, 0n, 0), "attach memory");
      // From here on it lasts as long as somebody has it attached.
      must(c.shmctl(id, 0 /* IPC_RMID */, null), "remove memory");
      const isThere = new RegExp("^ *\\\\d+ +" + id + " ", "m");
      tell("id", id);
      tell("attached", isThere.test(text("/proc/sysvipc/shm")));`,
    check({ told, proc }) {
      assertEquals(told.attached, "true");
      assertMatch(proc("../sysvipc/shm"), / shmid /);
      const isThere = new RegExp(`^ *\\d+ +${told.id} `, "m");
      assertEquals(isThere.test(proc("../sysvipc/shm")), false);
      assertEquals(proc("maps").includes("/SYSV"), false);
    },
  },
  "execve() closes descriptors of message queues": {
    setup: `
      const name = cString("/procctl-" + Deno.pid);
      const fd = must(c.mq_open(name, 0o100 /* O_CREAT */, 0o600, 0n), "open a queue");
      must(c.mq_unlink(name), "unlink it");
      tell("fd", fd);
      tell("open", c.fcntl(fd, 1 /* F_GETFD */, 0));`,
    check({ told, facts }) {
      assertEquals(told.open, "1");
      assertEquals(facts[`fd/${told.fd}`], undefined);
    },
  },
  "execve() closes named semaphores, which are mappings": {
    setup: `
      const name = cString("/procctl-" + Deno.pid);
      must(c.sem_open(name, 0o100 /* O_CREAT */, 0o600, 1), "open a semaphore");
      must(c.sem_unlink(name), "unlink it");
      tell("mapped", text("/proc/self/maps").includes(" /dev/shm/"));`,
    check({ told, proc }) {
      assertEquals(told.mapped, "true");
      assertEquals(proc("maps").includes(" /dev/shm/"), false);
    },
  },
  "execve() does not preserve POSIX timers": {
    setup: `
      const { timer_create } = lazySymbols({
        timer_create: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
      });
      must(timer_create(1, null, new Uint8Array(8)), "make a timer");
      tell("timers", text("/proc/self/timers"));`,
    check({ told, proc }) {
      assertMatch(told.timers!, /^ID: 0\n/);
      assertEquals(proc("timers"), "");
    },
  },
  "execve() closes open directory streams": {
    setup: `
      must(c.opendir(cString("/proc/sys/fs")), "open a directory");
      const fds = readDirectory("/proc/self/fd").map((it) => new TextDecoder().decode(it));
      const isIt = (fd) => { try { return link("/proc/self/fd/" + fd) === "/proc/sys/fs"; } catch { return false; } };
      tell("fd", fds.find(isIt));`,
    check({ told, facts }) {
      assertMatch(told.fd!, /^\d+$/);
      assertEquals(facts[`fd/${told.fd}`], undefined);
    },
  },
  "execve() does not preserve memory locks, nor that of all memory to come": {
    setup: `
      const size = 16384n;
      const address = must(c.mmap(0n, size, 3, 0x22, -1, 0n), "map memory");
      must(c.mlock(address, size), "lock memory");
      tell("locked", status("VmLck"));
      // Where the limit allows it: memory that is mapped later, locked on fault.
      orErrno(c.mlockall(6 /* MCL_FUTURE | MCL_ONFAULT */));`,
    check({ told, status }) {
      assertMatch(told.locked!, /^(?!0 ).* kB$/);
      assertEquals(status("VmLck"), "0 kB");
    },
  },
  "execve() resets the floating-point environment": {
    setup: `
      const { symbols: m } = Deno.dlopen("libm.so.6", {
        fesetround: { parameters: ["i32"], result: "i32" },
        fegetround: { parameters: [], result: "i32" },
      });
      const UPWARD = Deno.build.arch === "aarch64" ? 0x400000 : 0x800;
      must(m.fesetround(UPWARD), "round upward");
      tell("rounding", m.fegetround() === UPWARD ? "upward" : "nearest");`,
    check({ told, facts }) {
      assertEquals(told.rounding, "upward");
      assertEquals(facts.rounding, "nearest");
    },
  },
  'execve() sets "dumpable" to 1': {
    setup: `
      must(c.prctl(4 /* PR_SET_DUMPABLE */, 0n, 0n, 0n, 0n), "be not dumpable");
      tell("dumpable", c.prctl(3 /* PR_GET_DUMPABLE */, 0n, 0n, 0n, 0n));`,
    check({ told, facts }) {
      assertEquals([told.dumpable, facts.dumpable], ["0", "1"]);
    },
  },
  "execve() clears PR_SET_KEEPCAPS, which is the securebit KEEP_CAPS": {
    setup: `
      must(c.prctl(8 /* PR_SET_KEEPCAPS */, 1n, 0n, 0n, 0n), "keep capabilities");
      tell("keepcaps", c.prctl(7 /* PR_GET_KEEPCAPS */, 0n, 0n, 0n, 0n));
      tell("securebits", c.prctl(27 /* PR_GET_SECUREBITS */, 0n, 0n, 0n, 0n));`,
    check({ told, facts }) {
      assertEquals(told, { keepcaps: "1", securebits: "16" });
      assertEquals([facts.keepcaps, facts.securebits], ["0", "0"]);
    },
  },
  "execve() resets the name of the process to that of the file": {
    setup: `
      must(c.prctl(15 /* PR_SET_NAME */, addressOf(cString("another")), 0n, 0n, 0n), "set the name");
      tell("comm", text("/proc/thread-self/comm").trim());`,
    check({ told, facts }) {
      assertEquals([told.comm, facts.comm], ["another", "observer"]);
    },
  },
  "execve() destroys all other threads, and keeps the pid": {
    setup: `
      tell("threads", status("Threads"));
      tell("pid", Deno.pid);`,
    check({ told, facts, status }) {
      assert(Number(told.threads) > 1);
      assertEquals(status("Threads"), "1");
      assertEquals(facts.pid, told.pid);
    },
  },
  'execve() begins with the locale "C"': {
    setup: `
      const { setlocale } = lazySymbols({
        setlocale: { parameters: ["i32", "buffer"], result: "usize" },
      });
      const locale = setlocale(6 /* LC_ALL */, cString("C.UTF-8"));
      tell("locale", new TextDecoder().decode(readCString(must(locale, "set the locale"))));`,
    check({ told, facts }) {
      assertEquals([told.locale, facts.locale], ["C.UTF-8", "C"]);
    },
  },
  "execve() ends asynchronous input and output": {
    setup: `
      const SYS_IO_SETUP = Deno.build.arch === "aarch64" ? 0n : 206n;
      must(c.syscall(SYS_IO_SETUP, 8n, new Uint8Array(8)), "set up input and output");
      tell("ring", text("/proc/self/maps").includes("/[aio]"));`,
    check({ told, proc }) {
      assertEquals(told.ring, "true");
      assertEquals(proc("maps").includes("/[aio]"), false);
    },
  },
  "execve() closes descriptors that are to close, and releases their record locks":
    {
      setup: `
      const lock = new Uint8Array(32); // struct flock, of the whole file
      new DataView(lock.buffer).setInt16(0, 1 /* F_WRLCK */, true);
      const fd = must(c.memfd_create(cString("locked"), 1 /* MFD_CLOEXEC */), "make a file");
      must(c.fcntlLock(fd, 6 /* F_SETLK */, lock), "lock");
      tell("fd", fd);
      tell("locks", text("/proc/locks").includes(" " + Deno.pid + " "));`,
      check({ told, facts, proc }) {
        assertEquals(told.locks, "true");
        assertEquals(facts[`fd/${told.fd}`], undefined);
        assertEquals(proc("../locks").includes(` ${facts.pid} `), false);
      },
    },
};

for (const [name, { setup, check }] of Object.entries(ATTRIBUTES)) {
  testWith(name, [tool("gcc")], () => check(observe(setup)));
}

Deno.test("execve() runs no exit handlers", () => {
  const withHandler = (end: string) =>
    runDeno(
      `
      import { execve } from "@procctl/exec";
      import { encodeCString, lazySymbols } from "@procctl/libc";
      const c = lazySymbols({
        dlsym: { parameters: ["usize", "buffer"], result: "usize" },
        exit: { parameters: ["i32"], result: "void" },
        // int __cxa_atexit(void (*fn)(void *), void *argument, void *handle)
        atexit: {
          name: "__cxa_atexit", parameters: ["usize", "buffer", "usize"], result: "i32",
        },
      });
      const line = encodeCString("an exit handler", "line");
      c.atexit(c.dlsym(0n, encodeCString("puts", "name")), line, 0n);
      ${end}`,
      { env: denoEnv() },
    ).stdout;
  assertEquals(withHandler("c.exit(0);"), "an exit handler\n");
  assertEquals(withHandler('execve("/bin/true", ["true"], {});'), "");
});

/** A child that shares its descriptors and ends with SIGUSR1, and executes. */
const SHARER = `
  #define _GNU_SOURCE
  #include <fcntl.h>
  #include <sched.h>
  #include <signal.h>
  #include <stdio.h>
  #include <stdlib.h>
  #include <sys/wait.h>
  #include <unistd.h>
  static int child(void *argv) {
    dup2(0, 50);
    execv(((char **)argv)[0], argv);
    _exit(127);
  }
  int main(int argc, char *argv[]) {
    (void)argc;
    char *stack = malloc(65536);
    int flags = CLONE_FILES | SIGUSR1;
    int pid = clone(child, stack + 65536, flags, argv + 1), status;
    waitpid(pid, &status, __WALL);
    printf("%d %d %d\\n", status, fcntl(50, F_GETFD), fcntl(51, F_GETFD));
  }`;

testWith(
  "execve() unshares the table of descriptors, and ends with SIGCHLD again",
  [tool("gcc")],
  () => {
    using folder = new TemporaryFolder();
    const program = folder.join("sharer");
    const source = folder.write("sharer.c", SHARER);
    assertEquals(run(["gcc", "-o", program, source]).stderr, "");
    const script = "exec 51<&0; cut -d' ' -f38 /proc/$$/stat";
    const { stdout } = run([program, "/bin/bash", "-c", script]);
    // What the child opened before its exec is its parent's, not what it did after.
    assertEquals(stdout, "17\n0 0 -1\n");
  },
);
