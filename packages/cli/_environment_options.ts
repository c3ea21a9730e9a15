import type { ExecOptions } from "@procctl/exec/exec-options";
import type { Arguments } from "./_arguments.ts";
import { fromRawText } from "./_raw_text.ts";
import { UsageError } from "./_usage_error.ts";
import type { Option } from "./command.ts";

/** The options for the environment of a command, with the letters of env(1). */
export const ENVIRONMENT_OPTIONS: readonly Option[] = [
  {
    name: "clear-env",
    short: "i",
    description: "Begin with an empty environment",
  },
  {
    name: "env",
    short: "e",
    value: "KEY=VALUE",
    multiple: true,
    description: "Set a variable; may be given more than once",
  },
  {
    name: "unset",
    short: "u",
    value: "KEY",
    multiple: true,
    description: "Remove a variable; may be given more than once",
  },
];

/** The option for the mask. */
export const UMASK_OPTION: Option = {
  name: "umask",
  value: "MASK",
  description: "Set the file mode creation mask, such as 027",
};

/** The changes to the environment: what is removed first, as env(1) does. */
export function readEnvironment(
  args: Arguments,
): Pick<ExecOptions, "clearEnv" | "env"> {
  const removed = args.values("unset").map((key) => [key, undefined] as const);
  const set = args.values("env").map((entry) => {
    const equals = entry.indexOf("=");
    if (equals > 0) {
      return [entry.slice(0, equals), fromRawText(entry.slice(equals + 1))];
    }
    throw new UsageError(`Cannot set "${entry}": expected KEY=VALUE`);
  });
  return {
    clearEnv: args.flag("clear-env"),
    env: Object.fromEntries([...removed, ...set]),
  };
}

/** The mask, if there is one. */
export function readUmask(args: Arguments): Pick<ExecOptions, "umask"> {
  const text = args.value("umask");
  if (text === undefined) return {};
  if (/^0?[0-7]{1,3}$/.test(text)) return { umask: parseInt(text, 8) };
  throw new UsageError(`Cannot use "${text}" as a mask: expected octal digits`);
}
