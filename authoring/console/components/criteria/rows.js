// One row for each node: its fields are made once and then only brought up to date, so that typing is never disturbed.

import { carryOver, FITTING, isGroup, ORDERED, Typed } from "./criteria.js";
import { h, icon, setAttribute } from "./dom.js";
import { english, optionText, termName, WORDS } from "./english.js";

/**
 * @typedef {import("./criteria.js").Node} Node
 * @typedef {import("./criteria.js").Leaf} Leaf
 * @typedef {import("./criteria.js").Group} Group
 * @typedef {import("./problems.js").Problem} Problem
 */

/** More answers than this are searched for instead of listed. */
const LISTED = 12;

/** @type {Record<import("./criteria.js").GroupForm, string>} */
export const KINDS = { all: "All of", any: "Any of", at_least: "At least", not: "Not" };
/** @type {Record<string, string>} */
const JOINS = { all: "and", any: "or" };

let lastField = 0;

/** The row of one node and, for a group, the place for its parts. */
export class Row {
  /** @param {import("./builder.js").Builder} builder @param {Node} node */
  constructor(builder, node) {
    this.builder = builder;
    this.node = node;
    const { id } = node;
    this.join = h("span", { class: "join", "aria-hidden": "true" });
    this.grip = h("span", { class: "grip", draggable: "true", title: "Drag to move", "aria-hidden": "true" }, icon("grip"));
    this.fields = h("span", { class: "fields" });
    this.more = h("button", {
      class: "quiet", type: "button", title: "All actions (M)", "aria-label": "Actions", "aria-haspopup": "menu",
      onclick: () => builder.openMenu(this),
    }, icon("more"));
    this.cross = h("button", {
      class: "quiet", type: "button", title: "Remove (Delete)", "aria-label": "Remove",
      onclick: () => builder.act("remove", id),
    }, icon("remove"));
    this.head = h("div", { class: "row" }, this.join, this.grip, this.fields, h("span", { class: "actions" }, this.more, this.cross));
    this.trouble = h("div", { class: "problems", id: `${builder.prefix}-problems-${id}` });
    this.parts = h("div", { class: "parts", role: "group" });
    this.element = h("div", { class: "item", role: "treeitem", tabindex: "-1" }, this.head, this.trouble);
    this.element.dataset.id = String(id);
    this.shape = "";
    /** @type {Record<string, HTMLElement>} */
    this.field = {};
    /** @type {(node: any) => void} */
    this.refresh = () => {};
  }

  /**
   * @param {Node} node @param {Problem[]} problems
   * @param {{level: number, at: number, of: number, join: string, folded: boolean}} place
   */
  update(node, problems, place) {
    this.node = node;
    const { builder, element } = this;
    const shape = this.shapeOf(node);
    if (shape !== this.shape) {
      this.shape = shape;
      this.field = {};
      this.refresh = () => {};
      this.fields.replaceChildren(...this.build(node));
      this.element.classList.toggle("group", isGroup(node));
      if (isGroup(node) && this.parts.parentNode !== element) element.append(this.parts);
      if (!isGroup(node)) this.parts.remove();
    }
    this.refresh(node);
    this.join.textContent = place.join;
    setAttribute(element, "data-form", node.form);
    setAttribute(element, "aria-level", place.level);
    setAttribute(element, "aria-posinset", place.at + 1);
    setAttribute(element, "aria-setsize", place.of);
    setAttribute(element, "aria-expanded", isGroup(node) ? String(!place.folded) : null);
    this.parts.hidden = place.folded;
    this.showProblems(problems);
    const phrase = english(node, builder.kb);
    const said = problems.filter((one) => one.id === node.id).map((one) => one.message);
    setAttribute(element, "aria-label", [phrase, ...said].join(". "));
  }

  /** @param {Node} node */
  shapeOf(node) {
    const rest = isGroup(node) || node.form === "opaque" ? [] : [node.subject, node.op, this.valueShape(node)];
    return [node.form, ...rest, this.builder.kbCount].join("|");
  }

  /** Which kind of field a value needs. @param {Leaf} leaf */
  valueShape(leaf) {
    if (leaf.op === null) return "none";
    if (this.builder.kb.isNumber(leaf) && (leaf.operand === null || leaf.operand instanceof Typed)) return "number";
    const question = this.builder.kb.questions.get(leaf.subject);
    if (!question || leaf.operand instanceof Typed) return "text";
    if (question.type === "boolean" && leaf.op === "is") return "boolean";
    if (!question.options.length) return "text";
    const known = (/** @type {any} */ value) => value === null || question.options.some((option) => option.id === value);
    const strange = (Array.isArray(leaf.operand) ? leaf.operand : [leaf.operand]).filter((value) => !known(value));
    const many = question.options.length > LISTED ? "search" : "list";
    return `${leaf.op === "in" ? "several" : "one"} ${many} ${strange.join(",")}`;
  }

