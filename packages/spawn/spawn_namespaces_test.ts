import { assert, assertEquals } from "@std/assert";
import { root, testWith, userNamespaces } from "@procctl/testing";
import { answerOf } from "./_testing_child.ts";

/** What the kernel says of a process's namespaces and users. */
const LOOK = `
  const KINDS = { cgroup: "cgroup", ipc: "ipc", mount: "mnt", network: "net", user: "user", uts: "uts" };
  const spaces = (pid) => Object.fromEntries(
    Object.entries(KINDS).map(([kind, name]) => [kind, link("/proc/" + pid + "/ns/" + name)]),
  );
  const map = (pid, kind) => text("/proc/" + pid + "/" + kind + "_map").trim().split(/\\s+/).map(Number);
  const maps = (pid) => [map(pid, "uid"), map(pid, "gid"), text("/proc/" + pid + "/setgroups").trim()];
  const changed = (pid) => Object.keys(KINDS).filter((kind) => spaces(pid)[kind] !== spaces("self")[kind]);
`;
const USERS = ["root", "an ordinary user"] as const;
/** What a child does first to be that user; root is who runs the tests as root. */
const BECOME = { "root": "", "an ordinary user": "becomeOrdinary();" };

for (const user of USERS) {
  const needs = user === "root" ? [root, userNamespaces] : [userNamespaces];

  testWith(
    `spawn() by ${user} maps the caller to the user and group of a new namespace`,
    needs,
    () => {
      const { me, found, ids } = answerOf(
        BECOME[user] + LOOK + `
        const me = lazySymbols({ getegid: { parameters: [], result: "u32" } });
        const user = { namespaces: ["user"] };
        answer({
          me: [c.getuid(), me.getegid()],
          found: [user, { ...user, uid: 0, gid: 0 }, { ...user, uid: 5, gid: 6 }]
            .map((options) => inspectWith(maps, options)),
          ids: [{ ...user, uid: 0, gid: 0 }, { ...user, uid: 5, gid: 6 }, user]
            .map((options) => outputOf("sh", { args: ["-c", "id -u; id -g"], ...options })),
        });`,
      );
      const [uid, gid] = me;
      // Who is privileged need not give up groups to have a map.
      const setgroups = uid === 0 ? "allow" : "deny";
      assertEquals(found, [
        [[uid, uid, 1], [gid, gid, 1], setgroups],
        [[0, uid, 1], [0, gid, 1], setgroups],
        [[5, uid, 1], [6, gid, 1], setgroups],
      ]);
      assertEquals(ids, ["0\n0\n", "5\n6\n", `${uid}\n${gid}\n`]);
    },
  );

  testWith(
    `spawn() by ${user} makes each kind of namespace, and no other`,
    needs,
    () => {
      const found = answerOf(
        BECOME[user] + LOOK + `
        const kinds = Object.keys(KINDS);
        answer(kinds.map((kind) => [
          [kind, "user"].sort(),
          inspectWith(changed, { namespaces: [...new Set([kind, "user"])] }),
        ]));`,
      );
      for (const [asked, made] of found) {
        assertEquals(made, [...new Set(asked)]);
      }
    },
  );

  testWith(
    `spawn() by ${user} makes the child the init of a pid namespace`,
    needs,
    () => {
      const [pids, numbers, signal] = answerOf(
        BECOME[user] + `
        const options = { namespaces: ["user", "pid"] };
        const fd = memory("told");
        const child = startWith({ ...options, deathSignal: "SIGTERM", stdout: fd }, teller);
        c.waitpid(child.pid, null, 0);
        answer([
          outputOf("sh", { ...options, args: ["-c", "echo $$ $PPID"] }),
          inspectWith((pid) => field("/proc/" + pid + "/status", "NSpid").split(/\\s+/).length, options),
          told(fd),
        ]);`,
      );
      assertEquals([pids, numbers, signal], ["1 0\n", 2, 15]);
    },
  );

  testWith(
    `spawn() by ${user} makes a network with nobody in it`,
    needs,
    () => {
      const [devices, output] = answerOf(
        BECOME[user] + `
        const options = { namespaces: ["user", "network"] };
        const devices = (pid) => text("/proc/" + pid + "/net/dev").match(/^ *[^ :|]+(?=:)/gm)
          .map((it) => it.trim());
        answer([inspectWith(devices, options), runSync("true", options).code]);`,
      );
      assertEquals([devices, output], [["lo"], 0]);
    },
  );

  testWith(
    `spawn() by ${user} into namespaces says which step failed, and leaves nothing`,
    needs,
    () => {
      const { failures, before, after, left, arenas } = answerOf(
        BECOME[user] + `
        const namespaces = ["user", "network"];
        const tries = () => [
          ["true", { cwd: "/nope" }], ["/nope", { stdout: "piped" }], ["true", { fds: { 5: 999 } }],
        ].map(([command, options]) => {
          const { syscall, code } = attempt(() => spawn(command, { namespaces, ...options }));
          return [syscall, code];
        });
        tries();
        const before = descriptors("self");
        const failures = tries();
        const left = orErrno(c.waitid(0 /* P_ALL */, 0, null, 4 /* WEXITED */));
        answer({ failures, before, after: descriptors("self"), left, arenas: live.size });`,
      );
      assertEquals(failures, [
        ["chdir", "ENOENT"],
        ["execve", "ENOENT"],
        ["dup", "EBADF"],
      ]);
      assertEquals(after, before);
      assertEquals([left, arenas], [-10, 0]);
    },
  );
}

testWith(
  "spawn() by root needs no user namespace for the others",
  [root],
  () => {
    const [found, pid] = answerOf(
      LOOK + `
      answer([
        ["cgroup", "ipc", "mount", "network", "uts"].map((kind) =>
          [[kind], inspectWith(changed, { namespaces: [kind] })]
        ),
        outputOf("sh", { args: ["-c", "echo $$"], namespaces: ["pid"], deathSignal: "SIGKILL" }),
      ]);`,
    );
    for (const [asked, made] of found) assertEquals(made, asked);
    assertEquals(pid, "1\n");
  },
);

Deno.test("spawn() by an ordinary user says that it may not make other namespaces", () => {
  const failure = answerOf(`
    becomeOrdinary();
    answer(attempt(() => spawn("true", { namespaces: ["network"], stdout: "piped" })));`);
  assertEquals(failure.syscall, "clone");
  assert(
    failure.message.startsWith("Cannot make a child process: "),
    failure.message,
  );
  assertEquals(failure.code, "EPERM");
});
