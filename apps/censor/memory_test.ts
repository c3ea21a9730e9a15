import { assertEquals, assertMatch } from "@std/assert";
import { TemporaryFolder, testWith, tool } from "@procctl/testing";
import { censor, compile } from "./_testing.ts";

/** Writes the text into a pipe that is full, so that the write waits. */
const FULL_PIPE = `
static int pipes[2][2];
static volatile long results[2];
static void fill(int i) {
  static char filling[65536];
  CHECK(pipe(pipes[i]) == 0 && fcntl(pipes[i][1], F_SETPIPE_SZ, 65536) == 65536);
  memset(filling, '.', sizeof filling);
  CHECK(write(pipes[i][1], filling, sizeof filling) == sizeof filling);
}
static void *write_text(void *i) {
  results[(long)i] = write(pipes[(long)i][1], text, 16);
  return 0;
}
/* Reads all, and tells whether what comes last is the text with stars. */
static int drain(int i) {
  static char bytes[65536 + 16];
  for (size_t n = 0; n < sizeof bytes;) {
    ssize_t count = read(pipes[i][0], bytes + n, sizeof bytes - n);
    CHECK(count > 0);
    n += count;
  }
  return memcmp(bytes + 65536, "the ****** word\\n", 16) == 0;
}
/* The kernel tells which call a task waits in. */
static void until_in_write(int tid) {
  char path[64], line[64];
  snprintf(path, sizeof path, "/proc/self/task/%d/syscall", tid);
  do {
    usleep(1000);
    int fd = open(path, O_RDONLY);
    if (fd < 0) { snprintf(path, sizeof path, "/proc/%d/syscall", tid); continue; }
    line[read(fd, line, 63)] = 0;
    close(fd);
  } while (atoi(line) != SYS_write || strncmp(line, "running", 7) == 0);
}
static volatile int tids[2];
static void *write_as_thread(void *i) {
  tids[(long)i] = syscall(SYS_gettid);
  return write_text(i);
}
static pthread_t start(long i) {
  pthread_t thread;
  fill(i);
  CHECK(pthread_create(&thread, 0, write_as_thread, (void *)i) == 0);
  while (tids[i] == 0) usleep(1000);
  until_in_write(tids[i]);
  return thread;
}
`;

/** A test of a program in C, which ends with 0 if all is as it should be. */
function testProgram(name: string, main: string, output = ""): void {
  testWith(name, [tool("gcc")], () => {
    using folder = new TemporaryFolder();
    const program = compile(folder, `${FULL_PIPE} int main(void) { ${main} }`);
    const { code, stdout, stderr } = censor("secret", [program]);
    assertEquals([code, stdout, stderr], [0, output, ""]);
  });
}

testProgram(
  "censor puts a literal back when the last of two threads has written it",
  `
  pthread_t one = start(0), two = start(1);
  CHECK(drain(0) && pthread_join(one, 0) == 0 && results[0] == 16);
  /* The other one has still to read it. */
  CHECK(!is_intact(text));
  CHECK(drain(1) && pthread_join(two, 0) == 0 && results[1] == 16);
  CHECK(is_intact(text));
  _exit(0);`,
);

testProgram(
  "censor censors words that overlap, written by two threads at once",
  `
  pthread_t one = start(0);
  /* Only a part of it is a star by now: that of the same word. */
  char other[10];
  int fds[2];
  pipe(fds);
  CHECK(write(fds[1], text + 4, 8) == 8 && read(fds[0], other, 8) == 8);
  CHECK(memcmp(other, "****** w", 8) == 0);
  CHECK(!is_intact(text));
  CHECK(drain(0) && pthread_join(one, 0) == 0);
  CHECK(is_intact(text));
  _exit(0);`,
);

testProgram(
  "censor keeps what the program writes into its memory during a call",
  `
  static char data[16];
  memcpy(data, text, 16);
  fill(0);
  pthread_t thread;
  void *write_data(void *tid) {
    *(volatile int *)tid = syscall(SYS_gettid);
    results[0] = write(pipes[0][1], data, 16);
    return 0;
  }
  CHECK(pthread_create(&thread, 0, write_data, (void *)&tids[0]) == 0);
  while (tids[0] == 0) usleep(1000);
  until_in_write(tids[0]);
  memcpy(data + 4, "public", 6);
  CHECK(write(1, data, 16) == 16);
  drain(0);
  pthread_join(thread, 0);
  CHECK(results[0] == 16 && memcmp(data, "the public word", 15) == 0);
  _exit(0);`,
  "the public word\n",
);

