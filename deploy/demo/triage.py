"""The triage of an event log: each device with MFLN, cipher and key; what failed, from both sides; in one screen.

    triage.py EVENTS.json

Reads nothing but the log. A failed handshake has no client id; where no diagnosis of the log names its device, it is
told here by address and time: a device reports when it failed, to the second, and from its address the broker saw one
failure then.
"""

import json
import pathlib
import sys
import textwrap
from typing import Any, Dict, List, NamedTuple, Optional, Set

WIDTH = 118


def get(event: Dict[str, Any], path: str) -> Any:
    """Returns what stands at a dotted path of nested objects; None where a part of it is missing."""
    node: Any = event
    for name in path.split("."):
        node = node.get(name) if isinstance(node, dict) else None
    return node


class Failure(NamedTuple):
    """One session that did not get through its handshake, with what the daemon made of it."""
    session: str
    handshake: Dict[str, Any]
    diagnosis: Optional[Dict[str, Any]]

    def cause(self) -> Optional[str]:
        return get(self.diagnosis or {}, "tlswatch.cause")

    def evidence(self) -> str:
        """Returns the broker's side in a line, the most telling first."""
        told = [one["what"] for one in get(self.diagnosis or {}, "tlswatch.evidence") or [] if one["side"] == "broker"]
        if "the client closed the connection" in told:
            told = [what for what in told if what != "OpenSSL: unexpected eof while reading"]  # the same in other words
        telling = ("OpenSSL:", "the first bytes", "alert", "client certificate:")
        told.sort(key=lambda what: next((n for n, start in enumerate(telling) if what.startswith(start)), len(telling)))
        return "; ".join(told).replace("the handshake ended after", "ended after") or "the handshake failed"


class Device(NamedTuple):
    name: str
    handshake: Dict[str, Any]        # of its last session
    mfln: Dict[str, Any]             # the last known of that session
    reports: List[Dict[str, Any]]    # device-report events, oldest first
    diagnoses: List[Dict[str, Any]]  # of what it reported
    failures: List[Optional[Failure]]  # the broker's side of each report


class Triage:
    def __init__(self, events: List[Dict[str, Any]]):
        by_action: Dict[str, List[Dict[str, Any]]] = {}
        for event in events:
            by_action.setdefault(event["event"]["action"], []).append(event)
        handshakes = {get(event, "tlswatch.session"): event for event in by_action.get("tls-handshake", [])}
        ends = {get(event, "tlswatch.session"): event for event in by_action.get("session-end", [])}
        diagnosed: Dict[str, Dict[str, Any]] = {}
        for event in by_action.get("diagnosis", []):
            for session in get(event, "tlswatch.sessions") or []:
                diagnosed[session] = event  # a report corrects what was said before
        self.broker = events[0]["broker"]["name"] if events else "?"
        self.strangers = [Failure(session, event, diagnosed.get(session)) for session, event in handshakes.items()
                          if not get(event, "tls.established")]
        self.devices: Dict[str, Device] = {}
        for event in by_action.get("mqtt-identified", []):
            session, name = get(event, "tlswatch.session"), get(event, "device.id")
            if session in handshakes and name:
                mfln = get(ends.get(session, handshakes[session]), "tlswatch.mfln") or {}
                self.devices[name] = Device(name, handshakes[session], mfln, [], [], [])
        for event in by_action.get("device-report", []):
            device = self.devices.get(get(event, "device.id") or "")
            if device is not None:
                device.reports.append(event)
                device.failures.append(self._claim(device.name))
        for event in by_action.get("diagnosis", []):
            device = self.devices.get(get(event, "device.id") or "")
            if device is not None:
                device.diagnoses.append(event)

    @classmethod
    def read(cls, path: pathlib.Path) -> "Triage":
        lines = path.read_text(encoding="utf-8").split("\n")[:-1] if path.exists() else []
        return cls([json.loads(line) for line in lines])

    def _claim(self, name: str) -> Optional[Failure]:
        """Takes the failure that a report is about from the strangers: the log names the device of each."""
        for one in self.strangers:
            if get(one.diagnosis or {}, "device.id") == name:
                self.strangers.remove(one)
                return one
        return None

    def fact(self, device: Optional[str], fact: str) -> Set[Any]:
        """Returns every value of a fact (mfln, cipher, code, cause) that the log has of a device; None: of strangers."""
        if device is None:
            return {one.cause() for one in self.strangers}
        known = self.devices.get(device)
        if known is None:
            return set()
        return {
            "mfln": {known.mfln.get("negotiated")},
            "cipher": {get(known.handshake, "tls.cipher")},
            "code": {get(report, "tlswatch.device_error.code") for report in known.reports},
            "cause": {one.cause() for one in known.failures if one},
            "how": {get(one.diagnosis or {}, "tlswatch.identity.how") for one in known.failures if one},
        }[fact]

    def screen(self) -> str:
        healthy = [device for device in self.devices.values() if not device.reports]
        broken = [device for device in self.devices.values() if device.reports]
        out = [f"Broker {self.broker}: {len(healthy)} devices fine, {len(broken)} back after a failure, "
               f"{len(self.strangers)} visitors that are no device", "",
               row("DEVICE", "TLS", "MFLN", "CIPHER", "BITS", "SERVER KEY", "HANDSHAKE")]
        out += [device_row(device) for device in healthy]
        for device in broken:
            out += [device_row(device), *both_sides(device)]
        for one in self.strangers:
            out += [address(one.handshake), told("broker saw", one.evidence()), *verdict(one.diagnosis)]
        return "\n".join(out)


