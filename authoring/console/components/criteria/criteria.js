// The criteria as an editor holds them: the forms of engine/criteria.py, each possibly unfinished, in a tree that never
// changes in place, so that undo keeps the old one.

import { Num, numberTyped, writeJson } from "./json_text.js";

/**
 * @typedef {{id: string, label: string, text: string}} Option
 * @typedef {{id: string, name: string, text: string, type: "boolean"|"choice"|"choices"|"integer"|"decimal",
 *   by: "patient"|"clinician", section: string, options: Option[], unit: string|null, min: number|null,
 *   max: number|null}} Question
 * @typedef {{id: string, kind: "finding"|"score", name: string, meaning: string, scale: number, low: number,
 *   high: number, concluded: boolean, badge?: string}} Term
 * @typedef {"is"|"in"|"includes"|"gte"|"gt"|"lte"|"lt"} Operator
 * @typedef {"all"|"any"|"not"|"at_least"} GroupForm
 * @typedef {{id: number, form: "fact"|"finding"|"score"|"new", subject: string, op: Operator|null, operand: any}} Leaf
 * @typedef {{id: number, form: GroupForm, k: string, parts: Node[]}} Group
 * @typedef {{id: number, form: "opaque", json: any}} Opaque
 * @typedef {Leaf|Group|Opaque} Node
 */

/** @type {Operator[]} */
export const OPERATORS = ["is", "in", "includes", "gte", "gt", "lte", "lt"];
/** @type {Operator[]} */
export const ORDERED = ["gte", "gt", "lte", "lt"];

/** @type {Record<Question["type"], Operator[]>} */
export const FITTING = {
  boolean: ["is"],
  choice: ["is", "in"],
  choices: ["includes"],
  integer: ["gte", "gt", "lte", "lt", "is", "in"],
  decimal: ["gte", "gt", "lte", "lt"],
};

/** One number, or several with commas, as typed: possibly half a number. */
export class Typed {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }

  /** The numbers between the commas, each as JSON or null where it is not a number. */
  get numbers() {
    return this.text.trim() === "" ? [] : this.text.split(/[,;]/).map(numberTyped);
  }
}

/** Questions and terms by id, as criteria name them. */
export class Catalogue {
  /** @param {{sections: {id: string, title: string, questions: any[]}[], body: Option[], terms: Term[]}} data */
  constructor(data) {
    this.sections = data.sections;
    /** @type {Map<string, Question>} */
    this.questions = new Map();
    for (const section of data.sections) {
      for (const one of section.questions) {
        const options = one.options === "body" ? data.body : one.options;
        this.questions.set(one.id, { ...one, options, section: section.title });
      }
    }
    this.terms = new Map(data.terms.map((term) => [term.id, term]));
  }

  /** @param {Leaf} leaf */
  isNumber(leaf) {
    if (leaf.form === "score") return true;
    const question = this.questions.get(leaf.subject);
    return question !== undefined && (question.type === "integer" || question.type === "decimal");
  }
}

let lastId = 0;

/** @param {GroupForm} form @param {Node[]} parts @param {string} k @returns {Group} */
export const makeGroup = (form, parts, k = "") => ({ id: ++lastId, form, k, parts });

/** A condition about nothing yet. @returns {Leaf} */
export const makeLeaf = () => ({ id: ++lastId, form: "new", subject: "", op: null, operand: null });

/** @param {Node} node @returns {node is Group} */
export const isGroup = (node) =>
  node.form === "all" || node.form === "any" || node.form === "not" || node.form === "at_least";

/** @param {Node} node @returns {node is Leaf} */
export const isLeafNode = (node) => !isGroup(node) && node.form !== "opaque";

/** @param {any} value */
const isRecord = (value) =>
  value !== null && typeof value === "object" && !Array.isArray(value) && !(value instanceof Num);

/**
 * The tree of a criterion in JSON, also of an unfinished one. What is no criterion at all is kept as it is, to be shown.
 * @param {any} json
 * @param {Catalogue} kb
 * @returns {Node}
 */
