// One question, asked: as choices, a number, or the body map. Each answers the value that the bundle takes.
//
// A field: {id, question, element, value(), problem(), mark(words), focus(), hidden, refresh(values)?, changed?}.

import { bodyMap } from "./body_map.js";
import { h } from "./dom.js";
import { rich } from "./rich.js";
import { picture } from "./trusted.js";
import { group, known, t, unitWords } from "./words.js";

const UNSURE = "unknown";
/** A scale of at most this many numbers is shown as buttons. */
const BUTTONS = 11;

export async function field(app, id, together) {
  const question = app.algos.question(id);
  const given = app.interview.all[id];
  if (question.options_from === "body") {
    if (question.type === "choice") return mainPlace(app, question, given, together);
    return places(app, question, given);
  }
  if (question.type === "choices") return several(question, given);
  if (question.type === "boolean") {
    return one(question, given, [[true, t("yes")], [false, t("no")]], "pair");
  }
  if (question.type === "choice") return one(question, given, question.options.map((option) => [option.id, rich(option.text)]));
  const scale = question.type === "integer" && question.max - question.min < BUTTONS;
  if (!scale) return number(question, given);
  const numbers = Array.from({ length: question.max - question.min + 1 }, (_, at) => question.min + at);
  return one(question, given, numbers.map((value) => [value, String(value)]), "scale");
}

/** What all fields have: a group with the question as its name, help, and a place for what is wrong. */
function framed(question, kind, ...content) {
  const error = h("p", { class: "error", id: `${question.id}-error` });
  error.hidden = true;
  const described = [question.help && `${question.id}-help`, `${question.id}-error`].filter(Boolean).join(" ");
  const element = h("fieldset", { class: `field ${kind}`, id: `field-${question.id}`, "aria-describedby": described },
    h("legend", {}, rich(question.text)),
    question.help && h("p", { class: "help", id: `${question.id}-help` }, rich(question.help)),
    error, ...content);
  return {
    id: question.id,
    question,
    element,
    hidden: false,
    mark(words) {
      error.hidden = !words;
      error.textContent = words ?? "";
      element.classList.toggle("wrong", Boolean(words));
    },
    focus() {
      element.querySelector("input, [tabindex='0'], button")?.focus();
    },
  };
}

/** One line to tick. */
function choice(type, name, words, checked, onchange, kind = "") {
  const input = h("input", { type, name, checked, onchange });
  return { input, line: h("label", { class: `choice ${kind}` }, input, h("span", {}, words)) };
}

/** Exactly one of some values, or not sure. */
function one(question, given, values, kind = "") {
  const rows = [...values, [UNSURE, t("unsure")]].map(([value, words]) => ({
    value,
    ...choice("radio", question.id, words, given === value, () => made.changed?.(), value === UNSURE ? "unsure" : ""),
  }));
  const box = framed(question, kind, h("div", { class: `choices ${kind}` }, rows.map((row) => row.line)),
    kind === "scale" && h("p", { class: "ends", "aria-hidden": "true" }, h("span", {}, t("scale.none")), h("span", {}, t("scale.worst"))));
  const value = () => rows.find((row) => row.input.checked)?.value;
  const made = { ...box, value, problem: () => (value() === undefined ? t("question.missing") : null) };
  return made;
}

/** Any number of some options, none of them, or not sure. */
function several(question, given) {
  const chosen = new Set(Array.isArray(given) ? given : (given?.yes ?? []));
  const options = question.options.map((option) => ({
    id: option.id,
    ...choice("checkbox", question.id, rich(option.text), chosen.has(option.id), () => alone(null)),
  }));
  const none = choice("checkbox", question.id, t("none"), Array.isArray(given) && !given.length, () => alone(none), "apart");
  const unsure = choice("checkbox", question.id, t("unsure"), given === UNSURE, () => alone(unsure), "unsure");
  const all = [...options, none, unsure];

  /** "None" and "not sure" stand alone. */
  function alone(chosenLine) {
    for (const other of all) {
      const goes = chosenLine?.input.checked ? other !== chosenLine : !chosenLine && (other === none || other === unsure);
      if (goes) other.input.checked = false;
    }
    made.changed?.();
  }
  const value = () => {
    if (unsure.input.checked) return UNSURE;
    const ticked = options.filter((option) => option.input.checked).map((option) => option.id);
    return ticked.length || none.input.checked ? ticked : undefined;
  };
  const made = {
    ...framed(question, "", h("div", { class: "choices" }, all.map((row) => row.line))),
    value,
    problem: () => (value() === undefined ? t("question.missingSeveral") : null),
  };
  return made;
}

