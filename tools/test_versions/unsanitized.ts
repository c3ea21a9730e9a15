/**
 * Loaded before the tests: turns off the checks that Deno made by default until
 * 2.8 for resources that a test leaves open, as libc stays open for the next.
 *
 * @module
 */

const { test } = Deno;

const UNCHECKED = { sanitizeOps: false, sanitizeResources: false };

function register(
  nameOrTest: string | Deno.TestDefinition,
  fn?: Deno.TestDefinition["fn"],
): void {
  const definition = typeof nameOrTest === "string"
    ? { name: nameOrTest, fn: fn! }
    : nameOrTest;
  test({ ...UNCHECKED, ...definition });
}

Object.assign(Deno, { test: Object.assign(register, test) });
