import type { WaitStatus } from "./wait.ts";

const SIGTRAP = 5;

/** What `decodeWaitStatus()` decodes. */
export function encodeWaitStatus(status: WaitStatus): number {
  switch (status.kind) {
    case "exited":
      return status.code << 8;
    case "signaled":
      return status.signal | (status.coreDumped ? 0x80 : 0);
    case "stopped":
      return (status.signal << 8) | 0x7f;
    case "syscall-stop":
      return ((SIGTRAP | 0x80) << 8) | 0x7f;
    case "event":
      return (status.event << 16) | (status.signal << 8) | 0x7f;
    case "continued":
      return 0xffff;
    case "still-alive":
      throw new TypeError("Cannot encode that nothing has happened");
  }
}
