import type { TraceRecord } from "./_testing_compare.ts";
import type { TracerEvent } from "./tracer_event.ts";

/** What a {@linkcode Tracer} told, as records that can be compared. */
export function recordsOf(events: Iterable<TracerEvent>): TraceRecord[] {
  const records: TraceRecord[] = [];
  const open = new Map<number, TraceRecord & { kind: "call" }>();
  for (const event of events) {
    const { kind, tid } = event;
    if (kind === "new-task") {
      records.push({ tid: event.parent, kind: "birth", child: tid });
    } else if (kind === "signal") {
      records.push({ tid, kind, signal: event.signal });
    } else if (kind === "exec") {
      const call = open.get(event.formerTid);
      open.delete(event.formerTid);
      if (call !== undefined) open.set(tid, call);
    } else if (kind === "syscall-enter") {
      const { name } = event;
      const args = [...event.args];
      const record = { tid, kind: "call", name, args, result: undefined } as
        & TraceRecord
        & { kind: "call" };
      open.set(tid, record);
      records.push(record);
    } else if (kind === "syscall-exit") {
      const record = open.get(tid);
      open.delete(tid);
      if (record === undefined) continue;
      record.result = event.restart ?? event.errno ??
        BigInt.asUintN(64, event.result);
    }
  }
  return records;
}
