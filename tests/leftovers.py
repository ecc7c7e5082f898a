"""Ends what a test run left running: every process whose environment has NAME=VALUE, but for ours and PID's.

    leftovers.py NAME=VALUE PID

Prints a line for each. Exit 0 there was none, 1 there was.
"""

import os
import pathlib
import signal
import sys

mark, caller = sys.argv[1].encode(), int(sys.argv[2])
found = False
for entry in pathlib.Path("/proc").iterdir():
    if not entry.name.isdigit() or int(entry.name) in (os.getpid(), caller):
        continue
    try:
        if mark in (entry / "environ").read_bytes().split(b"\0"):
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            os.kill(int(entry.name), signal.SIGKILL)
            print(f"left running, ended now: {entry.name} {command}", file=sys.stderr)
            found = True
    except OSError:
        pass  # gone meanwhile, or another user's
sys.exit(1 if found else 0)
