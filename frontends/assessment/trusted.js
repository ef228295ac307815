// The two places where text becomes more than text: a picture that was verified, and the service worker's address.
// The Content-Security-Policy lets nothing else in (Trusted Types); a browser without them takes plain text.

const policy = globalThis.trustedTypes?.createPolicy("algos", {
  createHTML: (picture) => picture,
  createScriptURL: (address) => {
    if (address !== "service-worker.js") throw new TypeError(`${address} is no script of this site`);
    return address;
  },
});

/** A picture of the bundle, once the runtime has verified its bytes; without its styles, which the policy forbids. */
export function picture(text) {
  const bare = text.replace(/<style[^>]*>[^]*?<\/style>/g, "");
  return policy?.createHTML(bare) ?? bare;
}

/** The address of this site's service worker. */
export const worker = () => policy?.createScriptURL("service-worker.js") ?? "service-worker.js";
