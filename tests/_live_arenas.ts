import { Arena } from "@procctl/libc";

/**
 * Keeps the arenas that are in use and were not given back. The size of a
 * process comes and goes by MiB, and says nothing about them.
 *
 * @returns The arenas, as they are from now on.
 */
export function liveArenas(): ReadonlySet<Arena> {
  const live = new Set<Arena>();
  const { allocate, [Symbol.dispose]: dispose } = Arena.prototype;
  Arena.prototype.allocate = function (size) {
    const address = allocate.call(this, size);
    live.add(this);
    return address;
  };
  Arena.prototype[Symbol.dispose] = function () {
    live.delete(this);
    dispose.call(this);
  };
  return live;
}
