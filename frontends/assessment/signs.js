// Warning signs: what to watch for, and what to do then.

import { h } from "./dom.js";
import { rich } from "./rich.js";

/** Warning signs by what to do about them; `marks` is what stands behind each. */
export function signs(app, all, marks = () => null) {
  const groups = new Map();
  for (const one of all) groups.set(`${one.urgency} ${one.go}`, [...(groups.get(`${one.urgency} ${one.go}`) ?? []), one]);
  return [...groups.values()].map((group) =>
    h("div", { class: `signs ${group[0].urgency}` },
      h("p", { class: "go" }, h("strong", {}, rich(app.algos.core.settings.urgency[group[0].urgency].name)), h("span", {}, rich(group[0].go))),
      h("ul", {}, group.map((one) => h("li", {}, rich(one.sign), marks(one))))));
}
