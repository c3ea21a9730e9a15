import { assertEquals } from "@std/assert";
import { testWith } from "@procctl/testing";
import { type Call, callsOfStrace, strace, straceLines } from "./_testing.ts";
import { formatArgument } from "./arguments.ts";
import { constantsOf, type ConstantTable } from "./constants.ts";
import { syscallSignature } from "./signatures.ts";

/** A call with one argument whose text is known. */
interface Case extends Call {
  args: bigint[];
  table: ConstantTable;
  text: string;
}

/** Where strace writes otherwise, and why that is not followed. */
const DIFFERENT: readonly RegExp[] = [
  // It writes the number, and the name as a remark.
  /^syslog\(/,
  // It names other drivers' commands of the same number too.
  /^ioctl\(.* or /,
  // It knows no AT_FDCWD there, the kernel does.
  /^open_by_handle_at\(-100/,
  // It names the two bits of FAN_MARK_MNTNS, and older ones have another order.
  /^fanotify_mark\(/,
  // It says nothing of PKEY_UNRESTRICTED in older versions.
  /^pkey_alloc\(0, 0\)/,
  // It does not look at the argument of other commands.
  /^ptrace\(PTRACE_TRACEME\)/,
];

/** strace has no name for a value, or for a bit of it. */
const UNKNOWN = /\?\?|[(|=]0x|, 0x/;

/** Each constant of a table, and each with its neighbour if these are flags. */
function valuesOf(table: ConstantTable): bigint[] {
  const constants = [...constantsOf(table, "x86_64").values()]
    .map((value) => BigInt(value));
  const pairs = constants.slice(1).map((value, index) =>
    value < 0n ? value : value | BigInt.asUintN(64, constants[index]!)
  );
  return [...new Set([...constants, ...pairs])];
}

function casesOf(name: string): Case[] {
  const signature = syscallSignature(name, "x86_64");
  const parameters = signature?.parameters ?? [];
  return parameters.flatMap(({ table, choice }, index) => {
    const choices = [...choice?.byValue ?? []].map(([value, table]) => ({
      table,
      args: { [choice!.parameter]: BigInt(value) },
    }));
    const all = table === undefined
      ? choices
      : [{ table, args: {} as Record<number, bigint> }, ...choices];
    return all.flatMap(({ table, args: others }) =>
      valuesOf(table).map((value): Case => {
        const args = parameters.map((_, at) => others[at] ?? 0n);
        args[index] = value;
        const text = formatArgument(signature!, index, args, "x86_64");
        return { name, args, table, text };
      })
    );
    // Two that exclude each other leave a number.
  }).filter(({ text }) => !text.includes("0x"));
}

/** Whether a text is one of the arguments in a line. */
function hasArgument(line: string, text: string): boolean {
  return ["(", "=", ", "].some((before) =>
    [",", ")"].some((after) => line.includes(`${before}${text}${after}`))
  );
}

testWith(
  "formatArgument() writes every constant of every call as strace does",
  [strace],
  () => {
    const cases = callsOfStrace().flatMap(casesOf);
    const lines = straceLines(cases);
    const outcomes = cases.map(({ text, table }, index) => {
      const line = lines[index]!.replace(/ += -1 ENOSYS.*/, "");
      return { table, text, line, equal: hasArgument(line, text) };
    });
    const differences = outcomes.filter(({ equal, line }) =>
      !equal && !UNKNOWN.test(line) && !DIFFERENT.some((it) => it.test(line))
    );
    assertEquals(
      differences.map(({ text, line }) => `${text} in ${line}`),
      [],
    );
    const equal = outcomes.filter(({ equal }) => equal);
    assertEquals(
      equal.length > 0.9 * outcomes.length,
      true,
      "Too few are known",
    );
  },
);
