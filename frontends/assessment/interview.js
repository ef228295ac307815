// The interview: which screens there are for the answers that were given. Nothing here draws.
//
// The path is always what the bundle would ask somebody who gives these answers from the start. So a changed answer
// keeps every other one, and only what has none is asked.

/** @import * as T from "./types.js" */
import { forget, keep, kept } from "./store.js";

const KEPT = "answers";
/** Answers older than this are asked again: pain changes, and so do warning signs. */
const HOURS = 24;

const recent = (at) => Date.now() - at < HOURS * 3_600_000;
const same = (left, right) => JSON.stringify(left) === JSON.stringify(right);

export class Interview {
  #algos;
  /** The screens that were worked out, each with the answers that it had then. @type {(T.Step & {given?: any[]})[]} */
  #path = [];
  /** When something was last answered, in milliseconds. */
  #at = 0;

  constructor(algos) {
    this.#algos = algos;
    /** Every answer that was given, those of screens that are no longer asked among them. @type {Record<string, any>} */
    this.all = {};
    /** The most of the way that was reached, 0 to 1. */
    this.furthest = 0;
    const before = kept(KEPT);
    const { kb, content } = algos.manifest;
    const usable = before?.kb === kb && before.content === content && recent(before.at);
    if (before && !usable) forget(KEPT);
    if (usable) [this.all, this.furthest, this.#at] = [before.answers, before.furthest, before.at];
    try {
      algos.assess(this.all);
    } catch {
      this.forget(); // somebody else wrote there
    }
  }

  /** Whether what was answered is so old that it is asked again: a page may stay open for days. */
  get old() {
    return this.begun && !recent(this.#at);
  }

  /** Whether something was answered. */
  get begun() {
    return Object.keys(this.all).length > 0;
  }

  /**
   * The screens up to the first that is not answered, the answers on them, and why there are no more.
   * @returns {{screens: string[][], answers: Record<string, any>, stop: string | null}}
   */
  path() {
    const screens = [];
    const answers = {};
    let unchanged = true; // so far every screen has the answers that it had when the next one was worked out
    for (;;) {
      const at = screens.length;
      const step = (unchanged && this.#path[at]) || this.#algos.nextQuestion(answers, at);
      this.#path[at] = step;
      if (step.stop) return { screens, answers, stop: step.stop };
      screens.push(step.questions);
      const given = step.questions.map((id) => this.all[id]);
      if (!same(step.given, given)) unchanged = false;
      step.given = given;
      if (!step.questions.every((id) => id in this.all)) return { screens, answers, stop: null };
      for (const id of step.questions) answers[id] = this.all[id];
    }
  }

  /** Take the answers of one screen. */
  answer(given) {
    Object.assign(this.all, given);
    this.furthest = Math.max(this.furthest, this.#fraction());
    this.#keep();
  }

  #fraction() {
    const { screens, stop } = this.path();
    if (stop) return 1;
    const done = screens.length - 1;
    const budget = this.#algos.core.settings.interview.question_budget;
    return done / Math.max(budget, done + 2);
  }

  #keep() {
    const { kb, content } = this.#algos.manifest;
    this.#at = Date.now();
    this.kept = keep(KEPT, { kb, content, at: this.#at, answers: this.all, furthest: this.furthest });
  }

  /** Begin anew, and leave nothing on this device. */
  forget() {
    this.all = {};
    this.furthest = 0;
    this.#path = [];
    forget(KEPT);
  }
}
