/**
 * What stands before and after the lines of a log: processes and times.
 *
 * @module
 */

import type { TraceSettings } from "./_trace_settings.ts";

/**
 * What stands before a line of a task.
 *
 * @param settings What is wanted.
 * @param tasks Tells how many tasks there are.
 * @param time Tells what time it is, in milliseconds since 1970.
 */
export function prefixOf(
  { output, follow, pids, separate, clock, relative }: TraceSettings,
  tasks: () => number,
  time: () => number = () => performance.timeOrigin + performance.now(),
): (tid: number) => string {
  const inFile = output !== undefined;
  const always = inFile && !separate && (follow || pids.length > 1);
  let last: number | undefined;
  /** Of each task, as most lines are of those that had one before. */
  const names = new Map<number, string>();
  return (tid) => {
    let text = "";
    if (always) {
      text = names.get(tid) ?? `${String(tid).padEnd(5)} `;
      names.set(tid, text);
    } else if (!inFile && tasks() > 1) {
      text = `[pid ${String(tid).padStart(5)}] `;
    }
    if (clock === "none" && !relative) return text;
    const now = time();
    if (clock !== "none") text += `${formatTime(now, clock)} `;
    if (!relative) return text;
    const since = formatSeconds(Math.max(0, now - (last ?? now)), 6);
    last = now;
    return text + (clock === "none" ? `${since} ` : `(+${since}) `);
  };
}

/** What stands after a call that took so many milliseconds. */
export function suffixOf({ durations }: TraceSettings): (
  duration: number,
) => string {
  return durations
    ? (duration) => ` <${formatSeconds(duration, 1)}>`
    : () => "";
}

function formatTime(now: number, clock: TraceSettings["clock"]): string {
  if (clock === "epoch") return formatSeconds(now, 1);
  const date = new Date(now);
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()];
  const text = parts.map((it) => String(it).padStart(2, "0")).join(":");
  if (clock === "seconds") return text;
  return `${text}.${microseconds(now % 1000 * 1000)}`;
}

/** Milliseconds as seconds, whose whole part takes so many columns. */
function formatSeconds(milliseconds: number, width: number): string {
  const total = Math.round(milliseconds * 1000);
  const seconds = Math.floor(total / 1e6);
  return `${String(seconds).padStart(width)}.${microseconds(total % 1e6)}`;
}

function microseconds(value: number): string {
  return String(Math.floor(value)).padStart(6, "0");
}
