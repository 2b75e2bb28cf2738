// Drafts: what is ticked and noted stays with the paper until it is decided.

import { kept, namesWith, store } from "../outbox.js";

const FORGET_AFTER_MS = 30 * 24 * 3600 * 1000;

export class Drafts {
  constructor(user) {
    this.prefix = `curate.${user}.draft.`;
  }

  keep(paper, state) {
    store.setItem(`${this.prefix}${paper}`, JSON.stringify({ ...state, at: Date.now() }));
  }

  of(paper) {
    return kept(`${this.prefix}${paper}`);
  }

  forget(paper) {
    store.removeItem(`${this.prefix}${paper}`);
  }

  forgetOld() {
    for (const name of namesWith(this.prefix)) {
      const keptAt = kept(name)?.at ?? 0;
      if (Date.now() - keptAt > FORGET_AFTER_MS) store.removeItem(name);
    }
  }
}
