import { assert, assertEquals, assertThrows } from "@std/assert";
import { Arena } from "@procctl/libc";
import { js } from "@procctl/testing";
import type { Call } from "./_step.ts";
import { layOut } from "./_table.ts";
import { answerOf } from "./_testing_child.ts";

/** Runs tables in children that execute nothing, so that all can be read. */
const RUN = js`
  const { layOut } = await import(${import.meta.resolve("./_table.ts")});
  const { clone } = await import(${import.meta.resolve("./_clone.ts")});
  const { reap } = await import(${import.meta.resolve("./_wait.ts")});

  function walk(calls) {
    using arena = new Arena();
    const table = layOut(arena, calls);
    const child = clone(arena, table.address, { wait: true, namespaces: 0 });
    closeFile(child.pidfd);
    const { code } = reap(child.pid);
    return { code, ...table.stop() };
  }
  const least = (least, most) => ({ least, most });
`;

Deno.test("the stub stops at the first call that fails, and keeps all results", () => {
  const walked = answerOf(
    RUN + js`answer(walk([
      { syscall: "umask", arguments: [0o27] },
      { syscall: "umask", arguments: [0] },
      { syscall: "close", arguments: [-1] },
      { syscall: "umask", arguments: [0] },
    ]))`,
  );
  const [first] = walked.results;
  assertEquals(walked, { code: 127, index: 2, results: [first, 0o27, -9, 0] });
});

Deno.test("the stub stops behind the last call if none fails", () => {
  const walked = answerOf(
    RUN + "answer([walk([]), walk([U(), U()])])".replaceAll(
      "U()",
      '{ syscall: "umask", arguments: [0] }',
    ),
  );
  assertEquals(walked.map(({ index }: { index: number }) => index), [0, 2]);
});

Deno.test("the stub passes on six arguments of 64 bits", () => {
  const walked = answerOf(
    RUN + js`
      const fd = memory("m");
      // lseek, and what takes six: mmap beyond what there is, and in place; by
      // the largest of pages.
      const [RW, SHARED_FIXED_NOREPLACE] = [3, 0x100001];
      const at = 0x123456780000n, page = 0x10000n;
      const mmap = (flags, fd, offset) => ({
        syscall: "mmap", arguments: [at, page, RW, flags, fd, offset],
      });
      const results = [
        walk([{ syscall: "lseek", arguments: [fd, 0x7000000000000000n, 0] }]),
        walk([mmap(SHARED_FIXED_NOREPLACE, fd, page)]),
        walk([mmap(SHARED_FIXED_NOREPLACE, fd, page - 1n)]),
        walk([mmap(SHARED_FIXED_NOREPLACE, -1, page)]),
      ].map(({ results }) => results[0]);
      answer(results);`,
  );
  assertEquals(walked, [Number(0x7000000000000000n), 0x123456780000, -22, -9]);
});

Deno.test("layOut() refuses what would lead the stub out of its table", () => {
  const umask = { syscall: "umask", arguments: [0] };
  const refused: [Call, string][] = [
    [{ ...umask, onError: new Map([[2, 2]]) }, "goes on behind the last call"],
    [{ ...umask, onError: new Map([[2, 0]]) }, "or back"],
    [{ ...umask, resultTo: { callsOn: 1, argument: 0 } }, "to no later call"],
    [{ ...umask, resultTo: { callsOn: 0, argument: 0 } }, "to no later call"],
    [{ ...umask, arguments: [{ resultBack: 1 }] }, "of no call before"],
    [{ ...umask, arguments: [{ resultBack: -1 }] }, "of no call before"],
    [{ ...umask, arguments: [0, 1, 2, 3, 4, 5, 6] }, "more than six"],
  ];
  using arena = new Arena();
  for (const [call, why] of refused) {
    assertThrows(() => layOut(arena, [call]), RangeError, why);
  }
  assertThrows(
    () => layOut(arena, [{ syscall: "nonsense", arguments: [] }]),
    TypeError,
    'Cannot call "nonsense": there is no such system call',
  );
});

