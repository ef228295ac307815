// What is still missing from a tree or wrong with it, at its place and in the clinician's words.

import { numberTyped, writeJson } from "./json_text.js";
import { FITTING, isGroup, sameness, toJson, Typed } from "./criteria.js";
import { optionText, WORDS } from "./english.js";

/**
 * `field` is the part of the node's row that is meant; `missing` tells what is not there yet from what is wrong.
 * @typedef {{id: number, pointer: string, message: string, field: "subject"|"op"|"value"|"k"|"node", missing: boolean}} Problem
 * @typedef {import("./criteria.js").Node} Node
 * @typedef {import("./criteria.js").Leaf} Leaf
 * @typedef {import("./criteria.js").Group} Group
 * @typedef {import("./criteria.js").Catalogue} Catalogue
 */

/** Groups may stand this deep: the files of a knowledge base are read to 60 levels of brackets, two for each group. */
const DEEPEST = 26;

/** @param {Node} node @param {Catalogue} kb @returns {Problem[]} */
export function problemsOf(node, kb, pointer = "", depth = 0) {
  if (node.form === "opaque") {
    const message = `This part is no criterion that can be edited here: ${writeJson(node.json)}. Remove it, or mend it in the JSON.`;
    return [{ id: node.id, pointer, message, field: "node", missing: false }];
  }
  return isGroup(node) ? groupProblems(node, kb, pointer, depth) : leafProblems(node, kb, pointer);
}

/** @param {Group} node @param {Catalogue} kb @param {string} pointer @param {number} depth @returns {Problem[]} */
function groupProblems(node, kb, pointer, depth) {
  const { id, form, parts } = node;
  /** @type {Problem[]} */
  const found = [];
  const key = form === "at_least" ? "of" : form;
  if (depth === DEEPEST) {
    const message = `Groups stand more than ${DEEPEST} deep here: make a part of this a finding of its own.`;
    return [{ id, pointer, message, field: "node", missing: false }];
  }
  if (!parts.length) {
    const message = form === "not" ? "Say what must not hold: add a condition." : "This group is empty: add a condition.";
    found.push({ id, pointer: `${pointer}/${key}`, message, field: "node", missing: true });
  }
  if (form === "at_least") {
    const message = countProblem(node);
    if (message) {
      found.push({ id, pointer: `${pointer}/at_least`, message, field: "k", missing: node.k.trim() === "" });
    }
  }
  /** @type {Map<string, number>} */
  const seen = new Map();
  parts.forEach((part, at) => {
    const below = form === "not" ? `${pointer}/not` : `${pointer}/${key}/${at}`;
    const inner = problemsOf(part, kb, below, depth + 1);
    found.push(...inner);
    if (inner.some((one) => one.id === part.id)) return;
    const same = sameness(toJson(part));
    const first = seen.get(same);
    if (first === undefined) seen.set(same, at);
    else {
      const effect = form === "at_least" ? "it would count twice" : "it adds nothing";
      const message = `This repeats part ${first + 1} of the group: ${effect}. Change or remove one of them.`;
      found.push({ id: part.id, pointer: below, message, field: "node", missing: false });
    }
  });
  return found;
}

/** @param {Group} node */
function countProblem({ k, parts }) {
  const count = parts.length;
  if (k.trim() === "") return count ? `Say how many must hold: 1 to ${count}.` : "Say how many must hold.";
  const number = numberTyped(k);
  if (number === null || !/^-?\d+$/.test(number)) return `“${k.trim()}” is not a whole number.`;
  if (Number(number) < 1) return "At least 1 must hold.";
  if (!count || Number(number) <= count) return null;
  return `At least ${number} of ${count} can never hold: choose ${count === 1 ? "1" : `1 to ${count}`}, or add conditions.`;
}

