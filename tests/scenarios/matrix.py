#!/usr/bin/env python3
"""The scenario matrix: what the diagnosis must be, cause by TLS stack, and what it was.

    matrix.py --results build/dev/tests/verdicts            prints the table and the shares
    matrix.py --results build/dev/tests/verdicts --write    the same, into README.md's marked section
    matrix.py --check                                       is the expected part of that section up to date?
    matrix.py --results build/dev/tests/verdicts --floor    are enough of the held-out tries right?

What must be is in each folder's verdict.yaml; what was, in the results that the verdict tests of `scenario_test` leave.
Exit 0 fine, 1 not: a result is missing, or README.md is out of date. A wrong verdict is shown, and is its own test's
failure.
"""

import argparse
import json
import pathlib
import re
import sys
from collections import defaultdict
from typing import List, NamedTuple, Optional

FOLDER = pathlib.Path(__file__).resolve().parent
SCHEMA = FOLDER.parents[1] / "deploy/event-log.schema.json"
BEGIN, END = "<!-- matrix -->", "<!-- matrix ends -->"
HEALTHY = "(no diagnosis)"
STACKS = ("bearssl", "mbedtls", "wolfssl", "gnutls", "openssl", "paho", "mqtt.js", "go", "nss", "none")
ITEM = re.compile(r"  - \{cause: ([a-z0-9-]+), how: ([a-z-]+), device: (\S+)\}")


OPEN = re.compile(r"open: \{said: [a-z0-9-]+, why: [^{}]+\}")
# Of the held-out tries, so many must be right; what they came to is in README.md.
HELD_OUT_FLOOR = 0.8


class Verdict(NamedTuple):
    cause: str
    how: str
    device: Optional[str]

    def __str__(self) -> str:
        return f"{self.cause}, {self.how}, {self.device or 'no device'}"


class Scenario(NamedTuple):
    name: str
    stack: str
    held_out: bool
    expected: List[Verdict]


def read(path: pathlib.Path) -> Scenario:
    stack, held_out, expected = "", False, []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        item = ITEM.fullmatch(line)
        if item:
            device = item.group(3)
            expected.append(Verdict(item.group(1), item.group(2), None if device == "null" else device))
        elif line.startswith("stack: "):
            stack = line.split(": ")[1]
        elif line == "held_out: true":
            held_out = True
        elif line not in ("verdict:", "verdict: []") and not OPEN.fullmatch(line):
            sys.exit(f"{path}, line {number}: not in this form: {line}")
    if stack not in STACKS:
        sys.exit(f"{path}: the stack is none of {', '.join(STACKS)}: {stack}")
    return Scenario(path.parent.name, stack, held_out, expected)


def scenarios() -> List[Scenario]:
    return [read(path) for path in sorted(FOLDER.glob("*/verdict.yaml"))]


def causes() -> List[str]:
    """All of the contract, in its order."""
    text = SCHEMA.read_text()
    enum = re.search(r"\[[^\[\]]*\"server-cert-untrusted\"[^\[\]]*\]", text)
    return json.loads(enum.group(0))


class Matrix:
    def __init__(self, every: List[Scenario], results: Optional[pathlib.Path]):
        self.expected = defaultdict(int)  # by cause and stack
        self.right = defaultdict(int)
        self.share = {held_out: [0, 0] for held_out in (False, True)}  # right, expected
        self.wrong: List[str] = []
        for scenario in every:
            self.take(scenario, self.got(scenario, results) if results else None)

    @staticmethod
    def got(scenario: Scenario, results: pathlib.Path) -> List[Verdict]:
        path = results / (scenario.name + ".json")
        if not path.exists():
            sys.exit(f"no result of {scenario.name}: run `scenario_test --gtest_filter=*verdict*` first")
        return [Verdict(**item) for item in json.loads(path.read_text())]

    def take(self, scenario: Scenario, got: Optional[List[Verdict]]) -> None:
        tries = scenario.expected or [Verdict(HEALTHY, "", None)]
        for row, wanted in enumerate(tries):
            cell = (wanted.cause, scenario.stack)
            right = got == [] if not scenario.expected else bool(got) and len(got) == len(tries) and got[row] == wanted
            self.expected[cell] += 1
            self.right[cell] += right
            self.share[scenario.held_out][0] += right
            self.share[scenario.held_out][1] += 1
        if got is not None and got != scenario.expected:
            said = "; ".join(map(str, got)) or "nothing"
            self.wrong.append(f"- `{scenario.name}`: expected {'; '.join(map(str, scenario.expected)) or 'nothing'}; "
                              f"got {said}")

    def rows(self) -> List[str]:
        every = [cause for cause in causes() + [HEALTHY]]
        lines = ["| cause | " + " | ".join(STACKS) + " |", "|---|" + "---|" * len(STACKS)]
        for cause in every:
            cells = []
            for stack in STACKS:
                wanted = self.expected.get((cause, stack), 0)
                cells.append(f"{self.right[(cause, stack)]}/{wanted}" if wanted else "")
            lines.append(f"| {cause} | " + " | ".join(cells) + " |")
        return lines

    def text(self) -> str:
        def share(held_out: bool) -> str:
            right, wanted = self.share[held_out]
            return f"{right} of {wanted}" + (f" ({100 * right / wanted:.0f} %)" if wanted else "")

        lines = ["Right of expected tries, cause by stack; a try is right when cause, identity and device all are.", "",
                 *self.rows(), "", f"Right: {share(False)}; of the held-out scenarios: {share(True)}."]
        if self.wrong:
            lines += ["", "Not right:", "", *self.wrong]
        return "\n".join(lines) + "\n"


def section(text: str) -> str:
    begin, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    return text[begin:end]


def with_section(text: str, new: str) -> str:
    return text[:text.index(BEGIN) + len(BEGIN)] + new + text[text.index(END):]


def expected_part(lines: List[str]) -> List[str]:
    """The table's rows with nothing but the numbers that were expected."""
    return [re.sub(r"\d+/", "", line) for line in lines if line.startswith("|")]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--results", type=pathlib.Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--floor", action="store_true")
    options = parser.parse_args()
    readme = FOLDER / "README.md"
    matrix = Matrix(scenarios(), options.results)
    if options.check:
        if expected_part(section(readme.read_text()).splitlines()) == expected_part(matrix.rows()):
            return 0
        print(f"{readme}: the matrix is not what the verdict.yaml files say; write it anew with matrix.py --write")
        return 1
    if not options.results:
        parser.error("--results or --check")
    if options.floor:
        right, wanted = matrix.share[True]
        print(f"held out: {right} of {wanted} right, wanted {HELD_OUT_FLOOR:.0%}")
        return 0 if wanted and right >= HELD_OUT_FLOOR * wanted else 1
    print(matrix.text(), end="")
    if options.write:
        readme.write_text(with_section(readme.read_text(), "\n" + matrix.text()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
