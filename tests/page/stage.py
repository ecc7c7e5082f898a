"""Puts the demo's broker and daemon up, has the fleet come, and says where the page is; stays until it is ended.

    stage.py SOURCE BUILD FOLDER
"""

import pathlib
import signal
import subprocess
import sys

source, build, folder = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
sys.path.insert(0, str(source / "deploy/demo"))
import demo  # noqa: E402  its place is known only now

signal.signal(signal.SIGTERM, lambda got, frame: sys.exit(0))
stage = demo.Demo(source, build, folder, None)
subprocess.run([source / "deploy/demo/certificates.sh", stage.certificates], check=True)
with stage.broker(), stage.daemon():
    stage.play()
    print(f"http://{stage.page}/", flush=True)
    signal.pause()
