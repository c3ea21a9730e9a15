import { assertEquals } from "@std/assert";
import { js } from "@procctl/testing";
import { answerOf } from "./_testing_child.ts";

/** Defines opened(): what a child has open after some steps, by number. */
const OPENED = `
  const opened = (...steps) => inspect(descriptors, ...steps);
`;

/** Gives a child nothing but its three standard streams: a, b, and c. */
const STREAMS = `
  const saved = [0, 1, 2].map((fd) => c.fcntl(fd, 1030 /* F_DUPFD_CLOEXEC */, 300));
  ["a", "b", "c"].forEach((name, fd) => memory(name, fd, true));
  const restore = () => saved.forEach((fd, target) => c.dup2(fd, target));
`;

Deno.test("dup() copies in order, and closes what was at the target", () => {
  const found = answerOf(
    OPENED + STREAMS + `
      const found = opened(dup(0, 1), dup(1, 10), dup(2, 200));
      restore();
      answer(found);`,
  );
  assertEquals(found, { 0: "a", 1: "a", 2: "c", 10: "a", 200: "c" });
});

Deno.test("dup() of a descriptor to itself keeps it open on exec", () => {
  const found = answerOf(
    OPENED + STREAMS + `
      memory("d", 407);
      memory("e", 408);
      const found = opened(dup(407, 407));
      restore();
      answer(found);`,
  );
  assertEquals(found, { 0: "a", 1: "b", 2: "c", 407: "d" });
});

Deno.test("dup() fails with EBADF for a closed source, and a target beyond the limit", () => {
  const failures = answerOf(
    OPENED + `
      const limit = 2 ** 31 - 1;
      answer([dup(999, 1), dup(999, 999), dup(1, limit)].map((step) =>
        attempt(() => opened(step))
      ));`,
  );
  const failure = (source: number, target: number) => ({
    name: "SystemError",
    message:
      `Cannot copy descriptor ${source} to ${target}: Bad file descriptor: EBADF`,
    code: "EBADF",
    errno: 9,
    syscall: "dup",
  });
  assertEquals(failures, [
    failure(999, 1),
    failure(999, 999),
    failure(1, 2 ** 31 - 1),
  ]);
});

Deno.test("dupAll() swaps, rotates and spreads as if all were copied at once", () => {
  const found = answerOf(
    OPENED + STREAMS + `
      const found = [
        { 1: 2, 2: 1 },
        { 0: 1, 1: 2, 2: 0 },
        { 0: 1, 1: 0, 2: 2 },
        { 1: 0, 2: 0 },
        { 0: 1, 1: 2, 2: 0, 10: 0, 11: 1, 200: 2 },
      ].map((sources) => opened(dupAll(sources)));
      restore();
      answer(found);`,
  );
  assertEquals(found, [
    { 0: "a", 1: "c", 2: "b" },
    { 0: "b", 1: "c", 2: "a" },
    { 0: "b", 1: "a", 2: "c" },
    { 0: "a", 1: "a", 2: "a" },
    { 0: "b", 1: "c", 2: "a", 10: "a", 11: "b", 200: "c" },
  ]);
});

Deno.test("dupAll() swaps where the highest number that may be is in use", () => {
  const found = answerOf(
    OPENED + STREAMS + `
      const RLIMIT_NOFILE = 7;
      const limit = setrlimit(RLIMIT_NOFILE, { soft: 464n, hard: 464n });
      memory("d", 463);
      const found = opened(limit, dupAll({ 463: 0, 0: 463 }));
      restore();
      answer(found);`,
  );
  assertEquals(found, { 0: "d", 1: "b", 2: "c", 463: "a" });
});

Deno.test("dupAll() fails where a swap has no number to spare, and names the copy", () => {
  const failure = answerOf(
    OPENED + STREAMS + `
      const RLIMIT_NOFILE = 7;
      const limit = setrlimit(RLIMIT_NOFILE, { soft: 3n, hard: 3n });
      const failure = attempt(() => opened(limit, dupAll({ 1: 2, 2: 1 })));
      restore();
      answer(failure);`,
  );
  assertEquals(failure.syscall, "dup");
  assertEquals(
    failure.message.startsWith("Cannot copy descriptor 1 to 2: "),
    true,
    failure.message,
  );
});

Deno.test("dupAll() makes every permutation of 0, 1, 2, whichever of them is closed", () => {
  const [found, expected] = answerOf(
    OPENED + STREAMS + js`
      const found = [];
      const expected = [];
      const names = ["a", "b", "c"];
      const orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
      for (const closed of [undefined, 0, 1, 2]) {
        names.forEach((name, fd) => memory(name, fd, true));
        if (closed !== undefined) closeFile(closed);
        for (const order of orders) {
          // What is not open cannot be copied; without it the others can be.
          const all = attempt(() => opened(dupAll(order)));
          const targets = [0, 1, 2].filter((target) => order[target] !== closed);
          const some = Object.fromEntries(targets.map((it) => [it, order[it]]));
          found.push([order, closed, all.code ?? all, opened(dupAll(some))]);
          const copied = Object.fromEntries(targets.map((it) => [it, names[order[it]]]));
          // Where nothing is copied to, what was there before still is.
          const stays = targets.length < 3 && order.indexOf(closed) !== closed
            ? { [order.indexOf(closed)]: names[order.indexOf(closed)] }
            : {};
          expected.push([
            order, closed, closed === undefined ? copied : "EBADF", { ...copied, ...stays },
          ]);
        }
      }
      restore();
      answer([found, expected]);`,
  );
  assertEquals(found.length, 24);
  assertEquals(found, expected);
});

