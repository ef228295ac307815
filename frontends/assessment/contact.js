// Whom to call: the emergency number of the place where the person is, as the bundle's locale has it.

import { h, sign } from "./dom.js";
import { rich } from "./rich.js";
import { keep, kept } from "./store.js";
import { known, language, t, wished } from "./words.js";

/** The regions whose numbers the bundle knows. @returns {string[]} */
const regions = (algos) => (algos?.locale.emergency?.places ?? []).flatMap((one) => one.regions);

/** Where the person is: as they chose, or as their browser's languages say; null where nobody knows. */
function region(algos) {
  const chosen = kept("region");
  const likely = chosen === null ? wished.map((one) => new Intl.Locale(one).region) : [chosen];
  return likely.find((one) => regions(algos).includes(one)) ?? null;
}

/** The numbers to call, the first of them first, and how they are told; null where the bundle has none. */
export const emergency = (algos) => algos?.emergency(region(algos)) ?? null;

/** A large button that calls, and the words for where it may not be the right number. */
export function callButton(algos) {
  const found = emergency(algos);
  if (!found) return h("p", { class: "call-unknown" }, t("emergency.callLocal"));
  const [number] = found.numbers;
  return h("div", { class: "calling" },
    h("a", { class: "button call", href: `tel:${number}` }, sign("phone"), h("span", {}, t("emergency.call", { number: known(number) }))),
    h("p", {}, rich(found.label)));
}

/** Where are you? Nothing where the bundle knows no regions. */
export function regionChoice(algos, changed) {
  const all = regions(algos);
  if (!all.length) return null;
  const names = new Intl.DisplayNames([language.tag], { type: "region" });
  const rows = all.map((one) => [one, known(names.of(one))]).sort((left, right) => left[1].localeCompare(right[1]));
  const here = region(algos);
  const choose = () => {
    keep("region", select.value);
    changed();
  };
  const select = h("select", { id: "region", onchange: choose },
    h("option", { value: "", selected: !here }, t("region.other")),
    rows.map(([one, name]) => h("option", { value: one, selected: one === here }, name)));
  return h("p", { class: "region" }, h("label", { for: "region" }, t("region.label")), select);
}
