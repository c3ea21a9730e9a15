import { assertEquals, assertThrows } from "@std/assert";
import { parseResource } from "./parse_resource.ts";
import { RESOURCES } from "./resources.ts";

Deno.test("parseResource() reads every name in any case, with and without RLIMIT_", () => {
  for (const name of Object.keys(RESOURCES)) {
    const upper = name.toUpperCase();
    const forms = [name, upper, `RLIMIT_${upper}`, `rlimit_${name}`];
    assertEquals(forms.map(parseResource), forms.map(() => name));
  }
});

Deno.test("parseResource() refuses what is no resource, and quotes it", () => {
  const wrong = ["", "nofiles", " nofile", "RLIMIT_", "RLIMIT_RLIMIT_AS", "7"];
  for (const text of [...wrong, "toString", "__proto__", "constructor"]) {
    assertThrows(
      () => parseResource(text),
      TypeError,
      `Cannot parse the resource ${JSON.stringify(text)}: expected one of cpu,`,
    );
  }
  for (const value of [undefined, null, 7, ["as"]]) {
    assertThrows(() => parseResource(value as unknown as string), TypeError);
  }
});
