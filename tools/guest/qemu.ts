/**
 * Starting a guest.
 *
 * @module
 */

import { capture } from "../process.ts";
import type { Base } from "./base.ts";
import { ARCHITECTURES, type Guest } from "./guests.ts";
import { END_MARK } from "./init.ts";
import { runOrFail, UnavailableError } from "./unavailable.ts";

/** How much memory a guest has: it holds all its files in it, once packed. */
const MEMORY = "3G";

const KERNEL_PARAMETERS = [
  ...["quiet", "loglevel=0"],
  // A panic restarts it at once, and a restart ends it.
  "panic=-1",
  // The emulator keeps what it translated of a program by its addresses: with
  // the same in each process, Deno starts eight times faster.
  "norandmaps",
];

/**
 * Installs what emulates a guest, if it is not installed.
 *
 * @param guest The guest.
 * @throws {UnavailableError} If it cannot be installed.
 */
export async function ensureQemu(guest: Guest): Promise<void> {
  const { qemu, qemuPackage } = ARCHITECTURES[guest.arch];
  if (await isInstalled(qemu)) return;
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const install = ["install", "-qq", "-y", "--no-install-recommends"];
  try {
    await runOrFail("apt-get", ["update", "-qq"], { env });
    await runOrFail("apt-get", [...install, qemuPackage], { env });
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    throw new UnavailableError(
      `Cannot find ${qemu}, and cannot install ${qemuPackage}: ${error.message}`,
    );
  }
}

async function isInstalled(command: string): Promise<boolean> {
  try {
    return (await capture(command, ["--version"])).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** What a guest is run with. */
export interface RunOptions {
  /** The archive of its file system, whole. */
  archive: string;
  /** After how many minutes it is ended. */
  timeout: number;
}

/** How a guest ended. */
export interface GuestRun {
  /** What it printed. */
  output: string;
  /** Its script's status; it is missing if the guest did not come to its end. */
  status: number | undefined;
  /** Whether it was ended for running too long. */
  timedOut: boolean;
}

/**
 * Runs a guest to its end, and shows what it prints.
 *
 * @param guest The guest.
 * @param base What it starts from.
 * @param options What it is run with.
 * @returns How it ended.
 */
export async function runGuest(
  guest: Guest,
  base: Base,
  { archive, timeout }: RunOptions,
): Promise<GuestRun> {
  const { qemu, qemuArgs, console } = ARCHITECTURES[guest.arch];
  const args = [
    ...qemuArgs,
    ...["-accel", await hasKvm(guest) ? "kvm" : "tcg"],
    ...["-smp", "2", "-m", MEMORY, "-nic", "none"],
    // Not -nographic, with which firmware clears the screen of who looks on.
    ...["-display", "none", "-monitor", "none", "-serial", "stdio"],
    ...["-kernel", base.kernel, "-initrd", archive],
    ...["-append", `console=${console} ${KERNEL_PARAMETERS.join(" ")}`],
    "-no-reboot",
  ];
  const child = new Deno.Command(qemu, {
    args,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill("SIGKILL");
  }, timeout * 60_000);
  const output = await show(child.stdout);
  await child.status;
  clearTimeout(timer);
  return { output, status: statusIn(output), timedOut };
}

/**
 * Whether this machine's processor can run the guest itself. There can be a
 * device where it cannot: then KVM emulates, and stops at what it does not know.
 */
async function hasKvm({ arch }: Guest): Promise<boolean> {
  if (arch !== Deno.build.arch) return false;
  try {
    using _ = await Deno.open("/dev/kvm", { read: true, write: true });
  } catch {
    return false;
  }
  const flags = await Deno.readTextFile("/proc/cpuinfo");
  return arch === "aarch64" || /\b(svm|vmx)\b/.test(flags);
}

/** Shows what a guest prints while it does, and keeps it. */
async function show(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let output = "";
  for await (const bytes of stream) {
    // Lines on its terminal end in a carriage return too.
    const text = decoder.decode(bytes, { stream: true }).replaceAll("\r", "");
    await Deno.stdout.write(encoder.encode(text));
    output += text;
  }
  return output;
}

/**
 * Finds the status with which a guest's script ended.
 *
 * @param output What the guest printed.
 * @returns The status; undefined if the guest did not come to its end.
 */
export function statusIn(output: string): number | undefined {
  const status = new RegExp(`^${END_MARK}(\\d+)$`, "m").exec(output)?.[1];
  return status === undefined ? undefined : Number(status);
}
