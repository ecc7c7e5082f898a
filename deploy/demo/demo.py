"""Plays the demo: broker, daemon, fleet; then shows the triage, which is read from the event log alone.

Started by deploy/demo.sh. Exit 0 when the log holds all that fleet.py wants seen, 1 not.
"""

import argparse
import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
from typing import Dict, Iterator, List, Optional

import fleet
import triage

PATIENCE = 30  # seconds for anything to become ready or to be seen


def fail(what: str) -> None:
    sys.exit(f"demo.sh: {what}")


def wait(condition, what: str, child: subprocess.Popen, log: pathlib.Path) -> None:
    """Waits until condition() holds; ends the demo with the child's log when it does not, or when the child ends."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if child.poll() is not None or time.monotonic() > deadline:
            fail(f"{what}; {log} says:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.02)


@contextlib.contextmanager
def running(argv: List[str], log: pathlib.Path, **environment: str) -> Iterator[subprocess.Popen]:
    """Runs a server for the length of a block; it dies with us, however we end."""
    with open(log, "wb") as output:
        child = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *argv], stdin=subprocess.DEVNULL, stdout=output,
                                 stderr=output, env={**os.environ, **environment})
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def free_ports(count: int) -> List[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def program(name: str) -> str:
    for folder in os.environ.get("PATH", "").split(":") + ["/usr/sbin", "/usr/local/sbin"]:
        if os.access(f"{folder}/{name}", os.X_OK):
            return f"{folder}/{name}"
    return fail(f"{name} is not installed") or ""


class Demo:
    def __init__(self, source: pathlib.Path, build: pathlib.Path, folder: pathlib.Path, broker: Optional[str]):
        self.source, self.build, self.folder = source, build, folder
        self.mosquitto = broker or program("mosquitto")
        self.events = folder / "events.json"
        self.certificates = folder / "certificates"
        self.ports: Dict[str, int] = {}
        self.page = f"127.0.0.1:{free_ports(1)[0]}"
        for name in ("ring", "state", "devices"):
            (folder / name).mkdir(exist_ok=True)
        for old in (self.events, folder / "state.db"):
            old.unlink(missing_ok=True)

    def broker_configuration(self) -> str:
        lines = ["per_listener_settings false", "allow_anonymous true", "log_dest stderr",
                 f"user {subprocess.check_output(['id', '-un'], text=True).strip()}",
                 f"plugin {self.build}/lib/mosquitto_tlswatch.so",
                 f"plugin_opt_ring {self.folder}/ring/demo.ring",
                 f"plugin_opt_cursor {self.folder}/state/demo.ring.cursor"]
        for name, options in fleet.LISTENERS.items():
            lines += [f"listener {self.ports[name]} 127.0.0.1", *(line.format(c=self.certificates) for line in options)]
        return "\n".join(lines) + "\n"

    @contextlib.contextmanager
    def broker(self) -> Iterator[subprocess.Popen]:
        log = self.folder / "mosquitto.log"
        self.ports = dict(zip(fleet.LISTENERS, free_ports(len(fleet.LISTENERS))))
        configuration = self.folder / "mosquitto.conf"
        configuration.write_text(self.broker_configuration())
        with running([self.mosquitto, "-c", str(configuration)], log) as child:
            wait(lambda: b" running\n" in log.read_bytes(), "the broker does not start", child, log)
            yield child

    def daemon_configuration(self) -> str:
        return f"""\
