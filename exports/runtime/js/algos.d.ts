/**
 * The Algos runtime for JavaScript: one module, no dependencies, for browsers and Node.
 *
 *     const algos = await load("https://example.org/pain/", { keys });   // refuses, or returns something to trust
 *     const step = algos.nextQuestion(answers);                          // what to ask, or why to stop
 *     const outcome = algos.assess(answers);                             // how urgent, what is likely, and why
 *     const guide = await algos.guide("low_back_spasm", outcome.advice); // what to do
 *
 * It is written to be read: somebody who ports it to Swift or Kotlin follows it from top to bottom, with
 * docs/semantics.md for what a rule means and docs/implementing-a-runtime.md for what a bundle is. It shares nothing
 * with the Python runtime but those pages, and is compared with it on many thousands of people.
 *
 * Contents: 1 refusals - 2 encodings - 3 signatures - 4 where bundles come from - 5 loading - 6 answers - 7 criteria -
 * 8 evaluating - 9 the outcome - 10 what could still become - 11 the interview - 12 English - 13 explaining -
 * 14 guides - 15 languages - 16 conformance - 17 following releases.
 */
import type * as T from "./types.js";
/** @import * as T from "./types.js" */
/** The version of the bundle's layout that this module reads. */
export declare const FORMAT = 1;
/** The version of the meaning of rules that this module implements. */
export declare const SEMANTICS = 1;
declare const CODES: {
    "bundle.encoding": string;
    "bundle.unsigned": string;
    "bundle.unknown-key": string;
    "bundle.signature": string;
    "bundle.revoked-key": string;
    "bundle.manifest": string;
    "bundle.altered-file": string;
    "bundle.missing-file": string;
    "bundle.extra-file": string;
    "bundle.size": string;
    "bundle.truncated": string;
    "bundle.older": string;
    "bundle.overdue": string;
    "bundle.semantics": string;
    "bundle.conformance": string;
    "bundle.content": string;
    "bundle.unreachable": string;
    "bundle.identity": string;
    "bundle.preview": string;
    "keys.file": string;
};
/** Why a bundle is not used. `code` and `reason` are those of every runtime; `where` and `what` are for people. */
export declare class RefusedError extends Error {
    code: string;
    reason: "bundle.altered-file" | "bundle.conformance" | "bundle.content" | "bundle.encoding" | "bundle.extra-file" | "bundle.identity" | "bundle.manifest" | "bundle.missing-file" | "bundle.older" | "bundle.overdue" | "bundle.preview" | "bundle.revoked-key" | "bundle.semantics" | "bundle.signature" | "bundle.size" | "bundle.truncated" | "bundle.unknown-key" | "bundle.unreachable" | "bundle.unsigned" | "keys.file";
    where: string;
    what: string;
    /** @param {keyof typeof CODES} reason @param {string} where @param {string} what */
    constructor(reason: keyof typeof CODES, where: string, what: string);
}
/** Answers outside their questions' domains: one problem for each. */
export declare class AnswersError extends Error {
    problems: {
        question: string;
        what: string;
        allowed: string;
    }[];
    /** @param {{question: string, what: string, allowed: string}[]} problems */
    constructor(problems: {
        question: string;
        what: string;
        allowed: string;
    }[]);
}
/**
 * The one text of a JSON value: RFC 8785. JavaScript writes numbers and strings as the RFC asks, so only the order of
 * keys is left to do.
 * @param {unknown} value @returns {string}
 */
export declare function canonical(value: unknown): string;
/**
 * A bundle that may be used, or a RefusedError with the reason. Whoever calls keeps the last good one until then.
 *
 * The signatures, the manifest, the core and its conformance cases are checked before anything is returned; the files
 * of guides when they are asked for, and every one of them by `verifyAll`. All files of an archive are checked at once.
 *
 * @param {string | URL | Uint8Array | T.Source} place a web address, the bytes of an archive, or a source of your own
 * @param {T.Options} options
 * @returns {Promise<Algos>}
 */
