"""The plugin in the broker of another Debian suite: it loads, watches, harms nobody, and lets the broker end well.

    brokers_test.py SOURCE BUILD BROKER        BROKER: the folder that fetch.sh has laid
"""

import contextlib
import os
import pathlib
import pwd
import re
import socket
import sys
import tempfile
import unittest

SOURCE, BUILD, BROKER = (pathlib.Path(path).resolve() for path in sys.argv[1:4])
sys.path.insert(0, str(SOURCE / "tests/deploy"))
import stage  # noqa: E402  (needs the path above)
from stage import run, running, tool, until  # noqa: E402


class OtherBroker(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tlswatch-broker.")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.port = stage.free_port()
        made = run(SOURCE / "deploy/demo/certificates.sh", self.folder / "c")
        self.assertEqual(made.returncode, 0, made.stdout)
        self.log = self.folder / "log"
        self.configuration = self.folder / "mosquitto.conf"
        self.configuration.write_text(
            f"log_dest stderr\nuser {pwd.getpwuid(os.geteuid()).pw_name}\nallow_anonymous true\n"
            f"plugin {BUILD}/lib/mosquitto_tlswatch.so\nplugin_opt_ring {self.folder}/ring\n"
            f"listener {self.port} 127.0.0.1\ncertfile {self.folder}/c/server.crt\nkeyfile {self.folder}/c/server.key\n")

    def broker(self):
        return running(BROKER / "mosquitto", "-c", self.configuration, log=self.log)

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def test_the_plugin_watches_and_everybody_is_served(self):
        with self.broker() as broker:
            until(lambda: " running\n" in self.said() or broker.poll() is not None, "the broker does not start")
            about = [line for line in self.said().splitlines() if "tlswatch:" in line]
            self.assertTrue(about, self.said())
            self.assertEqual([line for line in about if re.search(r"(?i)warning|error|inert|not watching", line)], [])
            for version in ("tlsv1.2", "tlsv1.3"):
                with self.subTest(version):
                    done = run(tool("mosquitto_pub"), "-h", "127.0.0.1", "-p", self.port, "--cafile",
                               self.folder / "c/ca.crt", "--tls-version", version, "-q", "1", "-t", "a", "-m", "b")
                    self.assertEqual(done.returncode, 0, done.stdout)
            device = run(BUILD / "bin/tlswatch-device", "--host", "127.0.0.1", "--port", self.port, "--id", "d1",
                         "--server-name", "localhost", "--cafile", self.folder / "c/ca.crt", "--clock", "now",
                         "--mfln", "512")
            self.assertEqual(device.returncode, 0, device.stdout)
            self.assertIn('"mfln":512', device.stdout)
            with socket.create_connection(("127.0.0.1", self.port)) as stranger:
                stranger.sendall(b"GET / HTTP/1.1\r\n\r\n")
                with contextlib.suppress(ConnectionResetError):
                    stranger.recv(100)
            self.assertIsNone(broker.poll(), self.said())
        self.assertEqual(broker.returncode, 0, self.said())
        ring = (self.folder / "ring").read_bytes()
        self.assertIn(b"d1", ring, "the ring does not name the device")
        self.assertIn(b"GET /", ring, "the ring has nothing of the stranger")

    def test_without_a_ring_the_broker_serves_and_one_line_says_why(self):
        self.configuration.write_text(self.configuration.read_text().replace(
            f"plugin_opt_ring {self.folder}/ring", f"plugin_opt_ring {self.folder}/no/such/folder/ring"))
        with self.broker() as broker:
            until(lambda: " running\n" in self.said() or broker.poll() is not None, "the broker does not start")
            done = run(tool("mosquitto_pub"), "-h", "127.0.0.1", "-p", self.port, "--cafile",
                       self.folder / "c/ca.crt", "-q", "1", "-t", "a", "-m", "b")
            self.assertEqual(done.returncode, 0, done.stdout + self.said())
        self.assertEqual(broker.returncode, 0, self.said())
        self.assertEqual(len([line for line in self.said().splitlines() if "no/such/folder" in line and "tlswatch:" in line]),
                         1, self.said())


if __name__ == "__main__":
    print((BROKER / "versions").read_text())
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]])
