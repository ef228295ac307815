// A summary for a clinician: to show, print, copy, or hand over as FHIR. In the field's own words.

import { answerWords } from "./answers.js";
import { announce, button, h, save, way } from "./dom.js";
import { heading } from "./frame.js";
import { known, style, t } from "./words.js";

export function summaryPage(app) {
  const { algos } = app;
  const { outcome, answers } = app.result;
  if (!outcome) {
    app.go(app.interview.begun ? app.next : "#/", true);
    return null;
  }
  const when = new Date();
  const blocks = summary(app, outcome, answers, when);
  const text = blocks.map(({ title, lines }) => [title, ...lines.map((line) => `- ${line}`)].join("\n")).join("\n\n");
  const told = h("span", { class: "told", role: "status" });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      told.textContent = t("summary.copied");
    } catch {
      told.textContent = t("summary.notCopied");
    }
  };
  const fhir = async () => {
    const { questionnaireResponse } = await import("./fhir.js");
    const resource = questionnaireResponse(algos, answers, { authored: when.toISOString() });
    save(new Blob([`${JSON.stringify(resource, null, 2)}\n`], { type: "application/fhir+json" }), "pain-assessment.fhir.json");
    announce(t("summary.saved"));
  };
  return {
    kind: "summary",
    title: t("summary.title"),
    content: [
      heading(t("summary.title")),
      h("p", { class: "screen-only" }, t("summary.text")),
      h("p", { class: "actions screen-only" },
        button(t("summary.print"), () => print(), "main", "print"), button(t("summary.copy"), copy, "quiet"),
        button(t("summary.fhir"), fhir, "quiet", "down"), told),
      h("div", { class: "sheet" }, blocks.map(({ title, lines }) =>
        h("section", {}, h("h2", {}, title), h("ul", {}, lines.map((line) => h("li", {}, line)))))),
      h("p", { class: "screen-only" }, way(t("summary.back"), "#/result", "quiet", "back")),
    ],
  };
}

/** The summary as blocks of lines. */
function summary(app, outcome, answers, when) {
  const { algos } = app;
  const { manifest, core } = algos;
  const urgency = (level) => known(core.settings.urgency[level].name);
  const condition = (view) => {
    const sides = [...view.evidence_for, ...view.evidence_against].map((one) => known(one.because));
    const weight = t("summary.weight", { weight: view.weight, low: view.low, high: view.high });
    return `${known(view.name)} (${weight})${sides.length ? `: ${sides.join("; ")}` : ""}`;
  };
  const flag = (one) => `${urgency(one.counts_as)}: ${known(one.title)}`;
  const block = (name, list, words) => list.length > 0 && { title: t(`summary.${name}`), lines: list.map(words) };
  const questions = core.sections.flatMap((section) => section.questions).filter((one) => one.id in answers);
  const version = manifest.preview ? t("footer.preview") : t("footer.version", { version: manifest.version });
  const date = known(new Intl.DateTimeFormat(style(), { dateStyle: "long", timeStyle: "short" }).format(when));
  return [
    { title: t("summary.about"), lines: [
      date, `${known(manifest.title)}, ${version}, ${t("summary.content")} ${known(manifest.content.slice(0, 12))}`,
      manifest.unreviewed && known(core.settings.unreviewed), known(core.settings.not_a_diagnosis)].filter(Boolean) },
    { title: t("summary.urgency"), lines: [urgency(outcome.urgency), ...outcome.reasons.filter((one) => one.urgency === outcome.urgency).map((one) => known(one.text))] },
    block("flags", outcome.red_flags, flag),
    block("open", outcome.open_flags, flag),
    block("ruleOut", outcome.to_rule_out, condition),
    block("likely", outcome.likely, condition),
    block("possible", outcome.possible, condition),
    block("answers", questions, (one) => `${known(one.name)}: ${answerWords(algos.question(one.id), answers[one.id])}`),
  ].filter(Boolean);
}
