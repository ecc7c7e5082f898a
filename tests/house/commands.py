"""Every command of the top README is run by a test: each line of its shell blocks stands in RUN_BY with that test."""

import pathlib
import re
from typing import Iterator, NamedTuple, Tuple

import house

README = "README.md"
SCREEN = "tests/deploy/golden/screen.txt"


class Run(NamedTuple):
    command: str  # as README has it
    runner: str   # the file that runs it
    how: str      # what stands there


RUN_BY = (
    Run("deploy/demo.sh", "tests/deploy/deploy_test.py", '["deploy/demo.sh"]'),
    Run("tests/run.sh", ".ci/run", "/../tests/run.sh"),
    Run("cmake --preset release && cmake --build --preset release", "tests/run.sh", "cmake --build --preset"),
    Run("sudo cmake --install build/release --prefix /usr", "tests/deploy/stage.py", '"--install"'),
    Run("sudo systemd-sysusers && sudo systemd-tmpfiles --create", "tests/deploy/deploy_test.py", "systemd-tmpfiles"),
    Run("tlswatchd --config /etc/tlswatch/tlswatch.yaml --check-config", "tests/deploy/deploy_test.py", "--check-config"),
    Run("tlswatch why boiler", "tests/deploy/deploy_test.py", '"why", "boiler"'),
    Run("tlswatch decode 62", "tests/deploy/deploy_test.py", '"decode", "62"'),
    Run("tlswatch decode -0x7780", "tests/daemon/catalog/decode_command_test.cpp", "decode -0x7780"),
    Run("tlswatch check broker.example --profile tasmota-esp8266", "tests/live/check_test.cpp",
        '{"--profile", "tasmota-esp8266"}'),
    Run("tlswatch fingerprint --connect broker.example", "tests/live/fingerprint_test.cpp", '{"--connect", target}'),
    Run('tlswatch decode "1795366544: OpenSSL Error[0]: error:0A000418:SSL routines::tlsv1 alert unknown ca"',
        "tests/daemon/catalog/decode_command_test.cpp",
        '\\"1795366544: OpenSSL Error[0]: error:0A000418:SSL routines::tlsv1 alert unknown ca\\"'),
)


def commands(root: pathlib.Path) -> Iterator[Tuple[int, str]]:
    inside = False
    for number, line in enumerate(house.text(root / README), 1):
        line = line.strip()
        if line.startswith("```"):
            inside = not inside and re.fullmatch(r"```(sh|bash|shell)", line) is not None
        elif inside and line and not line.startswith("#"):
            yield number, line.split(" #")[0].strip()


def check(root: pathlib.Path) -> Iterator[house.Finding]:
    known = {run.command for run in RUN_BY}
    seen = set()
    for number, command in commands(root):
        seen.add(command)
        if command not in known:
            yield house.Finding(README, number, f"no test runs `{command}`; name one in tests/house/commands.py")
    for run in RUN_BY:
        if run.command not in seen:
            yield house.Finding(README, 0, f"does not show `{run.command}`, which {run.runner} runs for it")
        if run.how not in "\n".join(house.text(root / run.runner) if (root / run.runner).is_file() else []):
            yield house.Finding(run.runner, 0, f"does not run README's `{run.command}`: it has no {run.how}")
    # What README shows is what the demo printed when tests/deploy/golden was taken.
    screen = (root / SCREEN).read_text(encoding="utf-8") if (root / SCREEN).is_file() else ""
    if not screen or screen not in (root / README).read_text(encoding="utf-8"):
        yield house.Finding(README, 0, f"does not show {SCREEN}, the demo's real screen")


if __name__ == "__main__":
    house.main(check)
