// The criteria builder: what clinicians see and touch. It owns the tree; Streamlit hears of each version.

import { readJson, prettyJson, JsonProblem } from "./json_text.js";
import { Catalogue, firstComparison, fromJson, isGroup, makeLeaf, toJson, treeText, Typed } from "./criteria.js";
import { added, countLeaves, duplicated, emptyGroup, indented, moved, outdented, placeOf, regrouped, removed, replaced, shifted, unwrapped, visible, wrapped } from "./edits.js";
import { answers, subjects } from "./choices.js";
import { h, icon, openBox, closeBox, placeBox, setAttribute } from "./dom.js";
import { english, phrase } from "./english.js";
import { Menu } from "./menu.js";
import { Picker } from "./picker.js";
import { problemsOf } from "./problems.js";
import { joinOf, Row } from "./rows.js";
import { Store } from "./store.js";

/**
 * @typedef {import("./criteria.js").Node} Node
 * @typedef {import("./criteria.js").Leaf} Leaf
 * @typedef {import("./problems.js").Problem} Problem
 * @typedef {"row"|"subject"|"field"|"kind"} Target
 */

const SEND_AFTER_MS = 250;
const isMac = /Mac|iP(hone|ad)/.test(navigator.platform);
const ctrl = isMac ? "⌘" : "Ctrl+";
const alt = isMac ? "⌥" : "Alt+";

const KEYS = [
  ["↑ ↓", "Go to the row above or below"],
  ["→ ←", "Open or close a group, go in or out"],
  ["Enter", "Edit the row; again: back to it"],
  ["Esc", "Back to the row, close a list"],
  ["Tab", "Through the fields and buttons of the row"],
  ["A, G", "Add a condition, a group"],
  ["S", "Choose what the condition is about"],
  ["K", "Choose the kind of group"],
  ["W, N", "Wrap in a group, in “not”"],
  ["U", "Unwrap a group"],
  ["D", "Duplicate"],
  [`${alt}↑ ${alt}↓`, "Move up, down"],
  [`${alt}→`, "Move into the group above"],
  [`${alt}←`, "Move out of its group"],
  ["Delete", "Remove"],
  [`${ctrl}Z, ${isMac ? "⇧⌘Z" : "Ctrl+Shift+Z"}`, "Undo, redo"],
  ["M", "All actions"],
  ["?", "This list"],
];

/** Trees of this page by slot: they outlive the element that shows them. @type {Map<string, Store>} */
const stores = new Map();
let builders = 0;

export class Builder {
  /** @param {ShadowRoot | HTMLElement} parent */
  constructor(parent) {
    this.parent = parent;
    this.prefix = `criteria-${++builders}`;
    /** @type {Map<number, Row>} */
    this.rows = new Map();
    this.kb = new Catalogue({ sections: [], body: [], terms: [] });
    /** @type {import("./picker.js").Section[]} */
    this.sections = [];
    /** Holds nothing until Streamlit says what is shown here. */
    this.store = new Store("", 0, null, this.kb);
    this.record = "";
    /** @type {Problem[]} */
    this.problems = [];
    this.note = "";
    this.atProblem = false;
    /** @type {((edit: any) => void) | null} */
    this.send = null;
    this.kbCount = 0;
    this.kbText = "";
    this.jsonDirty = false;
    /** @type {number | null} */
    this.hovered = null;
    /** @type {number | null} */
    this.dragged = null;
    /** @type {number | undefined} */
    this.timer = undefined;
    /** @type {string | null} */
    this.sent = null;
    this.leave = () => this.flush();
    this.root = h("div", { class: "builder" });
    this.picker = new Picker(this.root, `${this.prefix}-pick`);
    this.menu = new Menu(this.root);
    this.build();
  }

