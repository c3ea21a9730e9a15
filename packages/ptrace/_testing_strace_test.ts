import { assert, assertEquals, assertThrows } from "@std/assert";
import { testWith, tool } from "@procctl/testing";
import { compareTraces, type TraceRecord } from "./_testing_compare.ts";
import { parseStrace, straceRecords } from "./_testing_strace.ts";

const strace = [tool("strace"), tool("setarch")];

const LOG = `\
10 openat(0xffffff9c, 0x7ff0, 0x80000, 0) = -1 ENOENT (No such file or directory)
10 clone(0x1200011, 0, 0, 0x7a10, 0 <unfinished ...>
11 vfork( <unfinished ...>
10 <... clone resumed>)              = 0xb
10 wait4(0xffffffff,  <unfinished ...>
11 <... vfork resumed>)              = 0xc
12 exit_group(0)                     = ?
11 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=12} ---
11 read(0, 0x7fe0, 0x10)             = ? ERESTARTSYS (To be restarted if SA_RESTART is set)
11 exit_group(0x3)                   = ?
11 +++ exited with 3 +++
10 <... wait4 resumed>0x7fe4, 0, 0)  = 0xb
10 pause( <unfinished ...>
10 +++ killed by SIGKILL +++
`;

const call = (
  tid: number,
  name: string,
  args: bigint[],
  result?: bigint | string,
): TraceRecord => ({ tid, kind: "call", name, args, result });

Deno.test("parseStrace() makes records of calls, whole and in two parts, and of signals", () => {
  assertEquals(parseStrace(LOG), [
    call(10, "openat", [0xffffff9cn, 0x7ff0n, 0x80000n, 0n], "ENOENT"),
    call(10, "clone", [0x1200011n, 0n, 0n, 0x7a10n, 0n], 11n),
    call(11, "vfork", [], 12n),
    call(10, "wait4", [0xffffffffn, 0x7fe4n, 0n, 0n], 11n),
    call(12, "exit_group", [0n]),
    { tid: 11, kind: "signal", signal: "SIGCHLD" },
    call(11, "read", [0n, 0x7fe0n, 0x10n], "ERESTARTSYS"),
    call(11, "exit_group", [3n]),
    call(10, "pause", []),
  ]);
  assertThrows(() => parseStrace("10 nonsense"), Error, "no line of strace");
  assertThrows(
    () => parseStrace("10 <... read resumed>) = 0"),
    Error,
    "Nothing is resumed",
  );
});

Deno.test("compareTraces() finds tasks by their places, whatever their numbers and order", () => {
  const one = parseStrace(LOG);
  const renumbered = LOG.replaceAll(/^1(\d)/gm, "2$1")
    .replaceAll("= 0xb", "= 0x15").replaceAll("= 0xc", "= 0x16");
  const other = parseStrace(renumbered);
  const sorted = [
    ...other.filter(({ tid }) => tid === 20),
    ...other.filter(({ tid }) => tid === 22),
    ...other.filter(({ tid }) => tid === 21),
  ];
  assertEquals(compareTraces(one, sorted), {
    ...{ tasks: 3, differences: [], exact: 1, inexact: [] },
  });
});

Deno.test("compareTraces() tells where names and signals differ, and what else does", () => {
  const one = [call(1001, "read", [1n, 2n], 3n), call(1001, "write", [1n], 1n)];
  const compare = (...other: TraceRecord[]) => compareTraces(one, other);
  const more = compare(
    call(1007, "read", [1n, 3n], 3n),
    call(1007, "write", [1n], 1n),
  );
  assertEquals(more, {
    tasks: 1,
    differences: [],
    exact: 0.5,
    inexact: ["root: read(0x1, 0x2) = 0x3, not read(0x1, 0x3) = 0x3"],
  });
  // Arguments that the other does not know do not count.
  assertEquals(
    compare(call(1007, "read", [1n], 3n), call(1007, "write", [], 1n)).exact,
    1,
  );
  assertEquals(
    compare(call(1007, "read", [1n, 2n], "EIO")).inexact,
    [
      "root: read(0x1, 0x2) = 0x3, not read(0x1, 0x2) = EIO",
      "root: write() = 0x1, not undefined",
    ],
  );
  assertEquals(
    compare(call(1007, "read", [1n, 2n], 3n), {
      ...{ tid: 1007, kind: "signal", signal: "SIGCHLD" },
    }).differences,
    ["root, 1: write, not signal SIGCHLD"],
  );
  assertEquals(
    compare(...one, call(1009, "exit", [])).differences,
    ["unknown 1009, 0: nothing, not exit"],
  );
});

for (const command of [["/bin/true"], ["/bin/ls", "-la", "/"]]) {
  testWith(
    `strace against itself tells the same of ${command.join(" ")}`,
    strace,
    () => {
      const [one, other] = [straceRecords(command), straceRecords(command)];
      const { tasks, differences, exact, inexact } = compareTraces(one, other);
      assertEquals(differences, []);
      assert(exact >= 0.95, `${exact}: ${inexact.join("\n")}`);
      assertEquals(tasks, 1);
      assert(one.length > 20);
    },
  );
}

testWith(
  "strace against itself tells of the same tasks of a shell",
  strace,
  () => {
    const command = ["/bin/sh", "-c", "/bin/true; /bin/true; exit 3"];
    const [one, other] = [straceRecords(command), straceRecords(command)];
    const { tasks, exact, inexact } = compareTraces(one, other);
    assertEquals(tasks, 3);
    // When SIGCHLD comes is open.
    assert(exact >= 0.8, `${exact}: ${inexact.join("\n")}`);
  },
);
