import { assertEquals } from "@std/assert";
import { bytes, pathOf } from "./_testing.ts";
import type { Diagnostic, DiagnosticKind } from "./diagnostic.ts";
import { parseShebang } from "./parse_shebang.ts";

function diagnostics(head: string): Diagnostic[] {
  const line = parseShebang(bytes(head));
  return line.kind === "script" ? line.diagnostics : [];
}

function kinds(head: string): DiagnosticKind[] {
  return diagnostics(head).map(({ kind }) => kind);
}

Deno.test("parseShebang() says nothing about a usual line", () => {
  for (
    const head of [
      "#!/bin/sh",
      "#!/bin/sh\n",
      "#! /bin/sh -e \n",
      "#!/usr/bin/env node\n",
      "#!/usr/bin/env my-program\n",
      "#!/usr/bin/awk -f\n",
    ]
  ) {
    assertEquals(diagnostics(head), []);
  }
});

Deno.test("parseShebang() reports an empty interpreter", () => {
  const expected: Diagnostic = {
    kind: "empty-interpreter",
    message:
      "The interpreter is empty: the kernel opens the current directory in its place, and execve fails with EACCES",
  };
  assertEquals(diagnostics("#!"), [expected]);
  assertEquals(diagnostics("#! "), [expected]);
});

Deno.test("parseShebang() reports an interpreter that is not an absolute path", () => {
  const expected: Diagnostic = {
    kind: "relative-interpreter",
    message:
      "The interpreter is not an absolute path: the kernel looks for it from the current directory, not from the folder of the script and not in PATH",
  };
  for (const name of ["sh", "./sh", "~/sh", '"/bin/sh"', "$SHELL"]) {
    assertEquals(diagnostics(`#!${name}\n`), [expected]);
  }
});

Deno.test("parseShebang() reports a carriage return at the end of the interpreter", () => {
  const expected: Diagnostic = {
    kind: "carriage-return",
    message:
      "The interpreter ends in a carriage return, which is part of its name: the line has a Windows line ending",
  };
  assertEquals(diagnostics("#!/i\r\n"), [expected]);
  assertEquals(diagnostics("#!/i\r"), [expected]);
});

Deno.test("parseShebang() reports a carriage return at the end of the argument", () => {
  const expected: Diagnostic = {
    kind: "carriage-return",
    message:
      "The argument ends in a carriage return, which is part of it: the line has a Windows line ending",
  };
  assertEquals(diagnostics("#!/i -a\r\n"), [expected]);
  assertEquals(diagnostics("#!/i \r\n"), [expected]);
});

Deno.test("parseShebang() does not report a carriage return inside the argument", () => {
  assertEquals(diagnostics("#!/i a\rb\n"), []);
});

Deno.test("parseShebang() reports the empty argument of a file that ends in a blank", () => {
  assertEquals(diagnostics("#!/i "), [{
    kind: "empty-argument",
    message:
      "The kernel passes one empty argument: the file ends in a blank, without a newline",
  }]);
});

Deno.test("parseShebang() reports the empty argument of a blank before a NUL", () => {
  assertEquals(diagnostics("#!/i \0a\n"), [
    {
      kind: "empty-argument",
      message:
        "The kernel passes one empty argument: a NUL byte follows the blank after the interpreter",
    },
    {
      kind: "nul-byte",
      message: "A NUL byte ends the argument: the rest of the line is not used",
    },
  ]);
});

Deno.test("parseShebang() reports a NUL that ends the interpreter", () => {
  assertEquals(diagnostics("#!/i\0 a\n"), [{
    kind: "nul-byte",
    message:
      "A NUL byte ends the interpreter: the rest of the line is not used",
  }]);
  assertEquals(kinds("#!\0/i\n"), ["empty-interpreter", "nul-byte"]);
});

Deno.test("parseShebang() reports no cut behind a NUL", () => {
  assertEquals(kinds("#!/i\0".padEnd(256, "a")), ["nul-byte"]);
  assertEquals(kinds("#!/i a\0".padEnd(256, "a")), ["nul-byte"]);
});

Deno.test("parseShebang() does not report a NUL on a later line or after the file's end", () => {
  assertEquals(diagnostics("#!/i a\n\0"), []);
  assertEquals(diagnostics("#!/i a"), []);
});

Deno.test("parseShebang() reports an argument that the end of the buffer cuts", () => {
  assertEquals(diagnostics("#!/i ".padEnd(256, "a")), [
    {
      kind: "argument-cut",
      message:
        "The line is longer than the 255 bytes that the kernel passes on: the argument may be cut",
    },
    {
      kind: "long-line",
      message:
        "The line uses more than 127 bytes: kernels before 5.1 read no further",
    },
  ]);
  assertEquals(kinds("#!/i a".padEnd(255) + "b"), ["argument-cut"]);
});

Deno.test("parseShebang() reports an argument that begins after the buffer", () => {
  assertEquals(diagnostics("#!/i".padEnd(255) + "a"), [{
    kind: "argument-lost",
    message:
      "The line is longer than the 255 bytes that the kernel passes on: an argument that begins after them is lost",
  }]);
  assertEquals(kinds("#!" + pathOf(252) + " f\n"), [
    "argument-lost",
    "long-line",
  ]);
});

