import { assert, assertEquals } from "@std/assert";
import { readFile } from "@procctl/libc/files";
import { file, run, TemporaryFolder, testWith, tool } from "@procctl/testing";
import { REQUEST } from "./_request_numbers.ts";
import { compile } from "./_testing.ts";
import * as constants from "./constants.ts";
import * as requests from "./requests.ts";

/** Requests of the headers that have no function, and why. */
const WHY_NOT: Readonly<Record<string, string>> = {
  PTRACE_TRACEME: "a step of a child: traceme() of @procctl/spawn/steps",
  PTRACE_GETFPXREGS: "the kernel has it for programs of 32 bits only",
  PTRACE_SETFPXREGS: "the kernel has it for programs of 32 bits only",
  PTRACE_OLDSETOPTIONS: "the old number of PTRACE_SETOPTIONS, of 32 bits only",
  PTRACE_PEEKUSR: "the kernel's spelling of PTRACE_PEEKUSER",
  PTRACE_POKEUSR: "the kernel's spelling of PTRACE_POKEUSER",
  PTRACE_PEEKMTETAGS: "of aarch64: no machine to try it on has memory tags",
  PTRACE_POKEMTETAGS: "of aarch64: no machine to try it on has memory tags",
};

/** What begins with PTRACE_ and is no request. */
const NO_REQUEST =
  /^PTRACE_(O|EVENT|EVENTMSG|SYSCALL_INFO|PEEKSIGINFO_SHARED)(_|$)/;

const HEADERS = [
  `/usr/include/${Deno.build.arch}-linux-gnu/sys/ptrace.h`,
  `/usr/include/${Deno.build.arch}-linux-gnu/asm/ptrace.h`,
  "/usr/include/linux/ptrace.h",
];

/** PTRACE_GET_SYSCALL_INFO -> getSyscallInfo */
function functionName(request: string): string {
  return request.slice("PTRACE_".length).toLowerCase()
    .replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

testWith(
  "each request of the headers has a function of its name, or a reason why not",
  HEADERS.map(file),
  () => {
    const names = new Set(HEADERS.flatMap((path) => {
      const text = new TextDecoder().decode(readFile(path));
      const found = text.matchAll(/^\s*(?:#\s*define\s+)?(PTRACE_\w+)/gm);
      return [...found].map(([, name]) => name!);
    }));
    assert(names.size > 30);
    const functions = requests as unknown as Record<string, unknown>;
    const without = [...names].filter((name) =>
      !NO_REQUEST.test(name) && !(name in WHY_NOT) &&
      typeof functions[functionName(name)] !== "function"
    );
    assertEquals(without, []);
  },
);

Deno.test("each request that is made has a function of its name", () => {
  const functions = requests as unknown as Record<string, unknown>;
  const without = Object.keys(REQUEST).filter((name) =>
    typeof functions[functionName(name)] !== "function"
  );
  assertEquals(without, []);
});

testWith(
  "all constants and numbers of requests are those of C",
  [tool("gcc")],
  () => {
    using folder = new TemporaryFolder();
    const ours = new Map(
      [...Object.entries(REQUEST), ...Object.entries(constants)].map((
        [name, value],
      ) => [name, BigInt(value)]),
    );
    const source = `
      #include <stdio.h>
      #include <linux/ptrace.h>
      #include <linux/elf.h>
      #include <linux/audit.h>
      #include <sys/wait.h>
      #ifdef __x86_64__
      #include <asm/prctl.h>
      #endif
      int main(void) {
      ${
      [...ours.keys()].map((name) => `
        #ifdef ${name}
        printf("${name} %llu\\n", (unsigned long long)(${name}));
        #endif`).join("")
    }
      }
    `;
    const { stdout } = run([compile(folder, source)]);
    const lines = stdout.trim().split("\n").map((line) => line.split(" "));
    // Old headers lack the newest; none lacks most.
    assert(lines.length > 60, `${lines.length} constants`);
    const wrong = lines.filter(([name, value]) =>
      BigInt.asUintN(32, BigInt(value!)) !== ours.get(name!)
    );
    assertEquals(wrong, []);
  },
);
