"""Every command of the top README is run by a test: each line of its shell blocks stands in RUN_BY with that test."""

import pathlib
import re
from typing import Iterator, Tuple

import house

README = "README.md"
# A command as README has it, and the file that runs it.
RUN_BY = (
    ("deploy/demo.sh", "tests/deploy/deploy_test.py"),
    ("tests/run.sh", ".ci/run"),
)


def commands(root: pathlib.Path) -> Iterator[Tuple[int, str]]:
    inside = False
    for number, line in enumerate(house.text(root / README), 1):
        if line.startswith("```"):
            inside = not inside and re.fullmatch(r"```(sh|bash|shell)", line) is not None
        elif inside and line.strip() and not line.startswith("#"):
            yield number, line.split(" #")[0].strip()


def check(root: pathlib.Path) -> Iterator[house.Finding]:
    run_by = dict(RUN_BY)
    seen = set()
    for number, command in commands(root):
        seen.add(command)
        if command not in run_by:
            yield house.Finding(README, number, f"no test runs `{command}`; name one in tests/house/commands.py")
    for command, runner in RUN_BY:
        if command not in seen:
            yield house.Finding(README, 0, f"does not show `{command}`, which {runner} runs for it")
        if not (root / runner).is_file():
            yield house.Finding(runner, 0, f"is missing: it runs README's `{command}`")


if __name__ == "__main__":
    house.main(check)
