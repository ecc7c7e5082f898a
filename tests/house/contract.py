"""The names that other people's scripts rely on: the schema of the log must know these, and no others."""

import json
import pathlib
from typing import Iterator

import house

SCHEMA = "deploy/event-log.schema.json"

NAMES = {
    "event.action": """session-start tls-handshake mqtt-identified session-end device-report device-log
        diagnosis certificate-expiring incident-opened incident-reopened incident-resolved events-lost""",
    "tlswatch.cause": """server-cert-untrusted server-cert-expired server-cert-not-yet-valid device-clock-wrong
        server-name-mismatch fingerprint-mismatch server-key-too-large server-key-type-unsupported
        signature-algorithm-unsupported server-chain-malformed no-shared-cipher protocol-version-unsupported
        mfln-not-negotiated mfln-not-honoured record-too-large client-cert-missing client-cert-untrusted
        client-cert-expired client-cert-revoked client-key-missing credentials-refused psk-identity-unknown
        psk-mismatch plain-mqtt-on-tls-port tls-on-plain-port not-tls scanner handshake-timeout
        connection-closed-by-device connection-reset network-loss dns-failure tcp-connect-failure
        device-out-of-memory device-no-random data-corrupted keepalive-timeout session-taken-over unknown""",
    "tlswatch.stage": """connected client-hello server-hello certificate-sent client-certificate key-exchange
        finished established""",
    "tlswatch.identity.how": "session client-certificate psk broker-log report inferred unknown",
    "tlswatch.identity.proof": "certificate psk password none",
    "event.reason": """disconnect closed reset keepalive-timeout taken-over kicked protocol-error
        credentials-refused broker-stopped unknown""",
    "event.outcome": "success failure unknown",
}


def enums(node) -> Iterator[frozenset]:
    """Yields every list of allowed words that stands anywhere in a schema; null beside them does not count."""
    if isinstance(node, dict):
        if isinstance(node.get("enum"), list):
            yield frozenset(word for word in node["enum"] if word is not None)
        for value in node.values():
            yield from enums(value)
    elif isinstance(node, list):
        for value in node:
            yield from enums(value)


def check(root: pathlib.Path) -> Iterator[house.Finding]:
    path = root / SCHEMA
    if not path.is_file():
        yield house.Finding(SCHEMA, 0, "is missing")
        return
    present = set(enums(json.loads(path.read_text(encoding="utf-8"))))
    for field, words in NAMES.items():
        wanted = frozenset(words.split())
        if wanted in present:
            continue
        nearest = max(present, key=lambda words: len(words & wanted), default=frozenset())
        yield house.Finding(SCHEMA, 0, f"{field}: no enum has just the agreed words; the nearest lacks "
                            f"{sorted(wanted - nearest)} and adds {sorted(nearest - wanted)}")


if __name__ == "__main__":
    house.main(check)
