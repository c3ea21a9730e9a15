import { assertEquals, assertThrows } from "@std/assert";
import { definitionsIn } from "./syscall_definitions.ts";

const SOURCE = `/* SYSCALL_DEFINE1(old, int, a) */
SYSCALL_DEFINE4(openat, int, dfd, const char __user *, filename, int, flags,
\t\tumode_t, mode)
{
\treturn do_sys_open(dfd, filename, flags, mode);
}

SYSCALL_DEFINE0(getpid)
SYSCALL_DEFINE2(poll, struct pollfd __user *, ufds, // how many
\tunsigned, nfds)
COMPAT_SYSCALL_DEFINE2(vector, const char __user *const __user *, argv,
\tunsigned long, n)
#ifdef CONFIG_COMPAT
SYSCALL32_DEFINE3(mark, int, fd, SC_ARG64(mask))
#endif
`;

Deno.test("definitionsIn() reads names, types and parameters", () => {
  const read = definitionsIn(SOURCE).map(({ entry, parameters }) => [
    entry,
    ...parameters.map(({ type, name }) => `${type}:${name}`),
  ]);
  assertEquals(read, [
    [
      "sys_openat",
      "int:dfd",
      "const char *:filename",
      "int:flags",
      "umode_t:mode",
    ],
    ["sys_getpid"],
    ["sys_poll", "struct pollfd *:ufds", "unsigned int:nfds"],
    ["compat_sys_vector", "const char *const *:argv", "unsigned long:n"],
    ["compat_sys_mark", "int:fd", "u32:mask_lo", "u32:mask_hi"],
  ]);
});

Deno.test("definitionsIn() refuses what it cannot read", () => {
  assertThrows(
    () => definitionsIn("SYSCALL_DEFINE2(dup2, MACRO_OF_TWO)"),
    Error,
    'Cannot read the parameters of "SYSCALL_DEFINE2(dup2',
  );
});
