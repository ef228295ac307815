// @ts-check
/**
 * Answers as a FHIR R4 QuestionnaireResponse, for a health record. The questionnaire that it answers is the one that
 * `algos fhir questionnaire` writes from the same knowledge base (docs/fhir.md says how each answer is told).
 *
 *     const response = questionnaireResponse(algos, answers, { authored: new Date() });
 *
 * It needs nothing but what `load` of the Algos runtime returned.
 */

const YES_NO = "http://terminology.hl7.org/CodeSystem/v2-0136";
const ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason";
const NOT_SURE = { valueCoding: { system: ABSENT, code: "asked-unknown", display: "Not sure" } };

/**
 * @param {any} algos what `load` returned
 * @param {Record<string, unknown>} answers question to answer, as the runtime takes them; it throws what is refused
 * @param {{authored?: Date | string, url?: string}} options when it was answered (now, if left out), as a Date or with
 *   an offset from UTC; and the questionnaire's canonical address, where its publisher gave it another
 * @returns {any} a QuestionnaireResponse
 */
export function questionnaireResponse(algos, answers, { authored = new Date(), url } = {}) {
  algos.assess(answers); // refuses what is outside its question's domain
  const { kb, content } = algos.manifest;
  const item = algos.core.sections.flatMap((/** @type {any} */ section) => {
    const told = section.questions.filter((/** @type {any} */ question) => question.id in answers);
    const items = told.flatMap((/** @type {any} */ { id }) => answered(kb, algos.question(id), answers[id]));
    return items.length ? [{ linkId: `section.${section.id}`, text: section.title, item: items }] : [];
  });
  const clinician = Object.keys(answers).some((id) => algos.question(id).by === "clinician");
  const canonical = url ?? `urn:algos:questionnaire:${kb}`;
  return {
    resourceType: "QuestionnaireResponse",
    language: algos.locale?.language ?? algos.core.settings.languages[0],
    questionnaire: `${canonical}${clinician ? "-clinician" : ""}|${content}`,
    status: "completed",
    authored: authored instanceof Date ? authored.toISOString() : authored,
    ...(item.length && { item }),
  };
}

/**
 * The items that hold one answer: the question's own and, where it is needed, that of what the person is not sure of.
 * @param {string} kb @param {any} question @param {any} given
 */
function answered(kb, { id, text, type, options }, given) {
  const item = (/** @type {any[]} */ answer, link = id, asked = text) => ({ linkId: link, text: asked, answer });
  const coded = (/** @type {string[]} */ ids) =>
    options
      .filter((/** @type {any} */ one) => ids.includes(one.id))
      .map((/** @type {any} */ one) => option(kb, id, one.id, one.text));
  if (type === "integer" || type === "decimal") {
    if (given === "unknown") return [item([NOT_SURE], `${id}.unsure`, "If you cannot give a number")];
    return [item([type === "integer" ? { valueInteger: given } : { valueDecimal: given }])];
  }
  if (given === "unknown") return [item([NOT_SURE])];
  if (type === "boolean") {
    return [item([{ valueCoding: { system: YES_NO, code: given ? "Y" : "N", display: given ? "Yes" : "No" } }])];
  }
  if (type === "choice") return [item(coded([given]))];
  const { yes = [], unsure = [] } = Array.isArray(given) ? { yes: given } : given;
  if (!yes.length && !unsure.length) return [item([option(kb, id, "none", "None of these")])];
  if (!unsure.length) return [item(coded(yes))];
  return [
    item([...coded(yes), NOT_SURE]),
    item(coded(unsure), `${id}.unsure`, "Which of these are you not sure about?"),
  ];
}

/** @param {string} kb @param {string} question @param {string} code @param {string} display */
function option(kb, question, code, display) {
  return { valueCoding: { system: `urn:algos:answers:${kb}:${question}`, code, display } };
}
