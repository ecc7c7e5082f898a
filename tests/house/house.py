"""What the house checks share: the files that are ours, and how a finding is printed."""

import os
import pathlib
import sys
from typing import Iterable, Iterator, List, NamedTuple

NOT_OURS = {".git", "build", "__pycache__", "node_modules"}
CODE = {".h", ".hpp", ".c", ".cc", ".cpp", ".ino"}


class Finding(NamedTuple):
    file: str  # relative to the root
    line: int  # 0: the file as a whole
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}" if self.line else f"{self.file}: {self.what}"


def files(root: pathlib.Path) -> Iterator[pathlib.Path]:
    """Yields every file of the source tree, relative to root, sorted; build results are not ours."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in NOT_OURS)
        for name in sorted(set(names) - NOT_OURS):  # .git is a file in a worktree
            yield (pathlib.Path(folder) / name).relative_to(root)


def text(path: pathlib.Path) -> List[str]:
    """Returns the lines of a file; none where it is not text."""
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        return []


def main(check) -> None:
    """Runs check(root) and prints what it finds; exit 0 nothing, 1 findings, 2 bad usage."""
    if len(sys.argv) != 2 or not pathlib.Path(sys.argv[1]).is_dir():
        print(f"usage: {sys.argv[0]} ROOT", file=sys.stderr)
        sys.exit(2)
    findings: Iterable[Finding] = list(check(pathlib.Path(sys.argv[1])))
    for finding in findings:
        print(finding)
    sys.exit(1 if findings else 0)
