#!/usr/bin/env python3
"""What the plugin costs the broker: instructions, CPU time, system calls and memory, per handshake and per publish.

Runs a real Mosquitto with and without the plugin, side by side, under a load of real TLS 1.2 RSA handshakes
(AES128-GCM-SHA256, RSA-2048) and QoS 0 publishes made by this script.

  broker_cost.py instructions --plugin P.so     callgrind; judged: at most 1 % per handshake and per publish
  broker_cost.py cpu          --plugin P.so --daemon tlswatchd
                                                paired runs, CPU time per handshake; judged: at most 30 us together
  broker_cost.py syscalls     --plugin P.so     strace; judged: at most 4 more per session
  broker_cost.py memory       --plugin P.so     resident memory per live session and during handshakes

Exit 0 when within the budget, 1 when not. Needs valgrind, strace, openssl and mosquitto.
"""
import argparse
import collections
import contextlib
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import statistics
import struct
import subprocess
import sys
import tempfile
import time

BUDGET_PERCENT = 1.0
BUDGET_SYSCALLS = 4
BUDGET_LIVE_BYTES = 1536
BUDGET_HANDSHAKE_BYTES = 16 * 1024
BUDGET_CPU_US = 30

# The callbacks by which OpenSSL and Mosquitto enter the plugin: what lies below them is the plugin's cost.
ENTRIES = ("info_callback", "message_callback", "bio_callback", "verify_callback", "new_callback", "free_callback",
           "on_message", "on_disconnect", "on_tick", "on_connect")


def run(*argv, **kw):
    return subprocess.run(argv, check=True, capture_output=True, text=True, **kw)


