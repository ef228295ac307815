/** Written by `python -m exports.bundle.publish`. Schemas: 670d2a5655f1e69fc973389d260f5d28b2ef58e99ab19faf700f28e0612f2204 */

export type Criterion = FactIs | FindingIs | ScoreIs | All | AnyOf | Not | AtLeast;
/**
 * How soon somebody should be seen, from now to not at all.
 */
export type Urgency = "emergency" | "urgent" | "soon" | "routine" | "self_care";
/**
 * This interface was referenced by `undefined`'s JSON-Schema definition
 * via the `patternProperty` "^[a-z][a-z0-9]*(_[a-z0-9]+)*$".
 *
 * This interface was referenced by `undefined`'s JSON-Schema definition
 * via the `patternProperty` "^[a-z][a-z0-9]*(_[a-z0-9]+)*$".
 *
 * This interface was referenced by `undefined`'s JSON-Schema definition
 * via the `patternProperty` "^[a-z][a-z0-9]*(_[a-z0-9]+)*$".
 */
export type JsonValue = unknown;

export interface Types {
  Advice?: Advice;
  All?: All;
  AnyOf?: AnyOf;
  AtLeast?: AtLeast;
  BodyMap?: BodyMap;
  BodyPart?: BodyPart;
  BundleFile?: BundleFile;
  BundleLocale?: BundleLocale;
  Citation?: Citation;
  Code?: Code;
  ConditionView?: ConditionView;
  Conformance?: Conformance;
  ConformanceCase?: ConformanceCase;
  ConformanceInterview?: ConformanceInterview;
  Constraint?: Constraint;
  Core?: Core;
  CoreCondition?: CoreCondition;
  Criterion?: Criterion;
  Derived?: Derived;
  Emergency?: Emergency;
  EmergencyNumbers?: EmergencyNumbers1;
  EmergencyPlace?: EmergencyPlace;
  Evidence?: Evidence;
  EvidenceView?: EvidenceView;
  Example?: Example;
  ExpectedOutcome?: ExpectedOutcome;
  FactIs?: FactIs;
  FindingIs?: FindingIs;
  FlagView?: FlagView;
  Interview?: Interview;
  JsonValue?: JsonValue;
  LikelihoodRatio?: LikelihoodRatio;
  Manifest?: Manifest;
  Need?: Need;
  Not?: Not;
  Option?: Option;
  Outcome?: Outcome;
  Points?: Points;
  Prior?: Prior;
  Question?: Question;
  Reason?: Reason;
  RedFlag?: RedFlag;
  Region?: Region;
  Retired?: Retired;
  Review?: Review;
  Rule?: Rule;
  ScoreIs?: ScoreIs;
  Section?: Section;
  Settings?: Settings;
  Term?: Term;
  Thresholds?: Thresholds;
  Urgency?: Urgency;
  UrgencyText?: UrgencyText;
}
/**
 * Shows the blocks of guides that are marked with this advice.
 */
export interface Advice {
  advice: string;
}
/**
 * Every part holds.
 */
export interface All {
  /**
   * @minItems 1
   */
  all: Criterion[];
}
/**
 * A comparison on the answer to one question.
 */
export interface FactIs {
  /**
   * The question's id.
   */
  fact: string;
  /**
   * The answer is exactly this.
   */
  is?: boolean | number | string | null;
  /**
   * The answer is one of these.
   */
  in?: (boolean | number | string)[] | null;
  /**
   * This option is among those chosen.
   */
  includes?: string | null;
  /**
   * At least.
   */
  gte?: number | null;
  /**
   * More than.
   */
  gt?: number | null;
  /**
   * At most.
   */
  lte?: number | null;
  /**
   * Less than.
   */
  lt?: number | null;
}
/**
 * A derived finding is TRUE.
 */
export interface FindingIs {
  finding: string;
}
/**
 * A comparison on a derived score, in the score's own points.
 */
