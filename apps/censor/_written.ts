import {
  AUDIT_ARCH_AARCH64,
  AUDIT_ARCH_I386,
  AUDIT_ARCH_X86_64,
  type SyscallInfo,
} from "@procctl/ptrace";
import { syscallName } from "@procctl/syscalls";
import type { Read, Span } from "./_word.ts";

/** What one message is made of: a word may begin in one piece and end in the next. */
export type Message = readonly Span[];

/** What a call writes, from its arguments. */
type Decode = (args: readonly bigint[], words: Words) => Message[];

/** The kernel looks at no more elements of a vector, and at no more messages. */
const MOST_ELEMENTS = 1024;
/** The kernel writes no more bytes in one call. */
const MOST_BYTES = 0x7ffff000;

/** Reads structures that are made of words of a size. */
class Words {
  constructor(readonly size: 4 | 8, readonly read: Read) {}

  /** Words from an address on: fewer if what follows is not mapped. */
  at(address: bigint, count: number): bigint[] {
    const bytes = new Uint8Array(this.size * count);
    const read = this.read(toNumber(address), bytes);
    const view = new DataView(bytes.buffer);
    return Array.from(
      { length: Math.trunc(read / this.size) },
      (_, i) =>
        this.size === 8
          ? view.getBigUint64(8 * i, true)
          : BigInt(view.getUint32(4 * i, true)),
    );
  }
}

/** An address as an exact number: without the tag that its highest byte may have. */
function toNumber(address: bigint): number {
  return Number(BigInt.asUintN(52, address));
}

function span(address: bigint, length: bigint): Span {
  const most = length < MOST_BYTES ? Number(length) : MOST_BYTES;
  return { address: toNumber(address), length: most };
}

function clamp(count: bigint): number {
  return count < MOST_ELEMENTS ? Number(count) : MOST_ELEMENTS;
}

/** (fd, buffer, length) */
const buffer: Decode = ([, address, length]) => [[span(address!, length!)]];

/** (fd, vector, count), the vector of struct iovec: an address and a length. */
const vector: Decode = ([, address, count], words) => {
  const elements = words.at(address!, 2 * clamp(count!));
  const spans: Span[] = [];
  for (let i = 0; i + 1 < elements.length; i += 2) {
    spans.push(span(elements[i]!, elements[i + 1]!));
  }
  return [spans];
};

/** (fd, struct msghdr *): name, its length, vector, count, and more. */
const message: Decode = ([fd, address], words) => {
  const [, , iov, count] = words.at(address!, 4);
  return count === undefined ? [] : vector([fd!, iov!, count], words);
};

/** struct mmsghdr: a msghdr of seven words, and what was sent of it. */
const MMSGHDR_WORDS = 8;

/** (fd, struct mmsghdr *, count) */
const messages: Decode = ([fd, address, count], words) => {
  const size = BigInt(MMSGHDR_WORDS * words.size);
  return Array.from(
    { length: clamp(BigInt.asUintN(32, count!)) },
    (_, i) => message([fd!, address! + BigInt(i) * size], words),
  ).flat();
};

/** The calls of i386's socketcall(2) that write. */
const SOCKET_CALLS = new Map<bigint, Decode>([
  [9n, buffer], // SYS_SEND
  [11n, buffer], // SYS_SENDTO
  [16n, message], // SYS_SENDMSG
  [20n, messages], // SYS_SENDMMSG
]);

/** (call, its arguments) */
const socketCall: Decode = ([call, address], words) => {
  const decode = SOCKET_CALLS.get(call!);
  const args = words.at(address!, 3);
  return decode === undefined || args.length < 3 ? [] : decode(args, words);
};

const CALLS = new Map<string, Decode>([
  ["write", buffer],
  ["pwrite64", buffer],
  ["sendto", buffer],
  ["writev", vector],
  ["pwritev", vector],
  ["pwritev2", vector],
  ["sendmsg", message],
  ["sendmmsg", messages],
  ["socketcall", socketCall],
]);

const ARCHES = new Map(
  [
    [AUDIT_ARCH_X86_64, "x86_64"],
    [AUDIT_ARCH_I386, "i386"],
    [AUDIT_ARCH_AARCH64, "aarch64"],
  ] as const,
);

/** The name of the call that a task is at the entry of, if it is known. */
export function calledName(info: SyscallInfo): string | undefined {
  const arch = ARCHES.get(info.arch as typeof AUDIT_ARCH_I386);
  return arch && syscallName(info.nr, arch);
}

/** What the call writes that a task is at the entry of. */
export function writtenBy(info: SyscallInfo, read: Read): Message[] {
  const decode = CALLS.get(calledName(info) ?? "");
  if (decode === undefined) return [];
  const size = info.arch === AUDIT_ARCH_I386 ? 4 : 8;
  return decode(Array.from(info.args), new Words(size, read));
}

/** clone(2) and its kin, and whether their child has its parent's memory. */
const CLONE_VM = 0x100n;

/** What a call does with memory: a child gets a copy, or has it together. */
export function childMemory(
  info: SyscallInfo,
  read: Read,
): "copied" | "shared" | undefined {
  const shared = (flags: bigint) => flags & CLONE_VM ? "shared" : "copied";
  switch (calledName(info)) {
    case "fork":
      return "copied";
    case "vfork":
      return "shared";
    case "clone":
      return shared(info.args[0]!);
    case "clone3": {
      const [flags = 0n] = new Words(8, read).at(info.args[0]!, 1);
      return shared(flags);
    }
  }
}
