// Answers commands, one line of JSON each, with the JavaScript runtime: for tests that compare it with Python.
import { createInterface } from "node:readline";
import { AnswersError, RefusedError, follow, load, transcript } from "../exports/runtime/js/algos.js";

let algos = null;
let archiveLoaded = null;
let follower = null;
let following = {};
const notTaken = [];

const commands = {
  async load({ archive, manifest, files, options }) {
    algos = null;
    const place = archive === undefined ? stored(bytes(manifest), files) : bytes(archive);
    try {
      algos = await load(place, options);
      await algos.verifyAll();
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      if (!(algos && options.keepCore)) return { refused: error.reason, code: error.code, what: error.what };
    }
    return { refused: null, manifest: algos.manifest, warnings: algos.warnings, accepted: algos.accepted };
  },
  /** The same archive with one byte changed, once for each change: the reason, or null where it was taken. */
  async flips({ archive, changes, options }) {
    if (archive !== undefined) archiveLoaded = bytes(archive);
    const reasons = [];
    for (const [at, bits] of changes) {
      const copy = archiveLoaded.slice();
      copy[at] ^= bits;
      reasons.push(await reasonFor(() => load(copy, options)));
    }
    return reasons;
  },
  /** The first so many bytes of it. */
  async cuts({ lengths, options }) {
    const reasons = [];
    for (const length of lengths) reasons.push(await reasonFor(() => load(archiveLoaded.slice(0, length), options)));
    return reasons;
  },
  /** Follow an address from now on; the reason where there is nothing to follow. */
  async follow({ address, options }) {
    follower?.stop();
    notTaken.length = 0;
    const refused = (error) => notTaken.push(error.reason);
    return reasonFor(async () => {
      following = { ...options, refused };
      follower = await follow(address, following);
    });
  },
  async check({ today }) {
    if (today) following.today = today;
    const taken = await follower.check();
    const { manifest, warnings } = follower.current;
    return { taken, version: manifest.version, refused: notTaken.splice(0), warnings };
  },
  version() {
    return follower.current.manifest.version;
  },
  stop() {
    follower.stop();
  },
  question({ name }) {
    return algos.question(name);
  },
  ask({ people, about, shown }) {
    return people.map((answers, at) => ({
      expected: algos.expected(answers),
      outcome: algos.assess(answers),
      next: algos.nextQuestion(answers, shown[at]),
      why: [null, ...about].map((one) => algos.explain(answers, one)),
    }));
  },
  changes({ people, most }) {
    return people.map((answers) => algos.changes(answers, most));
  },
  short({ people, shown }) {
    return people.map((answers, at) => [algos.expected(answers), algos.nextQuestion(answers, shown[at])]);
  },
  interviews({ people }) {
    return people.map((answers) => transcript(algos, answers));
  },
  guide({ condition, advice }) {
    return algos.guide(condition, advice);
  },
  /** Everything that is told in the bundle's language, and the language of each of some texts. */
  locale({ regions, texts }) {
    return {
      locale: algos.locale,
      emergency: regions.map((region) => algos.emergency(region)),
      settings: algos.core.settings,
      warnings: algos.warnings,
      languages: texts.map((text) => algos.languageOf(text)),
    };
  },
  refusedAnswers({ answers }) {
    try {
      algos.assess(answers);
      return null;
    } catch (error) {
      if (!(error instanceof AnswersError)) throw error;
      return error.problems;
    }
  },
};

async function reasonFor(act) {
  try {
    await act();
    return null;
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    return error.reason;
  }
}

const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));

/** A source of files in memory. */
function stored(signed, files) {
  return {
    manifest: async () => signed,
    read: async ({ path, sha256 }) => {
      const data = files[`files/${sha256}${path.slice(path.lastIndexOf("."))}`];
      if (data === undefined) throw new RefusedError("bundle.missing-file", path, "it is not there");
      return bytes(data);
    },
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...fields } = JSON.parse(line);
  let reply;
  try {
    reply = { result: (await commands[command](fields)) ?? null };
  } catch (error) {
    reply = { error: String(error.stack) };
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
