/**
 * What decodes which argument: the one table of it.
 *
 * An argument is looked up by its call and its name, then by its type in C; if
 * it is in neither table it is decoded as a number, by the constants that
 * @procctl/syscalls knows of it. A new structure goes to the file of its family,
 * `_decode_*.ts`, and to the table of types here.
 *
 * @module
 */

import type { Signature, SyscallArch } from "@procctl/syscalls";
import * as address from "./_decode_address.ts";
import * as clone from "./_decode_clone.ts";
import * as exec from "./_decode_exec.ts";
import * as file from "./_decode_file.ts";
import { futexArgument } from "./_decode_futex.ts";
import * as iovec from "./_decode_iovec.ts";
import * as limit from "./_decode_limit.ts";
import * as message from "./_decode_message.ts";
import { descriptor, number } from "./_decode_number.ts";
import * as poll from "./_decode_poll.ts";
import * as signal from "./_decode_signal.ts";
import * as stat from "./_decode_stat.ts";
import * as string from "./_decode_string.ts";
import * as system from "./_decode_system.ts";
import * as task from "./_decode_task.ts";
import * as terminal from "./_decode_terminal.ts";
import * as time from "./_decode_time.ts";
import { waitStatus } from "./_decode_wait.ts";
import { type Decoder, hexWord } from "./_trace_decoder.ts";

/**
 * By the type in C, as the kernel's source has it. What is not `const` is mostly
 * what the call fills.
 */
const BY_TYPE: Readonly<Record<string, Decoder>> = {
  "cap_user_data_t": system.capabilitiesOut,
  "cap_user_header_t": system.capabilityHeader,
  "compat_old_sigset_t *": signal.oldSetIn,
  "compat_sigset_t *": signal.setIn,
  "compat_ulong_t *": poll.fdSet,
  "const cap_user_data_t": system.capabilitiesIn,
  "const char *": string.path,
  "const char *const *": exec.argv,
  "const compat_sigset_t *": signal.setIn,
  "const compat_uptr_t *": exec.argv,
  "const sigset_t *": signal.setIn,
  "const stack_t *": signal.stackIn,
  "const compat_stack_t *": signal.stackIn,
  "const struct __kernel_itimerspec *": time.itimerspec64In,
  "const struct __kernel_timespec *": time.timespec64In,
  "const struct compat_old_sigaction *": signal.oldActionIn,
  "const struct compat_sigaction *": signal.actionIn,
  "const struct iovec *": iovec.vectorIn,
  "const struct old_itimerspec32 *": time.itimerspecIn,
  "const struct old_timespec32 *": time.timespecIn,
  "const struct rlimit64 *": limit.limits64In,
  "const struct sigaction *": signal.actionIn,
  "fd_set *": poll.fdSet,
  "gid_t *": task.uintOut,
  "old_gid_t *": task.shortOut,
  "old_uid_t *": task.shortOut,
  "sigset_t *": signal.setIn,
  "siginfo_t *": signal.siginfoIn,
  "stack_t *": signal.stackOut,
  "compat_stack_t *": signal.stackOut,
  "struct __kernel_itimerspec *": time.itimerspec64Out,
  "struct __kernel_old_itimerval *": time.itimervalOut,
  "struct __kernel_old_timeval *": time.timevalOut,
  "struct __kernel_timespec *": time.timespec64In,
  "struct clone_args *": clone.cloneArguments,
  "struct compat_linux_dirent *": file.oldEntries,
  "struct compat_mmsghdr *": message.messagesIn,
  "struct compat_msghdr *": message.messageIn,
  "struct compat_old_sigaction *": signal.oldActionOut,
  "struct compat_rlimit *": limit.limitsOut,
  "struct compat_rusage *": limit.usage,
  "struct compat_sigaction *": signal.actionOut,
  "struct compat_siginfo *": signal.siginfoIn,
  "struct compat_stat *": stat.stat,
  "struct compat_sysinfo *": system.sysinfo,
  "struct compat_tms *": time.tms,
  "struct epoll_event *": poll.epollEvents,
  "struct linux_dirent *": file.oldEntries,
  "struct linux_dirent64 *": file.entries64,
  "struct mmsghdr *": message.messagesIn,
  "struct new_utsname *": system.utsname,
  "struct old_itimerspec32 *": time.itimerspecOut,
  "struct old_itimerval32 *": time.itimervalOut,
  "struct old_timespec32 *": time.timespecIn,
  "struct old_timeval32 *": time.timevalOut,
  "struct old_utimbuf32 *": time.utimbuf,
  "struct open_how *": file.openHow,
  "struct pollfd *": poll.pollfds,
  "struct rlimit *": limit.limitsOut,
  "struct rlimit64 *": limit.limits64Out,
  "struct rusage *": limit.usage,
  "struct sched_param *": system.schedulingIn,
  "struct sigaction *": signal.actionOut,
  "struct siginfo *": signal.siginfoOut,
  "struct sockaddr *": address.addressOut,
  "struct stat *": stat.stat,
  "struct stat64 *": stat.stat64,
  "struct statfs *": system.statfs,
  "struct statx *": stat.statx,
  "struct sysinfo *": system.sysinfo,
  "struct timezone *": time.timezoneOut,
  "struct tms *": time.tms,
  "struct user_msghdr *": message.messageIn,
  "struct utimbuf *": time.utimbuf,
  "uid_t *": task.uintOut,
};

