// What stands around every page: whose page this is, the state of the bundle, and the way to help.

import { callButton, emergency } from "./contact.js";
import { flat, h, sign } from "./dom.js";
import { rich } from "./rich.js";
import { day, known, language, speak, t } from "./words.js";

/** The name of a language in itself. */
const named = (tag) => known(new Intl.DisplayNames([tag], { type: "language" }).of(tag));

/** Put header, main and footer on the page; returns the main part, which pages fill. */
export function frame(algos, site) {
  const main = h("main", { id: "main", tabindex: "-1" });
  const number = emergency(algos)?.numbers[0];
  const header = h("header", { class: "top" },
    h("a", { class: "brand", href: "#/" }, brand(), h("span", {}, t("name"))),
    h("nav", { "aria-label": t("nav.label") },
      h("a", { href: "#/guides" }, t("nav.guides")),
      number && h("a", { class: "help", href: `tel:${number}`, "aria-label": t("nav.emergency", { number }) }, sign("phone"), known(number))));
  const app = document.getElementById("app");
  app.replaceChildren(...flat([
    h("a", { class: "skip", href: "#main", onclick: (event) => { event.preventDefault(); main.focus(); } }, t("skip")),
    header, state(algos, site), main, footer(algos),
    h("div", { id: "live", class: "unseen", role: "status", "aria-live": "polite" })]));
  return main;
}

/** The state of the bundle, on every page: a preview, not reviewed, past its review. */
function state(algos, site) {
  if (!algos) return null;
  const { manifest, core } = algos;
  const overdue = manifest.review_by < new Date().toISOString().slice(0, 10);
  const lines = [
    site.preview && h("strong", {}, t("state.preview")),
    manifest.unreviewed && h("span", {}, rich(core.settings.unreviewed)),
    overdue && h("span", {}, t("state.overdue", { date: day(manifest.review_by) })),
    (algos.locale.language !== language.tag || algos.locale.missing.length > 0) && h("span", {}, t("state.untranslated")),
  ].filter(Boolean);
  if (!lines.length) return null;
  return h("section", { class: "state", "aria-label": t("state.label") }, h("p", {}, lines.flatMap((one) => [one, " "])));
}

function footer(algos) {
  const choose = language.all.length > 1 &&
    h("p", {}, h("label", { for: "language" }, t("footer.language")), " ",
      h("select", { id: "language", onchange: (event) => speak(event.target.value) },
        language.all.map((tag) => h("option", { value: tag, lang: tag, selected: tag === language.tag }, named(tag)))));
  const { manifest, core } = algos ?? {};
  return h("footer", { class: "foot" },
    algos && h("p", {}, rich(core.settings.not_a_diagnosis)),
    h("p", { class: "private" }, sign("lock"), h("span", {}, t("footer.private"))),
    algos && h("p", { class: "version" }, [
      known(manifest.title), manifest.preview ? t("footer.preview") : t("footer.version", { version: manifest.version }),
      manifest.unreviewed ? t("footer.unreviewed") : t("footer.reviewed"),
      t("footer.reviewBy", { date: day(manifest.review_by) })].join(" · ")),
    choose);
}

/** The sign of this site: somebody seen from behind, and the place that hurts. */
function brand() {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 64 64");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "mark-of-site");
  for (const [tag, attributes] of [
    ["path", { d: "M18 50c0-15 5-19 14-19s14 4 14 19", class: "line" }],
    ["circle", { cx: 32, cy: 17, r: 8.5, class: "head" }],
    ["circle", { cx: 32, cy: 45, r: 5.5, class: "spot" }],
  ]) {
    const one = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) one.setAttribute(name, value);
    svg.append(one);
  }
  return svg;
}

/** A page's heading, which gets the focus when the page is shown. */
export const heading = (words, attributes = {}) => h("h1", { tabindex: "-1", ...attributes }, words);

/** What to do in an emergency, in one box. */
export const emergencyBox = (algos) =>
  h("section", { class: "now", "aria-labelledby": "now" },
    h("h2", { id: "now" }, sign("warning"), h("span", {}, t("now.title"))),
    h("p", {}, t("now.intro")),
    h("ul", {}, ["breath", "chest", "faint", "saddle", "urine", "legs"].map((one) => h("li", {}, t(`now.${one}`)))),
    callButton(algos));
