"use strict";

// Keys and small conveniences. Every page works without this file.

// CSRF for htmx: forms carry their own token, other requests get it from <body>.
document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = document.body.dataset.csrf;
});

// Keys

const PLACES = { d: "/", l: "/papers/", q: "/curate/", i: "/imports/" };
let isGoing = false;

function isTyping(target) {
  return target.isContentEditable || target.closest("input, select, textarea") !== null;
}

function rows() {
  return [...document.querySelectorAll(".rows > li")];
}

function currentRow() {
  return document.querySelector(".rows > li.is-at");
}

function step(by) {
  const all = rows();
  if (all.length === 0) return;
  const from = all.indexOf(currentRow());
  const to = Math.min(all.length - 1, Math.max(0, from === -1 ? 0 : from + by));
  currentRow()?.classList.remove("is-at");
  all[to].classList.add("is-at");
  all[to].scrollIntoView({ block: "nearest" });
  all[to].querySelector(".title a")?.focus({ preventScroll: true });
}

// A row of several ticks is ticked as a whole.
function toggleRow() {
  const boxes = [...(currentRow()?.querySelectorAll(".pick input") ?? [])];
  const isTicked = boxes.every((box) => box.checked);
  for (const box of boxes) if (box.checked === isTicked) box.click();
}

const KEYS = {
  "/": () => (document.querySelector("[data-search]") ?? document.getElementById("find"))?.focus(),
  "?": () => document.getElementById("keys")?.togglePopover(),
  j: () => step(1),
  k: () => step(-1),
  o: () => currentRow()?.querySelector(".title a")?.click(),
  x: toggleRow,
  g: () => {
    isGoing = true;
    setTimeout(() => { isGoing = false; }, 1500);
  },
};

// Letters, digits and signs: people can switch these off.
function isSwitchedOff(event) {
  return document.body.dataset.keys === "off" && event.key.length === 1;
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeMenus(null);
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || isSwitchedOff(event)) return;
  if (isGoing && PLACES[event.key]) {
    event.preventDefault();
    window.location.assign(PLACES[event.key]);
    return;
  }
  // A page's own button for a key: <button data-key="1">.
  const own = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  const act = own ? () => own.click() : KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

// Menus close when one acts elsewhere.

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu === except) continue;
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  }
}

document.addEventListener("click", (event) => {
  closeMenus(event.target.closest("details.menu"));
});

// The bulk bar: counts the ticks, offers "all on this page", waits until something is ticked.

function ticksOf(form) {
  return [...form.querySelectorAll(".pick input")];
}

function countTicks(form) {
  const boxes = ticksOf(form);
  const ticked = boxes.filter((box) => box.checked).length;
  const every = form.querySelector("[data-every]");
  const meant = every?.checked ? Number(every.dataset.every) : ticked;
  const all = form.querySelector("[data-select-all]");
  if (all) {
    all.checked = boxes.length > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  }
  for (const count of form.querySelectorAll("[data-count]")) count.textContent = meant.toLocaleString("en");
  for (const part of form.querySelectorAll("[data-needs-ticks]")) part.disabled = meant === 0;
}

function readBulkForms() {
  for (const form of document.querySelectorAll("[data-bulk]")) countTicks(form);
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-bulk]");
  if (!form) return;
  if (event.target.matches("[data-select-all]")) {
    for (const box of ticksOf(form)) box.checked = event.target.checked;
  }
  countTicks(form);
});

document.addEventListener("htmx:afterSwap", readBulkForms);
window.addEventListener("pageshow", readBulkForms);

// A quote shows its words in their place while it is pointed at or has the focus.

function showPlace(event, isShown) {
  const place = event.target.closest?.("[data-shows]")?.dataset.shows;
  if (!place) return;
  for (const mark of document.querySelectorAll(`[data-place="${CSS.escape(place)}"]`)) {
    mark.classList.toggle("is-shown", isShown);
  }
}

for (const name of ["mouseover", "focusin"]) {
  document.addEventListener(name, (event) => showPlace(event, true));
}
for (const name of ["mouseout", "focusout"]) {
  document.addEventListener(name, (event) => showPlace(event, false));
}

// A drop zone hands its files to the file input inside it and says which they are.

function sayFiles(zone) {
  const files = [...zone.querySelector('input[type="file"]').files];
  const said = zone.querySelector("[data-files]");
  if (said) said.textContent = files.map((file) => file.name).join(", ");
}

for (const zone of document.querySelectorAll("[data-drop]")) {
  const input = zone.querySelector('input[type="file"]');
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("is-over");
    });
  }
  zone.addEventListener("dragleave", (event) => {
    if (!zone.contains(event.relatedTarget)) zone.classList.remove("is-over");
  });
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("is-over");
    input.files = event.dataTransfer.files;
    sayFiles(zone);
  });
  input.addEventListener("change", () => sayFiles(zone));
}

// A select that acts at once; without this file its form's button does.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});
