import { readFile } from "@procctl/libc";
import { run, TemporaryFolder } from "@procctl/testing";
import type { TraceRecord } from "./_testing_compare.ts";

/** What programs that are compared have as their environment. */
export const COMPARED_ENV = { PATH: "/usr/bin:/bin", LC_ALL: "C" };

/**
 * What strace tells of a program and all that it starts, without randomized
 * addresses.
 */
export function straceRecords(command: readonly string[]): TraceRecord[] {
  using folder = new TemporaryFolder();
  const log = folder.join("log");
  const env = Object.entries(COMPARED_ENV).map(([key, value]) =>
    `${key}=${value}`
  );
  run([
    ...["setarch", "-R", "env", "-i", ...env],
    ...["strace", "-f", "-qq", "-e", "raw=all", "-e", "signal=all", "-o", log],
    ...command,
  ]);
  return parseStrace(new TextDecoder().decode(readFile(log)));
}

/** `1234  name(0x1, 0x2) = 0x3`, or the first part of it. */
const CALL = /^(\w+)\((.*?)(?:\)\s+= (.*)| ?<unfinished \.\.\.>)$/;
const RESUMED = /^<\.\.\. (\w+) resumed>(.*?)\)\s+= (.*)$/;
const SIGNAL = /^--- (\w+) /;

/**
 * Makes records out of a log of `strace -f -e raw=all`.
 *
 * @throws {Error} If there is a line that it does not know.
 */
export function parseStrace(log: string): TraceRecord[] {
  const records: TraceRecord[] = [];
  const open = new Map<number, TraceRecord & { kind: "call" }>();
  for (const line of log.split("\n")) {
    const [, number, text] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    if (number === undefined || text === undefined) {
      if (line === "") continue;
      throw new Error(`This is no line of strace: ${line}`);
    }
    const tid = Number(number);
    if (text.startsWith("+++ ")) continue;
    const signal = SIGNAL.exec(text);
    if (signal !== null) {
      records.push({ tid, kind: "signal", signal: signal[1]! });
      continue;
    }
    const resumed = RESUMED.exec(text);
    if (resumed !== null) {
      const [, name, rest, result] = resumed;
      // A thread that executes a program comes back under another number.
      const record = [open.get(tid), ...open.values()]
        .find((record) => record?.name === name);
      if (record === undefined) {
        throw new Error(`Nothing is resumed: ${line}`);
      }
      record.args = [...record.args, ...parseArguments(rest!)];
      record.result = parseResult(result!);
      open.delete(record.tid);
      continue;
    }
    const call = CALL.exec(text);
    if (call === null) throw new Error(`This is no line of strace: ${line}`);
    const [, name, args, result] = call;
    const record: TraceRecord & { kind: "call" } = {
      ...{ tid, kind: "call", name: name! },
      args: parseArguments(args!),
      result: result === undefined ? undefined : parseResult(result),
    };
    if (result === undefined) open.set(tid, record);
    records.push(record);
  }
  return records;
}

function parseArguments(text: string): bigint[] {
  return text.split(",").map((part) => part.trim()).filter(Boolean).map(BigInt);
}

/** `0x3`, `-1 ENOENT (...)`, `? ERESTARTSYS (...)`, `?`. */
function parseResult(text: string): bigint | string | undefined {
  const error = /^(?:-1|\?) (E\w+)/.exec(text);
  if (error !== null) return error[1]!;
  return text.startsWith("?") ? undefined : BigInt(text.split(" ")[0]!);
}
