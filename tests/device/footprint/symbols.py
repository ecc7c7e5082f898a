#!/usr/bin/env python3
"""What is linked into the firmwares, against absent.txt.

  symbols.py NM FOLDER      FOLDER has the *.elf; exit 0 nothing is linked that may not be, 1 something is
"""
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def rows():
    for line in (HERE / "absent.txt").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            firmware, pattern = line.split(None, 1)
            yield firmware, re.compile(pattern.strip())


def symbols(nm, elf):
    lines = subprocess.run([nm, "--format=posix", elf], check=True, capture_output=True, text=True).stdout.splitlines()
    names = {line.split()[0] for line in lines}
    if not {"main", "tlswatch_reset"} <= names:
        sys.exit(f"{elf}: no main among its symbols; nm was not read as expected")
    return names


def main():
    nm, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    linked = {elf.stem: symbols(nm, elf) for elf in sorted(folder.glob("*.elf"))}
    if "rsa" not in linked or not any(name.startswith("br_ssl_") for name in linked["rsa"]):
        sys.exit(f"{folder}: no rsa.elf with BearSSL in it")
    wrong = 0
    for firmware, pattern in rows():
        if firmware != "*" and firmware not in linked:
            sys.exit(f"absent.txt: there is no {firmware}.elf")
        for name in linked if firmware == "*" else [firmware]:
            for symbol in sorted(linked[name]):
                if pattern.fullmatch(symbol):
                    wrong += 1
                    print(f"{name}.elf: {symbol} may not be linked ({pattern.pattern})")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
