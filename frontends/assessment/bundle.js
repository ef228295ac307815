// The bundle: loaded, verified, and remembered, so that nothing older is taken and a visit without a network works.

import { RefusedError, load } from "./algos.js";
import { language } from "./words.js";
import { PLACE, keep, kept } from "./store.js";

const FOLDER = "bundle/";
const MANIFEST = `${FOLDER}manifest.jws`;
const CACHE = `algos-bundle${PLACE}`;

/** Where the network failed, or the host is changing from one release to the next, the last good release serves. */
const PASSING = new Set(["bundle.unreachable", "bundle.missing-file", "bundle.truncated"]);

const json = async (address) => {
  const answer = await fetch(address, { cache: "no-cache" }).catch((error) => error);
  if (!answer.ok) throw new RefusedError("bundle.unreachable", address, String(answer.status ?? answer));
  return answer.json();
};

/** Verifies a signature where the browser knows no Ed25519; the library for that is fetched by nobody else. */
const ed25519 = async (signature, message, key) =>
  (await import("./ed25519.js")).verifyAsync(signature, message, key, { zip215: false });

/**
 * What this site is: `{languages, preview}`, written beside it. `preview` is set where the site was made with a preview.
 * @returns {Promise<{languages: string[], preview: boolean}>}
 */
export const about = () => json("site.json");

/** The bundle beside this site, or RefusedError. */
export async function open(site) {
  const keys = await json("keys.json");
  // Its review date may pass while somebody depends on the page: it goes on, and says so at the top of every page.
  const options = { keys, ed25519, overdue: "warn", preview: site.preview, language: language.tag, last: site.preview ? null : kept("accepted") };
  let algos;
  try {
    algos = await load(FOLDER, { ...options, fetch: noting });
  } catch (error) {
    signed = null;
    if (!PASSING.has(error.reason) || !globalThis.caches) throw error;
    const before = await caches.match(MANIFEST, { cacheName: CACHE });
    if (!before) throw error;
    const fetcher = (address, init) => (ofManifest(address) ? before.clone() : fetch(address, init));
    // What is kept may be older than what was used since, or not whole. Then there is nothing to use, and why stays the same.
    algos = await load(FOLDER, { ...options, fetch: fetcher }).catch(() => {
      throw error;
    });
  }
  if (!site.preview) keep("accepted", algos.accepted);
  language.of = (text) => algos.languageOf(text);
  return algos;
}

/** The manifest as the host sent it, until it is kept. @type {Response | null} */
let signed = null;
const ofManifest = (address) => String(address).endsWith(".jws");

async function noting(address, init) {
  const answer = await fetch(address, init);
  if (ofManifest(address) && answer.ok) signed = answer.clone();
  return answer;
}

/** Keep everything of the bundle but papers for visits without a network; what an older release left is taken away. */
export async function settle(algos) {
  if (!globalThis.caches || !navigator.serviceWorker?.controller) return;
  const cache = await caches.open(CACHE);
  const address = (file) => new URL(`${FOLDER}files/${file.sha256}${file.path.slice(file.path.lastIndexOf("."))}`, document.baseURI).href;
  const wanted = new Set([...algos.manifest.files.map(address), new URL(MANIFEST, document.baseURI).href]);
  const light = algos.manifest.files.filter((file) => !file.path.endsWith(".pdf") && !["conformance", "release"].includes(file.part));
  for (const file of light) {
    const place = address(file);
    if (!(await cache.match(place))) await fetch(place); // the service worker keeps it
  }
  // Last, so that a manifest that is kept has all its files; and not fetched again, since it may be the next one by now.
  if (signed) await cache.put(MANIFEST, signed);
  signed = null;
  for (const request of await cache.keys()) if (!wanted.has(request.url)) await cache.delete(request);
}
