// Whom to call: the emergency number of the place where the person is, as the bundle's locale has it.

import { h, sign } from "./dom.js";
import { keep, kept } from "./store.js";
import { known, language, t } from "./words.js";

/** The numbers by region that the bundle knows. @returns {Record<string, string>} */
const numbers = (algos) => algos?.locale?.emergency ?? {};

/** Where the person is: as they chose, or as their browser's languages say; null where nobody knows. */
function region(algos) {
  const all = numbers(algos);
  const wished = navigator.languages.map((one) => new Intl.Locale(one).region);
  return [kept("region"), ...wished].find((one) => one && all[one]) ?? null;
}

/** The number to call, or null. */
export const emergencyNumber = (algos) => numbers(algos)[region(algos)] ?? null;

/** A large button that calls, or the words for whom nobody can tell the number. */
export function callButton(algos) {
  const number = emergencyNumber(algos);
  if (!number) return h("p", { class: "call-unknown" }, t("emergency.callLocal"));
  return h("a", { class: "button call", href: `tel:${number}` }, sign("phone"), h("span", {}, t("emergency.call", { number: known(number) })));
}

/** Where are you? Nothing where the bundle knows no numbers. */
export function regionChoice(algos, changed) {
  const all = numbers(algos);
  if (!Object.keys(all).length) return null;
  const names = new Intl.DisplayNames([language.tag], { type: "region" });
  const rows = Object.keys(all).map((one) => [one, known(names.of(one))]).sort((left, right) => left[1].localeCompare(right[1]));
  const here = region(algos);
  const select = h("select", { id: "region", onchange: () => { keep("region", select.value); changed(); } },
    !here && h("option", { value: "" }, t("region.choose")),
    rows.map(([one, name]) => h("option", { value: one, selected: one === here }, `${name}: ${all[one]}`)));
  return h("p", { class: "region" }, h("label", { for: "region" }, t("region.label")), select);
}
