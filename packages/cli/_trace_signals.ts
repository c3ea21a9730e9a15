import { readFile } from "@procctl/libc/files";
import { signalNumber } from "@procctl/libc/signals";

/** What a user ends a trace by. */
const SIGNALS: readonly Deno.Signal[] = [
  "SIGHUP",
  "SIGINT",
  "SIGQUIT",
  "SIGTERM",
];

/**
 * Those that this program ignores, as nohup(1) and shells start one. To listen
 * ends that: a command that is started later has to be told.
 */
export function ignoredSignals(): Deno.Signal[] {
  const status = new TextDecoder().decode(readFile("/proc/self/status"));
  const mask = BigInt(`0x${/^SigIgn:\s*(\w+)$/m.exec(status)?.[1] ?? 0}`);
  return SIGNALS.filter((signal) =>
    (mask >> BigInt(signalNumber(signal) - 1) & 1n) === 1n
  );
}

/** Listens to signals that would end the tool, as long as it is in scope. */
export function listen(heard: (signal: Deno.Signal) => void): Disposable {
  const listeners = SIGNALS.map((signal) => {
    const listener = () => heard(signal);
    Deno.addSignalListener(signal, listener);
    return [signal, listener] as const;
  });
  return {
    [Symbol.dispose]() {
      for (const [signal, listener] of listeners) {
        Deno.removeSignalListener(signal, listener);
      }
    },
  };
}
