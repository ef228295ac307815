// A guide on paper: the PDF that was made with the release.

import { announce, button, h, save } from "./dom.js";
import { t } from "./words.js";

/** A button that fetches a condition's guide, verifies it and lets the browser keep it. */
export function paper(app, id, kind = "quiet") {
  const fetchPaper = async () => {
    try {
      const bytes = await app.algos.file(app.algos.paper(id));
      save(new Blob([bytes], { type: "application/pdf" }), `${id.replaceAll("_", "-")}.pdf`);
      announce(t("guide.saved"));
    } catch (error) {
      told.textContent = t(error.reason === "bundle.unreachable" ? "guide.noNetwork" : "guide.noPaper");
    }
  };
  const told = h("span", { class: "told", role: "alert" });
  return h("span", { class: "paper" }, button(t("guide.pdf"), fetchPaper, kind, "down"), told);
}
