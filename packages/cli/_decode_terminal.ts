// deno-lint-ignore-file camelcase -- members have the names that C gives them
/**
 * ioctl(2), above all of terminals.
 *
 * @module
 */

import { constantsOf, formatConstant } from "@procctl/syscalls";
import { type Call, failed, hex, pointer, uint, word } from "./_trace_call.ts";
import {
  at,
  type Decoder,
  decoder,
  type ReadAt,
  readInt,
  readUint,
  single,
} from "./_trace_decoder.ts";
import { type Reader, readStruct } from "./_trace_reader.ts";
import { list, struct, type Value } from "./_trace_value.ts";

/** What an ioctl's argument points to, and whether the call fills it. */
interface Argument {
  out: boolean;
  read: ReadAt;
}

const TERMIOS_SIZE = 36;
const TERMIOS2_SIZE = 44;

/** Bits, and fields under a mask, in the order in which they are written. */
type Names = readonly (readonly [mask: number, names: readonly string[]])[];

/** A bit, or a field whose values are counted from 0 in steps of the lowest. */
function bits(text: string): Names {
  return text.trim().split(/\s+/).map((word) => {
    const [name, value] = word.split("=");
    return [parseInt(value!, 8), name!.split("/")];
  });
}

const INPUT = bits(
  `IGNBRK=1 BRKINT=2 IGNPAR=4 PARMRK=10 INPCK=20 ISTRIP=40 INLCR=100 IGNCR=200
  ICRNL=400 IUCLC=1000 IXON=2000 IXANY=4000 IXOFF=10000 IMAXBEL=20000 IUTF8=40000`,
);
const OUTPUT = bits(
  `NL0/NL1=400 CR0/CR1/CR2/CR3=3000 TAB0/TAB1/TAB2/TAB3=14000 BS0/BS1=20000
  VT0/VT1=40000 FF0/FF1=100000 OPOST=1 OLCUC=2 ONLCR=4 OCRNL=10 ONOCR=20
  ONLRET=40 OFILL=100 OFDEL=200`,
);
const CONTROL = bits(
  `CS5/CS6/CS7/CS8=60 CSTOPB=100 CREAD=200 PARENB=400 PARODD=1000 HUPCL=2000
  CLOCAL=4000 CMSPAR=10000000000 CRTSCTS=20000000000`,
);
const LOCAL = bits(
  `ISIG=1 ICANON=2 XCASE=4 ECHO=10 ECHOE=20 ECHOK=40 ECHONL=100 NOFLSH=200
  TOSTOP=400 IEXTEN=100000 ECHOCTL=1000 ECHOPRT=2000 ECHOKE=4000 FLUSHO=10000
  PENDIN=40000 EXTPROC=200000`,
);
const SPEEDS =
  "B0 B50 B75 B110 B134 B150 B200 B300 B600 B1200 B1800 B2400 B4800 B9600 B19200 B38400"
    .split(" ");
const FAST_SPEEDS =
  "BOTHER B57600 B115200 B230400 B460800 B500000 B576000 B921600 B1000000 B1152000 B1500000 B2000000 B2500000 B3000000 B3500000 B4000000"
    .split(" ");
const CHARACTERS =
  "VINTR VQUIT VERASE VKILL VEOF VTIME VMIN VSWTC VSTART VSTOP VSUSP VEOL VREPRINT VDISCARD VWERASE VLNEXT VEOL2"
    .split(" ");
const CBAUD = 0o010017;
const CBAUDEX = 0o010000;
const CIBAUD = 0o2003600000;
const NCCS = 19;

function formatBits(value: number, names: Names, first?: string): string {
  const parts = first === undefined ? [] : [first];
  let rest = value;
  for (const [mask, [bit, ...others]] of names) {
    if (others.length === 0) {
      if ((rest & mask) === 0) continue;
      parts.push(bit!);
    } else {
      const step = mask & -mask;
      parts.push([bit!, ...others][(rest & mask) / step]!);
    }
    rest &= ~mask;
  }
  if (rest !== 0 || parts.length === 0) parts.push(hex(rest >>> 0));
  return parts.join("|");
}

function formatControl(value: number): string {
  const speed = value & CBAUD;
  const name = speed & CBAUDEX
    ? FAST_SPEEDS[speed & 0o17]
    : SPEEDS[speed & 0o17];
  const rest = value & ~CBAUD & ~CIBAUD;
  const text = formatBits(rest, CONTROL, name);
  const inputSpeed = (value & CIBAUD) >>> 0;
  return inputSpeed === 0 ? text : `${text}|${hex(inputSpeed)}`;
}

function readTermios(size: number): ReadAt {
  return (call, address) => {
    const reader = readStruct(call, address, size);
    if (reader === undefined) return undefined;
    const fields = {
      c_iflag: formatBits(reader.i32(), INPUT),
      c_oflag: formatBits(reader.i32(), OUTPUT),
      c_cflag: formatControl(reader.i32()),
      c_lflag: formatBits(reader.i32(), LOCAL),
    };
    if (!call.detail.verbose) return struct(fields, true);
    const line = reader.u8();
    return struct({
      ...fields,
      c_line: line === 0 ? "N_TTY" : hex(line),
      c_cc: characters(reader),
      ...(size === TERMIOS2_SIZE && {
        c_ispeed: reader.u32(),
        c_ospeed: reader.u32(),
      }),
    });
  };
}

