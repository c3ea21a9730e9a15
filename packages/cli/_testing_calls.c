/*
 * Makes many system calls, one family after another, so that what one tracer
 * writes of them can be held against what another does. Nothing of it depends
 * on the machine more than it must.
 *
 * Calls are made by syscall() where libc would make another one.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/futex.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/times.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

static char buffer[8192];
static char name[] = "file";
static struct iovec hello[3] = {{"hello\n", 6}, {"x", 1}, {0, 0}};
static int pipe_fds[2];
static void *const nowhere = (void *)8;

static void handler(int signal) { (void)signal; }

static void unknown_calls(void) {
  syscall(1000, 1, 2, 3, 4, 5, 6);
  syscall(-1, 1, 2, 3, 4, 5, -6);
}

static void files(void) {
  int fd = open(name, O_RDWR | O_CREAT | O_EXCL, 0644);
  ftruncate(fd, 0x123456789);
  lseek(fd, 0x7fffffffff, SEEK_SET);
  lseek(fd, -1, SEEK_SET);
  fcntl(fd, F_GETFL);
  fcntl(fd, F_SETFL, O_APPEND);
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  fcntl(fd, F_GETFD);
  fcntl(fd, F_DUPFD_CLOEXEC, 30);
  struct flock lock = {F_WRLCK, SEEK_SET, 0, 10};
  fcntl(fd, F_SETLK, &lock);
  fcntl(fd, F_GETLK, &lock);
  fcntl(fd, F_GETLK, nowhere);
  setxattr(name, "user.a", "val", 3, 0);
  getxattr(name, "user.a", buffer, 100);
  listxattr(name, buffer, 100);
  chmod(name, 0600);
  fchmod(fd, 04755);
  chown(name, -1, getgid());
  mknod("fifo", S_IFIFO | 0600, 0);
  umask(022);
  mkdir("folder", 0755);
  rmdir("folder");
  unlink("fifo");
  symlink("a", "link");
  unlinkat(AT_FDCWD, "link", 0);
  rename(name, "other");
  rename("other", name);
  access(name, R_OK | X_OK);
  faccessat(AT_FDCWD, "/", F_OK, 0);
  struct open_how how = {O_RDONLY, 0, RESOLVE_NO_XDEV};
  syscall(SYS_openat2, AT_FDCWD, ".", &how, sizeof how);
  open(nowhere, 0);
  open("\351\n\1" "2\"", O_WRONLY | O_TRUNC | 0x80000000);
  long offset = 0;
  loff_t start = 3;
  write(fd, "some text", 9);
  syscall(SYS_sendfile, pipe_fds[1], fd, &offset, 10);
  splice(fd, &start, pipe_fds[1], 0, 5, SPLICE_F_MOVE);
  copy_file_range(fd, 0, fd, 0, 1, 0);
  write(fd, nowhere, 5);
  write(fd, 0, 5);
  pread(fd, buffer, 4, 1 << 20);
  pwrite(fd, "\177ELF\2\1\1\0\0\0\0", 11, 7);
  close(fd);
  mkdir("listed", 0700);
  fd = open("listed", O_RDONLY | O_DIRECTORY);
  syscall(SYS_getdents64, fd, buffer, sizeof buffer);
  syscall(SYS_getdents64, fd, buffer, sizeof buffer);
  rmdir("listed");
  getcwd(buffer, 1);
  readlink("/proc/self/nothing", buffer, 100);
}

static void statuses(void) {
  struct stat st;
  struct statx stx;
  struct statfs fs;
  stat(name, &st);
  syscall(SYS_newfstatat, AT_FDCWD, "/dev/null", &st, AT_SYMLINK_NOFOLLOW);
  syscall(SYS_newfstatat, AT_FDCWD, "/nothing", &st, 0);
  syscall(SYS_newfstatat, AT_FDCWD, 0, &st, 0);
  syscall(SYS_newfstatat, AT_FDCWD, "/", 0, 0);
  syscall(SYS_fstat, 0, &st);
  statx(AT_FDCWD, name, AT_STATX_SYNC_AS_STAT, STATX_ALL, &stx);
  statx(AT_FDCWD, "/dev/null", AT_STATX_FORCE_SYNC | AT_EMPTY_PATH,
        STATX_BASIC_STATS, &stx);
  statfs("/proc", &fs);
  fstatfs(-1, &fs);
}

static void times_and_timers(void) {
  struct timespec ts = {0, 1000}, left;
  struct timeval tv;
  struct timezone tz;
  struct itimerval timer = {{0, 0}, {100, 5}};
  struct itimerspec spec = {{0, 0}, {1, 2}};
  nanosleep(&ts, &left);
  clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &ts, 0);
  syscall(SYS_clock_gettime, CLOCK_REALTIME, &ts);
  syscall(SYS_clock_getres, CLOCK_MONOTONIC, &ts);
  syscall(SYS_gettimeofday, &tv, &tz);
  setitimer(ITIMER_REAL, &timer, 0);
  timer.it_value = (struct timeval){0, 0};
  setitimer(ITIMER_REAL, &timer, 0);
  int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
  timerfd_settime(fd, 0, &spec, &spec);
  struct timespec file_times[2] = {{1, 2}, {0, UTIME_OMIT}};
  utimensat(AT_FDCWD, name, file_times, 0);
  utimensat(AT_FDCWD, name, 0, 0);
  file_times[0].tv_nsec = UTIME_NOW;
  utimensat(AT_FDCWD, name, file_times, AT_SYMLINK_NOFOLLOW);
}

static void vectors(void) {
  struct iovec parts[2] = {{buffer, 3}, {buffer + 3, 100}};
  writev(pipe_fds[1], hello, 3);
  readv(pipe_fds[0], parts, 2);
  writev(-1, hello, 2);
  readv(-1, parts, 2);
  writev(-1, nowhere, 2);
}

static void signals(void) {
  struct sigaction action = {0}, old;
  sigset_t set, none;
  siginfo_t info;
  stack_t stack = {0, SS_DISABLE, 0};
  struct timespec now = {0, 0};
  action.sa_handler = handler;
  sigaddset(&action.sa_mask, SIGINT);
  action.sa_flags = SA_RESTART | SA_SIGINFO | SA_ONSTACK;
  sigaction(SIGUSR1, &action, 0);
  sigaction(SIGUSR1, 0, &old);
  action.sa_flags = SA_RESETHAND | SA_NOCLDSTOP;
  action.sa_handler = SIG_IGN;
  sigaction(SIGUSR2, &action, &old);
  sigemptyset(&none);
  sigemptyset(&set);
  sigaddset(&set, SIGUSR2);
  sigaddset(&set, SIGRTMIN + 1);
  sigprocmask(SIG_BLOCK, &set, &none);
  sigfillset(&set);
  sigprocmask(SIG_UNBLOCK, &set, 0);
  sigpending(&set);
  /* Sets of about two thirds of all signals, where the other ones are told. */
  unsigned long most = (1ul << 42) - 1, many = (1ul << 41) - 1;
  syscall(SYS_rt_sigprocmask, SIG_UNBLOCK, &most, 0, 8);
  syscall(SYS_rt_sigprocmask, SIG_UNBLOCK, &many, 0, 8);
  kill(getpid(), SIGUSR1);
  union sigval value = {.sival_int = 42};
  signal(SIGRTMIN + 3, handler);
  sigqueue(getpid(), SIGRTMIN + 3, value);
  sigemptyset(&set);
  sigaddset(&set, SIGHUP);
  sigprocmask(SIG_BLOCK, &set, 0);
  sigtimedwait(&set, &info, &now);
  raise(SIGHUP);
  sigwaitinfo(&set, &info);
  signalfd(-1, &set, SFD_CLOEXEC);
  sigaltstack(&stack, &stack);
  struct itimerval soon = {{0, 0}, {0, 1000}};
  signal(SIGALRM, handler);
  /* It is let in by the call that it is to interrupt, and by none before. */
  sigemptyset(&none);
  sigaddset(&set, SIGALRM);
  sigprocmask(SIG_BLOCK, &set, 0);
  setitimer(ITIMER_REAL, &soon, 0);
  syscall(SYS_ppoll, 0, 0, 0, &none, 8);
}

