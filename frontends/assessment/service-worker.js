// Visits without a network. The site's own files are kept whole, in the version below; the bundle's files never change and are
// kept as they come; what says which release and which keys count is asked for each time.

const BUNDLE = "algos-bundle";
const SITE = "algos-site-";
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
  else if (["keys.json", "site.json", "bundle/manifest.jws"].includes(name)) event.respondWith(asked(request, name));
  else event.respondWith(own(request));
});

/** A file of the bundle: named by its content, and kept only where it is that; the page verifies it all the same. */
async function kept(request) {
  const found = await caches.match(request.url, { cacheName: BUNDLE });
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok && request.url.includes(await digest(answer.clone()))) {
    await (await caches.open(BUNDLE)).put(request.url, answer.clone());
  }
  return answer;
}

/** SHA-256 of what came, in hexadecimal. */
async function digest(answer) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await answer.arrayBuffer()));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What must not be old: from the network, and only without one as it was last. The manifest is kept by the page. */
async function asked(request, name) {
  try {
    const answer = await fetch(request);
    if (answer.ok && name !== "bundle/manifest.jws") {
      await (await caches.open(SITE + VERSION)).put(request.url, answer.clone());
    }
    return answer;
  } catch (error) {
    const cacheName = name === "bundle/manifest.jws" ? BUNDLE : SITE + VERSION;
    const found = await caches.match(request.url, { cacheName });
    if (found) return found;
    throw error;
  }
}

/** The site itself, whatever stands after the `?`. */
async function own(request) {
  const found = await caches.match(request, { cacheName: SITE + VERSION, ignoreSearch: true });
  return found ?? fetch(request);
}
