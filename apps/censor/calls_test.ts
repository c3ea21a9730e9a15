import { assertEquals, assertStringIncludes } from "@std/assert";
import { readFile } from "@procctl/libc";
import {
  type Need,
  ordinaryUser,
  run,
  sleeper,
  TemporaryFolder,
  testWith,
  tool,
} from "@procctl/testing";
import { censor, compile } from "./_testing.ts";

/** The test makes calls of i386. */
const x86: Need = () =>
  Deno.build.arch === "x86_64" ? undefined : "needs x86_64";

Deno.test("censor makes stars of the word, and of nothing else", () => {
  const { code, stdout, stderr } = censor("secret", [
    ...[
      "/bin/sh",
      "-c",
      "echo the secret word; echo secretsecre; echo a secret >&2",
    ],
  ]);
  assertEquals([code, stderr], [0, "a ******\n"]);
  assertEquals(stdout, "the ****** word\n******secre\n");
});

Deno.test("censor makes stars of words that overlap, and as many as the word has bytes", () => {
  const overlapping = censor("aba", ["printf", "ababa abab ab"]);
  assertEquals(overlapping.stdout, "***** ***b ab");
  const umlaut = censor("ä", ["printf", "bär"]);
  assertEquals(umlaut.stdout, "b**r");
  const single = censor("a", ["printf", "banana"]);
  assertEquals(single.stdout, "b*n*n*");
});

Deno.test("censor does not see a word that is split over two writes", () => {
  const split = "printf sec; printf 'ret secret\\n'";
  const { stdout } = censor("secret", ["/bin/sh", "-c", split]);
  assertEquals(stdout, "secret ******\n");
});

Deno.test("censor leaves the arguments of the programs alone", () => {
  const script = `
    [ "$1" = secret ] || exit 1
    sh -c '[ "$1" = secret ] || exit 2; tr "\\0a-z" "\\nb-za" </proc/$$/cmdline | tail -n 1' sh "$1"
  `;
  const { code, stdout } = censor("secret", [
    "sh",
    "-c",
    script,
    "sh",
    "secret",
  ]);
  assertEquals([code, stdout], [0, "tfdsfu\n"]);
});

testWith(
  "censor works on literals in read-only pages, which are as before after the call",
  [tool("gcc")],
  () => {
    using folder = new TemporaryFolder();
    const program = compile(
      folder,
      `int main(void) {
        for (int i = 0; i < 3; i++) {
          CHECK(write(1, text, 16) == 16);
          CHECK(is_intact(text));
        }
        return 0;
      }`,
    );
    const { code, stdout } = censor("secret", [program]);
    assertEquals([code, stdout], [0, "the ****** word\n".repeat(3)]);
  },
);

testWith("censor knows all calls that write", [tool("gcc")], () => {
  using folder = new TemporaryFolder();
  const program = compile(
    folder,
    `int main(int argc, char *argv[]) {
      /* In two pieces, in the middle of the word. */
      struct iovec iov[] = { { (void *)text, 7 }, { (void *)text + 7, 9 } };
      int fd = open(argv[1], O_RDWR | O_CREAT, 0600), pair[2];
      CHECK(fd >= 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
      CHECK(write(fd, text, 16) == 16);
      CHECK(pwrite(fd, text, 16, 16) == 16);
      CHECK(lseek(fd, 32, SEEK_SET) == 32);
      CHECK(writev(fd, iov, 2) == 16);
      CHECK(pwritev(fd, iov, 2, 48) == 16);
      CHECK(pwritev2(fd, iov, 2, 64, 0) == 16);
      struct msghdr message = { .msg_iov = iov, .msg_iovlen = 2 };
      struct mmsghdr messages[] = { { message }, { message } };
      CHECK(send(pair[0], text, 16, 0) == 16);
      CHECK(sendto(pair[0], text, 16, 0, 0, 0) == 16);
      CHECK(sendmsg(pair[0], &message, 0) == 16);
      CHECK(sendmmsg(pair[0], messages, 2, 0) == 2);
      CHECK(messages[0].msg_len == 16 && messages[1].msg_len == 16);
      char read_back[80];
      CHECK(recv(pair[1], read_back, 80, MSG_WAITALL) == 80);
      /* By a letter each, which no word is. */
      lseek(fd, 80, SEEK_SET);
      for (int i = 0; i < 80; i++) CHECK(write(fd, read_back + i, 1) == 1);
      CHECK(is_intact(text));
    }`,
  );
  const { code } = censor("secret", [program, folder.join("out")]);
  assertEquals(code, 0);
  const written = new TextDecoder().decode(readFile(folder.join("out")));
  assertEquals(written.split("\n"), [
    ...Array(10).fill("the ****** word"),
    "",
  ]);
});

