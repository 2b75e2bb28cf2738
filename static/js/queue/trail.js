// The papers of this sitting, one after another; `at` is the one that is shown. What comes behind
// it is ready. `confirmed` of a card is what somebody has confirmed of it in this sitting.

const fresh = (card) => ({ ...card, isDone: false, confirmed: [], confirmedBefore: [] });

export class Trail {
  constructor(first) {
    this.cards = [fresh(first)];
    this.at = 0;
  }

  get shown() {
    return this.cards[this.at];
  }

  open() {
    return this.cards.filter((card) => !card.isDone);
  }

  ahead() {
    return this.open().filter((card) => card !== this.shown);
  }

  // The open ones, the one that is shown first, each with the word that its card was made from.
  held() {
    const first = this.shown.isDone ? [] : [this.shown];
    return [...first, ...this.ahead()].map((card) => `${card.paper}:${card.seen}`);
  }

  // What was decided after the server was asked, it could not leave out of its answer.
  isKnown(paper, askedAt) {
    return this.cards.some((card) => card.paper === paper && (!card.isDone || card.doneAt >= askedAt));
  }

  add(cards, askedAt) {
    for (const card of cards) {
      if (!this.isKnown(card.paper, askedAt)) this.cards.push(fresh(card));
    }
  }

  // Somebody else has it, or has decided it. Whether that is first heard of the one that is shown.
  lose(paper) {
    const index = this.cards.findIndex((card) => card.paper === paper && !card.isDone);
    if (index === -1) return false;
    if (index !== this.at) {
      this.cards.splice(index, 1);
      if (index < this.at) this.at -= 1;
      return false;
    }
    const isNews = !this.shown.isLost;
    this.shown.isLost = true;
    return isNews;
  }
}
