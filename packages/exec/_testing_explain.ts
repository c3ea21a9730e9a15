import { assertEquals } from "@std/assert";
import { js } from "@procctl/testing";
import { type Failure, failures, outputOf } from "./_testing.ts";

/** An explanation in words, as it comes out of a child. */
export interface Told {
  kind: string;
  code?: string;
  at?: string;
  level?: number;
  summary: string;
  fault?: { kind: string; path: string; mode?: number };
}

/** Defines told(): an explanation, with its bytes as text. */
export const TOLD = `
  const text = (bytes) => bytes && new TextDecoder().decode(bytes);
  function told(path, options) {
    const { kind, code, at, level, summary, fault } = explain(path, options);
    return {
      kind, code, at: text(at), level, summary,
      fault: fault && { ...fault, path: text(fault.path) },
    };
  }
`;

/**
 * Asserts that explain() says so of each path, that execve() says the same
 * errno, and that its error carries the summary.
 *
 * @param expected The errno's name and the summary, by path.
 */
export function assertExplained(
  expected: Record<string, [code: string, summary: string]>,
  { setup = "", argv = ["x"] }: { setup?: string; argv?: string[] } = {},
): Told[] {
  const paths = Object.keys(expected);
  const output = outputOf(
    js`console.log(JSON.stringify(${paths}.map((path) => told(path, {
      argv: ${argv}, env: {},
    }))))`,
    { setup: TOLD + setup },
  );
  const explanations: Told[] = JSON.parse(output);
  assertEquals(
    Object.fromEntries(explanations.map(({ code, summary }, index) => [
      paths[index],
      [code, summary],
    ])),
    expected,
  );
  const calls = paths.map((path) => js`execve(${path}, ${argv}, {})`);
  const found: Failure[] = failures(calls, { setup });
  found.forEach(({ code, message }, index) => {
    const [expectedCode, summary] = expected[paths[index]!]!;
    assertEquals(code, expectedCode);
    const reason = summary === "It does not exist"
      ? "No such file or directory"
      : summary;
    const action = `Cannot execute ${JSON.stringify(paths[index])}`;
    assertEquals(message, `${action}: ${reason}: ${code}`);
  });
  return explanations;
}