testWith(
  "censor knows the calls of 32 bits, which 64-bit programs can make",
  [tool("gcc"), x86],
  () => {
    using folder = new TemporaryFolder();
    const program = compile(
      folder,
      `static long call(long nr, long a, const void *b, long c) {
        long result;
        asm volatile("int $0x80" : "=a"(result) : "a"(nr), "b"(a), "c"(b), "d"(c) : "memory", "r8", "r9", "r10", "r11");
        return result;
      }
      static uint32_t iov[4], message[7], args[3];
      int main(void) {
        CHECK((uintptr_t)text < 1UL << 32 && (uintptr_t)iov < 1UL << 32);
        CHECK(call(4, 1, text, 16) == 16);
        iov[0] = (uintptr_t)text; iov[1] = 7; iov[2] = (uintptr_t)text + 7; iov[3] = 9;
        CHECK(call(146, 1, iov, 2) == 16);
        int pair[2];
        CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
        message[2] = (uintptr_t)iov; message[3] = 2;
        CHECK(call(370, pair[0], message, 0) == 16);
        args[0] = pair[0]; args[1] = (uintptr_t)text; args[2] = 16;
        CHECK(call(102, 9, args, 0) == 16);
        char read_back[32];
        CHECK(recv(pair[1], read_back, 32, MSG_WAITALL) == 32);
        for (int i = 0; i < 32; i++) write(1, read_back + i, 1);
        CHECK(is_intact(text));
      }`,
      "-no-pie",
      "-static",
    );
    // Not every kernel has them.
    if (run([program]).code !== 0) return;
    const { code, stdout } = censor("secret", [program]);
    assertEquals([code, stdout], [0, "the ****** word\n".repeat(4)]);
  },
);

testWith("censor lets calls fail as they do without it", [tool("gcc")], () => {
  using folder = new TemporaryFolder();
  const program = compile(
    folder,
    `int main(void) {
      /* The end of what is mapped is in the middle of the word. */
      long size = sysconf(_SC_PAGESIZE);
      char *page = mmap(0, 2 * size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      CHECK(munmap(page + size, size) == 0);
      char *last = page + size - 11;
      memcpy(last, text, 11);
      struct iovec odd[] = { { last, 11 }, { (void *)16, 9 } };
      CHECK(write(1, last, 400) == -1 ? errno == EFAULT : 1);
      CHECK(write(1, 0, 400) == -1 && errno == EFAULT);
      CHECK(write(1, (void *)-1, -1) == -1);
      CHECK(write(-1, text, 16) == -1 && errno == EBADF);
      CHECK(writev(1, (void *)16, 2) == -1 && errno == EFAULT);
      CHECK(writev(1, odd, -1) == -1 && errno == EINVAL);
      CHECK(writev(1, odd, 1025) == -1);
      CHECK(sendmsg(1, (void *)-1, 0) == -1 && errno == ENOTSOCK);
      CHECK(syscall(SYS_sendmmsg, 1, (void *)16, -1, 0) == -1);
      CHECK(syscall(1000) == -1 && syscall(-1) == -1 && errno == ENOSYS);
      CHECK(is_intact(text));
    }`,
  );
  assertEquals(censor("secret", [program]).code, 0);
});

testWith(
  "censor ends a program into which its user may not look",
  [ordinaryUser],
  () => {
    using folder = new TemporaryFolder();
    // Its owner may execute it, and not read it.
    const program = folder.write("sleeper", sleeper(), 0o111);
    const script = `echo a secret; ${program}; echo not printed`;
    const { code, stdout, stderr } = censor("secret", ["sh", "-c", script]);
    assertEquals([code, stdout], [125, "a ******\n"]);
    assertStringIncludes(stderr, "it does not let itself be looked into");
  },
);

testWith("censor finds words in large writes, wherever they are", [
  tool("perl"),
], () => {
  const script = `
    my $data = "x" x 3000000;
    my @at = (0, 65533, 131071, 2000000, 3000000 - 6);
    substr($data, $_, 6) = "secret" for @at;
    syswrite(STDOUT, $data) == 3000000 or exit 1;
    exit 2 if substr($data, 65533, 6) ne "sec" . "ret";
  `;
  const { code, stdout } = censor("secret", ["perl", "-e", script]);
  assertEquals([code, stdout.length], [0, 3_000_000]);
  const places = [...stdout.matchAll(/[^x]+/g)].map((it) => [it.index, it[0]]);
  const at = [0, 65_533, 131_071, 2_000_000, 2_999_994];
  assertEquals(places, at.map((index) => [index, "******"]));
});
