"""The emulated device against a real broker: boots that count instructions."""
import contextlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import time

BOOT_TIMEOUT_S = 60
SETTINGS = "host localhost\nport {port}\nserver_name localhost\nid footprint\nclock {now}\nsession rtc\ntimeout_ms 50000\n"


def run(*argv, **options):
    return subprocess.run(argv, check=True, capture_output=True, **options)


def openssl(*argv, cwd):
    run("openssl", *argv, cwd=cwd)


def make_certificates(folder):
    """A CA (RSA-2048), a server's certificate (RSA-2048) and a device's (EC P-256), both by that CA."""
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-sha256", "-days", "30", "-subj", "/CN=footprint CA",
            "-keyout", "ca.key", "-out", "ca.pem", cwd=folder)
    (folder / "server.ext").write_text("subjectAltName=DNS:localhost\n")
    for name, kind in (("server", ("rsa:2048",)), ("device", ("ec", "-pkeyopt", "ec_paramgen_curve:P-256"))):
        openssl("req", "-newkey", *kind, "-nodes", "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr",
                cwd=folder)
        extensions = ("-extfile", "server.ext") if name == "server" else ()
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-sha256",
                "-days", "30", *extensions, "-out", f"{name}.pem", cwd=folder)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def broker(folder, settings):
    """A Mosquitto that listens with TLS while the block runs; yields its port."""
    port = free_port()
    file = folder / "mosquitto.conf"
    file.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\ncertfile {folder}/server.pem\n"
                    f"keyfile {folder}/server.key\n" + ("user root\n" if os.geteuid() == 0 else "") + settings)
    program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
    with open(folder / "broker.log", "w") as log, subprocess.Popen([program, "-c", str(file)], stdout=log, stderr=log) as process:
        try:
            until = time.monotonic() + 20
            while True:
                if process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError("the broker does not listen: " + (folder / "broker.log").read_text())
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                time.sleep(0.02)
            yield port
        finally:
            process.terminate()
            process.wait(10)


class Device:
    """An emulated device: a firmware and a folder with all that it knows."""

    def __init__(self, boot, firmware, folder):
        self.boot_script, self.firmware, self.folder = boot, firmware, folder
        folder.mkdir()

    def settings(self, port, *lines):
        text = SETTINGS.format(port=port, now=int(time.time())) + "".join(line + "\n" for line in lines)
        (self.folder / "settings.txt").write_text(text)

    def forget(self):
        """Power loss."""
        (self.folder / "rtc.bin").unlink(missing_ok=True)

    def boot(self, port):
        """One boot that counts instructions; returns what came of it. Raises when it did not connect."""
        done = subprocess.run([self.boot_script, self.firmware, self.folder, "127.0.0.1", str(port)], timeout=BOOT_TIMEOUT_S,
                              env={**os.environ, "TLSWATCH_COUNT": "1"}, capture_output=True, text=True, check=False)
        result = self.folder / "result.json"
        text = result.read_text() if result.is_file() else "no result.json"
        if done.returncode != 0:
            raise RuntimeError(f"{self.firmware.name} ended with {done.returncode}: {text} {done.stderr}")
        return json.loads(text)


def run_alone(boot, firmware, folder, answer):
    """Runs a firmware that needs no network; returns the file that it wrote."""
    folder.mkdir()
    subprocess.run([boot, firmware, folder], timeout=BOOT_TIMEOUT_S, check=True, capture_output=True)
    return json.loads((folder / answer).read_text())


def pack(program, what, source, target):
    target.write_bytes(run(program, what, source).stdout)