export function fromJson(json, kb) {
  const id = ++lastId;
  /** @type {Opaque} */
  const opaque = { id, form: "opaque", json };
  if (!isRecord(json)) return opaque;
  const keys = Object.keys(json);
  /** @param {string[]} allowed */
  const only = (...allowed) => keys.every((key) => allowed.includes(key));
  for (const form of /** @type {("fact"|"score")[]} */ (["fact", "score"])) {
    if (!keys.includes(form)) continue;
    const ops = keys.filter((key) => key !== form);
    const allowed = form === "fact" ? OPERATORS : ORDERED;
    const op = /** @type {Operator|undefined} */ (ops[0]);
    if (json[form] === null && ops.length === 0) return { id, form: "new", subject: "", op: null, operand: null };
    if (typeof json[form] !== "string" || ops.length > 1 || (op && !allowed.includes(op))) return opaque;
    /** @type {Leaf} */
    const leaf = { id, form, subject: json[form], op: op ?? null, operand: null };
    const operand = op ? operandFrom(json[op], kb.isNumber(leaf)) : null;
    return operand === undefined ? opaque : { ...leaf, operand };
  }
  if (keys.includes("finding")) {
    if (!only("finding") || typeof json.finding !== "string") return opaque;
    return { id, form: "finding", subject: json.finding, op: null, operand: null };
  }
  for (const form of /** @type {("all"|"any")[]} */ (["all", "any"])) {
    if (keys.includes(form)) {
      if (!only(form) || !Array.isArray(json[form])) return opaque;
      return { id, form, k: "", parts: json[form].map((/** @type {any} */ part) => fromJson(part, kb)) };
    }
  }
  if (keys.includes("not")) {
    if (!only("not")) return opaque;
    return { id, form: "not", k: "", parts: json.not === null ? [] : [fromJson(json.not, kb)] };
  }
  if (keys.includes("at_least")) {
    const k = json.at_least instanceof Num ? json.at_least.text : json.at_least ?? "";
    if (!only("at_least", "of") || !Array.isArray(json.of) || typeof k !== "string") return opaque;
    return { id, form: "at_least", k, parts: json.of.map((/** @type {any} */ part) => fromJson(part, kb)) };
  }
  return opaque;
}

/** @param {any} json @param {boolean} number */
function operandFrom(json, number) {
  if (json instanceof Num) return new Typed(json.text);
  if (Array.isArray(json)) {
    if (!json.every((one) => typeof one === "string" || typeof one === "boolean" || one instanceof Num)) return undefined;
    const numbers = json.every((one) => one instanceof Num || (number && typeof one === "string"));
    return numbers && (json.length || number) ? new Typed(json.map((one) => (one instanceof Num ? one.text : one)).join(", ")) : json;
  }
  if (isRecord(json)) return undefined;
  return number && typeof json === "string" ? new Typed(json) : json;
}

/** @param {Leaf} leaf */
function operandJson(leaf) {
  const { op, operand } = leaf;
  if (!(operand instanceof Typed)) return operand;
  const typed = operand.text.trim();
  if (op === "in") {
    return typed === "" ? [] : typed.split(/[,;]/).map((one, at) => {
      const number = operand.numbers[at];
      return number === null ? one.trim() : new Num(number);
    });
  }
  if (typed === "") return null;
  const number = numberTyped(typed);
  return number === null ? typed : new Num(number);
}

/** The JSON of a tree, with null where something is still missing. @param {Node} node @returns {any} */
export function toJson(node) {
  switch (node.form) {
    case "new":
      return { fact: null };
    case "fact":
    case "score":
      return node.op ? { [node.form]: node.subject, [node.op]: operandJson(node) } : { [node.form]: node.subject };
    case "finding":
      return { finding: node.subject };
    case "all":
    case "any":
      return { [node.form]: node.parts.map(toJson) };
    case "not":
      return { not: node.parts.length ? toJson(node.parts[0]) : null };
    case "at_least": {
      const k = numberTyped(node.k);
      return { at_least: k === null ? node.k.trim() || null : new Num(k), of: node.parts.map(toJson) };
    }
    case "opaque":
      return node.json;
  }
}

/**
 * A text that two parts share exactly where engine/criteria.py holds them for the same: 38 and 38.0 are.
 * @param {any} json
 * @returns {string}
 */
export function sameness(json) {
  if (json instanceof Num) return String(Number(json.text));
  if (typeof json === "boolean") return json ? "1" : "0";
  if (Array.isArray(json)) return `[${json.map(sameness).join(",")}]`;
  if (isRecord(json)) return `{${Object.keys(json).sort().map((key) => `${key}:${sameness(json[key])}`).join(",")}}`;
  return JSON.stringify(json);
}

/** The text by which the editor tells whether two trees are the same as written. @param {Node|null} tree */
export const treeText = (tree) => (tree ? writeJson(toJson(tree)) : "");

/** How a new comparison with a question begins. @param {Question} question @returns {{op: Operator, operand: any}} */
export function firstComparison(question) {
  const op = FITTING[question.type][0];
  if (question.type === "boolean") return { op, operand: true };
  return { op, operand: question.options.length ? null : new Typed("") };
}

/** The operand that is kept where an operator takes the place of another. @param {Leaf} leaf @param {Operator} op */
export function carryOver(leaf, op) {
  const { operand } = leaf;
  if (operand instanceof Typed) return op === "in" ? operand : new Typed(operand.text.split(/[,;]/)[0]);
  if (op === "in") return Array.isArray(operand) ? operand : operand === null ? [] : [operand];
  return Array.isArray(operand) ? operand[0] ?? null : operand;
}
