import { closeFile, O_WRONLY, openFile, readFile } from "@procctl/libc";
import { parseElf } from "@procctl/shebang";
import { argvDumper, type TemporaryFolder } from "@procctl/testing";

/** A file that cannot be executed. */
export interface Situation {
  /** What is wrong with it. */
  name: string;
  /** Makes it, and returns its path. */
  make(folder: TemporaryFolder): string;
  /** The name of the error number. */
  code: string;
  /** What must be said of it: what is at fault, where, or what to do. */
  says: readonly string[];
}

/** The bytes of a program of this machine that has a loader, with another one. */
function withLoader(loader: string): Uint8Array {
  const program = readFile("/bin/sh");
  const elf = parseElf(program);
  if (elf.kind !== "elf" || elf.loader === undefined) {
    throw new Error("Cannot make a program: /bin/sh has no loader");
  }
  const at = indexOf(program, elf.loader);
  program.fill(0, at, at + elf.loader.length);
  program.set(new TextEncoder().encode(loader), at);
  return program;
}

function indexOf(bytes: Uint8Array, part: Uint8Array): number {
  for (let at = 0;; at++) {
    if (part.every((byte, index) => bytes[at + index] === byte)) return at;
  }
}

/** A program of another machine: the same, with another number of it. */
function foreignProgram(): Uint8Array {
  const program = argvDumper();
  new DataView(program.buffer).setUint16(18, 243, true); // e_machine: RISC-V
  return program;
}

/** A script with this first line. */
function script(line: string): Situation["make"] {
  return (folder) => folder.write("script", `${line}\nexit\n`, 0o755);
}

