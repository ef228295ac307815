// The start: load what is needed, then show the page that the address names.

import { RefusedError } from "./algos.js";
import { answersPage } from "./answers_page.js";
import { about, open, settle } from "./bundle.js";
import { flat } from "./dom.js";
import { emergencyPage } from "./emergency_page.js";
import { frame } from "./frame.js";
import { Interview } from "./interview.js";
import { questionPage } from "./question_page.js";
import { missingPage, refusedPage } from "./refused_page.js";
import { resultPage } from "./result_page.js";
import { startPage } from "./start_page.js";
import { worker } from "./trusted.js";
import { learn, t } from "./words.js";

/** What every page gets: the bundle, the interview, and the outcome of the answers so far. */
class App {
  #outcome = null;
  #for = "";

  constructor(algos, site) {
    this.algos = algos;
    this.site = site;
    this.interview = new Interview(algos);
  }

  /** How far the interview is, and its outcome once it is over. */
  get result() {
    const path = this.interview.path();
    if (path.stop === null) return { ...path, outcome: null };
    const key = JSON.stringify(path.answers);
    if (key !== this.#for) [this.#for, this.#outcome] = [key, this.algos.assess(path.answers)];
    return { ...path, outcome: this.#outcome };
  }

  /** Where the interview stands: the next screen, or the result. */
  get next() {
    const { screens, stop } = this.interview.path();
    return stop === null ? `#/question/${screens.length}` : "#/result";
  }

  go(address, replace = false) {
    if (replace) location.replace(address);
    else location.hash = address;
  }

  /** Draw the page anew. */
  again() {
    return show(this);
  }
}

/** The page of an address: its contents, and its name for the window. What few need is fetched when it is. */
async function pageOf(app) {
  const [name = "", which = ""] = decodeURIComponent(location.hash.replace(/^#\/?/, "")).split("/");
  switch (name) {
    case "":
      return startPage(app);
    case "question":
      return questionPage(app, Number(which));
    case "result": {
      const { outcome } = app.result;
      if (!outcome) return questionPage(app, NaN);
      return outcome.urgency === "emergency" ? emergencyPage(app) : resultPage(app);
    }
    case "answers":
      return answersPage(app);
    case "summary":
      return (await import("./summary_page.js")).summaryPage(app);
    case "guides":
      if (!which) return (await import("./library_page.js")).libraryPage(app);
      return (await import("./guide_page.js")).guidePage(app, which, false);
    case "my-guide":
      return (await import("./guide_page.js")).guidePage(app, which, true);
    default:
      return missingPage();
  }
}

let shown = 0;

async function show(app) {
  if (app.interview.old) return location.reload(); // which begins anew, with the newest release
  const mine = (shown += 1);
  const first = mine === 1;
  let page;
  try {
    page = await pageOf(app);
  } catch (error) {
    page = refusedPage(error);
  }
  if (mine !== shown || !page) return; // somebody went on meanwhile, or was sent on
  const main = frame(app.algos, app.site);
  main.className = page.kind ?? "";
  main.replaceChildren(...flat(page.content));
  document.title = page.title ? `${page.title} – ${t("name")}` : t("name");
  scrollTo(0, 0);
  if (!first || location.hash.length > 2) main.querySelector("h1")?.focus({ preventScroll: true });
  page.after?.(main);
  document.documentElement.dataset.shown = location.hash;
}

async function start() {
  let site = { languages: ["en"], preview: false };
  try {
    site = await about();
    await learn(site.languages);
    const app = new App(await open(site), site);
    addEventListener("hashchange", () => show(app));
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && app.interview.old) location.reload();
    });
    await show(app);
    offline(app);
  } catch (error) {
    try {
      await learn(["en"]);
    } catch {
      document.querySelector(".wait")?.classList.add("over"); // there are no words but those that came with index.html
      throw error;
    }
    const page = refusedPage(error);
    const main = frame(null, site);
    main.className = page.kind;
    main.replaceChildren(...flat(page.content));
    document.title = t("name");
    main.querySelector("h1").focus();
    if (!(error instanceof RefusedError)) console.error(error);
  }
}

/** Make the next visit possible without a network, in a moment of leisure. */
async function offline({ algos, site }) {
  const workers = navigator.serviceWorker;
  if (!workers || site.preview) return;
  try {
    await workers.register(worker());
    await workers.ready;
    if (!workers.controller) await new Promise((done) => workers.addEventListener("controllerchange", done, { once: true }));
    await settle(algos);
    document.documentElement.dataset.offline = "ready";
  } catch (error) {
    console.info(`Without a network this page will not open: ${error}`);
  }
}

await start();
document.documentElement.dataset.ready = String(Math.round(performance.now())); // milliseconds since the visit began
