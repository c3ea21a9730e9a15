/**
 * From options to a child program: what the options say, in the order in which
 * it has to happen.
 */

import {
  type EncodedExecOptions,
  encodeExecOptions,
  EXEC_OPTIONS,
} from "@procctl/exec/encode-options";
import {
  type OptionNames,
  refuseUnknownOptions,
} from "@procctl/exec/option-names";
import { DEFAULT_PATH, searchPaths } from "@procctl/exec/search-path";
import { environ, type PathLike } from "@procctl/libc";
import { type EncodedLimit, prlimit64 } from "@procctl/rlimit";
import { ChildProgram } from "./child_program.ts";
import {
  closeOthers,
  type Descriptors,
  descriptorSteps,
  encodeDescriptors,
} from "./_descriptors.ts";
import { executeFirst } from "./_exec_step.ts";
import { namespaceFlags } from "./_namespaces.ts";
import type { Step } from "./_step.ts";
import type { SignalOptions, SpawnOptions } from "./spawn_options.ts";
import * as step from "./steps.ts";

/** A child that is ready to be started, but for its pipes. */
export interface Prepared {
  /** What its descriptors are to be. */
  descriptors: Descriptors;
  /** The namespaces that it is the first one in: CLONE_NEW* flags. */
  namespaces: number;
  /** Makes the steps, given the pipes' ends that the child gets. */
  steps(pipes: ReadonlyMap<number, number>): Step[];
  /** Makes the program of them. */
  program(pipes: ReadonlyMap<number, number>): ChildProgram;
}

/** How a child is started, beyond what its options say. */
export interface Preparation {
  /** Whether it waits at a gate, while the caller may change what C has. */
  atGate: boolean;
  /** Steps that it takes right before its exec. */
  lastSteps: readonly Step[];
}

const SPAWN_OPTIONS: OptionNames<SpawnOptions> = {
  ...EXEC_OPTIONS,
  fds: true,
  signal: true,
  uid: true,
  gid: true,
  groups: true,
  nice: true,
  affinity: true,
  processGroup: true,
  session: true,
  controllingTerminal: true,
  foreground: true,
  deathSignal: true,
  noNewPrivileges: true,
  signals: true,
  seccomp: true,
  namespaces: true,
  searchPath: true,
};

const SIGNAL_OPTIONS: OptionNames<SignalOptions> = {
  mask: true,
  default: true,
  ignore: true,
};

/** Checks a command and its options, without any system call. */
export function prepare(
  command: PathLike,
  options: SpawnOptions,
  { atGate, lastSteps }: Preparation = { atGate: false, lastSteps: [] },
): Prepared {
  refuseUnknownOptions(options, SPAWN_OPTIONS);
  refuseUnknownOptions(options.signals ?? {}, SIGNAL_OPTIONS);
  const { stdin: _in, stdout: _out, stderr: _err, ...rest } = options;
  const encoded = encodeExecOptions(command, rest);
  const { searchPath = "parent" } = options;
  if (searchPath !== "parent" && searchPath !== "child") {
    throw new TypeError(
      `Cannot set searchPath to ${
        JSON.stringify(searchPath)
      }: expected "parent" or "child"`,
    );
  }
  const flags = namespaceFlags(options.namespaces ?? []);
  const descriptors = encodeDescriptors(options);
  const before = beforeDescriptors(encoded, options);
  const between = [
    ...directorySteps(encoded, descriptors),
    ...machineSteps(options),
  ];
  const after = afterDescriptors(encoded, options);
  const steps = (pipes: ReadonlyMap<number, number>) => [
    ...before,
    ...descriptorSteps(descriptors, pipes),
    ...between,
    ...limitSteps(encoded.limits),
    ...after,
    ...lastSteps,
    execStep(encoded, searchPath, atGate || flags !== 0),
  ];
  return {
    descriptors,
    namespaces: flags,
    steps,
    program: (pipes) =>
      new ChildProgram().inNamespaces(flags).add(...steps(pipes)),
  };
}

