// Answers in words, and where they were given.

import { known, numeral, t, unitWords } from "./words.js";

/** An answer as a person would say it. */
export function answerWords(question, value) {
  if (value === undefined) return t("answer.none");
  if (value === "unknown") return t("unsure");
  const named = (id) => known(question.options.find((option) => option.id === id)?.text ?? id);
  const listed = (ids) => ids.map(named).join("; ");
  switch (question.type) {
    case "boolean":
      return t(value ? "yes" : "no");
    case "choice":
      return named(value);
    case "choices": {
      if (Array.isArray(value)) return value.length ? listed(value) : t("none");
      const sure = value.yes?.length ? listed(value.yes) : "";
      const doubt = value.unsure?.length ? t("answer.notSureOf", { names: listed(value.unsure) }) : "";
      return [sure, doubt].filter(Boolean).join("; ");
    }
    default:
      return question.unit === "points" ? numeral(value) : `${numeral(value)} ${unitWords(question.unit)}`;
  }
}

/** The address of the screen on which a question stands, or null. */
export function screenOf(screens, question) {
  const at = screens.findIndex((ids) => ids.includes(question));
  return at < 0 ? null : `#/question/${at + 1}`;
}

/** The questions that a criterion compares. */
export function* questionsIn(criterion) {
  if (typeof criterion.fact === "string") yield criterion.fact;
  for (const part of [criterion.all, criterion.any, criterion.of, criterion.not].flat()) if (part) yield* questionsIn(part);
}
