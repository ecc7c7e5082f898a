"""The triage of an event log: each device with MFLN, cipher and key; what failed, from both sides; in one screen.

    triage.py EVENTS.json

Reads nothing but the log. A failed handshake has no client id: it is a device's where the diagnosis of that device's
report names its session.
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
    """What a device reported, or what a visitor met, and what the log says about it."""
    report: Optional[Dict[str, Any]]     # None: of a visitor
    diagnosis: Optional[Dict[str, Any]]
    seen: bool                           # the diagnosis is about a session that the broker saw fail

    def cause(self) -> Optional[str]:
        return get(self.diagnosis or {}, "tlswatch.cause")

    def evidence(self) -> str:
        """Returns the broker's side in a line, the most telling first."""
        if not self.seen:
            return "nothing that is known to be this"
        told = [one["what"] for one in get(self.diagnosis or {}, "tlswatch.evidence") or [] if one["side"] == "broker"]
        if "the client closed the connection" in told:
            told = [what for what in told if what != "OpenSSL: unexpected eof while reading"]  # the same in other words
        telling = ("OpenSSL:", "the first bytes", "alert", "client certificate:")
        told.sort(key=lambda what: next((n for n, start in enumerate(telling) if what.startswith(start)), len(telling)))
        return "; ".join(told).replace("the handshake ended after", "ended after") or "the handshake failed"


class Device(NamedTuple):
    name: str
    handshake: Dict[str, Any]  # of its last session
    mfln: Dict[str, Any]       # the last known of that session
    failures: List[Failure]    # that it reported, oldest first


class Triage:
    def __init__(self, events: List[Dict[str, Any]]):
        by_action: Dict[str, List[Dict[str, Any]]] = {}
        for event in events:
            by_action.setdefault(event["event"]["action"], []).append(event)
        handshakes = {get(event, "tlswatch.session"): event for event in by_action.get("tls-handshake", [])}
        ends = {get(event, "tlswatch.session"): event for event in by_action.get("session-end", [])}
        self.broker = events[0]["broker"]["name"] if events else "?"
        self.devices: Dict[str, Device] = {}
        for event in by_action.get("mqtt-identified", []):
            session, name = get(event, "tlswatch.session"), get(event, "device.id")
            if session in handshakes and name:
                mfln = get(ends.get(session, handshakes[session]), "tlswatch.mfln") or {}
                self.devices[name] = Device(name, handshakes[session], mfln, [])
        failed = {session: event for session, event in handshakes.items() if not get(event, "tls.established")}
        said: Dict[str, Dict[str, Any]] = {}  # by session, the last word
        claimed: Set[str] = set()
        for before, event in zip([{}, *events], events):
            if event["event"]["action"] != "diagnosis":
                continue
            sessions = [session for session in get(event, "tlswatch.sessions") or [] if session in failed]
            said.update(dict.fromkeys(sessions, event))
            # A report's diagnosis is the next line after it.
            device = self.devices.get(get(event, "device.id") or "")
            if device is not None and get(before, "event.action") == "device-report":
                device.failures.append(Failure(before, event, bool(sessions)))
                claimed.update(sessions)
        self.strangers = [(event, Failure(None, said.get(session), True)) for session, event in failed.items()
                          if session not in claimed]

    @classmethod
    def read(cls, path: pathlib.Path) -> "Triage":
        lines = path.read_text(encoding="utf-8").split("\n")[:-1] if path.exists() else []
        return cls([json.loads(line) for line in lines])

    def fact(self, device: Optional[str], fact: str) -> Set[Any]:
        """Returns every value of a fact (mfln, cipher, code, cause) that the log has of a device; None: of strangers."""
        if device is None:
            return {one.cause() for _, one in self.strangers}
        known = self.devices.get(device)
        if known is None:
            return set()
        return {
            "mfln": {known.mfln.get("negotiated")},
            "cipher": {get(known.handshake, "tls.cipher")},
            "code": {get(one.report, "tlswatch.device_error.code") for one in known.failures},
            "cause": {one.cause() for one in known.failures if one.seen},
        }[fact]

    def screen(self) -> str:
        healthy = [device for device in self.devices.values() if not device.failures]
        broken = [device for device in self.devices.values() if device.failures]
        confirmed = sum(all(one.seen for one in device.failures) for device in broken)
        out = [f"Broker {self.broker}: {len(healthy)} devices fine, {len(broken)} back after a failure "
               f"({confirmed} confirmed by their own report), "
               f"{len(self.strangers)} visitors that are no device", "",
               row("DEVICE", "TLS", "MFLN", "CIPHER", "BITS", "SERVER KEY", "HANDSHAKE")]
        out += [device_row(device) for device in healthy]
        for device in broken:
            out += [device_row(device), *both_sides(device)]
        for handshake, one in self.strangers:
            out += [address(handshake), told("broker saw", one.evidence()), *verdict(one.diagnosis)]
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
    for one in device.failures:
        error = get(one.report, "tlswatch.device_error")
        lines.append(told("broker saw", one.evidence()))
        lines.append(told("device said", f"{error['code']} {error.get('name') or ''}: {error.get('meaning') or 'unknown'}"))
        lines += verdict(one.diagnosis)
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
