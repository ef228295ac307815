// A box to search and choose in: questions, findings and scores by their words, or the answers of one question.

import { closeBox, h, icon, openBox, placeBox, setAttribute } from "./dom.js";

/**
 * @typedef {{title: string, detail: string, aside: string, search: string[], value: any, under?: boolean}} Entry
 * @typedef {{title: string, entries: Entry[]}} Section
 */

const MOST_SHOWN = 80;
const MOST_LISTED = 400;

/** Words without accents and capitals. @param {string} text */
export const plainWords = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

/**
 * How well an entry fits: 0 where its title begins with the words, more the further away they stand, null where
 * one of them is nowhere.
 * @param {Entry} entry @param {string[]} words
 */
function fit(entry, words) {
  let worst = 0;
  for (const word of words) {
    const at = entry.search.findIndex((text) => text.includes(word));
    if (at < 0) return null;
    const inside = entry.search[at].startsWith(word) ? 0 : new RegExp(`\\b${word.replace(/\W/g, "\\$&")}`).test(entry.search[at]) ? 0.3 : 0.6;
    worst = Math.max(worst, at + inside);
  }
  // An answer is listed for its own words, not for those of its question.
  if (entry.under && !words.some((word) => entry.search.slice(0, -1).some((text) => text.includes(word)))) return null;
  return entry.under ? worst + 0.1 : worst;
}

/** The sections with what fits the query, the best first. @param {Section[]} sections @param {string} query */
export function found(sections, query) {
  const words = plainWords(query).split(/\s+/).filter(Boolean);
  if (!words.length) {
    return sections.map((section) => ({ ...section, entries: section.entries.filter((entry) => !entry.under) }));
  }
  const ranked = sections.map((section) => {
    const entries = section.entries
      .map((entry) => ({ entry, rank: fit(entry, words) }))
      .filter(({ rank }) => rank !== null)
      .map(({ entry, rank }) => ({ entry, rank: /** @type {number} */ (rank) }))
      .sort((a, b) => a.rank - b.rank);
    return { title: section.title, rank: entries[0]?.rank ?? Infinity, entries: entries.map(({ entry }) => entry) };
  });
  return ranked.filter(({ entries }) => entries.length).sort((a, b) => a.rank - b.rank);
}

/** One floating search box, used for everything that is chosen. */
export class Picker {
  /** @param {HTMLElement} root @param {string} prefix */
  constructor(root, prefix) {
    this.prefix = prefix;
    this.list = h("div", { class: "options", role: "listbox", id: `${prefix}-list` });
    this.input = h("input", {
      class: "search",
      type: "text",
      role: "combobox",
      autocomplete: "off",
      spellcheck: "false",
      "aria-autocomplete": "list",
      "aria-controls": `${prefix}-list`,
      "aria-expanded": "false",
      oninput: () => this.show(),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.key(event),
    });
    this.count = h("div", { class: "count", role: "status" });
    this.box = h(
      "div",
      { class: "floating picker", popover: "manual", hidden: true },
      h("div", { class: "searchline" }, icon("search"), this.input),
      this.list,
      this.count,
    );
    this.box.addEventListener("focusout", (/** @type {FocusEvent} */ event) => {
      if (this.open && !this.box.contains(/** @type {any} */ (event.relatedTarget))) this.close(false);
    });
    root.append(this.box);
    /** @type {{anchor: Element, sections: Section[], width: number, chosen: any, onchoose: (value: any) => void, onclose: (chose: boolean, back: boolean) => void} | null} */
    this.open = null;
    /** @type {{entry: Entry, element: HTMLElement}[]} */
    this.shown = [];
    this.active = -1;
    this.follow = () => this.open && placeBox(this.box, this.open.anchor, this.open.width);
  }

  /**
   * @param {{anchor: Element, label: string, sections: Section[], width: number, chosen: any,
   *   onchoose: (value: any) => void, onclose: (chose: boolean, back: boolean) => void}} how
   */
  ask(how) {
    if (this.open) this.close(false);
    this.open = how;
    setAttribute(this.input, "aria-label", how.label);
    setAttribute(this.input, "placeholder", how.label);
    setAttribute(this.list, "aria-label", how.label);
    setAttribute(this.input, "aria-expanded", "true");
    this.input.value = "";
    openBox(this.box);
    this.show();
    this.input.focus();
    window.addEventListener("scroll", this.follow, true);
    window.addEventListener("resize", this.follow);
  }

