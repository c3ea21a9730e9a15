/**
 * The options of {@linkcode spawn}.
 *
 * @module
 */

import type { ExecOptions, Stdio } from "@procctl/exec";
import type { Signal } from "@procctl/libc";

/** What a descriptor of a child is: what `exec()` offers, or a pipe to it. */
export type SpawnStdio = Stdio | "piped";

/** A kind of namespace that a child can be the first one in. */
export type Namespace =
  | "cgroup"
  | "ipc"
  | "mount"
  | "network"
  | "pid"
  | "user"
  | "uts";

/** What a child does with signals. */
export interface SignalOptions {
  /**
   * Those that are blocked; all others are not.
   *
   * @default {as in the caller}
   */
  mask?: readonly Signal[];
  /** Those that get their default effect. */
  default?: readonly Signal[];
  /** Those that are ignored. */
  ignore?: readonly Signal[];
}

/** How {@linkcode spawn} starts a child: all that `exec()` takes, and more. */
export interface SpawnOptions
  extends Omit<ExecOptions, "stdin" | "stdout" | "stderr"> {
  /**
   * The standard input.
   *
   * @default {"inherit"}
   */
  stdin?: SpawnStdio;
  /**
   * The standard output.
   *
   * @default {"inherit"}
   */
  stdout?: SpawnStdio;
  /**
   * The standard error.
   *
   * @default {"inherit"}
   */
  stderr?: SpawnStdio;
  /**
   * Other descriptors that it has, by number, from 3 on. `"piped"` is a socket
   * that both can read and write, `"inherit"` the caller's of that number.
   */
  fds?: Readonly<Record<number, SpawnStdio>>;
  /** Ends the child, by SIGTERM, when it is aborted. */
  signal?: AbortSignal;
  /**
   * The user that it becomes. Its group stays the caller's without `gid`.
   *
   * @default {the caller's}
   */
  uid?: number;
  /**
   * The group that it becomes.
   *
   * @default {the caller's}
   */
  gid?: number;
  /**
   * Its supplementary groups, or `"keep"` for the caller's.
   *
   * @default {none if uid is given, else the caller's}
   */
  groups?: readonly number[] | "keep";
  /**
   * Its nice value itself, not what is added: -20, most of the time, to 19.
   *
   * @default {the caller's}
   */
  nice?: number;
  /**
   * The numbers of the processors that it may run on.
   *
   * @default {the caller's}
   */
  affinity?: readonly number[];
  /**
   * The process group that it joins; 0 for a new one that it leads.
   *
   * @default {the caller's}
   */
  processGroup?: number;
  /**
   * Whether it leads a session of its own, without a terminal.
   *
   * @default {false}
   */
  session?: boolean;
  /** The caller's descriptor of a terminal that its session is to control. */
  controllingTerminal?: number;
  /** The caller's descriptor of a terminal whose foreground it comes to. */
  foreground?: number;
  /**
   * The signal that it gets when the thread that started it ends: this program,
   * or this Worker.
   *
   * @default {none}
   */
  deathSignal?: Signal;
  /**
   * Whether it gives up for good what set-user-ID programs would grant.
   *
   * @default {false}
   */
  noNewPrivileges?: boolean;
  /** What it does with signals. `sigpipe` is what happens to SIGPIPE. */
  signals?: SignalOptions;
  /** A filter of system calls: the instructions, `struct sock_filter` each. */
  seccomp?: Uint8Array;
  /**
   * New namespaces that it is the first one in.
   *
   * In a new user namespace its user and group, those of `uid` and `gid`, or
   * the caller's, are what the caller is outside, and there are no others.
   */
  namespaces?: readonly Namespace[];
  /**
   * Whose PATH the command is looked for in: the caller's, or that of the
   * environment that the child gets.
   *
   * @default {"parent"}
   */
  searchPath?: "parent" | "child";
}
