import { assertThrows } from "@std/assert";
import { exec } from "./exec.ts";
import { explain } from "./explain.ts";
import { refuseUnknownOptions } from "./option_names.ts";

Deno.test("refuseUnknownOptions() names the first option that is unknown, a prototype's too", () => {
  refuseUnknownOptions({ uid: undefined }, { uid: true, gid: true });
  assertThrows(
    () => refuseUnknownOptions({ uid: 1, toString: 2 }, { uid: true }),
    TypeError,
    'Cannot use the option "toString": there is none of that name',
  );
});

Deno.test("exec() refuses an option of another name, before anything is done", () => {
  const options = { cwdd: "/" };
  assertThrows(() => exec("/bin/true", options as object), TypeError, '"cwdd"');
});

Deno.test("explain() refuses an option of another name", () => {
  assertThrows(
    () => explain("sh", { serach: true } as object),
    TypeError,
    'Cannot use the option "serach": there is none of that name',
  );
});
