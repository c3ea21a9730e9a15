import type { ExecOptions } from "@procctl/exec/exec-options";
import type { Arguments } from "./_arguments.ts";
import { become } from "./_become.ts";
import {
  ENVIRONMENT_OPTIONS,
  readEnvironment,
  readUmask,
  UMASK_OPTION,
} from "./_environment_options.ts";
import { LIMIT_NOTATION, limitOptions, readLimits } from "./_limit_options.ts";
import { fromRawText } from "./_raw_text.ts";
import type { Subcommand } from "./_subcommand.ts";
import { UsageError } from "./_usage_error.ts";

/** `procctl exec`: what env(1), prlimit(1) and a shell's exec do, at once. */
export const exec: Subcommand = {
  name: "exec",
  summary: "Become a command, with another environment, folder or limits",
  usage: ["[OPTION...] [--] COMMAND [ARGUMENT...]"],
  description: [
    "Replaces itself by a command, which so keeps the pid, the terminal and the " +
    "parent: signals and exit status are the command's own. It suits wrappers, " +
    "and the entry points of containers. COMMAND is looked for in the PATH that " +
    "this tool was given. Letters are those of env(1), and -a that of a shell's " +
    "exec.",
    LIMIT_NOTATION,
  ],
  options: [
    {
      name: "argv0",
      short: "a",
      value: "NAME",
      description: "Tell COMMAND this name as its own",
    },
    ...ENVIRONMENT_OPTIONS,
    {
      name: "chdir",
      short: "C",
      value: "FOLDER",
      description: "Change to this folder before COMMAND is looked for",
      completes: "directory",
    },
    UMASK_OPTION,
    {
      name: "closefrom",
      value: "NUMBER",
      description: "Close all descriptors from this one on, at least 3",
    },
    ...limitOptions(false),
  ],
  operands: "command",
  examples: [
    {
      description: "Start a server as the first process of a container",
      command:
        "procctl exec --chdir /srv --nofile 4096 --core 0 -- ./server --port 80",
    },
    {
      description: "Start a login shell with nothing in its environment",
      command: "procctl exec -i -e TERM=xterm -a -sh -- sh",
    },
    {
      description: "See what a command gets",
      command: "procctl exec -i -e A=1 --umask 027 --nofile 64 -- \\\n" +
        "  sh -c 'echo $A; umask; ulimit -n'",
      output: "1\n0027\n64\n",
    },
  ],
  exitStatus: [
    ["1", "What was asked for could not be done"],
    ["2", "The command line is wrong"],
    ["126", "COMMAND cannot be executed"],
    ["127", "There is no COMMAND"],
    ["other", "That of COMMAND"],
  ],
  run(args) {
    if (args.operands.length === 0) {
      throw new UsageError("There is no COMMAND given");
    }
    return become(args.operands, readOptions(args));
  },
};

function readOptions(args: Arguments): ExecOptions {
  const argv0 = args.value("argv0");
  const cwd = args.value("chdir");
  const closeFrom = args.value("closefrom");
  return {
    ...(argv0 === undefined ? {} : { argv0: fromRawText(argv0) }),
    ...readEnvironment(args),
    ...(cwd === undefined ? {} : { cwd: fromRawText(cwd) }),
    ...readUmask(args),
    ...(closeFrom === undefined
      ? {}
      : { closeFrom: readNumber(closeFrom, "closefrom") }),
    limits: readLimits(args),
  };
}

function readNumber(text: string, name: string): number {
  if (/^[0-9]+$/.test(text)) return Number(text);
  throw new UsageError(`Cannot use "${text}" as --${name}: expected a number`);
}