/** What is wrong, for each thing that execve(2) can find wrong with a file. */
export const SITUATIONS: readonly Situation[] = [
  {
    name: "a file that is missing",
    make: (folder) => folder.join("missing"),
    code: "ENOENT",
    says: ["it does not exist", "To do: Check how the path is written."],
  },
  {
    name: "a folder on the path that is missing",
    make: (folder) => folder.join("missing/below/file"),
    code: "ENOENT",
    says: ['/missing" does not exist'],
  },
  {
    name: "a symbolic link to nothing",
    make: (folder) => folder.symlink("nowhere", "link"),
    code: "ENOENT",
    says: ['it is a symbolic link to "nowhere", which does not exist'],
  },
  {
    name: "symbolic links without end",
    make(folder) {
      folder.symlink("b", "a");
      return folder.symlink("a", "b");
    },
    code: "ELOOP",
    says: ["these lead to no end", "/b lead to a file."],
  },
  {
    name: "a file that may not be executed",
    make: (folder) => folder.write("plain", "#!/bin/sh\n", 0o644),
    code: "EACCES",
    says: ["it has no execute permission", "mode 0644", "To do: chmod +x "],
  },
  {
    name: "a folder",
    make: (folder) => folder.mkdir("folder"),
    code: "EACCES",
    says: ["it is a directory"],
  },
  {
    name: "a FIFO",
    make: (folder) => folder.mkfifo("pipe", 0o777),
    code: "EACCES",
    says: ["it is a FIFO"],
  },
  {
    name: "a device",
    make: () => "/dev/null",
    code: "EACCES",
    says: ["it is a character device"],
  },
  {
    name: "a path that goes on behind a file",
    make: (folder) => `${folder.write("file", "", 0o755)}/x`,
    code: "ENOTDIR",
    says: ['/file" is not a directory'],
  },
  {
    name: "a slash behind a file",
    make: (folder) => `${folder.write("file", "", 0o755)}/`,
    code: "ENOTDIR",
    says: ['/file" is not a directory'],
  },
  {
    name: "a name that is too long",
    make: (folder) => folder.join("x".repeat(256)),
    code: "ENAMETOOLONG",
    says: ["ends in a name of 256 bytes"],
  },
  {
    name: "a path that is too long",
    make: (folder) => folder.path.padEnd(4096, "/."),
    code: "ENAMETOOLONG",
    says: ["has 4096 bytes, more than 4095", "Use a shorter path"],
  },
  {
    name: "an empty file",
    make: (folder) => folder.write("empty", "", 0o755),
    code: "ENOEXEC",
    says: ["the file is empty"],
  },
  {
    name: "a script without a first line",
    make: (folder) => folder.write("text", "echo hello\n", 0o755),
    code: "ENOEXEC",
    says: ["neither with #! nor as an ELF file", "let it begin with #!"],
  },
  {
    name: "a script with a byte order mark",
    make: (folder) => folder.write("bom", "\ufeff#!/bin/sh\n", 0o755),
    code: "ENOEXEC",
    says: ["neither with #! nor as an ELF file"],
  },
  {
    name: "a first line without an interpreter",
    make: script("#!  "),
    code: "ENOEXEC",
    says: ["the line names no interpreter"],
  },
  {
    name: "a first line that is too long",
    make: script(`#!/${"x".repeat(300)}`),
    code: "ENOEXEC",
    says: ["It does not run: "],
  },
  {
    name: "an interpreter that is missing",
    make: script("#!/opt/no-such-folder/interpreter -x"),
    code: "ENOENT",
    says: [
      "│ #!/opt/no-such-folder/interpreter -x\n",
      "│   ^ line 1, column 3\n",
      "└─ /opt/no-such-folder/interpreter  ✗\n",
      '"/opt/no-such-folder" does not exist',
      "Install it, or name another interpreter in ",
    ],
  },
  {
    name: "an interpreter that is somewhere else",
    make: script("#! /no-such-folder/sh"),
    code: "ENOENT",
    says: ["│    ^ line 1, column 4\n", "/sh in ", "line 1, column 4."],
  },
  {
    name: "a Windows line ending",
    make: script("#!/bin/sh\r"),
    code: "ENOENT",
    says: [
      "│ #!/bin/sh\\r\n",
      "└─ $'/bin/sh\\r'  ✗\n",
      "Windows line ending",
      "sed -i 's/\\r$//' ",
    ],
  },
  {
    name: "quotes around the interpreter",
    make: script('#!"/bin/sh"'),
    code: "ENOENT",
    says: ["└─ '\"/bin/sh\"'  ✗\n"],
  },
  {
    name: "a relative interpreter that is not in the current directory",
    make: script("#!no-such-interpreter"),
    code: "ENOENT",
    says: ["! The interpreter is not an absolute path"],
  },
  {
    name: "an interpreter that may not be executed",
    make(folder) {
      const interpreter = folder.write("interpreter", "", 0o600);
      return folder.write("script", `#!${interpreter}\n`, 0o755);
    },
    code: "EACCES",
    says: ["has no execute permission", "mode 0600", "/interpreter."],
  },
  {
    name: "an interpreter that is a folder",
    make: script("#!/usr"),
    code: "EACCES",
    says: ['the interpreter "/usr" of ', "is a directory"],
  },
  {
    name: "an interpreter whose own interpreter is missing",
    make(folder) {
      const inner = folder.write("inner", "#!/no-such-folder/x\n", 0o755);
      return folder.write("script", `#!${inner} -e\n`, 0o755);
    },
    code: "ENOENT",
    says: [
      "\n└─ ",
      "/inner -e ",
      "\n   │ #!/no-such-folder/x\n",
      "\n   └─ /no-such-folder/x  ✗\n",
    ],
  },
  {
    name: "six scripts in a row",
    make(folder) {
      let before = "/bin/sh";
      for (let level = 0; level < 6; level++) {
        before = folder.write(`level-${level}`, `#!${before}\n`, 0o755);
      }
      return before;
    },
    code: "ELOOP",
    says: ["To do: Name a program, no script, as the interpreter of "],
  },
  {
    name: "a program that was cut",
    make: (folder) => folder.write("cut", argvDumper().subarray(0, 40), 0o755),
    code: "ENOEXEC",
    says: ["It does not run: "],
  },
  {
    name: "a program for another machine",
    make: (folder) => folder.write("foreign", foreignProgram(), 0o755),
    code: "ENOEXEC",
    says: ["riscv"],
  },
  {
    name: "a program whose loader is missing",
    make: (folder) => folder.write("alien", withLoader("/lib/none"), 0o755),
    code: "ENOENT",
    says: [
      "└─ /lib/none  ✗\n",
      'the loader "/lib/none" of ',
      "Install the C library",
    ],
  },
  {
    name: "a program whose loader is no program",
    make: (folder) => folder.write("odd", withLoader("/proc/version"), 0o755),
    code: "EACCES",
    says: ['the loader "/proc/version" of '],
  },
];

/** A file that is open for writing; it is closed when the test ends. */
export class BusyFile implements Disposable {
  readonly path: string;
  readonly #fd: number;

  constructor(folder: TemporaryFolder) {
    this.path = folder.write("busy", "#!/bin/sh\n", 0o755);
    this.#fd = openFile(this.path, O_WRONLY);
  }

  [Symbol.dispose](): void {
    closeFile(this.#fd);
  }
}
