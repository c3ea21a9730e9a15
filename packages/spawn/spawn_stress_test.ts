import { assertEquals } from "@std/assert";
import { getenv } from "@procctl/libc";
import { js, patience } from "@procctl/testing";
import { answerOf } from "./_testing_child.ts";

/** PROCCTL_STRESS=10000 makes the long run of it. */
const COUNT = Number(
  new TextDecoder().decode(getenv("PROCCTL_STRESS")) || 2000,
);

Deno.test("thousands of children, good and failing, are right while garbage is collected", () => {
  const { wrong, before, after, arenas, left, growth } = answerOf(
    js`
      const garbage = [];
      const litter = (n) => {
        // Some of it lives for a while, so that the heap is moved about.
        garbage[n % 1000] = { bytes: new Uint8Array(4096), text: "x".repeat(n % 500), n };
      };
      const size = () => Number(field("/proc/self/status", "VmSize").split(" ")[0]);
      const wrong = [];
      function good(n) {
        const options = { args: ["-c", "exit " + n % 100], env: { N: "n".repeat(n % 700) } };
        const child = startWith(options, "/bin/sh");
        litter(n);
        const status = new Int32Array(1);
        const reaped = c.waitpid(child.pid, status, 0);
        closeFile(child.pidfd);
        if (reaped !== child.pid || status[0] >> 8 !== n % 100) wrong.push([n, reaped, status[0]]);
      }
      function failing(n) {
        const path = "/nope/" + "y".repeat(n % 200);
        const failure = attempt(() => startWith(n % 4 === 1 ? { cwd: path } : {}, path));
        litter(n);
        const step = n % 4 === 1 ? "chdir" : "execve";
        if (failure.syscall !== step || failure.path !== path || failure.code !== "ENOENT") {
          wrong.push([n, failure]);
        }
      }
      const turn = (n) => n % 2 === 0 ? good(n) : failing(n);
      for (let n = 0; n < 200; n++) turn(n);
      const before = [Object.keys(descriptors("self")).length, size()];
      for (let n = 0; n < ${COUNT}; n++) turn(n);
      const left = orErrno(c.waitid(0 /* P_ALL */, 0, null, 4 /* WEXITED */));
      answer({
        wrong, before: before[0], after: Object.keys(descriptors("self")).length,
        arenas: live.size, left, growth: size() - before[1],
      });`,
    {
      flags: [
        "--allow-ffi",
        "--v8-flags=--gc-interval=2000,--stress-compaction",
      ],
      timeout: patience(120_000 + 20 * COUNT),
    },
  );
  assertEquals(wrong, []);
  assertEquals(after, before);
  assertEquals([arenas, left], [0, -10]);
  // Each has had 64 KiB: what is not given back is more than comes and goes.
  assertEquals(growth < 16 * COUNT + 100_000, true, `${growth} KiB`);
});

Deno.test("200 scripts run as soon as they are written, while others are written", () => {
  const [codes, others] = answerOf(
    js`
      // Each child of Deno.Command has, until it executes, a copy of what is
      // open for writing, made on another thread.
      const folder = link("/proc/self/cwd");
      let done = false;
      let others = 0;
      const starting = Promise.all(Array.from({ length: 4 }, async () => {
        while (!done) {
          await new Deno.Command("/bin/true").output();
          others++;
        }
      }));
      const writing = (async () => {
        for (let n = 0; !done; n++) await Deno.writeTextFile(folder + "/other" + n % 8, "x");
      })();
      const codes = [];
      for (let n = 0; n < 200; n++) {
        const path = folder + "/script" + n % 8;
        await Deno.writeTextFile(path, "#!/bin/sh\\nexit " + n % 100 + "\\n", { mode: 0o755 });
        const child = startWith({}, path);
        const status = new Int32Array(1);
        c.waitpid(child.pid, status, 0);
        closeFile(child.pidfd);
        codes.push(status[0] >> 8);
      }
      done = true;
      await Promise.all([starting, writing]);
      answer([codes, others > 0]);`,
    { flags: ["--allow-ffi", "--allow-read", "--allow-write", "--allow-run"] },
  );
  assertEquals(codes, Array.from({ length: 200 }, (_, n) => n % 100));
  assertEquals(others, true);
});
