// Validates resources, a JSON list, with Medplum's validator: R4 itself, or a profile of the SDC guide; prints issues.
import { readFileSync } from "node:fs";
import { indexStructureDefinitionBundle, loadDataType, validateResource } from "@medplum/core";

const definitions = JSON.parse(readFileSync(new URL("definitions.json", import.meta.url), "utf8"));
indexStructureDefinitionBundle(definitions.structures);
const PROFILES = { Questionnaire: "sdc-questionnaire", QuestionnaireResponse: "sdc-questionnaireresponse" };
for (const one of [...definitions.extensions, ...definitions.profiles]) loadDataType(one);
const profile = (kind) => definitions.profiles.find((one) => one.id === PROFILES[kind]);

const told = (issues) => issues.map((issue) => `${issue.severity} ${issue.expression ?? ""} ${issue.details?.text}`);
const validated = (resource, options) => {
  try {
    return told(validateResource(resource, options));
  } catch (error) {
    if (!error.outcome) throw error;
    return told(error.outcome.issue);
  }
};
const resources = JSON.parse(readFileSync(0, "utf8"));
const found = resources.map((resource) => [
  ...validated(resource, {}),
  ...validated(resource, { profile: profile(resource.resourceType) }),
]);
process.stdout.write(JSON.stringify(found));
