// The result: how soon, what must be ruled out, what is likely and possible, why, and what to watch for.

import { answerWords, questionsIn, screenOf } from "./answers.js";
import { button, h, sign, way } from "./dom.js";
import { openWords } from "./emergency_page.js";
import { heading } from "./frame.js";
import { paper } from "./paper.js";
import { rich } from "./rich.js";
import { signs } from "./signs.js";
import { t } from "./words.js";

const SIGNS = { self_care: "home", routine: "calendar", soon: "calendar", urgent: "clock", emergency: "warning" };

export async function resultPage(app) {
  const { algos } = app;
  const { outcome, answers, screens } = app.result;
  const { settings } = algos.core;
  const urgency = settings.urgency[outcome.urgency];
  const { to_rule_out: suspected, likely, possible } = outcome;
  const watch = await watchFor(app, outcome);
  const change = h("div", { class: "change" });
  return {
    kind: "result",
    title: t("result.title"),
    content: [
      h("div", { class: `urgency ${outcome.urgency}` },
        h("p", { class: "eyebrow" }, t("result.howSoon")),
        heading([sign(SIGNS[outcome.urgency]), h("span", {}, rich(urgency.name))]),
        h("p", { class: "lead" }, rich(urgency.advice)),
        outcome.red_flags.map((flag) => h("p", { class: "message" }, rich(flag.message)))),
      corrections(app, outcome, screens),
      suspected.length > 0 && h("section", {}, h("h2", {}, t("result.ruleOut")),
        h("p", { class: "under" }, t("result.ruleOutText")),
        suspected.map((view) => card(app, view, answers, "serious"))),
      outcome.open_flags.length > 0 && openFlags(app, outcome, screens),
      likely.length > 0 && h("section", {},
        h("h2", {}, t(likely.length > 1 ? "result.likelySeveral" : "result.likely")),
        likely.length > 1 && h("p", { class: "under" }, t("result.severalText", { count: likely.length })),
        likely.map((view) => card(app, view, answers, "likely"))),
      !likely.length && !suspected.length && h("section", { class: "card" },
        h("h2", {}, t("result.noCause")), h("p", {}, rich(settings.no_cause)),
        h("p", {}, way(t("result.library"), "#/guides", "quiet", "guide"))),
      possible.length > 0 && h("section", {}, h("h2", {}, t("result.possible")),
        h("p", { class: "under" }, t("result.possibleText")),
        possible.map((view) => card(app, view, answers, "possible"))),
      h("section", { class: "watch" }, h("h2", {}, sign("warning"), h("span", {}, t("result.watch"))),
        h("p", {}, t("result.watchText")), watch),
      change,
      h("section", { class: "onward" }, h("h2", {}, t("result.next")),
        h("p", { class: "actions" },
          way(t("result.summary"), "#/summary", "quiet", "print"),
          way(t("result.answers"), "#/answers", "quiet", "back"),
          button(t("result.forget"), () => { app.interview.forget(); app.go("#/"); }, "quiet"))),
    ],
    after: () => setTimeout(() => whatWouldChange(app, answers, screens, change)),
  };
}

/** Answers that do not go together, to be looked at again. */
function corrections(app, outcome, screens) {
  return outcome.corrections.map((id) => {
    const { message, never } = app.algos.core.constraints.find((one) => one.id === id);
    const address = [...questionsIn(never)].map((question) => screenOf(screens, question)).find(Boolean);
    return h("section", { class: "card check" }, h("h2", {}, t("result.check")), h("p", {}, rich(message)),
      address && h("p", {}, way(t("result.checkAgain"), address, "quiet", "back")));
  });
}

/** Warning signs that nobody could settle. */
function openFlags(app, outcome, screens) {
  const byQuestion = new Map(outcome.open_flags.map((flag) => [flag.missing[0] ?? flag.rule, flag]));
  return h("section", { class: "card check" }, h("h2", {}, t("open.title")), h("p", {}, t("open.text")),
    h("ul", {}, [...byQuestion.values()].map((flag) => {
      const address = flag.missing.map((question) => screenOf(screens, question)).find(Boolean);
      return h("li", {}, openWords(app.algos, flag), address && [" ", h("a", { href: address }, t("open.answer"))]);
    })));
}

