// All answers on one page, each with the way to its screen.

import { answerWords } from "./answers.js";
import { button, h, way } from "./dom.js";
import { heading } from "./frame.js";
import { sectionOf } from "./question_page.js";
import { rich } from "./rich.js";
import { known, t } from "./words.js";

export function answersPage(app) {
  const { algos, interview } = app;
  const { screens } = interview.path();
  const rows = screens.flatMap((ids, at) => ids.filter((id) => id in interview.all).map((id) => [at + 1, id]));
  let section = "";
  const content = rows.map(([number, id]) => {
    const question = algos.question(id);
    const title = sectionOf(algos, id);
    const begins = title !== section;
    section = title;
    return [
      begins && h("h2", {}, rich(title)),
      h("div", { class: "answered" },
        h("div", {}, h("p", { class: "asked" }, rich(question.text)), h("p", { class: "given" }, answerWords(question, interview.all[id]))),
        h("a", { href: `#/question/${number}`, "aria-label": t("answers.changeThis", { question: known(question.text) }) }, t("answers.change"))),
    ];
  });
  return {
    kind: "narrow answers",
    title: t("answers.title"),
    content: [
      heading(t("answers.title")),
      h("p", {}, rows.length ? t("answers.text") : t("answers.nothing")),
      h("p", { class: "actions" }, way(rows.length ? t("answers.back") : t("start.begin"), app.next, "main", "next")),
      content,
      rows.length > 0 && h("p", { class: "actions" }, button(t("result.forget"), () => { interview.forget(); app.go("#/"); }, "quiet")),
    ],
  };
}
