"""The house checks find what is planted for them: a check that cannot fail proves nothing.

    selftest.py CXX      CXX: the compiler, for the library with a fourth symbol
"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

import arrows
import commands
import contract
import exports
import layout
import words

HERE = pathlib.Path(__file__).parent
# What is planted (file -> text) and what the check must say, as "file:line: beginning".
PLANTED = {
    "the core must not print": (
        arrows, {"daemon/core/tls/a.cpp": "#include <span>\n#include <iostream>\n"},
        ["daemon/core/tls/a.cpp:2: daemon/core may not include c++ with the system: <iostream>"]),
    "the core must not know the shell": (
        arrows, {"daemon/core/tls/a.cpp": '#include "daemon/log/log.h"\n', "daemon/log/log.h": ""},
        ["daemon/core/tls/a.cpp:1: daemon/core may not include daemon/log"]),
    "JSON is for the report reader only": (
        arrows, {"daemon/core/report/ok.cpp": "#include <nlohmann/json.hpp>\n",
                 "daemon/core/fleet/no.cpp": "#include <nlohmann/json.hpp>\n"},
        ["daemon/core/fleet/no.cpp:1: daemon/core may not include json"]),
    "the journal is for its reader only": (
        arrows, {"daemon/sources/journal_source.cpp": "#include <systemd/sd-journal.h>\n",
                 "daemon/sources/ring_source.cpp": "#include <systemd/sd-journal.h>\n",
                 "daemon/tlswatchd/feed.cpp": "#include <systemd/sd-journal.h>\n#include <systemd/sd-daemon.h>\n"},
        ["daemon/sources/ring_source.cpp:1: daemon/sources may not include journal",
         "daemon/tlswatchd/feed.cpp:1: daemon/tlswatchd may not include journal"]),
    "one part of the shell must not know another": (
        arrows, {"daemon/log/log.h": '#include "daemon/config/config.h"\n', "daemon/config/config.h": ""},
        ["daemon/log/log.h:1: daemon/log may not include daemon/config"]),
    "the device knows nobody": (
        arrows, {"device/src/a.h": '#include "plugin/wire/record.h"\n#include <vector>\n', "plugin/wire/record.h": ""},
        ["device/src/a.h:1: device/src may not include plugin/wire", "device/src/a.h:2: device/src may not include c++"]),
    "the wire does not know OpenSSL": (
        arrows, {"plugin/wire/a.h": "#include <openssl/ssl.h>\n"},
        ["plugin/wire/a.h:1: plugin/wire may not include openssl"]),
    "the wire does not know the plugin": (
        arrows, {"plugin/wire/a.h": '#include "plugin/state.h"\n', "plugin/state.h": '#include "plugin/wire/a.h"\n'},
        ["plugin/wire/a.h:1: plugin/wire may not include plugin"]),
    "the plugin does not know the daemon": (
        arrows, {"plugin/a.cpp": '  #  include "daemon/core/a.h"\n', "daemon/core/a.h": ""},
        ["plugin/a.cpp:1: plugin may not include daemon/core"]),
    "nobody knows the tests": (
        arrows, {"plugin/a.cpp": '#include "files.h"\n', "tests/harness/files.h": ""},
        ["plugin/a.cpp:1: plugin may not include tests"]),
    "a new folder needs its row": (
        arrows, {"common/a.h": ""}, ["common/a.h: its folder has no row"]),
    "a new library needs its group": (
        arrows, {"plugin/a.h": "#include <boost/asio.hpp>\n"}, ["plugin/a.h:1: a header no group"]),
    "the root is not a drawer": (
        layout, dict({name: "" for name in layout.AT_ROOT if name not in layout.PARTS and name != ".ci"},
                     **{f"{part}/README.md": "" for part in layout.PARTS if part != "daemon"},
                     **{"daemon/a.h": "", "notes.txt": "", ".ci/run": "", "plugin/long.cpp": "\n" * 501,
                        "tests/deep/README.md": "[a](../../plugin/README.md) [b](gone.md#there) [c](https://x.example/y)\n"}),
        ["notes.txt: may not lie", "daemon/README.md: is missing", "plugin/long.cpp: has 501 lines",
         "tests/deep/README.md:1: links to gone.md"]),
    "nothing is left for later": (
        words, {"plugin/a.cpp": "// TO" "DO: more\nint a; \n", "tests/a.cpp": "GTEST_" "SKIP();\n",
                "deploy/a.sh": "cd /wo" "rk/main\n", "README.md": "ok\n"},
        ["deploy/a.sh:1: a path of one machine", "plugin/a.cpp:1: left for later", "plugin/a.cpp:2: blanks",
         "tests/a.cpp:1: a test that can be skipped"]),
    "an unknown cause is seen": (
        contract, {contract.SCHEMA: '{"a": {"enum": ["success", "failure", "unknown", null]}}'},
        [f"{contract.SCHEMA}: {field}: no enum" for field in contract.NAMES if field != "event.outcome"]),
    "a command nobody runs is seen": (
        commands, {"README.md": "".join(f"```sh\n{run.command}  # why\n```\n" for run in commands.RUN_BY) +
                   "```sh\nmake coffee\n```\n```\nnot sh\n```\nthe screen\n",
                   commands.SCREEN: "another screen\n", ".ci/run": "true\n",
                   **{run.runner: "".join(one.how for one in commands.RUN_BY if one.runner == run.runner)
                      for run in commands.RUN_BY if run.runner != ".ci/run"}},
        [f"README.md:{3 * len(commands.RUN_BY) + 2}: no test runs `make coffee`",
         ".ci/run: does not run README's `tests/run.sh`", "README.md: does not show tests/deploy/golden"]),
}


def plant(root: pathlib.Path, tree: dict) -> None:
    for name, content in tree.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


class Planted(unittest.TestCase):
    def test_each_is_found_and_nothing_else(self):
        for sentence, (module, tree, wanted) in PLANTED.items():
            with self.subTest(sentence), tempfile.TemporaryDirectory() as folder:
                plant(pathlib.Path(folder), tree)
                found = [str(finding) for finding in module.check(pathlib.Path(folder))]
                self.assertEqual(len(found), len(wanted), found)
                for line, beginning in zip(found, wanted):
                    self.assertTrue(line.startswith(beginning), f"{line!r} does not begin with {beginning!r}")

    def test_a_fourth_symbol_and_a_missing_one_are_found(self):
        with tempfile.TemporaryDirectory() as folder:
            library = folder + "/planted.so"
            source = 'extern "C" { void mosquitto_plugin_version() {} void mosquitto_plugin_init() {} int leaked = 1; }'
            subprocess.run([CXX, "-shared", "-fPIC", "-x", "c++", "-", "-o", library],
                           input=source, text=True, check=True)
            self.assertEqual([line.split(": ")[1].split(",")[0] for line in exports.problems(library)],
                             ["exports leaked", "does not export mosquitto_plugin_cleanup"])

    def test_bad_format_and_bad_shell_are_found(self):
        with tempfile.TemporaryDirectory() as folder:
            plant(pathlib.Path(folder), {"plugin/a.cpp": "int  a ;\n", "daemon/a.h": "int b;\n", "device/a.h": "",
                                         "tests/a.h": "", ".ci/run": "#!/bin/bash\n", "deploy/a.sh": "#!/bin/sh\nrm $1\n"})
            run = subprocess.run([str(HERE / "format.sh"), folder], capture_output=True, text=True)
            self.assertEqual(run.returncode, 1, run.stderr)
            self.assertIn("plugin/a.cpp:1", run.stderr)
            self.assertIn("SC2086", run.stdout)


if __name__ == "__main__":
    CXX = sys.argv.pop(1) if len(sys.argv) > 1 else "c++"
    unittest.main()
