/** A browser without a window, told what to do through a pipe. */

import { type Need, type TemporaryFolder, tool } from "@procctl/testing";
import { type Child, spawn } from "@procctl/spawn";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** The test opens a page in Chromium. */
export const browser: Need = () =>
  found() === undefined ? "needs chromium" : undefined;

function found(): string | undefined {
  return NAMES.find((name) => tool(name)() === undefined);
}

/** An answer of the browser, or something that it tells. */
interface Message {
  id?: number;
  method?: string;
  params?: { exceptionDetails?: unknown };
  result?: Record<string, unknown>;
  error?: { message: string };
}

/** A page in a browser, by the Chrome DevTools Protocol. */
export class Page implements AsyncDisposable {
  /** The exceptions that nothing on the page caught. */
  readonly exceptions: unknown[] = [];
  #child: Child;
  #writer: WritableStreamDefaultWriter<Uint8Array>;
  #waiting = new Map<number, (message: Message) => void>();
  #session: unknown;
  #id = 0;

  private constructor(child: Child) {
    this.#child = child;
    // The browser reads commands from 3, and answers on 4.
    this.#writer = child.fds[3]!.writable.getWriter();
    this.#read();
  }

  static async open(url: string, folder: TemporaryFolder): Promise<Page> {
    const child = spawn(found()!, {
      args: [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--remote-debugging-pipe",
        `--user-data-dir=${folder.join("profile")}`,
        "--window-size=1000,700",
        "about:blank",
      ],
      stdin: "null",
      stdout: "null",
      stderr: "null",
      fds: { 3: "piped", 4: "piped" },
      processGroup: 0,
    });
    const page = new Page(child);
    const { targetId } = await page.send("Target.createTarget", { url });
    const attach = { targetId, flatten: true };
    const { sessionId } = await page.send("Target.attachToTarget", attach);
    page.#session = sessionId;
    await page.send("Runtime.enable");
    // Before the page itself there is an empty one, for a moment.
    const isLoaded = `location.href === ${JSON.stringify(url)} &&
      document.readyState === "complete"`;
    while (!await page.evaluate(isLoaded).catch(() => false));
    return page;
  }

  /** Gives a command, and returns what it answers. */
  async send(method: string, params: object = {}) {
    const id = ++this.#id;
    const session = this.#session === undefined
      ? {}
      : { sessionId: this.#session };
    const text = JSON.stringify({ id, method, params, ...session });
    const answer = new Promise<Message>((done) => this.#waiting.set(id, done));
    await this.#writer.write(new TextEncoder().encode(`${text}\0`));
    const { result, error } = await answer;
    if (result === undefined) throw new Error(`${method}: ${error?.message}`);
    return result;
  }

  /** The value of an expression on the page. */
  async evaluate(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails !== undefined) {
      throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    }
    return (result as { value?: unknown }).value;
  }

  async #read(): Promise<void> {
    let rest = "";
    const decoder = new TextDecoder();
    for await (const chunk of this.#child.fds[4]!.readable) {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split(
        "\0",
      );
      rest = parts.pop()!;
      for (const part of parts) this.#receive(JSON.parse(part));
    }
  }

  #receive(message: Message): void {
    if (message.method === "Runtime.exceptionThrown") {
      this.exceptions.push(message.params?.exceptionDetails);
    }
    this.#waiting.get(message.id ?? 0)?.(message);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.killGroup("SIGKILL");
    await this.#child.status;
  }
}