  /** @param {Node} node @returns {any[]} */
  build(node) {
    if (isGroup(node)) return this.buildGroup();
    if (node.form === "opaque") return [h("span", { class: "static" }, "Not a criterion")];
    return [this.buildSubject(node), ...this.buildOperator(node), ...this.buildValue(node)];
  }

  /** @returns {any[]} */
  buildGroup() {
    const { builder } = this;
    const id = this.node.id;
    const fold = h("button", { class: "quiet fold", type: "button", onclick: () => builder.fold(id) }, icon("fold"));
    const kind = h(
      "select",
      { class: "kind", "aria-label": "Kind of group", onchange: () => builder.act(`kind:${kind.value}`, id) },
      Object.entries(KINDS).map(([value, label]) => h("option", { value }, label)),
    );
    const k = h("input", {
      class: "number k", type: "text", inputmode: "numeric", "aria-label": "How many must hold", autocomplete: "off",
      oninput: () => builder.edit(id, "the count", (group) => ({ ...group, k: k.value }), `k:${id}`),
    });
    const words = h("span", { class: "words" });
    const summary = h("span", { class: "summary" });
    const adds = h("span", { class: "adds" },
      h("button", { class: "add", type: "button", "aria-label": "Add a condition", title: "Add a condition to this group (A)", onclick: () => builder.act("condition", id) }, icon("plus"), h("span", {}, "Condition")),
      h("button", { class: "add", type: "button", "aria-label": "Add a group", title: "Add a group to this group (G)", onclick: () => builder.act("group", id) }, icon("plus"), h("span", {}, "Group")),
    );
    this.field = { node: kind, k };
    this.refresh = (/** @type {Group} */ group) => {
      const folded = builder.store.folded.has(id);
      if (kind.value !== group.form) kind.value = group.form;
      if (k.value !== group.k) k.value = group.k;
      k.hidden = group.form !== "at_least";
      const count = group.parts.length;
      const these = count === 0 ? "nothing yet" : count === 1 ? "this one" : `these ${count}`;
      words.textContent = group.form === "at_least" ? `of ${these}` : these;
      words.hidden = group.form === "not";
      summary.hidden = !folded;
      adds.hidden = folded;
      summary.textContent = folded ? english(group, builder.kb) : "";
      fold.classList.toggle("folded", folded);
      setAttribute(fold, "aria-label", folded ? "Open the group" : "Close the group");
      setAttribute(fold, "title", folded ? "Open the group (→)" : "Close the group (←)");
    };
    return [fold, kind, k, words, summary, adds];
  }

  /** @param {Leaf} leaf */
  buildSubject(leaf) {
    const { builder } = this;
    const { kb } = builder;
    const button = h("button", {
      class: "subject", type: "button", "aria-haspopup": "listbox",
      onclick: () => builder.chooseSubject(this),
    });
    this.field.subject = button;
    this.field.node = button;
    if (leaf.form === "new") {
      button.append("Choose a question, finding or score");
      button.classList.add("missing");
      return button;
    }
    const question = kb.questions.get(leaf.subject);
    const isFact = leaf.form === "fact";
    const name = isFact ? question?.name ?? leaf.subject : termName(kb, leaf.subject);
    button.title = isFact ? question?.text ?? "" : kb.terms.get(leaf.subject)?.meaning ?? "";
    button.append(h("span", { class: "name" }, name));
    if (!isFact) button.append(h("span", { class: "badge" }, kb.terms.get(leaf.subject)?.badge ?? leaf.form));
    if (question?.by === "clinician") button.append(h("span", { class: "badge" }, "clinician"));
    return button;
  }

  /** @param {Leaf} leaf @returns {any[]} */
  buildOperator(leaf) {
    const { builder } = this;
    const question = builder.kb.questions.get(leaf.subject);
    const fitting = leaf.form === "score" ? ORDERED : leaf.form === "fact" && question ? FITTING[question.type] : [];
    if (leaf.op && fitting.length === 1 && fitting[0] === leaf.op) {
      return leaf.op === "includes" ? [h("span", { class: "words" }, WORDS[leaf.op])] : [];
    }
    if (!fitting.length) return leaf.op ? [h("span", { class: "words" }, WORDS[leaf.op])] : [];
    const shown = leaf.op && !fitting.includes(leaf.op) ? [leaf.op, ...fitting] : fitting;
    const select = h(
      "select",
      {
        class: "operator", "aria-label": "Comparison",
        onchange: () => builder.edit(leaf.id, "the comparison", (node) => ({ ...node, op: select.value, operand: carryOver(node, select.value) })),
      },
      leaf.op ? null : h("option", { value: "", disabled: true }, "choose"),
      shown.map((op) => h("option", { value: op }, WORDS[op])),
    );
    select.value = leaf.op ?? "";
    this.field.op = select;
    return [select];
  }