/** By the call and the name of the parameter, where the type does not tell. */
const BY_CALL: Readonly<Record<string, Decoder>> = {
  // Buffers and strings.
  "add_key._description": string.string,
  "add_key._payload": string.bufferIn(3),
  "add_key._type": string.string,
  "delete_module.name_user": string.string,
  "fgetxattr.name": string.string,
  "fgetxattr.value": string.bufferOut(),
  "finit_module.uargs": string.string,
  "flistxattr.list": string.bufferOut(),
  "fremovexattr.name": string.string,
  "fsconfig._key": string.string,
  "fsetxattr.name": string.string,
  "fsetxattr.value": string.bufferIn(3),
  "fsopen._fs_name": string.string,
  "getcwd.buf": string.stringOut,
  "getrandom.ubuf": string.bufferOut(true),
  "getxattr.name": string.string,
  "getxattr.value": string.bufferOut(),
  "init_module.uargs": string.string,
  "lgetxattr.name": string.string,
  "lgetxattr.value": string.bufferOut(),
  "listxattr.list": string.bufferOut(),
  "llistxattr.list": string.bufferOut(),
  "lremovexattr.name": string.string,
  "lsetxattr.name": string.string,
  "lsetxattr.value": string.bufferIn(3),
  "memfd_create.uname": string.string,
  "mount.data": string.string,
  "mount.dev_name": string.path,
  "mount.dir_name": string.path,
  "mount.type": string.string,
  "mq_timedreceive.u_msg_ptr": string.bufferOut(),
  "mq_timedsend.u_msg_ptr": string.bufferIn(2),
  "pread64.buf": string.bufferOut(),
  "pread64.ubuf": string.bufferOut(),
  "pwrite64.buf": string.bufferIn(2),
  "pwrite64.ubuf": string.bufferIn(2),
  "read.buf": string.bufferOut(),
  "readlink.buf": string.bufferOut(),
  "readlinkat.buf": string.bufferOut(),
  "recvfrom.buf": string.bufferOut(),
  "recvfrom.ubuf": string.bufferOut(),
  "removexattr.name": string.string,
  "request_key._callout_info": string.string,
  "request_key._description": string.string,
  "request_key._type": string.string,
  "sendto.buff": string.bufferIn(2),
  "setdomainname.name": string.bufferIn(1),
  "sethostname.name": string.bufferIn(1),
  "setxattr.name": string.string,
  "setxattr.value": string.bufferIn(3),
  "syslog.buf": string.bufferOut(),
  "umount.name": string.path,
  "umount2.name": string.path,
  "utime.filename": string.path,
  "utimes.filename": string.path,
  "write.buf": string.bufferIn(2),

  // Vectors.
  "preadv.vec": iovec.vectorOut,
  "preadv2.vec": iovec.vectorOut,
  "process_vm_readv.lvec": iovec.vectorOut,
  "process_vm_readv.rvec": iovec.vectorElsewhere,
  "process_vm_writev.rvec": iovec.vectorElsewhere,
  "readv.vec": iovec.vectorOut,

  // Sockets.
  "accept.upeer_addrlen": address.sizeInOut,
  "accept4.upeer_addrlen": address.sizeInOut,
  "bind.umyaddr": address.addressIn,
  "connect.uservaddr": address.addressIn,
  "getpeername.usockaddr_len": address.sizeInOut,
  "getsockname.usockaddr_len": address.sizeInOut,
  "getsockopt.optlen": address.sizeInOut,
  "getsockopt.optval": address.optionOut,
  "recvfrom.addr_len": address.sizeInOut,
  "recvfrom.addrlen": address.sizeInOut,
  "recvmmsg.mmsg": message.messagesOut,
  "recvmmsg_time64.mmsg": message.messagesOut,
  "recvmsg.msg": message.messageOut,
  "sendto.addr": address.addressIn,
  "setsockopt.optval": address.optionIn,
  "socket.protocol": address.protocol,
  "socketpair.protocol": address.protocol,
  "socketpair.usockvec": address.pair,

  // Programs and tasks.
  "clone.child_tidptr": clone.childTid,
  "clone.parent_tidptr": clone.parentTid,
  "clone.tls": clone.tls,
  "clone.tls_val": clone.tls,
  "execve.envp": exec.envp,
  "execveat.envp": exec.envp,
  "futex.uaddr2": futexArgument,
  "futex.utime": futexArgument,
  "futex.val": futexArgument,
  "futex.val3": futexArgument,
  "futex_time64.uaddr2": futexArgument,
  "futex_time64.utime": futexArgument,
  "futex_time64.val": futexArgument,
  "futex_time64.val3": futexArgument,
  "getcpu.cpup": task.uintOut,
  "getcpu.nodep": task.uintOut,
  "getgroups.grouplist": task.groupsOut,
  "membarrier.cpu_id": task.barrierProcessor,
  "prctl.arg2": task.prctlArgument,
  "prctl.arg3": task.prctlArgument,
  "prctl.arg4": task.prctlArgument,
  "prctl.arg5": task.prctlArgument,
  "rseq.rseq_len": hexWord,
  "sched_getaffinity.user_mask_ptr": system.processorsOut,
  "sched_getparam.param": system.schedulingOut,
  "sched_setaffinity.user_mask_ptr": system.processorsIn,
  "setgroups.grouplist": task.groupsIn,
  "wait4.ru": limit.childUsage,
  "wait4.stat_addr": waitStatus,
  "waitid.ru": limit.childUsage,
  "waitid.uru": limit.childUsage,
  "waitid.infop": signal.siginfoOut,
  "waitpid.stat_addr": waitStatus,

  // Signals.
  "rt_sigpending.uset": signal.setOut,
  "rt_sigprocmask.oset": signal.setOut,
  "rt_sigtimedwait.uinfo": signal.siginfoOut,
  "rt_sigtimedwait_time64.uinfo": signal.siginfoOut,
  "sigpending.set32": signal.oldSetOut,
  "sigprocmask.oset": signal.oldSetOut,

  // Files.
  "copy_file_range.off_in": file.offset,
  "copy_file_range.off_out": file.offset,
  "_llseek.result": file.offsetOut,
  "mincore.vec": file.residence,
  "mknod.dev": file.newDevice,
  "mknodat.dev": file.newDevice,
  "mmap2.pgoff": file.pageOffset,
  "mremap.new_addr": file.newAddress,
  "open.mode": file.openMode,
  "openat.mode": file.openMode,
  "pipe.fildes": address.pair,
  "pipe2.fildes": address.pair,
  "sendfile.offset": file.movedOffset,
  "sendfile64.offset": file.movedOffset,
  "splice.off_in": file.offset,
  "splice.off_out": file.offset,

  // Waiting.
  "_newselect.tvp": time.timevalIn,
  "epoll_ctl.event": poll.epollEvent,
  "pselect6.sig": poll.pselectSignals,
  "pselect6_time64.sig": poll.pselectSignals,
  "select.tvp": time.timevalIn,

  // Times.
  "clock_getres.tp": time.timespec64Out,
  "clock_getres_time64.tp": time.timespec64Out,
  "clock_gettime.tp": time.timespec64Out,
  "clock_gettime64.tp": time.timespec64Out,
  "clock_nanosleep.rmtp": time.timespec64Left,
  "clock_nanosleep_time64.rmtp": time.timespec64Left,
  "futimesat.utimes": time.twoTimevals,
  "nanosleep.rmtp": time.timespec64Left,
  "sched_rr_get_interval.interval": time.timespec64Out,
  "setitimer.value": time.itimervalIn,
  "settimeofday.tv": time.timevalIn,
  "settimeofday.tz": time.timezoneIn,
  "time.tloc": time.timeOut,
  "utimensat.utimes": time.fileTimes64,
  "utimensat_time64.utimes": time.fileTimes64,
  "utimes.utimes": time.twoTimevals,

  // Limits.
  "setrlimit.rlim": limit.limitsIn,

  // Devices.
  "ioctl.arg": terminal.ioctlArgument,
  "ioctl.cmd": terminal.ioctlCommand,
};

