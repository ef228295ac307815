// All guides, without any question asked.

import { announce, h, sign } from "./dom.js";
import { heading } from "./frame.js";
import { rich } from "./rich.js";
import { known, t } from "./words.js";

/** From what is looked after at home to emergencies, so that what is common is found first; then by name. */
const LEVELS = ["self_care", "routine", "soon", "urgent", "emergency"];
const byCare = (left, right) =>
  LEVELS.indexOf(left.care_level) - LEVELS.indexOf(right.care_level) || left.plain_name.localeCompare(right.plain_name);

/** Letters without accents and case, so that what is typed is found. */
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export function libraryPage(app) {
  const { conditions, body } = app.algos.core;
  const regions = new Map(body.regions.map((one) => [one.id, one.name]));
  const regionOf = (id) => known(regions.get(id) ?? id.replaceAll("_", " "));
  const rows = [...conditions].sort(byCare).map((one) => {
    const others = (one.also_called ?? []).filter((name) => name !== one.plain_name);
    const line = h("li", {},
      h("a", { href: `#/guides/${one.id}` }, h("span", { class: "title" }, rich(one.plain_name)),
        h("span", { class: "also" }, [one.name, ...others].map(known).join(" · "))));
    return { line, words: plain([one.plain_name, one.name, ...others, regionOf(one.region)].join(" ")), region: one.region };
  });
  const groups = [...new Set(conditions.map((one) => one.region))].map((region) => {
    const list = h("ul", { class: "guides" }, rows.filter((row) => row.region === region).map((row) => row.line));
    return { region, element: h("section", {}, h("h2", { class: "region-name" }, regionOf(region)), list) };
  });
  const size = (group) => rows.filter((row) => row.region === group.region).length;
  groups.sort((left, right) => size(right) - size(left) || (left.region < right.region ? -1 : 1));
  const nothing = h("p", { class: "nothing" }, t("library.nothing"));
  nothing.hidden = true;
  const input = h("input", { type: "search", id: "search", autocomplete: "off", oninput: search });

  function search() {
    const words = plain(input.value).split(/\s+/).filter(Boolean);
    for (const row of rows) row.line.hidden = !words.every((word) => row.words.includes(word));
    for (const group of groups) group.element.hidden = rows.every((row) => row.region !== group.region || row.line.hidden);
    const count = rows.filter((row) => !row.line.hidden).length;
    nothing.hidden = count > 0;
    announce(t("library.found", { count }));
  }

  return {
    kind: "library",
    title: t("library.title"),
    content: [
      heading(t("library.title")),
      h("p", { class: "lead" }, t("library.text")),
      h("div", { class: "search" }, h("label", { for: "search" }, t("library.search")), h("div", {}, sign("search"), input)),
      nothing,
      groups.map((group) => group.element),
    ],
  };
}
