// A guide: what it is, what to do, exercises in pictures, days to tick off, and when to get help.

import { announce, button, h, sign, way } from "./dom.js";
import { heading } from "./frame.js";
import { paper } from "./paper.js";
import { missingPage } from "./refused_page.js";
import { rich, unmarked } from "./rich.js";
import { signs } from "./signs.js";
import { keep, kept } from "./store.js";
import { day, known, t } from "./words.js";

/** Days that can be ticked off: six weeks, as the guides' own plan. */
const WEEKS = 6;

/** A guide for this person (`mine`), or from the library with every block. */
export async function guidePage(app, id, mine) {
  const { algos } = app;
  const outcome = mine ? app.result.outcome : null;
  if (!algos.core.conditions.some((one) => one.id === id)) return missingPage();
  const guide = await algos.guide(id, outcome?.advice ?? null);
  const parts = [
    ...guide.sections.map((one) => ({ id: `part-${one.id}`, title: () => rich(one.title), body: section(one) })),
    guide.exercises.length && { id: "exercises", title: () => t("guide.exercises"), body: await exercises(app, guide) },
    guide.exercises.length && { id: "days", title: () => t("guide.days"), body: days(id) },
    { id: "watch", title: () => t("guide.watch"), body: signs(app, guide.watch_for, marks) },
    { id: "sources", title: () => t("guide.sources"), body: h("details", { class: "sources" }, h("summary", {}, t("guide.showSources")), sources(guide)) },
  ].filter(Boolean);
  const back = outcome ? way(t("guide.toResult"), "#/result", "quiet", "back") : way(t("guide.toLibrary"), "#/guides", "quiet", "back");
  const jump = (part) => (event) => {
    event.preventDefault();
    const target = document.getElementById(part.id);
    target.scrollIntoView();
    target.querySelector("h2").focus({ preventScroll: true });
  };
  return {
    kind: "guide",
    title: known(guide.plain_name),
    content: [
      h("div", { class: "guide-top" },
        heading(rich(guide.plain_name)),
        h("p", { class: "clinical" }, [guide.name, ...guide.also_called].map(known).join(" · ")),
        h("p", { class: "lead" }, rich(guide.summary)),
        h("p", { class: "actions screen-only" }, paper(app, id, "main"), button(t("guide.print"), () => print(), "quiet", "print"), back)),
      guide.at_once.length > 0 && h("section", { class: "watch" },
        h("h2", {}, sign("warning"), h("span", {}, t("guide.atOnce"))), signs(app, guide.at_once)),
      h("div", { class: "with-contents" },
        h("nav", { class: "contents screen-only", "aria-label": t("guide.contents") }, h("details", { open: matchMedia("(min-width: 60rem)").matches },
          h("summary", {}, t("guide.contents")), h("ol", {}, parts.map((part) => h("li", {}, h("a", { href: location.hash, onclick: jump(part) }, part.title())))))),
        h("div", {},
          h("p", { class: "key" }, t("guide.key")),
          parts.map((part) => h("section", { id: part.id, class: "part-of-guide" }, h("h2", { tabindex: "-1" }, part.title()), part.body)))),
      h("p", { class: "notes" }, t("guide.reviewBy", { date: day(guide.review_by) })),
    ],
  };
}

/** The small numbers of what a statement rests on. */
const marks = (one) => {
  const all = [...one.sources, ...one.judgements.map((number) => `J${number}`)];
  return all.length ? h("sup", { class: "marks" }, ` ${all.join(", ")}`) : null;
};

/** A section: what is to be done as a list, the rest as paragraphs. */
function section({ statements }) {
  const made = [];
  for (const one of statements) {
    const text = [
      one.only_for.length > 0 && h("span", { class: "only" }, `${t("guide.onlyIf")} ${one.only_for.map(unmarked).join(` ${t("guide.or")} `)}: `),
      rich(one.text), marks(one),
      one.contested && h("span", { class: "contested" }, h("strong", {}, t("guide.uncertain")), " ", rich(one.contested)),
    ];
    if (!one.action) made.push(h("p", {}, text));
    else if (made.at(-1)?.tagName === "UL") made.at(-1).append(h("li", {}, ...[text].flat(2).filter(Boolean)));
    else made.push(h("ul", { class: "do" }, h("li", {}, text)));
  }
  return made;
}

