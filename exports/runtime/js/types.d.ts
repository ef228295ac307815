/** The types of the runtime. What stands in a bundle comes from its JSON Schemas (`generated.d.ts`). */

export * from "./generated.js";
import type {
  BundleFile,
  ConditionView,
  CoreCondition,
  Emergency,
  FactIs,
  FindingIs,
  Manifest,
  ScoreIs,
  Urgency,
} from "./generated.js";

/** A condition of the core: without its guide. */
export type Condition = CoreCondition;
/** A criterion that compares something. */
export type Comparison = FactIs | FindingIs | ScoreIs;
export type Status = ConditionView["status"];

/** Question to answer: a value of its domain, or "unknown" for "I'm not sure"; what was not asked is left out. */
export type RawAnswers = Record<string, unknown>;

/** Where a bundle comes from. */
export interface Source {
  /** The bytes of `manifest.jws`. */
  manifest(): Promise<Uint8Array>;
  /**
   * The bytes of a file that the manifest lists; they are verified afterwards. `again` where what came before was
   * altered or cut: past any cache, then.
   */
  read(file: BundleFile, again?: boolean): Promise<Uint8Array>;
  /** Refuses what does not belong there, once the manifest is known to be genuine. */
  check?(manifest: Manifest): Promise<void>;
}

/** The bundle that was accepted last. */
export interface Accepted {
  kb: string;
  version: number;
  content: string;
}

export interface Options {
  /** The public keys that you trust, as a JWK Set. */
  keys: { keys: Record<string, unknown>[] };
  /** How many of them have to have signed; 1 if left out. */
  required?: number;
  /** The `accepted` of the bundle that was used before: nothing older is accepted after it. */
  last?: Accepted | null;
  /** What becomes of a bundle past its review date; "refuse" if left out. */
  overdue?: "refuse" | "warn";
  /** Whether a preview may be used: for authors, never for patients. */
  preview?: boolean;
  /** The day, as `2026-11-26`; the clock's (UTC) if left out. */
  today?: string;
  /** The language (BCP 47) to tell texts in, where they are translated; the records' own if left out. */
  language?: string;
  /** Used instead of the global `fetch`. */
  fetch?: typeof fetch;
  /**
   * Verifies an Ed25519 signature (RFC 8032) where Web Crypto cannot, as in browsers before 2025; `verifyAsync` of the
   * npm package `@noble/ed25519` does. Left out, such a platform throws what it throws: "NotSupportedError" as a rule.
   */
  ed25519?: (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array) => boolean | Promise<boolean>;
}

/** The language that is told. */
export interface Locale {
  language: string;
  /** The language's name in that language. */
  name: string;
  direction: "ltr" | "rtl";
  /** Null where the bundle has none. */
  emergency: Emergency | null;
  /** The places that have no translation, but for guides: these say what they miss themselves. */
  missing: string[];
}

/** The next screen, or why the interview is over. */
export interface Step {
  questions: string[];
  /** The rules for which they are asked. */
  asked_for: string[];
  stop: "emergency" | "settled" | "budget" | null;
  /** The least and the most urgent that the outcome can still become. */
  lowest: Urgency;
  highest: Urgency;
}

export interface Explanation {
  /** The condition or rule that it is about; null: the outcome. */
  about: string | null;
  name: string | null;
  text: string;
  traces: Trace[];
}

/** One answer given otherwise, and what the outcome would be with it. */
export interface Change {
  question: string;
  answer: unknown;
  urgency: Urgency;
  /** The id of the condition that would be told first. */
  first: string | null;
}

/** A rule with what each part of it is for this person. */
export interface Trace {
  rule: string;
  title: string;
  truth: "true" | "false" | "unknown";
  lines: TraceLine[];
  sources: string[];
}

export interface TraceLine {
  depth: number;
  text: string;
  truth: "true" | "false" | "unknown";
  /** For a comparison on an answer: the question. */
  question: string | null;
}

/** What a statement rests on: numbers in the lists of references and judgements. */
export interface Marks {
  sources: number[];
  judgements: number[];
}

/** A guide in reading order. Texts may hold **bold** and [links](https://...). */
export interface GuideView {
  id: string;
  name: string;
  plain_name: string;
  also_called: readonly string[];
  summary: string;
  /** The most urgent warning signs where they need care the same day: to be told at the top as well. */
  at_once: GuideSign[];
  sections: { id: string; title: string; statements: GuideStatement[] }[];
  exercises: GuideExercise[];
  /** All warning signs, the most urgent first. */
  watch_for: GuideSign[];
  references: { number: number; locators: string[]; source: Record<string, unknown> }[];
  judgements: { number: number; text: string }[];
  not_a_diagnosis: string;
  /** What to say on it while no clinician has approved it. */
  unreviewed: string | null;
  review_by: string;
  /** The path of the guide on paper, for `file`: in the language that is told where there is one in it. */
  pdf: string;
  /** The places in it that have no translation. */
  missing: string[];
}

export interface GuideStatement extends Marks {
  text: string;
  /** Something to do. */
  action: boolean;
  contested: string | null;
  /** In the library's guide: for whom it is. Any of these will do. */
  only_for: string[];
}

export interface GuideSign extends Marks {
  sign: string;
  go: string;
  urgency: Urgency;
}

export interface GuideExercise extends Marks {
  id: string;
  name: string;
  aim: string;
  start: string;
  dose: string;
  /** Each drawing's path, for `file`, and what it shows in words. */
  pictures: { path: string; alt: string }[];
  steps: string[];
  progression: string;
  easier: string;
  stop_if: string;
}
