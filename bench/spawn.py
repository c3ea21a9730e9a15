"""Starts a program again and again, and prints how long each took to its end:
the median, in milliseconds. The heap is as large as the second argument says,
in MiB, and in use."""

import subprocess
import sys
import time

WARMUPS = 500
COUNT = 500

path, size = sys.argv[1], int(sys.argv[2])
heap = bytearray(b"\x01") * (size << 20)
times = []
for i in range(-WARMUPS, COUNT):
    begin = time.perf_counter()
    subprocess.Popen([path]).wait()
    if i >= 0:
        times.append((time.perf_counter() - begin) * 1e3)
times.sort()
print(times[COUNT // 2])
