/**
 * What `procctl trace --json` prints: a line of JSON for each event.
 *
 * @module
 */

/** What a line tells. */
export type TraceRecord =
  | SyscallRecord
  | SignalRecord
  | StopRecord
  | ExecRecord
  | SupersededRecord
  | TaskRecord
  | ExitRecord;

/** What all lines have. */
export interface TraceRecordBase {
  /** When it was: seconds since 1970. Of a system call, when it began. */
  time: number;
  /** The process. */
  pid: number;
  /** The thread; that of a process with only one has the process's number. */
  tid: number;
}

/** A system call that has ended, or that never will as its thread has. */
export interface SyscallRecord extends TraceRecordBase {
  /** What the line tells. */
  kind: "syscall";
  /** Its name; one that is not known has its number in it. */
  name: string;
  /** Its number. */
  nr: number;
  /** By whose rules it was made; i386's by `int 0x80`. */
  abi: "x86_64" | "i386" | "aarch64";
  /** Its arguments, as far as the call takes them. */
  args: ArgumentRecord[];
  /** What it returned, in decimal; null if it did not return. */
  result: string | null;
  /** The name of its error, if it failed. */
  errno?: string;
  /** That it was interrupted, and what becomes of it: `ERESTARTSYS` and such. */
  restart?: string;
  /** The result as text, as the log for people has it. */
  text: string;
  /** How long it took, in seconds. */
  duration: number;
}

/** An argument of a system call. */
export interface ArgumentRecord {
  /** The parameter's name in the kernel's source. */
  name: string;
  /** Its type in C. */
  type: string;
  /** What the register holds, in hexadecimal. */
  raw: string;
  /** What that means. */
  value: DecodedValue;
  /** What the call made of it, if it replaces what was there. */
  after?: DecodedValue;
}

/**
 * A decoded value. A string is what C would call it: names of constants, an
 * address in hexadecimal, or a number too large for a JSON number.
 */
export type DecodedValue =
  | string
  | number
  | DecodedText
  | DecodedStruct
  | DecodedList
  | DecodedRemark
  | DecodedChange;

/** Bytes. */
export interface DecodedText {
  /** What the value is. */
  kind: "text";
  /** The bytes as text; what is no UTF-8 in them is U+FFFD. */
  text: string;
  /** The bytes in hexadecimal, if they are not UTF-8. */
  hex?: string;
  /** Whether there are more that are left out. */
  more: boolean;
}

/** A structure of C. */
export interface DecodedStruct {
  /** What the value is. */
  kind: "struct";
  /** Its members. */
  members: Record<string, DecodedValue>;
  /** Whether it has members that are left out. */
  more: boolean;
}

/** An array. */
export interface DecodedList {
  /** What the value is. */
  kind: "list";
  /** Its items. */
  items: DecodedValue[];
  /** Whether there are more that are left out. */
  more: boolean;
}

/** A value of which more is told, such as the date of a time. */
export interface DecodedRemark {
  /** What the value is. */
  kind: "remark";
  /** The value. */
  value: DecodedValue;
  /** What is told of it. */
  remark: string;
}

/** A value that the call has replaced. */
export interface DecodedChange {
  /** What the value is. */
  kind: "change";
  /** What it was at the call's entry. */
  before: DecodedValue;
  /** What it was at the call's exit. */
  after: DecodedValue;
}

/** A signal that is delivered. */
export interface SignalRecord extends TraceRecordBase {
  /** What the line tells. */
  kind: "signal";
  /** The signal. */
  signal: string;
  /** What is known of it. */
  info: Record<string, DecodedValue>;
}

/** A signal has stopped the thread, with all of its process. */
export interface StopRecord extends TraceRecordBase {
  /** What the line tells. */
  kind: "stop";
  /** The signal. */
  signal: string;
}

/** The process has executed a program. */
export interface ExecRecord extends TraceRecordBase {
  /** What the line tells. */
  kind: "exec";
  /** The program, as it was asked for. */
  path: string;
}

/** The first thread is gone, as another one of its process executed a program. */
export interface SupersededRecord extends TraceRecordBase {
  /** What the line tells. */
  kind: "superseded";
  /** The number that the other thread had until then. */
  by: number;
}

/** There is a new process or thread. */
export interface TaskRecord extends TraceRecordBase {
  /** What the line tells. */
  kind: "task";
  /** The thread that made it; 0 if that is not known. */
  parent: number;
  /** How it was made: threads are by `clone`. */
  how: "fork" | "vfork" | "clone";
}

/** A thread has ended; the process, if it was its last one. */
export interface ExitRecord extends TraceRecordBase {
  /** What the line tells. */
  kind: "exit";
  /** The exit status; null if a signal ended it. */
  code: number | null;
  /** The signal; null if it ended by itself. */
  signal: string | null;
  /** Whether there is a core file. */
  coreDumped: boolean;
}
