/* Memory that system calls are given. */
#include "_testing_tracees.h"
#include <sys/socket.h>
#include <sys/uio.h>

/* A page with nothing behind it; returns where it ends. */
static char *end_of_page(void) {
  long size = sysconf(_SC_PAGESIZE);
  char *page = mmap(NULL, 2 * size, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  check(page != MAP_FAILED, "mmap");
  check(munmap(page + size, size) == 0, "munmap");
  return page + size;
}

/* page-end: a path up to the end of a page, one without an end, and a write()
   of 20 bytes of which 6 are there. */
int page_end(char **arguments) {
  (void)arguments;
  static const char path[] = "/nonexistent/at-the-end";
  char *end = end_of_page();
  char *first = memcpy(end - sizeof(path), path, sizeof(path));
  check(open(first, O_RDONLY) == -1 && errno == ENOENT, "open");
  memcpy(end - 6, "/with", 6);
  end[-1] = 'x';
  check(open(end - 6, O_RDONLY) == -1 && errno == EFAULT, "open");
  check(write(1, end - 6, 20) != 20, "write");
  return 0;
}

/* write-much BYTES: one write() of bytes that count up from 0 to 250. */
int write_much(char **arguments) {
  long size = atol(arguments[0]);
  unsigned char *bytes = malloc(size);
  for (long i = 0; i < size; i++) bytes[i] = i % 251;
  for (long at = 0; at < size;) {
    long written = write(1, bytes + at, size - at);
    check(written > 0, "write");
    at += written;
  }
  return 0;
}

/* odd-pointers: paths and buffers that are nowhere. */
int odd_pointers(char **arguments) {
  (void)arguments;
  static const unsigned long odd[] = {0, 1, 0xfff, 0x400000000000,
                                      0x800000000000, -4096UL, -1UL};
  for (size_t i = 0; i < LENGTH(odd); i++) {
    check(syscall(SYS_openat, AT_FDCWD, odd[i], O_RDONLY) == -1, "openat");
    check(syscall(SYS_write, 1, odd[i], 10) == -1, "write");
  }
  return 0;
}

/* What a tracer is to censor, in memory that the program cannot write. */
static const char secret[] = "the secret word\n";
enum { SECRET_LENGTH = sizeof(secret) - 1 };

static int is_secret_intact(void) {
  static const char backwards[] = "\ndrow terces eht";
  const volatile char *text = secret;
  for (int i = 0; i < SECRET_LENGTH; i++)
    if (text[i] != backwards[SECRET_LENGTH - 1 - i]) return 0;
  return 1;
}

/* censor: writes a secret from a literal, and tells what became of that. */
int censor(char **arguments) {
  (void)arguments;
  long written = write(1, secret, SECRET_LENGTH);
  dprintf(1, "%ld %s\n", written, is_secret_intact() ? "intact" : "changed");
  return 0;
}

static int full_pipe[2];
static void *write_secret(void *unused) {
  check(write(full_pipe[1], secret, SECRET_LENGTH) == SECRET_LENGTH, "write");
  return unused;
}

/* blocked-writers: two threads write one literal to a full pipe, and a child
   is forked meanwhile. */
int blocked_writers(char **arguments) {
  (void)arguments;
  static char buffer[65536 + 2 * SECRET_LENGTH];
  check(pipe(full_pipe) == 0, "pipe");
  check(fcntl(full_pipe[1], F_SETPIPE_SZ, 65536) == 65536, "F_SETPIPE_SZ");
  check(write(full_pipe[1], buffer, 65536) == 65536, "write");
  pthread_t first = start(write_secret, NULL);
  pthread_t second = start(write_secret, NULL);
  sleep_for(100);
  pid_t child = fork();
  if (child == 0) _exit(is_secret_intact() ? 0 : 1);
  int status = await(child);
  for (size_t got = 0; got < sizeof(buffer);)
    got += read(full_pipe[0], buffer + got, sizeof(buffer) - got);
  pthread_join(first, NULL), pthread_join(second, NULL);
  check(write(1, buffer + 65536, 2 * SECRET_LENGTH) > 0, "write");
  dprintf(1, "%s, the child's %s\n", is_secret_intact() ? "intact" : "changed",
          status == 0 ? "intact" : "changed");
  return 0;
}

static void *nothing_to_do(void *unused) { return unused; }

/* copying-children: writes the secret, as do children whose memory is a copy:
   one made by fork(), the other by clone() with CLONE_VFORK alone. */
int copying_children(char **arguments) {
  (void)arguments;
  check(write(1, secret, SECRET_LENGTH) == SECRET_LENGTH, "write");
  // The last clone() before the children's has shared memory.
  pthread_join(start(nothing_to_do, NULL), NULL);
  for (int i = 0; i < 2; i++) {
#if defined(SYS_fork)
    pid_t child = i == 0 ? syscall(SYS_fork)
#else
    pid_t child = i == 0 ? syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)
#endif
                         : syscall(SYS_clone, CLONE_VFORK | SIGCHLD, 0, 0, 0, 0);
    if (child == 0) {
      check(write(1, secret, SECRET_LENGTH) == SECRET_LENGTH, "write");
      _exit(is_secret_intact() ? 0 : 1);
    }
    check(child > 0 && await(child) == 0 && is_secret_intact(), "child");
  }
  return 0;
}

/* write-kinds: the secret in two writes, by writev(), pwrite64() and sendto(),
   and what came out of the socket. */
int write_kinds(char **arguments) {
  (void)arguments;
  check(write(1, secret, 7) == 7, "write");
  check(write(1, secret + 7, SECRET_LENGTH - 7) == SECRET_LENGTH - 7, "write");
  struct iovec parts[] = {{"by ", 3}, {(void *)secret, SECRET_LENGTH}};
  check(writev(1, parts, 2) == 3 + SECRET_LENGTH, "writev");
  check(pwrite(1, secret, SECRET_LENGTH, 100) == SECRET_LENGTH, "pwrite");
  int sockets[2];
  char received[SECRET_LENGTH];
  check(socketpair(AF_UNIX, SOCK_DGRAM, 0, sockets) == 0, "socketpair");
  check(sendto(sockets[0], secret, SECRET_LENGTH, 0, NULL, 0) == SECRET_LENGTH,
        "sendto");
  check(recv(sockets[1], received, SECRET_LENGTH, 0) == SECRET_LENGTH, "recv");
  return memcmp(received, secret, SECRET_LENGTH) == 0 ? 0 : 3;
}

/* copy-out FILE: writes what is in it, and whether its path is as it was. */
int copy_out(char **arguments) {
  char path[256], content[256];
  snprintf(path, sizeof(path), "%s", arguments[0]);
  int file = open(path, O_RDONLY);
  check(file >= 0, "open");
  long count = read(file, content, sizeof(content));
  check(write(1, content, count) == count, "write");
  dprintf(1, strcmp(path, arguments[0]) == 0 ? "same path\n" : "other path\n");
  return 0;
}

/* write-thrice FILE...: three writes to each, and what they returned. */
int write_thrice(char **arguments) {
  for (; *arguments != NULL; arguments++) {
    int file = open(*arguments, O_WRONLY | O_CREAT, 0600);
    check(file >= 0, "open");
    for (int i = 0; i < 3; i++) {
      long result = write(file, "data\n", 5);
      printf("%ld ", result < 0 ? -(long)errno : result);
    }
    printf("\n");
  }
  return 0;
}

/* delete FILE: exits with errno if it cannot. */
int delete_file(char **arguments) {
  return unlink(arguments[0]) == 0 ? 0 : errno;
}
