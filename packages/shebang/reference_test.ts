import { assertEquals, assertGreater } from "@std/assert";
import { seededRandom } from "@procctl/testing";
import { type Outcome, outcome } from "./_testing.ts";

/**
 * The same rules in another style: regular expressions over a text with one
 * character a byte, where parse_shebang.ts counts indexes.
 */
function reference(head: string): Outcome {
  const buffer = head.slice(0, 256).padEnd(256, "\0");
  if (!buffer.startsWith("#!")) return "none";

  let line = /^[^\n]*(?=\n)/.exec(buffer)?.[0];
  if (line === undefined) {
    const surelyEnds = /^#![ \t]*(?![ \t])[^ \t\0]*[ \t\0]/;
    if (!surelyEnds.test(buffer)) return "invalid";
    line = buffer.slice(0, 255);
  }
  const trimmed = line.slice(2).replace(/^[ \t]+|[ \t]+$/g, "");
  if (trimmed === "") return "invalid";

  const [, interpreter = "", argument] =
    /^([^ \t\0]*)(?:[ \t]+([^\0]*))?/.exec(trimmed) ?? [];
  return argument === undefined ? [interpreter] : [interpreter, argument];
}

/** A random first line, often with its interesting bytes around the buffer's end. */
function randomHead(random: () => number): string {
  const pick = (list: string[]) =>
    list[Math.floor(random() * list.length)] ?? "";
  const some = (most: number) => {
    let text = "";
    for (let left = random() * most; left > 0; left--) {
      text += pick([" ", " ", "\t", "\n", "\r", "\0", "/", "a", "b", "\xff"]);
    }
    return text;
  };
  const start = pick(["#!", "#!", "#!", "#!", "#!/", "#! ", "#", "!"]);
  const beginning = start + some(12);
  if (random() < 0.4) return beginning;
  const edge = 246 + Math.floor(random() * 14);
  return beginning.padEnd(edge, pick(["a", "/", " ", "\t", "\0"])) + some(14);
}

Deno.test("parseShebang() agrees with a reference in another style on random lines", () => {
  const random = seededRandom(0x2321);
  const seen = new Map<string, number>();
  for (let i = 0; i < 50_000; i++) {
    const head = randomHead(random);
    const expected = reference(head);
    const actual = outcome(head);
    if (JSON.stringify(actual) !== JSON.stringify(expected)) {
      assertEquals(actual, expected, JSON.stringify(head));
    }
    const shape = typeof expected === "string"
      ? expected
      : expected.map((part) => part === "" ? "empty" : "text").join(" ");
    seen.set(shape, (seen.get(shape) ?? 0) + 1);
  }
  // The lines are only worth something if they lead everywhere.
  assertEquals([...seen.keys()].sort(), [
    "empty",
    "invalid",
    "none",
    "text",
    "text empty",
    "text text",
  ]);
  for (const count of seen.values()) assertGreater(count, 500);
});