brokers:   [{{name: demo, ring: {self.folder}/ring/demo.ring, cursor: {self.folder}/state/demo.ring.cursor}}]
log:       {{file: {self.events}, console: off}}
store:     {self.folder}/state.db
http:      {{listen: "{self.page}"}}
profiles:  [{self.source}/daemon/profiles/profiles.yaml]
knowledge: [{self.source}/daemon/knowledge/knowledge.yaml]
"""

    @contextlib.contextmanager
    def daemon(self) -> Iterator[subprocess.Popen]:
        log, address = self.folder / "tlswatchd.log", str(self.folder / "notify")
        configuration = self.folder / "tlswatch.yaml"
        configuration.write_text(self.daemon_configuration())
        pathlib.Path(address).unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notified:
            notified.bind(address)
            notified.setblocking(False)
            said = b""

            def ready() -> bool:
                nonlocal said
                with contextlib.suppress(BlockingIOError):
                    said += notified.recv(4096)
                return b"READY=1" in said

            argv = [f"{self.build}/bin/tlswatchd", "--config", str(configuration)]
            with running(argv, log, NOTIFY_SOCKET=address) as child:
                wait(ready, "the daemon does not get ready", child, log)
                yield child

    def device(self, member: fleet.Member, listener: str, arguments: str) -> None:
        name = str(self.folder / "devices" / member.name)
        argv = [f"{self.build}/bin/tlswatch-device", "--host", "127.0.0.1", "--port", str(self.ports[listener]),
                "--server-name", "localhost", "--id", member.name, "--rtc", name + ".rtc", "--flash", name + ".flash",
                *arguments.format(c=self.certificates).split()]
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)
        with open(self.folder / "devices.log", "a", encoding="utf-8") as log:
            log.write(f"{member.name} at {listener}: {done.stdout.strip()} {done.stderr.strip()}\n")

    def stranger(self, member: fleet.Member) -> None:
        with socket.create_connection(("127.0.0.1", self.ports[member.listener]), timeout=PATIENCE) as peer:
            peer.sendall(fleet.BYTES[member.name])
            with contextlib.suppress(ConnectionError):
                while peer.recv(4096):
                    pass

    def play(self) -> None:
        for member in fleet.FLEET:
            if member.first == "tcp":
                self.stranger(member)
            else:
                self.device(member, member.listener, member.first)
            if member.then is not None:
                self.device(member, "good", member.then)

    def observed(self) -> triage.Triage:
        """Waits until the log holds all that must be seen; returns what it holds then, or at the deadline."""
        deadline = time.monotonic() + PATIENCE
        while True:
            seen = triage.Triage.read(self.events)
            if not missing(seen) or time.monotonic() > deadline:
                return seen
            time.sleep(0.1)


def missing(seen: triage.Triage) -> List[str]:
    """Returns a sentence for each thing that fleet.py wants seen and the log does not have."""
    sentences = []
    for member in fleet.FLEET:
        for fact, wanted in member.seen._asdict().items():
            if wanted is None or wanted == ():
                continue
            found = seen.fact(member.name if member.first != "tcp" else None, fact)
            fits = found & set(wanted) if fact == "cause" else {wanted} & found
            if not fits:
                sentences.append(f"{member.name}: {fact} {wanted} is not in the log, but {sorted(map(str, found))}")
    return sentences


def main() -> int:
    parser = argparse.ArgumentParser()
    for name in ("source", "build"):
        parser.add_argument(f"--{name}", type=lambda path: pathlib.Path(path).resolve(), required=True)
    parser.add_argument("--dir", type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("--broker")
    parser.add_argument("--seconds", type=int)
    arguments = parser.parse_args()
    # Every signal unwinds the stack, so that the blocks above end what they started.
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, lambda got, frame: sys.exit(128 + got))

    with contextlib.ExitStack() as stack:
        folder: Optional[pathlib.Path] = arguments.dir
        if folder is None:
            folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tlswatch-demo.")))
        folder.mkdir(parents=True, exist_ok=True)
        demo = Demo(arguments.source, arguments.build, folder, arguments.broker)
        subprocess.run([arguments.source / "deploy/demo/certificates.sh", demo.certificates], check=True)
        stack.enter_context(demo.broker())
        stack.enter_context(demo.daemon())
        demo.play()
        seen = demo.observed()
        print(seen.screen())
        lacking = missing(seen)
        if lacking:
            print("demo.sh: not everything was observed:", *lacking, sep="\n  ", file=sys.stderr)
            return 1
        stay(arguments, demo, seen)
    return 0


def stay(arguments: argparse.Namespace, demo: Demo, seen: triage.Triage) -> None:
    """Keeps broker and daemon up for whoever wants to look around."""
    if arguments.seconds is None and not sys.stdout.isatty():
        return
    if arguments.seconds != 0:
        broken = next(device for device in seen.devices.values() if device.failures)
        incident = triage.get(broken.failures[-1].diagnosis or {}, "tlswatch.incident")
        config = f"--config {demo.folder}/tlswatch.yaml"
        print(f"""
From a broken device to its cause and its fix:
  {demo.build}/bin/tlswatch devices {config}
  {demo.build}/bin/tlswatch why {broken.name} {config}
  {demo.build}/bin/tlswatch incident {incident} {config}

The broker listens on 127.0.0.1:{demo.ports['good']} (CA {demo.certificates}/ca.crt) until Ctrl-C. Meanwhile, in a browser:
  http://{demo.page}/
or in a terminal:
  {demo.build}/bin/tlswatch tail --config {demo.folder}/tlswatch.yaml
  {demo.build}/bin/tlswatch decode 62""", flush=True)
    signal.signal(signal.SIGINT, lambda got, frame: sys.exit(0))
    time.sleep(arguments.seconds if arguments.seconds is not None else 1e9)


if __name__ == "__main__":
    sys.exit(main())
