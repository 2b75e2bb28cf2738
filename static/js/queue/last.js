// The list of one's last decisions, each with its way back.

import { byId } from "./page.js";

const SHOWN = 5;

const list = () => byId("last").querySelector("ul");

export const firstOfLast = () => byId("last").querySelector("li");

export function addToLast(key, card, words) {
  const item = document.createElement("li");
  item.dataset.key = key;
  const link = document.createElement("a");
  link.href = `/papers/${card.paper}/`;
  link.textContent = card.title;
  const what = document.createElement("span");
  what.className = "soft";
  what.textContent = words;
  const button = document.createElement("button");
  Object.assign(button, { className: "button quiet", name: "key", value: key, textContent: "Undo" });
  button.setAttribute("form", "undo");
  button.setAttribute("aria-label", `Undo: ${card.title}`);
  item.append(link, document.createElement("br"), what, " ", button);
  list().prepend(item);
  while (list().children.length > SHOWN) list().lastElementChild.remove();
}

export function takeOffLast(key) {
  byId("last").querySelector(`li[data-key="${CSS.escape(key)}"]`)?.remove();
}

// `isMore`: whether this sitting has decisions that have gone off the list.
export function showLast(isMore) {
  const isEmpty = firstOfLast() === null;
  byId("last").hidden = isEmpty;
  byId("undo-last").disabled = isEmpty && !isMore;
}