function characters(reader: Reader): Value {
  return list(
    Array.from(
      { length: NCCS },
      (_, i) => `[${CHARACTERS[i] ?? i}]=${hex(reader.u8())}`,
    ),
  );
}

const readWindow: ReadAt = (call, address) => {
  const reader = readStruct(call, address, 8);
  if (reader === undefined) return undefined;
  return struct({
    ws_row: reader.u16(),
    ws_col: reader.u16(),
    ws_xpixel: reader.u16(),
    ws_ypixel: reader.u16(),
  });
};

const termios = readTermios(TERMIOS_SIZE);
const termios2 = readTermios(TERMIOS2_SIZE);
const integer = single(readInt);
const unsigned = single(readUint);

/** The ioctls whose arguments are known, by their names. */
const ARGUMENTS: Readonly<Record<string, Argument>> = {
  TCGETS: { out: true, read: termios },
  TCSETS: { out: false, read: termios },
  TCSETSW: { out: false, read: termios },
  TCSETSF: { out: false, read: termios },
  TCGETS2: { out: true, read: termios2 },
  TCSETS2: { out: false, read: termios2 },
  TCSETSW2: { out: false, read: termios2 },
  TCSETSF2: { out: false, read: termios2 },
  TIOCGWINSZ: { out: true, read: readWindow },
  TIOCSWINSZ: { out: false, read: readWindow },
  TIOCGPGRP: { out: true, read: integer },
  TIOCSPGRP: { out: false, read: integer },
  TIOCGSID: { out: true, read: integer },
  TIOCGPTN: { out: true, read: unsigned },
  TIOCSPTLCK: { out: false, read: integer },
  TIOCGPTLCK: { out: true, read: integer },
  TIOCGEXCL: { out: true, read: integer },
  TIOCOUTQ: { out: true, read: integer },
  TIOCPKT: { out: false, read: integer },
  TIOCGPKT: { out: true, read: integer },
  TIOCGETD: { out: true, read: integer },
  TIOCSETD: { out: false, read: integer },
  FIONREAD: { out: true, read: integer },
  FIONBIO: { out: false, read: integer },
  FIOASYNC: { out: false, read: integer },
};

/** Those that take no argument at all. */
const NOTHING: ReadonlySet<string> = new Set([
  "TIOCSBRK",
  "TIOCCBRK",
  "TIOCCONS",
  "TIOCNOTTY",
  "TIOCEXCL",
  "TIOCNXCL",
  "TIOCVHANGUP",
  "FIOCLEX",
  "FIONCLEX",
]);

/** Those whose argument is an `int` itself. */
const NUMBERS: ReadonlySet<string> = new Set([
  "TIOCSCTTY",
  "TCSBRK",
  "TCSBRKP",
  "TCXONC",
  "TCFLSH",
]);

const names = new Map<string, ReadonlyMap<number, string>>();

/** The name of an ioctl, if it has one. */
function commandOf(call: Call): string | undefined {
  let known = names.get(call.arch);
  if (known === undefined) {
    known = new Map(
      Array.from(
        constantsOf("ioctl_commands", call.arch),
        ([name, value]) => [value >>> 0, name],
      ),
    );
    names.set(call.arch, known);
  }
  return known.get(uint(call, 1));
}

function argumentOf(call: Call): Argument | undefined {
  const name = commandOf(call);
  return name === undefined || !Object.hasOwn(ARGUMENTS, name)
    ? undefined
    : ARGUMENTS[name];
}

/** What strace calls those that a sound device has under the same number. */
const SHARED: Readonly<Record<string, string>> = {
  TCSETS: "SNDCTL_TMR_START or TCSETS",
  TCSETSW: "SNDCTL_TMR_STOP or TCSETSW",
  TCSETSF: "SNDCTL_TMR_CONTINUE or TCSETSF",
};

/** What an ioctl is called. */
export const ioctlCommand: Decoder = decoder((call) => {
  const text = formatConstant(uint(call, 1), "ioctl_commands", call.arch);
  return SHARED[text] ?? text;
});

/** What an ioctl is given. */
export const ioctlArgument: Decoder = {
  // Where nothing is known of it, strace waits for the call's end too.
  out: (call) => argumentOf(call)?.out ?? true,
  decode(call, index) {
    const name = commandOf(call);
    if (name !== undefined && NOTHING.has(name)) return undefined;
    const argument = argumentOf(call);
    if (argument !== undefined) {
      const address = word(call, index);
      return argument.out && failed(call)
        ? pointer(address)
        : at(call, address, argument.read);
    }
    if (name !== undefined && NUMBERS.has(name)) return uint(call, index) | 0;
    return hex(word(call, index));
  },
};
