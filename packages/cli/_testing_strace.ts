/**
 * Logs of strace and of `procctl trace`, so that one can be held against the
 * other.
 *
 * @module
 */

/** The log of one task: its lines, whole ones. */
export type TaskLog = string[];

/**
 * Takes a log with pids apart: a list for each task, in the order in which they
 * began, with what was interrupted put together again, and without what is
 * another number each time.
 */
export function readLog(text: string): TaskLog[] {
  const tasks = new Map<string, TaskLog>();
  const open = new Map<string, string>();
  for (const raw of text.split("\n")) {
    const [, pid, line] = /^(\d+) +(.*)$/.exec(raw) ?? [];
    if (pid === undefined) continue;
    const lines = tasks.get(pid) ?? [];
    tasks.set(pid, lines);
    const begun = /^(.*?),? ?<unfinished \.\.\.>$/.exec(line!)?.[1];
    if (begun !== undefined && !line!.startsWith("<...")) {
      open.set(pid, begun);
      continue;
    }
    const rest = /^<\.\.\. \w+ resumed>,? ?(.*)$/.exec(line!)?.[1];
    lines.push(rest === undefined ? line! : join(open.get(pid) ?? "", rest));
  }
  return [...tasks.values()].map((lines) =>
    lines.map((line) => normalize(line, tasks))
  );
}

function join(begun: string, rest: string): string {
  if (rest.startsWith("=> ")) return `${begun} ${rest}`;
  const separate = !/[(\s]$/.test(begun) && !/^[)=]/.test(rest);
  return separate ? `${begun}, ${rest}` : `${begun}${rest}`;
}

/**
 * Calls and signals that name processes. In others a number that happens to be
 * one's is a size, as 8192 is.
 */
const ABOUT_PROCESSES =
  /^(?:---|(?:clone3?|fork|vfork|getp?p?id|gettid|[gs]etp?[gs]id|getpgrp|set_tid_address|wait4|waitid|kill|tg?kill|rt_(?:tg)?sigqueueinfo|rt_sigtimedwait|pidfd_open)\()/;

/** Takes out what is different each time: addresses, processes, times. */
function normalize(
  line: string,
  pids: ReadonlyMap<string, unknown>,
): string {
  const named = ABOUT_PROCESSES.test(line)
    ? line.replace(/\b\d+\b/g, (it) => pids.has(it) ? "PID" : it)
    : line;
  return named
    .replace(/\s+= /, " = ")
    .replace(/0x[\da-f]{5,}/g, "ADDRESS")
    .replace(/(tv_(?:sec|usec|nsec)|si_[us]time|ru_\w+|tms_\w+)=\d+/g, "$1=N")
    .replace(/(getrandom\()"[^"]*"/, '$1"..."')
    .replace(/(htons\()\d+/g, "$1N")
    .replace(/^(times\(.*|getppid\(\)) = \d+$/, "$1 = N");
}

/** How many lines two lists have in common, in the same order. */
export function commonLines(
  a: readonly string[],
  b: readonly string[],
): number {
  let before = new Uint32Array(b.length + 1);
  for (const line of a) {
    const row = new Uint32Array(b.length + 1);
    for (let i = 0; i < b.length; i++) {
      row[i + 1] = line === b[i]
        ? before[i]! + 1
        : Math.max(before[i + 1]!, row[i]!);
    }
    before = row;
  }
  return before[b.length]!;
}

/**
 * How alike two logs are, from 0 to 1: how many lines they have in common. Each
 * task is compared with the one that is most like it, as those that run at the
 * same time begin in no certain order.
 */
export function likeness(a: readonly TaskLog[], b: readonly TaskLog[]): number {
  const others = [...b];
  let common = 0;
  for (const lines of a) {
    const found = others.map((it) => commonLines(lines, it));
    const most = Math.max(0, ...found);
    others.splice(found.indexOf(most), found.length === 0 ? 0 : 1);
    common += most;
  }
  const size = Math.max(a.flat().length, b.flat().length);
  return size === 0 ? 1 : common / size;
}

/** Names with the numbers of calls and errors, out of a summary. */
export function readCounts(text: string): string[] {
  return text.split("\n").flatMap((line) => {
    const match = /^ *[\d.]+ +[\d.]+ +\d+ +(\d+) +(\d+ )?(\w+)$/.exec(line);
    if (match === null) return [];
    const [, calls, errors = "0", name] = match;
    return [`${name}: ${calls}, ${errors.trim()} failed`];
  }).sort();
}
