// @ts-check
/**
 * The Algos runtime for JavaScript: one module, no dependencies, for browsers and Node.
 *
 *     const algos = await load("https://example.org/pain/", { keys });   // refuses, or returns something to trust
 *     const step = algos.nextQuestion(answers);                          // what to ask, or why to stop
 *     const outcome = algos.assess(answers);                             // how urgent, what is likely, and why
 *     const guide = await algos.guide("low_back_spasm", outcome.advice); // what to do
 *
 * It is written to be read: somebody who ports it to Swift or Kotlin follows it from top to bottom, with
 * docs/semantics.md for what a rule means and docs/implementing-a-runtime.md for what a bundle is. It shares nothing
 * with the Python runtime but those pages, and is compared with it on many thousands of people.
 *
 * Contents: 1 refusals - 2 encodings - 3 signatures - 4 where bundles come from - 5 loading - 6 answers - 7 criteria -
 * 8 evaluating - 9 the outcome - 10 what could still become - 11 the interview - 12 English - 13 explaining -
 * 14 guides - 15 languages - 16 conformance - 17 following releases.
 */

/** @import * as T from "./types.js" */

/** The version of the bundle's layout that this module reads. */
export const FORMAT = 1;
/** The version of the meaning of rules that this module implements. */
export const SEMANTICS = 1;

// ---- 1 Refusals ----------------------------------------------------------------------------------------------------

const CODES = {
  "bundle.encoding": "BN001",
  "bundle.unsigned": "BN002",
  "bundle.unknown-key": "BN003",
  "bundle.signature": "BN004",
  "bundle.revoked-key": "BN005",
  "bundle.manifest": "BN006",
  "bundle.altered-file": "BN007",
  "bundle.missing-file": "BN008",
  "bundle.extra-file": "BN009",
  "bundle.size": "BN010",
  "bundle.truncated": "BN011",
  "bundle.older": "BN012",
  "bundle.overdue": "BN013",
  "bundle.semantics": "BN014",
  "bundle.conformance": "BN015",
  "bundle.content": "BN016",
  "bundle.unreachable": "BN017",
  "bundle.identity": "BN018",
  "bundle.preview": "BN021",
  "keys.file": "BN031",
};

/** Why a bundle is not used. `code` and `reason` are those of every runtime; `where` and `what` are for people. */
export class RefusedError extends Error {
  /** @param {keyof typeof CODES} reason @param {string} where @param {string} what */
  constructor(reason, where, what) {
    super(`${CODES[reason]} ${reason}  ${where}: ${what}`);
    this.name = "RefusedError";
    this.code = CODES[reason];
    this.reason = reason;
    this.where = where;
    this.what = what;
  }
}

/** Answers outside their questions' domains: one problem for each. */
export class AnswersError extends Error {
  /** @param {{question: string, what: string, allowed: string}[]} problems */
  constructor(problems) {
    super(problems.map((one) => `${one.what}; allowed: ${one.allowed}`).join("\n"));
    this.name = "AnswersError";
    this.problems = problems;
  }
}

/** @param {boolean} holds @param {keyof typeof CODES} reason @param {string} where @param {string} what */
function demand(holds, reason, where, what) {
  if (!holds) throw new RefusedError(reason, where, what);
}

// ---- 2 Encodings: bytes that can be read in one way only -------------------------------------------------------------

const MAX_JSON = 4 * 1024 * 1024;
const MAX_SIGNED = 2 * MAX_JSON;
const MAX_FILE = 16 * 1024 * 1024;
const MAX_BUNDLE = 256 * 1024 * 1024;
const MAX_SIGNATURES = 16;

/**
 * The one text of a JSON value: RFC 8785. JavaScript writes numbers and strings as the RFC asks, so only the order of
 * keys is left to do.
 * @param {unknown} value @returns {string}
 */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join(",")}}`;
}

/**
 * The value of canonical JSON. Duplicate keys, another order of keys, spaces, a byte order mark: all are refused,
 * because the text would not come out the same.
 * @param {Uint8Array} bytes @param {string} where @returns {any}
 */
function strictJson(bytes, where, limit = MAX_JSON) {
  demand(bytes.length <= limit, "bundle.size", where, `it has more than ${limit} bytes`);
  let text, value, same;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
    same = canonical(value) === text;
  } catch (error) {
    throw new RefusedError("bundle.encoding", where, `it cannot be read: ${error}`);
  }
  demand(same, "bundle.encoding", where, "its JSON is not written in the canonical way (RFC 8785)");
  return value;
}

/** @param {Uint8Array} bytes @returns {string} */
function base64url(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * The bytes of base64url. Its last character can hold bits that nobody reads; what does not come out the same is refused.
 * @param {unknown} text @param {string} where
 */
function fromBase64url(text, where) {
  demand(typeof text === "string" && /^[\w-]*$/.test(text), "bundle.encoding", where, "its base64url cannot be read");
  const given = /** @type {string} */ (text);
  let bytes = new Uint8Array();
  try {
    bytes = Uint8Array.from(atob(given.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  } catch {
    throw new RefusedError("bundle.encoding", where, "its base64url cannot be read");
  }
  demand(base64url(bytes) === given, "bundle.encoding", where, "its base64url is not written in the canonical way");
  return bytes;
}

/** @param {string} text */
const utf8 = (text) => new TextEncoder().encode(text);

/** @param {Uint8Array} bytes */
const digest = async (bytes) =>
  new Uint8Array(await webCrypto().digest("SHA-256", /** @type {BufferSource} */ (bytes)));

/** @param {Uint8Array} bytes */
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

function webCrypto() {
  const subtle = globalThis.crypto?.subtle;
  if (!subtle)
    throw new RefusedError("bundle.signature", MANIFEST, "signatures can be checked only on https or localhost");
  return subtle;
}

// ---- 3 Signatures ----------------------------------------------------------------------------------------------------

const MANIFEST = "manifest.jws";
const ALGORITHM = "Ed25519";
const TYPE = "algos-bundle+jws";

/**
 * The trusted keys of a JWK Set (RFC 7517), by their id, which is the thumbprint of RFC 7638.
 * @param {{keys: any[]}} set @returns {Promise<Map<string, any>>}
 */
async function trusted(set) {
  const keys = new Map();
  demand(Array.isArray(set?.keys), "keys.file", "keys", "they are no JWK Set");
  for (const key of set.keys) {
    demand(!("d" in key), "keys.file", "keys", "a private key is among them");
    const usable = key.kty === "OKP" && key.crv === ALGORITHM && fromBase64url(key.x, "keys").length === 32;
    demand(usable, "keys.file", "keys", "one of them is no Ed25519 public key");
    const id = base64url(await digest(utf8(canonical({ crv: key.crv, kty: key.kty, x: key.x }))));
    demand(
      (key.kid ?? id) === id && (key.alg ?? ALGORITHM) === ALGORITHM,
      "keys.file",
      "keys",
      `${id} bears another id`,
    );
    demand(!keys.has(id), "keys.file", "keys", `${id} stands twice`);
    keys.set(id, key);
  }
  return keys;
}

/**
 * Whether a signature is that of a key (RFC 8032), by the platform's Web Crypto. Where that knows no Ed25519, as in browsers
 * before 2025, `otherwise` decides; without it whoever called learns what the platform says.
 * @param {string} x the key @param {Uint8Array} signature @param {Uint8Array} message @param {T.Options["ed25519"]} otherwise
 * @returns {Promise<boolean>}
 */
async function fits(x, signature, message, otherwise) {
  const [crypto, jwk] = [webCrypto(), { kty: "OKP", crv: ALGORITHM, x }];
  let key;
  try {
    key = await crypto.importKey("jwk", jwk, ALGORITHM, false, ["verify"]);
  } catch (error) {
    if (!otherwise) throw error;
    return (await otherwise(signature, message, fromBase64url(x, "keys"))) === true;
  }
  const [given, text] = /** @type {BufferSource[]} */ ([signature, message]);
  return crypto.verify(ALGORITHM, key, given, text);
}

/**
 * The manifest in a JSON Web Signature (RFC 7515, general JSON form), once enough trusted keys have signed it.
 * @param {Uint8Array} bytes @param {Map<string, any>} keys @param {T.Options} options @returns {Promise<any>}
 */
async function verifiedManifest(bytes, keys, { required = 1, ed25519 }) {
  const signed = strictJson(bytes, MANIFEST, MAX_SIGNED);
  demand(
    hasExactly(signed, ["payload", "signatures"]) &&
      Array.isArray(signed.signatures) &&
      signed.signatures.length <= MAX_SIGNATURES &&
      signed.signatures.every((/** @type {unknown} */ one) => hasExactly(one, ["protected", "signature"])),
    "bundle.encoding",
    MANIFEST,
    "it is no JSON Web Signature in the general JSON form",
  );
  /** @type {string[]} */
  const ids = signed.signatures.map((/** @type {any} */ one) => keyId(one.protected));
  const ordered = ids.every((id, at) => at === 0 || ids[at - 1] < id);
  demand(ordered, "bundle.encoding", MANIFEST, "its signatures are not in the order of their keys");
  const manifest = strictJson(fromBase64url(signed.payload, MANIFEST), MANIFEST);
  demand(ids.length > 0, "bundle.unsigned", MANIFEST, "nobody has signed it");
  const named = manifest?.signed_by;
  const says = Array.isArray(named) && named.length > 0 && named.every((one) => typeof one === "string");
  demand(says, "bundle.manifest", MANIFEST, "it does not say in `signed_by` which keys sign it");

  let verified = 0;
  for (const [at, id] of ids.entries()) {
    const { protected: header, signature: text } = signed.signatures[at];
    const key = keys.get(id);
    if (key?.revoked) {
      const day = new Date(key.revoked.revoked_at * 1000).toISOString().slice(0, 10);
      const what = `it is signed with the key \`${key.name ?? id}\`, revoked on ${day}: ${key.revoked.reason}`;
      throw new RefusedError("bundle.revoked-key", MANIFEST, what);
    }
    const signature = fromBase64url(text, MANIFEST);
    demand(signature.length === 64, "bundle.signature", MANIFEST, "a signature has not 64 bytes");
    if (!key) continue; // such as the next key, before everybody trusts it: it does not count
    const holds = await fits(key.x, signature, utf8(`${header}.${signed.payload}`), ed25519);
    demand(holds, "bundle.signature", MANIFEST, `the signature by \`${key.name ?? id}\` does not fit: it was altered`);
    verified += 1;
  }
  demand(
    verified > 0,
    "bundle.unknown-key",
    MANIFEST,
    `no trusted key has signed it; it was signed by ${ids.join(", ")}`,
  );
  const complete = canonical(ids) === canonical([...named].sort());
  demand(complete, "bundle.unsigned", MANIFEST, "its signatures are not those that it names in `signed_by`");
  demand(verified >= required, "bundle.unsigned", MANIFEST, `${verified} of ${required} trusted signatures are there`);
  return manifest;
}

/** The key id in a signature's header, which has exactly three members. @param {unknown} text @returns {string} */
function keyId(text) {
  const header = strictJson(fromBase64url(text, MANIFEST), MANIFEST);
  const exact = hasExactly(header, ["alg", "kid", "typ"]) && typeof header.kid === "string";
  demand(exact, "bundle.encoding", MANIFEST, "a signature's header has exactly `alg`, `kid` and `typ`");
  const ours = header.alg === ALGORITHM && header.typ === TYPE;
  demand(ours, "bundle.signature", MANIFEST, `it is signed with \`${header.alg}\` as \`${header.typ}\``);
  return header.kid;
}

/** @param {any} value @param {string[]} keys in order */
function hasExactly(value, keys) {
  return value !== null && typeof value === "object" && canonical(Object.keys(value).sort()) === canonical(keys);
}

// ---- 4 Where bundles come from ---------------------------------------------------------------------------------------

/** Where a file of the manifest lies. @param {T.BundleFile} file */
const storedAs = (file) => `files/${file.sha256}${file.path.slice(file.path.lastIndexOf("."))}`;

/**
 * A bundle on a web host: the address of the folder that holds `manifest.jws`.
 * @param {string | URL} address @param {typeof fetch} fetcher
 */
function webSource(address, fetcher) {
  const base = new URL(address, /** @type {any} */ (globalThis).document?.baseURI);
  if (!base.pathname.endsWith("/")) base.pathname += "/";
  const source = {
    /** What the server called the manifest that was read last. @type {string | null} */
    etag: null,
    /**
     * The manifest, or null where the server says that it is still the one with this ETag.
     * @param {string | null} etag
     */
    changed: async (etag) => {
      // Browsers ask the server about what is in their cache, and with an ETag of ours they would ask twice.
      const headers = /** @type {Record<string, string>} */ (
        etag && !globalThis.location ? { "If-None-Match": etag } : {}
      );
      const response = await answered(new URL(MANIFEST, base), fetcher, { cache: "no-cache", headers });
      if (response.status === 304) return null;
      demand(response.ok, "bundle.unreachable", MANIFEST, `the server at ${base} says ${response.status}`);
      source.etag = response.headers.get("ETag");
      return body(response, MANIFEST, MAX_SIGNED, "bundle.size");
    },
    manifest: async () => /** @type {Uint8Array} */ (await source.changed(null)),
    /** @param {T.BundleFile} file @param {boolean} [again] */
    read: async (file, again) => {
      const response = await answered(new URL(storedAs(file), base), fetcher, again ? { cache: "reload" } : {});
      const gone = response.status === 404 || response.status === 410;
      demand(!gone, "bundle.missing-file", file.path, "the server does not have it");
      demand(response.ok, "bundle.unreachable", file.path, `the server says ${response.status}`);
      return body(response, file.path, file.size, "bundle.altered-file");
    },
  };
  return source;
}

/** @param {URL} address @param {typeof fetch} fetcher @param {RequestInit} options */
async function answered(address, fetcher, options) {
  try {
    return await fetcher(address, options);
  } catch (error) {
    throw new RefusedError("bundle.unreachable", String(address), String(error));
  }
}

/**
 * What a server sends, refused as soon as it is more than `most` bytes.
 * @param {Response} response @param {string} where @param {number} most @param {keyof typeof CODES} tooMuch
 */
async function body(response, where, most, tooMuch) {
  const chunks = [];
  let size = 0;
  const reader = response.body?.getReader();
  try {
    for (let part = await reader?.read(); part && !part.done && size <= most; part = await reader?.read()) {
      chunks.push(part.value);
      size += part.value.length;
    }
    if (size > most) await reader?.cancel();
  } catch (error) {
    throw new RefusedError("bundle.truncated", where, String(error));
  }
  demand(size <= most, tooMuch, where, `it has more than ${most} bytes`);
  return joined(chunks);
}

