import { assertThrows } from "@std/assert";
import { syscallFilter } from "./syscall_filter.ts";
import { Tracer } from "./tracer.ts";

/** Options as a program in JavaScript may give them. */
// deno-lint-ignore no-explicit-any -- no type would let them pass
const wrong = (options: Record<string, unknown>) => options as any;

Deno.test("Tracer.spawn() and Tracer.attach() refuse options that there are not", () => {
  const message = 'Cannot use the option "syscall": there is none of that name';
  const options = wrong({ syscall: ["openat"] });
  assertThrows(() => Tracer.spawn("true", options), TypeError, message);
  assertThrows(() => Tracer.attach(Deno.pid, options), TypeError, message);
});

Deno.test("Tracer.spawn() and Tracer.attach() refuse one name as syscalls", () => {
  const message = 'Cannot use "openat" as syscalls: expected a list of names';
  const options = wrong({ syscalls: "openat" });
  assertThrows(() => Tracer.spawn("true", options), TypeError, message);
  assertThrows(() => Tracer.attach(Deno.pid, options), TypeError, message);
  assertThrows(
    () => syscallFilter("openat"),
    TypeError,
    'Cannot filter "openat": expected a list of names',
  );
});

Deno.test("syscallFilter() refuses a machine that it does not know", () => {
  assertThrows(
    () => syscallFilter(["openat"], wrong({ arch: "riscv64" })),
    TypeError,
    'Cannot make a filter for "riscv64": expected "x86_64" or "aarch64"',
  );
});

Deno.test("Tracer.spawn() refuses a placement that there is not", () => {
  assertThrows(
    () => Tracer.spawn("true", wrong({ placement: "near" })),
    TypeError,
    'Cannot set placement to "near": expected "same" or "none"',
  );
});