export interface ScoreIs {
  score: string;
  /**
   * At least.
   */
  gte?: number | null;
  /**
   * More than.
   */
  gt?: number | null;
  /**
   * At most.
   */
  lte?: number | null;
  /**
   * Less than.
   */
  lt?: number | null;
}
/**
 * At least one part holds.
 */
export interface AnyOf {
  /**
   * @minItems 1
   */
  any: Criterion[];
}
/**
 * The part does not hold. Where a question does not apply its comparisons are FALSE, and so `not` is TRUE.
 */
export interface Not {
  not: Criterion;
}
/**
 * At least k of the parts hold, as most published rules are written.
 */
export interface AtLeast {
  at_least: number;
  /**
   * @minItems 1
   */
  of: Criterion[];
}
/**
 * Where it can hurt.
 */
export interface BodyMap {
  id: "body";
  /**
   * @minItems 1
   */
  regions: Region[];
}
/**
 * A region of the body, with its parts.
 */
export interface Region {
  id: string;
  name: string;
  codes?: Code[];
  /**
   * @minItems 1
   */
  parts: BodyPart[];
}
/**
 * A code from a public terminology.
 */
export interface Code {
  system: "ICD-10" | "ICD-11" | "SNOMED CT" | "LOINC";
  code: string;
  display: string;
}
/**
 * A region on one side: what a person can touch on the body map.
 */
export interface BodyPart {
  id: string;
  /**
   * In the patient's words, with the side: `left side of the lower back`.
   */
  name: string;
  side: "left" | "right" | "middle";
  view: "front" | "back";
  /**
   * The id of the part's shape in the body map's picture.
   */
  element: string;
}
/**
 * One file of a bundle, by its content.
 */
export interface BundleFile {
  /**
   * What the file is, such as `guides/low_back_spasm.pdf`.
   */
  path: string;
  /**
   * SHA-256 of its bytes; with the path's ending it is the file's name.
   */
  sha256: string;
  /**
   * In bytes.
   */
  size: number;
  /**
   * An app fetches `core` first; everything else when it is needed.
   */
  part: "core" | "guides" | "pictures" | "sources" | "locales" | "conformance" | "release";
}
/**
 * What an app says in one language: `locales/<language>.json`.
 */
export interface BundleLocale {
  language: string;
  /**
   * The language's name in that language.
   */
  name: string;
  direction: "ltr" | "rtl";
  emergency: Emergency;
  /**
   * Place to translation, only of texts that have not changed since.
   */
  texts: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^[a-z]+(/[a-z0-9_]+)+$".
     */
    [k: string]: string;
  };
}
/**
 * Emergency numbers by region.
 */
export interface Emergency {
  default: EmergencyNumbers;
  places?: EmergencyPlace[];
}
/**
 * Where nobody knows in which region the person is.
 */
export interface EmergencyNumbers {
  /**
   * What this rests on.
   */
  sources?: Citation[];
  /**
   * Why this was decided so where no source settles it. Shown as judgement.
   */
  judgement?: string | null;
  /**
   * As they are dialled; the first is the one to offer.
   *
   * @minItems 1
   */
  numbers: string[];
  /**
   * In words, in this language: `999 or 112 in the United Kingdom`.
   */
  label: string;
}
/**
 * A source, and where in it the fact stands.
 */
export interface Citation {
  source: string;
  /**
   * Where in the source: page, table, recommendation number, or abstract.
   */
  locator?: string | null;
}
/**
 * The emergency numbers of some countries.
 */
export interface EmergencyPlace {
  /**
   * What this rests on.
   */
  sources?: Citation[];
  /**
   * Why this was decided so where no source settles it. Shown as judgement.
   */
  judgement?: string | null;
  /**
   * As they are dialled; the first is the one to offer.
   *
   * @minItems 1
   */
  numbers: string[];
  /**
   * In words, in this language: `999 or 112 in the United Kingdom`.
   */
  label: string;
  /**
   * @minItems 1
   */
  regions: string[];
}
/**
 * How a condition stands for this person. Weights are integer decibans, prior included.
 */