  /** @param {Leaf} leaf @returns {any[]} */
  buildValue(leaf) {
    const { builder } = this;
    const { id } = leaf;
    const question = builder.kb.questions.get(leaf.subject);
    const shape = this.valueShape(leaf);
    /** @param {any} operand */
    const set = (operand, tag = "") => builder.edit(id, "the value", (node) => ({ ...node, operand }), tag);
    if (shape === "none") return [];
    if (shape === "text") {
      const text = h("span", { class: "static" });
      this.refresh = (node) => {
        text.textContent = node.operand instanceof Typed ? node.operand.text : node.operand === null ? "" : String(node.operand);
      };
      return [text];
    }
    if (shape === "number") return this.buildNumber(leaf, set);
    if (shape === "boolean") return this.buildYesNo(leaf, set);
    if (!question) return [];
    if (shape.startsWith("several")) return this.buildSeveral(question, set, shape.includes("search"));
    if (shape.includes("search")) {
      const button = h("button", {
        class: "answer", type: "button", "aria-haspopup": "listbox",
        onclick: () => builder.chooseAnswer(this, question, /** @type {Leaf} */ (this.node).operand, (value) => set(value)),
      });
      this.field.value = button;
      this.refresh = (node) => {
        button.textContent = node.operand === null ? "choose an answer" : optionText(question, node.operand);
        button.classList.toggle("missing", node.operand === null);
      };
      return [button];
    }
    const strange = typeof leaf.operand === "string" && !question.options.some((option) => option.id === leaf.operand);
    const select = h(
      "select",
      { class: "answer", "aria-label": `Answer to ${question.name}`, onchange: () => set(select.value) },
      h("option", { value: "", disabled: true }, "choose an answer"),
      strange && h("option", { value: leaf.operand, disabled: true }, leaf.operand),
      question.options.map((option) => h("option", { value: option.id, title: option.text }, option.label)),
    );
    this.field.value = select;
    this.refresh = (node) => {
      const value = node.operand ?? "";
      if (select.value !== value) select.value = value;
      select.classList.toggle("missing", value === "");
    };
    return [select];
  }

  /** @param {Leaf} leaf @param {(operand: any, tag?: string) => void} set */
  buildNumber(leaf, set) {
    const { kb } = this.builder;
    const question = kb.questions.get(leaf.subject);
    const term = kb.terms.get(leaf.subject);
    const several = leaf.op === "in";
    const name = question && leaf.form === "fact" ? question.name : `${termName(kb, leaf.subject)} score`;
    const input = h("input", {
      class: several ? "number several" : "number", type: "text", inputmode: several ? "text" : "decimal",
      autocomplete: "off", spellcheck: "false",
      "aria-label": several ? `${name}: numbers with commas between them` : name,
      oninput: () => set(new Typed(input.value), `value:${leaf.id}`),
    });
    this.field.value = input;
    this.refresh = (node) => {
      const text = node.operand instanceof Typed ? node.operand.text : "";
      if (input.value !== text) input.value = text;
    };
    const unit = leaf.form === "score" ? "points" : question?.unit ?? "";
    const ends = leaf.form === "score" ? (term?.concluded ? [term.low, term.high] : null) : question ? [question.min, question.max] : null;
    return [input, h("span", { class: "words" }, ends ? `${unit} (${ends[0]} to ${ends[1]})` : unit)];
  }

  /** @param {Leaf} leaf @param {(operand: any) => void} set */
  buildYesNo(leaf, set) {
    const name = `${this.builder.prefix}-yes-no-${++lastField}`;
    const [yes, no] = [true, false].map((value) =>
      h("input", { type: "radio", name, value: value ? "yes" : "no", onchange: () => set(value) }),
    );
    const question = this.builder.kb.questions.get(leaf.subject);
    this.field.value = yes;
    this.refresh = (node) => {
      yes.checked = node.operand === true;
      no.checked = node.operand === false;
      this.field.value = no.checked ? no : yes;
    };
    return [
      h("span", { class: "switch", role: "radiogroup", "aria-label": question?.name ?? leaf.subject },
        h("label", {}, yes, h("span", {}, "yes")), h("label", {}, no, h("span", {}, "no"))),
    ];
  }

