// The first page: whom it is for, what it is not, and emergencies before anything else.

import { regionChoice } from "./contact.js";
import { button, h, sign, way } from "./dom.js";
import { figure } from "./figure.js";
import { emergencyBox, heading } from "./frame.js";
import { t } from "./words.js";

export async function startPage(app) {
  const { interview, algos } = app;
  const begin = interview.begun
    ? [
        way(t(app.result.outcome ? "start.result" : "start.continue"), app.next, "main", "next"),
        button(t("start.again"), () => { interview.forget(); app.go("#/question/1"); }, "quiet"),
      ]
    : [way(t("start.begin"), "#/question/1", "main", "next")];
  const points = (name, keys) =>
    h("section", {}, h("h2", {}, t(`start.${name}`)), h("ul", { class: name }, keys.map((key) => h("li", {}, t(`start.${name}.${key}`)))));
  return {
    kind: "start",
    title: "",
    content: [
      h("div", { class: "hero" },
        h("div", {},
          heading(t("start.title")),
          h("p", { class: "lead" }, t("start.lead")),
          emergencyBox(algos),
          h("p", { class: "facts" },
            h("span", {}, sign("clock"), t("start.time")), h("span", {}, sign("lock"), t("start.private"))),
          h("p", { class: "actions" }, begin),
          h("p", {}, h("a", { href: "#/guides" }, t("start.library")))),
        await figure(algos)),
      regionChoice(algos, () => app.again()),
      h("div", { class: "columns" },
        points("for", ["adult", "muscle", "low"]),
        points("not", ["child", "other", "doctor"])),
      h("p", { class: "notes" }, t("start.kept")),
    ],
  };
}
