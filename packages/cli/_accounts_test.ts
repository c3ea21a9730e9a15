import { assertEquals } from "@std/assert";
import {
  inMounts,
  mounts,
  root,
  run,
  TemporaryFolder,
  testWith,
} from "@procctl/testing";
import { PROCCTL } from "./_testing.ts";

testWith(
  "procctl trace -u gives the command all groups of the user",
  [root, mounts],
  () => {
    using folder = new TemporaryFolder();
    const groups = [
      "nogroup:x:65534:",
      "first:x:7001:root,nobody",
      "others:x:7002:root",
      "second:x:7003:nobody",
    ];
    const file = folder.write("group", `${groups.join("\n")}\n`, 0o644);
    const argv = [...PROCCTL, "trace", "-o", "/dev/null", "-u", "nobody"];
    const { stdout, stderr } = run(
      inMounts(`mount --bind ${file} /etc/group`, [...argv, "id", "-G"]),
    );
    assertEquals(stdout, "65534 7001 7003\n", stderr);
  },
);
