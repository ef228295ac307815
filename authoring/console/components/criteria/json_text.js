// JSON whose numbers keep the text that their author typed: 38.0 stays 38.0, as in the files of a knowledge base.

/** A number in JSON, as written. */
export class Num {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }
}

/** Says where and why a text is not JSON. */
export class JsonProblem extends Error {
  /** @param {string} message @param {string} text @param {number} at */
  constructor(message, text, at) {
    super(`Line ${text.slice(0, at).split("\n").length}: ${message}`);
  }
}

const JSON_NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const JSON_STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const JSON_SPACE = /[ \t\n\r]*/y;

/**
 * The value of a JSON text: objects, arrays, strings, booleans, null, and `Num`.
 * Throws JsonProblem at the first fault; a key that stands twice is one.
 * @param {string} text
 * @returns {any}
 */
export function readJson(text) {
  let at = 0;
  /** @param {RegExp} pattern */
  const take = (pattern) => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at = pattern.lastIndex;
    return found && found[0];
  };
  /** @returns {never} */
  const fail = () => {
    const near = text.slice(at, at + 12).split("\n")[0];
    const where = near ? `near ${near}` : "at the end";
    throw new JsonProblem(`a comma, quote or bracket is missing, or one too many, ${where}`, text, at);
  };
  /** @param {string} mark */
  const has = (mark) => {
    take(JSON_SPACE);
    if (text[at] !== mark) return false;
    at += 1;
    return true;
  };
  const string = () => {
    take(JSON_SPACE);
    const found = take(JSON_STRING);
    return found === null ? fail() : /** @type {string} */ (JSON.parse(found));
  };
  /** @returns {any} */
  const value = () => {
    take(JSON_SPACE);
    if (has("{")) {
      const result = Object.create(null);
      if (has("}")) return result;
      do {
        take(JSON_SPACE);
        const start = at;
        const name = string();
        if (name in result) throw new JsonProblem(`“${name}” stands twice in one object`, text, start);
        if (!has(":")) fail();
        result[name] = value();
      } while (has(","));
      return has("}") ? result : fail();
    }
    if (has("[")) {
      /** @type {any[]} */
      const result = [];
      if (has("]")) return result;
      do result.push(value());
      while (has(","));
      return has("]") ? result : fail();
    }
    if (text[at] === '"') return string();
    for (const [word, meant] of /** @type {[string, any][]} */ ([["true", true], ["false", false], ["null", null]])) {
      if (text.startsWith(word, at)) {
        at += word.length;
        return meant;
      }
    }
    const number = take(JSON_NUMBER);
    return number === null ? fail() : new Num(number);
  };
  const result = value();
  take(JSON_SPACE);
  if (at < text.length) fail();
  return result;
}

/** @param {any} value */
const isPlain = (value) => value === null || typeof value !== "object" || value instanceof Num;

/** @param {any} value */
const isPlainOrList = (value) => isPlain(value) || (Array.isArray(value) && value.every(isPlain));

/** Whether a value reads well on one line, as in the files of a knowledge base. @param {any} value */
function isLeaf(value) {
  if (Array.isArray(value)) return value.every(isPlainOrList);
  return Object.values(value).every(
    (item) => isPlainOrList(item) || (!Array.isArray(item) && Object.values(item).every(isPlainOrList)),
  );
}

/** @param {any} value @returns {string} */
export function writeJson(value) {
  if (value instanceof Num) return value.text;
  if (isPlain(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(writeJson).join(", ")}]`;
  return `{${Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${writeJson(item)}`).join(", ")}}`;
}

const JSON_WIDTH = 90;

/** JSON for people: two spaces, what is short on one line. @param {any} value @returns {string} */
export function prettyJson(value, indent = 0) {
  if (isPlain(value)) return writeJson(value);
  const line = writeJson(value);
  if (isLeaf(value) && indent + line.length < JSON_WIDTH) return line;
  const inner = " ".repeat(indent + 2);
  const outer = " ".repeat(indent);
  if (Array.isArray(value)) {
    return `[\n${value.map((item) => inner + prettyJson(item, indent + 2)).join(",\n")}\n${outer}]`;
  }
  const members = Object.entries(value).map(
    ([key, item]) => `${inner}${JSON.stringify(key)}: ${prettyJson(item, indent + 2)}`,
  );
  return `{\n${members.join(",\n")}\n${outer}}`;
}

/**
 * The JSON number that somebody typed, or null where it is none: 038, +5, .5 and 5. are meant as 38, 5, 0.5 and 5.
 * @param {string} typed
 * @returns {string | null}
 */
export function numberTyped(typed) {
  const text = typed
    .trim()
    .replace(/^[−–]/, "-")
    .replace(/^\+/, "")
    .replace(/^(-?)0+(?=\d)/, "$1")
    .replace(/^(-?)\./, "$10.")
    .replace(/\.$/, "");
  return text !== "" && new RegExp(`^(?:${JSON_NUMBER.source})$`).test(text) && Number.isFinite(Number(text)) ? text : null;
}
