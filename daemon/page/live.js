/// The daemon's events as they happen. Read by fetch, since EventSource cannot send a token.
import { request } from "./api.js";

const SILENCE_MS = 40_000;      // the daemon says something every 15 s
const WAIT_MS = [500, 1000, 2000, 5000, 10_000];

/// EventStream: takes text/event-stream in pieces, hands on {id, event, data} (WHATWG HTML, 9.2.6).
export class EventStream {
  constructor(handle) {
    this.handle = handle;
    this.rest = "";
    this.clear();
  }

  clear() {
    this.event = "message";
    this.data = [];
  }

  /// Takes the next piece of text.
  push(text) {
    const lines = (this.rest + text).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop();
    for (const line of lines) this.line(line);
  }

  line(line) {
    if (line === "") {
      if (this.data.length > 0) this.handle({ id: this.id, event: this.event, data: this.data.join("\n") });
      this.clear();
      return;
    }
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.event = value;
    if (field === "data") this.data.push(value);
    if (field === "id") this.id = value;
  }
}

/// Follows api/v1/events for ever.
///
/// onEvent(action, line)   an event, as the log has it
/// onState(state)          connecting, live, disconnected
export function follow(onEvent, onState) {
  let last = null;
  let failures = 0;
  let wake = () => {};

  const stream = new EventStream(({ id, event, data }) => {
    last = id ?? last;
    try {
      onEvent(event, JSON.parse(data));
    } catch {
      onEvent(event, null);  // still a reason to look again
    }
  });

  async function read() {
    const stop = new AbortController();
    let timer = setTimeout(() => stop.abort(), SILENCE_MS);
    try {
      const response = await request("api/v1/events", {
        signal: stop.signal,
        headers: last === null ? {} : { "Last-Event-ID": last },
      });
      onState("live");
      failures = 0;
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        clearTimeout(timer);
        timer = setTimeout(() => stop.abort(), SILENCE_MS);
        stream.push(value);
      }
    } finally {
      clearTimeout(timer);
      stream.rest = "";
      stream.clear();
    }
  }

  async function forever() {
    for (;;) {
      await read().catch(() => {});
      onState("disconnected");
      const wait = WAIT_MS[Math.min(failures, WAIT_MS.length - 1)] * (0.75 + Math.random() / 2);
      failures += 1;
      await new Promise((resolve) => { wake = resolve; setTimeout(resolve, wait); });
    }
  }

  addEventListener("online", () => wake());
  document.addEventListener("visibilitychange", () => { if (!document.hidden) wake(); });
  forever();
}
