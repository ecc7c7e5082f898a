"""What the deploy tests share: an installed system in a folder of its own, and programs that must exist."""

import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from typing import Callable, Iterator, List

PATIENCE = 60  # seconds
# Folders of the installed system that the deploy files name.
ABSOLUTE = ("/etc/", "/run/", "/usr/", "/var/")


def tool(name: str) -> str:
    """Returns a program's path; a test without its program fails, it is not skipped."""
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if path is None:
        raise AssertionError(f"{name} is not installed: run deploy/install-packages.sh build demo test")
    return path


def run(*argv, **options) -> subprocess.CompletedProcess:
    """Runs a program to its end; stdout and stderr together are its .stdout."""
    return subprocess.run([str(word) for word in argv], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=PATIENCE, **options)


def as_root(*argv) -> List[str]:
    return [*argv] if os.geteuid() == 0 else [tool("sudo"), "-n", *argv]


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(what() if callable(what) else what)
        time.sleep(0.02)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return one.getsockname()[1]


def processes_naming(text: str) -> List[str]:
    """Returns the command lines of all live processes that name a path, but for our own."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                if text in line:
                    found.append(line)
    return found


@contextlib.contextmanager
def running(*argv, log: pathlib.Path) -> Iterator[subprocess.Popen]:
    with open(log, "wb") as output:
        child = subprocess.Popen([tool("setpriv"), "--pdeathsig", "KILL", *(str(word) for word in argv)],
                                 stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        yield child
    finally:
        # Asked again: Mosquitto loses a signal that comes between its words "running" and its first turn.
        for _ in range(PATIENCE):
            child.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(1)
                break
        else:
            child.kill()
            child.wait()


class Stage:
    """`cmake --install` into a folder, as on a system, with what a running system would have made beside it."""

    def __init__(self, build: pathlib.Path):
        self.build = build
        self._folder = tempfile.TemporaryDirectory(prefix="tlswatch-stage.")
        self.root = pathlib.Path(self._folder.name)
        self.install()
        for folder in ("run/tlswatch", "run/tlswatchd", "var/lib/tlswatch", "var/log/tlswatch"):
            (self.root / folder).mkdir(parents=True)

    def close(self) -> None:
        self._folder.cleanup()

    def install(self) -> None:
        done = run("cmake", "--install", self.build, "--prefix", "/usr", env={**os.environ, "DESTDIR": str(self.root)})
        if done.returncode != 0:
            raise AssertionError(f"cmake --install failed: {done.stdout}")

    def path(self, installed: str) -> pathlib.Path:
        return self.root / installed.lstrip("/")

    def relocated(self, installed: str) -> pathlib.Path:
        """Returns a copy of an installed file in which every path of the system is one of the stage."""
        text = self.path(installed).read_text()
        for folder in ABSOLUTE:
            text = text.replace(f" {folder}", f" {self.root}{folder}").replace(f'"{folder}', f'"{self.root}{folder}')
        copy = self.root / ("relocated-" + pathlib.Path(installed).name)
        copy.write_text(text)
        return copy
