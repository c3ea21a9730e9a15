import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  inMounts,
  kernel,
  mounts,
  type Need,
  run,
  testWith,
} from "@procctl/testing";
import { callsOfStrace, strace, straceLines } from "./_testing.ts";
import type { SyscallArch } from "./arch.ts";
import { syscallNames } from "./names.ts";
import { syscallSignature } from "./signatures.ts";

/** As C has it: `int dfd, const char *filename`. */
function inC(name: string, arch?: SyscallArch): string | undefined {
  return syscallSignature(name, arch)?.parameters
    .map(({ type, name }) =>
      type.endsWith("*") ? type + name : `${type} ${name}`
    )
    .join(", ");
}

const EVENTS = "/sys/kernel/tracing/events/syscalls";
const TRACEFS =
  `{ test -d ${EVENTS} || mount -t tracefs none /sys/kernel/tracing; }`;

/** The kernel tells its parameters. */
const tracefs: Need = () => {
  const unmet = mounts();
  if (unmet !== undefined) return unmet;
  const { code } = run(inMounts(TRACEFS, ["test", "-d", EVENTS]));
  return code === 0 ? undefined : "needs a kernel with CONFIG_FTRACE_SYSCALLS";
};

/** What tracefs calls otherwise: it has the names of the kernel's functions. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  newfstat: "fstat",
  newlstat: "lstat",
  newstat: "stat",
  newuname: "uname",
  sendfile64: "sendfile",
  umount: "umount2",
};

/** What changed between Linux 6.18 and the source of the table. */
const CHANGED: ReadonlySet<string> = new Set(["bpf", "getcpu"]);

testWith(
  "syscallSignature() gives what the running kernel tells in tracefs",
  [kernel(6, 18), tracefs],
  () => {
    const { stdout } = run(
      inMounts(TRACEFS, ["grep", "-r", "field:", EVENTS]),
    );
    const fields = stdout.matchAll(
      /sys_enter_(\w+)\/format:\tfield:(.*?)(\w+);\toffset:(\d+)/g,
    );
    const calls = new Map<string, string[]>();
    for (const [, call, type, name, offset] of fields) {
      const parameters = calls.get(call!) ?? [];
      // Before it there are the event's own fields and the call's number.
      if (Number(offset) >= 16) parameters.push(`${type}${name}`);
      calls.set(call!, parameters);
    }
    assertEquals(calls.size > 300, true, "Cannot read the events");
    const differences = [...calls].flatMap(([event, parameters]) => {
      const call = FUNCTIONS[event] ?? event;
      const expected = parameters.join(", ")
        .replace(/ ?\* ?/g, "*").replace(/(?<!\*)\*/g, " *")
        .replace(/\bunsigned(?! (?:int|long|char|short)\b)/g, "unsigned int");
      const actual = inC(call);
      return actual === expected || CHANGED.has(call)
        ? []
        : [{ call, expected, actual }];
    });
    assertEquals(differences, []);
  },
);

Deno.test("syscallSignature() gives each architecture's own order and halves", () => {
  const tail = (arch: SyscallArch) =>
    syscallSignature("clone", arch)?.parameters.slice(3)
      .map(({ name }) => name);
  assertEquals(tail("x86_64"), ["child_tidptr", "tls"]);
  assertEquals(tail("i386"), ["tls_val", "child_tidptr"]);
  assertEquals(tail("aarch64"), ["tls", "child_tidptr"]);
  assertEquals(
    inC("pread64", "i386"),
    "unsigned int fd, char *ubuf, u32 count, u32 poslo, u32 poshi",
  );
});

Deno.test("syscallSignature() gives no parameters for a call without any", () => {
  assertEquals(syscallSignature("getpid", "x86_64"), {
    name: "getpid",
    parameters: [],
  });
});

Deno.test("syscallSignature() tells which results are descriptors or addresses", () => {
  const results = ["openat", "mmap", "umask", "write"].map((name) =>
    syscallSignature(name, "x86_64")?.result
  );
  assertEquals(results, ["descriptors", "addresses", "permissions", undefined]);
  assertEquals(syscallSignature("mmap2", "i386")?.result, "addresses");
});

testWith(
  "syscallSignature() gives the results that strace does not write as numbers",
  [strace],
  () => {
    const known = callsOfStrace();
    const lines = straceLines(
      known.map((name) => ({ name })),
      ["-e", "inject=all:retval=512"],
    );
    const written = known.filter((_, index) =>
      /= 0x200 \(INJ|= 01000 \(INJ/.test(lines[index]!)
    );
    const expected = known.filter((name) =>
      ["addresses", "permissions"].includes(
        syscallSignature(name, "x86_64")?.result ?? "",
      )
    );
    // It writes this in hexadecimal, but the policy's name behind it.
    assertEquals(
      written.filter((name) => name !== "sched_getscheduler"),
      expected.filter((name) => name !== "map_shadow_stack"),
    );
  },
);

Deno.test("syscallSignature() gives undefined for what the kernel does not do", () => {
  assertEquals(syscallSignature("open", "aarch64"), undefined);
  assertEquals(syscallSignature("nfsservctl", "x86_64"), undefined);
  assertEquals(syscallSignature("syscall_0x3e8", "x86_64"), undefined);
  assertEquals(syscallSignature("constructor", "x86_64"), undefined);
});

Deno.test("syscallSignature() knows all but the calls that are gone", () => {
  const unknown = (["x86_64", "i386", "aarch64"] as const).map((arch) =>
    syscallNames(arch).filter((name) => !syscallSignature(name, arch)).join(" ")
  );
  assertEquals(unknown, [
    "uselib _sysctl create_module get_kernel_syms query_module nfsservctl " +
    "getpmsg putpmsg afs_syscall tuxcall security lookup_dcookie " +
    "epoll_ctl_old epoll_wait_old vserver",
    "break stty gtty ftime prof lock mpx ulimit uselib profil idle vm86old " +
    "create_module get_kernel_syms bdflush afs_syscall _sysctl vm86 " +
    "query_module nfsservctl getpmsg putpmsg lookup_dcookie vserver",
    "lookup_dcookie nfsservctl",
  ]);
});

Deno.test("syscallSignature() gives the same object again", () => {
  assertStrictEquals(
    syscallSignature("read", "i386"),
    syscallSignature("read", "i386"),
  );
});

Deno.test("syscallSignature() refuses an architecture that is not known", () => {
  assertThrows(
    () => syscallSignature("read", "arm" as SyscallArch),
    TypeError,
    'arch "arm"',
  );
});