testProgram(
  "censor leaves no stars in the copy of memory that a fork makes",
  `
  int status;
  pthread_t thread = start(0);
  int child = fork();
  if (child == 0) _exit(is_intact(text) ? 0 : 1);
  CHECK(waitpid(child, &status, 0) == child && status == 0);
  CHECK(drain(0) && pthread_join(thread, 0) == 0 && is_intact(text));
  _exit(0);`,
);

testProgram(
  "censor takes stars for the program's own in a copy that is made later",
  `
  static char data[16];
  int status, child = fork();
  if (child == 0) _exit(0);
  CHECK(waitpid(child, &status, 0) == child && status == 0);
  memcpy(data, text, 16);
  CHECK(write(1, data, 16) == 16 && is_intact(data));
  memcpy(data + 4, "******", 6);
  child = fork();
  if (child == 0) _exit(memcmp(data, "the ****** word", 15) == 0 ? 0 : 1);
  CHECK(waitpid(child, &status, 0) == child && status == 0);
  _exit(0);`,
  "the ****** word\n",
);

testProgram(
  "censor censors what a child of vfork() writes, and puts its parent's memory back",
  `
  int status, child = vfork();
  if (child == 0) {
    write(1, text, 16);
    _exit(is_intact(text) ? 0 : 1);
  }
  CHECK(is_intact(text) && waitpid(child, &status, 0) == child && status == 0);
  _exit(0);`,
  "the ****** word\n",
);

testProgram(
  "censor puts memory back when a child of vfork() is killed in a call",
  `
  fill(0);
  volatile int *number = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  int status;
  if (fork() == 0) {
    while (*number == 0) usleep(1000);
    until_in_write(*number);
    kill(*number, SIGKILL);
    _exit(0);
  }
  int child = vfork();
  if (child == 0) {
    *number = getpid();
    write(pipes[0][1], text, 16);
    _exit(1);
  }
  CHECK(is_intact(text));
  CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status));
  _exit(0);`,
);

for (const [flags, name] of [["CLONE_VM", "shares"], ["0", "copies"]]) {
  testProgram(
    `censor puts memory back when a process that ${name} it is killed in a call`,
    `
    static char stack[65536];
    int status;
    fill(0);
    int child = clone((int (*)(void *))write_text, stack + sizeof stack, ${flags} | SIGCHLD, 0);
    until_in_write(child);
    CHECK(is_intact(text) == (${flags} == 0));
    kill(child, SIGKILL);
    CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status));
    CHECK(is_intact(text));
    _exit(0);`,
  );
}

testProgram(
  "censor lets a program execute another while a thread is in a call",
  `
  pthread_t thread = start(0);
  execl("/bin/echo", "echo", "a secret", (char *)0);`,
  "a ******\n",
);

testProgram(
  "censor lets a thread execute a program in the place of the first",
  `
  void *execute(void *unused) {
    execl("/bin/sh", "sh", "-c", "echo a secret; /bin/echo and a secret", (char *)0);
    return 0;
  }
  pthread_t thread = start(0), other;
  pthread_create(&other, 0, execute, 0);
  for (;;) pause();`,
  "a ******\nand a ******\n",
);

Deno.test("censor closes the memory of programs that were replaced, or have ended", () => {
  using folder = new TemporaryFolder();
  const script = folder.write(
    "script",
    `#!/bin/sh
    if [ "$1" = 0 ]; then exec ls -l /proc/$PPID/fd; fi
    /bin/true
    exec "$0" $(($1 - 1))`,
    0o755,
  );
  const open = (times: string) =>
    censor("secret", [script, times]).stdout.match(/\/proc\/\d+\/mem$/gm);
  assertEquals(open("1")?.length, 1);
  assertEquals(open("20")?.length, 1);
});

