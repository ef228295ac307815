// One screen of questions at a time.

import { announce, button, h, sign } from "./dom.js";
import { field } from "./fields.js";
import { heading } from "./frame.js";
import { rich } from "./rich.js";
import { known, t } from "./words.js";

/** The screen with a number from 1; without one, or past what is answered, the next that is to be answered. */
export async function questionPage(app, number) {
  const { algos, interview } = app;
  const { screens, stop } = interview.path();
  const last = screens.length;
  if (!(number >= 1 && number <= last)) {
    app.go(stop === null ? `#/question/${last}` : "#/result", true);
    return null;
  }
  const ids = screens[number - 1];
  const title = titleOf(algos, ids);
  const fields = await Promise.all(ids.map((id) => field(app, id, ids)));
  const shown = fields.filter((one) => !one.hidden);
  for (const one of fields) one.changed = () => fields.forEach((other) => other.refresh?.(valuesOf(fields)));
  fields.forEach((one) => one.refresh?.(valuesOf(fields)));
  const problems = h("div", { class: "problems", role: "alert" });

  function submit() {
    const values = valuesOf(fields);
    const bad = fields.filter((one) => !one.hidden && one.problem());
    for (const one of fields) one.mark(one.hidden ? null : one.problem());
    if (bad.length) {
      problems.replaceChildren(h("p", {}, t("question.problems", { count: bad.length })));
      bad[0].focus();
      return;
    }
    const changed = ids.some((id) => JSON.stringify(interview.all[id]) !== JSON.stringify(values[id]));
    interview.answer(values);
    const after = interview.path();
    if (after.stop === "emergency") return app.go("#/result");
    // An unchanged screen leads to the one after it; a changed one to the first that is still to be answered.
    if (!changed && number < after.screens.length) return app.go(`#/question/${number + 1}`);
    return app.go(app.next);
  }

  const why = shown.map((one) => one.question).filter((one) => one.why);
  return {
    kind: "narrow asking",
    title: known(title),
    content: [
      progress(interview, number),
      h("form", { novalidate: true, onsubmit: (event) => { event.preventDefault(); submit(); } },
        heading(rich(title)),
        problems,
        fields.map((one) => one.element),
        h("details", { class: "why" },
          h("summary", {}, t("question.why")),
          why.length ? why.map((one) => h("p", {}, rich(one.why))) : h("p", {}, t("question.whyNot"))),
        h("p", { class: "actions" },
          h("button", { type: "submit", class: "button main" }, h("span", {}, t("question.next")), sign("next")),
          button(t("question.back"), () => app.go(number > 1 ? `#/question/${number - 1}` : "#/"), "quiet", "back"))),
      h("p", { class: "stored" }, interview.kept === false ? t("question.notStored") : t("question.stored")),
    ],
    after: () => {
      if (number > 1) announce(t("question.progress", { percent: percent(interview) }));
    },
  };
}

const percent = (interview) => Math.round(100 * interview.furthest);

/** How far it is: it grows, and never jumps back. */
function progress(interview) {
  const bar = h("progress", { max: "100", value: String(Math.max(3, percent(interview))), "aria-label": t("question.progressLabel") });
  return h("div", { class: "progress" }, bar);
}

const valuesOf = (fields) => Object.fromEntries(fields.map((one) => [one.id, one.value()]));

/** What a screen is about: the section of most of its questions, the first of those that have as many. */
function titleOf(algos, ids) {
  const titles = ids.map((id) => sectionOf(algos, id));
  const times = (title) => titles.filter((one) => one === title).length;
  return titles.reduce((most, title) => (times(title) > times(most) ? title : most));
}

/** The title of a question's section. */
export const sectionOf = (algos, id) =>
  algos.core.sections.find((one) => one.questions.some((question) => question.id === id)).title;
