import { assert, assertEquals, assertMatch } from "@std/assert";
import { patience, TemporaryFolder, testWith, tool } from "@procctl/testing";
import * as ptrace from "@procctl/ptrace/requests";
import { compile, Tracee } from "./_testing.ts";
import { FOLLOW, of, type Seen, traceTree } from "./_testing_tree.ts";

/** What the programs have in common; a handler adds its signal to a sum. */
const PREAMBLE = `
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
static volatile int sum;
static void handler(int signal) { sum += signal; }
static void handle(int signal, int flags) {
  struct sigaction action = { .sa_handler = handler, .sa_flags = flags };
  sigaction(signal, &action, 0);
}
static void alarm_after(int milliseconds) {
  struct timeval time = { milliseconds / 1000, milliseconds % 1000 * 1000 };
  setitimer(ITIMER_REAL, &(struct itimerval){ .it_value = time }, 0);
}
`;

/** Traces a program in C to its end. */
function trace(
  main: string,
  onSignal?: (signal: number, tid: number) => number,
): { seen: Seen[]; root: string[] } {
  using folder = new TemporaryFolder();
  const program = compile(
    folder,
    `${PREAMBLE} int main(void) { ${main} }`,
    ...["-pthread", "-w"],
  );
  using child = new Tracee([program], { options: FOLLOW });
  const seen = traceTree(child, onSignal);
  return { seen, root: of(seen, child.pid) };
}

/** The part of what was seen from a line on. */
function from(lines: readonly string[], line: string): string[] {
  const at = lines.indexOf(line);
  assert(at >= 0, `there is no ${line} in ${lines.join(", ")}`);
  return lines.slice(at);
}

const signals = (lines: readonly string[]) =>
  lines.filter((it) => /^(signal|group-stop)/.test(it));

const GCC = [tool("gcc")];

const THREE_SIGNALS = `
  handle(SIGUSR1, 0);
  signal(SIGUSR2, SIG_IGN);
  raise(SIGUSR1); raise(SIGUSR2); raise(SIGURG);
  return sum;`;

testWith(
  "signals are seen that are handled, ignored, or without an effect",
  GCC,
  () => {
    const { root } = trace(THREE_SIGNALS);
    assertEquals(signals(root), ["signal 10", "signal 12", "signal 23"]);
    assertEquals(from(root, "signal 10")[1], "enter rt_sigreturn");
    assert(!from(root, "signal 12").includes("enter rt_sigreturn"));
    assertEquals(root.at(-1), "exited 10");
  },
);

testWith(
  "a signal that is suppressed has no effect, and a replaced one another",
  GCC,
  () => {
    const suppressed = trace(
      THREE_SIGNALS,
      (signal) => signal === 10 ? 0 : signal,
    );
    assertEquals(suppressed.root.at(-1), "exited 0");
    const replaced = trace(
      "handle(SIGUSR1, 0); raise(SIGTERM); return sum;",
      (signal) => signal === 15 ? 10 : signal,
    );
    assertEquals(signals(replaced.root), ["signal 15"]);
    assertEquals(replaced.root.at(-1), "exited 10");
  },
);

testWith(
  "SIGTRAP of a program's own is a signal like others, with its origin",
  GCC,
  () => {
    const codes: number[] = [];
    const breakpoint = Deno.build.arch === "x86_64" ? "int3" : "brk #0";
    // On x86_64 the instruction is over when it is told.
    const { root } = trace(
      `handle(SIGTRAP, SA_RESETHAND); raise(SIGTRAP);
     handle(SIGTRAP, SA_RESETHAND); __asm__("${breakpoint}"); return 4;`,
      (signal, tid) => {
        codes.push(ptrace.getsiginfo(tid).code);
        return codes.length === 2 && Deno.build.arch !== "x86_64" ? 9 : signal;
      },
    );
    const SI_TKILL = -6;
    const TRAP_BRKPT = 1;
    const SI_KERNEL = 0x80;
    assertEquals(signals(root), ["signal 5", "signal 5"]);
    assertEquals(codes, [
      SI_TKILL,
      Deno.build.arch === "x86_64" ? SI_KERNEL : TRAP_BRKPT,
    ]);
    if (Deno.build.arch === "x86_64") assertEquals(root.at(-1), "exited 4");
  },
);

testWith(
  "the signals that glibc uses for itself pass, and do their work",
  GCC,
  () => {
    const { seen, root } = trace(`
    static volatile int tid;
    void *wait(void *unused) { tid = syscall(SYS_gettid); for (;;) pause(); }
    pthread_t thread;
    void *result;
    char path[64], line[256] = "";
    pthread_create(&thread, 0, wait, 0);
    if (setuid(getuid()) != 0) return 1;
    /* Before it waits no signal is needed to cancel it. */
    while (tid == 0 || strstr(line, ") S ") == 0) {
      usleep(1000);
      snprintf(path, sizeof path, "/proc/self/task/%d/stat", tid);
      FILE *file = fopen(path, "r");
      if (file == 0) continue;
      fgets(line, sizeof line, file);
      fclose(file);
    }
    pthread_cancel(thread);
    pthread_join(thread, &result);
    return result == PTHREAD_CANCELED ? 7 : 2;`);
    const thread = seen.find(({ what }) => what === "signal 33")!.tid;
    assertEquals(signals(of(seen, thread)), ["signal 33", "signal 32"]);
    assertEquals(root.at(-1), "exited 7");
  },
);

