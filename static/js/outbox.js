// What a curator has said and the server has not yet heard. Each entry is a key of its own in
// localStorage, so that two tabs cannot overwrite each other's, and stays there until the server
// has said yes. They are sent one after another, the oldest first, as often as it takes.

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30000;
const PATIENCE_MS = 20000;
const REFUSALS = new Set([400, 404, 409]);
const UNREADABLE = "The server cannot read this decision. Open the paper and decide again.";

// localStorage; what it does not take (it is full, or a private window has none) the page's own
// memory keeps, for as long as the page is open.
export const store = (() => {
  const memory = new Map();
  let disk = null;
  try {
    disk = localStorage;
  } catch { /* forbidden here */ }
  return {
    get isInMemory() { return memory.size > 0; },
    names: () => [...new Set([...Object.keys(disk ?? {}), ...memory.keys()])],
    getItem: (name) => memory.get(name) ?? disk?.getItem(name) ?? null,
    setItem(name, value) {
      try {
        disk.setItem(name, value);
        memory.delete(name);
      } catch {
        memory.set(name, value);
      }
    },
    removeItem(name) {
      memory.delete(name);
      disk?.removeItem(name);
    },
  };
})();

export const namesWith = (prefix) => store.names().filter((name) => name.startsWith(prefix)).sort();

// What is kept under a name. What cannot be read (another version of this page, a full disk) is
// taken away: it would stop everything behind it.
export function kept(name) {
  const text = store.getItem(name);
  if (text === null) return null;
  try {
    const value = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value;
  } catch { /* it is taken away below */ }
  store.removeItem(name);
  return null;
}

// A key for a decision. randomUUID is there on https and localhost only.
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// The token of now: who signed in again in another tab has a new one in the cookie.
export function token() {
  const cookie = document.cookie.split("; ").find((each) => each.startsWith("csrftoken="));
  return cookie ? cookie.slice("csrftoken=".length) : document.body.dataset.csrf;
}

// The server's answer: {heard} with what it said, {refused} with its sentence and where to look
// again, or {unheard} with why.
export async function post(path, fields) {
  let answer;
  try {
    answer = await fetch(path, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { Accept: "application/json", "X-CSRFToken": token() },
      credentials: "same-origin",
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (answer.ok) return { heard: await answer.json() };
    if (REFUSALS.has(answer.status)) {
      const { error, look } = await answer.json().catch(() => ({ error: UNREADABLE }));
      return { refused: error, look };
    }
  } catch {
    return { unheard: "offline" };
  }
  if (answer.type === "opaqueredirect") return { unheard: "signed out" };
  if (answer.status === 401) return { unheard: "somebody else" };
  return { unheard: answer.status === 403 ? "not allowed" : "offline" };
}

export class Outbox {
  // extra() gives what is to be sent with every entry; the others hear what became of one.
  constructor({ user, extra, onChange, onHeard, onRefused }) {
    this.prefix = `curate.${user}.out.`;
    this.user = user;
    Object.assign(this, { extra, onChange, onHeard, onRefused });
    this.count = 0;
    this.isSending = false;
    this.why = "";
    this.waitMs = FIRST_WAIT_MS;
    this.timer = 0;
  }

  all() {
    return namesWith(this.prefix)
      .map((name) => ({ ...kept(name), name }))
      .filter((entry) => Array.isArray(entry.fields));
  }

  entries() {
    return this.all().filter((entry) => !entry.refused);
  }

  refusals() {
    return this.all().filter((entry) => entry.refused);
  }

  add(entry) {
    this.count += 1;
    const order = `${String(Date.now()).padStart(15, "0")}.${String(this.count).padStart(6, "0")}`;
    store.setItem(`${this.prefix}${order}.${entry.key}`, JSON.stringify(entry));
    this.onChange();
    this.send();
  }

  drop(name) {
    store.removeItem(name);
    this.onChange();
  }

  // Send all, unless this or another tab does so already: what both send counts once anyway.
  send() {
    clearTimeout(this.timer);
    if (this.isSending) return;
    this.isSending = true;
    const done = () => { this.isSending = false; };
    const all = () => this.sendAll();
    const sent = navigator.locks
      ? navigator.locks.request(`${this.prefix}lock`, { ifAvailable: true }, (lock) => (lock ? all() : this.later()))
      : all();
    sent.catch(() => this.later()).finally(done);
  }

  async sendAll() {
    for (let entry = this.entries()[0]; entry; entry = this.entries()[0]) {
      const askedAt = performance.now();
      // In another tab somebody else may have signed in: it shall not be recorded as theirs.
      const outcome = await post(entry.path, [...entry.fields, ["by", this.user], ...this.extra()]);
      if (outcome.unheard) {
        this.why = outcome.unheard;
        this.later();
        this.onChange();
        return;
      }
      this.why = "";
      this.waitMs = FIRST_WAIT_MS;
      if (outcome.refused === undefined) {
        store.removeItem(entry.name);
        this.onHeard(outcome.heard, askedAt);
      } else {
        const { name, ...rest } = entry;
        const { refused, look } = outcome;
        store.setItem(name, JSON.stringify({ ...rest, refused, look }));
        this.onRefused(entry, outcome.refused);
      }
      this.onChange();
    }
  }

  async later() {
    if (this.entries().length === 0) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), this.waitMs * (0.75 + Math.random() / 2));
    this.waitMs = Math.min(this.waitMs * 2, LONGEST_WAIT_MS);
  }

  now() {
    this.waitMs = FIRST_WAIT_MS;
    this.send();
  }
}
