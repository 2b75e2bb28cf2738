// The queue. Without this file its page is a form that leads from paper to paper; with it the next
// papers are ready, a decision takes effect at once, and the server hears of it in the background.

import { Outbox, token } from "./outbox.js";
import { addTick, countTicked, restore, untickParts } from "./queue/choices.js";
import { listenToKeys } from "./queue/keys.js";
import { firstOfLast } from "./queue/last.js";
import { listenToMarks, toggleMarks } from "./queue/marks.js";
import { byId, desk, form } from "./queue/page.js";
import { Sitting } from "./queue/sitting.js";
import { say, sayUnsent } from "./queue/words.js";

function start() {
  const sitting = new Sitting(byId("outbox").dataset, {
    paper: Number(form.elements.paper.value),
    seen: Number(form.elements.seen.value),
    title: desk.dataset.title,
    article: byId("article").innerHTML,
    choices: byId("choices").innerHTML,
  });
  listenToForms(sitting);
  listenToMarks();
  listenToKeys(acts(sitting));
  stay(sitting);
  leave(sitting);
  sitting.drafts.forgetOld();
  const draft = sitting.drafts.of(sitting.trail.shown.paper);
  if (draft) {
    restore(draft);
    say("What you had ticked and noted here is kept.");
  }
  countTicked();
  sitting.showLast();
  sitting.showWays();
  sitting.sayUnsent();
  sitting.ask();
}

function listenToForms(sitting) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    sitting.decide(event.submitter?.value || "decided");
  });
  byId("undo").addEventListener("submit", (event) => {
    const key = event.submitter?.value || firstOfLast()?.dataset.key;
    if (key && sitting.undo(key)) event.preventDefault();
  });
  form.addEventListener("input", () => sitting.keepDraft());
  form.addEventListener("change", (event) => {
    if (event.target.name === "on") untickParts(event.target);
    if (event.target.id === "add" && event.target.value !== "") add(event.target);
    if (["on", "add"].includes(event.target.name)) sitting.keepDraft();
  });
  byId("before").addEventListener("click", (event) => {
    if (sitting.trail.at === 0) return;
    event.preventDefault();
    sitting.step(-1);
  });
}

function add(select) {
  const [chosen] = select.selectedOptions;
  addTick(chosen.value, chosen.textContent);
  say(`${chosen.textContent} added.`);
  select.value = "";
}

function acts(sitting) {
  const toggle = (number) => () => {
    const box = form.querySelectorAll(".toggles input")[number - 1];
    if (!box || sitting.isWaiting) return;
    box.checked = !box.checked;
    untickParts(box);
    sitting.keepDraft();
    say(`${box.dataset.name} ${box.checked ? "on" : "off"}.`);
  };
  const later = () => {
    if (sitting.trail.shown.isDone) sitting.step(1);
    else if (desk.dataset.isChosen === undefined) sitting.decide("later");
    else location.assign(sitting.address);
  };
  const search = () => {
    byId("filter").open = true;
    byId("search").focus();
  };
  return {
    1: toggle(1),
    2: toggle(2),
    3: toggle(3),
    4: toggle(4),
    Enter: () => sitting.decide("decided"),
    x: () => sitting.decide("irrelevant"),
    j: later,
    k: () => sitting.step(-1),
    r: () => byId("add").focus(),
    n: () => form.elements.note.focus(),
    u: () => sitting.undoLast(),
    h: toggleMarks,
    "/": search,
  };
}

// While somebody is there, what they hold stays theirs.
function stay(sitting) {
  const leaseMs = Number(desk.dataset.lease) * 1000;
  setInterval(() => {
    const isThere = !document.hidden && Date.now() - sitting.lastAct < leaseMs;
    if (isThere && !sitting.outbox.isSending) sitting.fill();
  }, leaseMs / 3);

  const act = () => { sitting.lastAct = Date.now(); };
  document.addEventListener("pointerdown", act);
  document.addEventListener("keydown", act);
  document.addEventListener("scroll", act, { passive: true });
  window.addEventListener("online", () => sitting.outbox.now());
  // Another tab that was closed may have given back what lies here too.
  document.addEventListener("visibilitychange", () => { if (!document.hidden) sitting.ask(); });
  window.addEventListener("storage", () => sitting.sayUnsent());
  window.addEventListener("pageshow", (event) => { if (event.persisted) sitting.fill(); });
}

function leave(sitting) {
  window.addEventListener("pagehide", () => {
    const papers = new FormData();
    papers.append("csrfmiddlewaretoken", token());
    papers.append("page", sitting.page);
    for (const card of sitting.trail.open()) papers.append("held", String(card.paper));
    navigator.sendBeacon(byId("leave").action, papers);
  });
}

// Without a paper to show: what was decided before and is not sent is sent, what was refused is said.
function sendWhatIsLeft() {
  const { user, query, page } = byId("outbox").dataset;
  const outbox = new Outbox({
    user,
    extra: () => [["query", query], ["page", page]],
    onChange: () => sayUnsent(outbox, false),
    onHeard: () => { if (outbox.all().length === 0) location.reload(); },
    onRefused: () => {},
  });
  sayUnsent(outbox, false);
  if (outbox.entries().length > 0) outbox.now();
}

if (desk && form) start();
else if (byId("outbox")) sendWhatIsLeft();