export interface ConditionView {
  id: string;
  name: string;
  plain_name: string;
  status: "likely" | "possible" | "not_shown" | "excluded";
  weight: number;
  /**
   * The least that the weight could be, whatever is unknown.
   */
  low: number;
  high: number;
  care_level: Urgency;
  considered: "true" | "false" | "unknown";
  evidence_for: EvidenceView[];
  evidence_against: EvidenceView[];
  /**
   * The TRUE red flags that suspect it.
   */
  flagged_by: string[];
}
/**
 * One evidence rule that counts.
 */
export interface EvidenceView {
  rule: string;
  weight: number;
  because: string;
  /**
   * Whether the weight rests on a published likelihood ratio.
   */
  published: boolean;
  sources: string[];
}
/**
 * Cases with which an implementation shows that it means the same by a rule.
 */
export interface Conformance {
  format: 1;
  cases: ConformanceCase[];
  interviews: ConformanceInterview[];
}
/**
 * Some answers, and everything that has to come out.
 */
export interface ConformanceCase {
  id: string;
  answers: {
    [k: string]: JsonValue;
  };
  outcome: ExpectedOutcome;
}
/**
 * Everything in which two evaluators have to agree.
 */
export interface ExpectedOutcome {
  urgency: Urgency;
  /**
   * The TRUE ones, in the order in which they are told.
   */
  red_flags: string[];
  /**
   * The UNKNOWN ones, in the order in which they are told.
   */
  open_flags: string[];
  to_rule_out: string[];
  likely: string[];
  possible: string[];
  /**
   * Every condition: status, weight, and the least and the most that the weight could be.
   */
  conditions: {
    /**
     * @minItems 4
     * @maxItems 4
     *
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^[a-z][a-z0-9]*(_[a-z0-9]+)*$".
     */
    [k: string]: unknown[];
  };
  /**
   * What each rule of the core is.
   */
  rules: string;
  /**
   * What each finding that a rule concludes is.
   */
  findings: string;
  /**
   * Each score's interval, in its own points.
   */
  scores: {
    /**
     * @minItems 2
     * @maxItems 2
     *
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^[a-z][a-z0-9]*(_[a-z0-9]+)*$".
     */
    [k: string]: unknown[];
  };
  advice: string[];
  set_aside: string[];
  corrections: string[];
}
/**
 * A whole interview: asked from nothing, a person who gives these answers, and `unknown` to everything else.
 */
export interface ConformanceInterview {
  id: string;
  answers: {
    [k: string]: JsonValue;
  };
  /**
   * The questions of each screen, in the order shown.
   */
  screens: string[][];
  stop: "emergency" | "settled" | "budget";
  /**
   * How soon somebody should be seen, from now to not at all.
   */
  urgency: "emergency" | "urgent" | "soon" | "routine" | "self_care";
}
/**
 * A combination of answers that cannot occur; input that has it is returned for correction.
 */
export interface Constraint {
  /**
   * What this rests on.
   */
  sources?: Citation[];
  /**
   * Why this was decided so where no source settles it. Shown as judgement.
   */
  judgement?: string | null;
  id: string;
  title: string;
  never: Criterion;
  /**
   * What the person is asked to look at again, in plain words.
   */
  message: string;
}
/**
 * Everything that is needed to ask, to assess and to explain. Records are as their authors wrote them.
 *
 * Rules and conditions that are retired are left out, and so are the rules' examples.
 */
export interface Core {
  format: 1;
  settings: Settings;
  body: BodyMap;
  /**
   * In the order in which they are asked.
   */
  sections: Section[];
  /**
   * By id.
   */
  terms: Term[];
  /**
   * By id.
   */
  rules: Rule[];
  /**
   * By id.
   */
  conditions: CoreCondition[];
  /**
   * By id.
   */
  constraints: Constraint[];
}
/**
 * Identity, urgency levels, thresholds, languages and review policy of a knowledge base.
 */
