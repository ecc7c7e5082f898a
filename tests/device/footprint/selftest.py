#!/usr/bin/env python3
"""The footprint's own parts find what is planted for them.

  selftest.py FOLDER        FOLDER has the *.elf and *.map
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import footprint
import linked
import symbols

FOLDER = pathlib.Path(sys.argv.pop())


class Port(unittest.TestCase):
    INSTRUCTIONS = 2_000_000  # of port_check.cpp's loop

    def ticks(self, **environment):
        """Runs the port's own checks; returns what the cycle counter said of the loop."""
        with tempfile.TemporaryDirectory(prefix="tlswatch-port-") as folder:
            done = subprocess.run([footprint.BOOT, FOLDER / "port-check.elf", folder], capture_output=True, text=True,
                                  timeout=60, check=False, env={**os.environ, **environment})
            self.assertEqual((0, ""), (done.returncode, done.stderr))
            return json.loads((pathlib.Path(folder) / "port_check.json").read_text())["ticks"]

    def test_what_measurements_rely_on_holds(self):
        self.ticks()

    def test_a_tick_is_25_instructions_where_they_are_counted(self):
        counted = self.ticks(TLSWATCH_COUNT="1") * footprint.INSTRUCTIONS_PER_TICK
        self.assertAlmostEqual(self.INSTRUCTIONS, counted, delta=self.INSTRUCTIONS / 1000)


class Boot(unittest.TestCase):
    SETTINGS = "host localhost\nport 8883\nid boot\nfingerprint any\n"
    # settings, exit status, what result.json or standard error has
    CASES = (
        ("its name cannot be resolved", SETTINGS + "network no-name\n", 1, {"code": -1001, "phase": "dns"}),
        ("its port cannot be reached", SETTINGS + "network no-port\n", 1, {"code": -1002, "phase": "tcp"}),
        ("a word it does not know", SETTINGS + "networth 1\n", 2, "networth 1"),
        ("a number that is none", SETTINGS + "timeout_ms soon\n", 2, "timeout_ms soon"),
        ("a fingerprint that is none", "host h\nid i\nfingerprint 12\n", 2, "a fingerprint is none"),
        ("nobody to check the server by", "host h\nid i\n", 2, "the settings have none"),
        ("no settings", "", 2, "settings.txt is missing"),
    )

    def test_without_a_network(self):
        for name, settings, status, expected in self.CASES:
            with self.subTest(name), tempfile.TemporaryDirectory(prefix="tlswatch-boot-") as folder:
                (pathlib.Path(folder) / "settings.txt").write_text(settings)
                done = subprocess.run([footprint.BOOT, FOLDER / "rsa.elf", folder], capture_output=True, text=True,
                                      timeout=60, check=False)
                self.assertEqual(status, done.returncode, done.stderr)
                if status == 1:
                    result = json.loads((pathlib.Path(folder) / "result.json").read_text())
                    self.assertEqual({"connected": False, "stack": "tasmota", **expected},
                                     {key: result[key] for key in ("connected", "stack", "code", "phase")})
                else:
                    self.assertIn(expected, done.stderr)


class WordFlash(unittest.TestCase):
    def report(self, firmware):
        with tempfile.TemporaryDirectory(prefix="tlswatch-words-") as folder:
            subprocess.run([footprint.BOOT, FOLDER / f"{firmware}.elf", folder], timeout=60, check=True)
            return (pathlib.Path(folder) / "report.json").read_text()

    def test_the_report_is_the_same_when_its_text_is_read_in_words(self):
        report = self.report("recorder-words")
        self.assertEqual(self.report("recorder-cost"), report)
        self.assertEqual([("bearssl", "tls")] * len(json.loads(report)["errs"]),
                         [(error["s"], error["ph"]) for error in json.loads(report)["errs"]])


class Linked(unittest.TestCase):
    def test_pieces_are_the_whole_image(self):
        for variant in footprint.VARIANTS:
            listing = subprocess.run(["xtensa-lx106-elf-size", "-A", FOLDER / f"{variant}.elf"], check=True,
                                     capture_output=True, text=True).stdout
            sizes = re.findall(r"^\.(text|rodata|data|bss)\S*\s+(\d+)", listing, re.M)
            pieces = linked.pieces(FOLDER / f"{variant}.map", footprint.REPOSITORY)
            self.assertEqual(sum(int(size) for _, size in sizes), sum(piece.size for piece in pieces), variant)

    def test_an_object_that_nobody_knows_is_an_error(self):
        with self.assertRaisesRegex(ValueError, "no row for plugin/plugin.cpp"):
            linked.Components(footprint.HERE / "components.txt").of("plugin/plugin.cpp")


class Budget(unittest.TestCase):
    def test_one_byte_too_many_is_seen(self):
        limits = {line.split()[0]: int(line.split()[1]) for line in (footprint.HERE / "budget.txt").read_text().splitlines()
                  if line and not line.startswith("#")}
        self.assertTrue(footprint.judge(limits))
        for measure in limits:
            self.assertFalse(footprint.judge({**limits, measure: limits[measure] + 1}), measure)


class Absent(unittest.TestCase):
    PLANTED = {"malloc": "rsa", "free": "aws-iot", "_Znwj": "rsa", "_ZdlPv": "rsa", "__cxa_guard_acquire": "rsa",
               "_Unwind_Resume": "rsa-512", "_ZTI3Foo": "rsa", "_ZTS3Foo": "rsa", "_ZTV3Foo": "rsa",
               "_GLOBAL__sub_I_recorder": "rsa", "br_ec_p256_m15": "rsa", "br_x509_minimal_vtable": "rsa-512",
               "br_aes_small_cbcenc_vtable": "ecdhe-rsa", "br_ecdsa_i15_sign_asn1": "ecdhe-ecdsa"}

    def test_every_kind_is_found(self):
        for symbol, firmware in self.PLANTED.items():
            self.assertTrue(any(row in ("*", firmware) and pattern.fullmatch(symbol) for row, pattern in symbols.rows()), symbol)


if __name__ == "__main__":
    unittest.main()