/** @param {Uint8Array[]} chunks */
function joined(chunks) {
  const bytes = new Uint8Array(chunks.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

const BLOCK = 512;

/**
 * A bundle in one archive: POSIX tar in the one form that the manifest determines, so that bytes are compared and
 * never interpreted.
 * @param {Uint8Array} archive @returns {T.Source}
 */
function archiveSource(archive) {
  const size = parseInt(new TextDecoder("latin1").decode(archive.subarray(124, 135)), 8);
  /** @type {Map<string, Uint8Array>} */
  const members = new Map();
  return {
    manifest: async () => {
      demand(archive.length >= BLOCK, "bundle.truncated", MANIFEST, `the archive ends after ${archive.length} bytes`);
      const begins = size >= 0 && size <= MAX_BUNDLE && same(archive.subarray(0, BLOCK), tarHeader(MANIFEST, size));
      demand(begins, "bundle.encoding", MANIFEST, "the archive does not begin with a manifest");
      demand(archive.length >= BLOCK + size, "bundle.truncated", MANIFEST, "the archive ends inside the manifest");
      return archive.subarray(BLOCK, BLOCK + size);
    },
    check: async (manifest) => {
      let at = BLOCK + size;
      /** @param {Uint8Array} wanted @param {string} what */
      const expect = (wanted, what) => {
        const found = archive.subarray(at, at + wanted.length);
        const cut = found.length < wanted.length && same(found, wanted.subarray(0, found.length));
        demand(!cut, "bundle.truncated", "the archive", `it ends before ${what}`);
        demand(same(found, wanted), "bundle.encoding", "the archive", `${what} is not what the manifest determines`);
        at += wanted.length;
      };
      expect(tarPadding(size), "the padding of the manifest");
      for (const file of manifest.files) {
        const name = storedAs(file);
        if (members.has(name)) continue;
        expect(tarHeader(name, file.size), `the header of ${name}`);
        demand(archive.length >= at + file.size, "bundle.truncated", name, "the archive ends inside this file");
        members.set(name, archive.subarray(at, at + file.size));
        at += file.size;
        expect(tarPadding(file.size), `the padding of ${name}`);
      }
      expect(new Uint8Array(2 * BLOCK), "the end of the archive");
      demand(at === archive.length, "bundle.extra-file", "the archive", "bytes follow its end");
      for (const file of manifest.files) await verifiedFile(file, await archiveRead(file)); // they are here: look at once
    },
    read: archiveRead,
  };
  /** @param {T.BundleFile} file */
  async function archiveRead(file) {
    return /** @type {Uint8Array} */ (members.get(storedAs(file)));
  }
}

/** @param {number} size */
const tarPadding = (size) => new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK);

/**
 * The header (ustar) of a file: name, rights, owner, size, time, checksum.
 * @param {string} name @param {number} size
 */
function tarHeader(name, size) {
  const header = new Uint8Array(BLOCK);
  /** @param {string} text @param {number} at */
  const put = (text, at) => header.set(utf8(text), at);
  /** @param {number} value @param {number} digits */
  const octal = (value, digits) => value.toString(8).padStart(digits, "0");
  put(name, 0);
  for (const [text, at] of /** @type {[string, number][]} */ ([
    ["0000644", 100],
    ["0000000", 108],
    ["0000000", 116],
  ])) {
    put(text, at);
  }
  put(octal(size, 11), 124);
  put(octal(0, 11), 136);
  put("        0", 148); // the checksum counts its own place as spaces; then the type, an ordinary file
  put("ustar\x0000", 257);
  put("0000000", 329);
  put("0000000", 337);
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(`${octal(sum, 6)}\0 `, 148);
  return header;
}

/** @param {Uint8Array} left @param {Uint8Array} right */
function same(left, right) {
  return left.length === right.length && left.every((byte, at) => byte === right[at]);
}

/** @param {T.BundleFile} file @param {Uint8Array} bytes */
async function verifiedFile(file, bytes) {
  demand(
    bytes.length >= file.size,
    "bundle.truncated",
    file.path,
    `it has ${bytes.length} bytes instead of ${file.size}`,
  );
  const unchanged = bytes.length === file.size && hex(await digest(bytes)) === file.sha256;
  demand(unchanged, "bundle.altered-file", file.path, "its content is not the one that was signed");
  return bytes;
}

// ---- 5 Loading -------------------------------------------------------------------------------------------------------

const CORE = "core.json";
const CONFORMANCE = "conformance/core.json";
const MORE_CONFORMANCE = "conformance/more.json";

/**
 * A bundle that may be used, or a RefusedError with the reason. Whoever calls keeps the last good one until then.
 *
 * The signatures, the manifest, the core and its conformance cases are checked before anything is returned; the files
 * of guides when they are asked for, and every one of them by `verifyAll`. All files of an archive are checked at once.
 *
 * @param {string | URL | Uint8Array | T.Source} place a web address, the bytes of an archive, or a source of your own
 * @param {T.Options} options
 * @returns {Promise<Algos>}
 */
export async function load(place, options) {
  const source = sourceOf(place, options.fetch ?? globalThis.fetch);
  return opened(source, await source.manifest(), options);
}

/** @param {string | URL | Uint8Array | T.Source} place @param {typeof fetch} fetcher @returns {T.Source} */
function sourceOf(place, fetcher) {
  if (place instanceof Uint8Array) return archiveSource(place);
  return typeof place === "string" || place instanceof URL ? webSource(place, fetcher) : place;
}

/** @param {T.Source} source @param {Uint8Array} signed @param {T.Options} options */
async function opened(source, signed, options) {
  const manifest = await verifiedManifest(signed, await trusted(options.keys), options);
  checkShape(manifest);
  const notices = checkPolicy(manifest, options);
  await source.check?.(manifest);
  const fileAt = new Map(manifest.files.map((/** @type {T.BundleFile} */ file) => [file.path, file]));
  const [own, ...others] = manifest.languages;
  const there = (/** @type {string} */ one) => fileAt.has(localePath(one));
  const language = chosenLanguage([own, ...others.filter(there)], options.language);
  /** @param {string} path @returns {Promise<Uint8Array>} */
  const bytes = async (path) => {
    const file = fileAt.get(path);
    if (!file) throw new RefusedError("bundle.missing-file", path, "the manifest does not list it");
    const read = async (/** @type {boolean} */ again) => verifiedFile(file, await source.read(file, again));
    // Files may be kept for ever on their way. One that is kept damaged is asked for once more where it comes from.
    return read(false).catch((error) => {
      if (!["bundle.altered-file", "bundle.truncated"].includes(error.reason)) throw error;
      return read(true);
    });
  };
  /** What is in a file is what was signed, so it need not be written canonically. @param {string} path */
  const json = async (path) => {
    try {
      return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(await bytes(path)));
    } catch (error) {
      throw error instanceof RefusedError ? error : new RefusedError("bundle.content", path, String(error));
    }
  };
  const path = localePath(language);
  const [core, conformance, locale] = await Promise.all([
    json(CORE),
    json(CONFORMANCE),
    there(language) ? json(path) : null,
  ]);
  demand(core.format === FORMAT, "bundle.content", CORE, `its layout is version ${core.format}`);
  if (locale) checkLocale(locale, language, path);
  let algos;
  try {
    const words = new Words(own, language, locale);
    algos = new Algos(manifest, notices, new Knowledge(words.core(core), words), bytes, json);
  } catch (error) {
    throw new RefusedError("bundle.content", CORE, `it cannot be used: ${error}`);
  }
  conforms(algos, conformance);
  return algos;
}

/** @param {any} locale @param {string} language @param {string} path */
function checkLocale(locale, language, path) {
  const { texts, emergency } = locale;
  const fits =
    locale.language === language &&
    typeof locale.name === "string" &&
    ["ltr", "rtl"].includes(locale.direction) &&
    [emergency?.default, ...(emergency?.places ?? [])].every((one) => Array.isArray(one?.numbers)) &&
    texts !== null &&
    typeof texts === "object" &&
    Object.values(texts).every((text) => typeof text === "string");
  demand(fits, "bundle.content", path, `it is not the language \`${language}\` with its texts`);
}

/** Refuse a manifest of another layout, of newer rules, or that does not describe files. @param {any} manifest */
function checkShape(manifest) {
  demand(manifest.format === FORMAT, "bundle.manifest", MANIFEST, `its layout is version ${manifest.format}`);
  const known = Number.isInteger(manifest.semantics) && manifest.semantics >= 1 && manifest.semantics <= SEMANTICS;
  demand(
    known,
    "bundle.semantics",
    MANIFEST,
    `its rules are written for version ${manifest.semantics} of the semantics`,
  );
  const files = manifest.files;
  const listed =
    typeof manifest.kb === "string" &&
    Number.isSafeInteger(manifest.version) &&
    manifest.version >= 0 &&
    /^\d{4}-\d\d-\d\d$/.test(manifest.review_by) &&
    typeof manifest.preview === "boolean" &&
    typeof manifest.unreviewed === "boolean" &&
    Array.isArray(manifest.languages) &&
    manifest.languages.length > 0 &&
    manifest.languages.every((/** @type {unknown} */ one) => typeof one === "string") &&
    Array.isArray(files) &&
    files.length > 0 &&
    files.every(
      (file, at) =>
        typeof file.path === "string" &&
        /^[a-z0-9_-]+(\/[\w-]+)*(\.[a-z0-9]+)+$/.test(file.path) &&
        /^[0-9a-f]{64}$/.test(file.sha256) &&
        Number.isInteger(file.size) &&
        file.size >= 0 &&
        file.size <= MAX_FILE &&
        (at === 0 || files[at - 1].path < file.path),
    );
  demand(listed, "bundle.manifest", MANIFEST, "it does not describe a release and its files");
  const size = files.reduce((/** @type {number} */ sum, /** @type {any} */ file) => sum + file.size, 0);
  demand(size <= MAX_BUNDLE, "bundle.size", MANIFEST, `its files have more than ${MAX_BUNDLE} bytes together`);
}

/**
 * Refuse what the app's policy does not allow; what it allows with a warning is returned, by the sentence's name.
 * @param {T.Manifest} manifest @param {T.Options} options
 */
function checkPolicy(manifest, options) {
  /** @type {(keyof typeof SENTENCES)[]} */
  const notices = [];
  if (manifest.preview) {
    demand(options.preview === true, "bundle.preview", MANIFEST, "it is a preview, not a release");
    notices.push("preview");
  }
  const last = options.last;
  if (last) {
    demand(
      manifest.kb === last.kb,
      "bundle.identity",
      MANIFEST,
      `it is a release of \`${manifest.kb}\`, not \`${last.kb}\``,
    );
    const newer = manifest.preview || manifest.version >= last.version;
    demand(newer, "bundle.older", MANIFEST, `its version is ${manifest.version}; ${last.version} was accepted already`);
    const changed = manifest.version === last.version && manifest.content !== last.content;
    demand(
      manifest.preview || !changed,
      "bundle.older",
      MANIFEST,
      `another content with its version was accepted already`,
    );
  }
  const today = options.today ?? new Date().toISOString().slice(0, 10);
  if (today > manifest.review_by) {
    const what = `something in it was to be reviewed again by ${manifest.review_by}`;
    demand(options.overdue === "warn", "bundle.overdue", MANIFEST, what);
    notices.push("overdue");
  }
  if (manifest.unreviewed) notices.push("not_approved");
  return notices;
}

/** A bundle that was verified, ready to be asked. */
export class Algos {
  #knowledge;
  #bytes;
  #json;

  /**
   * @param {T.Manifest} manifest @param {(keyof typeof SENTENCES)[]} notices @param {Knowledge} knowledge
   * @param {(path: string) => Promise<Uint8Array>} bytes @param {(path: string) => Promise<any>} json
   */
  constructor(manifest, notices, knowledge, bytes, json) {
    /** What the bundle is. */
    this.manifest = manifest;
    /** Questions, texts and settings as their authors wrote them, or in the language that was asked for. */
    this.core = knowledge.core;
    /** The same as their authors wrote them, whatever language was asked for. */
    this.written = knowledge.words.written ?? knowledge.core;
    this.#knowledge = knowledge;
    this.#bytes = bytes;
    this.#json = json;
    /** What to tell people about it: past its review date, a preview, not reviewed by a clinician. @type {string[]} */
    this.warnings = [];
    this.notice(notices);
  }

  /** Warn of these from now on: a follower looks again whether the review date has passed. @param {(keyof typeof SENTENCES)[]} notices */
  notice(notices) {
    const { sentences } = this.#knowledge.words;
    this.warnings = notices.map((name) => sentences[name].replace("{date}", this.manifest.review_by));
  }

  /** What to remember, and to give as `last` when the app starts again: nothing older is accepted then. */
  get accepted() {
    const { kb, version, content } = this.manifest;
    return { kb, version, content };
  }

