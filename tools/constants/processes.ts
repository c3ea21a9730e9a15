import type { Specs } from "./spec.ts";

/** Constants of calls on processes, threads, signals and time. */
export const PROCESSES: Specs = {
  "signals": {
    kind: "numbers",
    names: `SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGBUS SIGFPE SIGKILL
      SIGUSR1 SIGSEGV SIGUSR2 SIGPIPE SIGALRM SIGTERM SIGSTKFLT SIGCHLD SIGCONT
      SIGSTOP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGXCPU SIGXFSZ SIGVTALRM SIGPROF
      SIGWINCH SIGIO SIGPWR SIGSYS SIGRTMIN=32 SIGRT_1..32=33`,
    used: `kill.sig tkill.sig tgkill.sig rt_sigaction.sig rt_sigqueueinfo.sig
      rt_tgsigqueueinfo.sig pidfd_send_signal.sig signal.sig sigaction.sig prctl.arg2[option=1] fcntl.arg[cmd=10] fcntl64.arg[cmd=10]`,
  },
  "signal_mask_operations": {
    kind: "values",
    unknown: "SIG_???",
    names: "SIG_BLOCK SIG_UNBLOCK SIG_SETMASK",
    used: "rt_sigprocmask.how sigprocmask.how",
  },
  "sigaction_flags": {
    kind: "flags",
    unknown: "SA_???",
    names: `SA_RESTORER=0x4000000 SA_ONSTACK SA_RESTART SA_INTERRUPT=0x20000000
      SA_NODEFER SA_RESETHAND SA_SIGINFO SA_NOCLDSTOP SA_NOCLDWAIT
      SA_UNSUPPORTED SA_EXPOSE_TAGBITS`,
  },
  "sigaltstack_flags": {
    kind: "flags",
    unknown: "SS_???",
    names: "SS_ONSTACK SS_DISABLE SS_AUTODISARM",
  },
  "clone_flags": {
    kind: "flags",
    unknown: "CLONE_???",
    names: `CLONE_VM CLONE_FS CLONE_FILES CLONE_SIGHAND CLONE_PIDFD CLONE_PTRACE
      CLONE_VFORK CLONE_PARENT CLONE_THREAD CLONE_NEWNS CLONE_SYSVSEM
      CLONE_SETTLS CLONE_PARENT_SETTID CLONE_CHILD_CLEARTID
      CLONE_UNTRACED CLONE_CHILD_SETTID CLONE_NEWCGROUP CLONE_NEWUTS
      CLONE_NEWIPC CLONE_NEWUSER CLONE_NEWPID CLONE_NEWNET CLONE_IO
      &0xff @signals`,
    used: "clone.clone_flags",
  },
  "clone3_flags": {
    kind: "flags",
    unknown: "CLONE_???",
    names:
      `CLONE_NEWTIME CLONE_VM CLONE_FS CLONE_FILES CLONE_SIGHAND CLONE_PIDFD
      CLONE_PTRACE CLONE_VFORK CLONE_PARENT CLONE_THREAD CLONE_NEWNS
      CLONE_SYSVSEM CLONE_SETTLS CLONE_PARENT_SETTID CLONE_CHILD_CLEARTID
      CLONE_UNTRACED CLONE_CHILD_SETTID CLONE_NEWCGROUP
      CLONE_NEWUTS CLONE_NEWIPC CLONE_NEWUSER CLONE_NEWPID CLONE_NEWNET CLONE_IO
      CLONE_CLEAR_SIGHAND CLONE_INTO_CGROUP CLONE_AUTOREAP CLONE_NNP
      CLONE_PIDFD_AUTOKILL CLONE_EMPTY_MNTNS`,
  },
  "unshare_flags": {
    kind: "flags",
    unknown: "CLONE_???",
    names:
      `CLONE_NEWTIME CLONE_VM CLONE_FS CLONE_FILES CLONE_SIGHAND CLONE_THREAD
      CLONE_NEWNS CLONE_SYSVSEM CLONE_NEWCGROUP CLONE_NEWUTS CLONE_NEWIPC
      CLONE_NEWUSER CLONE_NEWPID CLONE_NEWNET`,
    used: "unshare.unshare_flags",
  },
  "namespaces": {
    kind: "flags",
    unknown: "CLONE_NEW???",
    names: `CLONE_NEWTIME CLONE_NEWNS CLONE_NEWCGROUP CLONE_NEWUTS CLONE_NEWIPC
      CLONE_NEWUSER CLONE_NEWPID CLONE_NEWNET`,
    used: "setns.flags",
  },
  "wait_options": {
    kind: "flags",
    unknown: "W???",
    names: `WNOHANG WEXITED WSTOPPED WCONTINUED WNOWAIT __WCLONE __WALL
      __WNOTHREAD`,
    used: "wait4.options waitid.options waitpid.options",
  },
  "waitid_types": {
    kind: "values",
    unknown: "P_???",
    names: "P_ALL P_PID P_PGID P_PIDFD",
    used: "waitid.which",
  },
  "futex_operations": {
    kind: "flags",
    unknown: "FUTEX_???",
    names: `&0xfffffeff FUTEX_WAIT FUTEX_WAKE FUTEX_FD FUTEX_REQUEUE
      FUTEX_CMP_REQUEUE FUTEX_WAKE_OP FUTEX_LOCK_PI FUTEX_UNLOCK_PI
      FUTEX_TRYLOCK_PI FUTEX_WAIT_BITSET FUTEX_WAKE_BITSET FUTEX_WAIT_REQUEUE_PI
      FUTEX_CMP_REQUEUE_PI FUTEX_LOCK_PI2 FUTEX_WAIT_PRIVATE FUTEX_WAKE_PRIVATE
      FUTEX_REQUEUE_PRIVATE FUTEX_CMP_REQUEUE_PRIVATE FUTEX_WAKE_OP_PRIVATE
      FUTEX_LOCK_PI_PRIVATE FUTEX_UNLOCK_PI_PRIVATE FUTEX_TRYLOCK_PI_PRIVATE
      FUTEX_WAIT_BITSET_PRIVATE FUTEX_WAKE_BITSET_PRIVATE
      FUTEX_WAIT_REQUEUE_PI_PRIVATE FUTEX_CMP_REQUEUE_PI_PRIVATE
      FUTEX_LOCK_PI2_PRIVATE & FUTEX_CLOCK_REALTIME`,
    used: "futex.op futex_time64.op",
  },
  "futex2_flags": {
    kind: "flags",
    unknown: "FUTEX2_???",
    names: `&0x3 FUTEX2_SIZE_U8 FUTEX2_SIZE_U16 FUTEX2_SIZE_U32 FUTEX2_SIZE_U64
      & FUTEX2_NUMA FUTEX2_MPOL FUTEX2_PRIVATE`,
    used: "futex_wait.flags futex_wake.flags",
  },
  "prctl_options": {
    kind: "values",
    unknown: "PR_???",
    names: `PR_SET_PDEATHSIG PR_GET_PDEATHSIG PR_GET_DUMPABLE PR_SET_DUMPABLE
      PR_GET_UNALIGN PR_SET_UNALIGN PR_GET_KEEPCAPS PR_SET_KEEPCAPS
      PR_GET_FPEMU PR_SET_FPEMU PR_GET_FPEXC PR_SET_FPEXC PR_GET_TIMING
      PR_SET_TIMING PR_SET_NAME PR_GET_NAME PR_GET_ENDIAN PR_SET_ENDIAN
      PR_GET_SECCOMP PR_SET_SECCOMP PR_CAPBSET_READ PR_CAPBSET_DROP PR_GET_TSC
      PR_SET_TSC PR_GET_SECUREBITS PR_SET_SECUREBITS PR_SET_TIMERSLACK
      PR_GET_TIMERSLACK PR_TASK_PERF_EVENTS_DISABLE PR_TASK_PERF_EVENTS_ENABLE
      PR_MCE_KILL PR_MCE_KILL_GET PR_SET_MM PR_SET_PTRACER
      PR_SET_CHILD_SUBREAPER PR_GET_CHILD_SUBREAPER PR_SET_NO_NEW_PRIVS
      PR_GET_NO_NEW_PRIVS PR_GET_TID_ADDRESS PR_SET_THP_DISABLE
      PR_GET_THP_DISABLE PR_MPX_ENABLE_MANAGEMENT PR_MPX_DISABLE_MANAGEMENT
      PR_SET_FP_MODE PR_GET_FP_MODE PR_CAP_AMBIENT PR_SVE_SET_VL PR_SVE_GET_VL
      PR_GET_SPECULATION_CTRL PR_SET_SPECULATION_CTRL PR_PAC_RESET_KEYS
      PR_SET_TAGGED_ADDR_CTRL PR_GET_TAGGED_ADDR_CTRL PR_SET_IO_FLUSHER
      PR_GET_IO_FLUSHER PR_SET_SYSCALL_USER_DISPATCH PR_PAC_SET_ENABLED_KEYS
      PR_PAC_GET_ENABLED_KEYS PR_SCHED_CORE PR_SME_SET_VL PR_SME_GET_VL
      PR_SET_MDWE PR_GET_MDWE PR_SET_MEMORY_MERGE PR_GET_MEMORY_MERGE
      PR_RISCV_V_SET_CONTROL PR_RISCV_V_GET_CONTROL
      PR_RISCV_SET_ICACHE_FLUSH_CTX PR_PPC_GET_DEXCR PR_PPC_SET_DEXCR
      PR_GET_SHADOW_STACK_STATUS PR_SET_SHADOW_STACK_STATUS
      PR_LOCK_SHADOW_STACK_STATUS PR_TIMER_CREATE_RESTORE_IDS PR_FUTEX_HASH
      PR_RSEQ_SLICE_EXTENSION PR_GET_CFI PR_SET_CFI PR_GET_AUXV PR_SET_VMA`,
    used: "prctl.option",
  },
  "seccomp_modes": {
    kind: "values",
    unknown: "SECCOMP_MODE_???",
    names: "SECCOMP_MODE_DISABLED SECCOMP_MODE_STRICT SECCOMP_MODE_FILTER",
    used: "prctl.arg2[option=22]",
  },
  "capabilities": {
    kind: "values",
    unknown: "CAP_???",
    names: "CAP_* -CAP_LAST_CAP",
    used: "prctl.arg2[option=23] prctl.arg2[option=24]",
  },
  "seccomp_operations": {
    kind: "values",
    unknown: "SECCOMP_???",
    names: `SECCOMP_SET_MODE_STRICT SECCOMP_SET_MODE_FILTER
      SECCOMP_GET_ACTION_AVAIL SECCOMP_GET_NOTIF_SIZES`,
    used: "seccomp.op",
  },
  "seccomp_filter_flags": {
    kind: "flags",
    unknown: "SECCOMP_FILTER_FLAG_???",
    names: "SECCOMP_FILTER_FLAG_*",
    used: "seccomp.flags[op=1]",
  },
  "arch_prctl_codes": {
    kind: "values",
    unknown: "ARCH_???",
    names: `ARCH_SET_GS ARCH_SET_FS ARCH_GET_FS ARCH_GET_GS ARCH_GET_CPUID
      ARCH_SET_CPUID ARCH_GET_XCOMP_SUPP ARCH_GET_XCOMP_PERM ARCH_REQ_XCOMP_PERM
      ARCH_GET_XCOMP_GUEST_PERM ARCH_REQ_XCOMP_GUEST_PERM ARCH_MAP_VDSO_X32
      ARCH_MAP_VDSO_32 ARCH_MAP_VDSO_64 ARCH_GET_UNTAG_MASK
      ARCH_ENABLE_TAGGED_ADDR ARCH_GET_MAX_TAG_BITS ARCH_FORCE_TAGGED_SVA
      ARCH_SHSTK_ENABLE ARCH_SHSTK_DISABLE ARCH_SHSTK_LOCK ARCH_SHSTK_UNLOCK
      ARCH_SHSTK_STATUS`,
    used: "arch_prctl.option",
  },
  "ptrace_requests": {
    kind: "values",
    unknown: "PTRACE_???",
    names: `PTRACE_TRACEME PTRACE_PEEKTEXT PTRACE_PEEKDATA PTRACE_PEEKUSER=3
      PTRACE_POKETEXT PTRACE_POKEDATA PTRACE_POKEUSER=6 PTRACE_CONT PTRACE_KILL
      PTRACE_SINGLESTEP PTRACE_GETREGS=12/12/- PTRACE_SETREGS=13/13/-
      PTRACE_GETFPREGS=14/14/- PTRACE_SETFPREGS=15/15/- PTRACE_ATTACH
      PTRACE_DETACH PTRACE_GETFPXREGS=18/18/- PTRACE_SETFPXREGS=19/19/-
      PTRACE_SYSCALL PTRACE_GET_THREAD_AREA=25/25/-
      PTRACE_SET_THREAD_AREA=26/26/- PTRACE_ARCH_PRCTL=30/30/-
      PTRACE_SYSEMU=31 PTRACE_SYSEMU_SINGLESTEP=32
      PTRACE_SINGLEBLOCK=33/33/- PTRACE_SETOPTIONS PTRACE_GETEVENTMSG
      PTRACE_GETSIGINFO PTRACE_SETSIGINFO PTRACE_GETREGSET PTRACE_SETREGSET
      PTRACE_SEIZE PTRACE_INTERRUPT PTRACE_LISTEN PTRACE_PEEKSIGINFO
      PTRACE_GETSIGMASK PTRACE_SETSIGMASK PTRACE_SECCOMP_GET_FILTER
      PTRACE_SECCOMP_GET_METADATA PTRACE_GET_SYSCALL_INFO
      PTRACE_GET_RSEQ_CONFIGURATION PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG
      PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG PTRACE_SET_SYSCALL_INFO`,
    used: "ptrace.request",
  },
  "ptrace_options": {
    kind: "flags",
    unknown: "PTRACE_O_???",
    names: "PTRACE_O_* -PTRACE_O_MASK",
    used: "ptrace.data[request=16896] ptrace.data[request=16902]",
  },
  "resources": {
    kind: "values",
    unknown: "RLIMIT_???",
    names: `RLIMIT_CPU RLIMIT_FSIZE RLIMIT_DATA RLIMIT_STACK RLIMIT_CORE
      RLIMIT_RSS RLIMIT_NPROC RLIMIT_NOFILE RLIMIT_MEMLOCK RLIMIT_AS
      RLIMIT_LOCKS RLIMIT_SIGPENDING RLIMIT_MSGQUEUE RLIMIT_NICE RLIMIT_RTPRIO
      RLIMIT_RTTIME`,
    used:
      "getrlimit.resource setrlimit.resource prlimit64.resource ugetrlimit.resource",
  },
  "rusage_targets": {
    kind: "values",
    unknown: "RUSAGE_???",
    names: "RUSAGE_SELF RUSAGE_CHILDREN RUSAGE_THREAD RUSAGE_BOTH",
    used: "getrusage.who",
  },
  "priority_targets": {
    kind: "values",
    unknown: "PRIO_???",
    names: "PRIO_PROCESS PRIO_PGRP PRIO_USER",
    used: "getpriority.which setpriority.which",
  },
  "ioprio_targets": {
    kind: "values",
    unknown: "IOPRIO_WHO_???",
    names: "IOPRIO_WHO_PROCESS IOPRIO_WHO_PGRP IOPRIO_WHO_USER",
    used: "ioprio_get.which ioprio_set.which",
  },
  "scheduling_policies": {
    kind: "values",
    unknown: "SCHED_???",
    names: `SCHED_OTHER=0 SCHED_FIFO SCHED_RR SCHED_BATCH SCHED_ISO=4 SCHED_IDLE
      SCHED_DEADLINE SCHED_EXT`,
    used: "sched_get_priority_max.policy sched_get_priority_min.policy",
  },
  "setscheduler_policies": {
    kind: "flags",
    unknown: "SCHED_???",
    names: "SCHED_RESET_ON_FORK &0xbfffffff @scheduling_policies",
    used: "sched_setscheduler.policy",
  },
  "clocks": {
    kind: "values",
    unknown: "CLOCK_???",
    names: `CLOCK_REALTIME CLOCK_MONOTONIC CLOCK_PROCESS_CPUTIME_ID
      CLOCK_THREAD_CPUTIME_ID CLOCK_MONOTONIC_RAW CLOCK_REALTIME_COARSE
      CLOCK_MONOTONIC_COARSE CLOCK_BOOTTIME CLOCK_REALTIME_ALARM
      CLOCK_BOOTTIME_ALARM CLOCK_SGI_CYCLE CLOCK_TAI`,
    used: "*.which_clock *.clockid",
  },
  "timer_flags": {
    kind: "flags",
    unknown: "TIMER_???",
    names: "TIMER_ABSTIME",
    used:
      "clock_nanosleep.flags clock_nanosleep_time64.flags timer_settime.flags timer_settime64.flags",
  },
  "interval_timers": {
    kind: "values",
    unknown: "ITIMER_???",
    names: "ITIMER_REAL ITIMER_VIRTUAL ITIMER_PROF",
    used: "getitimer.which setitimer.which",
  },
  "timerfd_create_flags": {
    kind: "flags",
    unknown: "TFD_???",
    names: "TFD_CLOEXEC TFD_NONBLOCK",
    used: "timerfd_create.flags",
  },
  "timerfd_settime_flags": {
    kind: "flags",
    unknown: "TFD_???",
    names: "TFD_TIMER_ABSTIME TFD_TIMER_CANCEL_ON_SET",
    used: "timerfd_settime.flags timerfd_settime64.flags",
  },
  "pidfd_flags": {
    kind: "flags",
    unknown: "PIDFD_???",
    names: "PIDFD_NONBLOCK PIDFD_THREAD",
    used: "pidfd_open.flags",
  },
  "pidfd_signal_flags": {
    kind: "flags",
    unknown: "PIDFD_SIGNAL_???",
    names: `PIDFD_SIGNAL_THREAD PIDFD_SIGNAL_THREAD_GROUP
      PIDFD_SIGNAL_PROCESS_GROUP`,
    used: "pidfd_send_signal.flags",
  },
  "personalities": {
    kind: "flags",
    unknown: "PER_???",
    names: `&0xff PER_LINUX=0 PER_LINUX32=8 &
      UNAME26=0x20000 ADDR_NO_RANDOMIZE=0x40000 FDPIC_FUNCPTRS=0x80000
      MMAP_PAGE_ZERO=0x100000 ADDR_COMPAT_LAYOUT=0x200000
      READ_IMPLIES_EXEC=0x400000 ADDR_LIMIT_32BIT=0x800000
      SHORT_INODE=0x1000000 WHOLE_SECONDS=0x2000000 STICKY_TIMEOUTS=0x4000000
      ADDR_LIMIT_3GB=0x8000000`,
    used: "personality.personality",
  },
  "kcmp_types": {
    kind: "values",
    unknown: "KCMP_???",
    names: `KCMP_FILE=0 KCMP_VM=1 KCMP_FILES=2 KCMP_FS=3 KCMP_SIGHAND=4
      KCMP_IO=5 KCMP_SYSVSEM=6 KCMP_EPOLL_TFD=7`,
    used: "kcmp.type",
  },
  "rseq_flags": {
    kind: "flags",
    unknown: "RSEQ_FLAG_???",
    names: "RSEQ_FLAG_UNREGISTER=1",
    used: "rseq.flags",
  },
};
