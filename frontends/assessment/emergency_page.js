// An emergency stops everything: what to do now, and nothing beside it.

import { callButton, regionChoice } from "./contact.js";
import { h, sign, way } from "./dom.js";
import { heading } from "./frame.js";
import { rich } from "./rich.js";
import { known, t } from "./words.js";

export function emergencyPage(app) {
  const { algos } = app;
  const { outcome } = app.result;
  const flags = [...outcome.red_flags, ...outcome.open_flags].filter((flag) => flag.counts_as === "emergency");
  const causes = [...outcome.likely, ...outcome.possible].filter((view) => urgencyOf(outcome, view) === "emergency");
  const because = [
    ...flags.map((flag) => (outcome.red_flags.includes(flag) ? rich(flag.because) : openWords(algos, flag))),
    ...causes.flatMap((view) => view.evidence_for.map((one) => rich(one.because))),
  ];
  const messages = [...new Set(flags.map((flag) => flag.message))];
  const names = [...new Set([...outcome.to_rule_out, ...causes].map((view) => view.plain_name))];
  return {
    kind: "narrow emergency",
    title: t("emergency.title"),
    content: [
      h("div", { class: "alarm" },
        heading([sign("warning"), h("span", {}, t("emergency.title"))]),
        h("p", { class: "lead" }, rich(algos.core.settings.urgency.emergency.advice)),
        callButton(algos),
        messages.map((message) => h("p", { class: "message" }, rich(message)))),
      h("section", {}, h("h2", {}, t("emergency.say")),
        h("p", {}, t("emergency.sayIntro")),
        h("ul", { class: "because" }, because.map((one) => h("li", {}, one))),
        names.length > 0 && h("p", {}, t("emergency.check"), " ", h("strong", {}, names.map(known).join("; ")), ".")),
      h("section", {}, h("h2", {}, t("emergency.waiting")),
        h("ul", {}, ["alone", "drive", "medicines"].map((one) => h("li", {}, t(`emergency.${one}`))))),
      h("p", { class: "actions" },
        way(t("emergency.summary"), "#/summary", "quiet", "print"),
        way(t("emergency.wrong"), "#/answers", "quiet", "back")),
      regionChoice(algos, () => app.again()),
    ],
  };
}

/** For which urgency a condition asks. */
export const urgencyOf = (outcome, view) =>
  outcome.reasons.find((one) => one.id === view.id && ["likely", "possible"].includes(one.kind))?.urgency;

/** That a warning sign stands open, with the questions that would settle it. */
export const openWords = (algos, flag) =>
  flag.missing.length ? t("open.because", { question: known(algos.question(flag.missing[0]).text) }) : rich(flag.because);
