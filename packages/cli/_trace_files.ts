/**
 * The files of a program, and of all that it starts.
 *
 * @module
 */

import { formatConstant } from "@procctl/syscalls";
import { readDescriptor, readFolder } from "./_process_links.ts";
import { type Call, failed, int } from "./_trace_call.ts";
import type { TraceLog } from "./_trace_log.ts";
import type { LogOutput } from "./_trace_output.ts";
import type { PlannedParameter } from "./_trace_plan.ts";
import type { TracedTask } from "./_trace_task.ts";
import type { Value } from "./_trace_value.ts";
import { printable } from "./_text.ts";
import { toRawText } from "./_raw_text.ts";
import type { FileReport, FilesReport, FileUse } from "./files_report.ts";

const AT_FDCWD = -100;
const ENOENT = -2;
const ENOTDIR = -20;

/** What the kernel calls the folder from which a path leads. */
const FOLDERS: ReadonlySet<string> = new Set([
  "dfd",
  "olddfd",
  "newdfd",
  "from_dfd",
  "to_dfd",
]);

/** Calls that change what they name. */
const CHANGES =
  /^(?:creat|truncate|unlink|rmdir|mkdir|mknod|rename|link|symlink|l?chown|f?chown|f?chmod|utime|futimes|l?setxattr|l?removexattr|file_setattr|acct|swap|mount|umount|pivot_root|move_mount)/;

/** Parameters that are text, and no file's name. */
const NO_PATHS: ReadonlySet<string> = new Set([
  "symlink.oldname",
  "symlinkat.oldname",
]);

/** What a file was used for, so far. */
interface Entry {
  uses: Set<FileUse>;
  calls: number;
}

/** Collects files, and writes a list of them at the end. */
export class FilesLog implements TraceLog {
  readonly #output: LogOutput;
  readonly #json: boolean;
  readonly #files = new Map<string, Entry>();
  /** Where the paths of calls lead, known at their entry only. */
  readonly #paths = new Map<TracedTask, string[]>();

  constructor(json: boolean, output: LogOutput) {
    this.#json = json;
    this.#output = output;
  }

  /** A call begins: an exec or a chdir changes what its paths mean. */
  enter(task: TracedTask, call: Call): void {
    const paths: string[] = [];
    const { plan, values, count } = task.args;
    plan.parameters.forEach((parameter, place) => {
      const value = place < count ? values[place] : undefined;
      if (!isPath(call.name, parameter, value)) return;
      const path = toRawText(value.bytes);
      // An empty one stands for a descriptor.
      if (path === "") return;
      paths.push(absolute(path, call, plan.parameters[place - 1]));
    });
    this.#paths.set(task, paths);
  }

  /** A call ends. */
  exit(task: TracedTask, call: Call): void {
    const paths = this.#paths.get(task) ?? [];
    this.#paths.delete(task);
    if (paths.length === 0) return;
    const uses = usesOf(task, call);
    for (const path of paths) {
      let entry = this.#files.get(path);
      if (entry === undefined) {
        entry = { uses: new Set(), calls: 0 };
        this.#files.set(path, entry);
      }
      entry.calls++;
      for (const use of uses) entry.uses.add(use);
    }
  }

  /** The trace is over. */
  close(): void {
    const files = this.#report();
    if (this.#json) {
      const report: FilesReport = { files };
      this.#output.write(`${JSON.stringify(report, null, 2)}\n`);
      return;
    }
    for (const [use, title] of TITLES) {
      const paths = files.filter(({ uses }) => uses.includes(use));
      if (paths.length === 0) continue;
      this.#output.write(`${title}:\n`);
      for (const { path } of paths) {
        this.#output.write(`  ${printable(path)}\n`);
      }
    }
  }

  #report(): FileReport[] {
    return [...this.#files]
      .map(([path, { uses, calls }]) => ({
        path: path.toWellFormed(),
        uses: TITLES.map(([use]) => use).filter((use) => uses.has(use)),
        calls,
      }))
      .sort((a, b) => a.path < b.path ? -1 : 1);
  }
}

const TITLES: readonly (readonly [FileUse, string])[] = [
  ["executed", "Executed"],
  ["written", "Written"],
  ["read", "Read"],
  ["examined", "Examined"],
  ["missing", "Looked for, and not found"],
  ["failed", "Asked for in vain"],
];

function isPath(
  call: string,
  { name, type }: PlannedParameter,
  value: Value | undefined,
): value is Extract<Value, { kind: "text" }> {
  if (typeof value !== "object" || value.kind !== "text" || value.more) {
    return false;
  }
  const isText = type === "const char *" || type === "char *";
  return isText && PATHS.has(name) && !NO_PATHS.has(`${call}.${name}`);
}

/** What the kernel calls parameters that are paths. */
const PATHS: ReadonlySet<string> = new Set([
  "dir_name",
  "filename",
  "from_pathname",
  "new_root",
  "newname",
  "oldname",
  "path",
  "pathname",
  "put_old",
  "special",
  "specialfile",
  "to_pathname",
]);

/** A path from the root on; `..` stays, as it may lead through a link. */
function absolute(
  path: string,
  call: Call,
  before: PlannedParameter | undefined,
): string {
  if (path.startsWith("/")) return path;
  const fd = before !== undefined && FOLDERS.has(before.name)
    ? int(call, before.index)
    : AT_FDCWD;
  const folder = fd === AT_FDCWD
    ? readFolder(call.tid)
    : readDescriptor(call.tid, fd);
  if (folder === undefined) return path;
  const from = toRawText(folder);
  const rest = path.replace(/^(?:\.\/+)+/, "");
  return rest === "." ? from : `${from === "/" ? "" : from}/${rest}`;
}

function usesOf(task: TracedTask, call: Call): FileUse[] {
  if (failed(call)) {
    const missing = call.result === ENOENT || call.result === ENOTDIR;
    return [missing ? "missing" : "failed"];
  }
  if (call.name.startsWith("execve")) return ["executed"];
  if (/^(?:open|openat|openat2|mq_open)$/.test(call.name)) {
    return openUses(task, call);
  }
  return [CHANGES.test(call.name) ? "written" : "examined"];
}

function openUses(task: TracedTask, call: Call): FileUse[] {
  const { plan, values } = task.args;
  const place = plan.parameters.findIndex(({ name }) =>
    name === "flags" || name === "how"
  );
  const value = values[place];
  const text = typeof value === "object" && value.kind === "struct"
    ? String(value.fields.flags)
    : typeof value === "number"
    ? formatConstant(value, "open_flags", call.arch)
    : String(value);
  const flags = text.split("|");
  if (flags.includes("O_PATH")) return ["examined"];
  const writes = flags.includes("O_WRONLY") || flags.includes("O_RDWR") ||
    flags.includes("O_TRUNC");
  const reads = !flags.includes("O_WRONLY");
  return [
    ...(writes ? ["written" as const] : []),
    ...(reads ? ["read" as const] : []),
  ];
}