export interface Settings {
  id: string;
  title: string;
  description: string;
  /**
   * The version of the meaning of rules that this was written for.
   */
  semantics: 1;
  /**
   * The language that the records are written in, then those that they are translated into.
   *
   * @minItems 1
   */
  languages: string[];
  thresholds: Thresholds;
  interview: Interview;
  urgency: {
    [k: string]: UrgencyText;
  };
  /**
   * What the outcome always says of itself.
   */
  not_a_diagnosis: string;
  /**
   * What the outcome says where no condition is named.
   */
  no_cause: string;
  /**
   * What everything says that no clinician has approved.
   */
  unreviewed: string;
  review: Review;
}
/**
 * From which weight (prior and evidence, in decibans) a condition is named.
 */
export interface Thresholds {
  likely: number;
  possible: number;
  /**
   * Why a condition has thresholds of its own.
   */
  reason?: string | null;
}
/**
 * How long the interview may be.
 */
export interface Interview {
  /**
   * Screens after which the interview stops once urgency and first cause are settled.
   */
  question_budget: number;
  /**
   * The most questions on one screen.
   */
  screen_size: number;
}
/**
 * How an urgency level is told.
 */
export interface UrgencyText {
  /**
   * Two or three words.
   */
  name: string;
  /**
   * What to do, in the patient's words.
   */
  advice: string;
}
/**
 * What has to happen before content counts as reviewed.
 */
export interface Review {
  /**
   * The policy in words.
   */
  policy: string;
  /**
   * At most one for each kind of change.
   */
  needs?: Need[];
  /**
   * Roles that may merge; empty: everybody on the roster.
   */
  may_merge?: string[];
  /**
   * Roles that may release; empty: everybody on the roster.
   */
  may_release?: string[];
}
/**
 * What one kind of change needs before it is merged.
 */
export interface Need {
  change:
    "red_flag" | "urgency" | "less_urgent" | "logic" | "retired" | "policy" | "guide" | "wording" | "basis" | "case";
  /**
   * How many people other than its authors.
   */
  approvals: number;
  /**
   * At least one of them has one of these roles.
   */
  roles?: string[];
  /**
   * Only approvals count that the reviewer signed with their own key.
   */
  own_key?: boolean;
}
/**
 * A part of the questionnaire; sections are asked in `order`, emergencies before everything.
 */
export interface Section {
  id: string;
  title: string;
  order: number;
  /**
   * @minItems 1
   */
  questions: Question[];
}
/**
 * Something that is asked of the patient, or that a clinician finds out by a test or an examination.
 */
export interface Question {
  /**
   * What this rests on.
   */
  sources?: Citation[];
  /**
   * Why this was decided so where no source settles it. Shown as judgement.
   */
  judgement?: string | null;
  id: string;
  /**
   * A short name in a clinician's words; rules read with it.
   */
  name: string;
  /**
   * The question in the patient's words.
   */
  text: string;
  /**
   * What is meant, for somebody who is not sure.
   */
  help?: string | null;
  /**
   * Why this is asked, in the patient's words.
   */
  why?: string | null;
  type: "boolean" | "choice" | "choices" | "integer" | "decimal";
  by?: "patient" | "clinician";
  /**
   * Questions with the same screen are asked together, whatever their sections.
   */
  screen?: string | null;
  /**
   * For whom the question makes sense; absent: for everybody.
   */
  ask_when?: Criterion | null;
  /**
   * For choice and choices.
   */
  options?: Option[];
  /**
   * `body`: the options are the parts of the body map.
   */
  options_from?: "body" | null;
  /**
   * A UCUM unit or a plain word; for integer and decimal.
   */
  unit?: string | null;
  min?: number | null;
  max?: number | null;
}
/**
 * One answer that a person can choose.
 */
export interface Option {
  id: string;
  /**
   * In the patient's words.
   */
  text: string;
  /**
   * In a clinician's words, where they differ.
   */
  name?: string | null;
}
/**
 * The name of something that rules derive: a finding or a score.
 */
