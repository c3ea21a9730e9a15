import { lazySymbols, SystemError, writeFile } from "@procctl/libc";
import { checkList } from "./_check.ts";
import type { Namespace, SpawnOptions } from "./spawn_options.ts";

const libc = lazySymbols({
  // uid_t geteuid(void)
  geteuid: { parameters: [], result: "u32" },
  // gid_t getegid(void)
  getegid: { parameters: [], result: "u32" },
});

/** The flags of clone(2). */
const FLAGS: Record<Namespace, number> = {
  mount: 0x20000,
  cgroup: 0x2000000,
  uts: 0x4000000,
  ipc: 0x8000000,
  user: 0x10000000,
  pid: 0x20000000,
  network: 0x40000000,
};

const EPERM = 1;

/** The flags of clone(2) for namespaces. */
export function namespaceFlags(namespaces: readonly Namespace[]): number {
  return checkList(namespaces, "namespaces").reduce((flags, name) => {
    if (Object.hasOwn(FLAGS, name)) return flags | FLAGS[name];
    const names = Object.keys(FLAGS).map((name) => `"${name}"`);
    throw new TypeError(
      `Cannot use ${JSON.stringify(name)} as a namespace: expected ${
        names.join(", ")
      }`,
    );
  }, 0);
}

/**
 * Says who the user and the group of a new user namespace are outside: the
 * caller. Only it can say so, and only while the child waits for it.
 */
export function mapCaller(
  { pid }: { readonly pid: number },
  { uid, gid }: SpawnOptions,
): void {
  const user = libc.geteuid();
  const group = libc.getegid();
  writeMap(`/proc/${pid}/uid_map`, uid ?? user, user);
  try {
    writeMap(`/proc/${pid}/gid_map`, gid ?? group, group);
  } catch (error) {
    if (!(error instanceof SystemError) || error.errno !== EPERM) throw error;
    // Who is not privileged may have a map, but then no other groups: that
    // would be a way to drop one by which a file is denied.
    writeFile(`/proc/${pid}/setgroups`, new TextEncoder().encode("deny"));
    writeMap(`/proc/${pid}/gid_map`, gid ?? group, group);
  }
}

function writeMap(path: string, inside: number, outside: number): void {
  const line = `${inside} ${outside} 1`;
  writeFile(path, new TextEncoder().encode(line));
}
