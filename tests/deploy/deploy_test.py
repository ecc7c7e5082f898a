"""Each file of deploy/ is tried with the program it is for.

    deploy_test.py SOURCE BUILD [unittest's arguments]
"""

import json
import os
import pathlib
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

import stage
from stage import as_root, run, running, tool, until

SOURCE, BUILD = (pathlib.Path(path).resolve() for path in sys.argv[1:3])
DEPLOY = SOURCE / "deploy"
GOLDEN = SOURCE / "tests/deploy/golden"


class Installed(unittest.TestCase):
    """A test with an installed system in a folder."""

    def setUp(self):
        self.stage = stage.Stage(BUILD)
        self.addCleanup(self.stage.close)

    def assert_fine(self, done: subprocess.CompletedProcess):
        self.assertEqual(done.returncode, 0, f"{done.args}\n{done.stdout}")


class Install(Installed):
    def test_puts_every_file_where_it_belongs_and_keeps_the_operators(self):
        library = run(tool("g++"), "-print-multiarch").stdout.strip()
        wanted = {"usr/bin/tlswatch", "usr/bin/tlswatchd", f"usr/lib/{library}/mosquitto_tlswatch.so",
                  "usr/lib/systemd/system/tlswatchd.service", "usr/lib/sysusers.d/tlswatch.conf",
                  "usr/lib/tmpfiles.d/tlswatch.conf", "usr/share/tlswatch/knowledge.yaml", "usr/share/tlswatch/profiles.yaml",
                  "usr/share/tlswatch/event-log.schema.json", "usr/share/doc/tlswatch/README.md",
                  "usr/share/bash-completion/completions/tlswatch", "usr/share/zsh/vendor-completions/_tlswatch",
                  "usr/share/fish/vendor_completions.d/tlswatch.fish", "usr/share/man/man1/tlswatch.1",
                  "usr/share/man/man5/tlswatch.yaml.5", "usr/share/man/man8/tlswatchd.8",
                  "usr/share/doc/tlswatch/CHANGELOG.md",
                  "etc/tlswatch/tlswatch.yaml", "etc/mosquitto/conf.d/tlswatch.conf"}
        examples = ("alloy", "elastic", "fluent-bit", "grafana", "prometheus", "rsyslog", "vector")
        wanted |= {f"usr/share/doc/tlswatch/examples/{path.relative_to(DEPLOY)}" for name in examples
                   for path in (DEPLOY / name).rglob("*") if path.is_file()}
        root = self.stage.root
        self.assertEqual({str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}, wanted)
        mine = self.stage.path("/etc/tlswatch/tlswatch.yaml")
        mine.write_text("# mine\n")
        self.stage.install()
        self.assertEqual(mine.read_text(), "# mine\n")


class Configuration(Installed):
    def check(self, configuration: pathlib.Path) -> subprocess.CompletedProcess:
        return run(self.stage.path("/usr/bin/tlswatchd"), "--config", configuration, "--check-config")

    def test_example_is_accepted(self):
        self.assert_fine(self.check(self.stage.relocated("/etc/tlswatch/tlswatch.yaml")))

    def test_example_with_all_that_is_commented_out_is_accepted(self):
        copy = self.stage.relocated("/etc/tlswatch/tlswatch.yaml")
        text = copy.read_text()
        keys = r"(syslog|broker_log|http|profiles|knowledge):"
        opened = re.sub(rf"(?m)^#(?={keys}|  )", "", text)
        self.assertEqual(len(re.findall(rf"(?m)^{keys}", opened)), 5, opened)
        copy.write_text(opened)
        self.assert_fine(self.check(copy))

    def test_a_misspelt_key_is_refused_with_its_place(self):
        copy = self.stage.relocated("/etc/tlswatch/tlswatch.yaml")
        text = copy.read_text().replace("\n  console:", "\n  consol:")
        copy.write_text(text)
        line = next(number for number, one in enumerate(text.splitlines(), 1) if "consol:" in one)
        done = self.check(copy)
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertIn(f"{copy}:{line}:", done.stdout)


class Command(Installed):
    def test_decodes_a_code(self):
        done = run(self.stage.path("/usr/bin/tlswatch"), "decode", "62")
        self.assert_fine(done)
        self.assertIn("BR_ERR_X509_NOT_TRUSTED", done.stdout)


    def test_checks_as_a_device_of_an_installed_profile(self):
        done = run(self.stage.path("/usr/bin/tlswatch"), "check", "127.0.0.1:1", "--json")  # nobody is there
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn('"profile":"tasmota-esp8266"', done.stdout)


