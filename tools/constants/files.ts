import type { Specs } from "./spec.ts";

/** Constants of calls on files and descriptors. */
export const FILES: Specs = {
  "at_fd": {
    kind: "numbers",
    names: "AT_FDCWD",
    used:
      "*.dfd *.olddfd *.newdfd *.from_dfd *.to_dfd *.mountdirfd execveat.fd",
  },
  "open_flags": {
    kind: "flags",
    unknown: "O_???",
    names: `&0x3 O_RDONLY O_WRONLY O_RDWR O_ACCMODE & O_CREAT O_EXCL O_NOCTTY
      O_TRUNC O_APPEND O_NONBLOCK O_SYNC O_DSYNC O_DIRECT O_LARGEFILE O_NOFOLLOW
      O_NOATIME O_CLOEXEC O_PATH O_TMPFILE O_DIRECTORY FASYNC`,
    used: `open.flags openat.flags mq_open.oflag open_by_handle_at.flags
      fcntl.arg[cmd=4] fcntl64.arg[cmd=4] fanotify_init.event_f_flags`,
  },
  "descriptor_open_flags": {
    kind: "flags",
    unknown: "O_???",
    names: `O_CREAT O_EXCL O_NOCTTY O_TRUNC O_APPEND O_NONBLOCK O_SYNC O_DSYNC
      O_DIRECT O_LARGEFILE O_NOFOLLOW O_NOATIME O_CLOEXEC O_PATH O_TMPFILE
      O_DIRECTORY FASYNC`,
    used: "pipe2.flags dup3.flags",
  },
  "access_modes": {
    kind: "flags",
    unknown: "?_OK",
    names: "F_OK=0 R_OK=4 W_OK=2 X_OK=1",
    used: "access.mode faccessat.mode faccessat2.mode",
  },
  "faccessat2_flags": {
    kind: "flags",
    unknown: "AT_???",
    names: "AT_SYMLINK_NOFOLLOW AT_EACCESS AT_EMPTY_PATH",
    used: "faccessat2.flags",
  },
  "at_flags": {
    kind: "flags",
    unknown: "AT_???",
    names: `AT_SYMLINK_NOFOLLOW AT_REMOVEDIR AT_SYMLINK_FOLLOW AT_NO_AUTOMOUNT
      AT_EMPTY_PATH AT_RECURSIVE`,
    used: `newfstatat.flag fstatat64.flag fchownat.flag linkat.flags
      unlinkat.flag utimensat.flags utimensat_time64.flags`,
  },
  "path_flags": {
    kind: "flags",
    unknown: "AT_???",
    names: "AT_SYMLINK_NOFOLLOW AT_EMPTY_PATH",
    used: `fchmodat2.flags getxattrat.at_flags setxattrat.at_flags
      listxattrat.at_flags removexattrat.at_flags file_getattr.at_flags
      file_setattr.at_flags`,
  },
  "execveat_flags": {
    kind: "flags",
    unknown: "AT_???",
    names: "AT_SYMLINK_NOFOLLOW AT_EMPTY_PATH AT_EXECVE_CHECK",
    used: "execveat.flags",
  },
  "name_to_handle_flags": {
    kind: "flags",
    unknown: "AT_???",
    names: `AT_HANDLE_MNT_ID_UNIQUE AT_HANDLE_CONNECTABLE AT_HANDLE_FID
      AT_SYMLINK_FOLLOW AT_EMPTY_PATH`,
    used: "name_to_handle_at.flag",
  },
  "statx_flags": {
    kind: "flags",
    unknown: "AT_???",
    names:
      `&0x6000 AT_STATX_SYNC_AS_STAT AT_STATX_FORCE_SYNC AT_STATX_DONT_SYNC & AT_SYMLINK_NOFOLLOW AT_REMOVEDIR AT_SYMLINK_FOLLOW
      AT_NO_AUTOMOUNT AT_EMPTY_PATH AT_RECURSIVE`,
    used: "statx.flags",
  },
  "statx_mask": {
    kind: "flags",
    unknown: "STATX_???",
    names: `STATX_ALL STATX_BASIC_STATS STATX_TYPE STATX_MODE STATX_NLINK
      STATX_UID STATX_GID STATX_ATIME STATX_MTIME STATX_CTIME STATX_INO
      STATX_SIZE STATX_BLOCKS STATX_BTIME STATX_MNT_ID STATX_DIOALIGN
      STATX_MNT_ID_UNIQUE STATX_SUBVOL STATX_WRITE_ATOMIC STATX_DIO_READ_ALIGN`,
    used: "statx.mask",
  },
  "statx_attributes": {
    kind: "flags",
    unknown: "STATX_ATTR_???",
    names: "STATX_ATTR_*",
  },
  "file_modes": {
    kind: "octal",
    names: `&?0xf000 S_IFSOCK S_IFLNK S_IFREG S_IFBLK S_IFDIR S_IFCHR S_IFIFO &
      S_ISUID S_ISGID S_ISVTX`,
    used: "mknod.mode mknodat.mode",
  },
  "fcntl_commands": {
    kind: "values",
    unknown: "F_???",
    names: `F_DUPFD F_GETFD F_SETFD F_GETFL F_SETFL F_GETLK F_SETLK F_SETLKW
      F_SETOWN F_GETOWN F_SETSIG F_GETSIG F_GETLK64=-/12/- F_SETLK64=-/13/-
      F_SETLKW64=-/14/- F_SETOWN_EX F_GETOWN_EX F_GETOWNER_UIDS F_OFD_GETLK
      F_OFD_SETLK F_OFD_SETLKW F_SETLEASE F_GETLEASE F_NOTIFY F_DUPFD_QUERY
      F_CREATED_QUERY F_CANCELLK F_DUPFD_CLOEXEC F_SETPIPE_SZ F_GETPIPE_SZ
      F_ADD_SEALS F_GET_SEALS F_GET_RW_HINT F_SET_RW_HINT F_GET_FILE_RW_HINT
      F_SET_FILE_RW_HINT F_GETDELEG F_SETDELEG`,
    used: "fcntl.cmd fcntl64.cmd",
  },
  "descriptor_flags": {
    kind: "flags",
    names: "FD_CLOEXEC",
    used: "fcntl.arg[cmd=2] fcntl64.arg[cmd=2]",
  },
  "seals": {
    kind: "flags",
    unknown: "F_SEAL_???",
    names: "F_SEAL_*",
    used: "fcntl.arg[cmd=1033] fcntl64.arg[cmd=1033]",
  },
  "lock_types": {
    kind: "values",
    unknown: "F_???",
    names: "F_RDLCK F_WRLCK F_UNLCK F_EXLCK F_SHLCK",
    used: "fcntl.arg[cmd=1024] fcntl64.arg[cmd=1024]",
  },
  "notify_flags": {
    kind: "flags",
    unknown: "DN_???",
    names: `DN_ACCESS DN_MODIFY DN_CREATE DN_DELETE DN_RENAME DN_ATTRIB
      DN_MULTISHOT`,
    used: "fcntl.arg[cmd=1026] fcntl64.arg[cmd=1026]",
  },
  "whence": {
    kind: "values",
    unknown: "SEEK_???",
    names: "SEEK_SET SEEK_CUR SEEK_END SEEK_DATA SEEK_HOLE",
    used: "lseek.whence _llseek.whence",
  },
  "flock_operations": {
    kind: "flags",
    unknown: "LOCK_???",
    names:
      "LOCK_SH LOCK_EX LOCK_NB LOCK_UN LOCK_MAND LOCK_RW LOCK_READ LOCK_WRITE",
    used: "flock.cmd",
  },
  "fallocate_modes": {
    kind: "flags",
    unknown: "FALLOC_FL_???",
    names: "FALLOC_FL_* -FALLOC_FL_ALLOCATE_RANGE",
    used: "fallocate.mode",
  },
  "rename_flags": {
    kind: "flags",
    unknown: "RENAME_??",
    names: "RENAME_*",
    used: "renameat2.flags",
  },
  "splice_flags": {
    kind: "flags",
    unknown: "SPLICE_F_???",
    names: `SPLICE_F_MOVE=1 SPLICE_F_NONBLOCK=2 SPLICE_F_MORE=4
      SPLICE_F_GIFT=8`,
    used: "splice.flags tee.flags vmsplice.flags",
  },
  "sync_file_range_flags": {
    kind: "flags",
    unknown: "SYNC_FILE_RANGE_???",
    names:
      "SYNC_FILE_RANGE_WAIT_BEFORE SYNC_FILE_RANGE_WRITE SYNC_FILE_RANGE_WAIT_AFTER",
    used: "sync_file_range.flags",
  },
  "fadvise_advice": {
    kind: "values",
    unknown: "POSIX_FADV_???",
    names: "POSIX_FADV_*",
    used: "fadvise64.advice fadvise64_64.advice",
  },
  "xattr_flags": {
    kind: "flags",
    unknown: "XATTR_???",
    names: "XATTR_CREATE XATTR_REPLACE",
    used: "setxattr.flags lsetxattr.flags fsetxattr.flags",
  },
  "read_write_flags": {
    kind: "flags",
    unknown: "RWF_???",
    names: "RWF_* -RWF_SUPPORTED -RWF_WRITE_LIFE_NOT_SET",
    used: "preadv2.flags pwritev2.flags",
  },
  "close_range_flags": {
    kind: "flags",
    unknown: "CLOSE_RANGE_???",
    names: "CLOSE_RANGE_*",
    used: "close_range.flags",
  },
  "resolve_flags": {
    kind: "flags",
    unknown: "RESOLVE_???",
    names: "RESOLVE_*",
  },
  "poll_events": {
    kind: "flags",
    unknown: "POLL???",
    names: `POLLIN POLLPRI POLLOUT POLLRDNORM POLLWRNORM POLLRDBAND POLLWRBAND
      POLLERR POLLHUP POLLNVAL POLLMSG POLLREMOVE POLLRDHUP`,
  },
  "epoll_operations": {
    kind: "values",
    unknown: "EPOLL_CTL_???",
    names: "EPOLL_CTL_ADD EPOLL_CTL_DEL EPOLL_CTL_MOD",
    used: "epoll_ctl.op",
  },
  "epoll_events": {
    kind: "flags",
    unknown: "EPOLL???",
    names: `EPOLLIN EPOLLPRI EPOLLOUT EPOLLRDNORM EPOLLWRNORM EPOLLRDBAND
      EPOLLWRBAND EPOLLMSG EPOLLERR EPOLLHUP EPOLLRDHUP EPOLLEXCLUSIVE
      EPOLLWAKEUP EPOLLONESHOT EPOLLET`,
  },
  "epoll_create_flags": {
    kind: "flags",
    unknown: "EPOLL_???",
    names: "EPOLL_CLOEXEC",
    used: "epoll_create1.flags",
  },
  "eventfd_flags": {
    kind: "flags",
    unknown: "EFD_???",
    names: "EFD_SEMAPHORE EFD_CLOEXEC EFD_NONBLOCK",
    used: "eventfd2.flags",
  },
  "signalfd_flags": {
    kind: "flags",
    unknown: "SFD_???",
    names: "SFD_CLOEXEC SFD_NONBLOCK",
    used: "signalfd4.flags",
  },
  "inotify_events": {
    kind: "flags",
    unknown: "IN_???",
    names: `IN_ACCESS IN_MODIFY IN_ATTRIB IN_CLOSE_WRITE IN_CLOSE_NOWRITE
      IN_OPEN IN_MOVED_FROM IN_MOVED_TO IN_CREATE IN_DELETE IN_DELETE_SELF
      IN_MOVE_SELF IN_UNMOUNT IN_Q_OVERFLOW IN_IGNORED IN_ONLYDIR
      IN_DONT_FOLLOW IN_EXCL_UNLINK IN_MASK_CREATE IN_MASK_ADD IN_ISDIR
      IN_ONESHOT`,
    used: "inotify_add_watch.mask",
  },
  "inotify_flags": {
    kind: "flags",
    unknown: "IN_???",
    names: "IN_NONBLOCK IN_CLOEXEC",
    used: "inotify_init1.flags",
  },
  "memfd_flags": {
    kind: "flags",
    unknown: "MFD_???",
    names: `MFD_CLOEXEC MFD_ALLOW_SEALING MFD_HUGETLB MFD_NOEXEC_SEAL
      MFD_EXEC &?0xfc000000 16<<MFD_HUGE_SHIFT=0x40000000
      21<<MFD_HUGE_SHIFT=0x54000000 30<<MFD_HUGE_SHIFT=0x78000000`,
    used: "memfd_create.flags",
  },
};