  /** @param {import("./criteria.js").Question} question @param {(operand: any) => void} set @param {boolean} search */
  buildSeveral(question, set, search) {
    /** @returns {any[]} */
    const chosen = () => (this.node.form === "fact" && Array.isArray(this.node.operand) ? this.node.operand : []);
    // In the order in which the question lists its answers, whatever the order of the clicks; strangers stay at the end.
    const ordered = (/** @type {any[]} */ values) => [
      ...question.options.map((option) => option.id).filter((one) => values.includes(one)),
      ...values.filter((one) => !question.options.some((option) => option.id === one)),
    ];
    const toggle = (/** @type {any} */ value) =>
      set(chosen().includes(value) ? chosen().filter((one) => one !== value) : ordered([...chosen(), value]));
    const holder = h("span", { class: "several", role: "group", "aria-label": `Answers to ${question.name}` });
    if (!search) {
      const boxes = question.options.map((option) => {
        const box = h("input", { type: "checkbox", value: option.id, onchange: () => toggle(option.id) });
        holder.append(h("label", { class: "pill", title: option.text }, box, h("span", {}, option.label)));
        return box;
      });
      const strangers = h("span", {});
      holder.append(strangers);
      this.field.value = boxes[0];
      this.refresh = (node) => {
        for (const box of boxes) box.checked = (node.operand ?? []).includes(box.value);
        strangers.replaceChildren(...this.chips(question, ordered(node.operand ?? []).filter((one) => !boxes.some((box) => box.value === one)), toggle));
      };
      return [holder];
    }
    const chips = h("span", { class: "chips" });
    const add = h("button", {
      class: "answer missing", type: "button", "aria-haspopup": "listbox",
      onclick: () => this.builder.chooseAnswer(this, question, null, (value) => chosen().includes(value) || toggle(value)),
    }, "add an answer");
    holder.append(chips, add);
    this.field.value = add;
    this.refresh = (node) => chips.replaceChildren(...this.chips(question, node.operand ?? [], toggle));
    return [holder];
  }

  /** @param {import("./criteria.js").Question} question @param {any[]} values @param {(value: any) => void} toggle */
  chips(question, values, toggle) {
    return values.map((value) => {
      const label = optionText(question, value);
      const drop = h("button", { class: "quiet", type: "button", "aria-label": `Remove ${label}`, onclick: () => toggle(value) }, icon("remove"));
      return h("span", { class: "chip" }, label, drop);
    });
  }

  /** @param {Problem[]} problems */
  showProblems(problems) {
    const own = problems.filter((one) => one.id === this.node.id);
    this.trouble.replaceChildren(
      ...own.map((one) => {
        const missing = one.missing || this.isUnderWay(one);
        // A field that asks for its answer itself needs no second line to say so.
        const asks = one.missing && this.field[one.field]?.classList.contains("missing");
        const kind = asks ? "problem unseen" : missing ? "problem missing" : "problem";
        return h("div", { class: kind, "data-field": one.field }, icon("warn"), one.message);
      }),
    );
    this.head.classList.toggle("troubled", own.some((one) => !one.missing));
    for (const [name, field] of Object.entries(this.field)) {
      const mine = own.filter((one) => one.field === name);
      setAttribute(field, "aria-invalid", mine.some((one) => !one.missing) ? "true" : null);
      setAttribute(field, "aria-describedby", mine.length ? this.trouble.id : null);
    }
  }

  /** Whether a number is merely not finished: 1 on the way to 18. @param {Problem} problem */
  isUnderWay(problem) {
    const leaf = this.node;
    if (problem.field !== "value" || leaf.form !== "fact" || !(leaf.operand instanceof Typed)) return false;
    const min = this.builder.kb.questions.get(leaf.subject)?.min ?? null;
    const text = leaf.operand.text.trim();
    const focused = this.builder.focused() === this.field.value;
    return focused && min !== null && Number(text) < min && /^\d+$/.test(text) && text.length < String(Math.trunc(min)).length;
  }

  /** The field where editing begins. */
  firstField() {
    return this.field.value ?? this.field.op ?? this.field.node ?? this.more;
  }

  /** Everything in this row that the Tab key reaches. */
  controls() {
    return this.head.querySelectorAll("button, select, input");
  }
}

/** What stands before a part: the word that joins it to the one above, or its number. @param {Group} group @param {number} at */
export const joinOf = (group, at) => (group.form === "at_least" ? `${at + 1}` : at ? JOINS[group.form] ?? "" : "");
