import {
  type Arena,
  environAddress,
  lazySymbols,
  orErrno,
  terminate,
} from "@procctl/libc";

const libc = lazySymbols({
  // int execve(const char *pathname, char *const argv[], char *const envp[])
  execve: { parameters: ["buffer", "usize", "usize"], result: "i32" },
});

/** What a new program is handed, in memory that C can read. */
export interface Vectors {
  /** The address of its argument vector. */
  argv: bigint;
  /** The address of its environment vector. */
  env: bigint;
}

/**
 * Lays out what a new program is handed. Without an environment it inherits
 * the vector that C has now, byte for byte.
 */
export function layOut(
  arena: Arena,
  argv: readonly Uint8Array[],
  env: readonly Uint8Array[] | undefined,
): Vectors {
  return {
    argv: arena.cStringVector(argv),
    env: env === undefined ? environAddress() : arena.cStringVector(env),
  };
}

/** Tries to execute a file. If this returns, it failed, with this errno. */
export function tryExecute(path: Uint8Array, vectors: Vectors): number {
  return prepareToExecute(path, vectors)();
}

/**
 * What tries to execute a file. Its symbol is open and its memory set aside, so
 * that it can be called where a limit leaves no more.
 */
export function prepareToExecute(
  path: Uint8Array,
  { argv, env }: Vectors,
): () => number {
  const { execve } = libc;
  const name = terminate(path);
  return () => -orErrno(execve(name, argv, env));
}
