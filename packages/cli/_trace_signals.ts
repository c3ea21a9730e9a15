/** What a user ends a trace by. */
const SIGNALS: readonly Deno.Signal[] = [
  "SIGHUP",
  "SIGINT",
  "SIGQUIT",
  "SIGTERM",
];

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