def row(*cells: str) -> str:
    widths = (14, 4, 15, 40, 5, 11, 0)
    return "".join(f"{cell:<{width}}" for cell, width in zip(cells, widths)).rstrip()


def device_row(device: Device) -> str:
    shake = device.handshake
    kept = {True: ", kept", False: ", NOT KEPT", None: ""}[device.mfln.get("honoured")]
    mfln = f"{device.mfln['negotiated']}{kept}" if device.mfln.get("negotiated") else "none"
    key = " ".join(str(part) for part in (get(shake, "tls.server.x509.public_key_algorithm"),
                                           get(shake, "tls.server.x509.public_key_size")) if part)
    took = get(shake, "event.duration")
    return row(device.name, str(get(shake, "tls.version") or "-"), mfln, str(get(shake, "tls.cipher") or "-"),
               str(get(shake, "tlswatch.cipher_bits") or "-"), key or "-", f"{took / 1e6:.0f} ms" if took else "-")


def address(event: Dict[str, Any]) -> str:
    port = get(event, "source.port")
    return f"{get(event, 'source.ip')}:{'?' if port is None else port}"


def both_sides(device: Device) -> List[str]:
    lines = []
    for report, failure in zip(device.reports, device.failures):
        error = get(report, "tlswatch.device_error")
        lines.append(told("broker saw", failure.evidence() if failure else "nothing"))
        lines.append(told("device said", f"{error['code']} {error.get('name') or ''}: {error.get('meaning') or 'unknown'}"))
        lines += verdict(failure.diagnosis if failure else next(iter(device.diagnoses), None))
    return lines


def verdict(diagnosis: Optional[Dict[str, Any]]) -> List[str]:
    if diagnosis is None:
        return [told("cause", "unknown")]
    what, _, remedy = (get(diagnosis, "tlswatch.fix") or "").partition(". ")
    lines = [told("cause", f"{get(diagnosis, 'tlswatch.cause')}: {what.rstrip('.')}.")]
    return lines + ([told("fix", remedy)] if remedy else [])


def told(who: str, what: str) -> str:
    return f"  {who:<12} " + textwrap.shorten(what, WIDTH - 15, placeholder=" ...")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: triage.py EVENTS.json")
    print(Triage.read(pathlib.Path(sys.argv[1])).screen())