class Systemd(Installed):
    def setUp(self):
        super().setUp()
        units = self.stage.path("/usr/lib/systemd/system")
        for target in pathlib.Path("/lib/systemd/system").glob("*.target"):  # what every unit needs by default
            if not (units / target.name).exists():
                shutil.copy(target, units, follow_symlinks=True)
        (self.stage.root / "bin").mkdir()
        shutil.copy("/bin/kill", self.stage.root / "bin/kill")
        (self.stage.root / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh\nmosquitto:x:110:115::/:/usr/sbin/nologin\n")
        (self.stage.root / "etc/group").write_text("root:x:0:\nmosquitto:x:115:\n")

    def test_unit_is_verified(self):
        done = run(tool("systemd-analyze"), "verify", f"--root={self.stage.root}", "--man=no", "tlswatchd.service")
        self.assert_fine(done)
        self.assertEqual([line for line in done.stdout.splitlines() if "tlswatchd" in line], [], done.stdout)

    def test_unit_has_least_privilege(self):
        self.assert_fine(run(tool("systemd-analyze"), "security", "--offline=yes", f"--root={self.stage.root}",
                             "--threshold=15", "tlswatchd.service"))

    def test_user_and_folders_are_made_as_the_ring_needs_them(self):
        root = f"--root={self.stage.root}"
        self.assert_fine(run(*as_root(tool("systemd-sysusers"), root, str(DEPLOY / "sysusers.d/tlswatch.conf"))))
        user = next(line.split(":") for line in (self.stage.root / "etc/passwd").read_text().splitlines()
                    if line.startswith("tlswatch:"))
        self.assertTrue(user[-1].endswith("/nologin"), user)
        for folder in ("run/tlswatch", "run/tlswatchd"):
            (self.stage.root / folder).rmdir()
        self.assert_fine(run(*as_root(tool("systemd-tmpfiles"), root, "--create", str(DEPLOY / "tmpfiles.d/tlswatch.conf"))))
        made = {name: os.stat(self.stage.root / "run" / name) for name in ("tlswatch", "tlswatchd")}
        self.assertEqual({name: (f"{one.st_mode & 0o7777:o}", one.st_uid, one.st_gid) for name, one in made.items()},
                         {"tlswatch": ("2750", 110, int(user[3])), "tlswatchd": ("755", int(user[2]), int(user[3]))})
        if os.geteuid() != 0:
            run(*as_root("rm", "-rf", str(self.stage.root / "run")))


class Broker(Installed):
    def test_starts_with_the_fragment_and_the_plugin_watches(self):
        fragment = self.stage.relocated("/etc/mosquitto/conf.d/tlswatch.conf")
        included = self.stage.root / "conf.d"
        included.mkdir()
        fragment.rename(included / "tlswatch.conf")
        run(DEPLOY / "demo/certificates.sh", self.stage.root / "certificates")
        main = self.stage.root / "mosquitto.conf"
        main.write_text(f"log_dest stderr\nuser {pwd.getpwuid(os.geteuid()).pw_name}\nallow_anonymous true\n"
                        f"listener {stage.free_port()} 127.0.0.1\ncertfile {self.stage.root}/certificates/server.crt\n"
                        f"keyfile {self.stage.root}/certificates/server.key\ninclude_dir {included}\n")
        log = self.stage.root / "mosquitto.log"
        with running(tool("mosquitto"), "-c", main, log=log) as broker:
            until(lambda: " running\n" in log.read_text() or broker.poll() is not None, "the broker does not start")
            said = [line for line in log.read_text().splitlines() if "tlswatch" in line and "onfig" not in line]
        self.assertEqual(broker.returncode, 0, log.read_text())
        self.assertTrue(said, log.read_text())
        self.assertEqual([line for line in said if re.search(r"(?i)warning|error|inert|unknown|cannot", line)], [])
        ring = self.stage.path("/run/tlswatch/mosquitto.ring").stat()
        self.assertEqual(f"{ring.st_mode & 0o7777:o}", "640")


class Rsyslog(Installed):
    def setUp(self):
        super().setUp()
        self.events = self.stage.path("/var/log/tlswatch/events.json")
        self.folder = self.stage.root / "rsyslog"
        (self.folder / "work").mkdir(parents=True)
        shutil.copy(DEPLOY / "rsyslog/tlswatch.conf", self.stage.path("/etc/tlswatch.conf"))
        fragment = self.stage.relocated("/etc/tlswatch.conf")
        self.main = self.folder / "rsyslog.conf"
        self.main.write_text(f'global(workDirectory="{self.folder}/work" maxMessageSize="64k")\ninclude(file="{fragment}")\n')

    def test_fragment_is_accepted(self):
        self.events.touch()
        self.assert_fine(run(tool("rsyslogd"), "-N1", "-f", self.main))

    def test_real_log_arrives_line_by_line_and_failures_once_more(self):
        lines = (GOLDEN / "events.json").read_text().splitlines(keepends=True)
        failures = [line for line in lines if '"outcome":"failure"' in line]
        self.assertTrue(0 < len(failures) < len(lines))
        self.events.write_text("".join(lines))
        everything, failed = (self.stage.path(f"/var/log/tlswatch-{what}.json") for what in ("events", "failures"))
        log = self.folder / "log"
        with running(tool("rsyslogd"), "-n", "-f", self.main, "-i", self.folder / "pid", log=log):
            until(lambda: everything.exists() and everything.read_text().count("\n") >= len(lines),
                  lambda: f"rsyslog wrote {everything.read_text() if everything.exists() else None}; {log.read_text()}")
        self.assertEqual(everything.read_text().splitlines(keepends=True), lines)
        self.assertEqual(failed.read_text().splitlines(keepends=True), failures)

    def test_log_that_rotates_is_followed(self):
        lines = (GOLDEN / "events.json").read_text().splitlines(keepends=True)
        old, new = lines[:5], lines[5:9]
        self.events.write_text("".join(old))
        everything = self.stage.path("/var/log/tlswatch-events.json")
        taken = lambda: everything.read_text().splitlines(keepends=True) if everything.exists() else []
        with running(tool("rsyslogd"), "-n", "-f", self.main, "-i", self.folder / "pid", log=self.folder / "log"):
            until(lambda: taken() == old, lambda: f"rsyslog wrote {taken()}")
            self.events.rename(self.events.with_name("events.1.json"))
            self.events.write_text("".join(new))
            until(lambda: taken() == old + new, lambda: f"rsyslog wrote {taken()}")


def normalised(text: str) -> str:
    """What differs from run to run as a name for it, so that lines may wrap elsewhere: one line a paragraph."""
    for pattern, name in ((r"\n {20,}", " "), (r"\d{4}-\d\d-\d\d UTC", "DAY"), (r"\d\d:\d\d:\d\d\.\d{3}", "TIME"),
                          (r"127\.0\.0\.1:\d+", "ADDRESS"), (r"just now|\d+ (s|min) ago", "AGO"), (r"\d+ ms|\d\.\d s", "TOOK"),
                          (r":i[0-9a-f]+", ":INCIDENT"), (r"(?<=\S)\n(?=[a-z])", " ")):
        text = re.sub(pattern, name, text)
    return text


class Demo(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tlswatch-demo-test.")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.argv = [str(DEPLOY / "demo.sh"), "--build", str(BUILD), "--dir", str(self.folder)]

    def left(self):
        return stage.processes_naming(str(self.folder))

    def test_shows_the_fleet_keeps_its_files_and_leaves_nobody(self):
        done = run(*self.argv, "--seconds", "0")
        print(done.stdout)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertLessEqual(len(done.stdout.splitlines()), 45, "more than one screen")
        for word in ("lamp-hall", "boiler", "broker saw", "device said", "512", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"):
            self.assertIn(word, done.stdout)
        for name in ("events.json", "tlswatch.yaml", "state.db"):
            self.assertTrue((self.folder / name).is_file(), f"{name} is not kept")
        self.ask_the_store()
        self.assertEqual(self.left(), [])

    def asked(self, *words: str, code: int = 0) -> str:
        done = run(BUILD / "bin/tlswatch", *words, "--config", self.folder / "tlswatch.yaml")
        self.assertEqual(done.returncode, code, done.stdout)
        return done.stdout

    def ask_the_store(self):
        """Cause and fix of each broken device, from real broker, plugin, daemon and store."""
        sys.path.insert(0, str(DEPLOY / "demo"))
        import fleet
        devices = {one["id"]: one for one in json.loads(self.asked("devices", "--json"))["devices"]}
        members = [member for member in fleet.FLEET if member.first != "tcp"]
        self.assertEqual(set(devices), {member.name for member in members})
        for member in members:
            with self.subTest(member.name):
                (told,) = json.loads(self.asked("why", member.name, "--json"))["devices"]
                self.assertEqual(told["device"]["sessions"], 1 if member.then or not member.seen.cause else 0)
                if member.seen.cause:
                    self.assertIn(told["why"]["cause"], member.seen.cause)
                    self.assertIn(told["why"]["meaning"], " ".join(self.asked("why", member.name).split()))
        shown = self.asked("devices", "--cause", "server-cert-expired")
        self.assertIn("\nboiler ", shown)
        self.assertNotIn("fridge", shown)
        self.assertIn("No device is known that fits.", self.asked("devices", "--failing"))
        (incident,) = json.loads(self.asked("incidents", "--cause", "server-cert-expired", "--json"))["incidents"]
        self.assertEqual(incident["state"], "resolved")
        self.assertIn("boiler", self.asked("incident", incident["id"].split(":")[1]))
        (told,) = json.loads(self.asked("why", "boiler", "--json"))["devices"]
        self.assertTrue(self.asked("why", told["why"]["sessions"][0]).startswith("boiler "))
        nameless = next(session for event in map(json.loads, (self.folder / "events.json").read_text().splitlines())
                        if event["tlswatch"].get("cause") == "not-tls" for session in event["tlswatch"].get("sessions", []))
        self.assertIn("not-tls", self.asked("why", nameless, code=1))
        self.assertEqual(len(json.loads(self.asked("why", "127.0.0.1", "--json"))["devices"]), 5)
        completed = run(BUILD / "bin/tlswatch", "complete", "--", "why", "--store", self.folder / "state.db", "bo").stdout
        self.assertEqual(completed, "boiler\n")
        self.assertIn("similar: boiler", self.asked("why", "boilr", code=1))
        self.assertIn("no-such", json.loads(self.asked("device", "no-such", "--json", code=1))["error"]["message"])
        self.assertIn("similar: no-shared-cipher", self.asked("devices", "--cause", "no-shared-cifer", code=2))
        self.assertEqual(normalised(self.asked("why", "boiler")), (GOLDEN / "why.txt").read_text())

    def test_ends_its_processes_however_it_is_ended(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGKILL):
            with self.subTest(number.name):
                demo = subprocess.Popen([*self.argv, "--seconds", "600"], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                until(lambda: any("tlswatchd" in line for line in self.left()), "the demo starts no daemon")
                demo.send_signal(number)
                demo.wait(stage.PATIENCE)
                until(lambda: self.left() == [], lambda: f"still there: {self.left()}")

    def test_does_not_claim_what_it_has_not_seen(self):
        sys.path.insert(0, str(DEPLOY / "demo"))
        import demo
        import fleet
        import triage
        wanted = sum(value not in (None, ()) for member in fleet.FLEET for value in member.seen)
        self.assertEqual(len(demo.missing(triage.Triage([]))), wanted)
        golden = triage.Triage.read(GOLDEN / "events.json")
        self.assertEqual(demo.missing(golden), [])
        self.assertEqual(golden.screen() + "\n", (GOLDEN / "screen.txt").read_text())

    def test_a_failure_is_a_device_s_where_its_report_s_diagnosis_names_the_session_and_not_else(self):
        sys.path.insert(0, str(DEPLOY / "demo"))
        import triage
        events = [json.loads(line) for line in (GOLDEN / "events.json").read_text().splitlines()]
        (boiler,) = [event for event in events if triage.get(event, "device.id") == "boiler"
                     and triage.get(event, "tlswatch.cause")]
        self.assertEqual(boiler["tlswatch"]["identity"]["how"], "report")
        self.assertEqual(len(triage.Triage(events).strangers), 2)
        boiler["tlswatch"]["sessions"] = [triage.get(event, "tlswatch.session") for event in events if
                                          event["event"]["action"] == "mqtt-identified"
                                          and triage.get(event, "device.id") == "boiler"]
        apart = triage.Triage(events)
        self.assertEqual(apart.fact("boiler", "cause"), set())
        self.assertEqual(apart.fact("boiler", "code"), {54})
        self.assertIn("server-cert-expired", apart.fact(None, "cause"))
        self.assertIn("(5 confirmed by their own report), 3 visitors", apart.screen())

    def test_refuses_bad_usage(self):
        for arguments in (["--seconds"], ["--seconds", "soon"], ["--color", "red"]):
            with self.subTest(arguments):
                self.assertEqual(run(DEPLOY / "demo.sh", *arguments).returncode, 2)


class Readme(unittest.TestCase):
    """README's first command, word for word."""

    def test_first_command(self):
        done = subprocess.run(["deploy/demo.sh"], cwd=SOURCE, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        print(done.stdout)
        self.assertEqual(done.returncode, 0)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
