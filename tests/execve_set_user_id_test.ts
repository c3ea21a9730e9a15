// Set-user-ID, set-group-ID and capabilities of files: when execve(2) heeds them,
// and when it does not. A child becomes an ordinary user, and executes a copy of
// the observer that is root's.

import { assertEquals } from "@std/assert";
import { encodeCString, lazySymbols, orErrno, readFile } from "@procctl/libc";
import {
  inMounts,
  mounts,
  type Need,
  root,
  run,
  TemporaryFolder,
  testWith,
  tool,
} from "@procctl/testing";
import { compileObserver, type Observation, observe } from "./_observer.ts";

const libc = lazySymbols({
  chown: { parameters: ["buffer", "u32", "u32"], result: "i32" },
  // int setxattr(const char *path, const char *name, const void *value,
  //              size_t size, int flags)
  setxattr: {
    parameters: ["buffer", "buffer", "buffer", "usize", "i32"],
    result: "i32",
  },
});

/** Whose file it is made, where the owner must not be root. */
const OWNER = 4321;
const CAP_NET_RAW = 13;
/** struct vfs_cap_data: version 2, effective, CAP_NET_RAW permitted. */
const NET_RAW = new Uint8Array(
  new Uint32Array([0x02000001, 1 << CAP_NET_RAW, 0, 0, 0]).buffer,
);

/** What makes a copy of the observer special. */
interface Copy {
  mode?: number;
  owner?: number;
  capabilities?: boolean;
}

/** Copies the observer, and returns the path; -errno if that cannot be. */
function copyObserver(folder: TemporaryFolder, copy: Copy): string {
  const { mode = 0o755, owner = 0, capabilities = false } = copy;
  folder.chmod(".", 0o755);
  const path = folder.write("special", readFile(compileObserver()));
  const name = encodeCString(path, "path");
  assertEquals(orErrno(libc.chown(name, owner, owner)), 0);
  folder.chmod("special", mode);
  if (capabilities) {
    const attribute = encodeCString("security.capability", "name");
    const size = BigInt(NET_RAW.length);
    assertEquals(libc.setxattr(name, attribute, NET_RAW, size, 0), 0);
  }
  return path;
}

/** What a copy of the observer sees that an ordinary user executes. */
function observeCopy(copy: Copy, setup = ""): Observation {
  using folder = new TemporaryFolder();
  return observe(`becomeUser();\n${setup}`, {
    args: [copyObserver(folder, copy)],
    exec: 'execve(Deno.args[1], ["special"], {});',
  });
}

const ids = (text: string) => text.split("\t").map(Number).slice(0, 3);
const NOBODY = [65534, 65534, 65534];

/** The test's temporary folder must not be mounted nosuid. */
const setUserId: Need = () => {
  using folder = new TemporaryFolder();
  const { code } = run([
    "sh",
    "-c",
    'findmnt -no OPTIONS -T "$1" | grep -qw nosuid',
    "sh",
    folder.path,
  ]);
  return code === 0 ? "needs a folder that is not mounted nosuid" : undefined;
};

const NEEDS = [root, tool("gcc"), setUserId];
const NO_NEW_PRIVILEGES =
  'must(c.prctl(38 /* PR_SET_NO_NEW_PRIVS */, 1n, 0n, 0n, 0n), "give up privileges");';

testWith(
  "execve() of a set-user-ID file makes its owner the effective and the saved user",
  NEEDS,
  () => {
    const { status, facts } = observeCopy({ mode: 0o4755, owner: OWNER });
    assertEquals(ids(status("Uid")), [65534, OWNER, OWNER]);
    assertEquals(ids(status("Gid")), NOBODY);
    assertEquals(facts.secure, "1");
  },
);

testWith(
  "execve() of a set-group-ID file makes its group the effective and the saved one",
  NEEDS,
  () => {
    const { status, facts } = observeCopy({ mode: 0o2755, owner: OWNER });
    assertEquals(ids(status("Uid")), NOBODY);
    assertEquals(ids(status("Gid")), [65534, OWNER, OWNER]);
    assertEquals(facts.secure, "1");
  },
);

testWith(
  "execve() copies the effective user and group to the saved ones, whatever the file",
  [root, tool("gcc")],
  () => {
    const { status } = observe(`
      must(c.setresgid(11, 12, 13), "set the group");
      must(c.setresuid(21, 22, 23), "set the user");`);
    assertEquals(ids(status("Uid")), [21, 22, 22]);
    assertEquals(ids(status("Gid")), [11, 12, 12]);
  },
);

testWith(
  "execve() ignores set-user-ID and set-group-ID where there are to be no new privileges",
  NEEDS,
  () => {
    const { status, facts } = observeCopy({ mode: 0o6755 }, NO_NEW_PRIVILEGES);
    assertEquals([ids(status("Uid")), ids(status("Gid"))], [NOBODY, NOBODY]);
    assertEquals(facts.secure, "0");
  },
);

testWith(
  "execve() ignores set-user-ID and set-group-ID on a file system mounted nosuid, and succeeds",
  [root, tool("gcc"), mounts],
  () => {
    const mount = "mount -t tmpfs -o nosuid,mode=755 none /mnt && " +
      `cp ${compileObserver()} /mnt/special && chmod 6755 /mnt/special`;
    const { code, stdout } = run(inMounts(mount, [
      "setpriv",
      "--reuid=65534",
      "--regid=65534",
      "--clear-groups",
      "/mnt/special",
    ]));
    assertEquals(code, 0);
    const uid = /^\/status Uid:\t(.*)$/m.exec(stdout)?.[1] ?? "";
    assertEquals(ids(uid), NOBODY);
  },
);

