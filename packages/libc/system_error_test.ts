import {
  assert,
  assertEquals,
  assertFalse,
  assertStrictEquals,
} from "@std/assert";
import { SystemError } from "./system_error.ts";

Deno.test("SystemError has the code, the number, the call and the path", () => {
  const error = new SystemError('Cannot open "/x"', {
    errno: 13,
    syscall: "open",
    path: "/x",
  });
  const { code, errno, syscall, path } = error;
  assertEquals(
    { code, errno, syscall, path },
    { code: "EACCES", errno: 13, syscall: "open", path: "/x" },
  );
});

Deno.test("SystemError says what was tried, why it failed, and the error's name", () => {
  const error = new SystemError('Cannot open "/x"', {
    errno: 2,
    syscall: "open",
  });
  assertEquals(
    error.message,
    'Cannot open "/x": No such file or directory: ENOENT',
  );
  assertEquals(String(error), `SystemError: ${error.message}`);
});

Deno.test("SystemError gives a more exact reason in place of the number's message", () => {
  const error = new SystemError("Cannot raise the limit", {
    errno: 1,
    syscall: "prlimit",
    reason: "the hard limit is 10",
  });
  assertEquals(
    error.message,
    "Cannot raise the limit: the hard limit is 10: EPERM",
  );
});

Deno.test("SystemError falls back to the number's message when the reason is undefined", () => {
  const error = new SystemError("Cannot wait", {
    errno: 10,
    syscall: "wait4",
    reason: undefined,
  });
  assertEquals(error.message, "Cannot wait: No child processes: ECHILD");
});

Deno.test("SystemError is an Error with a stack of its own", () => {
  const error = new SystemError("Cannot wait", { errno: 10, syscall: "wait4" });
  assert(error instanceof Error);
  assert(error instanceof SystemError);
  assertEquals(error.name, "SystemError");
  assert(error.stack?.includes("system_error_test.ts"));
});

Deno.test("SystemError keeps its cause", () => {
  const cause = new TypeError("deeper");
  const error = new SystemError("Cannot wait", {
    errno: 10,
    syscall: "wait4",
    cause,
  });
  assertStrictEquals(error.cause, cause);
});

Deno.test("SystemError has neither a path nor a cause when it was given none", () => {
  for (const options of [{}, { path: undefined }]) {
    const error = new SystemError("Cannot wait", {
      errno: 10,
      syscall: "wait4",
      ...options,
    });
    assertFalse("path" in error);
    assertFalse("cause" in error);
  }
});

Deno.test("SystemError names an unknown number by itself", () => {
  const error = new SystemError("Cannot wait", {
    errno: 4095,
    syscall: "wait4",
  });
  assertEquals(error.code, "E4095");
  assertEquals(error.message, "Cannot wait: Unknown error 4095: E4095");
});
