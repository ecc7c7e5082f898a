#!/usr/bin/env python3
"""device/ as the package managers see it: the files parse, name what is there, and agree on the version.

usage: packaging_test.py DEVICE_FOLDER VERSION
sources: Arduino's library specification 1.5 (rev. 2.2), PlatformIO's library.json, Espressif's manifest of a component
"""
import json
import re
import sys
from pathlib import Path

device, version = Path(sys.argv[1]), sys.argv[2]
bad = []


def check(good, what):
    if not good:
        bad.append(what)


properties = {}
for line in (device / "library.properties").read_text().splitlines():
    if line and not line.startswith("#"):
        key, equals, value = line.partition("=")
        check(equals, f"library.properties: {line!r} is no key=value")
        properties[key] = value
for key in ("name", "version", "author", "maintainer", "sentence", "paragraph", "category", "url", "architectures"):
    check(key in properties, f"library.properties: {key} is missing")
check(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}", properties["name"]), "library.properties: name")
check(properties["category"] == "Communication", "library.properties: category is none of Arduino's")
check(properties["version"] == version, "library.properties: not the project's version")
for header in properties["includes"].split(","):
    check((device / "src" / header).is_file(), f"library.properties: src/{header} is not there")

library = json.loads((device / "library.json").read_text())
check(library["name"] == properties["name"], "library.json: another name")
check(library["version"] == version, "library.json: not the project's version")
check((device / "src" / library["headers"]).is_file(), "library.json: headers")
for path in library["export"]["include"]:
    check((device / path).exists(), f"library.json: {path} is not there")
for example in library["examples"]:
    for name in example["files"]:
        check((device / example["base"] / name).is_file(), f"library.json: {name} is not there")

component = (device / "idf_component.yml").read_text()
check(f'version: "{version}"\n' in component, "idf_component.yml: not the project's version")
for path in re.findall(r"- path: (\S+)", component):
    check((device / path / "main" / "CMakeLists.txt").is_file(), f"idf_component.yml: {path} is no example")

# A sketch has its folder's name; every ESP-IDF source that is named exists.
for sketch in device.glob("examples/*/*.ino"):
    user_driver = sketch.parent.name == "tasmota"
    check(user_driver or sketch.stem == sketch.parent.name, f"{sketch}: Arduino wants the folder's name")
registered = re.search(r"idf_component_register\((.*?)\)", (device / "CMakeLists.txt").read_text(), re.S)
check(registered, "CMakeLists.txt: no component")
sources = re.findall(r"\S+\.cpp", registered[1])
check(len(sources) >= 4, "CMakeLists.txt: the component has too few sources")
for source in sources:
    check((device / source).is_file(), f"CMakeLists.txt: {source} is not there")

# What Kconfig asks for gets to the sources, and has its default there.
component = (device / "CMakeLists.txt").read_text()
config = (device / "src" / "tlswatch_config.h").read_text()
for option in re.findall(r"config (\w+)\n", (device / "Kconfig").read_text()):
    check(f"CONFIG_{option}" in component, f"Kconfig: nobody reads {option}")
    check(f"#define {option}" in config, f"Kconfig: {option} has no default in tlswatch_config.h")

print("\n".join(bad) or f"{len(properties)} properties, {len(sources)} sources of the component, version {version}")
sys.exit(1 if bad else 0)
