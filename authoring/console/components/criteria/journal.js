// A copy in this browser of what was typed and not saved, so that a reload loses nothing.

const JOURNAL = "algos.criteria";
const KEPT_FOR_MS = 30 * 24 * 3600 * 1000;
const MOST_ENTRIES = 5;

/** This page, as it was loaded: its own entries are not offered to it. */
const PAGE = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;

/**
 * @typedef {{at: number, version: number, draft: string}} Entry
 */

/** The unsaved versions of one record, one for each page that typed into it. */
export class Journal {
  /** @param {string} slot */
  constructor(slot) {
    this.slot = `${JOURNAL}/${slot}`;
    this.works = true;
  }

  /** @returns {Record<string, Entry>} */
  read() {
    try {
      const found = JSON.parse(localStorage.getItem(this.slot) ?? "{}");
      const fresh = Object.entries(found).filter(
        ([, entry]) => typeof entry.draft === "string" && Date.now() - entry.at < KEPT_FOR_MS,
      );
      return Object.fromEntries(fresh.sort(([, a], [, b]) => b.at - a.at).slice(0, MOST_ENTRIES));
    } catch {
      return {};
    }
  }

  /** @param {Record<string, Entry>} entries */
  write(entries) {
    try {
      if (Object.keys(entries).length) localStorage.setItem(this.slot, JSON.stringify(entries));
      else localStorage.removeItem(this.slot);
      this.works = true;
    } catch {
      this.works = false;
    }
  }

  /** @param {number} version @param {string} draft */
  keep(version, draft) {
    this.write({ ...this.read(), [PAGE]: { at: Date.now(), version, draft } });
  }

  /** Forget an entry: by default this page's own. @param {string} page */
  drop(page = PAGE) {
    const entries = this.read();
    if (!(page in entries)) return;
    delete entries[page];
    this.write(entries);
  }

  /** What other loads of the page left behind, newest first. @returns {[string, Entry][]} */
  left() {
    return Object.entries(this.read()).filter(([page]) => page !== PAGE);
  }
}
