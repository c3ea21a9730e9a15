import { PipeEnd } from "./_pipe_end.ts";
import { readableOf, writableOf } from "./_streams.ts";
import type { Duplex } from "./child.ts";

type Readable = ReadableStream<Uint8Array<ArrayBuffer>>;

const STREAMS = ["standard input", "standard output", "standard error"];

/** The streams of a child's pipes, each undefined if there is none. */
export class Pipes {
  readonly stdin: WritableStream<Uint8Array> | undefined;
  readonly stdout: Readable | undefined;
  readonly stderr: Readable | undefined;
  /** Those of its other descriptors, by number. */
  readonly others: Readonly<Record<number, Duplex>>;
  #ends = new Map<number, PipeEnd>();
  #opposites: PipeEnd[] = [];

  /**
   * @param fds This program's ends, by the child's descriptors. They are closed
   * if it fails.
   */
  constructor(pid: number, fds: ReadonlyMap<number, number>) {
    for (const [target, fd] of fds) {
      const stream = STREAMS[target] ?? `descriptor ${target}`;
      const name = `the ${stream} of process ${pid}`;
      const direction = target === 0 ? "write" : "read";
      const isSocket = target >= STREAMS.length;
      this.#ends.set(target, new PipeEnd(fd, name, direction, isSocket));
    }
    const [stdin, stdout, stderr] = [0, 1, 2].map((fd) => this.#ends.get(fd));
    this.stdin = stdin && writableOf(stdin);
    this.stdout = stdout && readableOf(stdout);
    this.stderr = stderr && readableOf(stderr);
    try {
      this.others = this.#duplexes();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  #duplexes(): Record<number, Duplex> {
    const duplexes: Record<number, Duplex> = {};
    for (const [target, end] of this.#ends) {
      if (target < STREAMS.length) continue;
      const opposite = end.opposite();
      this.#opposites.push(opposite);
      duplexes[target] = {
        readable: readableOf(end),
        writable: writableOf(opposite),
      };
    }
    return duplexes;
  }

  /** Sets whether a transfer that waits keeps the program alive. */
  setRef(isRef: boolean): void {
    for (const end of this.#all()) end.setRef(isRef);
  }

  /** How many bytes came so far of the one that wrote the most to its output. */
  mostArrived(): number {
    const ends = [1, 2].map((target) => this.#ends.get(target));
    return Math.max(...ends.map((end) => end?.arrived() ?? 0));
  }

  /** Closes them all, whatever state they are in. */
  close(): void {
    for (const end of this.#all()) end.close();
  }

  #all(): PipeEnd[] {
    return [...this.#ends.values(), ...this.#opposites];
  }
}
