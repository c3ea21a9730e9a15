/**
 * A process between this one and a command, which adopts what the command's
 * processes leave behind.
 *
 * To adopt them is a property of a whole process (PR_SET_CHILD_SUBREAPER): this
 * one would adopt what other children of it leave behind, and would have to
 * reap what it never started. So there is another one, whose program is some
 * hundred bytes of machine code. It cannot be a Deno: a package has no way to
 * start one without permissions, nor would it know its own files. Nor is it to
 * be: what a process uses is counted from the memory that it was forked from
 * on, which of Deno is 60 MiB.
 *
 * All thinking is done here. The supervisor makes the system calls that only a
 * parent can make: it clones the command, and reaps.
 *
 * @module
 */

import {
  closeFile,
  lazySymbols,
  orErrno,
  readMemory,
  SystemError,
  wasInterrupted,
  writeMemory,
} from "@procctl/libc";
import { arch } from "@procctl/libc/library";
import { type SyscallName, syscallNumber } from "@procctl/syscalls/names";
import { reapQuietly } from "./_gated_child.ts";
import { endWithSupervisor } from "./_implied_steps.ts";
import { layOutSteps } from "./_lay_out_steps.ts";
import { makeSocketPair, moveAway } from "./_pipe.ts";
import { statOf } from "./_process_tree.ts";
import { SharedArena } from "./_shared_arena.ts";
import { SIG_DFL, SIG_IGN } from "./_signal_calls.ts";
import type { Step } from "./_step.ts";
import { executableInMemory, supervisorImage } from "./_supervisor_image.ts";
import {
  adoptOrphans,
  blockAll,
  descriptorFlags,
  executeDescriptor,
  leaveGroup,
  signalChild,
  waitAtGate,
} from "./_supervisor_steps.ts";
import { pollOne } from "./_poll.ts";
import {
  dispositions,
  openPidfd,
  sendSignal,
  waitForZero,
  wake,
} from "./_syscall.ts";
import { USAGE_SIZE } from "./_wait.ts";
import { ChildProgram } from "./child_program.ts";

const libc = lazySymbols({
  // ssize_t read(int fd, void *buf, size_t count)
  read: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  // ssize_t write(int fd, const void *buf, size_t count)
  write: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  // int fcntl(int fd, int cmd, int arg)
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
});

/** Its memory: a system call, a child's table, the result, and a byte. */
const CALL = 0;
const TABLE = 56;
const RESULT = 64;
/** What the code has for itself. */
const RESERVED = 8192;

const F_GETFD = 1;
const FD_CLOEXEC = 1;
const SIGKILL = 9;
const SIGCONT = 18;
const SIGCHLD = 17;
const ECHILD = 10;
const ECONNRESET = 104;
const CLONE_VM = 0x100;
const CLONE_CHILD_CLEARTID = 0x200000;
const WALL = 0x40000000;
const WNOHANG = 1;
const STOPPED = 0x7f;
/** How often one that does not answer is looked at, in milliseconds. */
const LOOK_EVERY = 20;

/** How often it may be stopped while it has to answer. */
const MOST_STOPS = 100;

/** The supervisor was killed, by the command or by somebody else. */
export class SupervisorLost extends Error {
  constructor() {
    super("Cannot reach the supervisor: it was killed");
  }
}

/** What wait4(2) told of a child of the supervisor that has ended. */
export interface Ended {
  pid: number;
  /** The status, in its form. */
  status: number;
  /** The struct rusage. */
  usage: BigInt64Array;
}

/** A child of the supervisor. */
export interface SupervisedChild {
  pid: number;
  /** A descriptor of it, close-on-exec. */
  pidfd: number;
}

/** The supervisor, as this program sees it. */
export class Supervisor implements Disposable {
  readonly pid: number;
  readonly pidfd: number;
  readonly #arena: SharedArena;
  readonly #socket: number;
  /** The supervisor's end. */
  readonly #itsSocket: number;
  /** What is open there only for the command, and closes when that executes. */
  readonly #passed: readonly number[];
  readonly #ended: bigint;
  /** All that is to be ended and closed with it, the last first. */
  readonly #owned: DisposableStack;

