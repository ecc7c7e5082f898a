/// The daemon's events as they happen. Read by fetch, since EventSource cannot send a token.
import { request } from "./api.js";

const SILENCE_MS = 40_000;      // the daemon says something every 15 s
const UNSEEN_MS = 60_000;       // a browser has six connections to a host: a tab that nobody looks at keeps none
const WAIT_MS = [500, 1000, 2000, 5000, 10_000];

/// EventStream: takes text/event-stream in pieces, hands on {id, event, data} (WHATWG HTML, 9.2.6).
export class EventStream {
  constructor(handle) {
    this.handle = handle;
    this.drop();
  }

  /// Forgets what has not come to its end.
  drop() {
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

/// Follows api/v1/events for as long as somebody looks.
///
/// onEvent(action, line)   an event, as the log has it; null where its line cannot be read
/// onState(state)          live, disconnected
export function follow(onEvent, onState) {
  let last = null;
  let failures = 0;
  let wake = () => {};
  let stop = new AbortController();

  const stream = new EventStream(({ id, event, data }) => {
    last = id ?? last;
    onEvent(event, json(data));
  });

  async function read() {
    stop = new AbortController();
    let silence = 0;
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(() => stop.abort(), SILENCE_MS);
    };
    try {
      heard();
      const response = await request("api/v1/events", {
        signal: stop.signal,
        headers: last === null ? {} : { "Last-Event-ID": last },
      });
      onState("live");
      failures = 0;
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        heard();
        stream.push(part.value);
      }
    } finally {
      clearTimeout(silence);
      stream.drop();
    }
  }

  async function forever() {
    for (;;) {
      await read().catch(() => {});
      onState("disconnected");
      const wait = WAIT_MS[Math.min(failures, WAIT_MS.length - 1)] * (0.75 + Math.random() / 2);
      failures += 1;
      await new Promise((resolve) => {
        wake = resolve;
        if (!document.hidden) setTimeout(resolve, wait);
      });
    }
  }

  let unseen = 0;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(unseen);
    if (document.hidden) unseen = setTimeout(() => stop.abort(), UNSEEN_MS);
    else wake();
  });
  addEventListener("online", () => wake());
  forever();
}

function json(data) {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}
