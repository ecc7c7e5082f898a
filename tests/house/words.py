"""Words that must not stay: things left for later, tests that skip, places of one machine, leftovers of a merge."""

import pathlib
import re
from typing import Iterator

import house

# Pattern, why not. Split where a row would find itself.
WORDS = tuple((re.compile(pattern), why) for pattern, why in (
    (r"\b(TO" r"DO|FIX" r"ME|X" r"XX|HA" r"CK)\b", "left for later: finish it"),
    (r"GTEST_" r"SKIP|DISABLED" r"_\w", "a test that can be skipped cannot fail"),
    (r"(?<![\w.}])/(wo" r"rk|ho" r"me|ro" r"ot)/\w", "a path of one machine"),
    (r"^(<{7}|>{7}|={7})( |$)", "a leftover of a merge"),
    (r"https?://(deb|ftp|security|registry|repo|pypi)\d*\.", "a package registry's address: the system's own is used"),
    (r"[ \t]+$", "blanks at the end of the line"),
))
# Golden files and corpora are what somebody else printed.
NOT_PROSE = re.compile(r"(^|/)(golden|corpus|fixtures)/|^LICENSE$")


def check(root: pathlib.Path) -> Iterator[house.Finding]:
    for file in house.files(root):
        if NOT_PROSE.search(file.as_posix()):
            continue
        for number, line in enumerate(house.text(root / file), 1):
            for pattern, why in WORDS:
                match = pattern.search(line)
                if match:
                    yield house.Finding(str(file), number, f"{why}: {match[0].strip()!r}")


if __name__ == "__main__":
    house.main(check)