Deno.test("parseShebang() reports no cut of a line of at most 255 bytes", () => {
  assertEquals(kinds("#!/i ".padEnd(255, "a") + "\n"), ["long-line"]);
  assertEquals(kinds("#!/i ".padEnd(255, "a")), ["long-line"]);
  assertEquals(kinds("#!" + pathOf(253)), ["long-line"]);
});

Deno.test("parseShebang() reports a line that uses more than 127 bytes", () => {
  assertEquals(kinds("#!" + pathOf(125) + "\n"), []);
  assertEquals(kinds("#!" + pathOf(126) + "\n"), ["long-line"]);
  assertEquals(kinds("#!/i ".padEnd(127, "a") + "\n"), []);
  assertEquals(kinds("#!/i ".padEnd(128, "a") + "\n"), ["long-line"]);
});

Deno.test("parseShebang() does not count trailing blanks as part of a long line", () => {
  assertEquals(kinds("#!/i a".padEnd(200) + "\n"), []);
});

Deno.test("parseShebang() reports in the order of the line", () => {
  assertEquals(kinds("#!i\r -a\r\n"), [
    "relative-interpreter",
    "carriage-return",
    "carriage-return",
  ]);
});

Deno.test("parseShebang() reports what looks like the rest of a path with a blank", () => {
  const expected: Diagnostic = {
    kind: "blank-in-path",
    message:
      "The interpreter ends at the first blank, and what follows looks like the rest of its path: a path with a blank cannot be written, neither with quotes nor with a backslash",
  };
  for (
    const head of ["#!/my app/bin/sh\n", "#!/my\\ app\n", "#!/my app/sh\n"]
  ) assertEquals(diagnostics(head), [expected]);
  assertEquals(kinds('#!"/my app/sh"\n'), [
    "relative-interpreter",
    "blank-in-path",
  ]);
});

Deno.test("parseShebang() takes no option or path of its own for the rest of a path", () => {
  for (const argument of ["-I/lib", "/lib/x", "./x", "x", "x y/z"]) {
    assertEquals(kinds(`#!/i ${argument}\n`).includes("blank-in-path"), false);
  }
  assertEquals(kinds("#!/usr/bin/env bin/sh\n"), []);
});

Deno.test("parseShebang() reports an argument of several words", () => {
  assertEquals(diagnostics("#!/bin/sh -e -u\n"), [{
    kind: "several-words",
    message:
      "The argument has blanks in it: Linux passes it as one, other systems divide it or pass its first word alone",
  }]);
});

Deno.test("parseShebang() reports several words after env that -S does not divide", () => {
  assertEquals(diagnostics("#!/usr/bin/env node --test\n"), [{
    kind: "env-without-split",
    message:
      "env looks for a program with blanks in its name, as it gets one argument: more words need env -S",
  }]);
});

Deno.test("parseShebang() reports that not each env has -S", () => {
  const expected: Diagnostic = {
    kind: "env-split",
    message:
      "Not each env has the option -S: those of BusyBox, NetBSD and OpenBSD do not, that of GNU coreutils does since 8.30",
  };
  for (const option of ["-S", "-vS", "-iS ", "--split-string="]) {
    const head = `#!/usr/bin/env ${option}node --test\n`;
    assertEquals(diagnostics(head), [expected], head);
  }
});

Deno.test("parseShebang() reports a line that env cannot read", () => {
  const expected: [argument: string, message: string][] = [
    [
      "-i node",
      "env fails with status 125: It takes a blank for an option: options in a #! line need -S",
    ],
    ["-x", "env fails with status 125: It has no option -x"],
    [
      "-S $HOME",
      'env fails with status 125: It cannot split " $HOME": "$" is not followed by the name of a variable in braces',
    ],
  ];
  for (const [argument, message] of expected) {
    assertEquals(diagnostics(`#!/usr/bin/env ${argument}\n`)[0], {
      kind: "env-error",
      message,
    });
  }
});

Deno.test("parseShebang() reports a line that makes env execute the script itself", () => {
  const message =
    "The line gives env no program, so env executes its next argument, which is the script: it executes itself without end";
  for (
    const line of ["", " -", " -i", " -S", " -S A=1", " A=1 node", " -vS#"]
  ) {
    const head = `#!/usr/bin/env${line}\n`;
    assertEquals(diagnostics(head)[0], { kind: "self-executing", message });
  }
});

Deno.test("parseShebang() does not claim to know what a variable holds", () => {
  assertEquals(kinds("#!/usr/bin/env -S ${NODE}\n"), ["env-split"]);
  assertEquals(kinds("#!/usr/bin/env -S ${NODE} $\n"), [
    "env-error",
    "env-split",
  ]);
});

Deno.test("parseShebang() reports a wrapper that is left without a program", () => {
  for (const name of ["nice", "nohup", "setsid"]) {
    assertEquals(diagnostics(`#!/usr/bin/${name}\n`), [{
      kind: "self-executing",
      message:
        `${name} executes its first argument, which is the script: it executes itself without end`,
    }]);
    assertEquals(diagnostics(`#!/usr/bin/${name} sh\n`), []);
  }
});
