import { assertEquals } from "@std/assert";
import { root, testWith } from "@procctl/testing";
import { answerOf } from "./_testing_child.ts";

Deno.test("a step changes the child's umask, directory and nice value, not the caller's", () => {
  const [child, before, after] = answerOf(`
    const { getpriority } = lazySymbols({
      getpriority: { parameters: ["i32", "u32"], result: "i32" },
    });
    const look = (pid) => [
      field("/proc/" + pid + "/status", "Umask"),
      link("/proc/" + pid + "/cwd"),
      getpriority(0, pid === "self" ? 0 : pid),
    ];
    const before = look("self");
    const child = inspect(look, umask(0o123), chdir("/proc"), nice(19));
    answer([child, before, look("self")]);`);
  assertEquals(child, ["0123", "/proc", 19]);
  assertEquals(after, before);
});

Deno.test("fchdir() changes to a directory that is open", () => {
  const output = answerOf(`
    answer(printed("pwd -P", open(9, "/usr/bin", O_RDONLY | O_DIRECTORY), fchdir(9)));`);
  assertEquals(output, "/usr/bin");
});

testWith(
  "chroot() changes the root, by which the program is found",
  [root],
  () => {
    const found = answerOf(`
    const folder = link("/proc/self/cwd");
    // A program that needs nothing from outside.
    writeFile("program", readFile(sleeper), 0o755);
    const child = new ChildProgram()
      .add(chroot(folder), chdir("/"), exec("/program", ["x"], {})).start();
    asleep(child.pid);
    const found = [link("/proc/" + child.pid + "/root"), link("/proc/" + child.pid + "/cwd")];
    end(child);
    answer([folder, ...found, link("/proc/self/root")]);`);
    assertEquals(found.slice(1), [found[0], found[0], "/"]);
  },
);
