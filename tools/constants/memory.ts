import type { Specs } from "./spec.ts";

/** Constants of calls on memory. */
export const MEMORY: Specs = {
  "protection": {
    kind: "flags",
    unknown: "PROT_???",
    names: `PROT_NONE PROT_READ PROT_WRITE PROT_EXEC PROT_SEM PROT_BTI=-/-/0x10
      PROT_MTE=-/-/0x20 PROT_GROWSDOWN PROT_GROWSUP`,
    used: `mmap.prot mmap2.prot mprotect.prot pkey_mprotect.prot
      remap_file_pages.prot`,
  },
  "map_flags": {
    kind: "flags",
    unknown: "MAP_???",
    names: `&0xf MAP_FILE MAP_SHARED MAP_PRIVATE MAP_SHARED_VALIDATE
      MAP_DROPPABLE & MAP_FIXED MAP_ANONYMOUS MAP_32BIT=0x40/0x40/-
      MAP_ABOVE4G=0x80/0x80/- MAP_NORESERVE MAP_POPULATE MAP_NONBLOCK
      MAP_GROWSDOWN MAP_DENYWRITE MAP_EXECUTABLE MAP_LOCKED MAP_STACK
      MAP_HUGETLB MAP_SYNC MAP_FIXED_NOREPLACE
      &?0xfc000000 16<<MAP_HUGE_SHIFT=0x40000000
      21<<MAP_HUGE_SHIFT=0x54000000 30<<MAP_HUGE_SHIFT=0x78000000`,
    used: "mmap.flags mmap2.flags remap_file_pages.flags",
  },
  "mremap_flags": {
    kind: "flags",
    unknown: "MREMAP_???",
    names: "MREMAP_MAYMOVE MREMAP_FIXED MREMAP_DONTUNMAP",
    used: "mremap.flags",
  },
  "madvise_advice": {
    kind: "values",
    unknown: "MADV_???",
    names: "MADV_*",
    used: "madvise.behavior process_madvise.behavior",
  },
  "msync_flags": {
    kind: "flags",
    unknown: "MS_???",
    names: "MS_SYNC MS_ASYNC MS_INVALIDATE",
    used: "msync.flags",
  },
  "mlock_flags": {
    kind: "flags",
    unknown: "MLOCK_???",
    names: "MLOCK_ONFAULT",
    used: "mlock2.flags",
  },
  "mlockall_flags": {
    kind: "flags",
    unknown: "MCL_???",
    names: "MCL_CURRENT MCL_FUTURE MCL_ONFAULT",
    used: "mlockall.flags",
  },
  "memory_policies": {
    kind: "flags",
    unknown: "MPOL_???",
    names: `&?0x1fff MPOL_DEFAULT MPOL_PREFERRED MPOL_BIND MPOL_INTERLEAVE
      MPOL_LOCAL MPOL_PREFERRED_MANY MPOL_WEIGHTED_INTERLEAVE &
      MPOL_F_STATIC_NODES MPOL_F_RELATIVE_NODES MPOL_F_NUMA_BALANCING`,
    used: "set_mempolicy.mode mbind.mode",
  },
  "mbind_flags": {
    kind: "flags",
    unknown: "MPOL_???",
    names: "MPOL_MF_STRICT MPOL_MF_MOVE MPOL_MF_MOVE_ALL",
    used: "mbind.flags",
  },
  "move_pages_flags": {
    kind: "flags",
    unknown: "MPOL_MF_???",
    names: "MPOL_MF_MOVE MPOL_MF_MOVE_ALL",
    used: "move_pages.flags",
  },
  "get_mempolicy_flags": {
    kind: "flags",
    unknown: "MPOL_???",
    names: "MPOL_F_NODE MPOL_F_ADDR MPOL_F_MEMS_ALLOWED",
    used: "get_mempolicy.flags",
  },
  "pkey_rights": {
    kind: "flags",
    unknown: "PKEY_???",
    names: `PKEY_UNRESTRICTED PKEY_DISABLE_ACCESS PKEY_DISABLE_WRITE
      PKEY_DISABLE_EXECUTE=-/-/4 PKEY_DISABLE_READ=-/-/8`,
    used: "pkey_alloc.init_val",
  },
  "membarrier_commands": {
    kind: "values",
    unknown: "MEMBARRIER_CMD_???",
    names: `MEMBARRIER_CMD_QUERY MEMBARRIER_CMD_GLOBAL
      MEMBARRIER_CMD_GLOBAL_EXPEDITED MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED
      MEMBARRIER_CMD_PRIVATE_EXPEDITED
      MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED
      MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE
      MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE
      MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ
      MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ
      MEMBARRIER_CMD_GET_REGISTRATIONS`,
    used: "membarrier.cmd",
  },
  "membarrier_flags": {
    kind: "flags",
    unknown: "MEMBARRIER_CMD_FLAG_???",
    names: "MEMBARRIER_CMD_FLAG_CPU",
    used: "membarrier.flags",
  },
  "userfaultfd_flags": {
    kind: "flags",
    unknown: "O_???",
    names: "UFFD_USER_MODE_ONLY O_NONBLOCK O_CLOEXEC",
    used: "userfaultfd.flags",
  },
};