def make_certificates(folder):
    """A CA-less RSA-2048 server certificate: the load does not verify it."""
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
        "-keyout", f"{folder}/server.key", "-out", f"{folder}/server.pem")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Broker:
    """A broker in the foreground; `wrapper` runs it under a tool."""

    def __init__(self, folder, plugin=None, wrapper=(), broker="mosquitto"):
        self.folder = pathlib.Path(folder)
        self.port = free_port()
        self.ring = self.folder / f"{self.port}.ring"
        conf = self.folder / f"{self.port}.conf"
        lines = ["user root", "log_type none", f"listener {self.port} 127.0.0.1", "allow_anonymous true",
                 f"certfile {folder}/server.pem", f"keyfile {folder}/server.key", "max_connections -1"]
        if plugin:
            lines += [f"plugin {plugin}", f"plugin_opt_ring {self.ring}"]
        conf.write_text("\n".join(lines) + "\n")
        self.process = subprocess.Popen([*wrapper, shutil.which(broker) or broker, "-c", str(conf)],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                break
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise SystemExit(f"the broker did not come up: {conf}")
            time.sleep(0.02)

    def pid(self):
        """The broker's own process id, also below a wrapper."""
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(children[0]) if children else self.process.pid

    def cpu_seconds(self):
        return int(pathlib.Path(f"/proc/{self.pid()}/schedstat").read_text().split()[0]) / 1e9

    def private_bytes(self):
        """Anonymous memory: without the ring, which is a file's."""
        status = pathlib.Path(f"/proc/{self.pid()}/status").read_text()
        return int(re.search(r"RssAnon:\s+(\d+) kB", status).group(1)) * 1024

    def stop(self):
        os.kill(self.pid(), signal.SIGTERM)
        self.process.wait(60)


def client_context():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AES128-GCM-SHA256")
    context.options |= ssl.OP_NO_TICKET
    return context


def mqtt_string(text):
    raw = text.encode()
    return struct.pack("!H", len(raw)) + raw


def connect(port, context, client_id):
    """A connected MQTT session over TLS, its CONNACK read."""
    tls = context.wrap_socket(socket.create_connection(("127.0.0.1", port)))
    body = mqtt_string("MQTT") + bytes([4, 2]) + struct.pack("!H", 60) + mqtt_string(client_id)
    tls.sendall(bytes([0x10, len(body)]) + body)
    if tls.recv(4) != b"\x20\x02\x00\x00":
        raise SystemExit("the broker refused the load's CONNECT")
    return tls


def disconnect(tls):
    tls.sendall(b"\xe0\x00")
    with contextlib.suppress(OSError):
        tls.recv(1)
    tls.close()


def handshakes(port, count):
    context = client_context()
    for i in range(count):
        disconnect(connect(port, context, f"load{i}"))


def publishes(port, count):
    """QoS 0 publishes on a topic that no filter of the plugin's matches; the ping's answer says all were handled."""
    tls = connect(port, client_context(), "load")
    body = mqtt_string("tele/tasmota_A1B2C3/SENSOR") + b"21.5"
    packet = bytes([0x30, len(body)]) + body
    for _ in range(count):
        tls.sendall(packet)
    tls.sendall(b"\xc0\x00")
    tls.recv(2)
    disconnect(tls)


def callgrind(folder, plugin, load):
    """Total instructions of a broker that ran `load`, and those below the plugin's entries."""
    out = pathlib.Path(folder) / "callgrind.out"
    out.unlink(missing_ok=True)
    broker = Broker(folder, plugin, ("valgrind", "--tool=callgrind", f"--callgrind-out-file={out}"))
    load(broker.port)
    broker.stop()
    text = run("callgrind_annotate", "--inclusive=yes", "--threshold=100", str(out)).stdout
    total = 0
    entries = collections.Counter()
    for line in text.splitlines():
        m = re.match(r"\s*([\d,]+)\s*\(.*?\)\s+(.*)", line)
        if not m:
            continue
        cost, name = int(m.group(1).replace(",", "")), m.group(2)
        if "PROGRAM TOTALS" in name:
            total = cost
        if "mosquitto_tlswatch" not in name:
            continue
        for entry in ENTRIES:
            if re.search(rf"\b{entry}\(", name):
                entries[entry] = max(entries[entry], cost)
    return total, entries


def instructions(args, folder):
    ok = True
    for what, load, count in (("handshake", handshakes, args.handshakes), ("publish", publishes, args.publishes)):
        idle = 10 if what == "handshake" else 0
        base, _ = callgrind(folder, None, lambda port: load(port, idle))
        bare, _ = callgrind(folder, None, lambda port: load(port, idle + count))
        start, start_entries = callgrind(folder, args.plugin, lambda port: load(port, idle))
        full, entries = callgrind(folder, args.plugin, lambda port: load(port, idle + count))
        per_bare = (bare - base) / count
        per_full = (full - start) / count
        per_plugin = (sum(entries.values()) - sum(start_entries.values())) / count
        percent = 100 * per_plugin / per_bare
        print(f"{what}: broker alone {per_bare:,.0f} instructions, with the plugin {per_full:,.0f}; "
              f"below the plugin's callbacks {per_plugin:,.0f} = {percent:.2f} % (budget {BUDGET_PERCENT} %)")
        for name, cost in entries.most_common():
            print(f"    {name:18} {(cost - start_entries[name]) / count:12,.0f}")
        ok = ok and 0 < percent <= BUDGET_PERCENT
    return ok


class Daemon:
    """tlswatchd on a broker's ring."""

    def __init__(self, program, folder, broker):
        config = pathlib.Path(folder) / "tlswatch.yaml"
        self.log = pathlib.Path(folder) / "events.json"
        self.log.unlink(missing_ok=True)
        config.write_text(f"brokers: [{{name: bench, ring: {broker.ring}}}]\n"
                          f"log: {{file: {self.log}, console: off}}\n")
        self.process = subprocess.Popen([str(program), "--config", str(config)], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)

    def cpu_seconds(self):
        tasks = pathlib.Path(f"/proc/{self.process.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9

    def wait_for(self, handshakes):
        deadline = time.monotonic() + 30
        while not self.log.exists() or self.log.read_text().count('"tls-handshake"') < handshakes:
            if time.monotonic() > deadline:
                raise SystemExit("the daemon did not log every handshake")
            time.sleep(0.05)

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


def cpu_round(args, folder):
    """One pair of brokers side by side, one of them with the plugin and the daemon, takes the load in turn, a short
    batch each, so that the machine's drift hits both. Returns the median broker CPU per handshake of each, the median
    of the differences, and the daemon's CPU per handshake, all in microseconds."""
    brokers = {"bare": Broker(folder), "plugin": Broker(folder, args.plugin)}
    daemon = Daemon(args.daemon, folder, brokers["plugin"]) if args.daemon else None

    def batch(name):
        before = brokers[name].cpu_seconds()
        handshakes(brokers[name].port, args.handshakes)
        return (brokers[name].cpu_seconds() - before) / args.handshakes * 1e6

    for name in brokers:
        handshakes(brokers[name].port, 100)
    if daemon:
        daemon.wait_for(100)
        daemon_before = daemon.cpu_seconds()
    cost = {"bare": [], "plugin": []}
    for i in range(args.pairs):
        for name in sorted(brokers, reverse=i % 2 == 1):
            cost[name].append(batch(name))
    daemon_us = 0.0
    if daemon:
        total = args.pairs * args.handshakes
        daemon.wait_for(100 + total)
        daemon_us = (daemon.cpu_seconds() - daemon_before) / total * 1e6
        daemon.stop()
    for broker in brokers.values():
        broker.stop()
    added = statistics.median(p - b for p, b in zip(cost["plugin"], cost["bare"]))
    return statistics.median(cost["bare"]), statistics.median(cost["plugin"]), added, daemon_us


def cpu(args, folder):
    """Rounds of pairs: where a process happens to lie in memory moves its cost by some microseconds for as long as it
    lives, so the brokers of every round are new ones. Judged by the mean over the rounds plus its standard error."""
    rounds = []
    for _ in range(args.rounds):
        rounds.append(cpu_round(args, folder))
        bare, full, added, daemon_us = rounds[-1]
        print(f"broker CPU per handshake: bare {bare:.0f} us, with the plugin {full:.0f} us, ratio {full / bare:.3f}, "
              f"added {added:.1f} us; daemon {daemon_us:.1f} us", flush=True)
    together = [added + daemon_us for _, _, added, daemon_us in rounds]
    error = statistics.stdev(together) / len(together) ** 0.5 if len(together) > 1 else 0.0
    mean = statistics.mean(together)
    print(f"mean of {len(rounds)} rounds: plugin {statistics.mean(r[2] for r in rounds):.1f} us, "
          f"daemon {statistics.mean(r[3] for r in rounds):.1f} us, together {mean:.1f} us, standard error {error:.1f} us "
          f"(budget {BUDGET_CPU_US} us)")
    return mean + error <= BUDGET_CPU_US


def syscalls(args, folder):
    """Counts by strace what each session costs, with and without the plugin."""
    per = {}
    for name, plugin in (("bare", None), ("plugin", args.plugin)):
        out = pathlib.Path(folder) / f"strace.{name}"
        counts = []
        for n in (20, 20 + args.handshakes):
            broker = Broker(folder, plugin, ("strace", "-f", "-c", "-o", str(out)))
            handshakes(broker.port, n)
            broker.stop()
            totals = collections.Counter()
            for line in out.read_text().splitlines():
                fields = line.split()
                if len(fields) >= 5 and fields[-1] != "total" and fields[3].isdigit():
                    totals[fields[-1]] = int(fields[3])
            counts.append(totals)
        per[name] = {k: (counts[1][k] - counts[0][k]) / args.handshakes for k in counts[1]}
    watched = ("getpeername", "getsockname", "getsockopt", "open", "openat", "pread64", "lstat", "newfstatat", "close",
               "write", "mmap", "munmap", "futex", "fcntl")
    added = {k: per["plugin"].get(k, 0) - per["bare"].get(k, 0) for k in watched}
    total = sum(v for v in added.values() if v > 0.05)
    print("system calls added per session:", {k: round(v, 2) for k, v in added.items() if abs(v) > 0.05})
    print(f"together {total:.2f} (budget {BUDGET_SYSCALLS})")
    return total <= BUDGET_SYSCALLS + 0.1


def hello_bytes():
    """A ClientHello that waits for nothing: the broker answers and then waits for the key exchange."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = client_context().wrap_bio(incoming, outgoing)
    with contextlib.suppress(ssl.SSLWantReadError):
        tls.do_handshake()
    return outgoing.read()


def memory(args, folder):
    live, pending = {}, {}
    hello = hello_bytes()
    for name, plugin in (("bare", None), ("plugin", args.plugin)):
        broker = Broker(folder, plugin)
        handshakes(broker.port, 50)
        before = broker.private_bytes()
        context = client_context()
        sessions = [connect(broker.port, context, f"live{i}") for i in range(args.sessions)]
        live[name] = (broker.private_bytes() - before) / len(sessions)
        for tls in sessions:
            disconnect(tls)
        broker.stop()

        broker = Broker(folder, plugin)
        handshakes(broker.port, 50)
        before = broker.private_bytes()
        sockets = [socket.create_connection(("127.0.0.1", broker.port)) for _ in range(args.sessions)]
        for s in sockets:
            s.sendall(hello)
        for s in sockets:
            s.recv(1)
        pending[name] = (broker.private_bytes() - before) / len(sockets)
        for s in sockets:
            s.close()
        broker.stop()
    added_live = live["plugin"] - live["bare"]
    added_pending = pending["plugin"] - pending["bare"]
    print(f"per live session: bare {live['bare']:,.0f} bytes, with the plugin {live['plugin']:,.0f}: "
          f"{added_live:,.0f} more (budget {BUDGET_LIVE_BYTES:,})")
    print(f"in the handshake: bare {pending['bare']:,.0f} bytes, with the plugin {pending['plugin']:,.0f}: "
          f"{added_pending:,.0f} more (budget {BUDGET_HANDSHAKE_BYTES:,})")
    return added_live <= BUDGET_LIVE_BYTES and added_pending <= BUDGET_HANDSHAKE_BYTES


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("instructions", "cpu", "syscalls", "memory"))
    parser.add_argument("--plugin", required=True, type=pathlib.Path)
    parser.add_argument("--daemon", type=pathlib.Path, help="tlswatchd, for cpu")
    parser.add_argument("--handshakes", type=int, default=100)
    parser.add_argument("--publishes", type=int, default=2000)
    parser.add_argument("--sessions", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=16, help="of new brokers, for cpu")
    parser.add_argument("--pairs", type=int, default=20, help="batches for each broker in a round, for cpu")
    args = parser.parse_args()
    args.plugin = args.plugin.resolve(strict=True)
    # The ring lives in /run on an installed system, which is memory as /dev/shm is.
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        make_certificates(folder)
        return 0 if globals()[args.what](args, folder) else 1


if __name__ == "__main__":
    sys.exit(main())
