"""Who may include whom: the arrows between the parts, checked over every #include line.

A folder is judged by the longest row of RULES that is a prefix of its path. Inside its own row's folder everything
may be included. A row names the other folders of ours, and the groups of foreign headers, that it may include.
"""

import pathlib
import re
from typing import Iterator, NamedTuple, Optional, Tuple

import house


class Rule(NamedTuple):
    folder: str
    ours: Tuple[str, ...]     # folders, with all below them
    foreign: Tuple[str, ...]  # groups of FOREIGN


PURE = ("freestanding", "c++")
HOST = PURE + ("c++ with the system", "system")
CORE = ("daemon/core", "plugin/wire", "device/src")

RULES = (
    Rule("device/src", (), ("freestanding", "bearssl")),
    Rule("device/ports", ("device/src",), ("freestanding", "bearssl", "arduino", "esp-idf")),
    Rule("device/ports/esp8266", ("device/src",), ("freestanding", "system", "arduino")),
    Rule("device/ports/esp32", ("device/src",), ("freestanding", "system", "esp-idf")),
    Rule("device/ports/host", ("device/src",), HOST + ("bearssl", "valgrind")),
    Rule("device/firmware", ("device/src", "device/ports/lx106-qemu"), ("freestanding", "bearssl")),
    Rule("device/firmware/host", ("device/src", "device/tool"), HOST + ("bearssl",)),
    Rule("device/tool", ("device/src", "device/ports/host"), HOST + ("bearssl", "cli", "json")),
    Rule("device/examples", ("device/src", "device/ports"), ("freestanding", "bearssl", "arduino", "esp-idf")),
    Rule("plugin/wire", (), PURE),
    Rule("plugin", ("plugin/wire",), HOST + ("mosquitto", "openssl")),
    Rule("daemon/core", CORE, PURE),
    Rule("daemon/core/report", CORE, PURE + ("json",)),
    Rule("daemon/config", CORE, HOST + ("yaml",)),
    Rule("daemon/log", CORE, HOST + ("spdlog", "json")),  # its lines are JSON
    Rule("daemon/metrics", CORE, PURE + ("c++ with the system",)),  # a lock
    Rule("daemon/sources", CORE, HOST),
    Rule("daemon/store", CORE, HOST + ("sqlite",)),
    Rule("daemon/view", CORE + ("daemon/store", "daemon/log"), HOST + ("json",)),  # rows.h into JSON
    Rule("daemon/http", CORE + ("daemon/store", "daemon/log", "daemon/view"), HOST + ("http", "openssl")),
    Rule("daemon/x509", CORE, HOST + ("openssl",)),
    Rule("daemon/check", CORE + ("daemon/x509",), HOST + ("openssl",)),  # reads certificates as the daemon does
    # The two programs put the shell together.
    Rule("daemon/tlswatchd", ("daemon", "plugin/wire", "device/src"), HOST + ("cli", "systemd")),
    Rule("daemon/tlswatch", ("daemon", "plugin/wire", "device/src"), HOST + ("cli", "json")),
    Rule("tests", ("device", "plugin", "daemon"), ("*",)),
)