testWith(
  "execve() ignores set-user-ID and set-group-ID while an ordinary user traces it",
  NEEDS,
  () => {
    using folder = new TemporaryFolder();
    const { told } = observe(
      `
      import * as ptrace from "@procctl/ptrace/requests";
      import { ChildProgram } from "@procctl/spawn/child-program";
      import { exec } from "@procctl/spawn/steps";
      becomeUser();
      must(c.prctl(4 /* PR_SET_DUMPABLE */, 1n, 0n, 0n, 0n), "let children be traced");
      const special = Deno.args[1];
      const program = new ChildProgram().add(exec(special, ["special"]));
      const pid = ptrace.startTraced(program, ptrace.PTRACE_O_EXITKILL);
      const uid = /^Uid:\\t(.*)$/m.exec(text("/proc/" + pid + "/status"))[1];
      tell("traced", uid);
      ptrace.kill(pid);`,
      { args: [copyObserver(folder, { mode: 0o6755 })] },
    );
    assertEquals(ids(told.traced!), NOBODY);
  },
);

testWith(
  "a set-user-ID program cannot be traced by an ordinary user",
  NEEDS,
  () => {
    using folder = new TemporaryFolder();
    folder.chmod(".", 0o755);
    const sleeps = [0o755, 0o4755].map((mode) =>
      folder.write(`sleep-${mode}`, readFile("/bin/sleep"), mode)
    );
    const { told } = observe(
      `
      import * as ptrace from "@procctl/ptrace/requests";
      import { spawn } from "@procctl/spawn";
      becomeUser();
      must(c.prctl(4 /* PR_SET_DUMPABLE */, 1n, 0n, 0n, 0n), "let children be traced");
      for (const path of Deno.args.slice(1)) {
        const child = spawn(path, { args: ["30"] });
        // It is back when the program is about to begin.
        try {
          ptrace.seize(child.pid);
          tell(path, "traced");
        } catch (error) {
          tell(path, error.code);
        }
        child.kill("SIGKILL");
      }`,
      { args: sleeps },
    );
    assertEquals(Object.values(told), ["traced", "EPERM"]);
  },
);

testWith(
  "execve() gives the capabilities of a file, unless there are to be no new privileges",
  NEEDS,
  () => {
    const effective = ({ status }: Observation) =>
      BigInt(`0x${status("CapEff")}`);
    const capable: Copy = { capabilities: true };
    assertEquals(effective(observeCopy(capable)), 1n << BigInt(CAP_NET_RAW));
    assertEquals(effective(observeCopy(capable, NO_NEW_PRIVILEGES)), 0n);
  },
);

testWith(
  "execve() fails with EPERM for a file whose capabilities cannot all be had",
  NEEDS,
  () => {
    using folder = new TemporaryFolder();
    const { told } = observe(
      `
      must(c.prctl(24 /* PR_CAPBSET_DROP */, ${CAP_NET_RAW}n, 0n, 0n, 0n), "drop");
      becomeUser();
      try {
        execve(Deno.args[1], ["special"], {});
      } catch (error) {
        tell("code", error.code);
      }`,
      { args: [copyObserver(folder, { capabilities: true })] },
    );
    assertEquals(told.code, "EPERM");
  },
);

testWith(
  "execve() takes an ordinary user's capabilities away, but for ambient ones",
  [root, tool("gcc")],
  () => {
    const { status } = observe(`
      // As root becomes an ordinary user it may keep what it is permitted.
      must(c.prctl(8 /* PR_SET_KEEPCAPS */, 1n, 0n, 0n, 0n), "keep capabilities");
      becomeUser();
      tell("permitted", status("CapPrm"));`);
    assertEquals(BigInt(`0x${status("CapPrm")}`), 0n);
    const { told } = observe(`
      must(c.prctl(8, 1n, 0n, 0n, 0n), "keep capabilities");
      becomeUser();
      tell("permitted", status("CapPrm"));`);
    assertEquals(BigInt(`0x${told.permitted}`) > 0n, true);
  },
);

testWith(
  "execve() of a set-user-ID file clears the parent death signal, and dumpable",
  NEEDS,
  () => {
    const { facts } = observeCopy(
      { mode: 0o4755 },
      `
      must(c.prctl(1 /* PR_SET_PDEATHSIG */, 12n, 0n, 0n, 0n), "set a death signal");`,
    );
    assertEquals(facts["death-signal"], "0");
    const suidDumpable = readFile("/proc/sys/fs/suid_dumpable");
    assertEquals(facts.dumpable, new TextDecoder().decode(suidDumpable).trim());
  },
);

testWith(
  "execve() ignores set-user-ID and set-group-ID of a script, but not of its interpreter",
  NEEDS,
  () => {
    using folder = new TemporaryFolder();
    const special = copyObserver(folder, { mode: 0o4755, owner: OWNER });
    const plain = folder.write("plain", readFile(compileObserver()), 0o755);
    const script = folder.write("script", `#!${plain}\n`, 0o6755);
    const other = folder.write("other", `#!${special}\n`, 0o755);
    const seen = [script, other].map((path) => {
      const { status } = observe("becomeUser();", {
        args: [path],
        exec: 'execve(Deno.args[1], ["script"], {});',
      });
      return ids(status("Uid"));
    });
    assertEquals(seen, [NOBODY, [65534, OWNER, OWNER]]);
  },
);
