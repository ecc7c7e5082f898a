/// The keyboard: / finds, j and k move, Enter opens (the browser's own), Escape goes back, ? shows the keys.

/// Gives the focus to the n-th row of the view, or to the last or first one where there is none.
export function moveTo(main, n) {
  const rows = [...main.querySelectorAll("[data-row]")];
  const row = rows[Math.min(Math.max(n, 0), rows.length - 1)];
  row?.focus({ preventScroll: true });
  (row?.closest("tr") ?? row)?.scrollIntoView({ block: "nearest" });
}

function move(main, by) {
  const rows = [...main.querySelectorAll("[data-row]")];
  const here = document.activeElement.closest("tr, details");
  const at = rows.findIndex((row) => row === document.activeElement || (here !== null && here.contains(row)));
  moveTo(main, at < 0 ? 0 : at + by);
}

/// Listens; `back` goes back.
export function keys({ main, field, back }) {
  const help = document.getElementById("keys-dialog");
  document.getElementById("help").addEventListener("click", () => help.showModal());
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
    const typing = event.target.matches("input, select, textarea");
    if (event.key === "Escape") {
      event.preventDefault();
      if (typing) main.querySelector("h1")?.focus();
      else back();
      return;
    }
    if (typing) {
      if (event.key === "ArrowDown" && event.target === field) { event.preventDefault(); moveTo(main, 0); }
      return;
    }
    const action = { "/": () => { field.focus(); field.select(); }, j: () => move(main, 1), k: () => move(main, -1), "?": () => help.showModal() }[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
