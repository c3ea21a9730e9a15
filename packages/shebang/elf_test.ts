import { assertEquals, assertThrows } from "@std/assert";
import { argvDumper, elfFile } from "@procctl/testing";
import { text } from "./_testing.ts";
import { type Elf, parseElf } from "./elf.ts";

/** A file with some of its bytes changed. */
function changed(offset: number, ...bytes: number[]): Uint8Array {
  const file = elfFile();
  file.set(bytes, offset);
  return file;
}

function reason(elf: Elf): string {
  return elf.kind === "invalid" ? `${elf.code}: ${elf.reason}` : elf.kind;
}

Deno.test("parseElf() reads a static program", () => {
  for (const arch of ["x86_64", "aarch64"] as const) {
    assertEquals(parseElf(argvDumper(arch)), {
      kind: "elf",
      bits: 64,
      machine: arch === "x86_64" ? 62 : 183,
      machineName: arch,
      type: "executable",
      loader: undefined,
    });
  }
});

Deno.test("parseElf() reads the path of the loader up to its NUL", () => {
  const elf = parseElf(elfFile({ loaders: ["/lib/ld.so\0junk\0"] }));
  assertEquals(elf.kind === "elf" && text(elf.loader!), "/lib/ld.so");
});

Deno.test("parseElf() takes the first of several loaders, as Linux does", () => {
  const elf = parseElf(elfFile({ loaders: ["first\0", "second\0"] }));
  assertEquals(elf.kind === "elf" && text(elf.loader!), "first");
});

Deno.test("parseElf() reads a program of 32 bits", () => {
  const file = new Uint8Array(52 + 32);
  file.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  const view = new DataView(file.buffer);
  view.setUint16(16, 3, true);
  view.setUint16(18, 3, true);
  view.setUint32(28, 52, true);
  view.setUint16(42, 32, true);
  view.setUint16(44, 1, true);
  assertEquals(parseElf(file), {
    kind: "elf",
    bits: 32,
    machine: 3,
    machineName: "i386",
    type: "shared",
    loader: undefined,
  });
});

Deno.test("parseElf() reads a program whose numbers are big-endian", () => {
  const file = new Uint8Array(64 + 56);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 2, 1]);
  const view = new DataView(file.buffer);
  view.setUint16(16, 2);
  view.setUint16(18, 22);
  view.setBigUint64(32, 64n);
  view.setUint16(54, 56);
  view.setUint16(56, 1);
  const elf = parseElf(file);
  assertEquals(elf.kind === "elf" && [elf.machineName, elf.bits], ["s390", 64]);
});

Deno.test("parseElf() minds neither class, byte order, version nor sizes that Linux ignores", () => {
  for (const offset of [4, 5, 6, 7, 20, 52]) {
    assertEquals(parseElf(changed(offset, 9)).kind, "elf", `byte ${offset}`);
  }
});

Deno.test("parseElf() names a machine that it does not know by its number", () => {
  const elf = parseElf(changed(18, 0x34, 0x12));
  assertEquals(elf.kind === "elf" && elf.machineName, "machine 4660");
});

Deno.test("parseElf() takes another file for no ELF file", () => {
  for (const file of ["", "\x7f", "\x7fELE", "#!/bin/sh\n"]) {
    assertEquals(parseElf(new TextEncoder().encode(file)), { kind: "none" });
  }
});

Deno.test("parseElf() says what is wrong with a file", () => {
  const expected: [file: Uint8Array, reason: string][] = [
    [changed(16, 0), "ENOEXEC: The ELF file is no type"],
    [
      changed(16, 1),
      "ENOEXEC: The ELF file is a relocatable object, not linked",
    ],
    [changed(16, 4), "ENOEXEC: The ELF file is a core dump"],
    [changed(16, 7), "ENOEXEC: The ELF file is of the type 7"],
    [
      changed(54, 32),
      "ENOEXEC: The ELF file says that a program header has 32 bytes, not 56",
    ],
    [changed(56, 0), "ENOEXEC: The ELF file has no program headers"],
    [
      changed(56, 0x93, 4),
      "ENOEXEC: The ELF file has 1171 program headers, more than are read",
    ],
    [
      changed(56, 9),
      "ENOEXEC: The ELF file ends before its program headers do",
    ],
    [
      elfFile().subarray(0, 100),
      "ENOEXEC: The ELF file ends before its program headers do",
    ],
    [
      elfFile({ loaders: ["x"] }),
      "ENOEXEC: The ELF file names its loader with 1 bytes",
    ],
    [
      elfFile({ loaders: ["x".repeat(4097)] }),
      "ENOEXEC: The ELF file names its loader with 4097 bytes",
    ],
    [
      elfFile({ loaders: ["/ld"] }),
      "ENOEXEC: The ELF file does not end the name of its loader",
    ],
    [
      elfFile({ loaders: ["/ld\0"] }).subarray(0, 64 + 2 * 56 + 2),
      "EIO: The ELF file ends within the name of its loader",
    ],
  ];
  for (const [file, words] of expected) {
    assertEquals(reason(parseElf(file)), words);
  }
});

Deno.test("parseElf() fails with EINVAL for a loader's name that no file can hold", () => {
  const file = elfFile({ loaders: ["/ld\0"] });
  file[64 + 15] = 0x80;
  assertEquals(
    reason(parseElf(file)),
    "EINVAL: The ELF file has the name of its loader nowhere",
  );
});

Deno.test("parseElf() reads no more than it needs", () => {
  const file = elfFile({ loaders: ["/ld\0"] });
  const reads: [number, number][] = [];
  parseElf((offset, length) => {
    reads.push([offset, length]);
    return file.subarray(offset, offset + length);
  });
  assertEquals(reads, [[0, 64], [64, 112], [176, 4]]);
});

Deno.test("parseElf() throws for what is neither bytes nor a function", () => {
  assertThrows(
    () => parseElf("\x7fELF" as never),
    TypeError,
    "Cannot parse an ELF file: expected a Uint8Array or a function, received string",
  );
});