function beforeDescriptors(
  { umask }: EncodedExecOptions,
  options: SpawnOptions,
): Step[] {
  const { session = false, processGroup, controllingTerminal, foreground } =
    options;
  const steps: Step[] = [];
  if (session) steps.push(step.setsid());
  // Who leads a session leads a group, and may not move out of it.
  const leadsGroup = session && processGroup === 0;
  if (processGroup !== undefined && !leadsGroup) {
    steps.push(step.setpgid(processGroup));
  }
  if (controllingTerminal !== undefined) {
    steps.push(step.controllingTerminal(controllingTerminal));
  }
  if (foreground !== undefined) steps.push(step.foreground(foreground));
  if (umask !== undefined) steps.push(step.umask(umask));
  return steps;
}

function afterDescriptors(
  { resetSigpipe }: EncodedExecOptions,
  options: SpawnOptions,
): Step[] {
  const { deathSignal, noNewPrivileges = false, signals = {}, seccomp } =
    options;
  const steps = identitySteps(options);
  if (deathSignal !== undefined) steps.push(step.deathSignal(deathSignal));
  if (noNewPrivileges) steps.push(step.noNewPrivileges());
  if (resetSigpipe) steps.push(step.signalDefault(["SIGPIPE"]));
  if (signals.default) steps.push(step.signalDefault(signals.default));
  if (signals.ignore) steps.push(step.signalIgnore(signals.ignore));
  if (signals.mask) steps.push(step.signalMask(signals.mask));
  if (seccomp !== undefined) steps.push(step.seccomp(seccomp));
  return steps;
}

/** Groups, group, user: after the last there is no right to the others. */
function identitySteps(options: SpawnOptions): Step[] {
  const { uid, gid, namespaces = [] } = options;
  const inUserNamespace = namespaces.includes("user");
  if (inUserNamespace && Array.isArray(options.groups)) {
    throw new TypeError(
      "Cannot set groups in a new user namespace: there are none but gid",
    );
  }
  // Those of the caller would be kept without a word: more than the user has.
  const fallback = uid === undefined || inUserNamespace ? "keep" : [];
  const { groups = fallback } = options;
  const steps: Step[] = [];
  if (groups !== "keep") steps.push(step.setgroups(groups));
  if (gid !== undefined) steps.push(step.setgid(gid));
  if (uid !== undefined) steps.push(step.setuid(uid));
  return steps;
}

function directorySteps(
  { cwd, closeFrom }: EncodedExecOptions,
  descriptors: Descriptors,
): Step[] {
  const steps: Step[] = [];
  if (cwd !== undefined) steps.push(step.chdir(cwd));
  if (closeFrom !== undefined) steps.push(closeOthers(closeFrom, descriptors));
  return steps;
}

function machineSteps({ nice, affinity }: SpawnOptions): Step[] {
  const steps: Step[] = [];
  if (nice !== undefined) steps.push(step.nice(nice));
  if (affinity !== undefined) steps.push(step.affinity(affinity));
  return steps;
}

/** A side that is not given stays what it is in this program at the time. */
function limitSteps(limits: readonly EncodedLimit[]): Step[] {
  return limits.map(({ resource, soft, hard }) => {
    if (soft !== undefined && hard !== undefined) {
      return step.setrlimit(resource, { soft, hard });
    }
    const present = prlimit64(0, resource);
    return step.setrlimit(resource, {
      soft: soft ?? present.soft,
      hard: hard ?? present.hard,
    });
  });
}

/** @param copies Whether the caller's environment has to be copied. */
function execStep(
  encoded: EncodedExecOptions,
  searchPath: "parent" | "child",
  copies: boolean,
): Step {
  const { command, argv, shellFallback } = encoded;
  const env = encoded.environment();
  return executeFirst({
    command,
    paths: searchPath === "parent"
      ? searchPaths(command)
      : searchPaths(command, pathOf(env ?? environ()) ?? DEFAULT_PATH),
    argv,
    env: env ?? (copies ? environ() : "as C has it"),
    shellFallback,
  });
}

const PATH_KEY = new TextEncoder().encode("PATH=");

/** What PATH is in an environment. */
function pathOf(env: readonly Uint8Array[]): Uint8Array | undefined {
  return env.find((entry) => PATH_KEY.every((byte, i) => entry[i] === byte))
    ?.subarray(PATH_KEY.length);
}
