import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { readFile } from "@procctl/libc/files";
import { TemporaryFolder, testWith } from "@procctl/testing";
import { perfEvents, procctl } from "./_testing.ts";

const ENGINES = ["observe", "ptrace"] as const;

for (const engine of ENGINES) {
  const needs = engine === "observe" ? [perfEvents] : [];
  testWith(`procctl trace draws timelines by ${engine}`, needs, () => {
    using folder = new TemporaryFolder();
    const json = folder.join("timeline.json");
    const html = folder.join("page.html");
    const { code, stdout, stderr } = procctl([
      ...["trace", `--engine=${engine}`, "--timeline", json, "--html", html],
      ...["sh", "-c", "/bin/true; cat /proc/version | wc -l; exit 3"],
    ]);
    assertEquals([code, stdout, stderr], [3, "1\n", ""]);
    const events: TimelineJson[] = JSON.parse(textOf(json));
    const of = (phase: string) => events.filter(({ ph }) => ph === phase);
    assertEquals([of("s").length, of("f").length], [3, 3]);
    assertEquals(
      of("i").map(({ name }) => name.replace(/^exec .*\//, "")).sort(),
      ["cat", "sh", "true", "wc"],
    );
    const exits = of("X").filter(({ name }) => name === "exit_group");
    assertEquals(
      exits.map(({ args }) => args.arguments).sort(),
      ["0", "0", "0", "3"],
    );
    const opened = of("X").filter(({ name, args }) =>
      name === "openat" && args.arguments.startsWith("AT_FDCWD, ")
    );
    assertEquals(
      opened.some(({ args }) => args.arguments.includes('"/proc/version"')),
      engine === "ptrace",
    );
    assert(opened.every(({ ts, dur }) => ts >= 0 && dur >= 0));
    const page = textOf(html);
    assertStringIncludes(page, "<title>sh -c '");
    const data = JSON.parse(
      /<script type="application\/json" id="data">(.*)<\/script>/.exec(
        page,
      )![1]!,
    );
    assertEquals(data.count, of("X").length);
    assertEquals(data.tasks.length, 4);
  });
}

testWith("procctl trace writes a timeline and counts at once", [
  perfEvents,
], () => {
  for (const engine of ENGINES) {
    const { stderr } = procctl([
      ...["trace", "-c", `--engine=${engine}`, "--timeline=/dev/null"],
      ...["-e", "close", "true"],
    ]);
    assertMatch(stderr, /^100\.00 +\S+ +\d+ +2 +close\n/m);
  }
});

interface TimelineJson {
  ph: string;
  name: string;
  ts: number;
  dur: number;
  args: { arguments: string; result: string };
}

function textOf(path: string): string {
  return new TextDecoder().decode(readFile(path));
}
