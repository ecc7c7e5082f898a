/// Views by the address's hash: #/devices/plug-kitchen?broker=edge-1. So every view is a link, and back works.

const WITH_ONE = new Set(["incidents", "devices"]);  // have a view of one thing as well
const VIEWS = new Set([...WITH_ONE, "compliance", "certificates"]);

/// The hash of a view; empty values are left out.
export function link(view, id, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const path = id === undefined || id === null ? `#/${view}` : `#/${view}/${encodeURIComponent(id)}`;
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}

/// What a hash asks for: {view, id, query, hash}; id is undefined for a list. Null where it is no view of ours.
export function parse(hash) {
  const [path, query = ""] = split(hash.replace(/^#?\/?/, ""), "?");
  const [view, id] = split(path === "" ? "incidents" : path, "/");
  if (!VIEWS.has(view) || (id !== undefined && !WITH_ONE.has(view))) return null;
  try {
    return {
      view,
      id: id === undefined ? undefined : decodeURIComponent(id),
      query: Object.fromEntries(new URLSearchParams(query)),
      hash: `#/${path}${query && `?${query}`}`,
    };
  } catch {
    return null;  // a % that is no escape
  }
}

function split(text, by) {
  const at = text.indexOf(by);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/// The hash as it stands in the address: location.hash decodes in some browsers.
export function current() {
  const at = location.href.indexOf("#");
  return at < 0 ? "" : location.href.slice(at);
}

/// Goes to a hash; `replace` leaves no step in the history.
export function go(hash, { replace = false } = {}) {
  if (hash === current()) return;
  if (replace) {
    history.replaceState(history.state, "", hash);
    dispatchEvent(new HashChangeEvent("hashchange"));
  } else {
    location.hash = hash;
  }
}
