/**
 * Programs of the classic BPF machine, as seccomp(2) runs them for each system
 * call: they load a word of `struct seccomp_data`, compare, and return what is
 * to be done.
 */

/** One instruction: `struct sock_filter`. */
export interface Instruction {
  /** What it does. */
  readonly code: number;
  /** How many instructions are left out if a comparison holds. */
  readonly ifTrue: number;
  /** How many instructions are left out if it does not. */
  readonly ifFalse: number;
  /** Its operand. */
  readonly k: number;
}

/** Where `struct seccomp_data` has the number of the call. */
export const NR = 0;
/** Where it has whose rules the call is made by, an `AUDIT_ARCH_*`. */
export const ARCH = 4;

/** The call is made. */
export const SECCOMP_RET_ALLOW = 0x7fff0000;
/** The tracer is told; the lower 16 bits are data for it. */
export const SECCOMP_RET_TRACE = 0x7ff00000;

/** BPF_LD | BPF_W | BPF_ABS */
const LOAD = 0x20;
/** BPF_JMP | BPF_JA */
const JUMP = 0x05;
/** BPF_JMP | BPF_JGE | BPF_K */
const JUMP_IF_GREATER_OR_EQUAL = 0x35;
/** BPF_JMP | BPF_JEQ | BPF_K */
const JUMP_IF_EQUAL = 0x15;
/** BPF_RET | BPF_K */
const RETURN = 0x06;

const INSTRUCTION_SIZE = 8;
/** How far a comparison can jump: it has one byte for it. */
const FARTHEST = 255;

function instruction(code: number, k: number): Instruction {
  return { code, k, ifTrue: 0, ifFalse: 0 };
}

/** Loads a word of `struct seccomp_data`, {@linkcode NR} or {@linkcode ARCH}. */
export function load(offset: number): Instruction {
  return instruction(LOAD, offset);
}

/** Ends the program. */
export function ret(action: number): Instruction {
  return instruction(RETURN, action);
}

/** What is done if a comparison does not hold, and what if it does. */
function branch(
  code: number,
  k: number,
  otherwise: readonly Instruction[],
  then: readonly Instruction[],
): Instruction[] {
  // A plain jump has 32 bits for its distance.
  const test: Instruction[] = otherwise.length <= FARTHEST
    ? [{ code, k, ifTrue: otherwise.length, ifFalse: 0 }]
    : [{ code, k, ifTrue: 0, ifFalse: 1 }, instruction(JUMP, otherwise.length)];
  return [...test, ...otherwise, ...then];
}

/** Does one thing if the loaded word has a value, and another if not. */
export function ifEqual(
  value: number,
  then: readonly Instruction[],
  otherwise: readonly Instruction[],
): Instruction[] {
  return branch(JUMP_IF_EQUAL, value, otherwise, then);
}

/** An action for all values from one on, up to where the next begins. */
interface Range {
  readonly from: number;
  readonly action: number;
}

/**
 * Returns the action of the loaded word, by as few comparisons as a binary
 * search takes.
 *
 * @param actions The actions of some values.
 * @param otherwise The action of all others.
 */
export function search(
  actions: ReadonlyMap<number, number>,
  otherwise: number,
): Instruction[] {
  const ranges: Range[] = [{ from: 0, action: otherwise }];
  const begin = (from: number, action: number) => {
    const last = ranges.at(-1)!;
    if (last.from === from) ranges.pop();
    if (ranges.at(-1)?.action !== action) ranges.push({ from, action });
  };
  const sorted = [...actions].sort(([one], [other]) => one - other);
  for (const [value, action] of sorted) {
    begin(value, action);
    if (value < 2 ** 32 - 1) begin(value + 1, otherwise);
  }
  return searchRanges(ranges);
}

function searchRanges(ranges: readonly Range[]): Instruction[] {
  if (ranges.length === 1) return [ret(ranges[0]!.action)];
  const middle = ranges.length >> 1;
  return branch(
    JUMP_IF_GREATER_OR_EQUAL,
    ranges[middle]!.from,
    searchRanges(ranges.slice(0, middle)),
    searchRanges(ranges.slice(middle)),
  );
}

/** The bytes of a program, as the kernel takes them. */
export function encode(
  program: readonly Instruction[],
): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(INSTRUCTION_SIZE * program.length));
  program.forEach(({ code, ifTrue, ifFalse, k }, index) => {
    const at = INSTRUCTION_SIZE * index;
    view.setUint16(at, code, true);
    view.setUint8(at + 2, ifTrue);
    view.setUint8(at + 3, ifFalse);
    view.setUint32(at + 4, k, true);
  });
  return new Uint8Array(view.buffer);
}
