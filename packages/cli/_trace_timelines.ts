/**
 * The timelines of a trace, and the files that get them.
 *
 * @module
 */

import { ChromeTrace } from "@procctl/observe/chrome-trace";
import type { TimelineEvent } from "@procctl/observe/timeline-event";
import { TracePage } from "@procctl/observe/trace-page";
import { quoteForShell } from "./_text.ts";
import { TraceOutput } from "./_trace_output.ts";
import type { TraceSettings } from "./_trace_settings.ts";

/** Writes what happens as JSON, as a page, or as both. */
export class Timelines implements Disposable {
  #json: TraceOutput | undefined;
  #page: TraceOutput | undefined;
  #chromeTrace: ChromeTrace | undefined;
  #tracePage: TracePage | undefined;

  /**
   * Opens the files.
   *
   * @param settings Which files.
   * @param operands The command, for a title.
   * @throws {SystemError} If a file cannot be opened.
   */
  constructor(
    { timeline, html, pids }: TraceSettings,
    operands: readonly string[],
  ) {
    using files = new DisposableStack();
    if (timeline !== undefined) {
      const output = files.use(new TraceOutput(timeline));
      this.#json = output;
      this.#chromeTrace = new ChromeTrace((text) => {
        output.write(text);
        output.pause();
      });
    }
    if (html !== undefined) {
      this.#page = files.use(new TraceOutput(html));
      const title = operands.length > 0
        ? operands.map(quoteForShell).join(" ")
        : `process ${pids.join(", ")}`;
      this.#tracePage = new TracePage({ title: title.toWellFormed() });
    }
    files.move();
  }

  /** Adds what happened, no earlier than what was added before. */
  add(event: TimelineEvent): void {
    this.#chromeTrace?.add(event);
    this.#tracePage?.add(event);
  }

  /** The trace is over. */
  close(): void {
    this.#chromeTrace?.end();
    if (this.#tracePage !== undefined) {
      this.#page?.write(this.#tracePage.html());
    }
  }

  /** Closes the files. */
  [Symbol.dispose](): void {
    this.#json?.[Symbol.dispose]();
    this.#page?.[Symbol.dispose]();
  }
}
