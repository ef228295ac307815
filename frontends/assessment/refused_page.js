// When there is nothing to ask from: said plainly, with what to do instead. Never half a questionnaire.

import { RefusedError } from "./algos.js";
import { button, h, way } from "./dom.js";
import { emergencyBox, heading } from "./frame.js";
import { t } from "./words.js";

/** Why the pages cannot be used, and where to get help meanwhile. */
export function refusedPage(error) {
  const passing = error?.reason === "bundle.unreachable" || error?.reason === "bundle.truncated" || error instanceof TypeError;
  const unable = error?.name === "NotSupportedError" || !globalThis.crypto?.subtle;
  const kind = unable ? "unable" : passing ? "network" : "unsafe";
  const code = error instanceof RefusedError ? `${error.code} ${error.reason}: ${error.what}` : String(error);
  return {
    kind: "narrow refused",
    title: t(`refused.${kind}.title`),
    content: [
      heading(t(`refused.${kind}.title`)),
      h("p", { class: "lead" }, t(`refused.${kind}.text`)),
      h("p", {}, t("refused.instead")),
      h("p", {}, button(t("refused.again"), () => location.reload())),
      emergencyBox(null),
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