  /** @param {boolean} chose @param {boolean} back whether focus goes back to where it came from */
  close(chose, back = false) {
    const how = this.open;
    if (!how) return;
    this.open = null;
    setAttribute(this.input, "aria-expanded", "false");
    setAttribute(this.input, "aria-activedescendant", null);
    window.removeEventListener("scroll", this.follow, true);
    window.removeEventListener("resize", this.follow);
    closeBox(this.box);
    how.onclose(chose, back);
  }

  show() {
    if (!this.open) return;
    const query = this.input.value;
    const sections = found(this.open.sections, query);
    const total = sections.reduce((sum, section) => sum + section.entries.length, 0);
    this.shown = [];
    this.list.replaceChildren();
    let chosenAt = 0;
    for (const section of sections) {
      const room = (query ? MOST_SHOWN : MOST_LISTED) - this.shown.length;
      const entries = section.entries.slice(0, room);
      if (!entries.length) continue;
      const id = `${this.prefix}-head-${this.shown.length}`;
      const group = h("div", { role: "group", "aria-labelledby": section.title ? id : null });
      if (section.title) group.append(h("div", { class: "heading", id }, section.title));
      for (const entry of entries) {
        const at = this.shown.length;
        const chosen = this.open.chosen !== null && entry.value === this.open.chosen;
        if (chosen && !query) chosenAt = at;
        const element = h(
          "div",
          {
            class: entry.under ? "option under" : "option",
            role: "option",
            id: `${this.prefix}-option-${at}`,
            "aria-selected": "false",
            onpointermove: () => this.active !== at && this.point(at, false),
            onpointerdown: (/** @type {Event} */ event) => event.preventDefault(),
            onclick: () => this.choose(at),
          },
          h("div", { class: "title" }, ...this.marked(entry.title, query), chosen && icon("check")),
          entry.aside && h("div", { class: "aside" }, entry.aside),
          entry.detail && h("div", { class: "detail" }, ...this.marked(entry.detail, query)),
        );
        group.append(element);
        this.shown.push({ entry, element });
      }
      this.list.append(group);
    }
    if (!total) this.list.append(h("div", { class: "nothing" }, `Nothing fits “${query}”. Try other words, or fewer.`));
    const more = total - this.shown.length;
    this.count.textContent = more > 0 ? `${more} more: type to narrow` : query ? `${total} found` : "";
    this.active = -1;
    if (this.shown.length) this.point(query ? 0 : chosenAt, true);
    this.follow();
  }

  /** The text with what was searched for marked in it. @param {string} text @param {string} query */
  marked(text, query) {
    const plain = plainWords(text);
    const words = plainWords(query).split(/\s+/).filter((word) => word.length > 1);
    if (plain.length !== text.length || !words.length) return [text];
    const pattern = new RegExp(words.map((word) => word.replace(/[^a-z0-9]/g, "\\$&")).join("|"), "g");
    /** @type {any[]} */
    const pieces = [];
    let from = 0;
    for (const match of plain.matchAll(pattern)) {
      pieces.push(text.slice(from, match.index), h("mark", {}, text.slice(match.index, match.index + match[0].length)));
      from = match.index + match[0].length;
    }
    return [...pieces, text.slice(from)];
  }

  /** @param {number} at @param {boolean} scroll */
  point(at, scroll) {
    this.shown[this.active]?.element.setAttribute("aria-selected", "false");
    this.active = Math.max(0, Math.min(at, this.shown.length - 1));
    const { element } = this.shown[this.active];
    element.setAttribute("aria-selected", "true");
    setAttribute(this.input, "aria-activedescendant", element.id);
    if (!scroll) return;
    const heading = this.active === 0 ? this.list : null;
    if (heading) this.list.scrollTop = 0;
    else element.scrollIntoView({ block: "nearest" });
  }

  /** @param {number} at */
  choose(at) {
    const how = this.open;
    const chosen = this.shown[at];
    if (!how || !chosen) return;
    how.onchoose(chosen.entry.value);
    this.close(true);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const page = 8;
    /** @type {Record<string, number>} */
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
    if (event.key in steps && this.shown.length) this.point(this.active + steps[event.key], true);
    else if (event.key === "Enter" && !event.isComposing) this.choose(this.active);
    else if (event.key === "Escape" || event.key === "Tab") this.close(false, true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
