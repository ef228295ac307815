// Parts of the assessment without a browser: a host that changes and fails, and what a page keeps. One JSON on the output.
//
//     node assessment_parts.mjs SITE FOLDER...      SITE is a site without a bundle, each FOLDER a release of it

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [site, ...releases] = process.argv.slice(2);
const HOST = "https://host.example/pain/";
const host = { release: 0, down: false, answers: {} };

/** Caches as a browser has them, as far as the site asks. */
const kept = new Map();
const full = { now: false };
const cacheOf = (name) => {
  if (!kept.has(name)) kept.set(name, new Map());
  const held = kept.get(name);
  const key = (request) => new URL(request.url ?? request, HOST).href;
  return {
    match: async (request) => held.get(key(request))?.clone(),
    put: async (request, answer) => {
      if (full.now) throw new Error("QuotaExceededError");
      held.set(key(request), answer.clone());
    },
    delete: async (request) => held.delete(key(request)),
    keys: async () => [...held.keys()].map((url) => ({ url })),
  };
};
const caches = {
  open: async (name) => cacheOf(name),
  match: async (request, { cacheName }) => (kept.has(cacheName) ? cacheOf(cacheName).match(request) : undefined),
  keys: async () => [...kept.keys()],
  delete: async (name) => kept.delete(name),
};

/** The network, behind which the files of the bundle that were kept are there at any time, as the service worker has it. */
async function network(request) {
  const address = new URL(request.url ?? request, HOST);
  const name = address.pathname.replace("/pain/", "");
  const before = name.startsWith("bundle/files/") && (await caches.match(address.href, { cacheName: "algos-bundle/pain/" }));
  if (before) return before;
  if (host.down && name !== "keys.json") throw new TypeError("Failed to fetch");
  if (name in host.answers) return new Response("", { status: host.answers[name] });
  const file = name.startsWith("bundle/") ? `${releases[host.release]}/${name.slice(7)}` : `${site}/${name}`;
  const answer = new Response(readFileSync(file));
  if (name.startsWith("bundle/files/")) await cacheOf("algos-bundle/pain/").put(address.href, answer);
  return answer;
}

const storage = new Map();
const browser = {
  document: { baseURI: HOST, documentElement: {} },
  location: { href: HOST, search: "" },
  navigator: { languages: ["en-GB"], serviceWorker: { controller: {} } },
  localStorage: {
    getItem: (name) => storage.get(name) ?? null,
    setItem: (name, text) => storage.set(name, text),
    removeItem: (name) => storage.delete(name),
  },
  caches,
  fetch: network,
};
for (const [name, value] of Object.entries(browser)) Object.defineProperty(globalThis, name, { value, configurable: true });

const load = (name) => import(pathToFileURL(`${site}/${name}`));
const { open, settle } = await load("bundle.js");
const { Interview } = await load("interview.js");
const version = () => open({ preview: false }).then(({ manifest }) => manifest.version, (error) => error.reason);
const told = {};
console.info = console.error; // the output is for what is told

const first = await open({ preview: false });
host.release = 1; // the next release comes while the first is being kept
await settle(first);
host.down = true;
told.without_a_network = await version();
host.down = false;
told.next = await version(); // and is used, but nobody stays for long enough that it could be kept
host.down = true;
told.only_an_older_one_is_kept = await version();
host.down = false;

const interview = new Interview(first);
interview.answer(Object.fromEntries(first.nextQuestion({}, 0).questions.map((id) => [id, "unknown"])));
told.old_at_once = interview.old;
const now = Date.now;
Date.now = () => now() + 25 * 3_600_000;
told.old_a_day_later = interview.old;
Date.now = now;
told.storage = [...storage.keys()].sort();

const listeners = {};
const self = {
  registration: { scope: HOST },
  addEventListener: (name, listener) => (listeners[name] = listener),
  clients: { claim: async () => {} },
};
new Function("self", "caches", "fetch", readFileSync(`${site}/service-worker.js`, "utf8"))(self, caches, network);
const asked = async (name) => {
  let answer = network(HOST + name);
  listeners.fetch({ request: { method: "GET", url: HOST + name }, respondWith: (given) => (answer = given) });
  return (await answer).status;
};
told.keys = await asked("keys.json");
host.answers = { "keys.json": 503, "bundle/manifest.jws": 503 };
told.keys_of_a_host_that_fails = await asked("keys.json");
told.manifest_of_a_host_that_fails = await asked("bundle/manifest.jws");
host.answers = { "keys.json": 404 };
told.keys_that_were_taken_away = await asked("keys.json");
host.answers = {};
full.now = true;
told.keys_without_room = await asked("keys.json");
full.now = false;
let done;
kept.set("algos-site-of-another", new Map());
kept.set("algos-site/pain/-older", new Map());
listeners.activate({ waitUntil: (given) => (done = given) });
await done;
told.caches = [...kept.keys()].map((name) => name.replace(/[0-9a-f]{16}$/, "…")).sort();
process.stdout.write(JSON.stringify(told));
