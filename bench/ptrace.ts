import type { TemporaryFolder } from "@procctl/testing";
import { callingProgram } from "./_calling_program.ts";
import { compile, denoProgram, run } from "./_children.ts";
import type { Comparison, Missing, Prepare, Variant } from "./_measure.ts";

/** How many stops come first that do not count. */
const WARMUPS = 20_000;

/** What `ptrace.c` does, by procctl. */
const PROGRAM = `
import * as ptrace from "@procctl/ptrace/requests";

const [path, pinned] = Deno.args;
if (pinned !== undefined) {
  const { symbols } = Deno.dlopen("libc.so.6", {
    sched_getcpu: { parameters: [], result: "i32" },
    sched_setaffinity: { parameters: ["i32", "usize", "buffer"], result: "i32" },
  });
  const cpu = symbols.sched_getcpu();
  const set = new Uint8Array(128);
  set[cpu >> 3] = 1 << (cpu & 7);
  symbols.sched_setaffinity(0, BigInt(set.length), set);
}
const options = ptrace.PTRACE_O_TRACESYSGOOD | ptrace.PTRACE_O_EXITKILL;
const pid = ptrace.startTraced([path], options);
const info = new ptrace.SyscallInfo();
let stops = 0;
let begin = 0;
for (;;) {
  ptrace.syscall(pid);
  if (ptrace.waitFor(pid).kind === "exited") break;
  ptrace.getSyscallInfo(pid, info);
  if (++stops === ${WARMUPS}) begin = performance.now();
}
console.log((performance.now() - begin) * 1000 / (stops - ${WARMUPS}));
`;

/** A stop at a system call, with what call it is, on one processor or on any. */
function preparePtrace(pinned: boolean, title: string): Prepare {
  return (folder: TemporaryFolder): Comparison => {
    const target = folder.write("target", callingProgram(), 0o755);
    const args = pinned ? [target, "pinned"] : [target];
    const variants: Variant[] = [];
    const missing: Missing[] = [];
    const add = (name: string, argv: string[], env?: Record<string, string>) =>
      variants.push({
        name,
        measure: () =>
          Number(new TextDecoder().decode(run([...argv, ...args], env))),
      });

    const tracer = compile(folder, "ptrace");
    const c = "C `ptrace()`, `waitpid()`";
    if (tracer === undefined) missing.push({ name: c, reason: "needs gcc" });
    else add(c, [tracer]);

    add(
      "procctl `syscall()`, `waitFor()`, `getSyscallInfo()`",
      ...denoProgram(folder, "ptrace.js", PROGRAM, ["--allow-ffi"]),
    );

    return { title, unit: "µs", runs: 10, variants, missing };
  };
}

/** A loop of stops where tracer and tracee take turns on one processor. */
export const comparePtrace: Prepare = preparePtrace(
  true,
  "One stop of a traced program, on one processor",
);

/** The same where the kernel chooses. */
export const compareFreePtrace: Prepare = preparePtrace(
  false,
  "The same on any processor",
);
