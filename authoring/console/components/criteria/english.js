// Criteria in plain English: the same text as engine/english.py gives, which a test compares.

import { Num, numberTyped } from "./json_text.js";
import { Typed } from "./criteria.js";

/** @type {Record<import("./criteria.js").Operator, string>} */
export const WORDS = {
  gte: "at least",
  gt: "more than",
  lte: "at most",
  lt: "less than",
  is: "is",
  in: "is one of",
  includes: "includes",
};

/** What stands where something is still missing. */
const MISSING = "…";

/**
 * A phrase in pieces, each of which knows the node that it speaks of.
 * @typedef {{id: number, pieces: (string | Phrase)[]}} Phrase
 */

/** @param {Phrase} one @returns {string} */
export const phraseText = (one) =>
  one.pieces.map((piece) => (typeof piece === "string" ? piece : phraseText(piece))).join("");

/** A criterion as one phrase. @param {import("./criteria.js").Node} node @param {import("./criteria.js").Catalogue} kb */
export const english = (node, kb) => phraseText(phrase(node, kb));

/**
 * @param {import("./criteria.js").Node} node
 * @param {import("./criteria.js").Catalogue} kb
 * @param {boolean} inside
 * @returns {Phrase}
 */
export function phrase(node, kb, inside = false) {
  const { id } = node;
  switch (node.form) {
    case "new":
    case "opaque":
      return { id, pieces: [MISSING] };
    case "fact":
      return { id, pieces: [factText(node, kb)] };
    case "finding":
      return { id, pieces: [termName(kb, node.subject)] };
    case "score": {
      const words = node.op ? WORDS[node.op] : MISSING;
      return { id, pieces: [`${termName(kb, node.subject)} score ${words} ${operandText(node.operand)}`] };
    }
    case "all":
    case "any": {
      const pieces = joined(node, kb, node.form === "all" ? " and " : " or ", true);
      return { id, pieces: inside && node.parts.length > 1 ? ["(", ...pieces, ")"] : pieces };
    }
    case "at_least": {
      const head = `at least ${numberTyped(node.k) === null ? MISSING : pythonNumber(node.k)} of ${node.parts.length}: [`;
      return { id, pieces: [head, ...joined(node, kb, "; ", true), "]"] };
    }
    case "not":
      return { id, pieces: ["not (", ...joined(node, kb, "", false), ")"] };
  }
}

/**
 * @param {import("./criteria.js").Group} group
 * @param {import("./criteria.js").Catalogue} kb
 * @param {string} word
 * @param {boolean} inside
 * @returns {(string | Phrase)[]}
 */
function joined(group, kb, word, inside) {
  if (!group.parts.length) return [MISSING];
  return group.parts.flatMap((part, at) => (at ? [word, phrase(part, kb, inside)] : [phrase(part, kb, inside)]));
}

/** @param {import("./criteria.js").Catalogue} kb @param {string} id */
export const termName = (kb, id) => kb.terms.get(id)?.name ?? id;

/** @param {import("./criteria.js").Leaf} leaf @param {import("./criteria.js").Catalogue} kb */
function factText(leaf, kb) {
  const question = kb.questions.get(leaf.subject);
  const { op, operand } = leaf;
  if (!question) return `${leaf.subject} ${op ? WORDS[op] : MISSING} ${operandText(operand)}`;
  const { name } = question;
  if (op === null || operand === null) return op && ORDERED_WORDS.has(op) ? `${name} ${WORDS[op]} ${MISSING}` : `${name}: ${MISSING}`;
  if (question.type === "boolean" && typeof operand === "boolean") return `${name}: ${operand ? "yes" : "no"}`;
  const values = operand instanceof Typed ? typedValues(operand) : Array.isArray(operand) ? operand : [operand];
  if (op === "is" || op === "includes") return `${name}: ${optionText(question, values[0])}`;
  if (op === "in") return `${name}: ${values.map((one) => optionText(question, one)).join(" or ") || MISSING}`;
  return `${name} ${WORDS[op]} ${operandText(operand)} ${question.unit ?? ""}`.trimEnd();
}

const ORDERED_WORDS = new Set(["gte", "gt", "lte", "lt"]);

/** @param {Typed} typed */
const typedValues = (typed) => {
  const parts = typed.text.split(/[,;]/);
  return typed.numbers.map((number, at) => (number === null ? parts[at].trim() || null : new Num(number)));
};

/** @param {import("./criteria.js").Question} question @param {any} value */
export function optionText(question, value) {
  if (value === null || value === undefined) return MISSING;
  const option = question.options.find((one) => one.id === value);
  if (option) return option.label;
  return question.unit ? `${pythonText(value)} ${question.unit}` : pythonText(value);
}

/** @param {any} operand */
function operandText(operand) {
  if (operand === null) return MISSING;
  if (operand instanceof Typed) {
    const values = typedValues(operand);
    if (!values.length) return MISSING;
    return values.length === 1 ? (values[0] === null ? MISSING : pythonText(values[0])) : `(${values.map(pythonRepr).join(", ")})`;
  }
  return Array.isArray(operand) ? `(${operand.map(pythonRepr).join(", ")})` : pythonText(operand);
}

/** A value as engine/english.py writes it. @param {any} value */
function pythonText(value) {
  if (value instanceof Num) return pythonNumber(value.text);
  if (typeof value === "boolean") return value ? "yes" : "no";
  return String(value);
}

/** A value as Python's `repr` writes it. @param {any} value */
function pythonRepr(value) {
  if (typeof value !== "string") return pythonText(value);
  const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
  return quote + value.replaceAll("\\", "\\\\").replaceAll(quote, `\\${quote}`).replaceAll("\n", "\\n") + quote;
}

/** A JSON number as engine/english.py writes it: 38.0 and 1e16 are whole numbers too. @param {string} typed */
export function pythonNumber(typed) {
  const text = numberTyped(typed) ?? typed;
  if (/^-?\d+$/.test(text)) return BigInt(text).toString();
  if (Number.isInteger(Number(text))) return BigInt(Number(text)).toString();
  const [digits, power] = Number(text).toExponential().split("e");
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) {
    return `${digits}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  return String(Number(text));
}
