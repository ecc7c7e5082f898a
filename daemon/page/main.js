/// The page: shows the view that the address asks for, and keeps it as new as the daemon's events.
import { get } from "./api.js";
import { focusAgain, handleOf, outside, swap, visible } from "./dom.js";
import { tick } from "./format.js";
import { keys } from "./keys.js";
import { follow } from "./live.js";
import { empty, heading, problem } from "./parts.js";
import { current, go, link, parse } from "./router.js";
import { enter, search } from "./search.js";
import * as incidents from "./views/incidents.js";
import * as incident from "./views/incident.js";
import * as devices from "./views/devices.js";
import * as device from "./views/device.js";
import * as compliance from "./views/compliance.js";
import * as certificates from "./views/certificates.js";

/// A view: load(route, get) fetches, render(data, route) makes nodes of it, title(route, data) names it.
const LISTS = { incidents, devices, compliance, certificates };
const ONES = { incidents: incident, devices: device };

const BETWEEN_REFRESHES_MS = 1500;
const REFRESH_MS = 30_000;  // not everything that changes is an event
const TICK_MS = 15_000;

const main = document.getElementById("main");
const field = document.getElementById("search");
const said = document.getElementById("said");
const live = document.getElementById("live");

const places = new Map();  // step of the history -> where one was there: {y, handle}
let step = 1;              // the current one
let loading = null;        // AbortController of the view that is under way

/// Loads the view of the address and puts it there. A refresh keeps everything in its place.
async function show({ refresh = false } = {}) {
  loading?.abort();
  const mine = loading = new AbortController();
  const route = parse(current());
  if (!refresh) {
    main.setAttribute("aria-busy", "true");
    mark(route?.view);
  }
  const view = route && (route.id === undefined ? LISTS : ONES)[route.view];
  let data;
  let nodes;
  try {
    data = view && await view.load(route, (path, query) => get(path, query, mine.signal));
    nodes = view ? view.render(data, route) : nowhere();
  } catch (error) {
    if (mine.signal.aborted) return;
    if (!error.status && error.status !== 0) console.error(error);
    if (refresh) {  // the old state is better than none; the live mark tells
      loading = null;
      return;
    }
    nodes = problem(error, () => show());
  }
  if (mine.signal.aborted) return;
  loading = null;
  document.title = `${view ? visible(view.title(route, data)) : "Not here"} – tlswatch`;
  put(nodes, refresh);
  if (!refresh) enter(main, route);
}

function nowhere() {
  return [heading("Not here"), empty("There is no such view", "The address is not one of this page's. Start at the incidents.")];
}

function put(nodes, refresh) {
  const flat = nodes.flat(Infinity).filter((node) => node);
  if (refresh) {
    tick(main);
    swap(main, flat);
    return;
  }
  main.removeAttribute("aria-busy");
  main.replaceChildren(...flat);
  const before = places.get(step);
  scrollTo(0, before?.y ?? 0);
  if (document.activeElement === field) return;
  if (!(before && focusAgain(main, before.handle))) main.querySelector("h1")?.focus({ preventScroll: true });
}

/// Marks the view in the navigation, and has the search field say what is searched for.
function mark(view) {
  for (const anchor of document.querySelectorAll("nav [data-view]")) {
    if (anchor.dataset.view === view) anchor.setAttribute("aria-current", "page");
    else anchor.removeAttribute("aria-current");
  }
  if (document.activeElement !== field) field.value = parse(current())?.query.search ?? "";
}

/// The address has changed: by a link, which is a new step of the history, or by going back or forth to an old one.
function moved() {
  places.set(step, { y: scrollY, handle: handleOf(document.activeElement) });
  const fresh = history.state?.step === undefined || history.state.step === step;  // the latter: it was replaced
  if (history.state?.step === undefined) history.replaceState({ step: step + 1 }, "");
  step = history.state.step;
  if (fresh) places.delete(step);
  show();
}

/// Back to where one came from; from a view that was opened by its address, up to its list.
function back() {
  const route = parse(current());
  if (step > 1) history.back();
  else if (route?.id !== undefined || Object.keys(route?.query ?? {}).length > 0) go(link(route?.view ?? "incidents"));
}

document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();  // its address is no view's
  main.focus();
});

// A row is as good as its link.
main.addEventListener("click", (event) => {
  const row = event.target.closest("tbody tr");
  if (!row || event.target.closest("a, button, summary, select") || !getSelection().isCollapsed) return;
  row.querySelector("a")?.click();
});

// Refreshes: soon after an event, but not for every one of a burst; never under a selection or an open list of choices.
let due = 0;
let last = 0;
function refreshSoon() {
  if (due !== 0) return;
  due = setTimeout(refresh, Math.max(100, last + BETWEEN_REFRESHES_MS - Date.now()));
}

function refresh() {
  due = 0;
  const held = document.hidden || loading !== null || document.activeElement?.matches("main select") || !getSelection().isCollapsed;
  last = Date.now();
  if (held) refreshSoon();
  else show({ refresh: true });
}

/// An event of the daemon's; of incidents one hears.
function happened(action, line) {
  if (line?.message && action !== "diagnosis" && action !== "device-report") said.replaceChildren(outside(line.message));
  refreshSoon();
}

let state = "connecting";
function connected(now) {
  if (now === state) return;
  if (now === "live" && state === "disconnected") refreshSoon();  // what happened meanwhile
  state = now;
  live.dataset.state = now;
  live.textContent = { live: "Live", connecting: "Connecting", disconnected: "Disconnected" }[now];
}

history.scrollRestoration = "manual";
step = history.state?.step ?? 1;
if (history.state === null) history.replaceState({ step }, "");
addEventListener("hashchange", moved);
setInterval(() => tick(main), TICK_MS);
setInterval(() => { if (!document.hidden) refreshSoon(); }, REFRESH_MS);
keys({ main, field, back });
search(field, main);
show();
follow(happened, connected);
