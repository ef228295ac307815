// The tree of one record with its undo and redo: it belongs to the page, and the server only takes note of it.

import { readJson } from "./json_text.js";
import { fromJson, treeText } from "./criteria.js";
import { placeOf } from "./edits.js";
import { Journal } from "./journal.js";

/**
 * @typedef {import("./criteria.js").Node} Node
 * @typedef {{tree: Node | null, focus: number | null, label: string}} Step
 */

const STEPS_KEPT = 500;
const SAME_STEP_MS = 1500;

/** Whether a text from the browser's memory, which anything may have written, is JSON or nothing. @param {string} text */
function isReadable(text) {
  try {
    if (text !== "") readJson(text);
    return true;
  } catch {
    return false;
  }
}

export class Store {
  /** @param {string} slot @param {number} version @param {string | null} text @param {import("./criteria.js").Catalogue} kb */
  constructor(slot, version, text, kb) {
    this.slot = slot;
    this.version = version;
    /** @type {Node | null} */
    this.tree = text === null ? null : fromJson(readJson(text), kb);
    const base = treeText(this.tree);
    /** Every text that stood here: the page may pass an old one again, and that is nothing new. */
    this.known = new Set([base]);
    /** @type {string | null} What the page holds where it is neither known here nor newer. */
    this.other = null;
    /** @type {Step[]} */
    this.undoable = [];
    /** @type {Step[]} */
    this.redoable = [];
    /** @type {Set<number>} */
    this.folded = new Set();
    /** @type {number | null} */
    this.current = this.tree ? this.tree.id : null;
    /** @type {{tag: string, at: number} | null} */
    this.typing = null;
    this.journal = new Journal(slot);
    /** Unsaved versions that an earlier load of the page left behind. */
    this.offers = this.journal.left().filter(([page, entry]) => {
      if (entry.draft !== base && isReadable(entry.draft)) return true;
      this.journal.drop(page);
      return false;
    });
  }

  /**
   * One step forward. Steps with the same tag that follow each other closely, as when typing, are undone together.
   * @param {string} label @param {Node | null} tree @param {number | null} focus @param {string} tag
   */
  apply(label, tree, focus, tag = "") {
    const now = Date.now();
    const goesOn = tag !== "" && this.typing?.tag === tag && now - this.typing.at < SAME_STEP_MS;
    if (!goesOn) {
      this.undoable.push({ tree: this.tree, focus: this.current, label });
      if (this.undoable.length > STEPS_KEPT) this.undoable.shift();
    }
    this.typing = tag ? { tag, at: now } : null;
    this.redoable = [];
    this.put(tree, focus);
  }

  /** @param {Node | null} tree @param {number | null} focus */
  put(tree, focus) {
    this.tree = tree;
    this.current = placeOf(tree, focus) ? focus : tree ? tree.id : null;
    for (const group of placeOf(tree, this.current)?.above ?? []) this.folded.delete(group.id);
    this.version += 1;
    const text = treeText(tree);
    this.known.add(text);
    this.journal.keep(this.version, text);
  }

  /** The label of what was taken back, or null. */
  undo() {
    return this.swap(this.undoable, this.redoable);
  }

  redo() {
    return this.swap(this.redoable, this.undoable);
  }

  /** @param {Step[]} from @param {Step[]} to */
  swap(from, to) {
    const step = from.pop();
    if (!step) return null;
    to.push({ tree: this.tree, focus: this.current, label: step.label });
    this.typing = null;
    this.put(step.tree, step.focus);
    return step.label;
  }

  /**
   * What the server passes. Only a newer version replaces the tree, and undo brings the old one back; a newer version
   * of the same text says that it is saved. True where the tree was replaced.
   * @param {number} version @param {string | null} text @param {import("./criteria.js").Catalogue} kb
   */
  receive(version, text, kb) {
    const tree = text === null ? null : fromJson(readJson(text), kb);
    const given = treeText(tree);
    const same = given === treeText(this.tree);
    const newer = version > this.version;
    this.other = newer || this.known.has(given) ? null : given;
    if (newer) {
      this.known.add(given);
      this.journal.drop();
    }
    // What the page took from an earlier load need not be offered again.
    for (const [page] of newer ? this.offers.filter(([, entry]) => entry.draft === given) : []) this.discard(page);
    if (newer && !same) {
      this.undoable.push({ tree: this.tree, focus: this.current, label: "a change that came from elsewhere" });
      this.redoable = [];
      this.typing = null;
      this.tree = tree;
      this.current = tree ? tree.id : null;
    }
    if (newer) this.version = version;
    return newer && !same;
  }

  /** Put what the page holds in place of what is there. @param {import("./criteria.js").Catalogue} kb */
  takeOther(kb) {
    const tree = this.other ? fromJson(readJson(this.other), kb) : null;
    this.other = null;
    this.apply("taking the page’s version", tree, tree ? tree.id : null);
  }

  keepOwn() {
    if (this.other !== null) this.known.add(this.other);
    this.other = null;
  }

  /** Take an unsaved version in place of what is there. @param {string} page @param {import("./criteria.js").Catalogue} kb */
  restore(page, kb) {
    const offer = this.offers.find(([one]) => one === page);
    if (!offer) return;
    const tree = offer[1].draft === "" ? null : fromJson(readJson(offer[1].draft), kb);
    this.version = Math.max(this.version, offer[1].version);
    this.apply("restoring the unsaved version", tree, tree ? tree.id : null);
    this.discard(page);
  }

  /** @param {string} page */
  discard(page) {
    this.journal.drop(page);
    this.offers = this.offers.filter(([one]) => one !== page);
  }
}
