/**
 * A cell of the matrix: one example in a process with one thing wrong. It must
 * end in the right result, or in an error that says what failed.
 *
 * @module
 */

import { readFile } from "@procctl/libc";
import { run } from "@procctl/spawn";
import { patience, ROOT, TemporaryFolder } from "@procctl/testing";
import type { Left, Report } from "./_cell_process.ts";
import { type Condition, STARTERS } from "./_conditions.ts";
import { type Example, isPart, partsOf } from "./_examples.ts";
import { denoEnv } from "./_observer.ts";

/** What came of a cell. */
export interface Outcome {
  code: number;
  signal: string | null;
  stdout: string;
  stderr: string;
  timedOut: boolean;
  /** None if the process became another program, or died. */
  report?: Report;
}

/** How a cell is run, for those that do more with it. */
export interface CellOptions {
  /** Deno's flags. @default {["--allow-ffi"]} */
  flags?: readonly string[];
  /** What is put before Deno's own arguments. @default {what the condition needs} */
  starter?: readonly string[];
}

/**
 * How Deno is told to keep still: what it compiles it else puts into a database
 * while the example runs, for which it opens files.
 */
export const QUIET_RUN = [
  "run",
  "--quiet",
  "--no-prompt",
  "--no-check",
  "--no-code-cache",
] as const;

/** Long, as a machine that does much else takes long for what is quick. */
const TIMEOUT = patience(120_000);

/** The program of a cell: the example, between what makes and what reports. */
export function programOf(
  example: Example,
  condition: Condition,
  report: string,
): string {
  const { imports, body } = partsOf(example);
  const process = JSON.stringify(`${ROOT}/tests/_cell_process.ts`);
  const enter = `enter(${JSON.stringify(condition)}, ${
    JSON.stringify(report)
  })`;
  return `${imports}
import { enter as __enter, leave as __leave } from ${process};
async function __example(): Promise<void> {
${body}
}
__${enter};
try {
  await __example();
  __leave();
} catch (error) {
  __leave(error as Error);
}
`;
}

/** Runs an example under a condition. */
export async function runCell(
  example: Example,
  condition: Condition,
  { flags = ["--allow-ffi"], starter = STARTERS[condition] ?? [] }:
    CellOptions = {},
): Promise<Outcome> {
  using folder = new TemporaryFolder();
  folder.chmod(".", 0o777);
  const cwd = folder.mkdir("cwd", 0o777);
  folder.chmod("cwd", 0o777);
  const report = folder.write("report", "", 0o666);
  const program = folder.write(
    "cell.ts",
    programOf(example, condition, report),
  );
  const [command, ...args] = [
    ...starter,
    Deno.execPath(),
    ...QUIET_RUN,
    `--config=${ROOT}/deno.json`,
    ...flags,
    program,
  ];
  const { code, signal, stdout, stderr, timedOut } = await run(command!, {
    args,
    cwd,
    clearEnv: true,
    env: { ...denoEnv(), NO_COLOR: "1" },
    timeout: TIMEOUT,
    grace: 0,
  });
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const written = decode(readFile(report));
  return {
    code,
    signal,
    stdout: decode(stdout),
    stderr: decode(stderr),
    timedOut,
    ...(written === "" ? {} : { report: JSON.parse(written) }),
  };
}

/**
 * Says what is wrong with how a cell ended.
 *
 * @param example The example.
 * @param condition What is wrong with the process.
 * @param outcome How it ended.
 * @param allowed What it leaves where nothing is wrong.
 * @returns What is wrong, or undefined if nothing is.
 */
export function faultOf(
  example: Example,
  condition: Condition,
  outcome: Outcome,
  allowed: Left,
): string | undefined {
  const { timedOut, signal, report, stderr } = outcome;
  if (timedOut) return "hangs";
  if (signal !== null && !example.code.includes(signal)) {
    return `dies by ${signal}: ${stderr}`;
  }
  if (report === undefined) return replacedFault(example, outcome, condition);
  const { error, left } = report;
  if (error === undefined) return returnedFault(example, outcome);
  for (const kind of ["descriptors", "arenas", "children"] as const) {
    if (left[kind] <= allowed[kind]) continue;
    return `leaves ${left[kind]} ${kind}, after ${error.message}`;
  }
  return errorFault(error);
}

/** The classes of errors that say what was wrong. */
const CLEAR = ["TypeError", "RangeError", "NotCapable", "NotSupported"];

function errorFault(
  { name, message, code }: NonNullable<Report["error"]>,
): string | undefined {
  if (name === "SystemError" && message.startsWith("Cannot ")) {
    return message.endsWith(`: ${code}`) ? undefined : `no code: ${message}`;
  }
  if (name === "RunError" || CLEAR.includes(name)) return undefined;
  return `throws ${name}: ${message}`;
}

function returnedFault(
  { code, lines }: Example,
  { report, stdout }: Outcome,
): string | undefined {
  const expected = lines.map((line) => `${line}\n`).join("");
  if (stdout === expected) return undefined;
  // What it catches is told from what it expects by it alone.
  if (/\bcatch\b/.test(code)) return undefined;
  // With stdio closed it prints to nobody, and so does what it starts.
  if (stdout === "" && isPart(report!.printed, lines)) return undefined;
  return `prints ${JSON.stringify(stdout)}`;
}

/** Where other programs fail too, which print or write to files. */
const FAILS_OTHERS: Condition[] = ["with stdio closed", "on a full disk"];

/** What another program does in the place of this one is its own affair. */
function replacedFault(
  { lines, status }: Example,
  { stdout, stderr, code }: Outcome,
  condition: Condition,
): string | undefined {
  const expected = lines.map((line) => `${line}\n`).join("");
  if (stdout === expected && code === status) return undefined;
  if (FAILS_OTHERS.includes(condition)) return undefined;
  return `becomes a program that exits with ${code}, and prints ${
    JSON.stringify(stdout + stderr)
  }`;
}
