// That prlimit(1) and bash's ulimit see what is set here, and the reverse.

import { assertEquals } from "@std/assert";
import {
  denoArgv,
  run,
  TemporaryFolder,
  testWith,
  tool,
} from "@procctl/testing";
import { answerOf } from "./_testing.ts";
import { RESOURCES } from "./resources.ts";

/** Defines random(): a limit from 0 to this, or unlimited where that may be. */
const RANDOM = `
  const names = Object.keys(RESOURCES);
  function random(most) {
    const bits = crypto.getRandomValues(new BigUint64Array(2));
    const limit = bits[0] >> (bits[1] % 64n);
    if (most !== RLIM_INFINITY) return limit % (most + 1n);
    return bits[1] % 5n === 0n ? RLIM_INFINITY : limit % RLIM_INFINITY;
  }
  /** Sets random limits of a process, and returns them as prlimit(1) shows them. */
  function setRandom(pid, name) {
    const { number } = RESOURCES[name];
    const hard = random(prlimit64(pid, number).hard);
    const soft = random(hard);
    prlimit(pid, name, { soft, hard });
    return [soft, hard].map((it) => formatLimit(it, name, { raw: true }));
  }
`;

testWith(
  "prlimit(1) shows the limits that prlimit() set, of every resource",
  [tool("prlimit")],
  () => {
    const answer = answerOf(`${RANDOM}
      const rounds = [];
      for (let round = 0; round < 5; round++) {
        const pid = sleeper();
        const set = names.map((name) => [name.toUpperCase(), ...setRandom(pid, name)]);
        const { stdout } = run(["prlimit", "--pid", String(pid), "--noheadings",
          "--raw", "--output", "RESOURCE,SOFT,HARD"]);
        const shown = stdout.trim().split("\\n").map((line) => line.split(" "));
        rounds.push([set.sort(), shown.sort()]);
      }
      answer(rounds);
    `);
    for (const [set, shown] of answer) assertEquals(shown, set);
    assertEquals(answer[0][0].length, Object.keys(RESOURCES).length);
  },
);

testWith(
  "prlimit() gets the limits that prlimit(1) set, of every resource and on each side",
  [tool("prlimit")],
  () => {
    const answer = answerOf(`${RANDOM}
      const pid = sleeper();
      const failures = [];
      const wanted = {};
      for (const name of names) {
        const before = prlimit64(pid, RESOURCES[name].number);
        const hard = random(before.hard);
        const soft = random(hard);
        for (const text of [soft + ":", ":" + hard]) {
          const shown = text.replace(String(RLIM_INFINITY), "unlimited");
          const { stderr } = run(["prlimit", "--pid", String(pid), "--" + name + "=" + shown]);
          if (stderr) failures.push(stderr);
        }
        wanted[name] = { soft, hard };
      }
      answer([failures, wanted, getAllLimits64(pid)]);
    `);
    const [failures, wanted, found] = answer;
    assertEquals(failures, []);
    assertEquals(found, wanted);
  },
);

/** The letters of bash's ulimit, and how much one is in the resource's unit. */
const LETTERS: Record<string, [letter: string, size: number]> = {
  cpu: ["t", 1],
  fsize: ["f", 1024],
  data: ["d", 1024],
  stack: ["s", 1024],
  core: ["c", 1024],
  rss: ["m", 1024],
  nproc: ["u", 1],
  nofile: ["n", 1],
  memlock: ["l", 1024],
  as: ["v", 1024],
  locks: ["x", 1],
  sigpending: ["i", 1],
  msgqueue: ["q", 1],
  nice: ["e", 1],
  rtprio: ["r", 1],
  rttime: ["R", 1],
};

/**
 * Soft and hard limits that a shell and Deno can live with, a whole number of
 * ulimit's units; none above what a process of the tests has.
 */
const LIVABLE = `
  const livable = ${JSON.stringify(LETTERS)};
  function choose(name) {
    const [, size] = livable[name];
    const { hard } = getAllLimits64()[name];
    // Threads get stacks as large as the limit.
    const large = size === 1 ? 10n ** 6n : name === "stack" ? 2n ** 26n : 2n ** 46n;
    const most = hard < large ? hard : large;
    const [low, high] = [most / 2n, most - most / 4n];
    const round = (it) => it - it % BigInt(size);
    return { soft: round(low), hard: round(high) };
  }
`;

testWith(
  "bash's ulimit shows the limits that setrlimit() set, of every resource",
  [tool("bash")],
  () => {
    const answer = answerOf(`${LIVABLE}
      const script = Object.values(livable)
        .map(([letter]) => "echo $(ulimit -S" + letter + ") $(ulimit -H" + letter + ")");
      const chosen = Object.entries(livable).map(([name, [, size]]) => {
        const { soft, hard } = choose(name);
        setrlimit(name, { soft, hard });
        return [soft, hard].map((it) => it / BigInt(size)).join(" ");
      });
      const { stdout, stderr } = run(["bash", "-c", script.join("; ")]);
      answer([stderr, stdout.trim().split("\\n"), chosen]);
    `);
    const [stderr, shown, chosen] = answer;
    assertEquals(stderr, "");
    assertEquals(shown, chosen);
  },
);

testWith(
  "getAllLimits() gives the limits that bash's ulimit set, of every resource",
  [tool("bash")],
  () => {
    using folder = new TemporaryFolder();
    const chosen: Record<string, [soft: number, hard: number]> = answerOf(`
      ${LIVABLE}
      const chosen = Object.keys(livable).map((name) => {
        const { soft, hard } = choose(name);
        return [name, [Number(soft), Number(hard)]];
      });
      answer(Object.fromEntries(chosen));
    `);
    const script = folder.write(
      "program.mjs",
      `
      import { getAllLimits } from "@procctl/rlimit";
      console.log(JSON.stringify(getAllLimits()));
      `,
    );
    const commands = Object.entries(chosen).map(([name, [soft, hard]]) => {
      const [letter, size] = LETTERS[name]!;
      return `ulimit -S${letter} ${soft / size}; ulimit -H${letter} ${
        hard / size
      }`;
    });
    const { stdout, stderr } = run(
      ["bash", "-c", `${commands.join("; ")}; exec "$@"`, "bash"]
        .concat(denoArgv(script)),
    );
    assertEquals(stderr, "");
    const expected = Object.entries(chosen).map(([name, [soft, hard]]) => [
      name,
      // Deno raised this one when it started.
      { soft: name === "nofile" ? hard : soft, hard },
    ]);
    assertEquals(JSON.parse(stdout), Object.fromEntries(expected));
  },
);
