// In Node: the runtime, and beside it json-logic-js and zen-engine on the same rules and people.
import { readFile } from "node:fs/promises";
import jsonLogic from "json-logic-js";
import { ZenEngine } from "@gorules/zen-engine";
import { each, loading } from "./measure.mjs";

const json = async (name) => JSON.parse(await readFile(name, "utf8"));
const [keys, { partly, known, fired, today }, program, zen] = await Promise.all(
  ["keys.json", "people.json", "json_logic.json", "zen.json"].map(json),
);
const archive = new Uint8Array(await readFile("bundle.tar"));
const { algos, first, median } = await loading(archive, { keys, today }, 8);

const agrees = (rules, at) => {
  const own = [...rules].sort();
  if (own.join() !== fired[at].join()) throw new Error(`person ${at}: another rule fired`);
};
const rows = { load: { first, median } };
rows.partly = each(
  partly,
  (person) => algos.assess(person),
  () => {},
);
rows.known = each(
  known,
  (person) => algos.assess(person),
  (outcome, at) => agrees(outcome.fired, at),
);
rows.next = each(
  partly,
  (person) => algos.nextQuestion(person),
  () => {},
);

const logic = ({ answers }) => {
  const data = { ...answers };
  const rules = [];
  for (const { kind, name, gate, whens } of program.steps) {
    if (kind === "question") {
      data[`g_${name}`] = Boolean(jsonLogic.apply(gate, data));
      continue;
    }
    const ours = whens.filter(({ when }) => jsonLogic.apply(when, data));
    rules.push(...ours.map(({ id }) => id));
    data[`${kind[0]}_${name}`] =
      kind === "finding" ? ours.length > 0 : ours.reduce((sum, { points }) => sum + points, 0);
  }
  for (const { id, when } of program.last) if (jsonLogic.apply(when, data)) rules.push(id);
  return rules;
};
rows.jsonLogic = each(
  known.map((answers) => ({ answers })),
  logic,
  agrees,
);

const decision = new ZenEngine().createDecision(zen.graph);
const people = known.slice(0, 60);
const results = [];
for (const person of people) results.push((await decision.evaluate(person)).result);
results.forEach((result, at) =>
  agrees(
    Object.entries(zen.rules)
      .filter(([key]) => result[key])
      .map(([, id]) => id),
    at,
  ),
);
const times = [];
for (const person of people) {
  const began = performance.now();
  await decision.evaluate(person);
  times.push(performance.now() - began);
}
times.sort((left, right) => left - right);
rows.zen = { median: times[times.length >> 1], slowest: times.at(-1) };
console.log(JSON.stringify({ version: process.version, rows }));
