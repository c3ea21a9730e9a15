import { assertEquals } from "@std/assert";
import { rounds, run, runDeno, TemporaryFolder } from "@procctl/testing";
import { answerOf } from "./_testing_runtime.ts";

/** A child that outlives this program, but not the test. */
const LONG =
  `sh("exec sleep 60", { stdin: "null", stdout: "null", stderr: "null" })`;

/** Ends what a program left behind. */
function kill(pid: number): void {
  run(["kill", "-KILL", String(pid)]);
}

Deno.test("a program ends though a child that is unref'd goes on", () => {
  const pid = answerOf(`
    const child = ${LONG};
    child.status.then(() => answer("ended"));
    child.unref();
    child.unref();
    answer(child.pid);
  `);
  kill(pid);
});

Deno.test("a program ends though it waits to read and write an unref'd child's pipes", () => {
  const pid = answerOf(`
    const child = sh("exec sleep 60", { stdin: "piped", stdout: "piped", fds: { 3: "piped" } });
    child.stdout.getReader().read();
    child.unref();
    child.fds[3].readable.getReader().read();
    child.stdin.getWriter().write(new Uint8Array(2 ** 20)).catch(() => {});
    answer(child.pid);
  `);
  kill(pid);
});

Deno.test("a program waits for a child that is ref'd again", () => {
  const answer = answerOf(`
    const child = sh("exit 3");
    child.unref();
    child.ref();
    child.status.then(({ code }) => answer(code));
  `);
  assertEquals(answer, 3);
});

Deno.test("a program waits for a child that is ref'd again later, when nothing waits", () => {
  const answer = answerOf(`
    const child = sh("sleep 0.05; exit 3");
    child.unref();
    await pause(5);
    child.ref();
    child.status.then(({ code }) => answer(code));
  `);
  assertEquals(answer, 3);
});

Deno.test("an unref'd child's status comes, and its output, while something else keeps the program alive", () => {
  const answer = answerOf(`
    const alive = setInterval(() => {}, 1000);
    const child = sh("head -c 1000000 /dev/zero; exit 3", { stdout: "piped" });
    child.unref();
    const { code, stdout } = await child.output();
    clearInterval(alive);
    answer([code, stdout.length]);
  `);
  assertEquals(answer, [3, 1_000_000]);
});

Deno.test("a program with children of both kinds waits for those that are not unref'd", () => {
  const [pid, code] = answerOf(`
    const long = ${LONG};
    long.unref();
    const short = sh("sleep 0.01; exit 3");
    const other = sh("exit 4");
    other.unref();
    const { code } = await short.status;
    answer([long.pid, code]);
  `);
  kill(pid);
  assertEquals(code, 3);
});

Deno.test("a program whose child has ended waits for its output all the same", () => {
  const answer = answerOf(`
    const child = sh("(sleep 0.05; echo late) & exit 0", { stdout: "piped" });
    await child.status;
    answer(text((await child.stdout.getReader().read()).value));
  `);
  assertEquals(answer, "late\n");
});

Deno.test("ref() and unref() of a child that has ended do nothing to one that has got its pidfd's number", () => {
  const answer = answerOf(`
    const old = sh("exit 0");
    const { pidfd } = old;
    await old.status;
    const heir = sh("sleep 0.05; exit 3");
    old.unref();
    heir.status.then(({ code }) => answer([heir.pidfd === -1, pidfd === number, code]));
    const number = heir.pidfd;
  `);
  assertEquals(answer, [true, true, 3]);
});

Deno.test("many children at once have each their own status", () => {
  const count = rounds(1000);
  const answer = answerOf(`
    const children = Array.from({ length: ${count} }, (_, i) =>
      spawn("sh", { args: ["-c", "read line; exit " + (i % 256)], stdin: "piped" }));
    const alive = children.filter(({ pidfd }) => pidfd !== -1).length;
    for (const { stdin } of children) stdin.close();
    const statuses = await Promise.all(children.map(({ status }) => status));
    answer([alive, statuses.filter(({ code }, i) => code !== i % 256), openCount() < 100]);
  `);
  assertEquals(answer, [count, [], true]);
});

Deno.test("64 silent children with three pipes each hold up nothing else that Deno does", () => {
  const answer = answerOf(
    `
    let ended = 0;
    const piped = { stdin: "piped", stdout: "piped", stderr: "piped" };
    const children = Array.from({ length: 64 }, () => {
      const child = spawn("sleep", { args: ["60"], ...piped });
      child.status.then(() => ended++);
      child.stdout.getReader().read();
      child.stderr.getReader().read();
      child.stdin.getWriter().write(new Uint8Array(2 ** 20)).catch(() => {});
      return child;
    });
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    while (ticks < 3) await Deno.readFile(new URL(import.meta.url));
    clearInterval(timer);
    const threads = readDirectory("/proc/self/task").length;
    answer([ended, threads < 32]);
    for (const child of children) child.kill("SIGKILL");
  `,
    { flags: ["--allow-read"] },
  );
  assertEquals(answer, [0, true]);
});

Deno.test("spawn() takes none of Deno.Command's children, nor they those of spawn()", () => {
  const answer = answerOf(
    `
    const codes = Array.from({ length: 200 }, (_, i) => i);
    const pairs = await Promise.all(codes.map((code) => {
      const args = ["-c", "exit " + code];
      const theirs = new Deno.Command("sh", { args, stdout: "null" });
      const [first, second] = code % 2
        ? [() => sh(args[1]).status, () => theirs.output()]
        : [() => theirs.spawn().status, () => sh(args[1]).status];
      return Promise.all([first(), second()]);
    }));
    answer(pairs.filter((pair, i) => pair.some(({ code }) => code !== codes[i])));
  `,
    { flags: ["--allow-run"] },
  );
  assertEquals(answer, []);
});

const WORKER = `
  import { spawn } from "@procctl/spawn";
  const codes = [1, 2, 3];
  const children = codes.map((code) => spawn("sh", { args: ["-c", "exit " + code] }));
  const statuses = await Promise.all(children.map(({ status }) => status));
  const last = spawn("sleep", { args: ["60"], deathSignal: "SIGKILL" });
  self.postMessage([statuses.map(({ code }) => code), last.pid]);
`;

Deno.test("a Worker has children of its own, which a death signal ends with it", () => {
  using folder = new TemporaryFolder();
  const worker = folder.write("worker.mjs", WORKER);
  const answer = answerOf(
    `
    const worker = new Worker("file://${worker}", { type: "module" });
    const own = sh("sleep 0.01; exit 9");
    const [codes, pid] = await new Promise((resolve) =>
      worker.onmessage = ({ data }) => resolve(data));
    worker.terminate();
    // What ended is a zombie until this program ends: its parent is gone.
    const stateOf = () => text(readFile("/proc/" + pid + "/stat")).split(") ")[1][0];
    while (stateOf() !== "Z") await pause(1);
    answer([codes, (await own.status).code]);
  `,
    { flags: ["--allow-read"] },
  );
  assertEquals(answer, [[1, 2, 3], 9]);
});

Deno.test("importing @procctl/spawn opens nothing, and needs no permission", () => {
  const { code, stdout } = runDeno(
    `
    import * as spawn from "@procctl/spawn";
    console.log(typeof spawn.run);
  `,
    { flags: ["--no-prompt"] },
  );
  assertEquals([code, stdout], [0, "function\n"]);
});