# Groups of foreign headers, as regular expressions over the whole name.
FOREIGN = {
    "freestanding": r"std(int|def|bool|arg)\.h|limits\.h|float\.h|string\.h",
    "c++": r"algorithm|array|bit|bitset|cassert|cctype|cerrno|cfloat|charconv|chrono|cinttypes|climits|cmath|compare"
           r"|concepts|cstdarg|cstddef|cstdint|cstdlib|cstring|deque|exception|functional|initializer_list|iterator"
           r"|limits|list|map|memory|memory_resource|new|numeric|optional|queue|ranges|ratio|set|source_location|span"
           r"|stack|stdexcept|string|string_view|system_error|tuple|type_traits|typeindex|typeinfo|unordered_map"
           r"|unordered_set|utility|valarray|variant|vector|version",
    "c++ with the system": r"atomic|barrier|condition_variable|csignal|cstdio|ctime|filesystem|format|fstream|future"
                           r"|iomanip|ios|iosfwd|iostream|istream|latch|locale|mutex|ostream|random|regex"
                           r"|semaphore|shared_mutex|sstream|stop_token|streambuf|syncstream|thread",
    "system": r"(arpa|linux|net|netinet|sys)/.+\.h|(dirent|dlfcn|errno|fcntl|getopt|grp|link|netdb|poll|pthread|pwd"
              r"|sched|signal|stdio|stdlib|syslog|termios|time|unistd|locale|wchar)\.h",
    "arduino": r"Arduino\.h|Client\.h|PubSubClient\.h|ESP8266WiFi\.h|WiFi.*\.h|user_interface\.h|LittleFS\.h|EEPROM\.h",
    "esp-idf": r"(esp|nvs|freertos|mbedtls)[_/].+\.h|nvs\.h|mqtt_client\.h",
    "bearssl": r"bearssl/bearssl.*\.h|bearssl.*\.h",
    "mosquitto": r"mosquitto.*\.h|mosquitto/.+\.h|mqtt_protocol\.h",
    "openssl": r"openssl/.+\.h",
    "json": r"nlohmann/.+|rapidjson/.+",
    "yaml": r"yaml-cpp/.+",
    "spdlog": r"spdlog/.+|fmt/.+",
    "sqlite": r"sqlite3\.h",
    "http": r"httplib\.h",
    "systemd": r"systemd/sd-daemon\.h",
    "journal": r"systemd/sd-journal\.h",  # for one file: FOREIGN_BY_FILE
    "cli": r"CLI/.+",
    "valgrind": r"valgrind/.+\.h",  # macros that do nothing outside of it
}

# Atomics are memory, not the system: the ring shares its positions by them.
FOREIGN_BY_FOLDER = {"plugin/wire": r"atomic"}

# What one file alone may include: where another's format or library is met.
FOREIGN_BY_FILE = {"daemon/sources/journal_source.cpp": ("journal",)}

# Arduino compiles what lies in device/src and finds headers only there: these two bring in the chip's port.
OURS_BY_FILE = {"device/src/tlswatch_arduino.h": ("device/ports",),
                "device/src/tlswatch_arduino.cpp": ("device/ports",)}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
# Folders of the include path, beside the root and the file's own folder.
INCLUDE_PATH = ("device/src", "device/ports/host", "tests/harness", "tests", "device/tool", "device/firmware", "device/ports/esp32",
                "device/firmware/variants/rsa", "device/ports/lx106-qemu")


def rule_of(folder: str) -> Optional[Rule]:
    fitting = [rule for rule in RULES if (folder + "/").startswith(rule.folder + "/")]
    return max(fitting, key=lambda rule: len(rule.folder), default=None)


def ours(root: pathlib.Path, file: pathlib.Path, name: str) -> Optional[str]:
    """Returns the folder of ours that an included file lies in; None for a foreign one."""
    for base in (str(file.parent), "") + INCLUDE_PATH:
        candidate = root / base / name
        if candidate.is_file():
            return candidate.resolve().parent.relative_to(root.resolve()).as_posix()
    return None


def check(root: pathlib.Path) -> Iterator[house.Finding]:
    for file in house.files(root):
        if file.suffix not in house.CODE:
            continue
        rule = rule_of(file.parent.as_posix())
        if rule is None:
            yield house.Finding(str(file), 0, "its folder has no row in RULES of tests/house/arrows.py")
            continue
        for number, line in enumerate(house.text(root / file), 1):
            match = INCLUDE.match(line)
            if match:
                wrong = judge(root, file, rule, match[1], match[2])
                if wrong:
                    yield house.Finding(str(file), number, wrong)


def judge(root: pathlib.Path, file: pathlib.Path, rule: Rule, bracket: str, name: str) -> Optional[str]:
    folder = ours(root, file, name) if bracket == '"' else None
    if folder is not None:
        target = rule_of(folder)
        may = rule.ours + OURS_BY_FILE.get(file.as_posix(), ())
        if target == rule or any((folder + "/").startswith(allowed + "/") for allowed in may):
            return None
        return f"{rule.folder} may not include {folder}: \"{name}\""
    if "*" in rule.foreign or re.fullmatch(FOREIGN_BY_FOLDER.get(rule.folder, "(?!)"), name):
        return None
    groups = [group for group, pattern in FOREIGN.items() if re.fullmatch(pattern, name)]
    if any(group in rule.foreign + FOREIGN_BY_FILE.get(file.as_posix(), ()) for group in groups):
        return None
    if not groups:
        return f"a header no group of tests/house/arrows.py has, nor any folder of ours: {name}"
    return f"{rule.folder} may not include {groups[0]}: <{name}>"


if __name__ == "__main__":
    house.main(check)
