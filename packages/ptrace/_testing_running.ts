import { type Child, spawn } from "@procctl/spawn";
import { readStatus } from "./_proc_status.ts";
import { tasksProgram } from "./_testing_tracer.ts";

/** A scenario of `_testing_tasks.c` that runs, and has said that it is ready. */
export class Running implements AsyncDisposable {
  readonly child: Child;
  #reader: ReadableStreamDefaultReader<string>;

  private constructor(child: Child) {
    this.child = child;
    this.#reader = child.stdout.pipeThrough(new TextDecoderStream())
      .getReader();
  }

  static async start(scenario: string): Promise<Running> {
    const args = scenario.split(" ");
    const running = new Running(
      spawn(tasksProgram(), { args, stdout: "piped" }),
    );
    const { value } = await running.#reader.read();
    if (value !== "ready\n") throw new Error(`It said ${value}`);
    return running;
  }

  get pid(): number {
    return this.child.pid;
  }

  /** What it writes after it was ready, to its end. */
  async rest(): Promise<string> {
    let text = "";
    for (;;) {
      const { value, done } = await this.#reader.read();
      if (done) return text;
      text += value;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader.cancel();
    await this.child[Symbol.asyncDispose]();
  }
}

/** The states of the threads of a process, as /proc has them, sorted. */
export function statesOf(tids: Iterable<number>): string {
  return [...tids].map((tid) => readStatus(tid)?.state ?? "-").sort().join("");
}

/** Waits until something holds; a test is killed if it never does. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}