  /**
   * @param passed The descriptors of this program that its child is to have.
   * @param taken Numbers that no descriptor of its own may have.
   */
  constructor(passed: readonly number[], taken: ReadonlySet<number>) {
    using owned = new DisposableStack();
    // What it has a copy of, once it runs.
    using handedOn = new DisposableStack();
    this.#passed = passed.filter(closesOnExec);
    this.#arena = owned.use(new SharedArena(RESERVED, taken));
    const sockets = moveAway(makeSocketPair(), taken) as [number, number];
    [this.#socket, this.#itsSocket] = sockets;
    owned.adopt(this.#socket, closeFile);
    handedOn.adopt(this.#itsSocket, closeFile);
    const { address, size, fd } = this.#arena;
    const parameters = { address, size, memory: fd, socket: this.#itsSocket };
    const image = executableInMemory(supervisorImage(parameters));
    handedOn.adopt(image, closeFile);
    this.#ended = this.#arena.allocate(4 + 12 + USAGE_SIZE);
    const program = new ChildProgram().add(...this.#steps(image));
    ({ pid: this.pid, pidfd: this.pidfd } = program.start());
    owned.adopt(this.pidfd, closeFile);
    owned.defer(() => {
      sendSignal(this.pidfd, SIGKILL);
      reapQuietly(this.pid);
    });
    // Only so is the end of it that of the socket.
    handedOn.dispose();
    this.#awaitAnswer();
    this.#owned = owned.move();
  }

  /** The end of the socket that can be read when it has ended, or answered. */
  get socket(): number {
    return this.#socket;
  }

  #steps(image: number): Step[] {
    const own = [this.#arena.fd, this.#itsSocket];
    return [
      leaveGroup(),
      adoptOrphans(),
      descriptorFlags([...own, ...this.#passed], 0),
      // Where it is ignored the kernel keeps no status of children.
      signalChild(SIG_DFL),
      blockAll(),
      executeDescriptor(image),
    ];
  }

  /**
   * Clones a child of it, which takes some steps, and waits until it has
   * executed its program. This thread stands still until then.
   *
   * @param prepare Called while the child waits to take the first step.
   * @throws {SystemError} If a step failed. The child is then gone.
   */
  start(
    steps: readonly Step[],
    namespaces: number,
    prepare: (child: { pid: number }) => void,
  ): SupervisedChild {
    const gate = this.#arena.bytes(new Uint8Array([1, 0, 0, 0]));
    const inUse = this.#arena.bytes(new Uint8Array([1, 0, 0, 0]));
    const { table, failure } = layOutSteps(this.#arena, [
      // Of one that waits nobody else would know.
      endWithSupervisor(),
      waitAtGate(gate),
      // Nothing of the supervisor's own reaches the command.
      descriptorFlags(
        [this.#arena.fd, this.#itsSocket, ...this.#passed],
        FD_CLOEXEC,
      ),
      // The command inherits what this program does with it.
      ...(dispositions().ignored.includes(SIGCHLD)
        ? [signalChild(SIG_IGN)]
        : []),
      ...steps,
    ]);
    const pid = this.#clone(table.address, namespaces, inUse);
    const pidfd = this.#openChild(pid);
    try {
      prepare({ pid });
      writeMemory(gate, new Uint8Array(4));
      wake(gate);
      while (readMemory(inUse, 1)[0] === 1 && !pollOne(pidfd, 0)) {
        waitForZero(inUse, 1, LOOK_EVERY);
      }
      const error = failure();
      if (error !== undefined) throw error;
    } catch (error) {
      sendSignal(pidfd, SIGKILL);
      pollOne(pidfd, -1);
      closeFile(pidfd);
      this.reap(pid);
      throw error;
    }
    try {
      if (this.#itsSocket > 0) this.#closePassed();
    } catch (error) {
      // The command was quick to kill it. Who asks it next is told.
      if (!(error instanceof SupervisorLost)) throw error;
    }
    return { pid, pidfd };
  }

  #clone(table: bigint, namespaces: number, inUse: bigint): number {
    const address = this.#arena.address + BigInt(TABLE);
    writeMemory(address, new Uint8Array(new BigUint64Array([table]).buffer));
    const flags = CLONE_VM | CLONE_CHILD_CLEARTID | SIGCHLD | namespaces;
    // No stack: the child uses none, like its parent.
    const pid = this.call("clone", flags, 0, 0, ...cloneEnd(inUse));
    if (pid >= 0) return pid;
    throw new SystemError("Cannot make a child process", {
      errno: -pid,
      syscall: "clone",
    });
  }

  /** Opens a descriptor of a child of it, or ends that one. */
  #openChild(pid: number): number {
    const pidfd = openPidfd(pid);
    if (pidfd >= 0) return pidfd;
    // Until it is reaped nobody else has its number.
    this.call("kill", pid, SIGKILL);
    this.call("wait4", pid, 0, WALL, 0);
    throw new SystemError("Cannot make a child process", {
      errno: -pidfd,
      syscall: "pidfd_open",
    });
  }

  /**
   * Closes what it has for the command: a pipe ends when nobody has it open any
   * more. Its socket was opened last, so that all of that is below; what is
   * above, this program inherited itself.
   */
  #closePassed(): void {
    this.call("close_range", 0, this.#itsSocket - 1, 0);
  }

  /**
   * Reaps a child of it that has ended.
   *
   * @param pid Which one; -1 for any. All of them are the command, or what its
   * processes left behind, so that nothing is taken from anybody.
   * @returns What it was; undefined if none has ended, null if there is none.
   */
  reap(pid: number): Ended | undefined | null {
    const [status, usage] = [this.#ended, this.#ended + 16n];
    for (;;) {
      const ended = this.call("wait4", pid, status, WALL | WNOHANG, usage);
      if (ended <= 0) return ended === -ECHILD ? null : undefined;
      const [told] = new Int32Array(readMemory(status, 4).buffer);
      // Who asked to be traced by its parent has stopped, and is left so.
      if ((told! & 0xff) === STOPPED) continue;
      const bytes = new BigInt64Array(readMemory(usage, USAGE_SIZE).buffer);
      return { pid: ended, status: told!, usage: bytes };
    }
  }

  /** Whether it was killed. */
  isLost(): boolean {
    return pollOne(this.pidfd, 0);
  }

  /**
   * Lets it make a system call.
   *
   * @returns The result, or -errno.
   * @throws {SupervisorLost} If it is no more.
   */
  call(name: SyscallName, ...args: (number | bigint)[]): number {
    const call = new BigInt64Array(7);
    call[0] = BigInt(syscallNumber(name, arch())!);
    args.forEach((value, index) => call[index + 1] = BigInt(value));
    const { address } = this.#arena;
    writeMemory(address + BigInt(CALL), new Uint8Array(call.buffer));
    libc.write(this.#socket, new Uint8Array(1), 1n);
    this.#awaitAnswer();
    const result = readMemory(address + BigInt(RESULT), 8);
    return Number(new BigInt64Array(result.buffer)[0]);
  }

  /**
   * Waits for the answer, however long the machine takes to give it the
   * processor. One that the command has stopped is let go on.
   */
  #awaitAnswer(): void {
    let stops = 0;
    while (!pollOne(this.#socket, LOOK_EVERY)) {
      if (statOf(this.pid)?.state !== "T") continue;
      // It would be stopped without end.
      const signal = ++stops > MOST_STOPS ? SIGKILL : SIGCONT;
      sendSignal(this.pidfd, signal);
    }
    let size: number;
    do size = orErrno(libc.read(this.#socket, new Uint8Array(1), 1n)); while (
      wasInterrupted(size)
    );
    if (size === 0 || size === -ECONNRESET) throw new SupervisorLost();
    if (size < 0) {
      throw new SystemError("Cannot read what the supervisor answers", {
        errno: -size,
        syscall: "read",
      });
    }
  }

  /** Ends it. What children it has left are no longer anybody's. */
  [Symbol.dispose](): void {
    this.#owned.dispose();
  }
}

function closesOnExec(fd: number): boolean {
  const flags = orErrno(libc.fcntl(fd, F_GETFD, 0));
  // One that is not open is the affair of the step that wants to have it.
  return flags >= 0 && (flags & FD_CLOEXEC) !== 0;
}

/** The last two arguments of clone(2), whose order the architecture has. */
function cloneEnd(childTid: bigint): [bigint, bigint] {
  return arch() === "x86_64" ? [childTid, 0n] : [0n, childTid];
}
