// @ts-check
/**
 * Answers as a FHIR R4 QuestionnaireResponse, for a health record. The questionnaire that it answers is the one that
 * `algos fhir form` writes from the same knowledge base (docs/fhir.md says how each answer is told).
 *
 *     const response = questionnaireResponse(algos, answers, { authored: new Date() });
 *
 * It needs nothing but what `load` of the Algos runtime returned. A response has to repeat its questionnaire's words,
 * so it is written in the language of the records; what the person read in another stands beside it as a translation.
 */

const YES_NO = "http://terminology.hl7.org/CodeSystem/v2-0136";
const UNWRITABLE = /[\0-\x08\v\f\x0e-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]/g;
const TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation";

/**
 * @param {any} algos what `load` returned
 * @param {Record<string, unknown>} answers question to answer, as the runtime takes them; it throws what is refused
 * @param {{authored?: Date | string, url?: string}} options when it was answered (now, if left out), as a Date or with
 *   an offset from UTC; and the questionnaire's canonical address, where its publisher gave it another
 * @returns {any} a QuestionnaireResponse, without the answers to questions that do not apply
 */
export function questionnaireResponse(algos, answers, { authored = new Date(), url } = {}) {
  const applies = applying(algos, answers);
  const { kb, content } = algos.manifest;
  const language = algos.locale?.language;
  const asked = new Map(algos.core.sections.map((/** @type {any} */ section) => [section.id, section.title]));
  let clinician = false;
  const item = algos.written.sections.flatMap((/** @type {any} */ section) => {
    const items = section.questions.filter(applies).flatMap((/** @type {any} */ question) => {
      if (question.by === "clinician") clinician = true;
      return answered(new Texts(kb, question, algos, language), question, answers[question.id]);
    });
    const title = told("text", section.title, asked.get(section.id), language);
    return items.length ? [{ linkId: `section.${section.id}`, ...title, item: items }] : [];
  });
  const canonical = url ?? `urn:algos:questionnaire:${kb}`;
  return writable({
    resourceType: "QuestionnaireResponse",
    language: algos.written.settings.languages[0],
    questionnaire: `${canonical}${clinician ? "-clinician" : ""}|${content}`,
    status: "completed",
    authored: authored instanceof Date ? authored.toISOString() : authored,
    ...(item.length && { item }),
  });
}

/**
 * Whether a question was answered, and applies: an answer that does not is no answer to its questionnaire. An outcome
 * names those that are set aside, but not "not sure" among them; what would become of an answer tells it.
 * @param {any} algos @param {Record<string, unknown>} answers @returns {(question: any) => boolean}
 */
function applying(algos, answers) {
  const { set_aside: aside } = algos.assess(answers); // refuses what is outside its question's domain
  return ({ id, type, min }) => {
    if (!(id in answers)) return false;
    if (answers[id] !== "unknown") return !aside.includes(id);
    const value = { boolean: true, choice: algos.question(id).options[0]?.id, choices: [] }[type] ?? min;
    return !algos.assess({ ...answers, [id]: value }).set_aside.includes(id);
  };
}

/** The words of one question: as they were written, and as the person read them. */
class Texts {
  #options;

  /** @param {string} kb @param {any} question as it was written @param {any} algos @param {string} language */
  constructor(kb, question, algos, language) {
    this.system = `urn:algos:answers:${kb}:${question.id}`;
    this.language = language;
    const { text, options } = algos.question(question.id);
    const parts = () => algos.written.body.regions.flatMap((/** @type {any} */ region) => region.parts);
    const written = question.options_from === "body" ? parts() : (question.options ?? []);
    this.text = told("text", question.text, text, language);
    this.#options = written.map((/** @type {any} */ one, /** @type {number} */ at) =>
      this.coding(one.id, one.text ?? one.name, options[at].text),
    );
  }

  /** @param {string[]} ids options, which are told in the order of the question */
  options(ids) {
    return this.#options.filter((/** @type {any} */ one) => ids.includes(one.valueCoding.code));
  }

  /** @param {string} code @param {string} display @param {string} read */
  coding(code, display, read = display) {
    return { valueCoding: { system: this.system, code, ...told("display", display, read, this.language) } };
  }
}

/**
 * The items that hold one answer: the question's own and, where it is needed, that of what the person is not sure of.
 * @param {Texts} texts @param {any} question @param {any} given
 */
function answered(texts, { id, type }, given) {
  const item = (/** @type {any[]} */ answer) => ({ linkId: id, ...texts.text, answer });
  const unsure = (/** @type {any[]} */ answer, /** @type {string} */ text) => ({ linkId: `${id}.unsure`, text, answer });
  const notSure = texts.coding("unknown", "Not sure");
  if (type === "integer" || type === "decimal") {
    if (given === "unknown") return [unsure([notSure], "If you cannot give a number")];
    return [item([type === "integer" ? { valueInteger: given } : { valueDecimal: given }])];
  }
  if (given === "unknown") return [item([notSure])];
  if (type === "boolean") {
    return [item([{ valueCoding: { system: YES_NO, code: given ? "Y" : "N", display: given ? "Yes" : "No" } }])];
  }
  if (type === "choice") return [item(texts.options([given]))];
  const { yes = [], unsure: doubted = [] } = Array.isArray(given) ? { yes: given } : given;
  if (!yes.length && !doubted.length) return [item([texts.coding("none", "None of these")])];
  if (!doubted.length) return [item(texts.options(yes))];
  return [
    item([...texts.options(yes), notSure]),
    unsure(texts.options(doubted), "Which of these are you not sure about?"),
  ];
}

/**
 * A text under its key, with what the person read instead of it.
 * @param {string} key @param {string} written @param {string} read @param {string} language
 */
function told(key, written, read, language) {
  if (read === written) return { [key]: written };
  const extension = [
    { url: "lang", valueCode: language },
    { url: "content", valueString: read },
  ];
  return { [key]: written, [`_${key}`]: { extension: [{ url: TRANSLATION, extension }] } };
}

/**
 * With plain spaces for all others in its texts: the pattern of FHIR's JSON Schema refuses a no-break space.
 * @param {any} value @returns {any}
 */
function writable(value) {
  if (typeof value === "string") return value.replace(UNWRITABLE, " ");
  if (Array.isArray(value)) return value.map(writable);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, below]) => [key, writable(below)]));
}
