import type { Subcommand } from "./_subcommand.ts";

/** `procctl trace`: what strace(1) does, and JSON, files, and scripts. */
export const trace: Subcommand = {
  name: "trace",
  summary: "Show the system calls and signals of a program, and change them",
  usage: [
    "[OPTION...] [--] COMMAND [ARGUMENT...]",
    "[OPTION...] --attach PID[,PID...]",
  ],
  description: [
    "Writes each system call of a program as a line, with its arguments and its " +
    "result, and each signal. Options, letters and text are those of strace(1).",
    "SET is names of system calls and classes, with commas between: openat,%file. " +
    "!openat is all but that one, /^open is a regular expression, ?new is left " +
    "out if there is no such call, all and none are what they say. Classes are " +
    "%file, %process, %network, %signal, %ipc, %desc, %memory, %clock, %creds, " +
    "%pure, %stat, %lstat, %fstat, %statfs and %fstatfs.",
    "INJECTION is SET:ACTION..., with one or more of error=ERRNO, retval=VALUE, " +
    "signal=SIGNAL, syscall=CALL, delay_enter=MICROSECONDS, " +
    "delay_exit=MICROSECONDS, and when=FIRST[..LAST][+STEP], which counts the " +
    "calls of a task. It may be given more than once, also for the same calls.",
    "Where not all calls are shown and the tool starts the program and follows it " +
    "with -f, the others run at full speed, by a filter of seccomp(2). The program " +
    "cannot gain privileges then, and ends with the tool.",
    "There are two engines. ptrace stops the program twice a call. observe takes " +
    "what the kernel writes of it, by perf events, and stops nothing; it reads no " +
    "memory and changes nothing, and takes root, CAP_PERFMON, or a " +
    "kernel.perf_event_paranoid of -1. With -c, --timeline and --html it is used " +
    "where it can be, unless --engine says otherwise.",
  ],
  options: [
    {
      name: "follow-forks",
      short: "f",
      multiple: true,
      description: "Trace the processes and threads that it makes too; -ff " +
        "writes those of each to a file of its own, FILE.PID",
    },
    {
      name: "output",
      short: "o",
      value: "FILE",
      description: "Write to this file, not to standard error",
      completes: "file",
    },
    {
      name: "attach",
      short: "p",
      value: "PID[,PID...]",
      multiple: true,
      description: "Trace a process that runs, with its threads if -f is given",
      completes: "process",
    },
    {
      name: "expr",
      short: "e",
      value: "EXPRESSION",
      multiple: true,
      description:
        "One of trace=SET, signal=SIGNALS, inject=INJECTION; or a SET",
    },
    {
      name: "trace",
      value: "SET",
      multiple: true,
      description: "Show these system calls only",
    },
    {
      name: "signal",
      value: "SIGNALS",
      multiple: true,
      description: "Show these signals only, such as INT,TERM or !CHLD",
    },
    {
      name: "inject",
      value: "INJECTION",
      multiple: true,
      description: "Let these system calls fail, or change them otherwise",
    },
    {
      name: "script",
      value: "FILE.ts",
      description:
        "Give calls to the handlers of this module, which can change them " +
        "(type TraceScript). Needs --allow-read for it and what it imports",
      completes: "file",
    },
    {
      name: "summary-only",
      short: "c",
      description: "Count calls, errors and time, and show only that",
    },
    {
      name: "summary",
      short: "C",
      description: "Count calls, errors and time too",
    },
    {
      name: "files",
      description: "Show the files that are read, written, executed, or " +
        "looked for in vain, of all its processes (with --json: FilesReport)",
    },
    {
      name: "json",
      description: "Write a line of JSON for each event (type TraceRecord)",
    },
    {
      name: "syscall-times",
      short: "T",
      description: "Show how long calls take, in seconds",
    },
    {
      name: "relative-timestamps",
      short: "r",
      description: "Show the seconds since the line before",
    },
    {
      name: "absolute-timestamps",
      short: "t",
      multiple: true,
      description: "Show the time; -tt with microseconds, -ttt since 1970",
    },
    {
      name: "decode-fds",
      short: "y",
      description: "Show what descriptors stand for",
    },
    {
      name: "string-limit",
      short: "s",
      value: "COUNT",
      description: "Show so many bytes of strings that are no paths (32)",
    },
    {
      name: "no-abbrev",
      short: "v",
      description: "Show all members of structures, and the environment",
    },
    {
      name: "strings-in-hex",
      short: "x",
      multiple: true,
      description: "Show strings that are not ASCII in hexadecimal; -xx all",
    },
    {
      name: "syscall-number",
      short: "n",
      description: "Show the numbers of calls",
    },
    {
      name: "arg-names",
      short: "N",
      description: "Show the names of arguments",
    },
    {
      name: "columns",
      short: "a",
      value: "COLUMN",
      description: "Show results in this column (40)",
    },
    {
      name: "quiet",
      short: "q",
      multiple: true,
      description: "Do not tell of attaching; -qq nor of how processes end",
    },
    {
      name: "user",
      short: "u",
      value: "USER",
      description: "Start COMMAND as this user, with the user's groups",
    },
    {
      name: "env",
      short: "E",
      value: "KEY[=VALUE]",
      multiple: true,
      description: "Set a variable of COMMAND, or remove it",
    },
    {
      name: "observe",
      description: "Show calls by the engine observe: addresses for strings",
    },
    {
      name: "timeline",
      value: "FILE",
      description: "Write a timeline of all its processes, for Perfetto and " +
        "chrome://tracing, and no text",
      completes: "file",
    },
    {
      name: "html",
      value: "FILE",
      description: "Write a page that draws such a timeline, and no text",
      completes: "file",
    },
    {
      name: "engine",
      value: "ENGINE",
      description: "Insist on observe or ptrace, or say why it cannot be",
      completes: ["observe", "ptrace"],
    },
    {
      name: "seccomp-bpf",
      description:
        "Insist on the filter of seccomp(2), or say why there is none",
    },
    {
      name: "same-cpu",
      description:
        "Keep COMMAND on the processor of the tool: much faster where one " +
        "process runs, slower where many do",
    },
  ],
  operands: "command",
  examples: [
    {
      description: "See which files a command looks for",
      command: "procctl trace -f -e %file make",
    },
    {
      description: "See a call",
      command: "procctl trace -e uname -q uname",
    },
    {
      description: "Let a file be missing",
      command:
        "procctl trace -e inject=openat:error=ENOENT:when=3 -o log -- cat /etc/hostname",
    },
    {
      description: "Ask the log, with jq(1)",
      command:
        `procctl trace -f --json -o log make && jq 'select(.errno=="EACCES")' log`,
    },
    {
      description: "See where the time goes, on a page for a browser",
      command: "procctl trace --html make.html make",
    },
    {
      description: "See what a process is waiting for",
      command: "procctl trace -f -p 4711",
    },
  ],
  exitStatus: [
    ["0", "The process was traced to its end, or let go"],
    ["1", "The process cannot be traced"],
    ["2", "The command line is wrong"],
    ["126", "COMMAND cannot be executed"],
    ["127", "There is no COMMAND"],
    ["128+N", "The signal N ended COMMAND"],
    ["other", "That of COMMAND"],
  ],
  async run(args) {
    // The help and completions of all subcommands go without it.
    const { runTrace } = await import("./_run_trace.ts");
    return await runTrace(args);
  },
};
