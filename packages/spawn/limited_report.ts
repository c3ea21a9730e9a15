/**
 * What {@linkcode runLimited} tells of a command. All of it can be written as
 * JSON.
 *
 * @module
 */

import type { Signal } from "@procctl/libc";
import type { Usage } from "./status.ts";

/** The command ended by itself: by exit(2), within all limits. */
export interface ExitedVerdict {
  /** It ended by itself. */
  kind: "exited";
  /** Its exit status. */
  code: number;
}

/** A signal ended the command, and it was none that a limit is known to send. */
export interface SignaledVerdict {
  /** A signal ended it. */
  kind: "signaled";
  /** The signal. */
  signal: Signal;
}

/** The command used more processor time than it may. */
export interface CpuLimitVerdict {
  /** Its processor time was used up. */
  kind: "cpu-limit";
  /** `limits.cpu`, of one process, or `cpuTime`, of all together. */
  limit: "cpu" | "cpuTime";
  /**
   * Whether that is known. It is not of a SIGKILL, which the kernel sends at the
   * hard limit, when less time than that is told to be used: on a busy machine
   * that is below what the kernel compares.
   */
  certain: boolean;
}

/** The command ran longer than it may. */
export interface WallLimitVerdict {
  /** Its time was up. */
  kind: "wall-limit";
  /** The option of that name. */
  limit: "wall";
  /** Always true: this program ended it for that. */
  certain: true;
}

/** The command wanted more memory than it may have. */
export interface MemoryLimitVerdict {
  /** It ran out of memory. */
  kind: "memory-limit";
  /** One of `limits`, of one process, or `memory`, of all together. */
  limit: "as" | "data" | "stack" | "memory";
  /**
   * Whether that is known, as it is of `memory`. The kernel does not tell that
   * it refused memory for the others: it failed, and had been close to it.
   */
  certain: boolean;
}

/** The command made a file larger than it may. */
export interface FileSizeLimitVerdict {
  /** A file became too large. */
  kind: "file-size-limit";
  /** `limits.fsize`. */
  limit: "fsize";
  /** Always true: SIGXFSZ ended it. */
  certain: true;
}

/** The command wrote more than it may to what is piped. */
export interface OutputLimitVerdict {
  /** It wrote too much. */
  kind: "output-limit";
  /** The option of that name. */
  limit: "output";
  /** Always true: this program ended it for that. */
  certain: true;
}

/** The command made more processes and threads than it may. */
export interface ProcessLimitVerdict {
  /** It made too many processes. */
  kind: "process-limit";
  /** `limits.nproc`, of the user, or `processes`, of the command. */
  limit: "nproc" | "processes";
  /**
   * Whether that is known: this program ended it. Where the kernel refused one
   * more, it failed, but may have failed for another reason.
   */
  certain: boolean;
}

/** The command opened more descriptors than it may. */
export interface DescriptorLimitVerdict {
  /** It had no descriptor left. */
  kind: "descriptor-limit";
  /** `limits.nofile`. */
  limit: "nofile";
  /** Always false: it failed, and had as many as it may have. */
  certain: false;
}

/**
 * The supervisor was killed, which a command of the same user can do. What the
 * command did from then on is not known.
 */
export interface LostVerdict {
  /** It is not known how it ended. */
  kind: "lost";
}

/** How a command ended, and which limit ended it. */
export type Verdict =
  | ExitedVerdict
  | SignaledVerdict
  | CpuLimitVerdict
  | WallLimitVerdict
  | MemoryLimitVerdict
  | FileSizeLimitVerdict
  | OutputLimitVerdict
  | ProcessLimitVerdict
  | DescriptorLimitVerdict
  | LostVerdict;

/**
 * What a command could have done to get away:
 *
 * - `"same-user"`: it runs as the user of this program, so that it may kill the
 *   supervisor, and this program too;
 * - `"root"`: it runs as root, so that it may leave the control group as well.
 */
export type ContainmentGap = "same-user" | "root";

/** How a command's processes were kept together. */
export interface Containment {
  /**
   * By a control group, of which the kernel itself kills all; or by a supervisor
   * that adopts what others leave, alone.
   */
  by: "cgroup" | "subreaper";
  /** The limits that the kernel kept; others were looked after by sampling. */
  kernel: readonly ("memory" | "processes")[];
  /** What could not be ruled out. */
  gaps: readonly ContainmentGap[];
  /** How many processes were still there when the command ended. All were ended. */
  leftBehind: number;
  /** The processes that could not be ended: they became another user's. */
  escaped: readonly number[];
}

/** How a command under limits ended, why, and what it used. */
export interface LimitedReport {
  /** How it ended, and which limit ended it. */
  verdict: Verdict;
  /** Whether it ended by itself with exit status 0. */
  success: boolean;
  /** Its exit status, or 128 and its signal's number, as a shell gives it. */
  code: number;
  /** The signal that ended it, or null; SIGKILL where this program did. */
  signal: Signal | null;
  /** Whether that signal left a core file. */
  coreDumped: boolean;
  /** Seconds from its start to its end. */
  wallTime: number;
  /**
   * What all its processes used together, of which `peakMemory` is that of the
   * largest one. Not counted is what a process used whose parent ignores
   * SIGCHLD.
   */
  usage: Usage;
  /**
   * The most memory that all its processes had in use at a time, in bytes. Where
   * no control group counts it, it is the largest of some samples, or that of
   * the largest process.
   */
  peakMemory: number;
  /** How it was kept together. */
  containment: Containment;
}
