import type { Specs } from "./spec.ts";

/** Constants of calls on mounts, System V IPC, devices and the whole system. */
export const SYSTEM: Specs = {
  "mount_flags": {
    kind: "flags",
    unknown: "MS_???",
    names: `&?0xffff0000 MS_MGC_VAL & MS_RDONLY MS_NOSUID MS_NODEV MS_NOEXEC
      MS_SYNCHRONOUS MS_REMOUNT MS_MANDLOCK MS_DIRSYNC MS_NOSYMFOLLOW MS_NOATIME
      MS_NODIRATIME MS_BIND MS_MOVE MS_REC MS_SILENT MS_POSIXACL MS_UNBINDABLE
      MS_PRIVATE MS_SLAVE MS_SHARED MS_RELATIME MS_KERNMOUNT MS_I_VERSION
      MS_STRICTATIME MS_LAZYTIME MS_SUBMOUNT MS_NOREMOTELOCK MS_NOSEC MS_BORN
      MS_ACTIVE MS_NOUSER`,
    used: "mount.flags",
  },
  "umount_flags": {
    kind: "flags",
    unknown: "MNT_???",
    names: "MNT_FORCE=1 MNT_DETACH=2 MNT_EXPIRE=4 UMOUNT_NOFOLLOW=8",
    used: "umount2.flags",
  },
  "mount_attributes": {
    kind: "flags",
    unknown: "MOUNT_ATTR_???",
    names:
      `MOUNT_ATTR_RDONLY MOUNT_ATTR_NOSUID MOUNT_ATTR_NODEV MOUNT_ATTR_NOEXEC
      &?0x70 MOUNT_ATTR_NOATIME MOUNT_ATTR_STRICTATIME & MOUNT_ATTR_NODIRATIME MOUNT_ATTR_IDMAP MOUNT_ATTR_NOSYMFOLLOW`,
    used: "fsmount.attr_flags",
  },
  "fsopen_flags": {
    kind: "flags",
    unknown: "FSOPEN_???",
    names: "FSOPEN_CLOEXEC",
    used: "fsopen.flags",
  },
  "fspick_flags": {
    kind: "flags",
    unknown: "FSPICK_???",
    names: "FSPICK_*",
    used: "fspick.flags",
  },
  "fsmount_flags": {
    kind: "flags",
    unknown: "FSMOUNT_???",
    names: "FSMOUNT_*",
    used: "fsmount.flags",
  },
  "fsconfig_commands": {
    kind: "values",
    unknown: "FSCONFIG_???",
    names: `FSCONFIG_SET_FLAG=0 FSCONFIG_SET_STRING=1 FSCONFIG_SET_BINARY=2
      FSCONFIG_SET_PATH=3 FSCONFIG_SET_PATH_EMPTY=4 FSCONFIG_SET_FD=5
      FSCONFIG_CMD_CREATE=6 FSCONFIG_CMD_RECONFIGURE=7
      FSCONFIG_CMD_CREATE_EXCL=8`,
    used: "fsconfig.cmd",
  },
  "open_tree_flags": {
    kind: "flags",
    unknown: "OPEN_TREE_???",
    names: `OPEN_TREE_CLONE OPEN_TREE_NAMESPACE OPEN_TREE_CLOEXEC
      AT_SYMLINK_NOFOLLOW AT_NO_AUTOMOUNT AT_EMPTY_PATH AT_RECURSIVE`,
    used: "open_tree.flags open_tree_attr.flags",
  },
  "mount_setattr_flags": {
    kind: "flags",
    unknown: "AT_???",
    names: "AT_SYMLINK_NOFOLLOW AT_NO_AUTOMOUNT AT_EMPTY_PATH AT_RECURSIVE",
    used: "mount_setattr.flags",
  },
  "move_mount_flags": {
    kind: "flags",
    unknown: "MOVE_MOUNT_???",
    names: "MOVE_MOUNT_* -MOVE_MOUNT__MASK",
    used: "move_mount.flags",
  },
  "ipc_get_flags": {
    kind: "octal",
    names: "IPC_CREAT IPC_EXCL IPC_NOWAIT",
    used: "msgget.msgflg semget.semflg",
  },
  "shmget_flags": {
    kind: "octal",
    names: "IPC_CREAT IPC_EXCL SHM_HUGETLB SHM_NORESERVE",
    used: "shmget.shmflg",
  },
  "ipc_keys": {
    kind: "values",
    names: "IPC_PRIVATE",
    used: "msgget.key semget.key shmget.key",
  },
  "shmat_flags": {
    kind: "flags",
    unknown: "SHM_???",
    names: "SHM_RDONLY SHM_RND SHM_REMAP SHM_EXEC",
    used: "shmat.shmflg",
  },
  "message_queue_flags": {
    kind: "flags",
    unknown: "MSG_???",
    names: "MSG_NOERROR MSG_EXCEPT MSG_COPY IPC_NOWAIT",
    used: "msgsnd.msgflg msgrcv.msgflg",
  },
  "msgctl_commands": {
    kind: "flags",
    unknown: "MSG_???",
    names:
      `IPC_64=0x100 &0xfffffeff IPC_RMID IPC_SET IPC_STAT IPC_INFO MSG_STAT MSG_INFO
      MSG_STAT_ANY`,
    used: "msgctl.cmd",
  },
  "semctl_commands": {
    kind: "flags",
    unknown: "SEM_???",
    names:
      `IPC_64=0x100 &0xfffffeff IPC_RMID IPC_SET IPC_STAT IPC_INFO SEM_STAT SEM_INFO
      SEM_STAT_ANY GETPID GETVAL GETALL GETNCNT GETZCNT SETVAL SETALL`,
    used: "semctl.cmd",
  },
  "shmctl_commands": {
    kind: "flags",
    unknown: "SHM_???",
    names:
      `IPC_64=0x100 &0xfffffeff IPC_RMID IPC_SET IPC_STAT IPC_INFO SHM_STAT SHM_INFO
      SHM_STAT_ANY SHM_LOCK SHM_UNLOCK`,
    used: "shmctl.cmd",
  },
  "ioctl_commands": {
    kind: "ioctl",
    names: `TCGETS TCSETS TCSETSW TCSETSF TCGETA TCSETA TCSETAW TCSETAF TCSBRK
      TCXONC TCFLSH TIOCEXCL TIOCNXCL TIOCSCTTY TIOCGPGRP TIOCSPGRP TIOCOUTQ
      TIOCSTI TIOCGWINSZ TIOCSWINSZ TIOCMGET TIOCMBIS TIOCMBIC TIOCMSET
      TIOCGSOFTCAR TIOCSSOFTCAR FIONREAD TIOCLINUX TIOCCONS TIOCGSERIAL
      TIOCSSERIAL TIOCPKT FIONBIO TIOCNOTTY TIOCSETD TIOCGETD TCSBRKP TIOCSBRK
      TIOCCBRK TIOCGSID TCGETS2 TCSETS2 TCSETSW2 TCSETSF2 TIOCGRS485 TIOCSRS485
      TIOCGPTN TIOCSPTLCK TIOCGDEV TIOCSIG TIOCVHANGUP TIOCGPKT TIOCGPTLCK
      TIOCGEXCL TIOCGPTPEER FIONCLEX FIOCLEX FIOASYNC TIOCSERCONFIG
      TIOCSERGWILD TIOCSERSWILD TIOCGLCKTRMIOS TIOCSLCKTRMIOS TIOCSERGSTRUCT
      TIOCSERGETLSR TIOCSERGETMULTI TIOCSERSETMULTI TIOCMIWAIT TIOCGICOUNT
      FIOQSIZE FIOSETOWN SIOCSPGRP FIOGETOWN SIOCGPGRP SIOCATMARK
      SIOCGSTAMP_OLD SIOCGSTAMPNS_OLD SIOCADDRT SIOCDELRT SIOCRTMSG SIOCGIFNAME
      SIOCSIFLINK SIOCGIFCONF SIOCGIFFLAGS SIOCSIFFLAGS SIOCGIFADDR SIOCSIFADDR
      SIOCGIFDSTADDR SIOCSIFDSTADDR SIOCGIFBRDADDR SIOCSIFBRDADDR
      SIOCGIFNETMASK SIOCSIFNETMASK SIOCGIFMETRIC SIOCSIFMETRIC SIOCGIFMTU
      SIOCSIFMTU SIOCSIFNAME SIOCSIFHWADDR SIOCGIFHWADDR SIOCGIFINDEX
      SIOCETHTOOL SIOCGMIIPHY SIOCGMIIREG SIOCSMIIREG SIOCDARP SIOCGARP SIOCSARP
      SIOCGIFTXQLEN SIOCSIFTXQLEN SIOCGIFMAP SIOCSIFMAP BLKROSET BLKROGET
      BLKRRPART BLKGETSIZE BLKFLSBUF BLKRASET BLKRAGET BLKSSZGET BLKBSZGET
      BLKBSZSET BLKGETSIZE64 BLKDISCARD BLKIOMIN BLKIOOPT BLKALIGNOFF BLKPBSZGET
      BLKZEROOUT BLKROTATIONAL FIBMAP FIGETBSZ FIFREEZE FITHAW FITRIM FICLONE
      FICLONERANGE FIDEDUPERANGE FS_IOC_GETFLAGS FS_IOC_SETFLAGS
      FS_IOC_GETVERSION FS_IOC_SETVERSION FS_IOC_FIEMAP FS_IOC_FSGETXATTR
      FS_IOC_FSSETXATTR FS_IOC_GETFSLABEL FS_IOC_SETFSLABEL NS_GET_USERNS
      NS_GET_PARENT NS_GET_NSTYPE NS_GET_OWNER_UID PERF_EVENT_IOC_ENABLE
      PERF_EVENT_IOC_DISABLE PERF_EVENT_IOC_REFRESH PERF_EVENT_IOC_RESET
      PERF_EVENT_IOC_PERIOD PERF_EVENT_IOC_SET_OUTPUT PERF_EVENT_IOC_SET_FILTER
      PERF_EVENT_IOC_ID PERF_EVENT_IOC_SET_BPF PERF_EVENT_IOC_PAUSE_OUTPUT
      TUNSETIFF TUNGETIFF TUNSETPERSIST TUNSETOWNER TUNSETGROUP TUNGETFEATURES
      LOOP_SET_FD LOOP_CLR_FD LOOP_SET_STATUS LOOP_GET_STATUS LOOP_SET_STATUS64
      LOOP_GET_STATUS64 LOOP_CHANGE_FD LOOP_SET_CAPACITY LOOP_SET_DIRECT_IO
      LOOP_SET_BLOCK_SIZE LOOP_CONFIGURE LOOP_CTL_ADD LOOP_CTL_REMOVE
      LOOP_CTL_GET_FREE UFFDIO_API UFFDIO_REGISTER UFFDIO_UNREGISTER UFFDIO_WAKE
      UFFDIO_COPY UFFDIO_ZEROPAGE UFFDIO_WRITEPROTECT UFFDIO_CONTINUE
      SECCOMP_IOCTL_NOTIF_RECV SECCOMP_IOCTL_NOTIF_SEND
      SECCOMP_IOCTL_NOTIF_ID_VALID SECCOMP_IOCTL_NOTIF_ADDFD`,
    used: "ioctl.cmd",
  },
  "keyctl_operations": {
    kind: "values",
    unknown: "KEYCTL_???",
    names: `KEYCTL_GET_KEYRING_ID KEYCTL_JOIN_SESSION_KEYRING KEYCTL_UPDATE
      KEYCTL_REVOKE KEYCTL_CHOWN KEYCTL_SETPERM KEYCTL_DESCRIBE KEYCTL_CLEAR
      KEYCTL_LINK KEYCTL_UNLINK KEYCTL_SEARCH KEYCTL_READ KEYCTL_INSTANTIATE
      KEYCTL_NEGATE KEYCTL_SET_REQKEY_KEYRING KEYCTL_SET_TIMEOUT
      KEYCTL_ASSUME_AUTHORITY KEYCTL_GET_SECURITY KEYCTL_SESSION_TO_PARENT
      KEYCTL_REJECT KEYCTL_INSTANTIATE_IOV KEYCTL_INVALIDATE
      KEYCTL_GET_PERSISTENT KEYCTL_DH_COMPUTE KEYCTL_PKEY_QUERY
      KEYCTL_PKEY_ENCRYPT KEYCTL_PKEY_DECRYPT KEYCTL_PKEY_SIGN
      KEYCTL_PKEY_VERIFY KEYCTL_RESTRICT_KEYRING KEYCTL_MOVE KEYCTL_CAPABILITIES
      KEYCTL_WATCH_KEY`,
    used: "keyctl.option",
  },
  "keyrings": {
    kind: "numbers",
    names: `KEY_SPEC_THREAD_KEYRING KEY_SPEC_PROCESS_KEYRING
      KEY_SPEC_SESSION_KEYRING KEY_SPEC_USER_KEYRING
      KEY_SPEC_USER_SESSION_KEYRING KEY_SPEC_GROUP_KEYRING
      KEY_SPEC_REQKEY_AUTH_KEY KEY_SPEC_REQUESTOR_KEYRING`,
    used: "add_key.ringid request_key.destringid",
  },
  "bpf_commands": {
    kind: "values",
    unknown: "BPF_???",
    names: `BPF_MAP_CREATE=0 BPF_MAP_LOOKUP_ELEM=1 BPF_MAP_UPDATE_ELEM=2
      BPF_MAP_DELETE_ELEM=3 BPF_MAP_GET_NEXT_KEY=4 BPF_PROG_LOAD=5 BPF_OBJ_PIN=6
      BPF_OBJ_GET=7 BPF_PROG_ATTACH=8 BPF_PROG_DETACH=9 BPF_PROG_TEST_RUN=10
      BPF_PROG_GET_NEXT_ID=11 BPF_MAP_GET_NEXT_ID=12 BPF_PROG_GET_FD_BY_ID=13
      BPF_MAP_GET_FD_BY_ID=14 BPF_OBJ_GET_INFO_BY_FD=15 BPF_PROG_QUERY=16
      BPF_RAW_TRACEPOINT_OPEN=17 BPF_BTF_LOAD=18 BPF_BTF_GET_FD_BY_ID=19
      BPF_TASK_FD_QUERY=20 BPF_MAP_LOOKUP_AND_DELETE_ELEM=21 BPF_MAP_FREEZE=22
      BPF_BTF_GET_NEXT_ID=23 BPF_MAP_LOOKUP_BATCH=24
      BPF_MAP_LOOKUP_AND_DELETE_BATCH=25 BPF_MAP_UPDATE_BATCH=26
      BPF_MAP_DELETE_BATCH=27 BPF_LINK_CREATE=28 BPF_LINK_UPDATE=29
      BPF_LINK_GET_FD_BY_ID=30 BPF_LINK_GET_NEXT_ID=31 BPF_ENABLE_STATS=32
      BPF_ITER_CREATE=33 BPF_LINK_DETACH=34 BPF_PROG_BIND_MAP=35
      BPF_TOKEN_CREATE=36 BPF_PROG_STREAM_READ_BY_FD=37
      BPF_PROG_ASSOC_STRUCT_OPS=38`,
    used: "bpf.cmd",
  },
  "perf_event_flags": {
    kind: "flags",
    unknown: "PERF_FLAG_???",
    names: `PERF_FLAG_FD_NO_GROUP PERF_FLAG_FD_OUTPUT PERF_FLAG_PID_CGROUP
      PERF_FLAG_FD_CLOEXEC`,
    used: "perf_event_open.flags",
  },
  "fanotify_init_flags": {
    kind: "flags",
    unknown: "FAN_???",
    names: `&0xc FAN_CLASS_NOTIF FAN_CLASS_CONTENT FAN_CLASS_PRE_CONTENT &
      FAN_CLOEXEC FAN_NONBLOCK FAN_UNLIMITED_QUEUE FAN_UNLIMITED_MARKS
      FAN_ENABLE_AUDIT FAN_REPORT_PIDFD FAN_REPORT_TID FAN_REPORT_FID
      FAN_REPORT_DIR_FID FAN_REPORT_NAME FAN_REPORT_TARGET_FID FAN_REPORT_FD_ERROR
      FAN_REPORT_MNT`,
    used: "fanotify_init.flags",
  },
  "fanotify_mark_flags": {
    kind: "flags",
    unknown: "FAN_MARK_???",
    names: `FAN_MARK_ADD FAN_MARK_REMOVE FAN_MARK_FLUSH FAN_MARK_DONT_FOLLOW
      FAN_MARK_ONLYDIR &?0x110 FAN_MARK_MOUNT FAN_MARK_FILESYSTEM FAN_MARK_MNTNS &
      FAN_MARK_IGNORED_MASK FAN_MARK_IGNORED_SURV_MODIFY FAN_MARK_IGNORE
      FAN_MARK_EVICTABLE`,
    used: "fanotify_mark.flags",
  },
  "fanotify_events": {
    kind: "flags",
    unknown: "FAN_???",
    names: `FAN_ACCESS FAN_MODIFY FAN_ATTRIB FAN_CLOSE_WRITE FAN_CLOSE_NOWRITE
      FAN_OPEN FAN_MOVED_FROM FAN_MOVED_TO FAN_CREATE FAN_DELETE FAN_DELETE_SELF
      FAN_MOVE_SELF FAN_OPEN_EXEC FAN_Q_OVERFLOW FAN_FS_ERROR FAN_OPEN_PERM
      FAN_ACCESS_PERM FAN_OPEN_EXEC_PERM FAN_PRE_ACCESS FAN_MNT_ATTACH
      FAN_MNT_DETACH FAN_EVENT_ON_CHILD FAN_RENAME FAN_ONDIR`,
    used: "fanotify_mark.mask",
  },
  "reboot_magic": {
    kind: "values",
    unknown: "LINUX_REBOOT_MAGIC1???",
    names: "LINUX_REBOOT_MAGIC1",
    used: "reboot.magic1",
  },
  "reboot_magic2": {
    kind: "values",
    unknown: "LINUX_REBOOT_MAGIC2???",
    names: `LINUX_REBOOT_MAGIC2 LINUX_REBOOT_MAGIC2A LINUX_REBOOT_MAGIC2B
      LINUX_REBOOT_MAGIC2C`,
    used: "reboot.magic2",
  },
  "reboot_commands": {
    kind: "values",
    unknown: "LINUX_REBOOT_CMD_???",
    names: "LINUX_REBOOT_CMD_*",
    used: "reboot.cmd",
  },
  "syslog_actions": {
    kind: "values",
    unknown: "SYSLOG_ACTION_???",
    names: `SYSLOG_ACTION_CLOSE=0 SYSLOG_ACTION_OPEN=1 SYSLOG_ACTION_READ=2
      SYSLOG_ACTION_READ_ALL=3 SYSLOG_ACTION_READ_CLEAR=4 SYSLOG_ACTION_CLEAR=5
      SYSLOG_ACTION_CONSOLE_OFF=6 SYSLOG_ACTION_CONSOLE_ON=7
      SYSLOG_ACTION_CONSOLE_LEVEL=8 SYSLOG_ACTION_SIZE_UNREAD=9
      SYSLOG_ACTION_SIZE_BUFFER=10`,
    used: "syslog.type",
  },
  "swapon_flags": {
    kind: "flags",
    unknown: "SWAP_FLAG_???",
    names: `SWAP_FLAG_PREFER=0x8000 SWAP_FLAG_DISCARD=0x10000
      SWAP_FLAG_DISCARD_ONCE=0x20000 SWAP_FLAG_DISCARD_PAGES=0x40000`,
  },
  "module_init_flags": {
    kind: "flags",
    unknown: "MODULE_INIT_???",
    names: "MODULE_INIT_*",
    used: "finit_module.flags",
  },
  "delete_module_flags": {
    kind: "flags",
    unknown: "O_???",
    names: "O_NONBLOCK O_TRUNC",
    used: "delete_module.flags",
  },
  "kexec_file_flags": {
    kind: "flags",
    unknown: "KEXEC_FILE_???",
    names: `KEXEC_FILE_UNLOAD KEXEC_FILE_ON_CRASH KEXEC_FILE_NO_INITRAMFS
      KEXEC_FILE_DEBUG KEXEC_FILE_NO_CMA KEXEC_FILE_FORCE_DTB`,
    used: "kexec_file_load.flags",
  },
  "random_flags": {
    kind: "flags",
    unknown: "GRND_???",
    names: "GRND_NONBLOCK GRND_RANDOM GRND_INSECURE",
    used: "getrandom.flags",
  },
  "io_uring_enter_flags": {
    kind: "flags",
    unknown: "IORING_ENTER_???",
    names: "IORING_ENTER_*",
    used: "io_uring_enter.flags",
  },
  "io_uring_setup_flags": {
    kind: "flags",
    unknown: "IORING_SETUP_???",
    names: "IORING_SETUP_*",
  },
  "landlock_ruleset_flags": {
    kind: "flags",
    unknown: "LANDLOCK_CREATE_RULESET_???",
    names: "LANDLOCK_CREATE_RULESET_*",
    used: "landlock_create_ruleset.flags",
  },
  "landlock_restrict_flags": {
    kind: "flags",
    unknown: "LANDLOCK_RESTRICT_SELF_???",
    names: "LANDLOCK_RESTRICT_SELF_*",
    used: "landlock_restrict_self.flags",
  },
  "landlock_rule_types": {
    kind: "values",
    unknown: "LANDLOCK_RULE_???",
    names: "LANDLOCK_RULE_PATH_BENEATH=1 LANDLOCK_RULE_NET_PORT=2",
    used: "landlock_add_rule.rule_type",
  },
  "lsm_attributes": {
    kind: "values",
    unknown: "LSM_ATTR_???",
    names: "LSM_ATTR_*",
    used: "lsm_get_self_attr.attr lsm_set_self_attr.attr",
  },
};