/** A number with its unit, or not sure. */
function number(question, given) {
  const { min, max, unit, type } = question;
  const input = h("input", {
    type: "text", id: question.id, class: "number", autocomplete: "off", inputmode: type === "integer" ? "numeric" : "decimal",
    value: typeof given === "number" ? String(given) : "", size: "6", "aria-labelledby": `${question.id}-unit`,
    oninput: () => { if (input.value) unsure.input.checked = false; },
  });
  const unsure = choice("checkbox", question.id, t("unsure"), given === UNSURE, () => { if (unsure.input.checked) input.value = ""; }, "unsure");
  const value = () => {
    if (unsure.input.checked) return UNSURE;
    const text = input.value.trim().replace(",", ".");
    return /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
  };
  const problem = () => {
    const found = value();
    if (found === UNSURE) return null;
    if (found === undefined) return t(input.value.trim() ? "question.noNumber" : "question.missingNumber");
    const fits = found >= min && found <= max && (type === "decimal" || Number.isInteger(found));
    return fits ? null : t(type === "integer" ? "question.range" : "question.rangeDecimal", { min, max, unit: unitWords(unit) });
  };
  return {
    ...framed(question, "", h("div", { class: "with-unit" }, input, h("span", { id: `${question.id}-unit` }, unitWords(unit))),
      h("div", { class: "choices" }, unsure.line)),
    value,
    problem,
  };
}

/** Every place that hurts, on the map. */
async function places(app, question, given) {
  const { algos } = app;
  const text = new TextDecoder().decode(await algos.file("body.svg"));
  const place = h("div", { class: "map" });
  const map = bodyMap(place, {
    label: t("map.name"), help: "", picture: picture(text), regions: regions(algos), single: false, words: group("map."),
  }, () => made.changed?.());
  const whole = given === UNSURE ? "unsure" : Array.isArray(given) && !given.length ? "none" : null;
  map.show({ yes: Array.isArray(given) ? given : (given?.yes ?? []), unsure: given?.unsure ?? [], whole }, []);
  const value = () => {
    const { yes, unsure, whole: all } = map.read();
    if (all) return all === "unsure" ? UNSURE : [];
    if (unsure.length) return { yes, unsure };
    return yes.length ? yes : undefined;
  };
  const made = {
    ...framed(question, "body", place),
    value,
    problem: () => (value() === undefined ? t("question.missingPlace") : null),
    focus() {
      place.querySelector("[tabindex='0']")?.focus();
    },
  };
  return made;
}

const regions = (algos) =>
  algos.core.body.regions.map((region) => ({
    name: known(region.name),
    parts: region.parts.map((part) => ({ id: part.id, name: known(part.name), element: part.element })),
  }));

/** Which of the places that hurt is the worst. Where there is only one, or none is sure, nobody needs to be asked. */
function mainPlace(app, question, given, together) {
  const sites = app.algos.core.sections.flatMap((section) => section.questions)
    .find((one) => one.options_from === "body" && one.type === "choices");
  let rows = [];
  let hurting = null;
  const list = h("div", { class: "choices" });
  const box = framed(question, "", list);
  const value = () => {
    if (hurting.length === 1) return hurting[0];
    return hurting.length ? rows.find((row) => row.input.checked)?.value : UNSURE;
  };
  const ofAnswer = (answer) => (Array.isArray(answer) ? answer : (answer?.yes ?? []));
  const made = {
    ...box,
    value,
    problem: () => (value() === undefined ? t("question.missing") : null),
    refresh(values) {
      const now = ofAnswer(together.includes(sites?.id) ? values[sites.id] : app.interview.all[sites?.id]);
      if (hurting && now.join() === hurting.join()) return;
      const before = rows.find((row) => row.input.checked)?.value ?? given;
      hurting = now;
      rows = [...question.options.filter((option) => now.includes(option.id)).map((option) => [option.id, rich(option.text)]), [UNSURE, t("unsure")]]
        .map(([id, words]) => ({ value: id, ...choice("radio", question.id, words, before === id, () => made.changed?.(), id === UNSURE ? "unsure" : "") }));
      list.replaceChildren(...rows.map((row) => row.line));
      made.hidden = now.length < 2;
      made.element.hidden = made.hidden;
    },
  };
  made.refresh({ [sites?.id]: app.interview.all[sites?.id] });
  return made;
}