export interface Term {
  /**
   * What this rests on.
   */
  sources?: Citation[];
  /**
   * Why this was decided so where no source settles it. Shown as judgement.
   */
  judgement?: string | null;
  id: string;
  kind: "finding" | "score";
  /**
   * A short name in a clinician's words.
   */
  name: string;
  /**
   * What it stands for, in one or two sentences.
   */
  meaning: string;
  /**
   * For a score: its points are whole multiples of 1/scale (2 where half points occur).
   */
  scale?: number;
}
/**
 * When its criterion is TRUE, it concludes one thing.
 */
export interface Rule {
  /**
   * What this rests on.
   */
  sources?: Citation[];
  /**
   * Why this was decided so where no source settles it. Shown as judgement.
   */
  judgement?: string | null;
  /**
   * The day by which a clinician reviews this again.
   */
  review_by: string;
  id: string;
  /**
   * What the rule says, in a clinician's words.
   */
  title: string;
  when: Criterion;
  then: Derived | Points | RedFlag | Evidence | Advice;
  /**
   * Why, in the patient's words; completes `because ...`. For red flags and evidence.
   */
  because?: string | null;
  examples?: Example[];
  retired?: Retired | null;
}
/**
 * Concludes a derived finding.
 */
export interface Derived {
  finding: string;
}
/**
 * Adds points to a score.
 */
export interface Points {
  score: string;
  points: number;
}
/**
 * Raises the urgency by itself, and names what has to be ruled out.
 *
 * From `urgent` on it names at least one condition, so that whoever sees the person knows what for. Below, a sign may
 * ask for a visit without making any one cause worth naming.
 */
export interface RedFlag {
  /**
   * How soon somebody should be seen, from now to not at all.
   */
  red_flag: "emergency" | "urgent" | "soon" | "routine" | "self_care";
  /**
   * Conditions to be ruled out; below `urgent` there may be none.
   */
  suspects: string[];
  /**
   * What the person should do and why, in plain words.
   */
  message: string;
  /**
   * How urgent it is while it is UNKNOWN; absent: one level below.
   */
  if_unsure?: Urgency | null;
  /**
   * Why `if_unsure` differs from one level below.
   */
  if_unsure_reason?: string | null;
}
/**
 * Evidence for (weight above 0) or against (below 0) a condition.
 */
export interface Evidence {
  condition: string;
  weight: number;
  /**
   * In a group of a condition only the strongest weight each way counts.
   */
  group: string;
  /**
   * The published figure; absent: judgement.
   */
  basis?: LikelihoodRatio | null;
  /**
   * Why this may share an answer with a rule of another group.
   */
  independent_because?: string | null;
}
/**
 * A published figure, from which a weight is converted.
 */
export interface LikelihoodRatio {
  likelihood_ratio: number;
  /**
   * Its 95 % confidence interval.
   */
  interval?: unknown[] | null;
  /**
   * Where studies give a range: the ratio used is the end nearer 1.
   */
  range?: unknown[] | null;
  /**
   * Where the ratio was calculated by us: from which published figures.
   */
  calculated_from?: string | null;
  source: Citation;
}
/**
 * A rule's own example: some answers, and what its `when` is for them.
 */
export interface Example {
  answers: {
    [k: string]: JsonValue;
  };
  gives: "true" | "false" | "unknown";
  note?: string | null;
}
/**
 * Why a released record is no longer used, and what replaces it.
 */
export interface Retired {
  reason: string;
  replacement?: string | null;
}
/**
 * A condition without its guide.
 */
export interface CoreCondition {
  /**
   * What this rests on.
   */
  sources?: Citation[];
  /**
   * Why this was decided so where no source settles it. Shown as judgement.
   */
  judgement?: string | null;
  /**
   * The day by which a clinician reviews this again.
   */
  review_by: string;
  id: string;
  name: string;
  plain_name: string;
  also_called?: string[];
  region: string;
  codes?: Code[];
  considered_when?: Criterion | null;
  prior: Prior;
  thresholds?: Thresholds | null;
  care_level: Urgency;
}
/**
 * How common a condition is among those for whom it is considered, before any answer counts.
 */
