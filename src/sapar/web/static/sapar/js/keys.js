// Lists by keyboard: j and k move, Enter opens, x ticks; ? tells the keys. Everything is reachable with Tab as well,
// and who speaks to the machine or hits keys unwillingly turns single keys off.

const rows = () => [...document.querySelectorAll(".rows tbody tr")];
const typing = (node) => node.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const visible = (node) => node && node.offsetParent !== null;
let current = null;

const stand = (row) => {
  current?.classList.remove("current-row");
  current = row;
  row.classList.add("current-row");
  (row.querySelector("th a, td a") ?? row.querySelector("input"))?.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
};

const step = (by) => {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(current);
  stand(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)]);
};

const OFF = "sapar-keys-off";
const isOff = () => localStorage.getItem(OFF) !== null;

const search = () => {
  const box = document.querySelector("[data-slash]");
  if (!visible(box)) return;
  box.focus();
  box.select();
};

const acts = {
  "/": search,
  j: () => step(1),
  k: () => step(-1),
  x: () => current?.querySelector('input[name="row"]')?.click(),
  f: () => document.querySelector("#list-q")?.focus(),
  n: () => {
    const next = document.querySelector("main .head-actions :is(a, button, summary).primary");
    if (visible(next)) next.focus();
  },
  "?": () => document.querySelector("#keys")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (isOff() || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  const arrow = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (arrow && current && current.contains(event.target)) {
    event.preventDefault();
    step(arrow);
  } else if (Object.hasOwn(acts, event.key)) {
    event.preventDefault();
    acts[event.key]();
  }
});

// Tab and the pointer move the row, too.
document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.(".rows tbody tr");
  if (row !== current) {
    current?.classList.remove("current-row");
    current = row;
    current?.classList.add("current-row");
  }
});

const use = document.querySelector("[data-keys-use]");
if (use) {
  use.checked = !isOff();
  use.addEventListener("change", () => {
    if (use.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  });
}

for (const button of document.querySelectorAll("[data-keys]")) {
  button.hidden = false;
  button.addEventListener("click", () => acts["?"]());
}
