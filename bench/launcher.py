"""Runs the command of its arguments and prints what it took as JSON: a script, run by `bench.children`.

Linux counts the memory of whoever starts a process into its peak, so commands start from here, where there is little.
"""

import json
import os
import sys
import time

started = time.perf_counter()
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, 2, 1)])
_, status, used = os.wait4(child, 0)
seconds = time.perf_counter() - started
print(json.dumps({"seconds": seconds, "cpu_seconds": used.ru_utime + used.ru_stime, "peak_mb": used.ru_maxrss / 1024}))
sys.exit(os.waitstatus_to_exitcode(status))
