/**
 * The first program of a guest, which runs the tests and switches it off.
 *
 * @module
 */

/** Where the guest's kernel modules lie. */
export const MODULES_FOLDER = "/lib/modules";

/** Where the tree is that is tested. */
export const TREE_FOLDER = "/procctl";

/** What the guest is to do: a shell script, added for each run. */
export const SCRIPT = "/run-tests.sh";

/** Begins the line that the guest ends with; the script's status follows. */
export const END_MARK = "GUEST-STATUS=";

/** Prepares the guest as a system that was started is, and runs the script. */
export const INIT = `#!/usr/bin/busybox sh
export PATH=/usr/bin:/usr/sbin HOME=/root DENO_DIR=/tmp/deno
export DENO_NO_UPDATE_CHECK=1 NO_COLOR=1 LC_ALL=C.UTF-8
# What tests allow for: emulation takes ten times as long.
export PROCCTL_SLOWNESS=10 PROCCTL_STRESS=200
# Ordinary folders, as the kernel's first file system does not do all they do.
busybox mount -t tmpfs -o mode=1777,size=75% tmp /tmp
busybox mount -t proc proc /proc
busybox mount -t sysfs sys /sys
busybox mount -t cgroup2 cgroups /sys/fs/cgroup
echo +memory +pids >/sys/fs/cgroup/cgroup.subtree_control
busybox mount -t devtmpfs dev /dev
busybox mkdir -p /dev/pts /dev/shm
busybox mount -t devpts -o gid=5,mode=620,ptmxmode=666 pts /dev/pts
busybox mount -t tmpfs -o mode=1777 shm /dev/shm
for name in fd:/proc/self/fd stdin:fd/0 stdout:fd/1 stderr:fd/2; do
  busybox ln -sf "\${name#*:}" "/dev/\${name%%:*}"
done
for module in ${MODULES_FOLDER}/*.ko; do busybox insmod "$module"; done
busybox mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
busybox ip link set lo up
busybox hostname guest
busybox dmesg -n 1
cd ${TREE_FOLDER}
# A session of its own, as for a service: the first program has no terminal.
(/usr/bin/setsid /usr/bin/sh ${SCRIPT} </dev/null 2>&1; echo $? >/tmp/status) |
  busybox cat
echo "${END_MARK}$(busybox cat /tmp/status)"
busybox poweroff -f
`;