  /**
   * The language that is told: its name, direction, emergency numbers, and the places without a translation.
   * @returns {T.Locale}
   */
  get locale() {
    const { language, locale, missing } = this.#knowledge.words;
    const core = [...missing].filter((place) => !/^(exercise|condition\/\w+\/guide)\//.test(place));
    return {
      language,
      name: locale?.name ?? language,
      direction: locale?.direction ?? "ltr",
      emergency: locale?.emergency ?? null,
      missing: core.sort(),
    };
  }

  /**
   * The emergency numbers in a region (`GB`), or where nobody knows the region; null where the bundle has none.
   * @param {string | null} region @returns {T.EmergencyNumbers | null}
   */
  emergency(region = null) {
    const numbers = this.#knowledge.words.locale?.emergency;
    return numbers?.places?.find((one) => one.regions.includes(region ?? "")) ?? numbers?.default ?? null;
  }

  /**
   * The language of a text that was told: the one it was written in while nobody has translated it.
   * @param {string} text
   */
  languageOf(text) {
    return this.#knowledge.words.languageOf(text);
  }

  /**
   * A question as its author wrote it; its options are there even where they come from the body map.
   * @param {string} name
   */
  question(name) {
    const question = this.#knowledge.questions.get(name);
    if (!question) throw new RangeError(`there is no question \`${name}\``);
    return { ...question, options: this.#knowledge.options(question) };
  }

  /**
   * How urgent it is, what has to be ruled out, what is likely, and why.
   * @param {T.RawAnswers} answers @returns {T.Outcome}
   */
  assess(answers) {
    const person = this.#knowledge.evaluate(this.#knowledge.readAnswers(answers));
    return conclude(this.#knowledge, person);
  }

  /**
   * The questions of the next screen, or why the interview is over.
   * @param {T.RawAnswers} answers @param {number} screensShown how many screens were shown so far
   * @returns {T.Step}
   */
  nextQuestion(answers, screensShown = 0) {
    return nextStep(this.#knowledge, this.#knowledge.readAnswers(answers), screensShown);
  }

  /**
   * Why the outcome is what it is; or why a condition or a rule is not part of it, or is.
   * @param {T.RawAnswers} answers @param {string | null} about the id of a condition or a rule; null: the outcome
   * @returns {T.Explanation}
   */
  explain(answers, about = null) {
    const person = this.#knowledge.evaluate(this.#knowledge.readAnswers(answers));
    return explain(this.#knowledge, person, about);
  }

  /**
   * Which single answers, given otherwise, would change the urgency or the first condition; those that change the
   * urgency first, the most urgent of them first. Only answered questions are looked at, "not sure" among them.
   * @param {T.RawAnswers} answers @param {number} most at most so many @returns {T.Change[]}
   */
  changes(answers, most = 5) {
    return changes(this.#knowledge, answers, most);
  }

  /**
   * A condition's guide. `advice` is what an outcome advises one person; without it every advice block is shown, each
   * with whom it is for.
   * @param {string} condition @param {readonly string[] | null} advice @returns {Promise<T.GuideView>}
   */
  async guide(condition, advice = null) {
    const [guide, exercises, sources] = await Promise.all([
      this.#json(`guides/${condition}.json`),
      this.#json("exercises.json"),
      this.#json("sources.json"),
    ]);
    const { words } = this.#knowledge;
    const within = [`condition/${condition}/guide/`];
    const told = words.guide(condition, guide);
    /** @type {Record<string, any>} */
    const library = {};
    for (const { exercise } of guide.exercises ?? []) {
      library[exercise] = words.exercise(exercises[exercise]);
      within.push(`exercise/${exercise}/`);
    }
    const view = guideView(this.#knowledge, condition, told, library, sources, advice, this.manifest.unreviewed);
    const missing = [...words.missing].filter((place) => within.some((start) => place.startsWith(start)));
    return { ...view, pdf: this.paper(condition), missing: missing.sort() };
  }

  /**
   * The path of a condition's guide as PDF, for `file`: in the language that is told where there is one in it.
   * @param {string} condition
   */
  paper(condition) {
    const own = `guides/${this.#knowledge.words.language}/${condition}.pdf`;
    return this.manifest.files.some(({ path }) => path === own) ? own : `guides/${condition}.pdf`;
  }

  /** The bytes of a file of the bundle, such as a picture or a guide's PDF, verified. @param {string} path */
  file(path) {
    return this.#bytes(path);
  }

  /** Check every file and every conformance case: for a server's start, a build, or a moment of leisure. */
  async verifyAll() {
    for (const file of this.manifest.files) await this.#bytes(file.path);
    conforms(this, await this.#json(MORE_CONFORMANCE));
  }

  /** For conformance: everything in which two evaluators have to agree. @param {T.RawAnswers} answers */
  expected(answers) {
    return expected(this.#knowledge, this.#knowledge.evaluate(this.#knowledge.readAnswers(answers)));
  }
}

// ---- 6 Answers -------------------------------------------------------------------------------------------------------

const UNSURE = "unknown";

/**
 * A knowledge base made ready to ask and assess people. What the core holds as lists is here by id, and criteria are
 * functions.
 */
class Knowledge {
  /** @param {T.Core} core @param {Words} words the language that the core is in */
  constructor(core, words) {
    this.core = core;
    this.words = words;
    this.questions = new Map(core.sections.flatMap((one) => one.questions).map((one) => [one.id, one]));
    this.sectionOf = new Map(core.sections.flatMap((one) => one.questions.map((question) => [question.id, one])));
    this.terms = byId(core.terms);
    this.rules = byId(core.rules);
    this.conditions = byId(core.conditions);
    this.bodyParts = core.body.regions.flatMap((region) => region.parts).map(({ id, name }) => ({ id, text: name }));

    /** Finding or score to the rules that conclude it. @type {Map<string, T.Rule[]>} */
    this.concludedBy = new Map();
    /** Where each rule stands in the list of rules, and so in a person's truths. */
    this.place = new Map(core.rules.map((rule, at) => [rule.id, at]));
    /** Condition to group to the evidence rules in it. @type {Map<string, Map<string, T.Rule[]>>} */
    const evidence = new Map(core.conditions.map((one) => [one.id, new Map()]));
    /** Advice to the rules that give it. @type {Map<string, T.Rule[]>} */
    this.adviceRules = new Map();
    /** @type {T.Rule[]} */
    this.redFlags = [];
    for (const rule of core.rules) {
      const { then } = rule;
      if ("finding" in then) add(this.concludedBy, `finding ${then.finding}`, rule);
      else if ("score" in then) add(this.concludedBy, `score ${then.score}`, rule);
      else if ("red_flag" in then) this.redFlags.push(rule);
      else if ("advice" in then) add(this.adviceRules, then.advice, rule);
      else if (evidence.has(then.condition)) add(/** @type {any} */ (evidence.get(then.condition)), then.group, rule);
    }
    /** Condition to its groups, in each of which only the strongest each way counts. @type {Map<string, Group[]>} */
    this.evidence = new Map(
      [...evidence].map(([id, groups]) => [id, [...groups.values()].map((rules) => this.#group(rules))]),
    );
    /** Condition to the red flags that suspect it. */
    this.flagsOf = new Map(
      core.conditions.map(({ id }) => [id, this.redFlags.filter((rule) => redFlag(rule).suspects.includes(id))]),
    );
    for (const leaf of [...criteria(this), ...core.constraints.map((one) => one.never)].flatMap((one) => [
      ...leaves(one),
    ])) {
      const [kind, name] = named(leaf);
      const known = kind === "question" ? this.questions.has(name) : this.concludedBy.has(`${kind} ${name}`);
      if (!known) throw new Error(`the ${kind} \`${name}\` is not there`);
    }
    this.order = inOrder(this);
    /** Each point rule's points as a whole number of 1/scale. @type {Map<string, number>} */
    this.points = new Map();
    for (const { id, then } of core.rules) {
      if ("score" in then) this.points.set(id, Math.round(scaled(then.points, this.scale(then.score))));
    }
    /** Every criterion that was asked for, as a function of a person. @type {Map<T.Criterion, Test>} */
    this.tests = new Map();
    /** What is left when findings and scores are derived. @type {{at: number, test: Test}[]} */
    this.concluding = core.rules
      .filter(({ then }) => !("finding" in then || "score" in then))
      .map((rule) => ({ at: this.at(rule), test: this.test(rule.when) }));
  }

  /**
   * Those for and those against, each strongest first; of equals the first by id.
   * @param {T.Rule[]} rules @returns {Group}
   */
  #group(rules) {
    const sided = rules.map((rule) => ({ rule, at: this.at(rule), strength: Math.abs(weightOf(rule)) }));
    const strongestFirst = sided.sort((left, right) => right.strength - left.strength || left.at - right.at);
    return {
      for: strongestFirst.filter(({ rule }) => weightOf(rule) > 0),
      against: strongestFirst.filter(({ rule }) => weightOf(rule) < 0),
    };
  }

  /** @param {T.Rule} rule */
  at(rule) {
    return /** @type {number} */ (this.place.get(rule.id));
  }

  /**
   * The options of a question, wherever they come from.
   * @param {T.Question} question @returns {readonly T.Option[]}
   */
  options(question) {
    return question.options_from === "body" ? this.bodyParts : (question.options ?? []);
  }

  /** A condition's own thresholds, or the knowledge base's. @param {T.Condition} condition */
  thresholds(condition) {
    return condition.thresholds ?? this.core.settings.thresholds;
  }

  /**
   * Answers inside their questions' domains. Nothing is coerced: `"yes"` is not true, and `true` is not 1.
   * @param {T.RawAnswers} raw @returns {Answers}
   */
  readAnswers(raw) {
    if (raw === null || typeof raw !== "object" || Array.isArray(raw)) {
      throw new AnswersError([{ question: "", what: "answers are an object from question to answer", allowed: "{}" }]);
    }
    const answers = new Answers();
    const problems = [];
    for (const [name, given] of Object.entries(raw)) {
      const question = this.questions.get(name);
      const value = question && given !== UNSURE ? this.#value(question, given) : undefined;
      if (!question) problems.push({ question: name, what: `there is no question \`${name}\``, allowed: "another id" });
      else if (given === UNSURE) answers.unsure.add(name);
      else if (value !== undefined) answers.values.set(name, value);
      else {
        const what = `\`${name}\` was answered ${JSON.stringify(given)}`;
        problems.push({ question: name, what, allowed: this.#allowed(question) });
      }
    }
    if (problems.length) throw new AnswersError(problems);
    return answers;
  }

  /** An answer inside the question's domain, or undefined. @param {T.Question} question @param {any} given */
  #value(question, given) {
    const ids = () => this.options(question).map((option) => option.id);
    switch (question.type) {
      case "boolean":
        return typeof given === "boolean" ? given : undefined;
      case "choice":
        return ids().includes(given) ? given : undefined;
      case "choices":
        return chosen(ids(), given);
      default: {
        const fits = Number.isFinite(given) && (question.type === "decimal" || Number.isInteger(given));
        return fits && given >= Number(question.min) && given <= Number(question.max) ? given : undefined;
      }
    }
  }

  /** @param {T.Question} question */
  #allowed(question) {
    const listed = this.options(question)
      .map((option) => `"${option.id}"`)
      .join(", ");
    const range = `${question.min} to ${question.max} ${question.unit}`;
    const own = {
      boolean: "true, false",
      choice: listed,
      choices: `a list of ${listed} ([] for none of these)`,
      integer: `a whole number from ${range}`,
      decimal: `a number from ${range}`,
    }[question.type];
    return `${own}, or "${UNSURE}"`;
  }

  /** What everything is for these answers. @param {Answers} answers @returns {Person} */
  evaluate(answers) {
    const person = new Person(this, answers);
    for (const { kind, name } of this.order) {
      if (kind === "question") this.#applyGate(person, name);
      else if (kind === "finding") this.#deriveFinding(person, name);
      else this.#deriveScore(person, name);
    }
    for (const { at, test } of this.concluding) person.truths[at] = test(person);
    return person;
  }

  /** @param {T.Criterion} criterion of this knowledge base, or a part of one @returns {Test} */
  test(criterion) {
    let test = this.tests.get(criterion);
    if (!test) this.tests.set(criterion, (test = compiled(criterion, this)));
    return test;
  }

  /** @param {T.Criterion} criterion @param {Person} person @returns {Truth} */
  truth(criterion, person) {
    return this.test(criterion)(person);
  }

  /** An answer to a question that does not apply is set aside. @param {Person} person @param {string} name */
  #applyGate(person, name) {
    const gate = this.questions.get(name)?.ask_when;
    if (!gate) return;
    const applies = this.truth(gate, person);
    person.applies.set(name, applies);
    if (applies === FALSE && person.values.delete(name)) person.setAside.push(name);
  }

  /**
   * TRUE when a rule that concludes it is TRUE, FALSE when all are FALSE.
   * @param {Person} person @param {string} name
   */
  #deriveFinding(person, name) {
    let best = /** @type {Truth} */ (FALSE);
    for (const rule of this.concludedBy.get(`finding ${name}`) ?? []) {
      const truth = this.truth(rule.when, person);
      person.truths[this.at(rule)] = truth;
      if (truth > best) best = truth;
    }
    person.findings.set(name, best);
  }

  /**
   * An interval, in whole multiples of 1/scale, that is as wide as what is UNKNOWN.
   * @param {Person} person @param {string} name
   */
  #deriveScore(person, name) {
    let low = 0;
    let high = 0;
    for (const rule of this.concludedBy.get(`score ${name}`) ?? []) {
      const truth = this.truth(rule.when, person);
      person.truths[this.at(rule)] = truth;
      const points = /** @type {number} */ (this.points.get(rule.id));
      if (truth === TRUE || (truth === UNKNOWN && points < 0)) low += points;
      if (truth === TRUE || (truth === UNKNOWN && points > 0)) high += points;
    }
    person.scores.set(name, [low, high]);
  }

  /** @param {string} score */
  scale(score) {
    return this.terms.get(score)?.scale ?? 1;
  }
}

/** What one person answered: values, and the questions answered with "I'm not sure". */
class Answers {
  /** @type {Map<string, Value>} */
  values = new Map();
  /** @type {Set<string>} */
  unsure = new Set();

  /** @param {string} name */
  answered(name) {
    return this.values.has(name) || this.unsure.has(name);
  }
}

/** What everything is for one person. */
class Person {
  #kb;

  /** @param {Knowledge} kb @param {Answers} answers */
  constructor(kb, answers) {
    this.#kb = kb;
    this.answers = answers;
    /** The answers that count: those to questions that do not apply are set aside. */
    this.values = new Map(answers.values);
    /** @type {Map<string, Truth>} */
    this.applies = new Map();
    /** @type {Map<string, Truth>} */
    this.findings = new Map();
    /** @type {Map<string, [number, number]>} */
    this.scores = new Map();
    /** Each rule's truth, in the order of the rules. */
    this.truths = new Uint8Array(kb.core.rules.length);
    /** @type {string[]} */
    this.setAside = [];
  }

  /** @param {T.Rule} rule @returns {Truth} */
  truth(rule) {
    return /** @type {Truth} */ (this.truths[this.#kb.at(rule)]);
  }
}

/** @typedef {{yes: Set<string>, unsure: Set<string>}} Chosen the options ticked, and those marked unsure */
/** @typedef {boolean | number | string | Chosen} Value */

/** @param {string[]} ids @param {any} given @returns {Chosen | undefined} */
function chosen(ids, given) {
  const parts = Array.isArray(given) ? { yes: given } : given;
  if (parts === null || typeof parts !== "object") return undefined;
  if (!Object.keys(parts).every((key) => key === "yes" || key === "unsure")) return undefined;
  const lists = [parts.yes ?? [], parts.unsure ?? []];
  const fits = lists.every((list) => Array.isArray(list) && list.every((id) => ids.includes(id)));
  if (!fits || new Set(lists.flat()).size < lists.flat().length) return undefined;
  return { yes: new Set(lists[0]), unsure: new Set(lists[1]) };
}

/** @template {{id: string}} R @param {readonly R[]} records @returns {Map<string, R>} */
const byId = (records) => new Map(records.map((one) => [one.id, one]));

/** @template V @param {Map<string, V[]>} lists @param {string} key @param {V} value */
function add(lists, key, value) {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

/** Questions, findings and scores, each after everything that it reads. @param {Knowledge} kb */
function inOrder(kb) {
  /** @type {{kind: "question" | "finding" | "score", name: string}[]} */
  const order = [];
  /** @type {Map<string, boolean>} */
  const done = new Map();
  /** @param {"question" | "finding" | "score"} kind @param {string} name */
  const visit = (kind, name) => {
    const node = `${kind} ${name}`;
    if (done.get(node)) return;
    if (done.has(node)) throw new Error(`\`${name}\` depends on itself`);
    done.set(node, false);
    const gate = kind === "question" ? kb.questions.get(name)?.ask_when : undefined;
    const read = gate ? [gate] : (kb.concludedBy.get(node) ?? []).map((rule) => rule.when);
    for (const criterion of read) for (const leaf of leaves(criterion)) visit(...named(leaf));
    done.set(node, true);
    order.push({ kind, name });
  };
  for (const name of kb.questions.keys()) visit("question", name);
  for (const node of kb.concludedBy.keys()) visit(.../** @type {["finding", string]} */ (node.split(" ")));
  return order;
}

// ---- 7 Criteria: three-valued (strong Kleene) ------------------------------------------------------------------------

/** @typedef {0 | 1 | 2} Truth in this order `all` is a minimum, `any` a maximum, `not` a mirror image */
/** @typedef {(person: Person) => Truth} Test */

const FALSE = 0;
const UNKNOWN = 1;
const TRUE = 2;
const WORDS = /** @type {const} */ (["false", "unknown", "true"]);

/** A criterion as a function of a person. @param {T.Criterion} criterion @param {Knowledge} kb @returns {Test} */
function compiled(criterion, kb) {
  if ("fact" in criterion) return compiledFact(criterion, kb);
  if ("finding" in criterion) return (person) => /** @type {Truth} */ (person.findings.get(criterion.finding));
  if ("score" in criterion) return compiledScore(criterion, kb);
  if ("not" in criterion) {
    const inner = compiled(criterion.not, kb);
    return (person) => /** @type {Truth} */ (TRUE - inner(person));
  }
  const tests = parts(criterion).map((part) => compiled(part, kb));
  const { length } = tests;
  if ("all" in criterion) {
    return (person) => {
      let result = /** @type {Truth} */ (TRUE);
      for (let at = 0; at < length && result !== FALSE; at++) {
        const truth = tests[at](person);
        if (truth < result) result = truth;
      }
      return result;
    };
  }
  if ("any" in criterion) {
    return (person) => {
      let result = /** @type {Truth} */ (FALSE);
      for (let at = 0; at < length && result !== TRUE; at++) {
        const truth = tests[at](person);
        if (truth > result) result = truth;
      }
      return result;
    };
  }
  const k = criterion.at_least;
  return (person) => {
    let sure = 0;
    let could = 0;
    for (const test of tests) {
      const truth = test(person);
      if (truth === TRUE) sure++;
      if (truth !== FALSE) could++;
    }
    return sure >= k ? TRUE : could < k ? FALSE : UNKNOWN;
  };
}

/** The parts of a group. @param {T.Criterion} criterion @returns {readonly T.Criterion[]} */
function parts(criterion) {
  if ("all" in criterion) return criterion.all;
  if ("any" in criterion) return criterion.any;
  if ("at_least" in criterion) return criterion.of;
  return "not" in criterion ? [criterion.not] : [];
}

/** The comparisons of a criterion. @param {T.Criterion} criterion @returns {Generator<T.Comparison>} */
function* leaves(criterion) {
  if ("fact" in criterion || "finding" in criterion || "score" in criterion) yield criterion;
  for (const part of parts(criterion)) yield* leaves(part);
}

/** What a comparison reads. @param {T.Comparison} leaf @returns {["question" | "finding" | "score", string]} */
function named(leaf) {
  if ("fact" in leaf) return ["question", leaf.fact];
  return "finding" in leaf ? ["finding", leaf.finding] : ["score", leaf.score];
}

/** @typedef {{operator: "is" | "in" | "includes" | "gte" | "gt" | "lte" | "lt", operand: any}} Comparing */

/**
 * The one operator of a comparison, with what it compares to.
 * @param {T.FactIs | T.ScoreIs} leaf @returns {Comparing}
 */
function comparing(leaf) {
  for (const operator of /** @type {const} */ (["is", "in", "includes", "gte", "gt", "lte", "lt"])) {
    const operand = /** @type {any} */ (leaf)[operator];
    if (operand !== undefined) return { operator, operand };
  }
  throw new Error("a comparison has no operator");
}

/**
 * Whether a known value compares so.
 * @param {Comparing["operator"]} operator @param {any} value @param {any} operand
 */
function compares(operator, value, operand) {
  switch (operator) {
    case "is":
      return value === operand;
    case "in":
      return operand.includes(value);
    case "gte":
      return value >= operand;
    case "gt":
      return value > operand;
    case "lte":
      return value <= operand;
    case "lt":
      return value < operand;
    default:
      return false;
  }
}

/**
 * A comparison on an answer that applies and is known.
 * @param {Comparing} how @param {Value} value @returns {Truth}
 */
function compareAnswer({ operator, operand }, value) {
  if (typeof value === "object") return value.yes.has(operand) ? TRUE : value.unsure.has(operand) ? UNKNOWN : FALSE;
  return compares(operator, value, operand) ? TRUE : FALSE;
}

/**
 * FALSE where the question does not apply, UNKNOWN without an answer.
 * @param {T.FactIs} leaf @param {Knowledge} kb @returns {Test}
 */
function compiledFact(leaf, kb) {
  const name = leaf.fact;
  const how = comparing(leaf);
  const gated = kb.questions.get(name)?.ask_when != null;
  return (person) => {
    if (gated && person.applies.get(name) === FALSE) return FALSE;
    const value = person.values.get(name);
    return value === undefined ? UNKNOWN : compareAnswer(how, value);
  };
}

/**
 * TRUE or FALSE only where both ends of the score agree.
 * @param {T.ScoreIs} leaf @param {Knowledge} kb @returns {Test}
 */
function compiledScore(leaf, kb) {
  const { operator, operand } = comparing(leaf);
  const limit = scaled(operand, kb.scale(leaf.score));
  return (person) => {
    const [low, high] = /** @type {[number, number]} */ (person.scores.get(leaf.score));
    const atLow = compares(operator, low, limit);
    return atLow !== compares(operator, high, limit) ? UNKNOWN : atLow ? TRUE : FALSE;
  };
}

/**
 * Points as a number of 1/scale, multiplied as decimals: 1.1 points at scale 10 are 11, not 11.000000000000002.
 * @param {number} points @param {number} scale
 */
function scaled(points, scale) {
  const [digits, exponent = "0"] = String(points).split("e");
  const [whole, fraction = ""] = digits.split(".");
  return Number(`${BigInt(whole + fraction) * BigInt(scale)}e${Number(exponent) - fraction.length}`);
}

// ---- 8 Weighing evidence ---------------------------------------------------------------------------------------------

/** @typedef {{rule: T.Rule, at: number, strength: number}[]} Side evidence of one direction, strongest first */
/** @typedef {{for: Side, against: Side}} Group */

/**
 * A condition's weight: in each group only the strongest TRUE rule for it and the strongest against it count. `low` and
 * `high` are how far what is UNKNOWN could move it.
 * @param {Knowledge} kb @param {T.Condition} condition @param {Person} person
 */
function weigh(kb, condition, person) {
  const { truths } = person;
  let weight = condition.prior.decibans;
  let low = weight;
  let high = weight;
  /** @type {T.Rule[]} */
  const counted = [];
  for (const group of kb.evidence.get(condition.id) ?? []) {
    const favour = strongest(group.for, truths, counted);
    const against = strongest(group.against, truths, counted);
    weight += favour.sure - against.sure;
    low += favour.sure - against.could;
    high += favour.could - against.sure;
  }
  return { weight, low, high, counted };
}

/**
 * How strong the strongest TRUE rule of a side is, and the strongest that is not FALSE; the TRUE one is `counted`.
 * @param {Side} side @param {ArrayLike<number>} truths @param {T.Rule[]} counted
 */
function strongest(side, truths, counted) {
  let could = 0;
  for (const { rule, at, strength } of side) {
    const truth = truths[at];
    if (truth === FALSE) continue;
    could ||= strength;
    if (truth !== TRUE) continue;
    counted.push(rule);
    return { sure: strength, could };
  }
  return { sure: 0, could };
}

/** @param {T.Rule} rule */
const weightOf = (rule) => /** @type {T.Evidence} */ (rule.then).weight;

/**
 * Whether a condition is considered for this person at all.
 * @param {Knowledge} kb @param {T.Condition} condition @param {Person} person
 */
function considered(kb, condition, person) {
  return condition.considered_when ? kb.truth(condition.considered_when, person) : TRUE;
}

/**
 * Likely, possible, not shown or excluded.
 * @param {Knowledge} kb @param {T.Condition} condition @param {ReturnType<typeof weigh>} weighed @param {Truth} asked
 * @returns {T.Status}
 */
function statusOf(kb, condition, weighed, asked) {
  if (asked === FALSE) return "excluded";
  const limits = kb.thresholds(condition);
  const supported = weighed.counted.some((rule) => weightOf(rule) > 0); // a prior alone names nothing
  if (!supported || weighed.weight < limits.possible) return "not_shown";
  return weighed.weight >= limits.likely && asked === TRUE ? "likely" : "possible";
}

// ---- 9 The outcome ---------------------------------------------------------------------------------------------------

/** From the least to the most urgent. */
const LEVELS = /** @type {const} */ (["self_care", "routine", "soon", "urgent", "emergency"]);
/** @typedef {typeof LEVELS[number]} Urgency */

/** @param {Urgency} urgency */
const level = (urgency) => LEVELS.indexOf(urgency);
/** @param {Urgency} urgency */
const oneBelow = (urgency) => LEVELS[Math.max(level(urgency) - 1, 0)];

/** @param {T.Rule} rule that concludes one */
const redFlag = (rule) => /** @type {T.RedFlag} */ (rule.then);

/** What a red flag counts as while it is UNKNOWN. @param {T.RedFlag} flag */
const whileUnsure = (flag) => flag.if_unsure ?? oneBelow(flag.red_flag);

/** @param {string} left @param {string} right */
const byName = (left, right) => (left < right ? -1 : left > right ? 1 : 0);

/**
 * Greater weight first, then higher care level, then smaller id.
 * @param {T.ConditionView} left @param {T.ConditionView} right
 */
const byRank = (left, right) =>
  right.weight - left.weight || level(right.care_level) - level(left.care_level) || byName(left.id, right.id);

/**
 * What Algos tells a person, with everything that made it so.
 * @param {Knowledge} kb @param {Person} person @returns {T.Outcome}
 */
function conclude(kb, person) {
  return judged(kb, person).outcome;
}

/** The outcome, with how every condition stands, named or not. @param {Knowledge} kb @param {Person} person */
function judged(kb, person) {
  const flagged = (/** @type {Truth} */ truth) =>
    kb.redFlags
      .filter((rule) => person.truth(rule) === truth)
      .map((rule) => flagView(kb, rule, person))
      .sort((left, right) => level(right.counts_as) - level(left.counts_as) || byName(left.rule, right.rule));
  const redFlags = flagged(TRUE);
  const openFlags = flagged(UNKNOWN);
  const views = kb.core.conditions.map((condition) => conditionView(kb, condition, person, redFlags));
  const likely = views.filter((view) => view.status === "likely").sort(byRank);
  const possible = views.filter((view) => view.status === "possible").sort(byRank);
  const toRuleOut = suspected(redFlags, views);
  const reasons = reasonsFor(kb, redFlags, openFlags, likely, possible, views);
  const isTrue = (/** @type {T.Rule} */ rule) => person.truth(rule) === TRUE;
  /** @type {T.Outcome} */
  const outcome = {
    urgency: reasons[0].urgency,
    reasons,
    red_flags: redFlags,
    open_flags: openFlags,
    to_rule_out: toRuleOut,
    likely: likely.filter((view) => !toRuleOut.includes(view)),
    possible: possible.filter((view) => !toRuleOut.includes(view)),
    advice: [...kb.adviceRules]
      .filter(([, rules]) => rules.some(isTrue))
      .map(([name]) => name)
      .sort(byName),
    fired: kb.core.rules.filter((_, at) => person.truths[at] === TRUE).map((rule) => rule.id),
    findings: Object.fromEntries([...person.findings].sort(byKey).map(([name, truth]) => [name, WORDS[truth]])),
    scores: Object.fromEntries(scoresInPoints(kb, person)),
    set_aside: [...person.setAside].sort(byName),
    unanswered: [...kb.questions.values()]
      .filter(
        (one) => one.by !== "clinician" && !person.answers.answered(one.id) && person.applies.get(one.id) !== FALSE,
      )
      .map((one) => one.id),
    unsure: [...person.answers.unsure].sort(byName),
    corrections: kb.core.constraints.filter((one) => kb.truth(one.never, person) === TRUE).map((one) => one.id),
  };
  return { outcome, views };
}

/** @param {[string, unknown]} left @param {[string, unknown]} right */
const byKey = ([left], [right]) => byName(left, right);

/** @param {Knowledge} kb @param {Person} person @returns {[string, [number, number]][]} */
function scoresInPoints(kb, person) {
  return [...person.scores]
    .sort(byKey)
    .map(([name, [low, high]]) => [name, [low / kb.scale(name), high / kb.scale(name)]]);
}

/**
 * A red flag that is TRUE, or that stands open.
 * @param {Knowledge} kb @param {T.Rule} rule @param {Person} person @returns {T.FlagView}
 */
function flagView(kb, rule, person) {
  const flag = redFlag(rule);
  const open = person.truth(rule) === UNKNOWN;
  const missing = (open ? questionsBehind(kb, rule.when) : []).filter((name) => {
    const value = person.values.get(name);
    const certain = value !== undefined && !(typeof value === "object" && value.unsure.size > 0);
    return !certain && person.applies.get(name) !== FALSE;
  });
  return {
    rule: rule.id,
    title: rule.title,
    urgency: flag.red_flag,
    counts_as: open ? whileUnsure(flag) : flag.red_flag,
    suspects: flag.suspects,
    because: rule.because ?? rule.title,
    message: flag.message,
    missing,
    sources: (rule.sources ?? []).map((citation) => citation.source),
  };
}

/** @type {WeakMap<object, string[]>} */
const behindCriterion = new WeakMap();

/**
 * Every question that a criterion depends on, through findings, scores and gates, in the order in which they are asked.
 * @param {Knowledge} kb @param {T.Criterion} criterion
 */
function questionsBehind(kb, criterion) {
  const known = behindCriterion.get(criterion);
  if (known) return known;
  /** @type {Set<string>} */
  const questions = new Set();
  const waiting = [criterion];
  const seen = new Set();
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    for (const leaf of leaves(next)) {
      const [kind, name] = named(leaf);
      const node = `${kind} ${name}`;
      if (seen.has(node)) continue;
      seen.add(node);
      const gate = kind === "question" ? kb.questions.get(name)?.ask_when : undefined;
      if (kind === "question") questions.add(name);
      if (gate) waiting.push(gate);
      for (const rule of kb.concludedBy.get(node) ?? []) waiting.push(rule.when);
    }
  }
  const ordered = [...kb.questions.keys()].filter((name) => questions.has(name));
  behindCriterion.set(criterion, ordered);
  return ordered;
}

/**
 * How a condition stands.
 * @param {Knowledge} kb @param {T.Condition} condition @param {Person} person @param {T.FlagView[]} redFlags @returns {T.ConditionView}
 */
function conditionView(kb, condition, person, redFlags) {
  const asked = considered(kb, condition, person);
  const weighed = weigh(kb, condition, person);
  const shown = weighed.counted
    .map(evidenceView)
    .sort((left, right) => Math.abs(right.weight) - Math.abs(left.weight) || byName(left.rule, right.rule));
  return {
    id: condition.id,
    name: condition.name,
    plain_name: condition.plain_name,
    status: statusOf(kb, condition, weighed, asked),
    weight: weighed.weight,
    low: weighed.low,
    high: weighed.high,
    care_level: condition.care_level,
    considered: WORDS[asked],
    evidence_for: shown.filter((one) => one.weight > 0),
    evidence_against: shown.filter((one) => one.weight < 0),
    flagged_by: redFlags
      .filter((flag) => flag.suspects.includes(condition.id))
      .map((flag) => flag.rule)
      .sort(byName),
  };
}

/** @param {T.Rule} rule @returns {T.EvidenceView} */
function evidenceView(rule) {
  const evidence = /** @type {T.Evidence} */ (rule.then);
  const cited = (rule.sources ?? []).map((citation) => citation.source);
  const published = evidence.basis?.source.source;
  if (published && !cited.includes(published)) cited.push(published);
  return {
    rule: rule.id,
    weight: evidence.weight,
    because: rule.because ?? rule.title,
    published: evidence.basis !== undefined,
    sources: cited,
  };
}

/**
 * What TRUE red flags suspect, by the flag's urgency, then by rank.
 * @param {T.FlagView[]} redFlags @param {T.ConditionView[]} views
 */
function suspected(redFlags, views) {
  /** @param {T.ConditionView} view */
  const urgency = (view) =>
    Math.max(...redFlags.filter((flag) => flag.suspects.includes(view.id)).map((flag) => level(flag.urgency)));
  return views
    .filter((view) => view.status !== "excluded" && view.flagged_by.length > 0)
    .sort((left, right) => urgency(right) - urgency(left) || byRank(left, right));
}

/**
 * Everything that asks for an urgency, the most urgent first; the first one is the outcome's.
 * @param {Knowledge} kb @param {T.FlagView[]} redFlags @param {T.FlagView[]} openFlags @param {T.ConditionView[]} likely
 * @param {T.ConditionView[]} possible @param {T.ConditionView[]} views @returns {T.Reason[]}
 */
function reasonsFor(kb, redFlags, openFlags, likely, possible, views) {
  const earned = selfCareIsEarned(kb, redFlags.length + openFlags.length > 0, likely, views);
  /** @type {T.Reason[]} */
  const reasons = [
    ...redFlags.map((flag) => reason("red_flag", flag.rule, flag.urgency, flag.title)),
    ...openFlags.map((flag) => reason("open_red_flag", flag.rule, flag.counts_as, kb.words.about("open_red_flag", flag.title))),
    ...likely.map((view) => reason("likely", view.id, view.care_level, kb.words.about("likely", view.name))),
    ...possible.map((view) => reason("possible", view.id, oneBelow(view.care_level), kb.words.about("possible", view.name))),
    earned
      ? reason("self_care", "", "self_care", kb.words.sentences.self_care)
      : reason("floor", "", "routine", kb.words.sentences.floor),
  ];
  const kinds = ["red_flag", "open_red_flag", "likely", "possible", "floor", "self_care"];
  return reasons.sort(
    (left, right) =>
      level(right.urgency) - level(left.urgency) ||
      kinds.indexOf(left.kind) - kinds.indexOf(right.kind) ||
      byName(left.id, right.id),
  );
}

/**
 * @param {T.Reason["kind"]} kind
 * @param {string} id @param {Urgency} urgency @param {string} text @returns {T.Reason}
 */
const reason = (kind, id, urgency, text) => ({ kind, id, urgency, text });

/**
 * Every red flag is FALSE; something that can be looked after at home is likely, at the low end of its range too; and
 * nothing that asks for more is within reach. A clinician's finding that is absent is UNKNOWN here too: not knowing
 * never clears anyone.
 * @param {Knowledge} kb @param {boolean} anyFlag @param {T.ConditionView[]} likely @param {T.ConditionView[]} views
 */
function selfCareIsEarned(kb, anyFlag, likely, views) {
  const conditionOf = (/** @type {T.ConditionView} */ view) => /** @type {T.Condition} */ (kb.conditions.get(view.id));
  const surely = likely.some(
    (view) => view.care_level === "self_care" && view.low >= kb.thresholds(conditionOf(view)).likely,
  );
  if (anyFlag || !surely) return false;
  return !views.some((view) => {
    const couldBeSupported = view.evidence_for.length > 0 || view.high > view.weight;
    const within = view.high >= reachLimit(kb, conditionOf(view)) && couldBeSupported;
    return view.care_level !== "self_care" && view.status !== "excluded" && within;
  });
}

/**
 * From which weight a condition asks for `routine` or more: where it is possible, or for `routine` likely.
 * @param {Knowledge} kb @param {T.Condition} condition
 */
function reachLimit(kb, condition) {
  const limits = kb.thresholds(condition);
  return oneBelow(condition.care_level) === "self_care" ? limits.likely : limits.possible;
}

// ---- 10 What could still become of everything ------------------------------------------------------------------------

/**
 * While questions are open, a criterion has a set of truths that it could still take: bits of NO, OPEN and YES. A question
 * not yet asked can be answered true, false or "not sure"; one answered "not sure" stays UNKNOWN, and so does a
 * clinician's. Parts are taken as independent, so a set may be too large and is never too small.
 * @typedef {number} Mask
 */
const NO = 1;
const OPEN = 2;
const YES = 4;
const ANY = NO | OPEN | YES;

/** @param {Mask} mask */
const settled = (mask) => mask === NO || mask === OPEN || mask === YES;

/** TRUE and FALSE change places. @param {Mask} mask @returns {Mask} */
const mirrored = (mask) => ((mask & NO) << 2) | (mask & OPEN) | ((mask & YES) >> 2);

/**
 * What a criterion could still become; the questions on which that hangs (a set as bits, the one asked first lowest;
 * none once it is settled); whether some comparison in it, not below a `not`, is TRUE.
 * @typedef {{mask: Mask, asks: bigint, met: boolean}} Cell
 */
/** The cells of what is settled: by mask, then whether some comparison is TRUE. @type {Cell[][]} */
const SETTLED = [];
for (const mask of [NO, OPEN, YES]) SETTLED[mask] = [false, true].map((met) => ({ mask, asks: 0n, met }));

/** @typedef {(reached: Reached) => Cell} Reach */
/**
 * The least and the most that the low end, then the high end, of a score can become.
 * @typedef {[number, number, number, number]} Ends
 */

/** What everything could still become, for the answers so far. */
class Reached {
  #kb;

  /** @param {Knowledge} kb @param {Answers} answers */
  constructor(kb, answers) {
    this.#kb = kb;
    this.answers = answers;
    /** @type {Map<string, Cell>} */
    this.gates = new Map();
    /** @type {Map<string, Cell>} */
    this.findings = new Map();
    /** @type {Map<string, {ends: Ends, asks: bigint}>} */
    this.scores = new Map();
    /** Each rule's cell, in the order of the rules. @type {Cell[]} */
    this.cells = new Array(kb.core.rules.length);
    /** @type {Map<string, Cell>} */
    this.conditions = new Map();
  }

  /** @param {T.Rule} rule */
  rule(rule) {
    return this.cells[this.#kb.at(rule)];
  }
}

/** A knowledge base made ready to say what could still become of an interview. */
class Reacher {
  /** @param {Knowledge} kb */
  constructor(kb) {
    this.kb = kb;
    this.bits = new Map([...kb.questions.keys()].map((name, at) => [name, 1n << BigInt(at)]));
    /** The questions of each screen. @type {Map<string, bigint>} */
    this.screens = new Map();
    for (const [name, bit] of this.bits) {
      const screen = kb.questions.get(name)?.screen;
      if (screen) this.screens.set(screen, (this.screens.get(screen) ?? 0n) | bit);
    }
    /** The questions behind each question, finding and score, as sets. @type {Map<string, bigint>} */
    this.nodes = new Map();
    for (const { kind, name } of kb.order) {
      const gate = kb.questions.get(name)?.ask_when;
      const own = kind === "question" ? /** @type {bigint} */ (this.bits.get(name)) : 0n;
      const read =
        kind !== "question"
          ? (kb.concludedBy.get(`${kind} ${name}`) ?? []).map((rule) => rule.when)
          : gate
            ? [gate]
            : [];
      this.nodes.set(
        `${kind} ${name}`,
        read.reduce((set, criterion) => set | this.behind(criterion), own),
      );
    }
    /** How each gate, rule and `considered_when` is worked out, and the questions behind it. */
    this.reaches = new Map(criteria(kb).map((one) => [one, { reach: this.#reach(one), behind: this.behind(one) }]));
    /** The cells for the answers that were looked at last: what no changed answer stands behind is the same again. */
    this.cells = new Map();
    this.answers = new Answers();
    this.changed = -1n;
  }

  /**
   * The questions behind a criterion, through findings, scores and gates, as a set.
   * @param {T.Criterion} criterion
   */
  behind(criterion) {
    let set = 0n;
    for (const leaf of leaves(criterion)) set |= /** @type {bigint} */ (this.nodes.get(named(leaf).join(" ")));
    return set;
  }

  /** @param {Answers} answers */
  reached(answers) {
    const { kb, cells: before } = this;
    const reached = new Reached(kb, answers);
    if (before.size) this.changed = this.#difference(answers);
    this.answers = answers;
    /** @param {T.Criterion} criterion @returns {Cell} */
    const cell = (criterion) => {
      const { reach, behind } = /** @type {{reach: Reach, behind: bigint}} */ (this.reaches.get(criterion));
      if (behind & this.changed || !before.has(criterion)) before.set(criterion, reach(reached));
      return before.get(criterion);
    };
    for (const { kind, name } of kb.order) {
      const gate = kb.questions.get(name)?.ask_when;
      if (kind === "question") {
        if (gate) reached.gates.set(name, cell(gate));
        continue;
      }
      const rules = kb.concludedBy.get(`${kind} ${name}`) ?? [];
      const cells = rules.map((rule) => cell(rule.when));
      for (const [at, rule] of rules.entries()) reached.cells[kb.at(rule)] = cells[at];
      if (kind === "finding") {
        const any = grouped(cells, anyOf(cells));
        reached.findings.set(name, { ...any, met: any.mask === YES });
      } else {
        const ends = scoreEnds(
          cells,
          rules.map((rule) => kb.points.get(rule.id) ?? 0),
        );
        reached.scores.set(name, { ends, asks: cells.reduce((asks, one) => asks | one.asks, 0n) });
      }
    }
    for (const [at, rule] of kb.core.rules.entries()) reached.cells[at] ??= cell(rule.when);
    for (const { id, considered_when: when } of kb.core.conditions) {
      reached.conditions.set(id, when ? cell(when) : SETTLED[YES][0]);
    }
    return reached;
  }

  /** The questions that are answered otherwise than they were last. @param {Answers} answers */
  #difference(answers) {
    let changed = 0n;
    for (const [name, bit] of this.bits) {
      const same = equalAnswers(answers.values.get(name), this.answers.values.get(name));
      if (!same || answers.unsure.has(name) !== this.answers.unsure.has(name)) changed |= bit;
    }
    return changed;
  }

  /** The questions that share a question's screen, itself among them. @param {string} name @returns {bigint} */
  screenOf(name) {
    const screen = this.kb.questions.get(name)?.screen;
    return /** @type {bigint} */ (screen ? this.screens.get(screen) : this.bits.get(name));
  }

  /** The questions of a set, in the order in which they are asked. @param {bigint} set */
  names(set) {
    return [...this.bits].filter(([, bit]) => set & bit).map(([name]) => name);
  }

  /** @param {T.Criterion} criterion @returns {Reach} */
  #reach(criterion) {
    if ("fact" in criterion) return this.#fact(criterion);
    if ("finding" in criterion) return (reached) => /** @type {Cell} */ (reached.findings.get(criterion.finding));
    if ("score" in criterion) return this.#score(criterion);
    const reaches = parts(criterion).map((part) => this.#reach(part));
    if ("not" in criterion) {
      return (reached) => {
        const { mask, asks } = reaches[0](reached);
        return settled(mask) ? SETTLED[mirrored(mask)][0] : { mask: mirrored(mask), asks, met: false };
      };
    }
    /** @type {(cells: Cell[]) => Mask} */
    const join =
      "all" in criterion ? allOf : "any" in criterion ? anyOf : (cells) => atLeast(criterion.at_least, cells);
    return (reached) => {
      const cells = reaches.map((reach) => reach(reached));
      return grouped(cells, join(cells));
    };
  }

  /** @param {T.FactIs} leaf @returns {Reach} */
  #fact(leaf) {
    const question = /** @type {T.Question} */ (this.kb.questions.get(leaf.fact));
    const how = comparing(leaf);
    const gated = question.ask_when != null;
    const own = question.by === "clinician" ? 0n : /** @type {bigint} */ (this.bits.get(leaf.fact));
    const unasked = own ? { mask: ANY, asks: own, met: false } : SETTLED[OPEN][0];
    return ({ answers, gates }) => {
      const gate = gated ? gates.get(leaf.fact) : undefined;
      if (gate?.mask === NO) return SETTLED[NO][0];
      const value = answers.values.get(leaf.fact);
      const open = value === undefined && !answers.unsure.has(leaf.fact);
      if (open && (!gate || settled(gate.mask))) return unasked;
      let mask = open && own ? ANY : value === undefined ? OPEN : 1 << compareAnswer(how, value);
      if (gate) mask |= gate.mask & NO; // while the gate may still turn FALSE
      if (settled(mask)) return SETTLED[mask][mask === YES ? 1 : 0];
      return { mask, asks: gate && !settled(gate.mask) ? gate.asks : 0n, met: false };
    };
  }

  /** @param {T.ScoreIs} leaf @returns {Reach} */
  #score(leaf) {
    const { operator, operand } = comparing(leaf);
    const limit = scaled(operand, this.kb.scale(leaf.score));
    const rising = operator === "gte" || operator === "gt";
    return ({ scores }) => {
      const { ends, asks } = /** @type {{ends: Ends, asks: bigint}} */ (scores.get(leaf.score));
      const [leastLow, mostLow, leastHigh, mostHigh] = ends;
      // Rising: TRUE when the low end holds, FALSE when the high end does not. Falling: mirrored.
      const [leastSure, mostSure] = rising ? [leastLow, mostLow] : [mostHigh, leastHigh];
      const [leastHope, mostHope] = rising ? [leastHigh, mostHigh] : [mostLow, leastLow];
      let mask = 0;
      if (compares(operator, mostSure, limit)) mask |= YES;
      if (!compares(operator, leastHope, limit)) mask |= NO;
      if (!compares(operator, leastSure, limit) && compares(operator, mostHope, limit)) mask |= OPEN;
      return settled(mask) ? SETTLED[mask][mask === YES ? 1 : 0] : { mask, asks, met: false };
    };
  }
}

/** Every criterion of a knowledge base on which an interview hangs. @param {Knowledge} kb @returns {T.Criterion[]} */
function criteria(kb) {
  const gates = [...kb.questions.values()].map((question) => question.ask_when);
  const considered = kb.core.conditions.map((condition) => condition.considered_when);
  return [...gates, ...kb.core.rules.map((rule) => rule.when), ...considered].filter((one) => one != null);
}

/** @param {Value | undefined} left @param {Value | undefined} right */
function equalAnswers(left, right) {
  if (typeof left !== "object" || typeof right !== "object") return left === right;
  const sets = /** @type {const} */ (["yes", "unsure"]);
  return sets.every(
    (name) => left[name].size === right[name].size && [...left[name]].every((one) => right[name].has(one)),
  );
}

/** @param {Cell[]} cells @param {Mask} mask @returns {Cell} */
function grouped(cells, mask) {
  let asks = 0n;
  let met = false;
  for (const cell of cells) {
    if (cell.asks) asks |= cell.asks;
    if (cell.met) met = true;
  }
  return settled(mask) ? SETTLED[mask][met ? 1 : 0] : { mask, asks, met };
}

/** @param {Cell[]} cells @returns {Mask} */
function allOf(cells) {
  let every = ANY;
  let some = 0;
  for (const { mask } of cells) {
    if (mask === NO) return NO;
    every &= mask;
    some |= mask;
  }
  return (every & YES) | (some & (NO | OPEN)); // for one UNKNOWN part, the others can all be something else than FALSE
}

/** @param {Cell[]} cells @returns {Mask} */
function anyOf(cells) {
  let every = ANY;
  let some = 0;
  for (const { mask } of cells) {
    if (mask === YES) return YES;
    every &= mask;
    some |= mask;
  }
  return (every & NO) | (some & (YES | OPEN));
}

/** @param {number} k @param {Cell[]} cells @returns {Mask} */
function atLeast(k, cells) {
  /** @param {(mask: Mask) => unknown} holds */
  const count = (holds) => cells.filter(({ mask }) => holds(mask)).length;
  let result = count((mask) => mask & YES) >= k ? YES : 0;
  if (count((mask) => !(mask & NO)) < k) result |= NO;
  // UNKNOWN is fewer than k TRUE while k are not FALSE: of the parts that are TRUE or FALSE, choose some TRUE.
  const sure = count((mask) => mask === YES);
  const either = count((mask) => mask === (YES | NO));
  if (Math.max(0, k - count((mask) => mask & OPEN) - sure) <= Math.min(either, k - 1 - sure)) result |= OPEN;
  return result;
}

/** @param {Cell[]} cells @param {number[]} points @returns {Ends} */
function scoreEnds(cells, points) {
  /** @type {Ends} */
  const ends = [0, 0, 0, 0];
  for (const [at, { mask }] of cells.entries()) {
    const [sure, open] = [points[at], { low: Math.min(points[at], 0), high: Math.max(points[at], 0) }];
    /** What one rule can add to an end: its points, nothing, or while UNKNOWN the worse one. @param {number} worse */
    const adds = (worse) => [...(mask & YES ? [sure] : []), ...(mask & NO ? [0] : []), ...(mask & OPEN ? [worse] : [])];
    ends[0] += Math.min(...adds(open.low));
    ends[1] += Math.max(...adds(open.low));
    ends[2] += Math.min(...adds(open.high));
    ends[3] += Math.max(...adds(open.high));
  }
  return ends;
}

// ---- 11 The interview ------------------------------------------------------------------------------------------------

/**
 * How far a condition can still move. `low` and `high` are the ends of its weight as the outcome counts it;
 * `withinReach` is whether, at the end, UNKNOWN evidence could make it ask for `routine` or more; `surelyLikely`
 * whether it is likely then at the low end of its range too; `decisive` are the open rules, by group and direction,
 * that can still change the weight; `asks` is on what all of it hangs.
 * @typedef {{low: number, high: number, statuses: Set<T.Status>, withinReach: Mask, surelyLikely: Mask,
 *   considered: Mask, decisive: Decisive[], asks: bigint}} Prospect
 */
/** @typedef {{id: string, asks: bigint, gain: number}[]} Decisive each rule: on what it hangs, what it would change */

/** @param {Prospect} prospect */
const isOpen = (prospect) => prospect.statuses.size > 1;

/** @param {Knowledge} kb @param {T.Condition} condition @param {Reached} reached @returns {Prospect} */
function prospectOf(kb, condition, reached) {
  const limits = kb.thresholds(condition);
  const { mask: asked, asks: gate } = /** @type {Cell} */ (reached.conditions.get(condition.id));
  let low = condition.prior.decibans;
  // How far the ends of its final range can move: `open` is the high end, in which UNKNOWN counts, `sure` the low one.
  let [high, openLow, openHigh, sureLow, sureHigh] = [low, low, low, low, low];
  let asks = gate;
  /** @type {Decisive[]} */
  const decisive = [];
  /** @type {Mask[]} */
  const favouring = [];
  for (const group of kb.evidence.get(condition.id) ?? []) {
    for (const [favours, side] of /** @type {[boolean, Side][]} */ ([
      [true, group.for],
      [false, group.against],
    ])) {
      const { sure, maybe, notFalse, notOnlyFalse } = strongestOf(side, reached.cells);
      low += favours ? sure : -maybe;
      high += favours ? maybe : -sure;
      openLow += favours ? notFalse : -maybe;
      openHigh += favours ? notOnlyFalse : -sure;
      sureLow += favours ? sure : -notOnlyFalse;
      sureHigh += favours ? maybe : -notFalse;
      if (favours) for (const { at } of side) favouring.push(reached.cells[at].mask);
      const can = side.filter(({ at, strength }) => strength > sure && !settled(reached.cells[at].mask));
      if (can.length) {
        decisive.push(
          can.map(({ rule, at, strength }) => ({ id: rule.id, asks: reached.cells[at].asks, gain: strength - sure })),
        );
      }
      for (const { at } of can) asks |= reached.cells[at].asks;
    }
  }
  const canSupport = favouring.some((mask) => mask & YES);
  /** @type {Set<T.Status>} */
  const statuses = new Set();
  if (asked & NO) statuses.add("excluded");
  if (asked & (YES | OPEN)) {
    if (canSupport && asked & YES && high >= limits.likely) statuses.add("likely");
    if (canSupport && high >= limits.possible && (low < limits.likely || asked & OPEN)) statuses.add("possible");
    if (!favouring.includes(YES) || low < limits.possible) statuses.add("not_shown");
  }
  const limit = reachLimit(kb, condition);
  const withinReach = either(
    openLow >= limit && !(asked & NO) && favouring.some((mask) => !(mask & NO)),
    openHigh >= limit && (asked & (YES | OPEN)) > 0 && favouring.some((mask) => mask !== NO),
  );
  const surelyLikely = either(
    statuses.has("likely") && statuses.size === 1 && sureLow >= limits.likely,
    statuses.has("likely") && sureHigh >= limits.likely,
  );
  return { low, high, statuses, withinReach, surelyLikely, considered: asked, decisive, asks };
}

/**
 * How strong a side's strongest rule is that is surely TRUE; that may become TRUE; that cannot become FALSE; that may
 * become something else than FALSE. Whatever is surely TRUE is all of them, so nothing weaker is looked at.
 * @param {Side} side @param {Cell[]} cells
 */
function strongestOf(side, cells) {
  let [maybe, notFalse, notOnlyFalse] = [0, 0, 0];
  for (const { at, strength } of side) {
    const { mask } = cells[at];
    if (mask === NO) continue;
    notOnlyFalse ||= strength;
    if (mask & YES) maybe ||= strength;
    if (!(mask & NO)) notFalse ||= strength;
    if (mask === YES) return { sure: strength, maybe, notFalse, notOnlyFalse };
  }
  return { sure: 0, maybe, notFalse, notOnlyFalse };
}

/** @param {boolean} must @param {boolean} can @returns {Mask} */
const either = (must, can) => (must ? YES : can ? YES | NO : NO);

/**
 * The least and the most urgent that the outcome can still become, as levels.
 * @param {Knowledge} kb @param {Reached} reached @param {Map<string, Prospect>} prospects
 */
function urgencyEnds(kb, reached, prospects) {
  let low = 0;
  let high = 0;
  /** @type {Mask} */
  let anyFlag = NO;
  const widen = (/** @type {number[]} */ options) => {
    low = Math.max(low, Math.min(...options));
    high = Math.max(high, Math.max(...options));
  };
  for (const rule of kb.redFlags) {
    const { mask } = reached.rule(rule);
    const flag = redFlag(rule);
    const [own, unsure] = [level(flag.red_flag), level(whileUnsure(flag))];
    widen([...(mask & YES ? [own] : []), ...(mask & OPEN ? [unsure] : []), ...(mask & NO ? [0] : [])]);
    if (mask !== NO) anyFlag = anyFlag === YES || !(mask & NO) ? YES : YES | NO;
  }
  for (const [id, { statuses }] of prospects) {
    const care = careLevel(kb, id);
    const of = { likely: level(care), possible: level(oneBelow(care)), not_shown: 0, excluded: 0 };
    widen([...statuses].map((status) => of[status]));
  }
  const atHome = [...prospects].filter(([id]) => careLevel(kb, id) === "self_care").map(([, one]) => one);
  const elsewhere = [...prospects].filter(([id]) => careLevel(kb, id) !== "self_care").map(([, one]) => one);
  const canEarn =
    anyFlag & NO && atHome.some((one) => one.surelyLikely & YES) && !elsewhere.some((one) => one.withinReach === YES);
  const mustEarn =
    anyFlag === NO &&
    atHome.some((one) => one.surelyLikely === YES) &&
    elsewhere.every((one) => one.withinReach === NO);
  if (!canEarn) low = Math.max(low, level("routine"));
  if (!mustEarn) high = Math.max(high, level("routine"));
  return { low, high };
}

/** @param {Knowledge} kb @param {string} condition */
const careLevel = (kb, condition) => /** @type {T.Condition} */ (kb.conditions.get(condition)).care_level;

/** @type {WeakMap<Knowledge, {reacher: Reacher, prospects: Map<string, Prospect>, behind: Map<string, bigint>}>} */
const interviews = new WeakMap();

/** What is worked out once for a knowledge base. @param {Knowledge} kb */
function interviewOf(kb) {
  const known = interviews.get(kb);
  if (known) return known;
  const reacher = new Reacher(kb);
  const behind = kb.core.conditions.map(({ id, considered_when: when }) => {
    const rules = (kb.evidence.get(id) ?? [])
      .flatMap((group) => [...group.for, ...group.against])
      .map(({ rule }) => rule.when);
    const set = [...rules, ...(when ? [when] : [])].reduce((all, one) => all | reacher.behind(one), 0n);
    return /** @type {[string, bigint]} */ ([id, set]);
  });
  const made = { reacher, prospects: new Map(), behind: new Map(behind) };
  interviews.set(kb, made);
  return made;
}

/**
 * The next screen, or why the interview is over.
 * @param {Knowledge} kb @param {Answers} answers @param {number} screensShown @returns {T.Step}
 */
function nextStep(kb, answers, screensShown) {
  const { reacher, prospects, behind } = interviewOf(kb);
  const reached = reacher.reached(answers);
  for (const condition of kb.core.conditions) {
    const touched = /** @type {bigint} */ (behind.get(condition.id)) & reacher.changed;
    if (touched || !prospects.has(condition.id)) prospects.set(condition.id, prospectOf(kb, condition, reached));
  }
  const ends = urgencyEnds(kb, reached, prospects);
  const [lowest, highest] = [LEVELS[ends.low], LEVELS[ends.high]];
  /** @param {T.Step["stop"]} stop @returns {T.Step} */
  const over = (stop) => ({ questions: [], asked_for: [], stop, lowest, highest });
  const emergency = kb.redFlags.some(
    (rule) => redFlag(rule).red_flag === "emergency" && reached.rule(rule).mask === YES,
  );
  if (emergency) return over("emergency");
  const tiers = tiersOf(kb, reached, prospects, ends).filter((tier) => tier.asks);
  if (!tiers.length) return over("settled");
  const budget = kb.core.settings.interview.question_budget;
  const decided = ends.low === ends.high && !tiers.some((tier) => tier.decides);
  if (decided && screensShown >= budget) return over("budget");
  return { ...screenOf(kb, reacher, tiers, reached, prospects), stop: null, lowest, highest };
}

/**
 * Questions of equal importance, and for what they are asked: red flags, and conditions whose weight or
 * `considered_when` hangs on them. `decides` is whether urgency or first place hang on them.
 * @typedef {{asks: bigint, flags: T.Rule[], conditions: string[], decides: boolean}} Tier
 */

/**
 * What is still worth asking, most important first: the most urgent red flags that could still raise the urgency,
 * half-met ones before the others; then what can change the urgency or the first place; then what can change a status.
 * @param {Knowledge} kb @param {Reached} reached @param {Map<string, Prospect>} prospects
 * @param {{low: number, high: number}} ends @returns {Tier[]}
 */
function tiersOf(kb, reached, prospects, ends) {
  const asksOf = (/** @type {T.Rule[]} */ rules) => rules.reduce((asks, rule) => asks | reached.rule(rule).asks, 0n);
  const hangs = (/** @type {string[]} */ ids) =>
    ids.reduce((asks, id) => asks | /** @type {Prospect} */ (prospects.get(id)).asks, 0n);
  const raising = kb.redFlags.filter((rule) => {
    const { mask } = reached.rule(rule);
    const most = mask & YES ? redFlag(rule).red_flag : whileUnsure(redFlag(rule));
    // One that stays open lifts the urgency to routine at least: self-care is not earned beside it.
    return !settled(mask) && Math.max(level(most), level("routine")) > ends.low;
  });
  /** @type {Tier[]} */
  const tiers = [];
  for (const urgency of [...LEVELS].reverse()) {
    const ofLevel = raising.filter((rule) => redFlag(rule).red_flag === urgency);
    const halfMet = ofLevel.filter((rule) => reached.rule(rule).met);
    for (const flags of [halfMet, ofLevel]) tiers.push({ asks: asksOf(flags), flags, conditions: [], decides: true });
  }
  const { contenders, flags } = firstPlace(kb, reached, prospects);
  const moving = [...prospects]
    .filter(([id, one]) => contenders.includes(id) || (ends.low !== ends.high && movesUrgency(kb, id, one, ends.low)))
    .map(([id]) => id);
  tiers.push({ asks: hangs(moving) | asksOf(flags), flags, conditions: moving, decides: true });
  const open = [...prospects].filter(([, one]) => isOpen(one)).map(([id]) => id);
  tiers.push({ asks: hangs(open), flags: [], conditions: open, decides: false });
  return tiers;
}

/**
 * Whether an open condition can lift the urgency above what is certain, or decides about self-care.
 * @param {Knowledge} kb @param {string} id @param {Prospect} prospect @param {number} lowest
 */
function movesUrgency(kb, id, prospect, lowest) {
  const care = careLevel(kb, id);
  const { statuses } = prospect;
  const likely = statuses.has("likely") && level(care) > lowest;
  const possible = statuses.has("possible") && level(oneBelow(care)) > lowest;
  if (isOpen(prospect) && (likely || possible)) return true;
  if (lowest > 0) return false;
  return !settled(care === "self_care" ? prospect.surelyLikely : prospect.withinReach);
}

/**
 * The conditions between which the first place is open, none once it is settled; and the red flags that could still
 * put one of them there. A place is told by its kind (flagged, by the flag's urgency; likely; possible), then by
 * weight, then by care level, then by id.
 * @param {Knowledge} kb @param {Reached} reached @param {Map<string, Prospect>} prospects
 */
function firstPlace(kb, reached, prospects) {
  const FLAGGED = 10; // more than any status
  const shown = { likely: 2, possible: 1, not_shown: 0, excluded: 0 };
  /** @param {T.Rule} rule */
  const kind = (rule) => FLAGGED * level(redFlag(rule).red_flag);
  /** @param {T.Rule[]} rules @param {number[]} otherwise @param {(...kinds: number[]) => number} pick */
  const place = (rules, otherwise, pick) => (rules.length ? Math.max(...rules.map(kind)) : pick(...otherwise));
  const ends = [...prospects].map(([id, prospect]) => {
    const statuses = [...prospect.statuses].map((status) => shown[status]);
    const flags = kb.flagsOf.get(id) ?? [];
    const sure = prospect.considered & NO ? [] : flags.filter((rule) => reached.rule(rule).mask === YES);
    const could = prospect.considered === NO ? [] : flags.filter((rule) => reached.rule(rule).mask & YES);
    const care = level(careLevel(kb, id));
    return {
      id,
      flags,
      worst: [place(sure, statuses, Math.min), prospect.low, care],
      best: [place(could, statuses, Math.max), prospect.high, care],
    };
  });
  /** @param {number[]} left @param {number[]} right greater is told first */
  const compare = (left, right) => left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
  const leader = ends
    .filter(({ worst }) => worst[0] > 0)
    .reduce(
      (/** @type {typeof ends[number] | undefined} */ best, one) =>
        best && compare(one.worst, best.worst) <= 0 ? best : one,
      undefined,
    );
  const rivals = ends.filter(({ id, best }) => {
    if (best[0] === 0 || id === leader?.id) return false;
    if (!leader) return true;
    const order = compare(best, leader.worst);
    return order > 0 || (order === 0 && id < leader.id);
  });
  if (!rivals.length) return { contenders: [], flags: [] };
  const contending = leader ? [...rivals, leader] : rivals;
  const least = leader ? leader.worst[0] : 0;
  const suspecting = new Set(contending.flatMap((one) => one.flags));
  const flags = kb.redFlags.filter((rule) => {
    const { mask } = reached.rule(rule);
    return suspecting.has(rule) && kind(rule) >= least && mask & YES && mask !== YES;
  });
  return { contenders: contending.map((one) => one.id), flags };
}

/**
 * The best screen of the first tier: the one that can move its conditions most, else the first in order. On it stand
 * the questions that share it and matter, those of the most important tiers first, as many as fit.
 * @param {Knowledge} kb @param {Reacher} reacher @param {Tier[]} tiers @param {Reached} reached
 * @param {Map<string, Prospect>} prospects
 */
function screenOf(kb, reacher, tiers, reached, prospects) {
  const [tier] = tiers;
  const decisive = tier.conditions.flatMap((id) => /** @type {Prospect} */ (prospects.get(id)).decisive);
  let mates = 0n;
  let most = -1;
  const seen = new Set();
  for (const name of reacher.names(tier.asks)) {
    const screen = reacher.screenOf(name);
    if (seen.has(screen)) continue;
    seen.add(screen);
    const mine = screen & tier.asks;
    let gain = 0; // in decibans, over all conditions and their groups
    for (const rules of decisive)
      gain += rules.reduce((best, one) => (one.asks & mine ? Math.max(best, one.gain) : best), 0);
    if (gain > most) [mates, most] = [screen, gain];
  }
  let room = kb.core.settings.interview.screen_size;
  let chosen = 0n;
  for (const { asks } of tiers) {
    for (const name of reacher.names(asks & mates & ~chosen).slice(0, room)) {
      chosen |= /** @type {bigint} */ (reacher.bits.get(name));
      room -= 1;
    }
  }
  const flags = tier.flags.filter((rule) => reached.rule(rule).asks & mates).map((rule) => rule.id);
  const weighed = new Map(
    decisive
      .flat()
      .filter((one) => one.asks & mates)
      .map((one) => [one.id, one.gain]),
  );
  const rules = [...weighed]
    .sort(([left, gain], [right, other]) => other - gain || byName(left, right))
    .map(([id]) => id);
  return { questions: reacher.names(chosen), asked_for: [...flags, ...rules] };
}

// ---- 12 English, as a clinician reads it -----------------------------------------------------------------------------

const OPERATOR_WORDS = {
  gte: "at least",
  gt: "more than",
  lte: "at most",
  lt: "less than",
  is: "is",
  in: "is one of",
  includes: "includes",
};

/** A criterion as one phrase. @param {Knowledge} kb @param {T.Criterion} criterion @returns {string} */
function english(kb, criterion, inside = false) {
  if ("fact" in criterion) return englishFact(kb, criterion);
  if ("finding" in criterion) return termName(kb, criterion.finding);
  if ("score" in criterion) {
    const { operator, operand } = comparing(criterion);
    return `${termName(kb, criterion.score)} score ${OPERATOR_WORDS[operator]} ${plain(operand)}`;
  }
  if ("not" in criterion) return `not (${english(kb, criterion.not)})`;
  const phrases = parts(criterion).map((part) => english(kb, part, true));
  if ("at_least" in criterion) return `at least ${criterion.at_least} of ${phrases.length}: [${phrases.join("; ")}]`;
  const text = phrases.join("all" in criterion ? " and " : " or ");
  return inside && phrases.length > 1 ? `(${text})` : text;
}

/** @param {Knowledge} kb @param {T.FactIs} criterion */
function englishFact(kb, criterion) {
  const question = /** @type {T.Question} */ (kb.questions.get(criterion.fact));
  const { operator, operand } = comparing(criterion);
  if (question.type === "boolean" && typeof operand === "boolean") return `${question.name}: ${plain(operand)}`;
  if (operator === "is" || operator === "includes") return `${question.name}: ${englishValue(kb, question, operand)}`;
  if (operator === "in") {
    const values = operand.map((/** @type {unknown} */ one) => englishValue(kb, question, one));
    return `${question.name}: ${values.join(" or ")}`;
  }
  return `${question.name} ${OPERATOR_WORDS[operator]} ${plain(operand)} ${question.unit ?? ""}`.trimEnd();
}

/** @param {Knowledge} kb @param {T.Question} question @param {unknown} value */
function englishValue(kb, question, value) {
  const option = kb.options(question).find((one) => one.id === value);
  if (option) return option.name ?? option.text;
  return question.unit ? `${plain(value)} ${question.unit}` : plain(value);
}

/** @param {unknown} value */
const plain = (value) => (typeof value === "boolean" ? (value ? "yes" : "no") : String(value));

/** @param {Knowledge} kb @param {string} name */
const termName = (kb, name) => kb.terms.get(name)?.name ?? name;

// ---- 13 Explaining ---------------------------------------------------------------------------------------------------

/**
 * Why the outcome is what it is, or how one condition or rule stands.
 * @param {Knowledge} kb @param {Person} person @param {string | null} about @returns {T.Explanation}
 */
function explain(kb, person, about) {
  if (about === null) {
    const outcome = conclude(kb, person);
    const named = [...outcome.to_rule_out, ...outcome.likely, ...outcome.possible];
    const evidence = named.flatMap((view) => [...view.evidence_for, ...view.evidence_against]);
    const shown = new Set([...outcome.red_flags, ...evidence].map((one) => one.rule));
    return { about, name: null, text: outcome.reasons[0].text, traces: [...shown].map((id) => trace(kb, person, id)) };
  }
  const rule = kb.rules.get(about);
  if (rule) {
    const texts = ["the answers rule it out", "it is open: answers are missing", "it did fire"];
    const text = texts[person.truth(rule)];
    return { about, name: rule.title, text, traces: [trace(kb, person, about)] };
  }
  const condition = kb.conditions.get(about);
  if (!condition) throw new RangeError(`there is no condition or rule \`${about}\``);
  return { about, name: condition.name, text: standing(kb, person, condition), traces: silent(kb, person, condition) };
}

/** How a condition stands, in words. @param {Knowledge} kb @param {Person} person @param {T.Condition} condition */
function standing(kb, person, condition) {
  const weighed = weigh(kb, condition, person);
  const status = statusOf(kb, condition, weighed, considered(kb, condition, person));
  if (status === "excluded") {
    return `it is only considered when ${english(kb, /** @type {T.Criterion} */ (condition.considered_when))}`;
  }
  if (!weighed.counted.some((rule) => weightOf(rule) > 0)) return "nothing that was answered speaks for it";
  const limits = kb.thresholds(condition);
  return (
    `it is ${status.replace("_", " ")}: its weight is ${weighed.weight}, and could be ${weighed.low} to ` +
    `${weighed.high}; likely from ${limits.likely}, possible from ${limits.possible}`
  );
}

/**
 * What speaks for it and is not TRUE, and what speaks against it and is.
 * @param {Knowledge} kb @param {Person} person @param {T.Condition} condition
 */
function silent(kb, person, condition) {
  return (kb.evidence.get(condition.id) ?? [])
    .flatMap((group) => [...group.for, ...group.against])
    .map(({ rule }) => rule)
    .filter((rule) => weightOf(rule) > 0 !== (person.truth(rule) === TRUE))
    .sort((left, right) => Math.abs(weightOf(right)) - Math.abs(weightOf(left)) || byName(left.id, right.id))
    .map((rule) => trace(kb, person, rule.id));
}

/**
 * A rule with what each part of it is for this person.
 * @param {Knowledge} kb @param {Person} person @param {string} id @returns {T.Trace}
 */
function trace(kb, person, id) {
  const rule = /** @type {T.Rule} */ (kb.rules.get(id));
  return {
    rule: id,
    title: rule.title,
    truth: WORDS[person.truth(rule)],
    lines: [...traceLines(kb, person, rule.when, 0)],
    sources: (rule.sources ?? []).map((citation) => citation.source),
  };
}

/**
 * @param {Knowledge} kb
 * @param {Person} person @param {T.Criterion} criterion @param {number} depth @returns {Generator<T.TraceLine>}
 */
function* traceLines(kb, person, criterion, depth) {
  const own = kb.truth(criterion, person);
  const truth = WORDS[own];
  const text = english(kb, criterion);
  if ("fact" in criterion) {
    yield { depth, text, truth, question: criterion.fact };
  } else if ("finding" in criterion) {
    yield { depth, text, truth, question: null };
    for (const rule of kb.concludedBy.get(`finding ${criterion.finding}`) ?? []) {
      if (own !== TRUE || person.truth(rule) === TRUE) yield* traceLines(kb, person, rule.when, depth + 1);
    }
  } else if ("score" in criterion) {
    const scale = kb.scale(criterion.score);
    const [low, high] = /** @type {[number, number]} */ (person.scores.get(criterion.score)).map((end) =>
      short(end / scale),
    );
    yield { depth, text: `${text} (it is ${low === high ? low : `${low} to ${high}`})`, truth, question: null };
    for (const rule of kb.concludedBy.get(`score ${criterion.score}`) ?? []) {
      const points = WORDS[person.truth(rule)];
      yield { depth: depth + 1, text: rule.title, truth: points, question: null };
    }
  } else {
    yield { depth, text: heading(criterion), truth, question: null };
    for (const part of parts(criterion)) yield* traceLines(kb, person, part, depth + 1);
  }
}

/** The line above the parts of a group. @param {T.Criterion} group */
function heading(group) {
  if ("all" in group) return "all of:";
  if ("any" in group) return "any of:";
  return "at_least" in group ? `at least ${group.at_least} of these ${group.of.length}:` : "not:";
}

/**
 * One question at a time: each other answer that could matter, and what the outcome would be with it.
 * @param {Knowledge} kb @param {T.RawAnswers} raw @param {number} most @returns {T.Change[]}
 */
function changes(kb, raw, most) {
  /** @param {T.RawAnswers} answers */
  const headline = (answers) => {
    const outcome = conclude(kb, kb.evaluate(kb.readAnswers(answers)));
    const { urgency, corrections, to_rule_out: suspected, likely, possible } = outcome;
    const named = [...suspected, ...likely, ...possible].map((view) => view.id);
    return { urgency, first: named[0] ?? null, named, corrections };
  };
  const before = headline(raw);
  const evidence = before.named.flatMap((id) => kb.evidence.get(id) ?? []).flatMap((one) => [...one.for, ...one.against]);
  const rules = [...kb.redFlags, ...evidence.map(({ rule }) => rule)];
  const behind = new Set(rules.flatMap((rule) => questionsBehind(kb, rule.when)));
  const compared = comparedWith(kb);
  /** @type {Map<string, T.Change>} */
  const found = new Map();
  for (const question of kb.questions.values()) {
    const given = raw[question.id];
    if (given === undefined || !behind.has(question.id)) continue;
    for (const answer of otherAnswers(kb, question, given, compared.get(question.id) ?? new Set())) {
      const { urgency, first, corrections } = headline({ ...raw, [question.id]: answer });
      const key = `${question.id} ${urgency} ${first}`;
      const differs = urgency !== before.urgency || first !== before.first;
      if (differs && !corrections.length && !found.has(key)) found.set(key, { question: question.id, answer, urgency, first });
    }
  }
  /** @param {T.Change} one */
  const same = (one) => (one.urgency === before.urgency ? 1 : 0);
  return [...found.values()]
    .sort((left, right) => same(left) - same(right) || level(right.urgency) - level(left.urgency))
    .slice(0, most);
}

/** What each question is compared with, in rules, gates, `considered_when` and constraints. @param {Knowledge} kb */
function comparedWith(kb) {
  /** @type {Map<string, Set<unknown>>} */
  const compared = new Map();
  for (const criterion of [...criteria(kb), ...kb.core.constraints.map((one) => one.never)]) {
    for (const leaf of leaves(criterion)) {
      if (!("fact" in leaf)) continue;
      const { operand } = comparing(leaf);
      const known = compared.get(leaf.fact) ?? compared.set(leaf.fact, new Set()).get(leaf.fact);
      for (const one of Array.isArray(operand) ? operand : [operand]) known?.add(one);
    }
  }
  return compared;
}

/**
 * The other answers to a question that could matter: each option, each side of each threshold, the nearest numbers first.
 * @param {Knowledge} kb @param {T.Question} question @param {any} given @param {Set<unknown>} compared
 */
function otherAnswers(kb, question, given, compared) {
  const ids = kb.options(question).map((option) => option.id);
  switch (question.type) {
    case "boolean":
      return [true, false].filter((one) => one !== given);
    case "choice":
      return ids.filter((one) => one !== given);
    case "choices": {
      const { yes, unsure } = (given === UNSURE ? undefined : chosen(ids, given)) ?? { yes: new Set(), unsure: new Set() };
      return ids
        .filter((one) => compared.has(one))
        .map((one) => {
          const now = ids.filter((id) => yes.has(id) !== (id === one)).sort();
          const open = [...unsure].filter((id) => id !== one).sort();
          return open.length ? { yes: now, unsure: open } : now;
        });
    }
    default: {
      const step = question.type === "integer" ? 1 : 0.1;
      const limits = /** @type {number[]} */ ([...compared].filter((one) => typeof one === "number"));
      const near = given === UNSURE ? 0 : given;
      const values = new Set(limits.flatMap((limit) => [limit - step, limit, limit + step]));
      return [...values]
        .filter((one) => one >= Number(question.min) && one <= Number(question.max) && one !== given)
        .sort((left, right) => Math.abs(left - near) - Math.abs(right - near) || left - right);
    }
  }
}

/** With six significant digits at most. @param {number} number */
const short = (number) => String(Number(number.toPrecision(6)));

// ---- 14 Guides -------------------------------------------------------------------------------------------------------

/** The sections of a guide, in the order in which they are read. */
const SECTIONS = [
  "what_it_is",
  "why_it_hurts",
  "why_now",
  "today",
  "this_week",
  "six_weeks",
  "work",
  "sleep",
  "lifting",
  "driving",
  "medicines",
  "tests",
  "prevention",
  "outlook",
];

/**
 * A condition's guide, for one person (`advice`) or for the library (null), with sources and judgements numbered in
 * the order in which they are first read.
 * @param {Knowledge} kb @param {string} id @param {any} guide @param {Record<string, any>} exercises
 * @param {Record<string, any>} sources @param {readonly string[] | null} advice @param {boolean} unreviewed
 * @returns {Omit<T.GuideView, "missing" | "pdf">}
 */
function guideView(kb, id, guide, exercises, sources, advice, unreviewed) {
  const condition = /** @type {T.Condition} */ (kb.conditions.get(id));
  /** @type {Map<string, string[]>} */
  const locators = new Map();
  /** @type {string[]} */
  const judgements = [];
  /** The numbers of what records rest on. @param {any[]} records */
  const marks = (...records) => {
    const cited = new Set();
    const judged = new Set();
    for (const { sources: citations = [], judgement } of records) {
      for (const { source, locator } of citations) {
        const places = locators.get(source) ?? [];
        if (locator && !places.includes(locator)) places.push(locator);
        locators.set(source, places);
        cited.add([...locators.keys()].indexOf(source) + 1);
      }
      if (judgement !== undefined && !judgements.includes(judgement)) judgements.push(judgement);
      if (judgement !== undefined) judged.add(judgements.indexOf(judgement) + 1);
    }
    const sorted = (/** @type {Set<number>} */ numbers) => [...numbers].sort((left, right) => left - right);
    return { sources: sorted(cited), judgements: sorted(judged) };
  };
  const sign = (/** @type {any} */ one) => ({ sign: one.sign, go: one.go, urgency: one.urgency, ...marks(one) });
  const byUrgency = (/** @type {any} */ left, /** @type {any} */ right) => level(right.urgency) - level(left.urgency);
  const signs = [...guide.watch_for].sort(byUrgency); // sorting keeps the order of equals

  const atOnce = signs
    .filter((one) => one.urgency === signs[0].urgency && level(one.urgency) >= level("urgent"))
    .map(sign);
  const sections = [...guide.sections]
    .sort((left, right) => SECTIONS.indexOf(left.id) - SECTIONS.indexOf(right.id))
    .map((section) => ({
      id: section.id,
      title: section.title,
      statements: section.statements
        .filter((/** @type {any} */ one) => advice === null || one.advice === undefined || advice.includes(one.advice))
        .map((/** @type {any} */ one) => ({
          text: one.text,
          action: one.action ?? false,
          contested: one.contested ?? null,
          only_for: advice === null && one.advice !== undefined ? forWhom(kb, one.advice) : [],
          ...marks(one),
        })),
    }))
    .filter((section) => section.statements.length > 0);
  const used = (guide.exercises ?? []).map((/** @type {any} */ use) => {
    const one = exercises[use.exercise];
    const pictures = one.pictures.map((/** @type {any} */ { file, alt }) => ({ path: `exercises/${file}`, alt }));
    const { name, aim, steps, progression, easier, stop_if } = one;
    const dose = use.dose ?? one.dose;
    return {
      id: use.exercise,
      name,
      aim,
      start: use.start,
      dose,
      pictures,
      steps,
      progression,
      easier,
      stop_if,
      ...marks(use, one),
    };
  });
  const watchFor = signs.map(sign);
  const dates = [condition.review_by, ...used.map((/** @type {any} */ one) => exercises[one.id].review_by)];
  return {
    id,
    name: condition.name,
    plain_name: condition.plain_name,
    also_called: condition.also_called ?? [],
    summary: guide.summary,
    at_once: atOnce,
    sections,
    exercises: used,
    watch_for: watchFor,
    references: [...locators].map(([source, places], at) => ({
      number: at + 1,
      locators: places,
      source: sources[source],
    })),
    judgements: judgements.map((text, at) => ({ number: at + 1, text })),
    not_a_diagnosis: kb.core.settings.not_a_diagnosis,
    unreviewed: unreviewed ? kb.core.settings.unreviewed : null,
    review_by: dates.sort()[0],
  };
}

/**
 * For whom an advice block is: the reasons of its rules, or their titles.
 * @param {Knowledge} kb @param {string} advice
 */
function forWhom(kb, advice) {
  const rules = kb.adviceRules.get(advice) ?? [];
  return rules.every((rule) => rule.because !== undefined)
    ? rules.map((rule) => rule.because)
    : rules.map((rule) => rule.title);
}

// ---- 15 Languages ----------------------------------------------------------------------------------------------------

/** What is said around the texts of a knowledge base; translations stand at `runtime/<name>`. */
const SENTENCES = {
  likely: "likely: {name}",
  possible: "possible: {name}",
  open_red_flag: "not settled: {name}",
  self_care: "every warning sign was answered no, and a likely cause can be looked after at home",
  floor: "self-care alone is only advised when it is clearly safe",
  preview: "This is a preview of a draft, not a release.",
  overdue: "Past its review date: something in it was to be reviewed again by {date}.",
  not_approved: "Not every record in it has been approved by a clinician.",
};

/** Where a language's texts stand in a bundle. @param {string} language */
const localePath = (language) => `locales/${language}.json`;

/**
 * The language to speak: the one that is wanted, else a relative (`de` for `de-AT`), else the records' own.
 * @param {readonly string[]} languages @param {string | undefined} wanted @returns {string}
 */
function chosenLanguage(languages, wanted) {
  const primary = (/** @type {string | undefined} */ one) => one?.split("-")[0];
  return (
    languages.find((one) => one === wanted) ??
    languages.find((one) => primary(one) === primary(wanted)) ??
    languages[0]
  );
}

/** What a bundle says in one language. Text that nobody has translated is told as it was written, and noted. */
class Words {
  /** Places without translation. @type {Set<string>} */
  missing = new Set();
  /** @type {Set<string>} */
  #untranslated = new Set();
  /** The core before it was told in this language. @type {T.Core | null} */
  written = null;
  #texts;

  /** @param {string} source the records' own @param {string} language @param {T.BundleLocale | null} locale */
  constructor(source, language, locale) {
    this.source = source;
    this.language = language;
    this.locale = locale;
    this.#texts = source === language ? null : /** @type {T.BundleLocale} */ (locale).texts;
    this.sentences = this.each(SENTENCES, "runtime", .../** @type {(keyof typeof SENTENCES)[]} */ (Object.keys(SENTENCES)));
  }

  /** @param {string} place @param {string} text @returns {string} */
  say(place, text) {
    if (!this.#texts) return text;
    if (Object.hasOwn(this.#texts, place)) return this.#texts[place];
    this.missing.add(place);
    this.#untranslated.add(text);
    return text;
  }

  /**
   * A record with some of its texts, and lists of texts, in this language.
   * @template {object} R @param {R} record @param {string} place @param {...(keyof R & string)} keys @returns {R}
   */
  each(record, place, ...keys) {
    const told = keys
      .filter((key) => record[key] !== undefined && record[key] !== null)
      .map((key) => {
        /** @type {any} */
        const value = record[key];
        const at = `${place}/${key}`;
        return [key, Array.isArray(value) ? value.map((one, n) => this.say(`${at}/${n + 1}`, one)) : this.say(at, value)];
      });
    return { ...record, ...Object.fromEntries(told) };
  }

  /**
   * Records that stand in a list, numbered from 1.
   * @template {object} R @param {readonly R[] | undefined} records @param {string} place
   * @param {...(keyof R & string)} keys @returns {R[]}
   */
  all(records, place, ...keys) {
    return (records ?? []).map((one, at) => this.each(one, `${place}/${at + 1}`, ...keys));
  }

  /** A sentence about something that has a name. @param {keyof typeof SENTENCES} sentence @param {string} name */
  about(sentence, name) {
    const text = this.sentences[sentence].replace("{name}", () => name);
    const plain = this.#untranslated;
    if (plain.has(this.sentences[sentence]) || plain.has(name)) plain.add(text);
    return text;
  }

  /** The language that a text is in. @param {string} text */
  languageOf(text) {
    return this.#untranslated.has(text) ? this.source : this.language;
  }

  /** The core in this language. Rules read as they were written. @param {T.Core} core @returns {T.Core} */
  core(core) {
    this.written = core;
    if (!this.#texts) return core;
    const { settings, body, sections, rules, conditions, constraints } = core;
    const urgency = Object.entries(settings.urgency).map(([level, one]) => [
      level,
      this.each(one, `settings/urgency/${level}`, "name", "advice"),
    ]);
    return {
      ...core,
      settings: {
        ...this.each(settings, "settings", "not_a_diagnosis", "no_cause", "unreviewed"),
        urgency: Object.fromEntries(urgency),
      },
      body: {
        ...body,
        regions: body.regions.map((region) => ({
          ...this.each(region, `region/${region.id}`, "name"),
          parts: region.parts.map((part) => this.each(part, `part/${part.id}`, "name")),
        })),
      },
      sections: sections.map((section) => ({
        ...this.each(section, `section/${section.id}`, "title"),
        questions: section.questions.map((one) => this.#question(one)),
      })),
      rules: rules.map((rule) => this.#rule(rule)),
      conditions: conditions.map((one) =>
        this.each(one, `condition/${one.id}`, "name", "plain_name", "also_called"),
      ),
      constraints: constraints.map((one) => this.each(one, `constraint/${one.id}`, "message")),
    };
  }

  /** @param {T.Question} question @returns {T.Question} */
  #question(question) {
    const place = `question/${question.id}`;
    const told = this.each(question, place, "text", "help", "why");
    if (!question.options) return told;
    const options = question.options.map((one) => {
      const text = this.say(`${place}/options/${one.id}/text`, one.text);
      return text === one.text ? one : { ...one, text, name: one.name ?? one.text };
    });
    return { ...told, options };
  }

  /** The rules that speak to a person; findings and scores are between rules. @param {T.Rule} rule @returns {T.Rule} */
  #rule(rule) {
    const place = `rule/${rule.id}`;
    const { then } = rule;
    if ("red_flag" in then) {
      return { ...this.each(rule, place, "title", "because"), then: this.each(then, place, "message") };
    }
    if ("advice" in then) return this.each(rule, place, "title", "because");
    return "condition" in then ? this.each(rule, place, "because") : rule;
  }

  /** A condition's guide in this language. @param {string} condition @param {any} guide */
  guide(condition, guide) {
    if (!this.#texts) return guide;
    const place = `condition/${condition}/guide`;
    return {
      ...this.each(guide, place, "summary"),
      sections: guide.sections.map((/** @type {any} */ section) => ({
        ...this.each(section, `${place}/${section.id}`, "title"),
        statements: this.all(section.statements, `${place}/${section.id}`, "text", "contested", "judgement"),
      })),
      exercises: this.all(guide.exercises, `${place}/exercises`, "start", "dose", "judgement"),
      watch_for: this.all(guide.watch_for, `${place}/watch_for`, "sign", "go", "judgement"),
    };
  }

  /** An exercise of the library in this language. @param {any} exercise */
  exercise(exercise) {
    if (!this.#texts) return exercise;
    const place = `exercise/${exercise.id}`;
    return {
      ...this.each(exercise, place, "name", "aim", "steps", "dose", "progression", "easier", "stop_if", "judgement"),
      pictures: this.all(exercise.pictures, `${place}/pictures`, "alt"),
    };
  }
}

// ---- 16 Conformance --------------------------------------------------------------------------------------------------

/**
 * Everything in which two evaluators have to agree.
 * @param {Knowledge} kb @param {Person} person @returns {T.ExpectedOutcome}
 */
function expected(kb, person) {
  const { outcome, views } = judged(kb, person);
  return {
    urgency: outcome.urgency,
    red_flags: outcome.red_flags.map((flag) => flag.rule),
    open_flags: outcome.open_flags.map((flag) => flag.rule),
    to_rule_out: outcome.to_rule_out.map((view) => view.id),
    likely: outcome.likely.map((view) => view.id),
    possible: outcome.possible.map((view) => view.id),
    conditions: Object.fromEntries(views.map(({ id, status, weight, low, high }) => [id, [status, weight, low, high]])),
    rules: Array.from(person.truths, (truth) => "FUT"[truth]).join(""),
    findings: [...person.findings]
      .sort(byKey)
      .map(([, truth]) => "FUT"[truth])
      .join(""),
    scores: outcome.scores,
    advice: outcome.advice,
    set_aside: outcome.set_aside,
    corrections: outcome.corrections,
  };
}

/**
 * Refuse a bundle whose rules mean something else here than they meant to its publisher.
 * @param {Algos} algos @param {T.Conformance} conformance
 */
function conforms(algos, conformance) {
  for (const { id, answers, outcome } of conformance.cases) {
    const found = /** @type {any} */ (algos.expected(answers));
    for (const [field, stated] of Object.entries(outcome)) {
      if (!equal(found[field], stated)) {
        const differs = `case ${id}: ${field} is ${canonical(found[field])}, not ${canonical(stated)}`;
        throw new RefusedError("bundle.conformance", CONFORMANCE, differs);
      }
    }
  }
  for (const stated of conformance.interviews) {
    const shown = transcript(algos, stated.answers);
    for (const field of /** @type {const} */ (["screens", "stop", "urgency"])) {
      const differs = `interview ${stated.id}: ${field} is ${canonical(shown[field])}, not ${canonical(stated[field])}`;
      demand(canonical(shown[field]) === canonical(stated[field]), "bundle.conformance", CONFORMANCE, differs);
    }
  }
}

/**
 * Whether two JSON values are the same; the order of an object's keys does not count.
 * @param {any} left @param {any} right @returns {boolean}
 */
function equal(left, right) {
  if (left === null || right === null || typeof left !== "object" || typeof right !== "object") return left === right;
  const keys = Object.keys(left);
  if (Array.isArray(left) !== Array.isArray(right) || keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && equal(left[key], right[key]));
}

/**
 * The whole interview of a person who gives these answers, and "not sure" to everything else.
 * @param {Algos} algos @param {T.RawAnswers} person
 */
export function transcript(algos, person) {
  /** @type {T.RawAnswers} */
  const given = {};
  /** @type {string[][]} */
  const screens = [];
  for (;;) {
    const step = algos.nextQuestion(given, screens.length);
    if (step.stop !== null) return { screens, stop: step.stop, urgency: algos.assess(given).urgency };
    for (const name of step.questions) given[name] = person[name] ?? UNSURE;
    screens.push(step.questions);
  }
}

// ---- 17 Following releases -------------------------------------------------------------------------------------------

/**
 * `every`: seconds between two checks; without it, whoever follows calls `check`. `taken` is called with each bundle
 * that is taken, and is the place to remember its `accepted`; `refused` with the reason for which one was not taken.
 * @typedef {T.Options & {every?: number, taken?: (algos: Algos) => void | Promise<void>,
 *   refused?: (error: RefusedError) => void}} FollowOptions
 */

/**
 * A bundle that keeps itself up to date: `current` is always the last good one, whole. A new release is fetched,
 * verified and only then put in its place; a refused one is told to `refused` and forgotten.
 */
export class Follower {
  #address;
  #options;
  /** @type {string | null} */
  #etag = null;
  /** @type {Uint8Array | null} */
  #signed = null;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;
  /** @type {Promise<boolean> | null} */
  #checking = null;

  /** @param {string | URL} address @param {FollowOptions} options */
  constructor(address, options) {
    this.#address = address;
    this.#options = options;
    /** The last good bundle. @type {Algos | null} */
    this.current = null;
    /** Why the bundle that was looked at last was refused; null where it was taken, then or before. @type {RefusedError | null} */
    this.reason = null;
  }

  /** Look once whether there is a new release; whether one was taken. At most one check runs at a time. */
  check() {
    this.#checking ??= this.#check().finally(() => {
      this.#checking = null;
    });
    return this.#checking;
  }

  async #check() {
    try {
      const source = webSource(this.#address, this.#options.fetch ?? globalThis.fetch);
      const signed = /** @type {Uint8Array} */ (await source.changed(this.#etag));
      if (this.current && (!signed || (this.#signed && same(signed, this.#signed)))) {
        this.current.notice(checkPolicy(this.current.manifest, this.#options)); // its review date may have passed since
        this.reason = null;
        return false;
      }
      const last = this.current && !this.current.manifest.preview ? this.current.accepted : this.#options.last;
      const algos = await opened(source, signed, { ...this.#options, last });
      await this.#options.taken?.(algos);
      [this.#etag, this.#signed, this.current, this.reason] = [source.etag, signed, algos, null];
      return true;
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      this.reason = error;
      this.#options.refused?.(error);
      return false;
    }
  }

  /** Check every so many seconds, until `stop`. @param {number} seconds */
  start(seconds) {
    this.stop();
    this.#timer = setInterval(() => void this.check().catch((error) => console.error(error)), seconds * 1000);
  }

  /** Check no more. */
  stop() {
    clearInterval(this.#timer);
  }
}

/**
 * Follow the releases at a web address. Resolves once the first bundle is there; rejects where there is none to use.
 * @param {string | URL} address @param {FollowOptions} options
 */
export async function follow(address, options) {
  const follower = new Follower(address, options);
  await follower.check();
  if (!follower.current) throw follower.reason;
  if (options.every) follower.start(options.every);
  return follower;
}
