// Checks FHIR's own invariants (invariants.json) on resources that come as a JSON list; prints what does not hold.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const fhirpath = require("fhirpath");
const r4 = require("fhirpath/fhir-context/r4");

const invariants = JSON.parse(readFileSync(new URL("invariants.json", import.meta.url), "utf8"));
const places = (resource, path) => {
  if (path === resource.resourceType) return [resource];
  if (path.endsWith(".enableWhen")) return items(resource).flatMap((item) => item.enableWhen ?? []);
  return items(resource);
};
const items = (holder) =>
  [...(holder.item ?? []), ...(holder.answer ?? []).flatMap(items)].flatMap((item) => [item, ...items(item)]);

const quiet = () => {};
const broken = [];
let checked = 0;
for (const resource of JSON.parse(readFileSync(0, "utf8"))) {
  for (const { resource: kind, path, key, expression } of invariants) {
    if (kind !== resource.resourceType) continue;
    // `answer` is one of several keys in JSON; only with its path does fhirpath know which.
    const test = fhirpath.compile({ base: path, expression }, r4, { traceFn: quiet });
    for (const element of places(resource, path)) {
      checked += 1;
      const [holds] = test(element, { resource });
      if (holds === false) broken.push({ key, at: element.linkId ?? element.question ?? path });
    }
  }
}
process.stdout.write(JSON.stringify({ checked, broken }));