export declare function load(place: string | URL | Uint8Array | T.Source, options: T.Options): Promise<Algos>;
/** A bundle that was verified, ready to be asked. */
export declare class Algos {
    #private;
    /** What the bundle is. */
    manifest: T.Manifest;
    /** Questions, texts and settings as their authors wrote them, or in the language that was asked for. */
    core: T.Core;
    /** The same as their authors wrote them, whatever language was asked for. */
    written: T.Core;
    /** What to tell people about it: past its review date, a preview, not reviewed by a clinician. @type {string[]} */
    warnings: string[];
    /**
     * @param {T.Manifest} manifest @param {(keyof typeof SENTENCES)[]} notices @param {Knowledge} knowledge
     * @param {(path: string) => Promise<Uint8Array>} bytes @param {(path: string) => Promise<any>} json
     */
    constructor(manifest: T.Manifest, notices: (keyof typeof SENTENCES)[], knowledge: Knowledge, bytes: (path: string) => Promise<Uint8Array>, json: (path: string) => Promise<any>);
    /** Warn of these from now on: a follower looks again whether the review date has passed. @param {(keyof typeof SENTENCES)[]} notices */
    notice(notices: (keyof typeof SENTENCES)[]): void;
    /** What to remember, and to give as `last` when the app starts again: nothing older is accepted then. */
    get accepted(): {
        kb: string;
        version: number;
        content: string;
    };
    /**
     * The language that is told: its name, direction, emergency numbers, and the places without a translation.
     * @returns {T.Locale}
     */
    get locale(): T.Locale;
    /**
     * The emergency numbers in a region (`GB`), or where nobody knows the region; null where the bundle has none.
     * @param {string | null} region @returns {T.EmergencyNumbers | null}
     */
    emergency(region?: string | null): T.EmergencyNumbers | null;
    /**
     * The language of a text that was told: the one it was written in while nobody has translated it.
     * @param {string} text
     */
    languageOf(text: string): string;
    /**
     * A question as its author wrote it; its options are there even where they come from the body map.
     * @param {string} name
     */
    question(name: string): {
        sources?: T.Citation[];
        judgement?: string | null;
        id: string;
        name: string;
        text: string;
        help?: string | null;
        why?: string | null;
        type: "boolean" | "choice" | "choices" | "integer" | "decimal";
        by?: "patient" | "clinician";
        screen?: string | null;
        ask_when?: T.Criterion | null;
        options_from?: "body" | null;
        unit?: string | null;
        min?: number | null;
        max?: number | null;
        options: readonly T.Option[];
    };
    /**
     * How urgent it is, what has to be ruled out, what is likely, and why.
     * @param {T.RawAnswers} answers @returns {T.Outcome}
     */
    assess(answers: T.RawAnswers): T.Outcome;
    /**
     * The questions of the next screen, or why the interview is over.
     * @param {T.RawAnswers} answers @param {number} screensShown how many screens were shown so far
     * @returns {T.Step}
     */
    nextQuestion(answers: T.RawAnswers, screensShown?: number): T.Step;
    /**
     * Why the outcome is what it is; or why a condition or a rule is not part of it, or is.
     * @param {T.RawAnswers} answers @param {string | null} about the id of a condition or a rule; null: the outcome
     * @returns {T.Explanation}
     */
    explain(answers: T.RawAnswers, about?: string | null): T.Explanation;
    /**
     * Which single answers, given otherwise, would change the urgency or the first condition; those that change the
     * urgency first, the most urgent of them first. Only answered questions are looked at, "not sure" among them.
     * @param {T.RawAnswers} answers @param {number} most at most so many @returns {T.Change[]}
     */
    changes(answers: T.RawAnswers, most?: number): T.Change[];
    /**
     * A condition's guide. `advice` is what an outcome advises one person; without it every advice block is shown, each
     * with whom it is for.
     * @param {string} condition @param {readonly string[] | null} advice @returns {Promise<T.GuideView>}
     */
    guide(condition: string, advice?: readonly string[] | null): Promise<T.GuideView>;
    /**
     * The path of a condition's guide as PDF, for `file`: in the language that is told where there is one in it.
     * @param {string} condition
     */
    paper(condition: string): string;
    /** The bytes of a file of the bundle, such as a picture or a guide's PDF, verified. @param {string} path */
    file(path: string): Promise<Uint8Array<ArrayBufferLike>>;
    /** Check every file and every conformance case: for a server's start, a build, or a moment of leisure. */
    verifyAll(): Promise<void>;
    /** For conformance: everything in which two evaluators have to agree. @param {T.RawAnswers} answers */
    expected(answers: T.RawAnswers): T.ExpectedOutcome;
}
/**
 * A knowledge base made ready to ask and assess people. What the core holds as lists is here by id, and criteria are
 * functions.
 */