// Random tables against a model of the stub. umask(2) is what keeps a value
// from one call to a later one, a file in memory what shows what an address
// held.
const MODEL = js`
  const fd = memory("sought");
  const ERRORS = [
    [() => ["close", 9999], -9],
    [() => ["chdir", new TextEncoder().encode("/nonexistent\0")], -2],
    [() => ["chdir", new TextEncoder().encode("/dev/null\0")], -20],
    [() => ["getpgid", 2 ** 31 - 1], -3],
    [() => ["dup3", 1, 1, 0], -22],
  ];
  function random(seed) {
    let state = seed;
    return (limit) => {
      // The linear congruential generator of Numerical Recipes.
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor(state / 2 ** 32 * limit);
    };
  }
  function randomTable(below, log) {
    const pick = (list) => list[below(list.length)];
    const length = 2 + below(10);
    return Array.from({ length }, (_, index) => {
        const kind = pick(["umask", "umask", "error", "error", "write", "lseek"]);
        let call;
        let usual = 0;
        if (kind === "umask") {
          call = { syscall: "umask", arguments: [below(512)] };
        } else if (kind === "error") {
          const [make, result] = pick(ERRORS);
          const [syscall, ...args] = make();
          call = { syscall, arguments: args, result };
          usual = result;
        } else if (kind === "write") {
          const resultBack = below(index + 1);
          call = { syscall: "write", arguments: [log, { resultBack }, 8] };
          usual = 8;
        } else {
          const offset = pick([0n, 1n, 2n ** 31n, 2n ** 32n + 5n, 2n ** 50n]);
          call = { syscall: "lseek", arguments: [fd, offset, 0] };
          usual = Number(offset);
        }
        const rest = length - index;
        if (below(3) === 0) {
          const range = [usual + below(5) - 2, usual + below(5) - 2].sort((a, b) => a - b);
          call.expected = { least: range[0], most: range[1] };
        }
        const skips = pick(["none", "ignored", "map", "map"]);
        if (skips === "ignored") call.onError = "ignored";
        if (skips === "map") {
          call.onError = new Map([2, 3, 9, 20, 22, 200].filter(() => below(2)).map(
            (errno) => [errno, 1 + below(rest)],
          ));
        }
        return call;
      }).map((call, index, calls) => {
      // The result of some becomes the mask of a later umask(2).
      const later = calls.findIndex((it, at) => at > index && it.syscall === "umask");
      if (later === -1 || below(2)) return call;
      return { ...call, resultTo: { callsOn: later - index, argument: 0 } };
    });
  }
  /** What the stub is to do with a table. */
  function model(calls, mask) {
    const results = calls.map(() => 0);
    const args = calls.map((call) => [...call.arguments]);
    const written = [];
    let index = 0;
    while (index < calls.length) {
      const { syscall, result: error, expected, onError, resultTo } = calls[index];
      const [first, second] = args[index];
      let result = error;
      if (syscall === "umask") {
        result = mask;
        mask = Number(BigInt.asUintN(9, BigInt(first)));
      } else if (syscall === "write") {
        result = 8;
        written.push(results[index - second.resultBack]);
      } else if (syscall === "lseek") {
        result = Number(second);
      }
      results[index] = result;
      if (resultTo) args[index + resultTo.callsOn][resultTo.argument] = result;
      const { least, most } = expected ?? { least: 0, most: Infinity };
      if (result >= least && result <= most) {
        index++;
        continue;
      }
      const looked = result <= 0 && result >= -255;
      const skip = !looked || !onError ? 0
        : onError === "ignored" ? 1 : onError.get(-result) ?? 0;
      if (skip === 0) break;
      index += skip;
    }
    return { index, results, written };
  }
`;

Deno.test("the stub walks 500 random tables as a model of it says", () => {
  const seed = Date.now() % 2 ** 31;
  const outcomes = answerOf(
    RUN + MODEL + js`
      const below = random(${seed});
      const { pread } = lazySymbols({
        pread: { parameters: ["i32", "buffer", "usize", "i64"], result: "i32" },
      });
      const [before] = walk([{ syscall: "umask", arguments: [0] }]).results;
      const outcomes = [];
      for (let n = 0; n < 500; n++) {
        const log = memory("log");
        const calls = randomTable(below, log);
        const { index, results } = walk(calls);
        const buffer = new BigInt64Array(64);
        const size = pread(log, buffer, 512n, 0n);
        const written = [...buffer.subarray(0, size / 8)].map(Number);
        outcomes.push([{ index, results, written }, model(calls, before)]);
        closeFile(log);
      }
      answer(outcomes);`,
  );
  let stopped = 0;
  for (const [actual, expected] of outcomes) {
    assertEquals(actual, expected, `seed ${seed}`);
    if (actual.index < actual.results.length) stopped++;
  }
  // Both ends are tried, often.
  assert(stopped > 100 && stopped < 450, `${stopped} stopped`);
});
