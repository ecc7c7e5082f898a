"""What is installed around the command: its manual pages and what the shells complete.

    command_test.py SOURCE BUILD [unittest's arguments]
"""

import pathlib
import re
import sys
import unittest
from typing import Dict, Set

import stage
from stage import run, tool

SOURCE, BUILD = (pathlib.Path(path).resolve() for path in sys.argv[1:3])
PAGES = {"tlswatch": "man1/tlswatch.1", "tlswatchd": "man8/tlswatchd.8", "tlswatch.yaml": "man5/tlswatch.yaml.5"}


def options_in(text: str) -> Set[str]:
    return set(re.findall(r"(?<![\w-])--([a-z][a-z-]+)", text))


def verbs_of(command: pathlib.Path) -> Dict[str, str]:
    """Returns each verb with its help."""
    listed = run(command, "--help").stdout.split("Subcommands:")[1]
    return {verb: run(command, verb, "--help").stdout for verb in re.findall(r"(?m)^  ([a-z]+)", listed)}


class Installed(unittest.TestCase):
    def setUp(self):
        self.stage = stage.Stage(BUILD)
        self.addCleanup(self.stage.close)
        self.command = self.stage.path("/usr/bin/tlswatch")


class Manual(Installed):
    def page(self, name: str) -> str:
        return self.stage.path(f"/usr/share/man/{PAGES[name]}").read_text()

    def test_every_page_is_sound(self):
        for page in PAGES.values():
            done = run(tool("mandoc"), "-Tlint", "-Wwarning", self.stage.path(f"/usr/share/man/{page}"))
            self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_the_command_s_page_has_the_verbs_and_options_of_its_help_and_no_others(self):
        verbs = verbs_of(self.command)
        self.assertIn("why", verbs)
        page = self.page("tlswatch")
        self.assertEqual(set(re.findall(r"(?m)^\.It Cm ([a-z]+)", page)), set(verbs))
        options = set().union(*(options_in(text) for text in verbs.values())) | {"version"}
        self.assertEqual(set(re.findall(r"Fl -([a-z-]+)", page)), options)

    def test_the_daemon_s_page_has_the_options_of_its_help_and_no_others(self):
        helped = options_in(run(self.stage.path("/usr/bin/tlswatchd"), "--help").stdout)
        self.assertIn("config", helped)
        self.assertEqual(set(re.findall(r"Fl -([a-z-]+)", self.page("tlswatchd"))), helped)

    def test_the_configuration_s_page_has_the_keys_that_the_installed_file_has(self):
        keys = set(re.findall(r"(?m)^#?([a-z_]+):", self.stage.path("/etc/tlswatch/tlswatch.yaml").read_text()))
        lines = " ".join(re.findall(r"(?m)^\.It Cm (.+)$", self.page("tlswatch.yaml")))
        self.assertEqual(set(re.findall(r"[a-z_]+", lines)), keys)


class Completion(Installed):
    """Each shell reads its installed file and completes a line; {0}: the completion's file."""
    FILES = {"bash": "bash-completion/completions/tlswatch", "zsh": "zsh/vendor-completions/_tlswatch",
             "fish": "fish/vendor_completions.d/tlswatch.fish"}

    def completed(self, shell: str, *words: str) -> Set[str]:
        file = self.stage.path(f"/usr/share/{self.FILES[shell]}")
        line = " ".join(f"'{word}'" for word in ("tlswatch", *words))
        script = {
            "bash": f"source {file}; COMP_WORDS=({line}); COMP_CWORD={len(words)}; _tlswatch; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            "zsh": f"compadd() {{ print -l -- $found }}; _files() {{ :; }}; words=({line}); CURRENT={len(words) + 1}; source {file}",
            "fish": f"source {file}; complete -C 'tlswatch {' '.join(words)}'",
        }[shell]
        quiet = {"bash": ["--norc"], "zsh": ["-f"], "fish": ["--no-config"]}[shell]
        path = f"{self.command.parent}:/usr/bin:/bin"
        done = run(tool(shell), *quiet, "-c", script, env={"PATH": path, "HOME": str(self.stage.root)})
        self.assertEqual(done.returncode, 0, done.stdout)
        return {one.split("\t")[0] for one in done.stdout.splitlines() if one}

    def test_verbs_options_and_causes_in_each_shell(self):
        verbs = verbs_of(self.command)
        for shell in self.FILES:
            with self.subTest(shell):
                self.assertEqual(self.completed(shell, "inc"), {"incident", "incidents"})
                self.assertEqual(self.completed(shell, ""), set(verbs))
                self.assertEqual(self.completed(shell, "devices", "--s"), {"--since", "--search", "--store"})
                self.assertEqual(self.completed(shell, "tail", "--cause", "server-key-t"),
                                 {"server-key-too-large", "server-key-type-unsupported"})

    def test_an_unknown_verb_has_nothing(self):
        self.assertEqual(self.completed("bash", "nonsense", "--"), set())


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
