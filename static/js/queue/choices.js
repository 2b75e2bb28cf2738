// What is ticked, added and noted of the paper that is shown.

import { byId, form } from "./page.js";

const KINDS = { irrelevant: "Not relevant to any class", later: "Later" };
const DECIDES = /^(class|regimen):/;

export const boxes = () => [...form.querySelectorAll('input[name="on"]')];

export function valuesOf(name) {
  return new FormData(form).getAll(name).filter((value) => value !== "");
}

export const isDecided = () => valuesOf("on").some((value) => DECIDES.test(value));

// How much "Accept" would confirm, also of what is out of sight.
export function countTicked() {
  const ticked = boxes().filter((box) => box.checked).length;
  byId("ticked").textContent = ticked > 0 ? String(ticked) : "";
}

export function stateOfForm() {
  return {
    on: valuesOf("on"),
    offered: valuesOf("offered"),
    added: boxes().filter((box) => box.dataset.added).map((box) => [box.value, box.dataset.name]),
    note: form.elements.note.value,
  };
}

// What has been offered since it was left stays as it comes: nobody has refused it.
export function restore({ on = [], offered = [], added = [], note = "" }) {
  for (const [value, name] of added) addTick(value, name);
  const known = new Set([...on, ...offered, ...added.map(([value]) => value)]);
  for (const box of boxes()) if (known.has(box.value)) box.checked = on.includes(box.value);
  form.elements.note.value = note;
}

export function inWords(kind, offered) {
  if (KINDS[kind]) return KINDS[kind];
  return boxes()
    .filter((box) => box.checked || offered.includes(box.value))
    .map((box) => `${box.dataset.name} ${box.checked ? "confirmed" : "rejected"}`)
    .join(", ");
}

// Anything that is not listed can be added.
export function addTick(value, name) {
  const known = boxes().find((box) => box.value === value);
  if (known) {
    known.checked = true;
    return;
  }
  const item = document.createElement("li");
  const label = document.createElement("label");
  const box = document.createElement("input");
  label.className = "tick";
  Object.assign(box, { type: "checkbox", name: "on", value, checked: true });
  Object.assign(box.dataset, { name, added: "yes" });
  label.append(box, ` ${name}`);
  item.append(label);
  const list = form.querySelector(".ticks");
  list.querySelector(".none")?.remove();
  list.append(item);
}

// Who refuses a class refuses the sub-classes that were ticked for them beside it.
export function untickParts(box) {
  if (box.checked) return;
  for (const part of boxes()) if (part.dataset.main === box.value) part.checked = false;
}