/** The parent's view of a child that was stopped, went on, and ended. */
const WATCH = (stop: string, status: number) => `
  int status, fds[2];
  char byte;
  pipe(fds);
  int child = fork();
  if (child == 0) {
    setpgid(0, 0);
    close(fds[1]);
    ${stop}
    /* It ends no sooner than its parent has seen it go on. */
    read(fds[0], &byte, 1);
    _exit(9);
  }
  if (waitpid(child, &status, WUNTRACED) != child || status != ${status}) return 1;
  usleep(50000);
  if (waitpid(child, &status, WUNTRACED | WNOHANG) != 0) return 2;
  kill(child, SIGCONT);
  if (waitpid(child, &status, WCONTINUED) != child || status != 0xffff) return 3;
  close(fds[1]);
  if (waitpid(child, &status, 0) != child || status != 0x900) return 4;
  return 0;`;

testWith(
  "a task that is stopped and left to listen stays so until SIGCONT, for its parent too",
  GCC,
  () => {
    for (const [signal, status] of [[19, 0x137f], [20, 0x147f]] as const) {
      const { seen, root } = trace(WATCH(`raise(${signal});`, status));
      assertEquals(root.at(-1), "exited 0");
      const child = of(seen, seen.find(({ what }) => what === "exited 9")!.tid);
      assertEquals(signals(child), [
        ...[`signal ${signal}`, `group-stop ${signal}`, "signal 18"],
      ]);
      // In between the parent has slept, and the child done nothing.
      const whole = seen.map(({ what }) => what);
      const stopped = whole.indexOf(`group-stop ${signal}`);
      const between = seen.slice(stopped + 1, whole.indexOf("signal 18"));
      const { tid } = seen[stopped]!;
      assertEquals(of(between, tid), []);
      assert(
        between.some(({ what }) => what.startsWith("exit clock_nanosleep")),
      );
    }
  },
);

testWith("SIGTSTP does not stop a task that handles it", GCC, () => {
  const { root } = trace("handle(SIGTSTP, 0); raise(SIGTSTP); return sum;");
  assertEquals(signals(root), ["signal 20"]);
  assertEquals(root.at(-1), "exited 20");
});

testWith(
  "a read that a signal interrupts is restarted, and then has data",
  GCC,
  () => {
    const { root } = trace(`
    int fds[2];
    char byte;
    pipe(fds);
    handle(SIGALRM, SA_RESTART);
    int child = fork();
    if (child == 0) { usleep(${
      patience(300_000)
    }); write(fds[1], "x", 1); _exit(0); }
    alarm_after(${patience(100)});
    return read(fds[0], &byte, 1) == 1 && sum == SIGALRM && byte == 'x' ? 6 : 1;`);
    const ERESTARTSYS = 512;
    const at = root.indexOf("signal 14");
    assertEquals(root.slice(at - 2, at), [
      ...["enter read", `exit read -${ERESTARTSYS}`],
    ]);
    assertEquals(root[at + 1], "enter rt_sigreturn");
    assertMatch(root[at + 2]!, /^exit rt_sigreturn /);
    assertEquals(root.slice(at + 3, at + 5), ["enter read", "exit read 1"]);
    assertEquals(root.at(-1), "exited 6");
  },
);

testWith(
  "a sleep that a handler interrupts is told apart from the EINTR that the program gets",
  GCC,
  () => {
    const { root } = trace(`
    handle(SIGALRM, 0);
    alarm_after(${patience(100)});
    int result = nanosleep(&(struct timespec){ 5, 0 }, 0);
    return result == -1 && errno == EINTR && sum == SIGALRM ? 6 : 1;`);
    const ERESTART_RESTARTBLOCK = 516;
    const at = root.indexOf("signal 14");
    assertEquals(
      root[at - 1],
      `exit clock_nanosleep -${ERESTART_RESTARTBLOCK}`,
    );
    assertEquals(root[at + 1], "enter rt_sigreturn");
    assert(!root.slice(at).includes("enter clock_nanosleep"));
    assertEquals(root.at(-1), "exited 6");
  },
);

testWith(
  "a sleep goes on after a stop by restart_syscall, for the rest of its time",
  GCC,
  () => {
    const { root } = trace(`
    int parent = getpid();
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    int child = fork();
    if (child == 0) {
      usleep(50000);
      kill(parent, SIGSTOP);
      usleep(50000);
      kill(parent, SIGCONT);
      /* Its end would be one more signal. */
      for (;;) pause();
    }
    if (nanosleep(&(struct timespec){ 0, 300000000 }, 0) != 0) return 1;
    clock_gettime(CLOCK_MONOTONIC, &end);
    kill(child, SIGKILL);
    long took = (end.tv_sec - begin.tv_sec) * 1000 + (end.tv_nsec - begin.tv_nsec) / 1000000;
    return took >= 299 ? 6 : 2;`);
    const after = from(root, "group-stop 19");
    assertEquals(after.slice(1, 4), [
      ...["signal 18", "enter restart_syscall", "exit restart_syscall 0"],
    ]);
    assertEquals(root.at(-1), "exited 6");
  },
);