static void children(void) {
  int status;
  struct rusage usage;
  siginfo_t info;
  int pid = fork();
  if (pid == 0) _exit(3);
  wait4(pid, &status, 0, &usage);
  wait4(-1, &status, WNOHANG, 0);
  pid = fork();
  if (pid == 0) syscall(SYS_ppoll, 0, 0, 0, 0, 8);
  kill(pid, SIGTERM);
  waitpid(pid, &status, 0);
  pid = fork();
  if (pid == 0) _exit(2);
  waitid(P_PID, pid, &info, WEXITED);
  getrusage(RUSAGE_SELF, &usage);
  char *argv[] = {"a", "b", 0};
  execve("/nothing", argv, argv);
  execve("/nothing", 0, 0);
  execve(nowhere, nowhere, nowhere);
}

static void terminals(void) {
  int master, terminal, number = 1;
  struct termios termios;
  struct winsize size = {24, 80};
  openpty(&master, &terminal, 0, 0, 0);
  tcgetattr(terminal, &termios);
  ioctl(terminal, TIOCSWINSZ, &size);
  ioctl(terminal, TIOCGWINSZ, &size);
  termios.c_lflag &= ~ICANON;
  termios.c_cflag = CS7 | CSTOPB | B115200;
  tcsetattr(terminal, TCSADRAIN, &termios);
  ioctl(terminal, FIONREAD, &number);
  ioctl(terminal, FIONBIO, &number);
  ioctl(terminal, TIOCGPGRP, &number);
  ioctl(0, TCGETS, &termios);
  ioctl(terminal, 0x12345678, &number);
  ioctl(terminal, FIOCLEX);
  ioctl(master, TIOCSPTLCK, &number);
}

