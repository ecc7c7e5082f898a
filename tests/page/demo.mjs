// The demo's broker, daemon and fleet, for as long as a test needs them; and further devices that come to it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

const { TLSWATCH_PAGE_FOLDER: folder, TLSWATCH_SOURCE: source, TLSWATCH_BUILD: build } = process.env;

/// Starts deploy/demo's broker and daemon, and waits until the fleet has come.
export async function start() {
  const dir = join(folder, "demo");
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  // It dies with us, however we end.
  const child = spawn("setpriv", ["--pdeathsig", "TERM", "python3", "-B", join(source, "tests/page/stage.py"), source, build, dir], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  const ready = new Promise((resolve, reject) => {
    const listen = (text) => {
      said += text;
      if (/http:.*\n/.test(said)) resolve();
    };
    child.stdout.setEncoding("utf8").on("data", listen);
    child.stderr.setEncoding("utf8").on("data", listen);
    child.on("exit", () => reject(new Error(`the demo ended:\n${said}`)));
  });
  await ready;
  return new Demo(dir, child, said.match(/http:\/\/[0-9.:]+/)[0]);
}

class Demo {
  constructor(dir, child, base) {
    this.dir = dir;
    this.child = child;
    this.base = base;
    this.port = readFileSync(join(dir, "mosquitto.conf"), "utf8").match(/^listener (\d+)/m)[1];
    this.devices = 0;
  }

  async stop() {
    this.child.kill("SIGTERM");
    await once(this.child, "exit");
  }

  /// A new device; what it returns makes a connection with further arguments of tlswatch-device.
  device(id) {
    this.devices += 1;
    const memory = join(this.dir, "devices", `page-${this.devices}`);
    return (...how) => run(join(build, "bin/tlswatch-device"), ["--host", "127.0.0.1", "--port", this.port, "--server-name",
      "localhost", "--id", id, "--rtc", `${memory}.rtc`, "--flash", `${memory}.flash`, "--clock", "now", ...how]);
  }

  /// Publishes with a stock client.
  publish(id, topic, payload) {
    return run("mosquitto_pub", ["-h", "127.0.0.1", "-p", this.port, "--cafile", join(this.dir, "certificates/ca.crt"), "--insecure",
      "-i", id, "-q", "1", "-t", topic, "-m", payload]);
  }
}

async function run(program, argv) {
  const child = spawn(program, argv, { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stdout.on("data", (text) => { said += text; });
  child.stderr.on("data", (text) => { said += text; });
  await once(child, "close");
  return said;
}
