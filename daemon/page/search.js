/// The search field: the list of devices follows what is typed; Enter goes into it, or opens the only hit.
import { moveTo } from "./keys.js";
import { current, go, link, parse } from "./router.js";

const WAIT_MS = 200;
let typing = 0;
let wanted = null;  // by Enter: what is searched for

/// Listens to the field in its form; `main` is where views are.
export function search(field, main) {
  field.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => find(field.value.trim()), WAIT_MS);
  });
  field.form.addEventListener("submit", (event) => {
    event.preventDefault();
    wanted = field.value.trim() || null;
    if (!find(field.value.trim()) && !main.hasAttribute("aria-busy")) enter(main, parse(current()));
  });
}

/// Goes to the list of what has this text; false where it is there already.
function find(text) {
  clearTimeout(typing);
  const route = parse(current());
  const listed = route?.view === "devices" && route.id === undefined;
  if (text === "" && !listed) return false;
  if (listed && (route.query.search ?? "") === text) return false;
  const kept = listed ? { ...route.query, after: undefined } : {};
  go(link("devices", undefined, { ...kept, search: text }), { replace: listed });
  return true;
}

/// A view was put there: where it is what Enter has searched for, the focus goes to its first row, which is opened if it
/// is the only one.
export function enter(main, route) {
  if (wanted === null || route?.query.search !== wanted) return;
  wanted = null;
  moveTo(main, 0);
  if (main.querySelectorAll("[data-row]").length === 1) document.activeElement.click();
}
