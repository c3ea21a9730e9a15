import type { Profile } from "./profile.ts";

/** Where the profiles differ. */
export interface Rules {
  /** How many bytes of the file are read; the last one is never passed on. */
  bufferSize: number;
  /** Whether a path that may go on after them is refused. */
  refusesCutPath: boolean;
  /** Whether an interpreter or an argument may be the empty string. */
  allowsEmpty: boolean;
  /** What the text after the interpreter becomes. */
  arguments: "one" | "first-word" | "words";
}

const LINUX_5_8: Rules = {
  bufferSize: 256,
  refusesCutPath: true,
  allowsEmpty: true,
  arguments: "one",
};

const RULES: Readonly<Record<Profile, Rules>> = {
  "linux-5.8": LINUX_5_8,
  "linux-5.1": { ...LINUX_5_8, allowsEmpty: false },
  "linux-2.6.28": {
    bufferSize: 128,
    refusesCutPath: false,
    allowsEmpty: false,
    arguments: "one",
  },
  "first-word": { ...LINUX_5_8, arguments: "first-word" },
  "split-words": { ...LINUX_5_8, arguments: "words" },
};

export const DEFAULT_PROFILE: Profile = "linux-5.8";

/** The rules of a profile that a caller named. */
export function rulesOf(profile: Profile, action: string): Rules {
  if (Object.hasOwn(RULES, profile)) return RULES[profile];
  const known = Object.keys(RULES).map((name) => `"${name}"`).join(", ");
  throw new TypeError(
    `Cannot ${action}: unknown profile "${profile}", expected one of ${known}`,
  );
}
