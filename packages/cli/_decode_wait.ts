/**
 * The statuses of children.
 *
 * @module
 */

import { signalName } from "./_decode_signal.ts";
import { hex, pointer, word } from "./_trace_call.ts";
import { type Decoder, outDecoder } from "./_trace_decoder.ts";
import { readStruct } from "./_trace_reader.ts";

const STOPPED = 0x7f;
const CONTINUED = 0xffff;
const CORE = 0x80;
const TRACED = 0x80;

const EVENTS: readonly (string | undefined)[] = [
  undefined,
  "PTRACE_EVENT_FORK",
  "PTRACE_EVENT_VFORK",
  "PTRACE_EVENT_CLONE",
  "PTRACE_EVENT_EXEC",
  "PTRACE_EVENT_VFORK_DONE",
  "PTRACE_EVENT_EXIT",
  "PTRACE_EVENT_SECCOMP",
];
const EVENT_STOP = 128;

/** The exit status of a child, as the macros of C tell it. */
export const waitStatus: Decoder = outDecoder((call, index) => {
  const address = word(call, index);
  if (address === 0 || call.result <= 0) return pointer(address);
  const status = readStruct(call, address, 4)?.u32();
  return status === undefined ? pointer(address) : `[${formatStatus(status)}]`;
});

/** A status, as the macros of C take it apart. */
function formatStatus(status: number): string {
  const signal = status & 0x7f;
  if (status === CONTINUED) return "{WIFCONTINUED(s)}";
  if ((status & 0xff) === STOPPED) return formatStop(status);
  if (signal === 0) {
    const rest = status & ~0xffff;
    const code = `{WIFEXITED(s) && WEXITSTATUS(s) == ${status >> 8 & 0xff}}`;
    return rest === 0 ? code : `${code} | ${hex(rest >>> 0)}`;
  }
  const core = status & CORE ? " && WCOREDUMP(s)" : "";
  return `{WIFSIGNALED(s) && WTERMSIG(s) == ${signalName(signal)}${core}}`;
}

function formatStop(status: number): string {
  const signal = status >> 8 & 0xff;
  const event = status >>> 16;
  const traced = signal & TRACED ? " | 0x80" : "";
  const name = signalName(signal & ~TRACED);
  const text = `{WIFSTOPPED(s) && WSTOPSIG(s) == ${name}${traced}}`;
  if (event === 0) return text;
  const known = event === EVENT_STOP ? "PTRACE_EVENT_STOP" : EVENTS[event];
  return `${text} | ${known ?? hex(event)}<<16`;
}
