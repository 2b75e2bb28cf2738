// Words that are marked: all on or off, and those that a quote means shown in their place.

import { byId, desk, form } from "./page.js";
import { say } from "./words.js";

const A_YEAR_S = 365 * 24 * 3600;

// Where the choices go with the page, going to the words would take the quote out of sight.
const isPinned = () => getComputedStyle(form.closest(".decide")).position === "sticky";

function lift(link, isOver, isAsked = false) {
  for (const shown of document.querySelectorAll(".mention.is-shown")) shown.classList.remove("is-shown");
  if (!isOver) return;
  const mark = byId(link.getAttribute("href").slice(1))?.closest(".mention");
  if (!mark) return;
  mark.classList.add("is-shown");
  if (isAsked || isPinned()) mark.scrollIntoView({ block: "nearest" });
}

const quoteOf = (event) => event.target.closest?.("a.words");

export function toggleMarks() {
  const isOff = desk.classList.toggle("is-plain");
  document.cookie = `marks=${isOff ? "off" : "on"}; path=/; max-age=${A_YEAR_S}; samesite=lax`;
  byId("marks").setAttribute("aria-pressed", String(!isOff));
  byId("marks").querySelector("b").textContent = isOff ? "off" : "on";
  say(`Highlights ${isOff ? "off" : "on"}.`);
}

export function listenToMarks() {
  for (const [over, out] of [["mouseover", "mouseout"], ["focusin", "focusout"]]) {
    form.addEventListener(over, (event) => { if (quoteOf(event)) lift(quoteOf(event), true); });
    form.addEventListener(out, (event) => { if (quoteOf(event)) lift(quoteOf(event), false); });
  }
  form.addEventListener("click", (event) => {
    const link = quoteOf(event);
    if (!link) return;
    event.preventDefault();  // the address stays the queue's
    lift(link, true, true);
  });
  byId("marks").addEventListener("click", (event) => {
    event.preventDefault();
    toggleMarks();
  });
  byId("marks").addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    toggleMarks();
  });
}