declare class Knowledge {
    #private;
    core: T.Core;
    words: Words;
    questions: Map<string, T.Question>;
    sectionOf: Map<string, T.Section>;
    terms: Map<string, T.Term>;
    rules: Map<string, T.Rule>;
    conditions: Map<string, T.CoreCondition>;
    bodyParts: {
        id: string;
        text: string;
    }[];
    /** Finding or score to the rules that conclude it. @type {Map<string, T.Rule[]>} */
    concludedBy: Map<string, T.Rule[]>;
    /** Where each rule stands in the list of rules, and so in a person's truths. */
    place: Map<string, number>;
    /** Advice to the rules that give it. @type {Map<string, T.Rule[]>} */
    adviceRules: Map<string, T.Rule[]>;
    /** @type {T.Rule[]} */
    redFlags: T.Rule[];
    /** Condition to its groups, in each of which only the strongest each way counts. @type {Map<string, Group[]>} */
    evidence: Map<string, Group[]>;
    /** Condition to the red flags that suspect it. */
    flagsOf: Map<string, T.Rule[]>;
    order: {
        kind: "question" | "finding" | "score";
        name: string;
    }[];
    /** Each point rule's points as a whole number of 1/scale. @type {Map<string, number>} */
    points: Map<string, number>;
    /** Every criterion that was asked for, as a function of a person. @type {Map<T.Criterion, Test>} */
    tests: Map<T.Criterion, Test>;
    /** What is left when findings and scores are derived. @type {{at: number, test: Test}[]} */
    concluding: {
        at: number;
        test: Test;
    }[];
    /** @param {T.Core} core @param {Words} words the language that the core is in */
    constructor(core: T.Core, words: Words);
    /** @param {T.Rule} rule */
    at(rule: T.Rule): number;
    /**
     * The options of a question, wherever they come from.
     * @param {T.Question} question @returns {readonly T.Option[]}
     */
    options(question: T.Question): readonly T.Option[];
    /** A condition's own thresholds, or the knowledge base's. @param {T.Condition} condition */
    thresholds(condition: T.Condition): T.Thresholds;
    /**
     * Answers inside their questions' domains. Nothing is coerced: `"yes"` is not true, and `true` is not 1.
     * @param {T.RawAnswers} raw @returns {Answers}
     */
    readAnswers(raw: T.RawAnswers): Answers;
    /** What everything is for these answers. @param {Answers} answers @returns {Person} */
    evaluate(answers: Answers): Person;
    /** @param {T.Criterion} criterion of this knowledge base, or a part of one @returns {Test} */
    test(criterion: T.Criterion): Test;
    /** @param {T.Criterion} criterion @param {Person} person @returns {Truth} */
    truth(criterion: T.Criterion, person: Person): Truth;
    /** @param {string} score */
    scale(score: string): number;
}
/** What one person answered: values, and the questions answered with "I'm not sure". */
declare class Answers {
    /** @type {Map<string, Value>} */
    values: Map<string, Value>;
    /** @type {Set<string>} */
    unsure: Set<string>;
    /** @param {string} name */
    answered(name: string): boolean;
}
/** What everything is for one person. */
declare class Person {
    #private;
    answers: Answers;
    /** The answers that count: those to questions that do not apply are set aside. */
    values: Map<string, Value>;
    /** @type {Map<string, Truth>} */
    applies: Map<string, Truth>;
    /** @type {Map<string, Truth>} */
    findings: Map<string, Truth>;
    /** @type {Map<string, [number, number]>} */
    scores: Map<string, [number, number]>;
    /** Each rule's truth, in the order of the rules. */
    truths: Uint8Array<ArrayBuffer>;
    /** @type {string[]} */
    setAside: string[];
    /** @param {Knowledge} kb @param {Answers} answers */
    constructor(kb: Knowledge, answers: Answers);
    /** @param {T.Rule} rule @returns {Truth} */
    truth(rule: T.Rule): Truth;
}
export type Chosen = {
    yes: Set<string>;
    unsure: Set<string>;
};
export type Value = boolean | number | string | Chosen;
export type Truth = 0 | 1 | 2;
export type Test = (person: Person) => Truth;
export type Comparing = {
    operator: "is" | "in" | "includes" | "gte" | "gt" | "lte" | "lt";
    operand: any;
};
export type Side = {
    rule: T.Rule;
    at: number;
    strength: number;
}[];
export type Group = {
    for: Side;
    against: Side;
};
/** From the least to the most urgent. */
declare const LEVELS: readonly ["self_care", "routine", "soon", "urgent", "emergency"];
export type Urgency = typeof LEVELS[number];
export type Mask = number;
export type Cell = {
    mask: Mask;
    asks: bigint;
    met: boolean;
};
export type Reach = (reached: Reached) => Cell;
export type Ends = [number, number, number, number];
/** @typedef {(reached: Reached) => Cell} Reach */
/**
 * The least and the most that the low end, then the high end, of a score can become.
 * @typedef {[number, number, number, number]} Ends
 */