/** A condition: what it is called, why, what speaks against it, and its guide. */
function card(app, view, answers, kind) {
  const flags = app.result.outcome.red_flags.filter((flag) => view.flagged_by.includes(flag.rule));
  const reasons = [...flags, ...view.evidence_for];
  const id = `condition-${view.id}`;
  return h("article", { class: `card condition ${kind}`, "aria-labelledby": id },
    h("h3", { id }, rich(view.plain_name)),
    view.name !== view.plain_name && h("p", { class: "clinical" }, t("result.clinical"), " ", rich(view.name)),
    reasons.length > 0 && h("div", { class: "why-this" }, h("h4", {}, t("result.because")),
      h("ul", { class: "because" }, reasons.map((one) => h("li", {}, rich(one.because))))),
    view.evidence_against.length > 0 && h("div", {}, h("h4", {}, t("result.against")),
      h("ul", { class: "against" }, view.evidence_against.map((one) => h("li", {}, rich(one.because))))),
    behind(app, reasons, answers),
    h("p", { class: "actions" },
      way(t("result.guide"), `#/my-guide/${view.id}`, kind === "likely" ? "main" : "quiet", "guide"),
      paper(app, view.id)));
}

/** The person's own answers behind some rules. */
function behind(app, reasons, answers) {
  const { algos } = app;
  const questions = new Set();
  for (const { rule } of reasons) {
    for (const line of algos.explain(answers, rule).traces[0].lines) {
      if (line.question && line.truth === "true" && answers[line.question] !== undefined) questions.add(line.question);
    }
  }
  if (!questions.size) return null;
  return h("details", { class: "behind" }, h("summary", {}, t("result.answersBehind")),
    h("dl", {}, [...questions].map((id) => {
      const question = algos.question(id);
      return h("div", {}, h("dt", {}, rich(question.text)), h("dd", {}, answerWords(question, answers[id])));
    })));
}

/** What to watch for: as the guide of the first cause says, or what is always an emergency. */
async function watchFor(app, outcome) {
  const [first] = [...outcome.likely, ...outcome.to_rule_out, ...outcome.possible];
  if (!first) return h("ul", {}, ["breath", "chest", "faint", "saddle", "urine", "legs"].map((one) => h("li", {}, t(`now.${one}`))));
  return signs(app, (await app.algos.guide(first.id, outcome.advice)).watch_for);
}

/** Questions whose answers nobody can be asked to come back with: at 66, "if you said 59" helps nobody. */
const LASTING = new Set(["age", "sex", "onset_age"]);

/** Of all changes a few that differ: one for each question, no urgency more than three times. */
export function told(changes) {
  const chosen = [];
  for (const one of changes.filter(({ question }) => !LASTING.has(question))) {
    const known = chosen.some((other) => other.question === one.question);
    const alike = chosen.filter((other) => other.urgency === one.urgency).length;
    if (!known && alike < 3) chosen.push(one);
  }
  return chosen.slice(0, 7);
}

/** Which single answers would change the result, the most urgent first. */
function whatWouldChange(app, answers, screens, place) {
  const changes = told(app.algos.changes(answers, 200));
  if (!changes.length) return;
  const { settings, conditions } = app.algos.core;
  const rows = changes.map(({ question: id, answer, urgency, first }) => {
    const question = app.algos.question(id);
    const condition = conditions.find((one) => one.id === first);
    return h("li", { class: urgency },
      h("p", { class: "asked" }, rich(question.text)),
      h("p", {}, h("span", { class: "if" }, t("change.if")), " ", h("strong", {}, answerWords(question, answer))),
      h("p", { class: "then" }, sign("next"), h("strong", {}, rich(settings.urgency[urgency].name)),
        condition && urgency !== "emergency" && h("span", {}, rich(condition.plain_name)),
        screenOf(screens, id) && h("a", { href: screenOf(screens, id) }, t("change.look"))));
  });
  place.replaceChildren(h("section", {}, h("h2", {}, t("change.title")), h("p", { class: "under" }, t("change.text")), h("ul", { class: "changes" }, rows)));
}
