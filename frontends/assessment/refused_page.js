// When there is nothing to ask from: said plainly, with what to do instead. Never half a questionnaire.

import { RefusedError } from "./algos.js";
import { button, h, way } from "./dom.js";
import { emergencyBox, heading } from "./frame.js";
import { t } from "./words.js";

/** What passes by itself: no network, or a host that is being changed. */
const PASSING = ["bundle.unreachable", "bundle.truncated"];

/** Whether this browser lacks what the pages are written with, or the page came without https. */
const old = () => !globalThis.crypto?.subtle || !Object.hasOwn || !Array.prototype.at;

/** What is the matter: the content is not to be trusted, the browser cannot, there is no network, or the page is at fault. */
function kindOf(error) {
  if (error?.name === "NotSupportedError" || old()) return "unable";
  if (error instanceof RefusedError) return PASSING.includes(error.reason) ? "network" : "unsafe";
  return error instanceof TypeError ? "network" : "broken"; // a script that cannot be fetched is a TypeError
}

/** Why the pages cannot be used, and where to get help meanwhile. */
export function refusedPage(error) {
  const kind = kindOf(error);
  const code = error instanceof RefusedError ? `${error.code} ${error.reason}: ${error.what}` : String(error);
  return {
    kind: "narrow refused",
    title: t(`refused.${kind}.title`),
    content: [
      heading(t(`refused.${kind}.title`)),
      emergencyBox(null),
      h("p", { class: "lead" }, t(`refused.${kind}.text`)),
      h("p", {}, t("refused.instead")),
      h("p", {}, button(t("refused.again"), () => location.reload())),
      h("details", {}, h("summary", {}, t("refused.details")), h("p", { class: "code" }, code)),
    ],
  };
}

/** There is no such page. */
export function missingPage() {
  return {
    kind: "narrow",
    title: t("missing.title"),
    content: [heading(t("missing.title")), h("p", {}, way(t("missing.start"), "#/"))],
  };
}
