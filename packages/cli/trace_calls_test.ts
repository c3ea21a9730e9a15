import { assert, assertEquals } from "@std/assert";
import { readFile } from "@procctl/libc/files";
import {
  denoArgv,
  patience,
  ROOT,
  run,
  TemporaryFolder,
  testWith,
  tool,
} from "@procctl/testing";
import { readLog, type TaskLog } from "./_testing_strace.ts";

const SOURCE = `${ROOT}/packages/cli/_testing_calls.c`;
/** How a process ends that reads where it has no memory. */
const SEGMENTATION_FAULT = 128 + 11;

/** Lines that are different each time, as they tell of random or busy things. */
const UNEQUAL =
  /^(?:getrandom|clock_gettime|gettimeofday|sched_getaffinity|getcpu)\(/;

/** What is different each time: numbers of files and terminals, and dates. */
const VARYING: readonly RegExp[] = [
  /(TIOCGPTN, )\[\d+\]/g,
  /\b(\w*_(?:ino|off|fsid|bfree|ffree|nvcsw|nivcsw|maxrss|minflt))=\d+/g,
  /\b(\w*_[amcb]time(?:_nsec)?|tv_nsec)=\d+(?: \/\*.*?\*\/)?/g,
  /(tv_nsec=N\}) \/\* .*? \*\//g,
  /(si_[us]time)=\S+ \/\* .*? \*\//g,
  /(tms_c?[us]time)=\S+ \/\* .*? \*\//g,
];

/** Traces the program with some options, in a folder of its own. */
function linesOf(tracer: readonly string[], program: string): string[] {
  using folder = new TemporaryFolder();
  const log = folder.join("log");
  folder.mkdir("work");
  const { code, stderr } = run(
    ["setarch", "-R", ...tracer, "-o", log, program],
    {
      env: { PATH: "/usr/bin:/bin", TZ: "UTC" },
      cwd: folder.join("work"),
      // Each stop is two switches of processes, slow where others want them.
      timeout: patience(120_000),
    },
  );
  assert(code === SEGMENTATION_FAULT || stderr === "", stderr);
  const tasks: TaskLog[] = readLog(new TextDecoder().decode(readFile(log)));
  const [lines = []] = tasks;
  // What comes before is what the loader does.
  const start = lines.findIndex((line) => line.startsWith("syscall_0x3e8("));
  const compared = lines.slice(start).filter((line) => !UNEQUAL.test(line))
    .map((line) =>
      VARYING.reduce((it, varying) => it.replace(varying, "$1=N"), line)
    );
  // A child's end is told when it happens to come.
  const isChildsEnd = (line: string) => line.startsWith("--- SIGCHLD");
  return [
    ...compared.filter((line) => !isChildsEnd(line)),
    ...compared.filter(isChildsEnd),
  ];
}

const PROCCTL = [...denoArgv(`${ROOT}/packages/cli/main.ts`), "trace"];

for (
  const options of [["-f"], ["-f", "-v"], ["-f", "-s", "3"], ["-f", "-xx"]]
) {
  testWith(
    `procctl trace ${options.join(" ")} decodes as strace does`,
    ["strace", "setarch", "gcc"].map(tool),
    () => {
      using folder = new TemporaryFolder();
      const program = folder.join("calls");
      const { code, stderr } = run(["gcc", "-w", "-o", program, SOURCE]);
      assertEquals(code, 0, stderr);
      const expected = linesOf(["strace", ...options], program);
      const found = linesOf([...PROCCTL, ...options], program);
      assert(expected.length > 200, `${expected.length} calls`);
      assertEquals(found, expected);
    },
  );
}