const SIGNAL = `
  static volatile int handled;
  void handler(int signal) { handled = is_intact(text) ? 1 : -1; }
  int main_thread = syscall(SYS_gettid);
  struct sigaction action = { .sa_handler = handler, .sa_flags = FLAGS };
  sigaction(SIGALRM, &action, 0);
  fill(0);
  setitimer(0, (long[]){ 0, 0, 0, 100000 }, 0);`;

testProgram(
  "censor puts memory back before the handler of a signal that ends a call",
  `${SIGNAL.replace("FLAGS", "0")}
  CHECK(write(pipes[0][1], text, 16) == -1 && errno == EINTR);
  CHECK(handled == 1 && is_intact(text));
  _exit(0);`,
);

testProgram(
  "censor censors a call that is restarted after a signal",
  `
  void *later(void *unused) { usleep(300000); CHECK(drain(0)); return 0; }
  pthread_t thread;
  ${SIGNAL.replace("FLAGS", "SA_RESTART")}
  sigset_t alarm;
  sigemptyset(&alarm);
  sigaddset(&alarm, SIGALRM);
  pthread_sigmask(SIG_BLOCK, &alarm, 0);
  pthread_create(&thread, 0, later, 0);
  pthread_sigmask(SIG_UNBLOCK, &alarm, 0);
  CHECK(write(pipes[0][1], text, 16) == 16);
  CHECK(handled == 1 && is_intact(text));
  pthread_join(thread, 0);
  _exit(0);`,
);

testProgram(
  "censor lets calls write a part, and the program write the rest",
  `
  enum { SIZE = 200000 };
  static char data[SIZE], copy[SIZE];
  for (int i = 0; i < SIZE / 16; i++) memcpy(data + 16 * i, text, 16);
  memcpy(copy, data, SIZE);
  CHECK(pipe(pipes[0]) == 0 && fcntl(pipes[0][1], F_SETPIPE_SZ, 65536) == 65536);
  fcntl(pipes[0][1], F_SETFL, O_NONBLOCK);
  ssize_t count = write(pipes[0][1], data, SIZE);
  CHECK(count > 0 && count < SIZE && memcmp(data, copy, SIZE) == 0);
  static char back[SIZE];
  CHECK(read(pipes[0][0], back, SIZE) == count);
  CHECK(memcmp(back, "the ****** word\\n", 16) == 0);
  for (int i = 16; i < count; i++) CHECK(back[i] == back[i - 16]);
  _exit(0);`,
);

testProgram(
  "censor puts stars into a shared page for all who share it, while a call lasts",
  `
  int status, file = memfd_create("file", 0);
  ftruncate(file, 4096);
  char *shared = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  memcpy(shared, text, 16);
  fill(0);
  int child = fork();
  if (child == 0) {
    ssize_t count = write(pipes[0][1], shared, 16);
    _exit(count == 16 && is_intact(shared) ? 0 : 1);
  }
  until_in_write(child);
  char bytes[16];
  CHECK(memcmp(shared, "the ****** word", 15) == 0);
  CHECK(pread(file, bytes, 16, 0) == 16 && memcmp(bytes, "the ****** word", 15) == 0);
  drain(0);
  CHECK(waitpid(child, &status, 0) == child && status == 0 && is_intact(shared));
  CHECK(pread(file, bytes, 16, 0) == 16 && is_intact(bytes));
  _exit(0);`,
);

testWith(
  "censor ends a program that writes from a shared page which nobody may change",
  [tool("gcc")],
  () => {
    using folder = new TemporaryFolder();
    const file = folder.write("file", "the secret word\n");
    const program = compile(
      folder,
      `int main(int argc, char *argv[]) {
        char *shared = mmap(0, 4096, PROT_READ, MAP_SHARED, open(argv[1], O_RDONLY), 0);
        write(1, "before\\n", 7);
        write(1, shared, 16);
        write(1, "after\\n", 6);
      }`,
    );
    const { code, stdout, stderr } = censor("secret", [program, file]);
    assertEquals([code, stdout], [125, "before\n"]);
    assertMatch(stderr, /^censor: Cannot write memory of process .* EIO\n$/);
  },
);
