import { assertEquals } from "@std/assert";
import {
  denoArgv,
  mounts,
  type Need,
  run,
  TemporaryFolder,
  testWith,
} from "@procctl/testing";

const NAMESPACE = ["unshare", "--mount", "--pid", "--fork", "--mount-proc"];

/** The test has processes, and a /proc, of its own. */
const namespaces: Need = () => {
  const isThere = mounts() === undefined &&
    run([...NAMESPACE, "true"]).code === 0;
  return isThere ? undefined : "needs to mount";
};

testWith(
  "attach() traces the first process of a namespace, or says why it cannot",
  [namespaces],
  () => {
    using folder = new TemporaryFolder();
    const script = folder.write(
      "program.mjs",
      `
      import { readFile } from "@procctl/libc";
      import { Tracer } from "@procctl/ptrace";
      import { becomeUser } from "@procctl/testing";

      const attempt = (options) => {
        try {
          Tracer.attach(1, options).detach();
        } catch (error) {
          console.log(error.name, error.message.replace(/thread \\d+/, "thread N"));
        }
      };
      const tracer = Tracer.attach(1);
      for (const event of tracer) {
        if (event.name !== "wait4") continue;
        console.log(event.name, event.tid);
        attempt();
        break;
      }
      const status = new TextDecoder().decode(readFile("/proc/1/status"));
      console.log(/TracerPid:\\t\\d+/.exec(status)[0]);
      attempt({ exitKill: true });
      becomeUser();
      attempt();
      `,
    );
    // The shell is the first process, and waits for this program.
    const { stdout, stderr, code } = run([
      ...NAMESPACE,
      ...["sh", "-c", '"$@"; echo "goes on"; exit 3', "sh"],
      ...denoArgv(script),
    ]);
    assertEquals(stdout.split("\n"), [
      "wait4 1",
      "SystemError Cannot request PTRACE_SEIZE of task 1: thread N traces it already: EPERM",
      "TracerPid:\t0",
      "TypeError Cannot attach to process 1 with exitKill: nobody in its namespace can kill it",
      "SystemError Cannot request PTRACE_SEIZE of task 1: user 0 runs it, this process is of user 65534, and this process does not have CAP_SYS_PTRACE: EPERM",
      "goes on",
      "",
    ]);
    assertEquals([stderr, code], ["", 3]);
  },
);