/** What everything could still become, for the answers so far. */
declare class Reached {
    #private;
    answers: Answers;
    /** @type {Map<string, Cell>} */
    gates: Map<string, Cell>;
    /** @type {Map<string, Cell>} */
    findings: Map<string, Cell>;
    /** @type {Map<string, {ends: Ends, asks: bigint}>} */
    scores: Map<string, {
        ends: Ends;
        asks: bigint;
    }>;
    /** Each rule's cell, in the order of the rules. @type {Cell[]} */
    cells: Cell[];
    /** @type {Map<string, Cell>} */
    conditions: Map<string, Cell>;
    /** @param {Knowledge} kb @param {Answers} answers */
    constructor(kb: Knowledge, answers: Answers);
    /** @param {T.Rule} rule */
    rule(rule: T.Rule): Cell;
}
export type Prospect = {
    low: number;
    high: number;
    statuses: Set<T.Status>;
    withinReach: Mask;
    surelyLikely: Mask;
    considered: Mask;
    decisive: Decisive[];
    asks: bigint;
};
export type Decisive = {
    id: string;
    asks: bigint;
    gain: number;
}[];
export type Tier = {
    asks: bigint;
    flags: T.Rule[];
    conditions: string[];
    decides: boolean;
};
/** What is said around the texts of a knowledge base; translations stand at `runtime/<name>`. */
declare const SENTENCES: {
    likely: string;
    possible: string;
    open_red_flag: string;
    self_care: string;
    floor: string;
    preview: string;
    overdue: string;
    not_approved: string;
};
/** What a bundle says in one language. Text that nobody has translated is told as it was written, and noted. */
declare class Words {
    #private;
    source: string;
    language: string;
    locale: T.BundleLocale | null;
    sentences: {
        likely: string;
        possible: string;
        open_red_flag: string;
        self_care: string;
        floor: string;
        preview: string;
        overdue: string;
        not_approved: string;
    };
    /** Places without translation. @type {Set<string>} */
    missing: Set<string>;
    /** The core before it was told in this language. @type {T.Core | null} */
    written: T.Core | null;
    /** @param {string} source the records' own @param {string} language @param {T.BundleLocale | null} locale */
    constructor(source: string, language: string, locale: T.BundleLocale | null);
    /** @param {string} place @param {string} text @returns {string} */
    say(place: string, text: string): string;
    /**
     * A record with some of its texts, and lists of texts, in this language.
     * @template {object} R @param {R} record @param {string} place @param {...(keyof R & string)} keys @returns {R}
     */
    each<R extends object>(record: R, place: string, ...keys: (keyof R & string)[]): R;
    /**
     * Records that stand in a list, numbered from 1.
     * @template {object} R @param {readonly R[] | undefined} records @param {string} place
     * @param {...(keyof R & string)} keys @returns {R[]}
     */
    all<R extends object>(records: readonly R[] | undefined, place: string, ...keys: (keyof R & string)[]): R[];
    /** A sentence about something that has a name. @param {keyof typeof SENTENCES} sentence @param {string} name */
    about(sentence: keyof typeof SENTENCES, name: string): string;
    /** The language that a text is in. @param {string} text */
    languageOf(text: string): string;
    /** The core in this language. Rules read as they were written. @param {T.Core} core @returns {T.Core} */
    core(core: T.Core): T.Core;
    /** A condition's guide in this language. @param {string} condition @param {any} guide */
    guide(condition: string, guide: any): any;
    /** An exercise of the library in this language. @param {any} exercise */
    exercise(exercise: any): any;
}
/**
 * The whole interview of a person who gives these answers, and "not sure" to everything else.
 * @param {Algos} algos @param {T.RawAnswers} person
 */
export declare function transcript(algos: Algos, person: T.RawAnswers): {
    screens: string[][];
    stop: "budget" | "emergency" | "settled";
    urgency: T.Urgency;
};
export type FollowOptions = T.Options & {
    every?: number;
    taken?: (algos: Algos) => void | Promise<void>;
    refused?: (error: RefusedError) => void;
};
/**
 * `every`: seconds between two checks; without it, whoever follows calls `check`. `taken` is called with each bundle
 * that is taken, and is the place to remember its `accepted`; `refused` with the reason for which one was not taken.
 * @typedef {T.Options & {every?: number, taken?: (algos: Algos) => void | Promise<void>,
 *   refused?: (error: RefusedError) => void}} FollowOptions
 */
/**
 * A bundle that keeps itself up to date: `current` is always the last good one, whole. A new release is fetched,
 * verified and only then put in its place; a refused one is told to `refused` and forgotten.
 */
export declare class Follower {
    #private;
    /** The last good bundle. @type {Algos | null} */
    current: Algos | null;
    /** Why the bundle that was looked at last was refused; null where it was taken, then or before. @type {RefusedError | null} */
    reason: RefusedError | null;
    /** @param {string | URL} address @param {FollowOptions} options */
    constructor(address: string | URL, options: FollowOptions);
    /** Look once whether there is a new release; whether one was taken. At most one check runs at a time. */
    check(): Promise<boolean>;
    /** Check every so many seconds, until `stop`. @param {number} seconds */
    start(seconds: number): void;
    /** Check no more. */
    stop(): void;
}
/**
 * Follow the releases at a web address. Resolves once the first bundle is there; rejects where there is none to use.
 * @param {string | URL} address @param {FollowOptions} options
 */
export declare function follow(address: string | URL, options: FollowOptions): Promise<Follower>;
export {};
