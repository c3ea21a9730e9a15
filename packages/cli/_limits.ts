import { encodeLimits } from "@procctl/rlimit/encode-limits";
import { formatLimit } from "@procctl/rlimit/format-limit";
import { formatLimits, type LimitColumn } from "@procctl/rlimit/format-limits";
import { getAllLimits64 } from "@procctl/rlimit/get-all-limits";
import { prlimit } from "@procctl/rlimit/prlimit";
import { prlimit64, type Rlimit64 } from "@procctl/rlimit/prlimit64";
import type { Limits, Resource } from "@procctl/rlimit/types";
import type { Arguments } from "./_arguments.ts";
import { become } from "./_become.ts";
import {
  LIMIT_NOTATION,
  limitOptions,
  readLimits,
  readNames,
} from "./_limit_options.ts";
import { tell, write, writeJson } from "./_output.ts";
import type { Subcommand } from "./_subcommand.ts";
import { UsageError } from "./_usage_error.ts";
import { limitsReport } from "./limits_report.ts";

const COLUMNS: readonly LimitColumn[] = [
  "resource",
  "description",
  "soft",
  "hard",
  "units",
];

/** `procctl limits`: prlimit(1) with units, JSON and reasons. */
export const limits: Subcommand = {
  name: "limits",
  summary: "Show and set resource limits",
  usage: [
    "[OPTION...] [--RESOURCE...]",
    "[OPTION...] --pid PID [--RESOURCE[=LIMIT]...]",
    "[OPTION...] [--RESOURCE=LIMIT...] [--] COMMAND [ARGUMENT...]",
  ],
  description: [
    "Shows the limits of its own process, as a command started in its place " +
    "would inherit them, or those of another, all or the named ones. With " +
    "LIMITs it sets those of a running process, or becomes a command that has " +
    "them. Options and letters are those of prlimit(1).",
    LIMIT_NOTATION,
    "Deno raises the soft limit of nofile to the hard one when it starts, so it " +
    "is shown and inherited like that, unless --nofile sets it. That of a " +
    "shell is shown by --pid $$.",
  ],
  options: [
    {
      name: "pid",
      short: "p",
      value: "PID",
      description: "Show or set the limits of this process",
      completes: "process",
    },
    {
      name: "json",
      description: "Print JSON, with exact limits as text (type LimitsReport)",
    },
    {
      name: "raw",
      description: "Print digits alone, with one blank between columns",
    },
    {
      name: "output",
      short: "o",
      value: "LIST",
      description: `Print these columns, of ${COLUMNS.join(",")}`,
      completes: COLUMNS,
    },
    { name: "noheadings", description: "Print no line of headings" },
    {
      name: "verbose",
      description: "Say on the standard error what is set",
    },
    ...limitOptions(true),
  ],
  operands: "command",
  examples: [
    {
      description: "Show two limits of the process with the pid 1",
      command: "procctl limits --pid 1 --core --nofile",
    },
    {
      description: "Let a running process open more files",
      command: "procctl limits --pid 4711 --nofile=4096:",
    },
    {
      description: "Start a command under limits",
      command: "procctl limits --nofile=64 --stack=16MiB: -- \\\n" +
        "  sh -c 'ulimit -n; ulimit -s'",
      output: "64\n16384\n",
    },
    {
      description: "Hand a limit to a program",
      command:
        "prlimit --core=0 procctl limits --core --raw --noheadings -o soft,hard",
      output: "0 0\n",
    },
  ],
  exitStatus: [
    ["0", "It is done. That of COMMAND, if there is one"],
    ["1", "The limits cannot be shown or set"],
    ["2", "The command line is wrong"],
    ["126", "COMMAND cannot be executed"],
    ["127", "There is no COMMAND"],
  ],
  async run(args) {
    const names = readNames(args);
    const changes = readLimits(args, names);
    const pid = readPid(args.value("pid"));
    if (args.operands.length > 0) {
      refuseBesideCommand(args, names);
      if (args.flag("verbose")) tellChanges(0, changes);
      return await become(args.operands, { limits: changes });
    }
    if (Object.keys(changes).length === 0) show(args, pid, names);
    else if (pid === undefined) {
      throw new UsageError(
        "There is neither --pid nor a COMMAND to set it for",
      );
    } else {
      if (args.flag("verbose")) tellChanges(pid, changes);
      setLimits(pid, changes);
      if (names.length > 0) show(args, pid, names);
    }
    return 0;
  },
};

function readPid(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const pid = Number(text);
  if (/^[0-9]+$/.test(text) && pid > 0 && pid < 2 ** 31) return pid;
  throw new UsageError(`Cannot use "${text}" as a PID: expected a number`);
}

/** Refuses what would have no effect beside a command. */
function refuseBesideCommand(
  args: Arguments,
  names: readonly Resource[],
): void {
  const flags = ["json", "raw", "noheadings"].filter((it) => args.flag(it));
  const [option] = [...args.given(["pid", "output"]), ...flags];
  if (option !== undefined) {
    throw new UsageError(`--${option} and a COMMAND exclude each other`);
  }
  if (names.length > 0) {
    throw new UsageError(
      `--${names[0]} needs a limit where there is a COMMAND`,
    );
  }
}

function setLimits(pid: number, changes: Limits): void {
  for (const [name, change] of Object.entries(changes)) {
    prlimit(pid, name as Resource, change);
  }
}

function tellChanges(pid: number, changes: Limits): void {
  for (const { name, resource, soft, hard } of encodeLimits(changes)) {
    const old = prlimit64(pid, resource);
    const next = { soft: soft ?? old.soft, hard: hard ?? old.hard };
    tell(`Sets ${name} to ${toPair(next)}, from ${toPair(old)}`);
  }
}

function toPair({ soft, hard }: Rlimit64): string {
  return [soft, hard].map((limit) =>
    formatLimit(limit, undefined, { raw: true })
  ).join(":");
}

function show(
  args: Arguments,
  pid: number | undefined,
  names: readonly Resource[],
): void {
  const limits = pick(getAllLimits64(pid), names);
  if (args.flag("json")) {
    if (args.flag("raw") || args.flag("noheadings") || args.value("output")) {
      throw new UsageError("--json prints no table");
    }
    return writeJson(limitsReport(pid ?? Deno.pid, limits));
  }
  const list = args.value("output");
  const table = formatLimits(limits, {
    raw: args.flag("raw"),
    headings: !args.flag("noheadings"),
    ...(list === undefined ? {} : { columns: readColumns(list) }),
  });
  write("stdout", `${table}\n`);
}

/** Those with these names; all if there are none. */
function pick(
  limits: Record<Resource, Rlimit64>,
  names: readonly Resource[],
): Partial<Record<Resource, Rlimit64>> {
  if (names.length === 0) return limits;
  return Object.fromEntries(names.map((name) => [name, limits[name]]));
}

function readColumns(list: string): LimitColumn[] {
  return list.split(",").map((text) => {
    const column = COLUMNS.find((it) => it === text.toLowerCase());
    if (column !== undefined) return column;
    throw new UsageError(
      `There is no column "${text}": expected one of ${COLUMNS.join(", ")}`,
    );
  });
}
