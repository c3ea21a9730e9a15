// deno-lint-ignore-file camelcase -- members have the names that C gives them
/**
 * What a system call returned, as strace writes it.
 *
 * @module
 */

import { errnoMessage } from "@procctl/libc/errno";
import { formatConstant, resultErrorName } from "@procctl/syscalls";
import { fcntlResult, fcntlResultIsFlags } from "./_decode_file.ts";
import { nameDescriptor } from "./_decode_number.ts";
import { pollResult, selectResult } from "./_decode_poll.ts";
import { signalName } from "./_decode_signal.ts";
import { prctlResult } from "./_decode_task.ts";
import { formatDate } from "./_decode_time.ts";
import { type Call, failed, hex, uint } from "./_trace_call.ts";

/** What is told of a result, in parentheses; undefined if nothing is. */
const REMARKS: Readonly<Record<string, (call: Call) => string | undefined>> = {
  fcntl: fcntlResult,
  fcntl64: fcntlResult,
  membarrier: (call) =>
    uint(call, 0) === 0 ? membarrierCommands(call) : undefined,
  poll: pollResult,
  ppoll: pollResult,
  ppoll_time64: pollResult,
  prctl: prctlResult,
  pselect6: selectResult,
  pselect6_time64: selectResult,
  select: selectResult,
  _newselect: selectResult,
  sched_getscheduler: ({ result, arch }) =>
    formatConstant(result, "scheduling_policies", arch),
  rt_sigtimedwait: ({ result }) => signalName(result),
  rt_sigtimedwait_time64: ({ result }) => signalName(result),
  time: ({ result }) => formatDate(result),
};

/** Those whose results are words of flags. */
const FLAGS: Readonly<Record<string, (call: Call) => boolean>> = {
  fcntl: fcntlResultIsFlags,
  fcntl64: fcntlResultIsFlags,
  membarrier: (call) => uint(call, 0) === 0,
};

/** The commands that membarrier(2) has are the bits of what it returns. */
function membarrierCommands({ result, arch }: Call): string {
  const names: string[] = [];
  let rest = 0;
  for (let bit = 1; bit <= result; bit *= 2) {
    if ((result & bit) === 0) continue;
    const name = formatConstant(bit, "membarrier_commands", arch);
    if (name.startsWith("0x")) rest |= bit;
    else names.push(name);
  }
  if (rest !== 0) names.push(hex(rest));
  return names.join("|");
}

/** What is told of errors that only tracers see. */
const RESTARTS: Readonly<Record<string, string>> = {
  ERESTARTSYS: "To be restarted if SA_RESTART is set",
  ERESTARTNOINTR: "To be restarted",
  ERESTARTNOHAND: "To be restarted if no handler",
  ERESTART_RESTARTBLOCK: "Interrupted by signal",
};

/** How the results of a call are written. */
export interface ResultForm {
  /** The table of what they are, where they are no numbers. */
  readonly table: string | undefined;
  /** What is told of one, in parentheses. */
  remark(call: Call): string | undefined;
  /** Whether one is a word of flags. */
  isFlags(call: Call): boolean;
}

/** How the results of a call are written. */
export function resultFormOf(name: string, table?: string): ResultForm {
  return {
    table,
    remark: Object.hasOwn(REMARKS, name) ? REMARKS[name]! : () => undefined,
    isFlags: Object.hasOwn(FLAGS, name) ? FLAGS[name]! : () => false,
  };
}

/**
 * Writes the result of a call.
 *
 * @param exact The result, all bits of it.
 */
export function formatResult(
  call: Call,
  form: ResultForm,
  exact: bigint,
): string {
  if (failed(call)) return formatError(call.result);
  const text = formatSuccess(call, form, exact);
  const remark = form.remark(call);
  return remark === undefined ? text : `${text} (${remark})`;
}

function formatSuccess(
  call: Call,
  form: ResultForm,
  exact: bigint,
): string {
  const { result, arch } = call;
  switch (form.table) {
    case "descriptors":
      return String(nameDescriptor(call, result));
    case "addresses":
      return hex(result >= 0 ? result : BigInt.asUintN(64, exact));
    case "permissions":
      return formatConstant(result, "permissions", arch);
  }
  if (form.isFlags(call)) return hex(result);
  return Number.isSafeInteger(result) ? String(result) : String(exact);
}

/** Those of messages that were asked for. */
const errors = new Map<number, string>();

function formatError(result: number): string {
  let text = errors.get(result);
  if (text !== undefined) return text;
  const name = resultErrorName(result)!;
  const restart = RESTARTS[name];
  if (restart !== undefined) text = `? ${name} (${restart})`;
  else if (/^E\d+$/.test(name)) text = `-1 (errno ${-result})`;
  else text = `-1 ${name} (${errnoMessage(-result)})`;
  errors.set(result, text);
  return text;
}
