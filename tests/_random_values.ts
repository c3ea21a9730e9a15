/** Makes random values: of any type, and often of the type that is asked for. */

/** Numbers at the edges of what C's types hold, and what is no number of them. */
const NUMBERS = [
  ...[0, 1, 2, 3, 7, 9, 64, 65, 255, 256, 4096, 65535, -1, -2, -0, 0.5],
  ...[
    2 ** 22 + 1,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 32,
    -(2 ** 31),
    2 ** 53,
    -(2 ** 53),
  ],
  ...[NaN, Infinity, -Infinity, 1e308],
];
const BIGINTS = [0n, 1n, -1n, 2n ** 31n, 2n ** 63n, 2n ** 64n - 1n, 2n ** 64n];

/** Text that means something to one function or another, and junk. */
const STRINGS = [
  ...["", "a", "a b", "a\0b", "\ud800", "é😀", ".", "/", "a=b", "=", "-1"],
  ..."/dev/null /nonexistent /proc/self/status nonexistent 0x10".split(" "),
  ..."64MiB 1:2 unlimited 1h 99999999999999999999 ENOENT".split(" "),
  ..."core locks rss RLIMIT_CORE SIGTERM SIGRTMIN+3 SIGNOPE".split(" "),
  ..."piped null inherit read x86_64 i386 linux-5.1 openat".split(" "),
  ..."%file protection --help --version limits why".split(" "),
  ...["#!/bin/sh -e\n", "#!", "-S a ${B} 'c", "x".repeat(300)],
  ...["/bin/true", "true", "file:///nonexistent"],
];

/** Names of options, none of a limit that would end this process. */
const KEYS = [
  ..."access args argv argv0 arch chain clearEnv closeFrom code core".split(
    " ",
  ),
  ..."create cwd env envFiles errno fds foreground grace hard".split(" "),
  ..."input limit limits locks maxOutput mode offset options pageSize".split(
    " ",
  ),
  ..."path pid profile raw reason resource rss search shellFallback".split(" "),
  ..."sigpipe soft stackLimit stderr stdin stdout syscall timeout".split(" "),
  ..."truncate umask ENV A=B".split(" "),
];

/** Makes values out of random numbers. */
export class RandomValues {
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  of<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.below(this.of([2, 20, 300])));
    for (const index of bytes.keys()) bytes[index] = this.below(256);
    if (this.below(4) === 0) bytes.set([0x23, 0x21].slice(0, bytes.length));
    return bytes;
  }

  text(): string {
    if (this.below(3) > 0) return this.of(STRINGS);
    const size = this.below(40);
    const alphabet = "ab/ \t\n\0\\'\"$={}#!-+:019éKMGis";
    return Array.from({ length: size }, () => this.of([...alphabet])).join("");
  }

  object(depth: number): Record<string, unknown> {
    const count = this.below(4);
    return Object.fromEntries(
      Array.from({ length: count }, () => [this.of(KEYS), this.value(depth)]),
    );
  }

  value(depth = 2): unknown {
    switch (this.below(depth === 0 ? 9 : 14)) {
      case 0:
        return this.of([undefined, null, true, false, Symbol("s")]);
      case 1:
      case 2:
        return this.of(NUMBERS);
      case 3:
        return this.of(BIGINTS);
      case 4:
      case 5:
      case 6:
        return this.text();
      case 7:
      case 8:
        return this.bytes();
      case 9:
      case 10: {
        const length = this.below(4);
        return Array.from({ length }, () => this.value(depth - 1));
      }
      case 11:
      case 12:
        return this.object(depth - 1);
      default:
        return this.of([
          () => 1,
          new Date(0),
          new Map(),
          new Uint16Array(3),
          new ArrayBuffer(8),
          new BigUint64Array(2),
          new URL("file:///nonexistent/a%00"),
          new URL("https://host/"),
          Object.create(null),
          new Proxy({}, {}),
        ]);
    }
  }

  /** A value for a parameter of this name: mostly of the type that it suggests. */
  named(name: string): unknown {
    if (this.below(6) === 0) return this.value();
    const maker = Object.entries(this.#makers).find(([pattern]) =>
      new RegExp(`^(?:${pattern})$`, "i").test(name)
    );
    return maker === undefined ? this.value() : maker[1]();
  }

  readonly #makers: Record<string, () => unknown> = {
    "pid|tid|fd|dirfd|size|count|signal|group|flags|options?": () =>
      this.below(3) === 0 ? this.object(2) : this.of(NUMBERS),
    "uid|gid|nr|errno|errnos|status|mode|mask|index|offset|target|source": () =>
      this.of(NUMBERS),
    "value|result|address|word|values|code|type|resource|limit": () =>
      this.of([...NUMBERS, ...BIGINTS, "core", "locks", "rss"]),
    "path|file|command|text|name|interpreter|argument|table|arch": () =>
      this.text(),
    "bytes|head|data|source|content|buffer|filter": () => this.bytes(),
    "argv|args|list|strings|entries|words|paths|signals": () =>
      Array.from({ length: this.below(4) }, () => this.text()),
    "env|record|limits|change|softLimits|options": () => this.object(2),
    "fn|callback": () => () => 1,
    "memory|parts|files|program|info|regs|siginfo": () => this.object(2),
  };
}
