import { ENVIRONMENT_OPTIONS, UMASK_OPTION } from "./_environment_options.ts";
import { LIMIT_NOTATION, limitOptions } from "./_limit_options.ts";
import type { Subcommand } from "./_subcommand.ts";
import { UsageError } from "./_usage_error.ts";

/** `procctl run`: what ulimit, timeout(1) and time(1) do, with a verdict. */
export const run: Subcommand = {
  name: "run",
  summary: "Run a command under limits, and say how it ended and why",
  usage: ["[OPTION...] [--] COMMAND [ARGUMENT...]"],
  description: [
    "Runs COMMAND to its end, with its standard streams, and then says on the " +
    "standard error how it ended, which limit ended it, and what it used, all " +
    "its processes together. Nothing is left of it then: daemons too are found " +
    "and killed. Where it may, it makes a control group for that.",
    "A limit of all processes together (--wall, --cpu-time, --memory, " +
    "--processes, --output) ends all of them. Those of each process are named " +
    "as those of procctl limits, and kept by the kernel, which does not tell of " +
    "most that it refused something: that is said to be probable where the " +
    "command failed, and was seen close to the limit. A TIME is a number of " +
    "seconds, or has a unit, such as 500ms or 2min; a SIZE is one of bytes, or " +
    "has a unit, such as 64MiB.",
    LIMIT_NOTATION,
    "Signals that it gets reach COMMAND: HUP, INT, QUIT, TERM, USR1 and USR2. " +
    "On a terminal COMMAND is in its process group, so that Ctrl-C, Ctrl-Z and " +
    "fg do what they always do; INT and QUIT are taken to come from there. " +
    "Elsewhere, or with --own-group, COMMAND has a group of its own.",
  ],
  options: [
    {
      name: "wall",
      short: "w",
      value: "TIME",
      description: "Let it run so long, the time that it is stopped included",
    },
    {
      name: "cpu-time",
      value: "TIME",
      description: "Let all its processes use so much processor time",
    },
    {
      name: "memory",
      short: "m",
      value: "SIZE",
      description: "Let all its processes have so much memory in use",
    },
    {
      name: "processes",
      short: "p",
      value: "NUMBER",
      description: "Let it have so many processes and threads",
    },
    {
      name: "output",
      value: "SIZE",
      description:
        "Let it write so much to its standard output, and as much to its standard error, which become pipes",
    },
    {
      name: "grace",
      value: "TIME",
      description: "Send TERM at a limit, and kill what is left after this",
    },
    {
      name: "report",
      value: "FILE",
      description: "Write the report to this file",
      completes: "file",
    },
    { name: "json", description: "Report JSON (type RunReport)" },
    { name: "quiet", short: "q", description: "Report nothing" },
    {
      name: "progress",
      value: "WHEN",
      description:
        "Show on the terminal what it uses: auto (from its second second on), always or never",
      completes: ["auto", "always", "never"],
    },
    {
      name: "user",
      value: "USER",
      description: "Become this user: a name, with its group, or a number",
    },
    {
      name: "group",
      value: "GROUP",
      description: "Become this group: a name or a number",
    },
    {
      name: "no-network",
      description: "Give it a network of its own, with nobody in it",
    },
    {
      name: "own-group",
      description:
        "Give it a process group of its own on a terminal too, from which it can then not read",
    },
    {
      name: "no-new-privs",
      description: "Let it gain nothing by set-user-ID programs",
    },
    {
      name: "no-cgroup",
      description: "Make no control group, even where that can be",
    },
    {
      name: "cwd",
      short: "C",
      value: "FOLDER",
      description: "Change to this folder before COMMAND is looked for",
      completes: "directory",
    },
    ...ENVIRONMENT_OPTIONS,
    UMASK_OPTION,
    {
      name: "nice",
      value: "NUMBER",
      description: "Set its nice value itself, from -20 to 19",
    },
    {
      name: "affinity",
      value: "LIST",
      description: "Let it run on these processors alone, such as 0,2-3",
    },
    {
      name: "stdin",
      value: "FILE",
      description: "Let it read this file",
      completes: "file",
    },
    {
      name: "stdout",
      value: "FILE",
      description: "Let it write to this file, which is emptied before",
      completes: "file",
    },
    {
      name: "stderr",
      value: "FILE",
      description: "Likewise",
      completes: "file",
    },
    // That of the nice value is what hardly anybody asks for by this name.
    ...limitOptions(false).filter(({ name }) => name !== "nice"),
  ],
  operands: "command",
  examples: [
    {
      description: "See what a command uses",
      command: "procctl run make",
    },
    {
      description: "Judge a program that may be hostile",
      command:
        "procctl run --wall 10s --cpu 2:3 --memory 256MiB --nproc 32 \\\n" +
        "  --user nobody --no-network --stdin in.txt --stdout out.txt \\\n" +
        "  --report report.json --json -- ./solution",
    },
    {
      description: "See which limit ended a command",
      command: "procctl run --quiet --wall 200ms sleep 60; echo $?",
      output: "124\n",
    },
  ],
  exitStatus: [
    ["2", "The command line is wrong"],
    ["124", "A limit is known to have ended COMMAND, as of timeout(1)"],
    ["125", "COMMAND could not be run, or its end is not known"],
    ["126", "COMMAND cannot be executed"],
    ["127", "There is no COMMAND"],
    ["other", "That of COMMAND; 128 and its number for a signal"],
  ],
  async run(args) {
    if (args.operands.length === 0) {
      throw new UsageError("There is no COMMAND given");
    }
    const { runRun } = await import("./_run_run.ts");
    return await runRun(args);
  },
};