  build() {
    const button = (/** @type {string} */ label, /** @type {string} */ title, /** @type {any} */ content, /** @type {() => void} */ onclick) =>
      h("button", { class: "tool", type: "button", title, "aria-label": label, onclick }, content);
    this.undoButton = button("Undo", `Undo (${ctrl}Z)`, icon("undo"), () => this.undo());
    this.redoButton = button("Redo", "Redo", icon("redo"), () => this.redo());
    this.status = h("button", { class: "status", type: "button", onclick: () => this.nextProblem() });
    this.jsonButton = h("button", { class: "tool text", type: "button", "aria-expanded": "false", onclick: () => this.toggleJson() }, "Show JSON");
    this.helpButton = h("button", { class: "tool text", type: "button", "aria-haspopup": "dialog", onclick: () => this.toggleHelp() }, "Keyboard");
    this.notes = h("div", { class: "notes" });
    this.english = h("p", { class: "english", role: "region", "aria-label": "The criterion in English" });
    this.tree = h("div", { class: "tree", role: "tree", "aria-label": "Criterion" });
    const start = (/** @type {string} */ what, /** @type {string} */ label) =>
      h("button", { class: "add", type: "button", "aria-label": `Add a ${what}`, onclick: () => this.act(what, this.store.current) }, icon("plus"), h("span", {}, label));
    this.foot = h("div", { class: "foot" }, h("span", { class: "words" }), start("condition", "Condition"), start("group", "Group"));
    this.jsonText = h("textarea", {
      class: "json", spellcheck: "false", "aria-label": "The criterion as JSON",
      oninput: () => this.jsonTyped(),
    });
    this.jsonSaid = h("span", { class: "said", role: "status" });
    this.jsonApply = h("button", { class: "tool text", type: "button", onclick: () => this.applyJson() }, "Apply");
    this.jsonBack = h("button", { class: "tool text", type: "button", onclick: () => this.resetJson() }, "Back to the tree’s");
    this.jsonPanel = h("div", { class: "jsonpanel", hidden: true }, this.jsonText, h("div", { class: "jsonbar" }, this.jsonApply, this.jsonBack, this.jsonSaid));
    this.live = h("div", { class: "unseen", role: "status", "aria-live": "polite" });
    this.help = h("div", { class: "floating help", role: "dialog", "aria-label": "Keyboard", tabindex: "-1", popover: "manual", hidden: true },
      h("dl", {}, KEYS.map(([keys, what]) => [h("dt", {}, h("kbd", {}, keys)), h("dd", {}, what)])));
    this.help.addEventListener("focusout", () => closeBox(this.help));
    this.root.append(
      h("div", { class: "bar", role: "toolbar", "aria-label": "Criterion" },
        this.undoButton, this.redoButton, this.status, h("span", { class: "space" }), this.jsonButton, this.helpButton),
      this.notes, this.english, this.tree, this.foot, this.jsonPanel, this.live, this.help);
    this.root.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.key(event));
    this.root.addEventListener("focusin", (/** @type {FocusEvent} */ event) => this.focusCame(event));
    this.root.addEventListener("focusout", (/** @type {FocusEvent} */ event) => this.focusWent(event));
    this.tree.addEventListener("pointerover", (/** @type {PointerEvent} */ event) => this.light(this.idAt(event.target)));
    this.tree.addEventListener("pointerleave", () => this.light(null));
    this.dragging();
    window.addEventListener("pagehide", this.leave);
    this.parent.append(this.root);
  }

  /** The element is gone for good. */
  end() {
    clearTimeout(this.timer);
    window.removeEventListener("pagehide", this.leave);
    this.root.remove();
  }

  get isConnected() {
    return this.root.isConnected;
  }

  // --- Streamlit -----------------------------------------------------------------------------------------------------

  /** What one run of the page passes. @param {any} data @param {(edit: any) => void} send */
  receive(data, send) {
    this.send = send;
    const slot = `${data.key}/${data.record}`;
    const kbText = JSON.stringify(data.kb);
    if (kbText !== this.kbText) {
      this.kbText = kbText;
      this.kb = new Catalogue(data.kb);
      this.sections = subjects(this.kb);
      this.kbCount += 1;
    }
    if (this.store.slot !== slot) {
      this.flush();
      const known = stores.get(slot);
      const store = known ?? new Store(slot, data.version, data.value, this.kb);
      stores.set(slot, store);
      this.store = store;
      this.record = data.record;
      this.sent = null;
      this.note = "";
      this.jsonDirty = false;
    }
    if (this.store.receive(data.version, data.value, this.kb)) {
      this.note = "This criterion was changed elsewhere. Undo brings back what stood here.";
    }
    this.scheme();
    this.render();
    if (this.store.version > data.version || this.problems.length) this.flush(true);
  }

  /** Native lists and scroll bars follow the page's light or dark theme. */
  scheme() {
    const probe = getComputedStyle(this.root).backgroundColor.match(/[\d.]+/g)?.map(Number) ?? [255, 255, 255];
    const light = 0.299 * probe[0] + 0.587 * probe[1] + 0.114 * probe[2] > 128;
    this.root.style.colorScheme = light ? "light" : "dark";
  }

  later() {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.flush(true), SEND_AFTER_MS);
  }

  /** Tell Streamlit now. @param {boolean} [always] also where nothing is waiting to be told */
  flush(always = false) {
    if (!always && this.timer === undefined) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    const { store, problems, record } = this;
    const mark = `${store.slot} ${store.version} ${this.kbCount}`;
    if (mark === this.sent || !this.send) return;
    this.sent = mark;
    const text = store.tree ? treeText(store.tree) : null;
    this.send({
      record,
      version: store.version,
      value: problems.length ? null : text,
      draft: text,
      problems: problems.map((one) => [one.pointer, one.message]),
    });
  }

  // --- Changes -------------------------------------------------------------------------------------------------------

  /** @param {string} label @param {import("./edits.js").Change | null} change @param {Target} [target] @param {string} [tag] */
  apply(label, change, target, tag = "") {
    if (!change || change.tree === this.store.tree) return false;
    this.store.apply(label, change.tree, change.focus, tag);
    this.changed();
    if (target) this.focusOn(this.store.current, target);
    return true;
  }

  changed() {
    this.note = "";
    this.render();
    this.later();
  }

  /** A field of a node. @param {number} id @param {string} label @param {(node: any) => any} how @param {string} [tag] */
  edit(id, label, how, tag = "") {
    const { tree } = this.store;
    if (tree) this.apply(label, replaced(tree, id, how), undefined, tag);
  }

  undo() {
    this.after(this.store.undo(), "Undone");
  }

  redo() {
    this.after(this.store.redo(), "Done again");
  }

  /** @param {string | null} label @param {string} word */
  after(label, word) {
    if (label === null) return;
    const inTree = this.tree.contains(this.focused()) || this.focused() === null;
    this.changed();
    if (inTree || this.focused()?.matches(":disabled")) this.focusOn(this.store.current, "row");
    this.say(`${word}: ${label}`);
  }

  /** What the menu, the keys and the buttons do. @param {string} what @param {number | null} id */
  act(what, id) {
    const { tree } = this.store;
    const isRow = id !== null && tree !== null;
    /** @param {string} label @param {import("./edits.js").Change | null} change */
    const run = (label, change) => this.say(this.apply(label, change, "row") ? label : this.whyNot(what, id ?? -1) ?? "");
    if (what === "condition") {
      const leaf = makeLeaf();
      this.apply("adding a condition", added(tree, id, leaf), "row");
      this.chooseFor(leaf.id, true);
    } else if (what === "group") {
      const { group, leaf } = emptyGroup();
      const kind = tree && placeOf(tree, id)?.node.form === "any" ? "all" : "any";
      const change = added(tree, id, tree ? { ...group, form: kind } : { ...group, form: "all" });
      this.apply("adding a group", { tree: change.tree, focus: leaf.id }, "row");
      this.chooseFor(leaf.id, false);
    } else if (!isRow) return;
    else if (what === "wrap") run("Wrapped in a group", wrapped(tree, id, "group"));
    else if (what === "not") run("Wrapped in not", wrapped(tree, id, "not"));
    else if (what === "unwrap") run("Unwrapped", unwrapped(tree, id));
    else if (what === "duplicate") run("Duplicated", duplicated(tree, id));
    else if (what === "up") run("Moved up", shifted(tree, id, -1));
    else if (what === "down") run("Moved down", shifted(tree, id, 1));
    else if (what === "in") run("Moved into the group above", indented(tree, id));
    else if (what === "out") run("Moved out of its group", outdented(tree, id));
    else if (what === "remove") run("Removed", removed(tree, id));
    else if (what.startsWith("kind:")) {
      const form = /** @type {import("./criteria.js").GroupForm} */ (what.slice(5));
      const focusedKind = this.focused();
      this.apply("the kind of group", regrouped(tree, id, form));
      if (focusedKind?.isConnected) focusedKind.focus();
    }
  }

  /** Why an action makes no sense at a node, or null where it does. @param {string} what @param {number} id */
  whyNot(what, id) {
    const tree = /** @type {Node} */ (this.store.tree);
    /** @type {Record<string, [import("./edits.js").Change | null, string]>} */
    const tried = {
      unwrap: [unwrapped(tree, id), "Only a group can be unwrapped, and several parts only into a group that holds several."],
      up: [shifted(tree, id, -1), "It is the first in its group."],
      down: [shifted(tree, id, 1), "It is the last in its group."],
      in: [indented(tree, id), "Just above it in its group stands no group that could take it."],
      out: [outdented(tree, id), "It stands in no inner group."],
    };
    return what in tried && !tried[what][0] ? tried[what][1] : null;
  }

  /** @param {Row} row */
  openMenu(row) {
    const { id } = row.node;
    const group = isGroup(row.node);
    /** @param {string} what @param {string} label @param {string} keys @param {boolean} [apart] @param {boolean} [checked] */
    const item = (what, label, keys, apart = false, checked = false) => ({
      label, keys, apart, off: checked ? this.whyNot(what, id) : null, run: () => this.act(what, id),
    });
    this.menu.ask(row.more, "Actions", [
      item("condition", group ? "Add a condition to this group" : "Add a condition after this", "A"),
      item("group", group ? "Add a group to this group" : "Add a group after this", "G"),
      item("wrap", "Wrap in a group", "W", true),
      item("not", "Wrap in “not”", "N"),
      ...(group ? [item("unwrap", "Unwrap", "U", false, true)] : []),
      item("duplicate", "Duplicate", "D", true),
      item("up", "Move up", `${alt}↑`, false, true),
      item("down", "Move down", `${alt}↓`, false, true),
      item("in", "Move into the group above", `${alt}→`, false, true),
      item("out", "Move out of its group", `${alt}←`, false, true),
      item("remove", "Remove", "Delete", true),
    ], () => this.focusOn(id, "row"));
  }

  // --- Choosing ------------------------------------------------------------------------------------------------------

  /** @param {Row} row */
  chooseSubject(row) {
    this.chooseFor(row.node.id, false);
  }

  /** @param {number} id @param {boolean} fresh whether Escape takes back the condition that was just added */
  chooseFor(id, fresh) {
    const row = this.rows.get(id);
    if (!row?.field.subject) return;
    const leaf = /** @type {Leaf} */ (row.node);
    const chosen = this.sections.flatMap((section) => section.entries).find(
      (entry) => !entry.under && entry.value.subject === leaf.subject && entry.value.form === leaf.form,
    );
    row.element.scrollIntoView({ block: "nearest" });
    this.picker.ask({
      anchor: row.field.subject,
      label: "Search questions, findings and scores",
      sections: this.sections,
      width: 560,
      chosen: chosen?.value ?? null,
      onchoose: (choice) => this.setSubject(id, choice),
      onclose: (chose, back) => {
        if (!chose && back && fresh && this.isBlankLeaf(id)) this.takeBack();
        else if (!chose && back) this.focusOn(id, "row");
      },
    });
  }

  /** @param {number} id */
  isBlankLeaf(id) {
    return placeOf(this.store.tree, id)?.node.form === "new";
  }

  /** A condition that was added and not filled in leaves no trace. */
  takeBack() {
    this.store.undo();
    this.store.redoable = [];
    this.changed();
    this.focusOn(this.store.current, "row");
  }

  /** @param {number} id @param {import("./choices.js").Choice} choice */
  setSubject(id, { form, subject, answer }) {
    const question = form === "fact" ? this.kb.questions.get(subject) : undefined;
    this.edit(id, "choosing what it is about", (node) => {
      const same = node.form === form && node.subject === subject;
      if (same && answer === undefined) return node;
      if (form === "finding") return { ...node, form, subject, op: null, operand: null };
      if (form === "score") return { ...node, form, subject, op: "gte", operand: new Typed("") };
      if (!question) return node;
      const first = firstComparison(question);
      return { ...node, form, subject, op: first.op, operand: answer ?? first.operand };
    });
    this.focusOn(id, answer !== undefined || form === "finding" ? "row" : "field");
  }

  /** @param {Row} row @param {import("./criteria.js").Question} question @param {any} chosen @param {(value: any) => void} set */
  chooseAnswer(row, question, chosen, set) {
    this.picker.ask({
      anchor: row.field.value,
      label: `Answers to ${question.name}`,
      sections: answers(question),
      width: 420,
      chosen,
      onchoose: (value) => {
        set(value);
        this.focusOn(row.node.id, "field");
      },
      onclose: (chose, back) => {
        if (!chose && back) this.focusOn(row.node.id, "field");
      },
    });
  }

  // --- Showing -------------------------------------------------------------------------------------------------------

  render() {
    const { store, kb } = this;
    const { tree } = store;
    const before = this.focused();
    this.problems = tree ? problemsOf(tree, kb) : [];
    /** @type {Set<number>} */
    const alive = new Set();
    const elements = tree ? [this.renderNode(tree, { level: 1, at: 0, of: 1, join: "", folded: false }, alive)] : [];
    this.arrange(this.tree, elements);
    for (const id of this.rows.keys()) if (!alive.has(id)) this.rows.delete(id);
    this.tree.hidden = !tree;
    this.foot.hidden = tree !== null && isGroup(tree) && tree.form !== "not";
    this.foot.classList.toggle("empty", !tree);
    this.foot.firstElementChild.textContent = tree ? "Add" : "Nothing here yet. Begin with";
    this.renderEnglish();
    this.renderBar();
    this.renderNotes();
    this.renderJson();
    this.setTabs();
    if (before && before !== this.focused() && before.isConnected) before.focus({ preventScroll: true });
  }

  /** @param {Node} node @param {any} place @param {Set<number>} alive @returns {HTMLElement} */
  renderNode(node, place, alive) {
    alive.add(node.id);
    let row = this.rows.get(node.id);
    if (!row) this.rows.set(node.id, (row = new Row(this, node)));
    const folded = this.store.folded.has(node.id);
    row.update(node, this.problems, { ...place, folded });
    if (isGroup(node)) {
      const { parts } = node;
      const below = parts.map((part, at) =>
        this.renderNode(part, { level: place.level + 1, at, of: parts.length, join: joinOf(node, at) }, alive),
      );
      this.arrange(row.parts, below);
    }
    return row.element;
  }

  /** The children of an element, moving as few as possible. @param {HTMLElement} parent @param {HTMLElement[]} children */
  arrange(parent, children) {
    const wanted = new Set(children);
    for (const child of [...parent.children]) if (!wanted.has(/** @type {HTMLElement} */ (child))) child.remove();
    children.forEach((child, at) => {
      if (parent.children[at] !== child) parent.insertBefore(child, parent.children[at] ?? null);
    });
  }

  renderEnglish() {
    const { tree } = this.store;
    this.english.hidden = !tree;
    /** @param {import("./english.js").Phrase} one @returns {HTMLElement} */
    const span = (one) => {
      const leaf = one.pieces.every((piece) => typeof piece === "string");
      return h("span", { "data-id": one.id }, one.pieces.map((piece) => (typeof piece !== "string" ? span(piece) : leaf ? piece : h("i", {}, piece))));
    };
    this.english.replaceChildren(...(tree ? [span(phrase(tree, this.kb))] : []));
    // long text scrolls, and then keys must reach it
    setAttribute(this.english, "tabindex", this.english.scrollHeight > this.english.clientHeight ? "0" : "-1");
    this.light(this.hovered);
  }

  /** Show in the English what a row says. @param {number | null} id */
  light(id) {
    this.hovered = id;
    const { store } = this;
    const held = this.tree.contains(this.focused()) ? store.current : null;
    const shown = id ?? held;
    for (const span of this.english.querySelectorAll("span[data-id]")) {
      span.classList.toggle("lit", shown !== null && shown !== store.tree?.id && span.dataset.id === String(shown));
    }
  }

  renderBar() {
    const { store, problems } = this;
    this.undoButton.disabled = !store.undoable.length;
    this.redoButton.disabled = !store.redoable.length;
    const last = store.undoable.at(-1);
    this.undoButton.title = last ? `Undo ${last.label} (${ctrl}Z)` : "Nothing to undo";
    const wrong = problems.filter((one) => !one.missing).length;
    this.status.className = !store.tree ? "status empty" : wrong ? "status wrong" : problems.length ? "status missing" : "status done";
    this.status.disabled = !problems.length;
    const count = problems.length === 1 ? "1 thing to finish" : `${problems.length} things to finish`;
    const conditions = store.tree ? countLeaves(store.tree) : 0;
    const whole = `Complete: ${conditions} ${conditions === 1 ? "condition" : "conditions"}`;
    this.status.replaceChildren(...(store.tree ? [icon(problems.length ? "warn" : "check"), problems.length ? count : whole] : []));
    this.status.title = problems.length ? "Go to the next one" : "";
  }

  renderNotes() {
    const { store } = this;
    const note = (/** @type {string} */ lead, /** @type {string} */ text, /** @type {[string, () => void][]} */ ...answers) => {
      const what = text === "" ? "nothing" : english(fromJson(readJson(text), this.kb), this.kb);
      return h("div", { class: "note offer", role: "alert" },
        h("div", { class: "what", title: what }, h("strong", {}, lead), what),
        answers.map(([label, onclick]) => h("button", { class: "tool text", type: "button", onclick }, label)));
    };
    /** @type {any[]} */
    const notes = store.offers.map(([page, entry]) => {
      const when = new Date(entry.at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
      return note(`Typed here on ${when} and not saved: `, entry.draft, ["Restore", () => this.takeOffer(page)], ["Discard", () => this.dropOffer(page)]);
    });
    if (store.other !== null) {
      notes.push(note("Meanwhile this was stored: ", store.other, ["Take it", () => this.takeOther()], ["Keep mine", () => this.keepOwn()]));
    }
    if (this.note) notes.push(h("div", { class: "note", role: "status" }, this.note));
    if (!store.journal.works) {
      notes.push(h("div", { class: "note", role: "status" }, "This browser keeps no copy of unsaved work: save often."));
    }
    this.notes.replaceChildren(...notes);
  }

  /** @param {string} page */
  takeOffer(page) {
    this.store.restore(page, this.kb);
    this.changed();
    this.focusOn(this.store.current, "row");
    this.say("Restored");
  }

  /** @param {string} page */
  dropOffer(page) {
    this.store.discard(page);
    this.renderNotes();
  }

  takeOther() {
    this.store.takeOther(this.kb);
    this.changed();
    this.focusOn(this.store.current, "row");
  }

  keepOwn() {
    this.store.keepOwn();
    this.renderNotes();
  }

  /** Things to finish, one after the other. */
  nextProblem() {
    const { problems, store } = this;
    if (!problems.length) return;
    const order = problems.map((one) => one.id);
    const at = this.tree.contains(this.focused()) || this.atProblem ? order.lastIndexOf(store.current ?? -1) : -1;
    const next = problems[(at + 1) % problems.length];
    for (const group of placeOf(store.tree, next.id)?.above ?? []) store.folded.delete(group.id);
    this.atProblem = true;
    this.render();
    const row = this.rows.get(next.id);
    store.current = next.id;
    this.setTabs();
    (row?.field[next.field] ?? row?.element)?.focus();
    row?.element.scrollIntoView({ block: "nearest" });
  }

  /** @param {number} id */
  fold(id) {
    const { folded } = this.store;
    if (folded.has(id)) folded.delete(id);
    else folded.add(id);
    const inside = placeOf(this.store.tree, this.store.current)?.above.some((group) => group.id === id);
    if (inside) this.store.current = id;
    this.render();
    this.focusOn(id, "row");
  }

  /** @param {string} text */
  say(text) {
    if (!text) return;
    this.live.textContent = "";
    this.live.textContent = text;
  }

  // --- JSON and help -------------------------------------------------------------------------------------------------

  toggleJson() {
    const open = this.jsonPanel.hidden;
    this.jsonPanel.hidden = !open;
    setAttribute(this.jsonButton, "aria-expanded", String(open));
    this.jsonButton.textContent = open ? "Hide JSON" : "Show JSON";
    this.renderJson();
  }

  resetJson() {
    this.jsonDirty = false;
    this.renderJson();
  }

  renderJson() {
    const { tree } = this.store;
    if (this.jsonPanel.hidden) return;
    const text = tree ? prettyJson(toJson(tree)) : "";
    if (!this.jsonDirty) {
      if (this.jsonText.value !== text) this.jsonText.value = text;
      this.jsonText.rows = Math.max(4, Math.min(24, text.split("\n").length + 1));
      this.jsonSaid.textContent = "";
    }
    this.jsonApply.disabled = !this.jsonDirty;
    this.jsonBack.disabled = !this.jsonDirty;
  }

  jsonTyped() {
    this.jsonDirty = true;
    const read = this.readPanel();
    this.jsonSaid.textContent = typeof read === "string" ? read : "Not applied yet";
    this.jsonSaid.classList.toggle("wrong", typeof read === "string");
    this.jsonApply.disabled = typeof read === "string";
    this.jsonBack.disabled = false;
  }

  /** The tree that the JSON panel holds, or what is wrong with it. @returns {{tree: Node | null} | string} */
  readPanel() {
    const text = this.jsonText.value;
    if (text.trim() === "") return { tree: null };
    try {
      const tree = fromJson(readJson(text), this.kb);
      const strange = problemsOf(tree, this.kb).find((one) => one.field === "node" && placeOf(tree, one.id)?.node.form === "opaque");
      if (!strange) return { tree };
      const where = strange.pointer || "the whole";
      return `At ${where}: a criterion has one of the keys fact, finding, score, all, any, not or at_least with of, and a comparison has one operator.`;
    } catch (error) {
      if (error instanceof JsonProblem) return error.message;
      throw error;
    }
  }

  applyJson() {
    const read = this.readPanel();
    if (typeof read === "string") return;
    this.jsonDirty = false;
    const same = treeText(read.tree) === treeText(this.store.tree);
    if (same) this.renderJson();
    else this.apply("editing the JSON", { tree: read.tree, focus: read.tree ? read.tree.id : null });
    this.say("Applied");
  }

  toggleHelp() {
    if (!this.help.hidden) closeBox(this.help);
    else {
      openBox(this.help);
      placeBox(this.help, this.helpButton, 0);
      this.help.focus();
    }
  }

  // --- Focus and keys ------------------------------------------------------------------------------------------------

  /** The element that has the focus here, or null. @returns {HTMLElement | null} */
  focused() {
    const scope = /** @type {any} */ (this.parent.getRootNode());
    const active = scope.activeElement;
    return active && this.root.contains(active) ? active : null;
  }

  /** @param {any} element @returns {number | null} */
  idAt(element) {
    const item = element?.closest?.(".item");
    return item && this.tree.contains(item) ? Number(item.dataset.id) : null;
  }

  /** @param {FocusEvent} event */
  focusCame(event) {
    const id = this.idAt(event.target);
    if (id === null) return;
    this.atProblem = false;
    if (id !== this.store.current) {
      this.store.current = id;
      this.setTabs();
    }
    this.light(this.hovered);
  }

  /** @param {FocusEvent} event */
  focusWent(event) {
    this.flush();
    // A number that was merely not finished is wrong once it is left.
    const id = this.idAt(event.target);
    const row = id === null ? undefined : this.rows.get(id);
    if (row) setTimeout(() => row.showProblems(this.problems));
  }

  /** Tab reaches the current row and what is in it, nothing else of the tree. */
  setTabs() {
    const { store, rows } = this;
    if (!placeOf(store.tree, store.current)) store.current = store.tree ? store.tree.id : null;
    for (const [id, row] of rows) {
      const tabs = id === store.current ? "0" : "-1";
      setAttribute(row.element, "tabindex", tabs);
      row.element.classList.toggle("current", id === store.current);
      for (const control of row.controls()) setAttribute(control, "tabindex", tabs);
    }
  }

  /** @param {number | null} id @param {Target} target */
  focusOn(id, target) {
    const row = id === null ? undefined : this.rows.get(id);
    if (!row) {
      this.foot.querySelector("button")?.focus();
      return;
    }
    this.store.current = id;
    this.setTabs();
    const element = target === "row" ? row.element : target === "subject" ? row.field.subject : target === "kind" ? row.field.node : row.firstField();
    (element ?? row.element).focus({ preventScroll: true });
    if (element instanceof HTMLInputElement && element.type === "text") element.select();
    row.head.scrollIntoView({ block: "nearest" });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const handled = this.handleKey(event);
    if (handled) event.preventDefault();
    // The page's own one-letter keys would take what is typed here for theirs: inside a shadow root they see no field.
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (handled || (plain && event.key !== "Tab" && event.key !== "Escape")) event.stopPropagation();
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key meant something here */
  handleKey(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const command = event.ctrlKey || event.metaKey;
    if (event.isComposing) return false;
    if (!this.help.hidden) {
      if (key !== "Escape" && key !== "?") return false;
      closeBox(this.help);
      this.focusOn(this.store.current, "row");
      return true;
    }
    if (command && (key === "z" || key === "y") && target !== this.jsonText && target !== this.picker.input) {
      if (key === "y" || event.shiftKey) this.redo();
      else this.undo();
      return true;
    }
    if (target === this.jsonText) {
      if (command && key === "Enter") this.applyJson();
      return command && key === "Enter";
    }
    const id = this.idAt(target);
    if (id === null) return false;
    if (!target.classList.contains("item")) return this.fieldKey(key, id, target);
    if (event.altKey && !command) return this.moveKey(key, id);
    return command ? false : this.treeKey(key, id, event.shiftKey);
  }

  /** A key in a field or on a button of a row. @param {string} key @param {number} id @param {HTMLElement} target */
  fieldKey(key, id, target) {
    const isText = target instanceof HTMLInputElement && target.type === "text";
    if (key === "Escape" || (key === "Enter" && (isText || target instanceof HTMLInputElement))) {
      this.flush();
      this.focusOn(id, "row");
      return true;
    }
    return false;
  }

  /** @param {string} key @param {number} id */
  moveKey(key, id) {
    const what = { ArrowUp: "up", ArrowDown: "down", ArrowRight: "in", ArrowLeft: "out" }[key];
    if (what) this.act(what, id);
    return what !== undefined;
  }

  /** @param {string} key @param {number} id @param {boolean} shift */
  treeKey(key, id, shift) {
    const { store } = this;
    const row = /** @type {Row} */ (this.rows.get(id));
    const seen = visible(store.tree, store.folded);
    const at = seen.findIndex((node) => node.id === id);
    const place = placeOf(store.tree, id);
    const group = isGroup(row.node) ? row.node : null;
    const folded = store.folded.has(id);
    /** @param {Node | null | undefined} node */
    const go = (node) => node && this.focusOn(node.id, "row");
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowDown: () => go(seen[at + 1]),
      ArrowUp: () => go(seen[at - 1]),
      Home: () => go(seen[0]),
      End: () => go(seen.at(-1)),
      ArrowRight: () => (group && folded ? this.fold(id) : go(group?.parts[0])),
      ArrowLeft: () => (group && !folded && group.parts.length ? this.fold(id) : go(place?.parent)),
      Enter: () => (row.node.form === "new" || row.node.form === "finding" ? this.chooseSubject(row) : this.focusOn(id, "field")),
      " ": () => keys.Enter(),
      F2: () => keys.Enter(),
      a: () => this.act("condition", id),
      g: () => this.act("group", id),
      s: () => this.chooseSubject(row),
      k: () => group && this.focusOn(id, "kind"),
      w: () => this.act("wrap", id),
      n: () => this.act("not", id),
      u: () => this.act("unwrap", id),
      d: () => this.act("duplicate", id),
      m: () => this.openMenu(row),
      ContextMenu: () => this.openMenu(row),
      Delete: () => this.act("remove", id),
      Backspace: () => this.act("remove", id),
      "?": () => this.toggleHelp(),
    };
    if (shift && key === "F10") keys.F10 = keys.m;
    if (!(key in keys)) return false;
    keys[key]();
    return true;
  }

  // --- Drag and drop -------------------------------------------------------------------------------------------------

  dragging() {
    const clear = () => {
      for (const row of this.tree.querySelectorAll(".drop")) row.classList.remove("drop", "before", "after", "into");
    };
    this.tree.addEventListener("dragstart", (/** @type {DragEvent} */ event) => {
      const id = this.idAt(event.target);
      const row = id === null ? undefined : this.rows.get(id);
      if (!row || !event.dataTransfer) return;
      this.dragged = id;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", english(row.node, this.kb));
      event.dataTransfer.setDragImage(row.head, 12, 12);
    });
    this.tree.addEventListener("dragover", (/** @type {DragEvent} */ event) => {
      const goal = this.goal(event);
      clear();
      if (!goal) return;
      event.preventDefault();
      goal.row.head.classList.add("drop", goal.where);
    });
    this.tree.addEventListener("drop", (/** @type {DragEvent} */ event) => {
      const goal = this.goal(event);
      clear();
      if (!goal) return;
      event.preventDefault();
      if (this.apply("moving", goal.change, "row")) this.say("Moved");
    });
    this.tree.addEventListener("dragend", () => {
      this.dragged = null;
      clear();
    });
  }

  /** Where a dragged row would go, or null. @param {DragEvent} event */
  goal(event) {
    const { tree } = this.store;
    const id = this.idAt(event.target);
    const row = id === null ? undefined : this.rows.get(id);
    if (!tree || !row || id === null || this.dragged === null) return null;
    const { top, height } = row.head.getBoundingClientRect();
    const share = (event.clientY - top) / height;
    const place = placeOf(tree, id);
    const into = isGroup(row.node) && (share > 0.35 || !place?.parent);
    const where = into ? "into" : share < 0.5 ? "before" : "after";
    const parent = place?.parent;
    const change = into
      ? moved(tree, this.dragged, id, share > 1 && isGroup(row.node) ? row.node.parts.length : 0)
      : parent && place
        ? moved(tree, this.dragged, parent.id, where === "before" ? place.at : place.at + 1)
        : null;
    return change ? { row, where, change } : null;
  }
}

/** @type {WeakMap<object, Builder>} */
const shown = new WeakMap();

/** Called by Streamlit at each run that changes what it passes; the builder of an element stays the same. @param {any} component */
export default function mount({ data, parentElement, setStateValue }) {
  let builder = shown.get(parentElement);
  if (!builder) shown.set(parentElement, (builder = new Builder(parentElement)));
  const mine = builder;
  mine.receive(data, (edit) => setStateValue("edit", edit));
  // Streamlit also calls this for a run that another overtook, while the element is still there.
  return () =>
    setTimeout(() => {
      if (mine.isConnected) return;
      shown.delete(parentElement);
      mine.end();
    });
}
