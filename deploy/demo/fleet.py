"""Who takes part in the demo, and what must be seen of each: the one table that is both played and checked."""

from typing import Dict, NamedTuple, Optional, Tuple

# Listeners of the broker: what stands below each `listener` line, in mosquitto.conf's words; {c}: the certificates.
LISTENERS: Dict[str, Tuple[str, ...]] = {
    "good": ("certfile {c}/server.crt", "keyfile {c}/server.key"),
    "expired": ("certfile {c}/server-expired.crt", "keyfile {c}/server-expired.key"),
    "other-ca": ("certfile {c}/server-other-ca.crt", "keyfile {c}/server-other-ca.key"),
    "ec-only": ("certfile {c}/server-ec.crt", "keyfile {c}/server-ec.key"),
    "tls13": ("certfile {c}/server.crt", "keyfile {c}/server.key", "tls_version tlsv1.3"),
    "mtls": ("certfile {c}/server.crt", "keyfile {c}/server.key", "cafile {c}/ca.crt", "require_certificate true"),
}


class Seen(NamedTuple):
    """What the event log must say of a member; None: not asked."""
    mfln: Optional[int] = None           # negotiated on the session that worked
    cipher: Optional[str] = None         # of that session, IANA name
    code: Optional[int] = None           # what the device reported of the session that failed
    cause: Tuple[str, ...] = ()          # of the session that failed, from all that is known: one of these


class Member(NamedTuple):
    name: str                            # the client id; of a stranger, what we call it
    listener: str                        # where it tries first
    first: str                           # further arguments of tlswatch-device, or "tcp" for bytes that are no TLS
    then: Optional[str]                  # how it comes back, at the good listener; None: it does not
    seen: Seen


# The arguments are tlswatch-device's. {c}: the certificates.
CA = "--cafile {c}/ca.crt --clock now"
WRONG = "--fingerprint 00112233445566778899AABBCCDDEEFF00112233 --clock now"
ECDHE = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"

FLEET = (
    Member("lamp-hall", "good", CA + " --suite ecdhe-rsa --mfln 512", None, Seen(mfln=512, cipher=ECDHE)),
    Member("plug-kitchen", "good", CA + " --suite ecdhe-rsa --mfln 1024", None, Seen(mfln=1024, cipher=ECDHE)),
    Member("meter-cellar", "good", "--fingerprint learn --clock unset --suite rsa --mfln 1024", None,
           Seen(mfln=1024, cipher="TLS_RSA_WITH_AES_128_GCM_SHA256")),
    Member("plug-garage", "good", WRONG, "--fingerprint learn --clock now",
           Seen(code=1, cause=("fingerprint-mismatch",))),
    Member("blind-south", "other-ca", CA, CA, Seen(code=62, cause=("server-cert-untrusted",))),
    Member("boiler", "expired", CA, CA, Seen(code=54, cause=("server-cert-expired",))),
    # It comes back with the hello that failed: one try with another hello, among devices that are alike, is nobody's for
    # certain.
    Member("fridge", "ec-only", CA + " --suite rsa", CA + " --suite rsa", Seen(code=296, cause=("no-shared-cipher",))),
    Member("gate", "tls13", CA, CA, Seen(code=326, cause=("protocol-version-unsupported",))),
    Member("pump", "mtls", CA, CA, Seen(code=296, cause=("client-cert-missing",))),
    Member("(plain MQTT)", "good", "tcp", None, Seen(cause=("plain-mqtt-on-tls-port",))),
    Member("(HTTP)", "good", "tcp", None, Seen(cause=("not-tls", "scanner"))),
)

# What the two that speak no TLS send.
BYTES = {
    "(plain MQTT)": b"\x10\x12\x00\x04MQTT\x04\x02\x00\x3c\x00\x06plain1",
    "(HTTP)": b"GET /login HTTP/1.1\r\nHost: broker\r\nUser-Agent: zgrab/0.x\r\n\r\n",
}
