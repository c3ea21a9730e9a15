import { assert, assertEquals } from "@std/assert";
import { denoArgv, TemporaryFolder } from "@procctl/testing";
import { spawn } from "@procctl/spawn";
import { Tracer } from "./mod.ts";

/** What a tracer calls again and again, of which none fails with EAGAIN. */
const CALLS = [
  "kill",
  "pidfd_open",
  "pread64",
  "process_vm_readv",
  "ptrace",
  "waitid",
];

/** A program that traces, reads memory, and kills, and says what it has seen. */
const PROGRAM = `
import { Tracer } from "@procctl/ptrace";
await Deno.stdin.read(new Uint8Array(1));
let text, end;
const script = "/bin/echo hello; (exit 3); kill -TERM $$";
for (const event of Tracer.spawn("sh", { args: ["-c", script], stdout: "null" })) {
  if (event.kind === "syscall-enter" && event.name === "write") {
    text = event.readString(event.args[1]).trim();
  }
  if (event.kind === "exit") end = event.signal;
}
for (const event of Tracer.spawn("sleep", { args: ["60"] })) {
  if (event.kind === "exec") break;
}
console.log(text, end);
`;

Deno.test("a signal that overwrites errno before it is read changes nothing for a tracer", async () => {
  using folder = new TemporaryFolder();
  const [deno, ...args] = denoArgv(folder.write("program.mjs", PROGRAM));
  await using child = spawn(deno!, { args, stdin: "piped", stdout: "piped" });
  // Its main thread alone, and from when it is told to begin.
  const options = { threads: false, follow: "none", syscalls: CALLS } as const;
  const tracer = Tracer.attach(child.pid, options);
  const stdin = child.stdin.getWriter();
  await stdin.write(new Uint8Array(1));
  await stdin.close();
  const failed = new Map<string, number>();
  let count = 0;
  for await (const event of tracer) {
    if (event.kind !== "syscall-enter" || ++count % 3 !== 0) continue;
    // As if it had failed by something else, and a signal had come then.
    event.fail("EAGAIN");
    failed.set(event.name, (failed.get(event.name) ?? 0) + 1);
  }
  const { stdout } = await child.output();
  assertEquals(new TextDecoder().decode(stdout), "hello SIGTERM\n");
  assert(failed.get("ptrace")! > 100, "requests have failed");
  assert(failed.get("waitid")! > 100, "waits have failed");
});
