// What the page says: in its live region, of what is not sent or was refused, and how far one is.

import { store } from "../outbox.js";
import { byId, desk } from "./page.js";

export function say(words) {
  const said = byId("said");
  said.textContent = "";
  // A live region speaks when its words change, also into the same ones.
  requestAnimationFrame(() => { said.textContent = words; });
}

const plural = (count, one) => `${count} ${one}${count === 1 ? "" : "s"}`;

const WHY = {
  "offline": "The server does not answer. They are kept here and sent as soon as it does; you can go on with the papers that are here.",
  "somebody else": "Somebody else is signed in here now. They are kept here and sent when you have signed in again.",
  "signed out": "You have been signed out. They are kept here and sent when you have signed in again.",
  "not allowed": "The server does not take them: sign in again, or ask whether your role has changed. They are kept here.",
};

const WHY_NO_PAPER = {
  "offline": "The server does not answer. It is asked again until it does.",
  "somebody else": "Somebody else is signed in here now.",
  "signed out": "You have been signed out.",
  "not allowed": "The server gives none: sign in again, or ask whether your role has changed.",
};

// `isWaiting`: there is no paper to show.
export function sayUnsent(outbox, isWaiting) {
  const waiting = outbox.entries().length;
  const note = byId("unsent");
  // What is on its way for a moment is no news.
  note.hidden = outbox.why === "" || (waiting === 0 && !isWaiting);
  if (!note.hidden) {
    note.querySelector("[data-unsent-count]").textContent =
      waiting > 0 ? `${plural(waiting, "decision")} not sent yet.` : "The next paper is not here yet.";
    const why = note.querySelector("[data-unsent-why]");
    why.textContent = (waiting > 0 ? WHY : WHY_NO_PAPER)[outbox.why];
    if (waiting > 0 && store.isInMemory) why.append(" This browser has no room for them: keep this page open until they are sent.");
    if (outbox.why !== "offline") why.append(" ", signInLink());
  }
  sayRefused(outbox);
}

function signInLink() {
  const link = document.createElement("a");
  const { login, address } = byId("outbox").dataset;
  link.href = `${login}?next=${encodeURIComponent(address)}`;
  link.textContent = "Sign in";
  return link;
}

function sayRefused(outbox) {
  const refusals = outbox.refusals();
  const note = byId("refused");
  note.hidden = refusals.length === 0;
  note.querySelector("ul").replaceChildren(...refusals.map((entry) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = entry.look ?? `/papers/${entry.paper}/`;
    link.textContent = entry.title;
    const drop = document.createElement("button");
    drop.type = "button";
    drop.className = "button quiet";
    drop.textContent = "Take off this list";
    drop.addEventListener("click", () => outbox.drop(entry.name));
    item.append(`${entry.words}: `, link, `. ${entry.refused} `, drop);
    return item;
  }));
}

// `unsent`: decisions that the server has not counted yet.
export function sayProgress({ decided, total, minutes }, unsent) {
  const now = Math.min(decided + unsent, total);
  byId("progress-count").textContent = `${now.toLocaleString("en-GB")} of ${total.toLocaleString("en-GB")}`;
  byId("progress-time").textContent =
    minutes === null || now === total ? "" : `, about ${plural(minutes, "minute")} left`;
  byId("progress").max = Math.max(total, 1);
  byId("progress").value = now;
  const pill = document.querySelector("nav [aria-current] .pill");
  if (desk.dataset.isAll !== undefined && pill) pill.firstChild.data = `${(total - now).toLocaleString("en-GB")} `;
}
