// What the DESCRIPTION of execve(2) says of the new program: how it finds its
// arguments and environment, and what loads it.

import { assertEquals } from "@std/assert";
import { readFile } from "@procctl/libc";
import { parseElf } from "@procctl/shebang";
import {
  argvDumper,
  run,
  TemporaryFolder,
  testWith,
  tool,
} from "@procctl/testing";
import { compileObserver, observe } from "./_observer.ts";

testWith(
  "a program finds argv and its environment ended by NULL, in main() and in environ",
  [tool("gcc")],
  () => {
    const { facts } = observe("", {
      exec: 'execve(observer, ["a", "b", "c"], ["A=1", "B=2"]);',
    });
    const { argc, envc, "argv-end": end, "environ-is-envp": same } = facts;
    assertEquals([argc, end, envc, same], ["3", "NULL", "2", "1"]);
  },
);

testWith(
  "a program is loaded by the interpreter in its PT_INTERP, one without by none",
  [tool("gcc")],
  () => {
    const elf = parseElf(readFile(compileObserver()));
    const loader = elf.kind === "elf" ? elf.loader : undefined;
    const path = new TextDecoder().decode(loader);
    const real = run(["readlink", "-f", path]).stdout.trim();
    const { proc } = observe("");
    assertEquals(proc("maps").includes(` ${real}\n`), true, proc("maps"));
    using folder = new TemporaryFolder();
    const dumper = argvDumper();
    const none = parseElf(dumper);
    assertEquals(none.kind === "elf" && none.loader, undefined);
    assertEquals(run([folder.write("dumper", dumper, 0o755)]).code, 0);
  },
);

testWith(
  "a program begins anew: none of the caller's memory is left",
  [tool("gcc")],
  () => {
    const { told, proc } = observe(`
      const fd = must(c.memfd_create(cString("caller"), 1), "make a file");
      must(c.ftruncate(fd, 4096n), "size it");
      must(c.mmap(0n, 4096n, 3, 1 /* MAP_SHARED */, fd, 0n), "map it");
      tell("maps", text("/proc/self/maps"));`);
    const named = (maps: string) =>
      new Set(maps.match(/(?<= )(?:\/|\[anon:).*$/gm) ?? []);
    const before = named(told.maps!);
    assertEquals([...before].some((name) => name.includes("caller")), true);
    const after = named(proc("maps"));
    const kept = [...before.intersection(after)].filter((name) =>
      !/\.so(\.\d+)*$/.test(name)
    );
    assertEquals(kept, []);
  },
);
