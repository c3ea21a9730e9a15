import { assertEquals } from "@std/assert";
import {
  denoArgv,
  kernel,
  run,
  TemporaryFolder,
  testWith,
} from "@procctl/testing";
import { answerOf } from "./_testing_runtime.ts";

/** Ignores SIGCHLD, so that the kernel keeps no status for the parent. */
const IGNORE = `
  const { signal } = lazySymbols({
    signal: { parameters: ["i32", "usize"], result: "usize" },
  });
  signal(17, 1n);
`;

/** Makes ioctl(2) fail as on a kernel that does not know the request. */
const NO_EXIT_INFO = `
  const { prctl } = lazySymbols({ prctl: {
    parameters: ["i32", "usize", "usize", "usize", "usize"], result: "i32",
  } });
  const ENOTTY = 25;
  const IOCTL = Deno.build.arch === "aarch64" ? 29 : 16;
  // struct sock_filter: code, two distances, constant
  const filter = new DataView(new ArrayBuffer(32));
  [
    [0x20, 0, 0, 0], // load the number of the system call
    [0x15, 0, 1, IOCTL], // if it is not this one, pass over the next
    [0x06, 0, 0, 0x00050000 | ENOTTY], // SECCOMP_RET_ERRNO
    [0x06, 0, 0, 0x7fff0000], // SECCOMP_RET_ALLOW
  ].forEach(([code, yes, no, constant], index) => {
    filter.setUint16(8 * index, code, true);
    filter.setUint8(8 * index + 2, yes);
    filter.setUint8(8 * index + 3, no);
    filter.setUint32(8 * index + 4, constant, true);
  });
  const arena = new Arena();
  const address = arena.bytes(new Uint8Array(filter.buffer));
  const program = new Uint8Array(new BigUint64Array([4n, address]).buffer);
  prctl(38 /* PR_SET_NO_NEW_PRIVS */, 1n, 0n, 0n, 0n);
  if (prctl(22 /* PR_SET_SECCOMP */, 2n, arena.bytes(program), 0n, 0n) !== 0) {
    throw new Error("No filter");
  }
`;

const NOTHING_USED = {
  userTime: null, // NaN, in JSON
  systemTime: null,
  peakMemory: null,
  minorFaults: null,
  majorFaults: null,
  voluntarySwitches: null,
  involuntarySwitches: null,
};

testWith(
  "status is told where SIGCHLD is ignored, but not what was used",
  [kernel(6, 15)],
  () => {
    const answer = answerOf(`${IGNORE}
      const scripts = ["exit 0", "exit 3", "kill -TERM $$"];
      answer(await Promise.all(scripts.map((script) => sh(script).status)));
    `);
    const usage = NOTHING_USED;
    const ended = { success: false, coreDumped: false, usage };
    assertEquals(answer, [
      { ...ended, success: true, code: 0, signal: null },
      { ...ended, code: 3, signal: null },
      { ...ended, code: 143, signal: "SIGTERM" },
    ]);
  },
);

testWith(
  "runSync() and ChildProgram tell the status where SIGCHLD is ignored",
  [kernel(6, 15)],
  () => {
    const answer = answerOf(`${IGNORE}
      const { ChildProgram } = await import("@procctl/spawn/child-program");
      const { exec } = await import("@procctl/spawn/steps");
      const args = ["sh", "-c", "exit 4"];
      const program = new ChildProgram().add(exec("/bin/sh", args, {}));
      answer([runSync("sh", { args: ["-c", "exit 3"] }).code, program.run().code]);
    `);
    assertEquals(answer, [3, 4]);
  },
);

testWith(
  "status is right for many children that end while SIGCHLD is ignored",
  [kernel(6, 15)],
  () => {
    const answer = answerOf(`${IGNORE}
      const codes = Array.from({ length: 300 }, (_, i) => i % 256);
      const children = codes.map((code) => sh("exit " + code));
      const statuses = await Promise.all(children.map(({ status }) => status));
      answer(statuses.filter(({ code }, i) => code !== codes[i]));
    `);
    assertEquals(answer, []);
  },
);

testWith(
  "a SIGCHLD that this program inherited as ignored is no obstacle",
  [kernel(6, 15)],
  () => {
    using folder = new TemporaryFolder();
    const script = folder.write(
      "script.mjs",
      `
        import { run } from "@procctl/spawn";
        const { code, stdout } = await run("sh", { args: ["-c", "echo out; exit 5"] });
        console.log(code, new TextDecoder().decode(stdout));
      `,
    );
    const trap = `trap '' CHLD; exec "$@"`;
    const { stdout } = run(["sh", "-c", trap, "sh", ...denoArgv(script)]);
    assertEquals(stdout, "5 out\n\n");
  },
);

Deno.test("status rejects where SIGCHLD is ignored and the kernel tells nothing, and says why", () => {
  const answer = answerOf(`${IGNORE + NO_EXIT_INFO}
    const child = sh("exit 3");
    const error = await child.status.catch((error) => error);
    const { message, code, syscall } = error;
    answer([
      message.replace(child.pid, "PID"), code, syscall,
      child.pidfd, child.kill(), await child.wait().catch((error) => error.code),
    ]);
  `);
  assertEquals(answer, [
    "Cannot wait for process PID: SIGCHLD is ignored, so that the kernel keeps no status: ECHILD",
    "ECHILD",
    "wait4",
    -1,
    false,
    "ECHILD",
  ]);
});

Deno.test("a status that nobody awaits does not end the program where there is none", () => {
  const answer = answerOf(`${IGNORE + NO_EXIT_INFO}
    const child = sh("exit 3");
    while (child.pidfd !== -1) await pause(1);
    await child[Symbol.asyncDispose]();
    answer("goes on");
  `);
  assertEquals(answer, "goes on");
});

Deno.test("status does not blame SIGCHLD for a child that others waited for", () => {
  const answer = answerOf(`${NO_EXIT_INFO}
    const { waitpid } = lazySymbols({ waitpid: {
      parameters: ["i32", "buffer", "i32"], result: "i32",
    } });
    const child = sh("exit 3");
    waitpid(child.pid, null, 0);
    const { message } = await child.status.catch((error) => error);
    answer(message.replace(child.pid, "PID"));
  `);
  assertEquals(
    answer,
    "Cannot wait for process PID: No child processes: ECHILD",
  );
});