export interface Prior {
  /**
   * What this rests on.
   */
  sources?: Citation[];
  /**
   * Why this was decided so where no source settles it. Shown as judgement.
   */
  judgement?: string | null;
  /**
   * 10*log10(p/(1-p)), rounded.
   */
  decibans: number;
  probability: number;
}
/**
 * Whom to call in an emergency.
 */
export interface EmergencyNumbers1 {
  /**
   * What this rests on.
   */
  sources?: Citation[];
  /**
   * Why this was decided so where no source settles it. Shown as judgement.
   */
  judgement?: string | null;
  /**
   * As they are dialled; the first is the one to offer.
   *
   * @minItems 1
   */
  numbers: string[];
  /**
   * In words, in this language: `999 or 112 in the United Kingdom`.
   */
  label: string;
}
/**
 * A red flag that is TRUE, or that stands open.
 */
export interface FlagView {
  rule: string;
  title: string;
  /**
   * How soon somebody should be seen, from now to not at all.
   */
  urgency: "emergency" | "urgent" | "soon" | "routine" | "self_care";
  counts_as: Urgency;
  suspects: string[];
  because: string;
  message: string;
  /**
   * For an open flag: the questions without a clear answer.
   */
  missing: string[];
  sources: string[];
}
/**
 * What a bundle is, and the list of its files. This is what is signed.
 */
export interface Manifest {
  format: 1;
  /**
   * The knowledge base's id.
   */
  kb: string;
  title: string;
  /**
   * Each release has a greater one than the release before; 0 for a preview.
   */
  version: number;
  /**
   * Made for trying out; apps for patients refuse it.
   */
  preview: boolean;
  /**
   * Not every record in it has been approved by a clinician.
   */
  unreviewed: boolean;
  /**
   * The meaning of rules that it was written for.
   */
  semantics: number;
  /**
   * The identity of the whole knowledge base that it was made from.
   */
  content: string;
  /**
   * The earliest day by which something in it has to be reviewed again.
   */
  review_by: string;
  /**
   * The language that its records are written in, then those that it has translations into.
   *
   * @minItems 1
   */
  languages: string[];
  /**
   * The ids (RFC 7638 thumbprints) of all keys that sign it, in order.
   *
   * @minItems 1
   * @maxItems 16
   */
  signed_by: string[];
  /**
   * The certificate of `algos prove`; absent: none was made.
   */
  proof?: string | null;
  /**
   * Signed statements of who approved what.
   */
  approvals?: string[];
  /**
   * The release notes, in Markdown.
   */
  notes?: string | null;
  /**
   * @minItems 1
   * @maxItems 10000
   */
  files: BundleFile[];
}
/**
 * What Algos tells a person, with everything that made it so.
 */
export interface Outcome {
  urgency: Urgency;
  reasons: Reason[];
  red_flags: FlagView[];
  open_flags: FlagView[];
  to_rule_out: ConditionView[];
  likely: ConditionView[];
  possible: ConditionView[];
  advice: string[];
  /**
   * Every rule that is TRUE.
   */
  fired: string[];
  findings: {
    [k: string]: "true" | "false" | "unknown";
  };
  /**
   * Each score's interval, in its own points.
   */
  scores: {
    /**
     * @minItems 2
     * @maxItems 2
     */
    [k: string]: unknown[];
  };
  /**
   * Answered questions that do not apply.
   */
  set_aside: string[];
  /**
   * Questions for the patient that apply and have no answer.
   */
  unanswered: string[];
  /**
   * Questions answered with `I'm not sure`.
   */
  unsure: string[];
  /**
   * Constraints that the answers break: to be looked at again.
   */
  corrections: string[];
}
/**
 * One thing that asks for an urgency.
 */
export interface Reason {
  kind: "red_flag" | "open_red_flag" | "likely" | "possible" | "floor" | "self_care";
  /**
   * The rule's or condition's id; empty for floor and self_care.
   */
  id: string;
  urgency: Urgency;
  /**
   * In words.
   */
  text: string;
}