static void waiting(void) {
  struct pollfd fds[3] = {
      {pipe_fds[0], POLLIN, 0}, {pipe_fds[1], POLLOUT, 0}, {-1, POLLIN, 0}};
  struct timespec now = {0, 0};
  sigset_t none;
  sigemptyset(&none);
  poll(fds, 3, 0);
  poll(fds + 2, 1, 0);
  poll(fds, 0, 0);
  fds[2].fd = 99;
  poll(fds + 2, 1, 0);
  ppoll(fds + 1, 1, &now, &none);
  fd_set in, out;
  struct timeval zero = {0, 0};
  FD_ZERO(&in);
  FD_ZERO(&out);
  FD_SET(pipe_fds[0], &in);
  FD_SET(pipe_fds[1], &out);
  select(10, &in, &out, 0, &zero);
  FD_SET(pipe_fds[1], &in);
  select(10, &in, &in, 0, &zero);
  FD_ZERO(&in);
  select(10, &in, 0, 0, &zero);
  struct {
    const sigset_t *set;
    size_t size;
  } mask = {&none, 8};
  syscall(SYS_pselect6, 10, 0, &out, 0, &now, &mask);
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {EPOLLIN | EPOLLET, {.u64 = 7}};
  epoll_ctl(epoll, EPOLL_CTL_ADD, pipe_fds[1], &event);
  event.events = EPOLLOUT;
  epoll_ctl(epoll, EPOLL_CTL_MOD, pipe_fds[1], &event);
  syscall(SYS_epoll_pwait, epoll, &event, 5, 0, &none, 8);
  epoll_ctl(epoll, EPOLL_CTL_DEL, pipe_fds[1], 0);
  eventfd(3, EFD_NONBLOCK);
  int inotify = inotify_init1(IN_CLOEXEC);
  inotify_add_watch(inotify, ".", IN_CREATE | IN_DELETE);
}

