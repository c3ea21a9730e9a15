// The Linux Test Project's tests of getrlimit(2) and setrlimit(2), by their
// names there. Those that other files of this folder have are not repeated:
// getrlimit01, getrlimit02, setrlimit05 (prlimit64_test.ts), setrlimit06
// (effects_test.ts).

import { assertEquals } from "@std/assert";
import { TemporaryFolder } from "@procctl/testing";
import { answerOf } from "./_testing.ts";

Deno.test("getrlimit03: getrlimit(2), prlimit(2) and prlimit64() agree", () => {
  const answer = answerOf(`
    const raw = lazySymbols({
      getrlimit: { parameters: ["i32", "buffer"], result: "i32" },
      prlimit: { parameters: ["i32", "i32", "usize", "buffer"], result: "i32" },
    });
    answer([...Array(16).keys()].map((resource) => {
      const [first, second] = [new BigUint64Array(2), new BigUint64Array(2)];
      raw.getrlimit(resource, first);
      raw.prlimit(0, resource, 0n, second);
      const { soft, hard } = prlimit64(0, resource);
      return [first, second].every((it) => it[0] === soft && it[1] === hard);
    }));
  `);
  assertEquals(answer, Array(16).fill(true));
});

Deno.test("setrlimit01: getdtablesize(), files, processes and their limits", () => {
  using folder = new TemporaryFolder();
  const answer = answerOf(
    `
    setrlimit("nofile", 100);
    const table = c.getdtablesize();
    c.signal(25 /* SIGXFSZ */, 1n /* SIG_IGN */);
    const written = withLimits({ fsize: 10 }, () => {
      const fd = openFile(Deno.args[0], O_WRONLY | O_CREAT);
      return c.write(fd, new Uint8Array(26), 26n);
    });
    becomeOrdinary();
    const processes = withLimits({ nproc: 10 }, () => {
      for (let count = 0; count < 10; count++) {
        const code = codeOf(() => start("sleep", "60"));
        if (code === "EAGAIN") return code;
      }
      return "ten more";
    });
    answer([table, written, processes]);
    `,
    { args: [folder.join("file")] },
  );
  assertEquals(answer, [100, 10, "EAGAIN"]);
});

Deno.test("setrlimit02: an ordinary user's bad resource is EINVAL, a hard limit above is EPERM", () => {
  const answer = answerOf(`
    setrlimit("nofile", 100);
    becomeOrdinary();
    const { soft, hard } = prlimit64(0, RLIMIT_NOFILE);
    answer([
      codeOf(() => prlimit64(0, -1, { soft, hard })),
      codeOf(() => prlimit64(0, RLIMIT_NOFILE, { soft, hard: hard + 1n })),
    ]);
  `);
  assertEquals(answer, ["EINVAL", "EPERM"]);
});

Deno.test("setrlimit03: nofile above nr_open is EPERM, soft above hard is EINVAL", () => {
  const answer = answerOf(`
    const most = BigInt(text("/proc/sys/fs/nr_open"));
    answer([
      codeOf(() => prlimit64(0, RLIMIT_NOFILE, { soft: 1n, hard: most + 1n })),
      codeOf(() => prlimit64(0, RLIMIT_NOFILE, { soft: 11n, hard: 10n })),
    ]);
  `);
  assertEquals(answer, ["EPERM", "EINVAL"]);
});

Deno.test("setrlimit04: a program is executed with a stack of 512 KiB", () => {
  const answer = answerOf(`
    answer(withLimits({ stack: "512KiB" }, () => run(["true"]).code));
  `);
  assertEquals(answer, 0);
});
