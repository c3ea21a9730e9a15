import { lazySymbols } from "@procctl/libc/library";

const libc = lazySymbols({
  // int capget(struct __user_cap_header_struct *, struct __user_cap_data_struct *)
  capget: { parameters: ["buffer", "buffer"], result: "i32" },
});

const LINUX_CAPABILITY_VERSION_3 = 0x20080522;
const CAP_SYS_RESOURCE = 24;

/**
 * Whether this thread has CAP_SYS_RESOURCE, in its user namespace at least.
 *
 * It is not read from /proc: at the limit of open files that could not be done.
 */
export function hasCapSysResource(): boolean {
  const header = Uint32Array.of(LINUX_CAPABILITY_VERSION_3, 0);
  // Two structures, for 32 capabilities each: effective, permitted, inheritable.
  const data = new Uint32Array(6);
  if (libc.capget(header, data) !== 0) return false;
  return (data[0]! & (1 << CAP_SYS_RESOURCE)) !== 0;
}
