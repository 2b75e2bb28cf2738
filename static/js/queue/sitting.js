// A sitting at the queue: what is shown, what is decided of it and taken back, and what the server
// says to that. Everything takes effect here at once; the outbox tells the server.

import { Outbox, newKey, post } from "../outbox.js";
import { countTicked, inWords, isDecided, restore, stateOfForm, valuesOf } from "./choices.js";
import { Drafts } from "./drafts.js";
import { addToLast, firstOfLast, showLast, takeOffLast } from "./last.js";
import { byId, desk, form } from "./page.js";
import { Trail } from "./trail.js";
import { say, sayProgress, sayUnsent } from "./words.js";

const ASK_AGAIN_MS = 2000;
const MOST_PENDING = 500;  // the server reads no more

export class Sitting {
  constructor({ user, query, page, address }, first) {
    Object.assign(this, { user, query, page, address });
    this.trail = new Trail(first);
    this.drafts = new Drafts(user);
    this.isWaiting = false;
    this.saidBefore = "";
    this.lastAct = Date.now();
    this.outbox = new Outbox({
      user,
      extra: () => this.whatIsHeld(),
      onChange: () => this.sayUnsent(),
      onHeard: (heard, askedAt) => this.onHeard(heard, askedAt),
      onRefused: (entry, sentence) => this.onRefused(entry, sentence),
    });
  }

  // Sent with every request. Of "pending" the server does not know yet that they are decided.
  whatIsHeld() {
    return [
      ["query", this.query],
      ["page", this.page],
      ...this.trail.held().map((card) => ["held", card]),
      ...this.outbox.entries().slice(0, MOST_PENDING).map((entry) => ["pending", String(entry.paper)]),
    ];
  }

  // What is shown

  show(index, said = "") {
    this.trail.at = index;
    this.isWaiting = false;
    const card = this.trail.shown;
    byId("article").innerHTML = card.article;
    byId("choices").innerHTML = card.choices;
    form.hidden = false;
    desk.classList.remove("is-waiting");
    form.elements.note.value = "";
    form.elements.add.value = "";
    const left = this.drafts.of(card.paper) ?? card.left;
    if (left) restore(left);
    countTicked();
    byId("paper-title").focus({ preventScroll: true });
    window.scrollTo(0, 0);
    form.closest(".decide").scrollTop = 0;
    this.showWays();
    say(`${said} ${card.isDone ? "Decided before" : "Next"}: ${card.title}`.trim());
  }

  showWays() {
    byId("before").hidden = this.trail.at === 0 && byId("before").getAttribute("href") === "#main";
    const ahead = this.trail.ahead();
    byId("ahead").hidden = ahead.length === 0;
    byId("ahead").querySelector("ol").replaceChildren(...ahead.map((card) => {
      const item = document.createElement("li");
      item.textContent = card.title;
      return item;
    }));
  }

  sayUnsent() {
    sayUnsent(this.outbox, this.isWaiting);
  }

  showLast() {
    showLast(this.trail.cards.some((card) => card.key));
  }

  goOn(said) {
    const next = this.trail.cards.findIndex((card) => !card.isDone);
    if (next !== -1) this.show(next, said);
    else this.waitForMore(said);
  }

  waitForMore(said) {
    this.isWaiting = true;
    this.saidBefore = said;
    desk.classList.add("is-waiting");
    say(`${said} Waiting for the next paper.`.trim());
    if (this.outbox.entries().length === 0) this.fill();
  }

  keepDraft() {
    countTicked();
    if (this.isWaiting) return;  // what stands there is decided
    this.lastAct = Date.now();
    this.drafts.keep(this.trail.shown.paper, stateOfForm());
  }

  // What the server says

  async fill() {
    const askedAt = performance.now();
    const outcome = await post(desk.dataset.next, [["by", this.user], ...this.whatIsHeld()]);
    if (this.outbox.entries().length === 0) this.outbox.why = outcome.unheard ?? "";
    if (outcome.heard) this.onHeard(outcome.heard, askedAt);
    else if (this.isWaiting) setTimeout(() => { if (this.isWaiting) this.fill(); }, ASK_AGAIN_MS);
    this.sayUnsent();
  }

