import { assert, assertMatch } from "@std/assert";
import { lazySymbols } from "@procctl/libc/library";
import { Arguments } from "./_arguments.ts";
import { trace } from "./_trace.ts";
import { ObservedText } from "./_trace_observed_text.ts";
import { readSettings } from "./_trace_settings.ts";

Deno.test("the log of what is observed has the times of the day", () => {
  const libc = lazySymbols({
    // int clock_gettime(clockid_t clockid, struct timespec *tp)
    clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
  });
  const time = new BigInt64Array(2);
  libc.clock_gettime(1, time);
  let text = "";
  const output = {
    write: (part: string) => text += part,
    pause: () => {},
    flush: () => {},
  };
  const settings = readSettings(
    new Arguments(["-ttt", "true"], trace.options),
  );
  // Counted from the start of the system, it begins now.
  const log = new ObservedText(settings, output, 0n);
  const where = { tid: 7, pid: 7, cpu: 0 } as const;
  const call = { ...where, abi: "x86_64", nr: 162, name: "sync" } as const;
  const now = Number(time[0]) * 1e9 + Number(time[1]);
  log.add({ kind: "enter", ...call, time: now, args: [] });
  log.add({ kind: "lost", ...where, time: now, count: 3 });
  assertMatch(
    text,
    /^\d+\.\d{6} sync\( <unfinished \.\.\.>\n--- 3 events lost ---\n$/,
  );
  assert(Math.abs(parseFloat(text) - Date.now() / 1000) < 5);
});
