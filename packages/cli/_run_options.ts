import { closeFile, openFile } from "@procctl/libc/files";
import { O_NOCTTY, O_RDONLY } from "@procctl/libc/open-flags";
import { SystemError } from "@procctl/libc/system-error";
import type { SpawnLimitedOptions } from "@procctl/spawn/run-limited-options";
import { parseGroup, parseUser } from "./_accounts.ts";
import type { Arguments } from "./_arguments.ts";
import { readEnvironment, readUmask } from "./_environment_options.ts";
import { readLimits } from "./_limit_options.ts";
import { fromRawText } from "./_raw_text.ts";
import { UsageError } from "./_usage_error.ts";

/** What the command line says about the command. */
export function readRunOptions(args: Arguments): SpawnLimitedOptions {
  const cwd = args.value("cwd");
  const affinity = args.value("affinity");
  return {
    ...text(args, "wall", "wall"),
    ...text(args, "cpu-time", "cpuTime"),
    ...text(args, "memory", "memory"),
    ...text(args, "grace", "grace"),
    ...integer(args, "processes"),
    ...integer(args, "nice"),
    ...(affinity === undefined ? {} : { affinity: readList(affinity) }),
    ...(cwd === undefined ? {} : { cwd: fromRawText(cwd) }),
    ...readEnvironment(args),
    ...readUmask(args),
    ...readUser(args),
    ...readStreams(args),
    limits: readLimits(args, ["nice"]),
    noNewPrivileges: args.flag("no-new-privs"),
    cgroup: !args.flag("no-cgroup"),
    ownGroup: args.flag("own-group") || !hasTerminal(),
  };
}

function text<K extends string>(
  args: Arguments,
  name: string,
  key: K,
): { [key in K]?: string } {
  const value = args.value(name);
  return (value === undefined ? {} : { [key]: value }) as {
    [key in K]?: string;
  };
}

function integer<K extends string>(
  args: Arguments,
  name: K,
): { [key in K]?: number } {
  const value = args.value(name);
  if (value === undefined) return {};
  if (/^-?[0-9]+$/.test(value)) {
    return { [name]: Number(value) } as { [key in K]?: number };
  }
  throw new UsageError(`Cannot use "${value}" as --${name}: expected a number`);
}

/** Numbers and ranges of them, as taskset(1) takes them. */
function readList(list: string): number[] {
  return list.split(",").flatMap((part) => {
    const [, first, last = first] = /^([0-9]+)(?:-([0-9]+))?$/.exec(part) ?? [];
    const length = Number(last) - Number(first) + 1;
    if (first !== undefined && length >= 1 && length <= 8192) {
      return Array.from({ length }, (_, index) => Number(first) + index);
    }
    throw new UsageError(
      `Cannot use "${list}" as --affinity: expected processors, such as 0,2-3`,
    );
  });
}

function readUser(args: Arguments): SpawnLimitedOptions {
  const [user, group] = [args.value("user"), args.value("group")];
  const options: SpawnLimitedOptions = {};
  if (user !== undefined) Object.assign(options, parseUser(user));
  if (group !== undefined) options.gid = parseGroup(group);
  return options;
}

function readStreams(args: Arguments): SpawnLimitedOptions {
  const path = (name: string) => {
    const value = args.value(name);
    return value === undefined ? undefined : fromRawText(value);
  };
  const [stdin, stdout, stderr] = ["stdin", "stdout", "stderr"].map(path);
  const written = (path: string | Uint8Array) =>
    ({ path, access: "write", create: true, truncate: true }) as const;
  return {
    ...(stdin === undefined ? {} : { stdin: { path: stdin, access: "read" } }),
    ...(stdout === undefined ? {} : { stdout: written(stdout) }),
    ...(stderr === undefined ? {} : { stderr: written(stderr) }),
  };
}

/** Whether there is a terminal from which signals come to the whole group. */
function hasTerminal(): boolean {
  try {
    closeFile(openFile("/dev/tty", O_RDONLY | O_NOCTTY));
    return true;
  } catch (error) {
    if (error instanceof SystemError) return false;
    throw error;
  }
}
