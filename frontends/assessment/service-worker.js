// Visits without a network. The site's own files are kept whole, in the version below; the bundle's files never change and are
// kept as they come; what says which release and which keys count is asked for each time.

// Sites in several folders of one host share its caches: each has its own, by the folder's name (see store.js).
const PLACE = new URL(self.registration.scope).pathname.replace(/^\/$/, "");
const BUNDLE = `algos-bundle${PLACE}`;
const SITE = `algos-site${PLACE}-`;
const VERSION = "development"; // written by `algos export --assessment`, as is the list
const FILES = [];

self.addEventListener("install", (event) => {
  const whole = async () => {
    const cache = await caches.open(SITE + VERSION);
    await cache.addAll(FILES.map((name) => new Request(name, { cache: "reload" })));
    await self.skipWaiting();
  };
  event.waitUntil(whole());
});

self.addEventListener("activate", (event) => {
  const tidy = async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith(SITE) && name !== SITE + VERSION);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  const scope = new URL(self.registration.scope);
  if (request.method !== "GET" || address.origin !== scope.origin || !address.pathname.startsWith(scope.pathname)) return;
  const name = address.pathname.slice(scope.pathname.length);
  if (name.startsWith("bundle/files/")) event.respondWith(kept(request));
  else if (["keys.json", "site.json"].includes(name)) event.respondWith(asked(request));
  else if (name === "bundle/manifest.jws") return; // the page keeps it, and knows when it may be used
  else event.respondWith(own(request));
});

/** A file of the bundle: named by its content, and kept only where it is that; the page verifies it all the same. */
async function kept(request) {
  const found = await caches.match(request.url, { cacheName: BUNDLE });
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok && request.url.includes(await digest(answer.clone()))) await put(BUNDLE, request.url, answer.clone());
  return answer;
}

/** Keep an answer; where there is no room for it, the page goes on without. */
async function put(cacheName, address, answer) {
  try {
    await (await caches.open(cacheName)).put(address, answer);
  } catch (error) {
    console.info(`${address} is not kept: ${error}`);
  }
}

/** SHA-256 of what came, in hexadecimal. */
async function digest(answer) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await answer.arrayBuffer()));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What must not be old: from the network; only without one, or from a host that fails, as it was last. */
async function asked(request) {
  const cacheName = SITE + VERSION;
  const answer = await fetch(request).catch((error) => error);
  if (answer.ok) await put(cacheName, request.url, answer.clone());
  if (answer.ok || answer.status < 500) return answer;
  const found = await caches.match(request.url, { cacheName });
  if (!found && answer instanceof Error) throw answer;
  return found ?? answer;
}

/** The site itself, whatever stands after the `?`. */
async function own(request) {
  const found = await caches.match(request, { cacheName: SITE + VERSION, ignoreSearch: true });
  return found ?? fetch(request);
}
