"""What mosquitto_tlswatch.so shows the broker's process: the three plugin functions, and nothing else."""

import subprocess
import sys

WANTED = {"mosquitto_plugin_version", "mosquitto_plugin_init", "mosquitto_plugin_cleanup"}


def exported(library: str) -> set:
    lines = subprocess.run(["nm", "--dynamic", "--defined-only", "--portability", library],
                           check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    # A version script's own name is an absolute symbol (A), not a function.
    return {line.split()[0].split("@")[0] for line in lines if line.split()[1] != "A"}


def problems(library: str) -> list:
    found = exported(library)
    return ([f"{library}: exports {name}, which other plugins could collide with" for name in sorted(found - WANTED)] +
            [f"{library}: does not export {name}" for name in sorted(WANTED - found)])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} LIBRARY")
    wrong = problems(sys.argv[1])
    print("\n".join(wrong))
    sys.exit(1 if wrong else 0)