/** Every exercise: its pictures in order, its steps, how much, and when to stop. */
async function exercises(app, guide) {
  return Promise.all(guide.exercises.map(async (one) => {
    const pictures = await Promise.all(one.pictures.map(async ({ path, alt }, at) => {
      const blob = new Blob([await app.algos.file(path)], { type: "image/svg+xml" });
      const image = h("img", { src: URL.createObjectURL(blob), alt: known(alt), width: "320", height: "200" });
      image.addEventListener("load", () => URL.revokeObjectURL(image.src), { once: true });
      return h("li", {}, one.pictures.length > 1 && h("span", { class: "number", "aria-hidden": "true" }, known(String(at + 1))), image);
    }));
    const line = (key, text) => text && h("div", {}, h("dt", {}, t(`exercise.${key}`)), h("dd", {}, rich(text)));
    return h("article", { class: "card exercise" },
      h("h3", {}, rich(one.name)), h("p", {}, rich(one.aim), marks(one)),
      h("ol", { class: one.pictures.length > 1 ? "pictures" : "pictures single", "aria-label": t("exercise.pictures") }, pictures),
      h("ol", { class: "steps" }, one.steps.map((step) => h("li", {}, rich(step)))),
      h("dl", { class: "how" }, line("start", one.start), line("dose", one.dose), line("easier", one.easier), line("progression", one.progression), line("stop", one.stop_if)));
  }));
}

/** Days to tick off. They stay on this device. */
function days(id) {
  const name = `days.${id}`;
  const ticked = new Set(kept(name, []));
  const told = h("p", { class: "told" });
  const tell = () => (told.textContent = ticked.size ? t("days.done", { count: ticked.size }) : t("days.none"));
  const week = (number) =>
    h("fieldset", { class: "week" }, h("legend", {}, t("days.week", { number: known(String(number + 1)) })),
      h("div", {}, Array.from({ length: 7 }, (_, at) => {
        const one = number * 7 + at + 1;
        const input = h("input", { type: "checkbox", checked: ticked.has(one), "aria-label": t("days.day", { number: one }), onchange: () => {
          if (input.checked) ticked.add(one);
          else ticked.delete(one);
          keep(name, [...ticked].sort((left, right) => left - right));
          tell();
          announce(told.textContent);
        } });
        return h("label", { class: "day" }, input, h("span", { "aria-hidden": "true" }, known(String(one))));
      })));
  tell();
  return [h("p", {}, t("days.text")), told, h("div", { class: "weeks" }, Array.from({ length: WEEKS }, (_, at) => week(at)))];
}

/** Where every statement comes from. */
function sources(guide) {
  return [
    h("ol", { class: "references" }, guide.references.map(({ source, locators }) => h("li", {}, cited(source, locators)))),
    guide.judgements.length > 0 && [h("h3", {}, t("guide.judgements")), h("p", {}, t("guide.judgementsText")),
      h("ol", { class: "references judgements" }, guide.judgements.map(({ text }) => h("li", {}, known(text))))],
  ];
}

/** A source in the order of a reference list. */
function cited(source, locators) {
  const authors = (source.author ?? []).map((one) => one.literal ?? `${one.family} ${(one.given ?? "").slice(0, 1)}`.trim());
  const who = authors.length > 3 ? `${authors[0]} et al.` : authors.join(", ");
  const year = source.issued?.["date-parts"]?.[0]?.[0];
  const address = source.DOI ? `https://doi.org/${source.DOI}` : source.URL;
  const title = known(source.title ?? "");
  return [
    who && `${known(who)}. `,
    address?.startsWith("https://") ? h("a", { href: address, rel: "noopener noreferrer", target: "_blank" }, title) : title, ". ",
    [source["container-title"] ?? source.publisher, year, ...locators].filter(Boolean).map((one) => known(String(one))).join(", "),
  ].filter(Boolean);
}
