"""A device whose MQTT is Eclipse Paho for Python: one attempt to connect, its TLS error kept in --state and reported at
the next success. Options and the line it prints are those of client.cpp.

Python's errors are OpenSSL's: their number is the library's and the reason's, their detail OpenSSL's verify result.
"""

import argparse
import json
import pathlib
import secrets
import ssl
import sys
import time

import _ssl  # the numbers behind ssl's names
import paho.mqtt.client as mqtt

SSL_LIBRARY = 20  # ERR_LIB_SSL
REASONS = {name: reason for (library, reason), name in _ssl.err_codes_to_names.items() if library == SSL_LIBRARY}


def arguments():
    parser = argparse.ArgumentParser()
    for name in ("host", "server-name", "id", "cafile", "cert", "key", "user", "password", "state", "version"):
        parser.add_argument("--" + name)
    parser.add_argument("--port", type=int)
    parser.add_argument("--keepalive", type=int, default=60)
    parser.add_argument("--plain", action="store_true", help="no TLS at all")
    parser.add_argument("--silent", action="store_true", help="once connected, stay until the broker ends it")
    return parser.parse_args()


class State:
    """The errors that nobody has been told of, in a file."""

    def __init__(self, path):
        self.path = pathlib.Path(path) if path else None
        self.kept = {"era": secrets.randbelow(2**32 - 1) + 1, "boot": 0, "errs": [], "seq": 0}
        if self.path and self.path.exists():
            self.kept = json.loads(self.path.read_text())
        self.kept["boot"] += 1
        self.save()

    def save(self):
        if self.path:
            self.path.write_text(json.dumps(self.kept))

    def record(self, stack, phase, code, detail):
        self.kept["seq"] += 1
        self.kept["errs"].append({"s": stack, "seq": self.kept["seq"], "ph": phase, "c": code, "d": detail, "n": 1,
                                  "t": int(time.time()), "heap": 0})
        self.save()

    def report(self):
        return json.dumps({"v": 1, "era": self.kept["era"], "boot": self.kept["boot"], "fw": "paho-1", "up": 1,
                           "errs": self.kept["errs"]}, separators=(",", ":"))

    def reported(self):
        count = len(self.kept["errs"])
        self.kept["errs"] = []
        self.save()
        return count


def context(options):
    made = ssl.create_default_context(cafile=options.cafile)
    if options.cert:
        made.load_cert_chain(options.cert, options.key)
    if options.version:
        made.minimum_version = made.maximum_version = ssl.TLSVersion["TLSv" + options.version.replace(".", "_")]
    return made


def code_of(error):
    return SSL_LIBRARY << 23 | REASONS.get(error.reason, 0), getattr(error, "verify_code", 0)


def say(connected, code=0, detail=0, reported=0):
    print(json.dumps({"connected": connected, "code": code, "detail": detail, "reported": reported}), flush=True)
    return 0 if connected else 1


def connect(options, client):
    """Returns the CONNACK's code; None where the connection ended before one came."""
    answer = []
    client.on_connect = lambda _client, _data, _flags, code: answer.append(code)
    client.connect(options.host, options.port, options.keepalive)
    while not answer:
        if client.loop(timeout=10) != mqtt.MQTT_ERR_SUCCESS and not answer:
            return None
    return answer[0]


def publish(client, topic, text):
    message = client.publish(topic, text, qos=1)
    while not message.is_published():
        if client.loop(timeout=10) != mqtt.MQTT_ERR_SUCCESS:
            return False
    return True


class NamedContext:
    """Paho checks the name that it connects to; the scenarios connect to an address and mean a name."""

    def __init__(self, inner, name):
        self.inner, self.name = inner, name

    def __getattr__(self, attribute):
        return getattr(self.inner, attribute)

    def wrap_socket(self, sock, server_hostname=None, **further):
        return self.inner.wrap_socket(sock, server_hostname=self.name, **further)


def main():
    options = arguments()
    state = State(options.state)
    client = mqtt.Client(client_id=options.id)
    if not options.plain:
        client.tls_set_context(NamedContext(context(options), options.server_name))
    if options.user:
        client.username_pw_set(options.user, options.password)
    try:
        answer = connect(options, client)
    except ssl.SSLError as error:
        code, detail = code_of(error)
        state.record("openssl", "tls", code, detail)
        return say(False, code, detail)
    except OSError as error:
        return say(False, detail=error.errno or 0)
    if answer != 0:
        state.record("tasmota", "mqtt", 0, -4 if answer is None else answer)
        return say(False, detail=-4 if answer is None else answer)
    reported = 0
    if state.kept["errs"] and publish(client, "tlswatch/report/" + options.id, state.report()):
        reported = state.reported()
    publish(client, "greeting", "hello")
    say(True, reported=reported)
    if options.silent:
        while client.loop(timeout=10) == mqtt.MQTT_ERR_SUCCESS:
            pass
    client.disconnect()
    return 0


if __name__ == "__main__":
    sys.exit(main())