Deno.test("open() opens at its number, relative to the directory at that time", () => {
  const found = answerOf(
    OPENED + STREAMS + `
      writeFile("here", new Uint8Array());
      const folder = link("/proc/self/cwd");
      const found = [
        opened(open(0, "here", O_RDONLY), chdir("/")),
        opened(chdir("/"), open(9, "dev/null", O_RDWR)),
        attempt(() => opened(chdir("/"), open(9, "here", O_RDWR))),
      ];
      restore();
      answer([folder, ...found]);`,
  );
  const [folder, before, after, failure] = found;
  assertEquals(before[0], `${folder}/here`);
  assertEquals(after[9], "/dev/null");
  assertEquals(failure, {
    name: "SystemError",
    message:
      'Cannot open "here" as descriptor 9: No such file or directory: ENOENT',
    code: "ENOENT",
    errno: 2,
    syscall: "open",
    path: "here",
  });
});

Deno.test("open() creates files under the umask that the child has then", () => {
  const modes = answerOf(
    OPENED + `
      const { umask: setUmask } = lazySymbols({
        umask: { parameters: ["u32"], result: "u32" },
      });
      setUmask(0);
      const create = (path) => open(5, path, O_WRONLY | O_CREAT, 0o666);
      opened(umask(0o77), create("private"), umask(0), create("public"));
      answer(["private", "public"].map((path) =>
        outputOf("stat", { args: ["-c", "%a", path] }).trim()
      ));`,
  );
  assertEquals(modes, ["600", "666"]);
});

Deno.test("open() works onto an open descriptor where no number is left", () => {
  const found = answerOf(
    OPENED + STREAMS + `
      const RLIMIT_NOFILE = 7;
      const limit = setrlimit(RLIMIT_NOFILE, { soft: 3n, hard: 3n });
      const found = [
        opened(limit, open(0, "/dev/null", 0), open(2, "/dev/zero", 0)),
        attempt(() => opened(limit, open(3, "/dev/null", 0))),
      ];
      restore();
      answer(found);`,
  );
  assertEquals(found[0], { 0: "/dev/null", 1: "b", 2: "/dev/zero" });
  assertEquals(found[1].code, "EMFILE");
});

Deno.test("open() lets the file be seen at its number alone", () => {
  const found = answerOf(
    OPENED + STREAMS + `
      const found = opened(
        close(0), open(1, "/dev/null", 0), open(0, "/dev/zero", 0), open(0, "/dev/full", 0),
      );
      restore();
      answer(found);`,
  );
  assertEquals(found, { 0: "/dev/full", 1: "/dev/null", 2: "c" });
});

Deno.test("close() closes a descriptor, and passes over one that is not open", () => {
  const found = answerOf(
    OPENED + STREAMS + `
      const found = opened(close(1), close(999));
      restore();
      answer(found);`,
  );
  assertEquals(found, { 0: "a", 2: "c" });
});

Deno.test("closeFrom() closes all but what it is to keep, with gaps", () => {
  const found = answerOf(
    OPENED + STREAMS + `
      for (const fd of [403, 405, 406, 409, 500, 4000]) memory("m" + fd, fd, true);
      const sets = [
        closeFrom(3), closeFrom(1), closeFrom(3, [406]), closeFrom(404, [500, 405, 405, 2]),
        closeFrom(403, [403, 404, 409, 4000]), closeFrom(4001), closeFrom(0, [2]),
      ].map((step) => Object.keys(opened(step)).map(Number));
      restore();
      answer(sets);`,
  );
  assertEquals(found, [
    [0, 1, 2],
    [0],
    [0, 1, 2, 406],
    [0, 1, 2, 403, 405, 500],
    [0, 1, 2, 403, 409, 4000],
    [0, 1, 2, 403, 405, 406, 409, 500, 4000],
    [2],
  ]);
});

Deno.test("closeFrom() closes what lies above a limit that was lowered", () => {
  const found = answerOf(
    OPENED + STREAMS + `
      const RLIMIT_NOFILE = 7;
      for (const fd of [450, 800]) memory("m", fd, true);
      const limit = setrlimit(RLIMIT_NOFILE, { soft: 10n, hard: 10n });
      const found = [opened(limit), opened(limit, closeFrom(3))];
      restore();
      answer(found.map((it) => Object.keys(it).map(Number)));`,
  );
  assertEquals(found, [[0, 1, 2, 450, 800], [0, 1, 2]]);
});

Deno.test("inherit() keeps a descriptor open on exec, and passes over a closed one", () => {
  const found = answerOf(
    OPENED + STREAMS + `
      memory("d", 407);
      const found = opened(inherit(407), inherit(999));
      restore();
      answer(found);`,
  );
  assertEquals(found, { 0: "a", 1: "b", 2: "c", 407: "d" });
});