static void sockets(void) {
  struct sockaddr_in in = {.sin_family = AF_INET,
                           .sin_addr = {htonl(INADDR_LOOPBACK)}};
  struct sockaddr_in6 in6 = {.sin6_family = AF_INET6,
                             .sin6_port = htons(80),
                             .sin6_addr = IN6ADDR_LOOPBACK_INIT};
  struct sockaddr_un un = {AF_UNIX, "/nothing/socket"};
  struct sockaddr_storage any;
  socklen_t size = sizeof in;
  int number = 1, pair[2];
  struct linger linger = {1, 2};
  int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  bind(server, (void *)&in, sizeof in);
  listen(server, 5);
  getsockname(server, (void *)&in, &size);
  int client = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
  connect(client, (void *)&in, sizeof in);
  size = sizeof any;
  int peer = accept4(server, (void *)&any, &size, SOCK_NONBLOCK);
  send(client, "hello", 5, MSG_NOSIGNAL);
  recv(peer, buffer, 100, 0);
  size = sizeof any;
  recvfrom(peer, buffer, 100, MSG_DONTWAIT, (void *)&any, &size);
  setsockopt(peer, SOL_SOCKET, SO_REUSEADDR, &number, sizeof number);
  size = sizeof number;
  getsockopt(peer, SOL_SOCKET, SO_ERROR, &number, &size);
  setsockopt(peer, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &number, sizeof number);
  shutdown(peer, SHUT_RDWR);
  int unix_socket = socket(AF_UNIX, SOCK_DGRAM, 0);
  connect(unix_socket, (void *)&un, sizeof un);
  un.sun_path[0] = 0;
  bind(unix_socket, (void *)&un, 10);
  size = sizeof un;
  getsockname(unix_socket, (void *)&un, &size);
  sendto(unix_socket, "abc", 3, 0, (void *)&un, 10);
  int udp = socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDP);
  connect(udp, (void *)&in6, sizeof in6);
  socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  struct msghdr sent = {.msg_iov = hello, .msg_iovlen = 2};
  char control[CMSG_SPACE(8)] = {0}, received[100];
  struct cmsghdr *header = (void *)control;
  header->cmsg_len = CMSG_LEN(8);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  memcpy(CMSG_DATA(header), pipe_fds, 8);
  sent.msg_control = control;
  sent.msg_controllen = sizeof control;
  sendmsg(pair[0], &sent, 0);
  struct iovec parts[2] = {{buffer, 3}, {buffer + 3, 100}};
  struct msghdr got = {.msg_iov = parts, .msg_iovlen = 2, .msg_name = &any,
                       .msg_namelen = sizeof any, .msg_control = received,
                       .msg_controllen = sizeof received};
  recvmsg(pair[1], &got, 0);
}

static void tasks(void) {
  struct rlimit limit, some = {1025, 2048};
  struct utsname uts;
  struct tms tms;
  struct sched_param param = {0};
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2];
  cpu_set_t cpus;
  gid_t groups[1024];
  uid_t r, e, s;
  syscall(SYS_prlimit64, 0, RLIMIT_STACK, 0, &limit);
  syscall(SYS_prlimit64, 0, RLIMIT_CORE, &some, &limit);
  uname(&uts);
  times(&tms);
  sched_getaffinity(0, sizeof cpus, &cpus);
  sched_setaffinity(0, 8, &cpus);
  sched_getparam(0, &param);
  sched_setscheduler(0, SCHED_OTHER, &param);
  sched_getscheduler(0);
  prctl(PR_SET_NAME, "hello");
  prctl(PR_GET_NAME, buffer);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  prctl(PR_GET_DUMPABLE);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN);
  getgroups(1024, groups);
  getgroups(0, 0);
  getresuid(&r, &e, &s);
  setresuid(-1, -1, -1);
  syscall(SYS_capget, &header, data);
  getpriority(PRIO_PROCESS, 0);
  syscall(SYS_getcpu, &r, 0, 0);
}

static void memory(void) {
  void *page = mmap(0, 4096, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  page = mremap(page, 4096, 8192, MREMAP_MAYMOVE);
  madvise(page, 8192, MADV_DONTNEED);
  msync(page, 8192, MS_SYNC);
  mincore(page, 8192, (void *)buffer);
  mprotect(page, 4096, PROT_NONE);
  munmap(page, 8192);
  memfd_create("memory", MFD_CLOEXEC);
  getrandom(buffer, 5, 0);
  int word = 0;
  struct timespec ts = {0, 1000};
  syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1);
  syscall(SYS_futex, &word, FUTEX_WAIT, 0, &ts);
  syscall(SYS_futex, &word, FUTEX_WAIT_BITSET_PRIVATE | FUTEX_CLOCK_REALTIME,
          1, &ts, 0, -1);
  syscall(SYS_futex, &word, FUTEX_REQUEUE, 1, 2, &word);
  syscall(SYS_futex, &word, FUTEX_CMP_REQUEUE, 1, 2, &word, 0);
  close_range(100, 200, 0);
}

int main(void) {
  unknown_calls();
  pipe(pipe_fds);
  files();
  statuses();
  times_and_timers();
  vectors();
  signals();
  children();
  terminals();
  waiting();
  sockets();
  tasks();
  memory();
  *(volatile int *)16 = 1;
}