  // Send what waits to be sent; what comes next is in the answer.
  ask() {
    if (this.outbox.entries().length > 0) this.outbox.now();
    else this.fill();
  }

  onHeard(heard, askedAt) {
    this.trail.add(heard.cards, askedAt);
    if (heard.lost.filter((paper) => this.trail.lose(paper)).length > 0) {
      say("Somebody else has this paper by now, or has decided it. You will be asked to look again before you overrule them.");
    }
    sayProgress(heard.progress, this.outbox.entries().filter((entry) => entry.counts).length);
    this.showWays();
    if (!this.isWaiting) return;
    if (this.trail.open().length > 0) this.goOn(this.saidBefore);
    else if (this.outbox.entries().length === 0) location.assign(this.address);  // says why
  }

  onRefused(entry, sentence) {
    this.forget(entry.key);
    if (this.isWaiting) this.goOn("");
    say(`Not recorded: ${entry.title}. ${sentence}`);
  }

  // Acts

  decide(kind) {
    if (this.isWaiting) return;
    this.lastAct = Date.now();
    if (kind === "decided" && !isDecided()) {
      say("No class or regimen is ticked. Tick one, or press x if the paper is not relevant to any class.");
      return;
    }
    const card = this.trail.shown;
    const [on, key] = [valuesOf("on"), newKey()];
    // What somebody has confirmed here before, they refuse when they untick it.
    const offered = [...new Set([...valuesOf("offered"), ...card.confirmed])];
    const words = inWords(kind, offered);
    const fields = [
      ["key", key], ["paper", String(card.paper)], ["seen", String(card.seen)], ["kind", kind],
      ["note", form.elements.note.value],
      ...on.map((value) => ["on", value]), ...offered.map((value) => ["offered", value]),
    ];
    Object.assign(card, { left: stateOfForm(), isDone: true, doneAt: performance.now(), key });
    card.confirmedBefore = card.confirmed;
    if (kind !== "later") card.confirmed = kind === "decided" ? on : [];
    this.drafts.forget(card.paper);
    this.outbox.add({ key, path: form.action, fields, paper: card.paper, title: card.title, words, counts: kind !== "later" });
    addToLast(key, card, words);
    this.showLast();
    this.goOn(`${words}.`);
  }

  // What was not recorded, or was taken back, cannot be taken back.
  forget(key) {
    for (const card of this.trail.cards) {
      if (card.key === key) Object.assign(card, { key: null, confirmed: card.confirmedBefore });
    }
    takeOffLast(key);
    this.showLast();
  }

  // Takes a decision of this sitting back at once; one from before goes the form's own way.
  undo(key) {
    const index = this.trail.cards.findLastIndex((card) => card.isDone && card.key === key);
    if (index === -1) return false;
    this.lastAct = Date.now();
    const card = this.trail.cards[index];
    card.isDone = false;
    const fields = [["key", key]];
    this.outbox.add({ key, path: desk.dataset.undo, fields, paper: card.paper, title: card.title, words: "Undo", counts: false });
    this.forget(key);
    this.show(index, "Taken back.");
    return true;
  }

  undoLast() {
    const latest = this.trail.cards.findLast((card) => card.isDone && card.key);
    const listed = firstOfLast();
    if (listed && this.undo(listed.dataset.key)) return;
    if (listed) listed.querySelector("button").click();
    else if (latest) this.undo(latest.key);
    else say("There is nothing of yours to take back.");
  }

  step(by) {
    const target = this.trail.at + by;
    const before = byId("before");
    if (target >= this.trail.cards.length) this.waitForMore("");
    else if (target >= 0) this.show(target);
    else if (!before.hidden && before.getAttribute("href") !== "#main") location.assign(before.href);
    else say("There is no paper before this one.");
  }
}
