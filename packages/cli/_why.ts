import { explain } from "@procctl/exec/explain";
import { encodePath, environ } from "@procctl/libc";
import { makeWhyReport } from "./_make_why_report.ts";
import { styleOf, write, writeJson } from "./_output.ts";
import { fromRawText } from "./_raw_text.ts";
import type { Subcommand } from "./_subcommand.ts";
import { UsageError } from "./_usage_error.ts";
import { renderSpace } from "./_why_space.ts";
import { renderWhy } from "./_why_tree.ts";
import type { EnvironmentReport } from "./why_report.ts";

/** How many variables are shown. */
const MOST = 10;
const POINTER_SIZE = 8;

/** `procctl why`: what an execve(2) would run, or why not. */
export const why: Subcommand = {
  name: "why",
  summary: "Say what a file would run, or why it does not",
  usage: ["[OPTION...] [--] FILE [ARGUMENT...]"],
  description: [
    "Says what the kernel makes of FILE, without running it: each script with " +
    "its #! line, each interpreter with its arguments, and the program at the " +
    "end; or what is in the way, where, and what to do. A FILE without a slash " +
    "is looked for in PATH, as execvp(3) does.",
    "It says so where something cannot be known, such as of a file that may be " +
    "executed and not read.",
  ],
  options: [
    { name: "json", description: "Print JSON (type WhyReport)" },
    {
      name: "env-size",
      description: "Show what arguments and environment take of their room",
    },
  ],
  operands: "command",
  examples: [
    {
      description: "See why a file does not run",
      command: "procctl why ./docs",
      output: `./docs  ✗

It does not run: it is a directory (EACCES).
To do: Name a program or a script.
`,
    },
    {
      description: "See what a command is",
      command: "procctl why awk",
    },
    {
      description: "See how much room the environment leaves for arguments",
      command: "procctl why --env-size true",
    },
  ],
  exitStatus: [
    ["0", "It would run"],
    ["1", "It is not known whether it would run"],
    ["2", "The command line is wrong"],
    ["125", "It would start env(1), which would fail of itself"],
    ["126", "It could not be executed"],
    ["127", "It is not there"],
    ["139", "It would be killed by SIGSEGV"],
  ],
  run(args) {
    if (args.operands.length === 0) {
      throw new UsageError("There is no FILE given");
    }
    const argv = args.operands.map((it) => encodePath(fromRawText(it)));
    const file = argv[0]!;
    const explanation = explain(file, { argv, search: true });
    const report = makeWhyReport(file, argv, explanation, find);
    if (args.flag("env-size")) report.environment = environmentReport();
    if (args.flag("json")) writeJson(report);
    else {
      const style = styleOf("stdout");
      write("stdout", renderWhy(report, style));
      if (args.flag("env-size")) write("stdout", renderSpace(report, style));
    }
    return report.status;
  },
};

/** Finds a program in PATH, to be named in place of one that is missing. */
function find(name: string): string | undefined {
  if (name === "") return undefined;
  const explanation = explain(name, { search: true });
  return explanation.kind === "program"
    ? new TextDecoder().decode(explanation.executed)
    : undefined;
}

function environmentReport(): EnvironmentReport {
  const variables = environ().map((entry) => {
    const [name = ""] = new TextDecoder().decode(entry).split("=", 1);
    return { name, bytes: entry.length + 1 + POINTER_SIZE };
  });
  return {
    variables: variables.length,
    bytes: variables.reduce((sum, { bytes }) => sum + bytes, 0),
    largest: variables.toSorted((a, b) => b.bytes - a.bytes).slice(0, MOST),
  };
}
