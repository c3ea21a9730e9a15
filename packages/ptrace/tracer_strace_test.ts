import { assert, assertEquals } from "@std/assert";
import { TemporaryFolder, testWith, tool } from "@procctl/testing";
import { compareTraces, type TraceRecord } from "./_testing_compare.ts";
import { recordsOf } from "./_testing_records.ts";
import { COMPARED_ENV, straceRecords } from "./_testing_strace.ts";
import { only, trace } from "./_testing_tracer.ts";

/** What the Tracer tells of a program, without randomized addresses. */
function tracerRecords(command: readonly string[]): TraceRecord[] {
  const env = Object.entries(COMPARED_ENV).map(([key, value]) =>
    `${key}=${value}`
  );
  using folder = new TemporaryFolder();
  const { events } = trace(
    ["setarch", "-R", "env", "-i", ...env, ...command],
    {
      // Files, as those that strace's program has.
      stdin: { path: folder.write("stdin", ""), access: "read" },
      stdout: { path: folder.write("stdout", ""), access: "write" },
      stderr: { path: folder.write("stderr", ""), access: "write" },
    },
  );
  // What comes before prepares the program, up to its execve itself.
  const exec = events.indexOf(only(events, "exec")[2]!);
  const start = events.findLastIndex(({ kind }, index) =>
    index < exec && kind === "syscall-enter"
  );
  return recordsOf(events.slice(start));
}

/** Programs, and how many tasks they are. */
const COMMANDS: [command: string[], tasks: number, exact: number][] = [
  [["true"], 1, 0.95],
  [["ls", "-la", "/"], 1, 0.95],
  [["find", "/etc", "-name", "*.conf", "-maxdepth", "1"], 1, 0.95],
  [["tar", "cf", "/dev/null", "/etc/passwd"], 1, 0.95],
  [["perl", "-e", "print 6 * 7"], 1, 0.95],
  [["sed", "s/a/b/", "/etc/passwd"], 1, 0.95],
  [["git", "--version"], 1, 0.95],
  // strace against itself has no more than 0.9: pipes and SIGCHLD.
  [["bash", "-c", "/bin/true; ls / | wc -l; exit 3"], 4, 0.85],
];

for (const [command, tasks, least] of COMMANDS) {
  testWith(
    `the Tracer and strace tell the same of ${command.join(" ")}`,
    [tool("strace"), tool("setarch"), tool(command[0]!)],
    () => {
      const theirs = straceRecords(command);
      const ours = tracerRecords(command);
      const found = compareTraces(ours, theirs);
      assertEquals(found.tasks, tasks);
      // Where there are several, when SIGCHLD comes is open.
      if (tasks === 1) assertEquals(found.differences, []);
      const percent = `${found.exact}:\n${found.inexact.join("\n")}`;
      assert(found.exact >= least, percent);
      assert(ours.length > 20);
      const names = (records: TraceRecord[]) =>
        records.flatMap((it) => {
          if (it.kind === "birth") return [];
          return it.kind === "call" ? it.name : it.signal;
        });
      assertEquals(new Set(names(ours)), new Set(names(theirs)));
    },
  );
}
