// Every word of the interface, from locales/<language>.json; and pseudo-languages that show which words are not.
//
// `?language=en-XA` accents and lengthens every text, `?language=ar-XB` turns the page right to left. Both are made
// by pseudo.js from English, and are never stored.

import { keep, kept } from "./store.js";

const PSEUDO = new Set(["en-XA", "ar-XB"]);
const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ur"]);

/** Whether this browser knows the tag of a language: some systems name one that is none, such as "C". */
function tags(one) {
  try {
    return Intl.getCanonicalLocales(one).length > 0;
  } catch {
    return false;
  }
}

/** The languages that the reader's browser wishes for, the first of them first. */
export const wished = (navigator.languages ?? [navigator.language]).filter(tags);

let own = {};
let english = {};
let pseudo = null;

/**
 * The language of the page: what the interface speaks, and what the bundle is asked for. `of` is the language of a text
 * of the bundle, once there is one.
 */
export const language = { tag: "en", direction: "ltr", all: ["en"], of: () => language.tag };

/**
 * Choose the language from those that there are: the address says it, or it was chosen before, or the browser wishes it.
 * Its texts are fetched, and the English ones to fall back to.
 */
export async function learn(languages) {
  const asked = new URLSearchParams(location.search).get("language");
  const wishes = [asked, kept("language"), ...wished].filter(Boolean);
  const offered = (wish) => PSEUDO.has(wish) ? wish : languages.find((one) => one === wish || one === wish.split("-")[0]);
  const tag = wishes.map(offered).find(Boolean) ?? "en";
  pseudo = PSEUDO.has(tag) ? (await import("./pseudo.js")).PSEUDO[tag].change : null;
  language.tag = pseudo ? "en" : tag;
  language.direction = tag === "ar-XB" || RIGHT_TO_LEFT.has(tag) ? "rtl" : "ltr";
  language.all = languages;
  const read = async (name) => (await fetch(`locales/${name}.json`)).json();
  [english, own] = await Promise.all([read("en"), language.tag === "en" ? {} : read(language.tag)]);
  document.documentElement.lang = tag;
  document.documentElement.dir = language.direction;
}

/** Speak another language from the next start on, which is now. */
export function speak(tag) {
  const address = new URL(location.href);
  address.searchParams.delete("language");
  if (!keep("language", tag)) address.searchParams.set("language", tag); // where nothing can be kept, the address says it
  history.replaceState(null, "", address);
  location.reload();
}

/** A text of the interface, its gaps `{name}` filled. `{count}` chooses between `key.one` and `key.other`. */
export function t(key, values = {}) {
  let name = key;
  if ("count" in values && !(key in english)) {
    name = `${key}.${new Intl.PluralRules(language.tag).select(values.count)}`;
    if (!(name in english) && !(name in own)) name = `${key}.other`;
  }
  const text = own[name] ?? english[name] ?? name;
  const written = pseudo ? pseudo(text) : text;
  return written.replace(/\{(\w+)\}/g, (gap, one) => values[one] ?? gap);
}

/** The texts whose keys begin like this, without that beginning. */
export const group = (start) =>
  Object.fromEntries(Object.keys(english).filter((key) => key.startsWith(start)).map((key) => [key.slice(start.length), t(key)]));

/** A text of the knowledge base; in a pseudo-language it is changed too, so that what is left is in no locale. */
export const known = (text) => (pseudo ? pseudo(text) : text);

/** A unit of a question. One that is a word is a text of the interface; the others are written alike everywhere. */
export const unitWords = (unit) =>
  `unit.${unit}` in english ? t(`unit.${unit}`) : known(unit === "kg/m2" ? "kg/m²" : (unit ?? ""));

/** A number as it is written in the page's language: 24.5 is 24,5 in German. */
export const numeral = (value) => new Intl.NumberFormat(style(), { useGrouping: false }).format(value);

/** The page's language as it is written where the reader lives: months before days in the United States. */
export const style = () => wished.find((one) => one.split("-")[0] === language.tag) ?? language.tag;

/** A day as people write it. */
export const day = (iso) =>
  known(new Intl.DateTimeFormat(style(), { dateStyle: "long", timeZone: "UTC" }).format(new Date(`${iso.slice(0, 10)}T00:00:00Z`)));
