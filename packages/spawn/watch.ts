/**
 * Waiting for descriptors, together with those of all children: what observes
 * children in other ways than by their pipes waits by this.
 *
 * @module
 * @experimental
 */

import { EPOLLIN, Watch } from "./_waiter.ts";

/**
 * Waits until a descriptor can be read, in the one call that also waits for
 * this thread's children: so that Deno's pool of threads lends no other thread.
 *
 * @example Usage
 * ```ts
 * import { DescriptorWatch } from "@procctl/spawn/watch";
 * import { spawnAtGate } from "@procctl/spawn/spawn-at-gate";
 *
 * const { child } = spawnAtGate("true");
 * child.open();
 * child.executed();
 * using watch = new DescriptorWatch(child.pidfd);
 * console.log(await watch.readable(10_000)); // prints: true
 * ```
 */
export class DescriptorWatch implements Disposable {
  #watch: Watch;
  #isWaiting = false;
  /** Answers who waits. */
  #answer: (isReadable: boolean) => void = () => {};

  /**
   * Sets up nothing yet.
   *
   * @param fd The descriptor, which epoll(7) must be able to wait for.
   */
  constructor(fd: number) {
    this.#watch = new Watch(fd, EPOLLIN, () => {
      this.#isWaiting = false;
      this.#answer(true);
    });
  }

  /**
   * Waits until it can be read, sometimes in vain. Only one at a time can wait.
   *
   * @param timeout After how many milliseconds it is not waited for longer.
   * @returns Whether it was told that it can be read.
   * @throws {SystemError} If it cannot be waited for.
   *
   * @example Usage
   * ```ts
   * import { DescriptorWatch } from "@procctl/spawn/watch";
   * import { spawnAtGate } from "@procctl/spawn/spawn-at-gate";
   *
   * using child = spawnAtGate("true").child;
   * using watch = new DescriptorWatch(child.pidfd);
   * console.log(await watch.readable(1)); // prints: false
   * ```
   */
  readable(timeout: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const answer = (isReadable: boolean) => {
      clearTimeout(timer);
      resolve(isReadable);
    };
    const timer = setTimeout(answer, timeout, false);
    this.#answer = answer;
    // One that was waited for in vain is waited for still.
    if (!this.#isWaiting) {
      this.#isWaiting = true;
      try {
        this.#watch.wait();
      } catch (error) {
        clearTimeout(timer);
        this.#isWaiting = false;
        throw error;
      }
    }
    return promise;
  }

  /**
   * Waits no longer: who waits is told that it cannot be read. It must be called
   * before the descriptor is closed.
   *
   * @example Usage
   * ```ts
   * import { DescriptorWatch } from "@procctl/spawn/watch";
   *
   * using watch = new DescriptorWatch(0);
   * ```
   */
  [Symbol.dispose](): void {
    this.#watch.stop();
    this.#answer(false);
  }
}