/** @param {Leaf} leaf @param {Catalogue} kb @param {string} pointer @returns {Problem[]} */
function leafProblems(leaf, kb, pointer) {
  const { id, form, subject, op } = leaf;
  /** @param {string} message @param {Problem["field"]} field @param {string} [key] */
  const one = (message, field, key, missing = false) => [
    { id, pointer: key ? `${pointer}/${key}` : pointer, message, field, missing },
  ];
  if (form === "new") return one("Choose a question, a finding or a score.", "subject", "fact", true);
  if (form === "finding" || form === "score") {
    const term = kb.terms.get(subject);
    if (!term || term.kind !== form) {
      return one(`There is no ${form} “${subject}”: choose another.`, "subject", form);
    }
    if (form === "finding") return [];
    if (op === null) return one("Choose how the score is compared.", "op", undefined, true);
    const message = numberProblem(leaf) ?? scoreProblem(leaf, term);
    return message ? one(message, "value", op, isBlank(leaf)) : [];
  }
  const question = kb.questions.get(subject);
  if (!question) return one(`There is no question “${subject}”: choose another.`, "subject", "fact");
  if (op === null) return one("Choose how the answer is compared.", "op", undefined, true);
  if (!FITTING[question.type].includes(op)) {
    const fitting = FITTING[question.type].map((name) => `“${WORDS[name]}”`).join(", ");
    return one(`“${WORDS[op]}” does not fit ${question.name}: choose ${fitting}.`, "op", op);
  }
  const message = kb.isNumber(leaf) ? numberProblem(leaf) ?? rangeProblem(leaf, question) : choiceProblem(leaf, question);
  return message ? one(message, "value", op, isBlank(leaf)) : [];
}

/** @param {Leaf} leaf */
function isBlank({ operand }) {
  if (operand instanceof Typed) return operand.text.trim() === "";
  return operand === null || (Array.isArray(operand) && operand.length < 2);
}

/** @param {Leaf} leaf @param {import("./criteria.js").Question} question */
function choiceProblem({ op, operand }, question) {
  if (question.type === "boolean") return typeof operand === "boolean" ? null : "Choose yes or no.";
  if (op === "in" && Array.isArray(operand) && operand.length < 2) {
    return operand.length ? "Choose one more answer, or “is” instead of “is one of”." : "Choose the answers.";
  }
  if (operand === null) return "Choose an answer.";
  const strange = (Array.isArray(operand) ? operand : [operand]).find(
    (value) => !question.options.some((option) => option.id === value),
  );
  if (strange !== undefined) return `${question.name} has no answer “${optionText(question, strange)}”: choose another.`;
  return null;
}

/** What keeps a text from being the number or numbers that a comparison needs. @param {Leaf} leaf */
function numberProblem({ op, operand }) {
  if (operand !== null && !(operand instanceof Typed)) return "Write a number.";
  const text = operand === null ? "" : operand.text.trim();
  if (text === "") return op === "in" ? "Write the numbers, with commas between them." : "Write a number.";
  if (op !== "in" && /^[-−–+]?\d*,\d+$/.test(text)) return `Write a decimal with a point: ${text.replace(",", ".")}.`;
  const numbers = operand.numbers;
  const at = op === "in" ? numbers.indexOf(null) : numberTyped(text) === null ? 0 : -1;
  if (at >= 0) return `“${op === "in" ? text.split(/[,;]/)[at].trim() : text}” is not a number.`;
  if (op !== "in") return null;
  if (numbers.length < 2) return "Write one more number, or choose “is”.";
  const values = numbers.map(Number);
  const twice = values.find((/** @type {number} */ value, /** @type {number} */ position) => values.indexOf(value) !== position);
  return twice === undefined ? null : `${twice} stands twice.`;
}

/** @param {Leaf} leaf @param {import("./criteria.js").Question} question */
function rangeProblem({ op, operand }, { name, type, unit, min, max }) {
  const low = min ?? -Infinity;
  const high = max ?? Infinity;
  const range = `${name} goes from ${min} to ${max} ${unit ?? ""}`.trimEnd();
  for (const text of operand.numbers) {
    const value = Number(text);
    if (value < low || value > high) return `${range}: ${text} is outside.`;
    if (type === "integer" && !/^-?\d+$/.test(text)) return `${name} is a whole number: ${text} is not.`;
    if ((op === "gte" && value === low) || (op === "lte" && value === high)) {
      return `${range}: “${WORDS[op]} ${text}” is always so and decides nothing.`;
    }
    if ((op === "gt" && value === high) || (op === "lt" && value === low)) {
      return `${range}: “${WORDS[op]} ${text}” is never so.`;
    }
  }
  return null;
}

/** @param {Leaf} leaf @param {import("./criteria.js").Term} term */
function scoreProblem({ operand }, { scale }) {
  const [text] = operand.numbers;
  // Through the decimal text, so that 1.1 points at scale 10 are 11 steps and not 11.000000000000002.
  const steps = Number((Number(text) * scale).toPrecision(12));
  if (Number.isInteger(steps)) return null;
  const near = [Math.floor(steps) / scale, Math.ceil(steps) / scale].join(" or ");
  return `The score moves in steps of ${scale === 1 ? "1" : `1/${scale}`}: choose ${near}.`;
}
