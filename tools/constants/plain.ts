import type { Specs } from "./spec.ts";

/** What has no constants, and only a way of its own to be written. */
export const PLAIN: Specs = {
  "descriptors": {
    kind: "numbers",
    names: "",
    used:
      `*.fd dup.fildes *.oldfd *.newfd *.fd_in *.fd_out *.fdin *.fdout *.in_fd
      *.out_fd *.ufd *.epfd *.group_fd *.pidfd *.fanotify_fd *.ruleset_fd
      *.kernel_fd *.initrd_fd *.fs_fd *.mqdes fcntl.arg[cmd=0]
      fcntl.arg[cmd=1030] fcntl64.arg[cmd=0] fcntl64.arg[cmd=1030]
      open.return openat.return openat2.return creat.return dup.return
      dup2.return dup3.return socket.return accept.return accept4.return
      epoll_create.return epoll_create1.return eventfd.return eventfd2.return
      signalfd.return signalfd4.return timerfd_create.return
      inotify_init.return inotify_init1.return fanotify_init.return
      memfd_create.return memfd_secret.return userfaultfd.return
      pidfd_open.return pidfd_getfd.return perf_event_open.return
      mq_open.return open_tree.return open_tree_attr.return
      open_by_handle_at.return fsopen.return fsmount.return fspick.return
      io_uring_setup.return landlock_create_ruleset.return`,
  },
  "integers": {
    kind: "numbers",
    names: "",
    used: `fcntl.arg[cmd=8] fcntl.arg[cmd=1031] fcntl64.arg[cmd=8]
      fcntl64.arg[cmd=1031]`,
  },
  "permissions": {
    kind: "octal",
    names: "",
    used: "umask.mask umask.return",
  },
  "addresses": {
    kind: "address",
    names: "",
    used: `mmap.addr mmap2.addr munmap.addr mremap.addr mremap.new_addr
      mprotect.start pkey_mprotect.start msync.start madvise.start mlock.start
      mlock2.start munlock.start mincore.start remap_file_pages.start
      mbind.start mseal.start set_mempolicy_home_node.start brk.brk clone.newsp
      get_mempolicy.addr map_shadow_stack.addr *.ctx *.ctx_id
      mmap.return mmap2.return mremap.return brk.return shmat.return
      map_shadow_stack.return`,
  },
  "words": {
    kind: "hex",
    names: "",
    used: `ioctl.arg fcntl.arg fcntl64.arg mmap.off mmap2.pgoff prctl.arg2
      prctl.arg3 prctl.arg4 prctl.arg5 arch_prctl.arg2 keyctl.arg2 keyctl.arg3
      keyctl.arg4 keyctl.arg5 sysfs.arg1 sysfs.arg2 ptrace.addr ptrace.data
      ioperm.from ioperm.num kexec_load.entry clone.tls futex.val3
      futex_time64.val3 rseq.sig semctl.arg *.flags`,
  },
};
