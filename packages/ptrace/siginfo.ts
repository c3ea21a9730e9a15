/**
 * What is known of a signal.
 *
 * @module
 */

const SIZE = 128;

/**
 * What is known of a signal: a view of the kernel's `siginfo_t`, as it is on 64
 * bits. Which fields hold something follows from `signo` and `code`: see
 * sigaction(2).
 *
 * @example Usage
 * ```ts
 * import * as ptrace from "@procctl/ptrace/requests";
 *
 * const pid = ptrace.startTraced(["/bin/sh", "-c", "kill -TERM $$"]);
 * ptrace.cont(pid);
 * ptrace.waitFor(pid);
 * const info = ptrace.getsiginfo(pid);
 * console.log(info.signo, info.pid === pid); // prints: 15 true
 * ```
 */
export class Siginfo {
  /** The structure itself, 128 bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  #view: DataView<ArrayBuffer>;

  /**
   * Makes a view.
   *
   * @param bytes The structure; without it, one of zeros.
   */
  constructor(bytes: Uint8Array<ArrayBuffer> = new Uint8Array(SIZE)) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, SIZE);
  }

  /** The signal's number. */
  get signo(): number {
    return this.#view.getInt32(0, true);
  }
  /** The signal's number. */
  set signo(value: number) {
    this.#view.setInt32(0, value, true);
  }

  /** An error number that belongs to it; seldom used. */
  get errno(): number {
    return this.#view.getInt32(4, true);
  }

  /** Where it comes from: `SI_USER` is 0, `SI_QUEUE` -1, `SI_KERNEL` 128. */
  get code(): number {
    return this.#view.getInt32(8, true);
  }
  /** Where it comes from: `SI_USER` is 0, `SI_QUEUE` -1, `SI_KERNEL` 128. */
  set code(value: number) {
    this.#view.setInt32(8, value, true);
  }

  /** The process that sent it, or, with SIGCHLD, that it is about. */
  get pid(): number {
    return this.#view.getInt32(16, true);
  }
  /** The process that sent it, or, with SIGCHLD, that it is about. */
  set pid(value: number) {
    this.#view.setInt32(16, value, true);
  }

  /** The user of that process. */
  get uid(): number {
    return this.#view.getUint32(20, true);
  }
  /** The user of that process. */
  set uid(value: number) {
    this.#view.setUint32(20, value, true);
  }

  /** With SIGCHLD: the exit status, or the signal. */
  get status(): number {
    return this.#view.getInt32(24, true);
  }

  /** The number that sigqueue(3) sent along. */
  get value(): number {
    return this.#view.getInt32(24, true);
  }
  /** The number that sigqueue(3) sent along. */
  set value(value: number) {
    this.#view.setInt32(24, value, true);
  }

  /** The pointer that sigqueue(3) sent along. */
  get pointer(): bigint {
    return this.#view.getBigUint64(24, true);
  }

  /** With SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP: where the fault is. */
  get address(): bigint {
    return this.#view.getBigUint64(16, true);
  }

  /** With SIGSYS: the number of the system call. */
  get syscall(): number {
    return this.#view.getInt32(24, true);
  }

  /** With SIGSYS: the architecture of the system call, an `AUDIT_ARCH_*`. */
  get arch(): number {
    return this.#view.getUint32(28, true);
  }
}
