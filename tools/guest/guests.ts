/**
 * The machines that the suite is run on in emulation.
 *
 * @module
 */

/** A machine: an architecture, and a kernel of Debian's. */
export interface Guest {
  /** Its name, which is that of its list in tests/skips too. */
  name: string;
  /** Its architecture, as Deno names it. */
  arch: "x86_64" | "aarch64";
  /** The release of Debian that its kernel is taken from. */
  kernelRelease: string;
  /** The package that depends on the newest of these kernels. */
  kernelPackage: string;
}

/**
 * The release of Debian that everything else is taken from: one with the C
 * library that the packages ask for, which that of Linux 5.10 has not.
 */
export const RELEASE = "bookworm";

/** Each guest, by its name. */
export const GUESTS: readonly Guest[] = [
  {
    name: "aarch64",
    arch: "aarch64",
    kernelRelease: RELEASE,
    kernelPackage: "linux-image-cloud-arm64",
  },
  {
    // Pages of 16 KiB, as on Apple's machines.
    name: "aarch64-16k",
    arch: "aarch64",
    kernelRelease: "trixie",
    kernelPackage: "linux-image-arm64-16k",
  },
  {
    // The oldest kernel that the README promises.
    name: "linux-5.10",
    arch: "x86_64",
    kernelRelease: "bullseye",
    kernelPackage: "linux-image-cloud-amd64",
  },
];

/** What an architecture is called elsewhere, and how its machine is emulated. */
export interface Architecture {
  /** What Debian calls it. */
  debian: string;
  /** The npm package of its Deno. */
  denoPackage: string;
  /** The command that emulates it. */
  qemu: string;
  /** The Debian package of that command. */
  qemuPackage: string;
  /** The command's arguments. */
  qemuArgs: readonly string[];
  /** The device of the first serial line. */
  console: string;
}

/** Each architecture, as Deno names it. */
export const ARCHITECTURES: Record<Guest["arch"], Architecture> = {
  aarch64: {
    debian: "arm64",
    denoPackage: "@deno/linux-arm64-glibc",
    qemu: "qemu-system-aarch64",
    qemuPackage: "qemu-system-arm",
    // The usual pointer authentication would take most of the time.
    qemuArgs: [
      "-machine",
      "virt,gic-version=max",
      "-cpu",
      "max,pauth=off,sve=off",
    ],
    console: "ttyAMA0",
  },
  "x86_64": {
    debian: "amd64",
    denoPackage: "@deno/linux-x64-glibc",
    qemu: "qemu-system-x86_64",
    qemuPackage: "qemu-system-x86",
    qemuArgs: ["-machine", "q35", "-cpu", "max"],
    console: "ttyS0",
  },
};
