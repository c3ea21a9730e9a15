/**
 * Comparing what two tracers tell of the same program: task by task, as the
 * order between tasks is another in each run.
 */

/** Something that a tracer tells of a task. */
export type TraceRecord =
  | {
    tid: number;
    kind: "call";
    name: string;
    /** As many as are known. */
    args: readonly bigint[];
    /** A number; the name of an error; undefined if it did not come back. */
    result: bigint | string | undefined;
  }
  | { tid: number; kind: "signal"; signal: string }
  /** Not compared: it says whose child a task is. */
  | { tid: number; kind: "birth"; child: number };

/** What came out of a comparison. */
export interface Comparison {
  /** How many tasks there are. */
  tasks: number;
  /** Where names of calls or signals are not the same: none if all are. */
  differences: string[];
  /** The share of lines that are the same in all, 0 to 1. */
  exact: number;
  /** Lines that are not, with what the other has. */
  inexact: string[];
}

const CLONES = new Set(["clone", "clone3", "fork", "vfork"]);

/** The child that a record tells of, as birth or as result of a call. */
function childOf(record: TraceRecord): number | undefined {
  if (record.kind === "birth") return record.child;
  if (record.kind !== "call" || !CLONES.has(record.name)) return undefined;
  return typeof record.result === "bigint" && record.result > 0n
    ? Number(record.result)
    : undefined;
}

/** Gives each task a name that is the same in every run: its place in the tree. */
function placesOf(records: readonly TraceRecord[]): Map<number, string> {
  const places = new Map<number, string>();
  const children = new Map<number, Set<number>>();
  const made = new Set<number>();
  for (const record of records) {
    const child = childOf(record);
    if (child === undefined) continue;
    made.add(child);
    const siblings = children.get(record.tid) ?? new Set();
    children.set(record.tid, siblings.add(child));
  }
  const root = records.find(({ tid }) => !made.has(tid))?.tid;
  if (root === undefined) return places;
  places.set(root, "root");
  const visit = (tid: number, place: string) => {
    [...children.get(tid) ?? []].forEach((child, index) => {
      const name = `${place}.${index + 1}`;
      places.set(child, name);
      visit(child, name);
    });
  };
  visit(root, "root");
  return places;
}

/** The records of each task, by its place. */
function byPlace(
  records: readonly TraceRecord[],
  places: ReadonlyMap<number, string>,
): Map<string, TraceRecord[]> {
  const tasks = new Map<string, TraceRecord[]>();
  for (const record of records) {
    if (record.kind === "birth") continue;
    const place = places.get(record.tid) ?? `unknown ${record.tid}`;
    const task = tasks.get(place) ?? [];
    task.push(record);
    tasks.set(place, task);
  }
  return tasks;
}

/** What has to be the same. */
function nameOf(record: TraceRecord | undefined): string {
  switch (record?.kind) {
    case "call":
      return record.name;
    case "signal":
      return `signal ${record.signal}`;
    default:
      return "nothing";
  }
}

/** All of a record, with so many arguments; a task's number as its place. */
function lineOf(
  record: TraceRecord,
  places: ReadonlyMap<number, string>,
  count: number,
): string {
  if (record.kind !== "call") return nameOf(record);
  const value = (number: bigint) =>
    places.get(Number(number)) ?? `0x${number.toString(16)}`;
  const args = record.args.slice(0, count).map(value).join(", ");
  const { result } = record;
  const returned = typeof result === "bigint" ? value(result) : result ?? "?";
  return `${record.name}(${args}) = ${returned}`;
}

/** Compares what two tracers told. */
export function compareTraces(
  one: readonly TraceRecord[],
  other: readonly TraceRecord[],
): Comparison {
  const [ones, others] = [one, other].map((records) => {
    const places = placesOf(records);
    return { places, tasks: byPlace(records, places) };
  }) as [Sorted, Sorted];
  const all = new Set([...ones.tasks.keys(), ...others.tasks.keys()]);
  const differences: string[] = [];
  const inexact: string[] = [];
  let lines = 0;
  for (const place of all) {
    const mine = ones.tasks.get(place) ?? [];
    const its = others.tasks.get(place) ?? [];
    const length = Math.max(mine.length, its.length);
    lines += length;
    const first = Array.from(
      { length },
      (_, at) => nameOf(mine[at]) === nameOf(its[at]),
    ).indexOf(false);
    if (first >= 0) {
      differences.push(
        `${place}, ${first}: ${nameOf(mine[first])}, not ${nameOf(its[first])}`,
      );
    }
    for (let at = 0; at < length; at++) {
      const [left, right] = [mine[at], its[at]];
      const count = Math.min(argumentCount(left), argumentCount(right));
      const text = left && lineOf(left, ones.places, count);
      const otherText = right && lineOf(right, others.places, count);
      if (text !== otherText) {
        inexact.push(`${place}: ${text}, not ${otherText}`);
      }
    }
  }
  const exact = lines === 0 ? 1 : 1 - inexact.length / lines;
  return { tasks: all.size, differences, exact, inexact };
}

interface Sorted {
  places: Map<number, string>;
  tasks: Map<string, TraceRecord[]>;
}

function argumentCount(record: TraceRecord | undefined): number {
  return record?.kind === "call" ? record.args.length : 0;
}
