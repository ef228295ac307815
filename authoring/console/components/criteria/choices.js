// What can be searched and chosen: questions with their answers, findings, scores.

import { plainWords } from "./picker.js";

/** @typedef {{form: "fact"|"finding"|"score", subject: string, answer?: string}} Choice */

/** How a question is answered, in a few words. @param {import("./criteria.js").Question} question */
export function kindOfAnswer({ type, options, unit, min, max }) {
  if (type === "boolean") return "yes or no";
  if (type === "choice") return `one of ${options.length}`;
  if (type === "choices") return `any of ${options.length}`;
  return `${min} to ${max} ${unit ?? ""}`.trimEnd();
}

/** The points that a score can reach. @param {import("./criteria.js").Term} term */
export const pointsRange = ({ low, high }) => `${low} to ${high} points`;

/** @param {(string | undefined | null)[]} texts */
const searchable = (...texts) => texts.map((text) => plainWords(text ?? ""));

/**
 * Everything that a condition can be about, by section; an answer stands under its question and is found by its words.
 * @param {import("./criteria.js").Catalogue} kb
 * @returns {import("./picker.js").Section[]}
 */
export function subjects(kb) {
  const sections = kb.sections.map((section) => ({
    title: section.title,
    entries: section.questions.flatMap(({ id }) => {
      const question = /** @type {import("./criteria.js").Question} */ (kb.questions.get(id));
      const aside = question.by === "clinician" ? `${kindOfAnswer(question)}, by a clinician` : kindOfAnswer(question);
      /** @type {any[]} */
      const entries = [
        {
          title: question.name,
          detail: question.text,
          aside,
          search: searchable(question.name, id.replaceAll("_", " "), id, question.text, section.title),
          value: { form: "fact", subject: id },
        },
      ];
      for (const option of question.options) {
        const [label, name] = [plainWords(option.label), plainWords(question.name)];
        entries.push({
          title: `${question.name}: ${option.label}`,
          detail: option.text === option.label ? "" : option.text,
          aside: "",
          search: [label, plainWords(option.text), option.id.replaceAll("_", " "), `${label} ${option.id} ${plainWords(option.text)} ${name}`],
          value: { form: "fact", subject: id, answer: option.id },
          under: true,
        });
      }
      return entries;
    }),
  }));
  for (const [kind, title] of /** @type {["finding"|"score", string][]} */ ([["finding", "Findings"], ["score", "Scores"]])) {
    const terms = [...kb.terms.values()].filter((term) => term.kind === kind);
    sections.push({
      title,
      entries: terms.map((term) => ({
        title: term.name,
        detail: term.meaning,
        aside: term.concluded ? (kind === "score" ? pointsRange(term) : term.badge ?? kind) : "no rule gives it yet",
        search: searchable(term.name, term.id.replaceAll("_", " "), term.id, term.meaning, title),
        value: { form: kind, subject: term.id },
      })),
    });
  }
  return sections.filter((section) => section.entries.length);
}

/** The answers of a question. @param {import("./criteria.js").Question} question @returns {import("./picker.js").Section[]} */
export const answers = (question) => [
  {
    title: "",
    entries: question.options.map((option) => ({
      title: option.label,
      detail: option.text === option.label ? "" : option.text,
      aside: "",
      search: searchable(option.label, option.text, option.id.replaceAll("_", " ")),
      value: option.id,
    })),
  },
];
