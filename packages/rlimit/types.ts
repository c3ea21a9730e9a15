/**
 * The types of limits, as they are read and as they are written.
 *
 * @module
 */

/** The name of a resource that has a limit: that of C, without `RLIMIT_`. */
export type Resource =
  | "as"
  | "core"
  | "cpu"
  | "data"
  | "fsize"
  | "locks"
  | "memlock"
  | "msgqueue"
  | "nice"
  | "nofile"
  | "nproc"
  | "rss"
  | "rtprio"
  | "rttime"
  | "sigpending"
  | "stack";

/**
 * The two limits of one resource, in its unit; `Infinity` is unlimited.
 *
 * A limit above `Number.MAX_SAFE_INTEGER` that is not unlimited becomes the
 * nearest number. {@linkcode prlimit64} gives it exactly.
 */
export interface Rlimit {
  /** The limit that the kernel keeps to; the process may raise it to `hard`. */
  soft: number;
  /** What the soft limit may be at most. To raise it takes CAP_SYS_RESOURCE. */
  hard: number;
}

/**
 * One limit that is to be set: a number in the resource's unit, `Infinity` for
 * unlimited, or text that {@linkcode parseLimit} reads, such as `"64MiB"`.
 *
 * A number must be exact, so at most `Number.MAX_SAFE_INTEGER`; a bigint may be
 * as large as the kernel's, whose greatest, `RLIM_INFINITY`, is unlimited.
 */
export type LimitValue = number | bigint | string;

/**
 * How the limits of one resource are to change: a bare value sets both, and of
 * an object with one side the other stays exactly as it is.
 */
export type LimitChange =
  | LimitValue
  | {
    /** The soft limit. */
    soft?: LimitValue;
    /** The hard limit. */
    hard?: LimitValue;
  };

/** Changes to limits, by resource. */
export type Limits = Partial<Record<Resource, LimitChange>>;

/** Soft limits, by resource. */
export type SoftLimits = Partial<Record<Resource, LimitValue>>;
