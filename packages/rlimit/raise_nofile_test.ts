import { assertEquals } from "@std/assert";
import { answerOf } from "./_testing.ts";

Deno.test("raiseNofile() raises the soft limit of open files to the hard one, and returns it", () => {
  const answer = answerOf(`
    setrlimit("nofile", { soft: 100, hard: 300 });
    answer([raiseNofile(), getrlimit("nofile"), raiseNofile()]);
  `);
  assertEquals(answer, [300, { soft: 300, hard: 300 }, 300]);
});

Deno.test("Deno raises the soft limit of open files when it starts, as the docs say", () => {
  const answer = answerOf(`
    setrlimit("nofile", { soft: 100, hard: 300 });
    const script = "console.log(Deno.readTextFileSync('/proc/self/limits'))";
    const { stdout } = run([Deno.execPath(), "eval", script]);
    answer(stdout.match(/^Max open files.*/m)[0].match(/\\d+/g));
  `);
  assertEquals(answer, ["300", "300"]);
});
