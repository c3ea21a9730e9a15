import { assert, assertEquals } from "@std/assert";
import { root, testWith } from "@procctl/testing";
import { answerOf } from "./_testing_child.ts";

Deno.test("fixedAddresses() gives each run the same addresses, and keeps the rest", () => {
  const [stacks, personality] = answerOf(`
    const UNAME26 = 0x20000;
    const { personality } = lazySymbols({
      personality: { parameters: ["u64"], result: "i32" },
    });
    const step = fixedAddresses();
    personality(BigInt(UNAME26));
    const maps = () => inspect((pid) =>
      /^(\\S+) .*\\[stack\\]$/m.exec(text("/proc/" + pid + "/maps"))[1], step);
    const child = inspect((pid) => text("/proc/" + pid + "/personality").trim(), step);
    answer([[maps(), maps()], child]);`);
  assertEquals(stacks[0], stacks[1]);
  assertEquals(personality, "00060000");
});

testWith("unshare() leaves the namespaces that it names", [root], () => {
  const [child, self] = answerOf(`
    const CLONE_NEWUTS = 0x4000000;
    const namespaces = (pid) => ["uts", "ipc"].map((it) => link("/proc/" + pid + "/ns/" + it));
    answer([inspect(namespaces, unshare(CLONE_NEWUTS)), namespaces("self")]);`);
  assert(child[0] !== self[0]);
  assertEquals(child[1], self[1]);
});

Deno.test("syscall() makes any other system call, with numbers and bytes", () => {
  const found = answerOf(`
    const path = new TextEncoder().encode("made\\0");
    const step = syscall("mkdirat", -100 /* AT_FDCWD */, path, 0o700n);
    // It has its own copy of the bytes.
    path.fill(0x78);
    const PR_SET_TIMERSLACK = 29;
    const slack = syscall("prctl", PR_SET_TIMERSLACK, 2n ** 40n);
    answer([printed("exec cat /proc/self/timerslack_ns", step, slack), exists("made")]);`);
  assertEquals(found, [`${2 ** 40}`, true]);
});
