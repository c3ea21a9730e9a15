import { readDirectory } from "@procctl/libc";
import { type Child, spawn } from "@procctl/spawn";
import { patience } from "@procctl/testing";
import { readStatus } from "./_proc_status.ts";
import { argvOf } from "./_testing_tracer.ts";

/** A scenario of `_testing_tracees.c` that runs. */
export class Running implements AsyncDisposable {
  readonly child: Child;

  constructor(command: string) {
    const [program, ...args] = argvOf(command);
    this.child = spawn(program, { args, stdout: "piped" });
  }

  /** Threads that sleep, longer on slow machines, and then tell how many have. */
  static async sleepers(count: number, milliseconds: number): Promise<Running> {
    const running = new Running(`sleepers ${count} ${patience(milliseconds)}`);
    await until(() => statesOf(running.tids()) === "S".repeat(count));
    return running;
  }

  get pid(): number {
    return this.child.pid;
  }

  /** The numbers of its threads. */
  tids(): number[] {
    return threadsOf(this.pid);
  }

  /** All that it writes, and how it ends. */
  async output(): Promise<[text: string, code: number]> {
    const { stdout, code } = await this.child.output();
    return [new TextDecoder().decode(stdout), code];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.child[Symbol.asyncDispose]();
  }
}

/** The numbers of the threads of a process. */
export function threadsOf(pid: number): number[] {
  return readDirectory(`/proc/${pid}/task`)
    .map((name) => Number(new TextDecoder().decode(name)));
}

/** The states of the threads of a process, as /proc has them, sorted. */
export function statesOf(tids: Iterable<number>): string {
  return [...tids].map((tid) => readStatus(tid)?.state ?? "-").sort().join("");
}

/** Waits until something holds; a test is killed if it never does. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}