/** The same on i386, where times have 32 bits. */
const ON_I386: Readonly<Record<string, Decoder>> = {
  "clock_getres.tp": time.timespecOut,
  "clock_gettime.tp": time.timespecOut,
  "clock_nanosleep.rmtp": time.timespecLeft,
  "nanosleep.rmtp": time.timespecLeft,
  "sched_rr_get_interval.interval": time.timespecOut,
  "utimensat.t": time.fileTimes,
  "utimes.t": time.twoTimevals,
  "futimesat.t": time.twoTimevals,
  "setitimer.value": time.itimervalIn,
};

/** What decodes a parameter of a call. */
export function decoderOf(
  signature: Signature,
  index: number,
  arch: SyscallArch,
): Decoder {
  const { name, type, table } = signature.parameters[index]!;
  const key = `${signature.name}.${name}`;
  const known = (arch === "i386" ? own(ON_I386, key) : undefined) ??
    own(BY_CALL, key) ?? own(BY_TYPE, type);
  if (known !== undefined) return known;
  if (table === "descriptors" || table === "at_fd") return descriptor;
  const plain = number(signature, index);
  return key.startsWith("fcntl") && name === "arg"
    ? file.fcntlArgument(plain)
    : plain;
}

function own(
  table: Readonly<Record<string, Decoder>>,
  key: string,
): Decoder | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
