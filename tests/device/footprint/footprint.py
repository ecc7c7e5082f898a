#!/usr/bin/env python3
"""What the device module costs on the ESP8266's core: code, memory, stack, instructions; held to budget.txt.

  footprint.py --firmware build/lx106/firmware --pack build/lx106/bin/lx106-pack

Prints the tables that device/README.md quotes. Exit 0 within the budget, 1 above it, 2 something could not be
measured. Needs mosquitto, openssl, qemu-system-xtensa, socat.
"""
import argparse
import collections
import pathlib
import statistics
import subprocess
import sys
import tempfile

import emulated
import linked

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parents[2]
BOOT = REPOSITORY / "device" / "firmware" / "boot.sh"
INSTRUCTIONS_PER_TICK = 25  # device/ports/lx106-qemu/clock.h
RUNS = 5
MEASURED = ("rsa", "aws-iot")
VARIANTS = ("rsa", "rsa-512", "ecdhe-rsa", "ecdhe-ecdsa", "aws-iot")
CODE = (".text", ".rodata", ".data")
STATIC = (".data", ".bss")
MEMORY_SOURCE = "device/firmware/reference.cpp"  # all that a firmware gives the module
IN_HANDSHAKE = ("handshake_stack", "check_memory")  # lent while it runs, so no static memory


def readable(name):
    """The variable behind a section's name."""
    mangled = name.split(".", 2)[2] if name.count(".") >= 2 else name
    return subprocess.run(["c++filt", mangled], check=True, capture_output=True, text=True).stdout.strip().split("::")[-1]


class Build:
    """One firmware's sizes."""

    def __init__(self, folder, variant, components):
        self.by_component, self.memory, self.lent = collections.Counter(), {}, {}
        for piece in linked.pieces(folder / f"{variant}.map", REPOSITORY):
            component = components.of(piece.source)
            if piece.section in CODE:
                self.by_component[component] += piece.size
            if piece.section in STATIC and (components.counted[component] or piece.source == MEMORY_SOURCE):
                name = readable(piece.name)
                (self.lent if name in IN_HANDSHAKE else self.memory)[name] = piece.size
        if set(self.lent) != set(IN_HANDSHAKE):
            raise ValueError(f"{variant}: {IN_HANDSHAKE} are not where they are looked for")
        self.code = sum(size for name, size in self.by_component.items() if components.counted[name])
        self.static = sum(self.memory.values())


def boots(device, port, resumed):
    """RUNS boots, each a full handshake or each resumed."""
    results = []
    if resumed:
        device.forget()
        device.boot(port)  # to have something to resume
    for _ in range(RUNS):
        if not resumed:
            device.forget()
        result = device.boot(port)
        if result["resumed"] is not resumed:
            raise RuntimeError(f"resumed is {result['resumed']}, not {resumed}: {result}")
        results.append(result)
    return results


def median_instructions(results):
    return int(statistics.median(result["ticks"] for result in results)) * INSTRUCTIONS_PER_TICK


def measure_connections(args, folder, figures):
    emulated.make_certificates(folder)
    mutual = f"cafile {folder}/ca.pem\nrequire_certificate true\nciphers ECDHE-RSA-AES128-GCM-SHA256\n"
    for variant, broker_settings in (("rsa", "ciphers AES128-GCM-SHA256\n"), ("aws-iot", mutual)):
        device = emulated.Device(BOOT, args.firmware / f"{variant}.elf", folder / variant)
        if variant == "aws-iot":
            emulated.pack(args.pack, "ca", folder / "ca.pem", device.folder / "ca.bin")
            emulated.pack(args.pack, "chain", folder / "device.pem", device.folder / "chain.bin")
            emulated.pack(args.pack, "key", folder / "device.key", device.folder / "key.bin")
        with emulated.broker(folder, broker_settings) as port:
            device.settings(port, *([] if variant == "aws-iot" else ["fingerprint any"]))
            full, resumed = boots(device, port, False), boots(device, port, True)
        figures[f"{variant}.instructions"] = median_instructions(full)
        figures[f"{variant}.resumed"] = median_instructions(resumed)
        figures[f"{variant}.second_stack"] = max(result["handshake_stack"] for result in full + resumed)
        figures[f"{variant}.main_stack"] = max(result["main_stack"] for result in full + resumed)


def measure_recorder(args, folder, figures):
    cost = emulated.run_alone(BOOT, args.firmware / "recorder-cost.elf", folder / "recorder", "recorder_cost.json")
    figures["recorder.rtc"], figures["recorder.ram"] = cost.pop("rtc"), cost.pop("ram")
    figures["recorder.stack"] = max(cost.values())
    return cost


def print_table(title, rows):
    print(f"\n{title}")
    for name, amount in rows:
        print(f"{amount:>12,}  {name}")


def judge(figures):
    """Prints budget and figures; true if all hold."""
    print(f"\n{'measured':>12} {'at most':>12}")
    good = True
    for line in (HERE / "budget.txt").read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        measure, limit, unit, _ = line.split(None, 3)
        within = figures[measure] <= int(limit)
        good = good and within
        print(f"{figures[measure]:>12,} {int(limit):>12,}  {measure} in {unit}{'' if within else '   ABOVE BUDGET'}")
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--firmware", type=pathlib.Path, required=True, help="folder of VARIANT.elf and VARIANT.map")
    parser.add_argument("--pack", type=pathlib.Path, required=True, help="lx106-pack")
    args = parser.parse_args()
    args.firmware, args.pack = args.firmware.resolve(), args.pack.resolve()

    components = linked.Components(HERE / "components.txt")
    builds = {variant: Build(args.firmware, variant, components) for variant in VARIANTS}
    figures = {f"{variant}.code": build.code for variant, build in builds.items()}
    figures.update({f"{variant}.static": build.static for variant, build in builds.items()})
    figures["recorder.code"] = builds["rsa"].by_component["recorder and report"]
    with tempfile.TemporaryDirectory(prefix="tlswatch-footprint-") as name:
        calls = measure_recorder(args, pathlib.Path(name), figures)
        measure_connections(args, pathlib.Path(name), figures)

    for variant in MEASURED:
        build = builds[variant]
        rows = build.by_component.most_common()
        print_table(f"{variant}: code and constants in bytes, by component",
                    [row for row in rows if components.counted[row[0]]] + [("together", build.code)])
        print_table(f"{variant}: not counted", [row for row in rows if not components.counted[row[0]]])
        print_table(f"{variant}: static memory in bytes", [*build.memory.items(), ("together", build.static)])
    print_table("code and constants of the other builds, in bytes",
                [(variant, builds[variant].code) for variant in VARIANTS if variant not in MEASURED])
    print_table("recorder: stack of each call, in bytes", calls.items())
    print_table("also measured", [(name, figures[name]) for name in
                                  ("aws-iot.static", "aws-iot.resumed")])
    return 0 if judge(figures) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (RuntimeError, ValueError, OSError, subprocess.SubprocessError) as error:
        print(f"footprint.py: {error}", file=sys.stderr)
        sys.exit(2)
