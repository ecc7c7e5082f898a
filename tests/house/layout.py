"""What may lie at the root, that every part says what it is, that links lead somewhere, that a file has one subject."""

import pathlib
import re
from typing import Iterator

import house

# The parts, then what tools insist on finding at the root.
PARTS = ("plugin", "daemon", "device", "tests", "deploy")
AT_ROOT = PARTS + ("CMakeLists.txt", "README.md", "CHANGELOG.md", "LICENSE", "CMakePresets.json", ".clang-format",
                   ".clang-tidy", ".gitignore", ".ci")
LONGEST = 500  # lines
LONG_BY_NATURE = {".md", ".json", ".yaml", ".txt", ".log"}
LONG_BY_NAME = {"LICENSE"}
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")


def check(root: pathlib.Path) -> Iterator[house.Finding]:
    present = {path.name for path in root.iterdir()} - house.NOT_OURS
    for name in sorted(present - set(AT_ROOT)):
        yield house.Finding(name, 0, "may not lie at the root; move it into a part, or name it in tests/house/layout.py")
    for name in AT_ROOT:
        if name not in present:
            yield house.Finding(name, 0, "is missing at the root")
    for part in PARTS:
        if part in present and not (root / part / "README.md").is_file():
            yield house.Finding(f"{part}/README.md", 0, "is missing: every part says what it is and what it may use")
    for file in house.files(root):
        if file.suffix == ".md":
            yield from dead_links(root, file)
        if file.suffix in LONG_BY_NATURE or file.name in LONG_BY_NAME:
            continue
        lines = len(house.text(root / file))
        if lines > LONGEST:
            yield house.Finding(str(file), 0, f"has {lines} lines, more than {LONGEST}: more than one subject")


def dead_links(root: pathlib.Path, file: pathlib.Path) -> Iterator[house.Finding]:
    for number, line in enumerate(house.text(root / file), 1):
        for target in LINK.findall(line):
            if "://" not in target and not (root / file.parent / target).exists():
                yield house.Finding(str(file), number, f"links to {target}, which does not exist")


if __name__ == "__main__":
    house.main(check)
