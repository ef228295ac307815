// Answers one line of JSON: a bundle (manifest and stored files) and people; with their responses in FHIR.
import { readFileSync } from "node:fs";
import { questionnaireResponse } from "../frontends/assessment/fhir.js";
import { load } from "../exports/runtime/js/algos.js";

const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));
const { manifest, files, keys, today, people, options, language } = JSON.parse(readFileSync(0, "utf8"));
const source = {
  manifest: async () => bytes(manifest),
  read: async (file) => bytes(files[`files/${file.sha256}${file.path.slice(file.path.lastIndexOf("."))}`]),
};
const algos = await load(source, { keys, today, preview: true, language });
const responses = people.map((answers) => {
  try {
    return questionnaireResponse(algos, answers, options);
  } catch (error) {
    return { refused: error.message };
  }
});
process.stdout.write(JSON.stringify(responses));
