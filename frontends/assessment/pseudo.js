// @ts-check
// Pseudo-languages: English made strange, to see which texts come from no locale and which layouts do not bear another
// language. `en-XA` has accents and is longer by about 40 %, as translations are; `ar-XB` reads from right to left.
// They are computed from the English texts and never stored. What is put in (`{name}`) and addresses stay as they are.

/** Accented letters that everybody still reads. */
const PLAIN = "aceiklnorstuwyzdgACEIKLNORSTUWYZDG";
const STRANGE = "áçéíķłñóřšťúŵýžďğÁÇÉÍĶŁÑÓŘŠŤÚŴÝŽĎĞ";
const ACCENTS = new Map([...PLAIN].map((letter, at) => [letter, STRANGE[at]]));

/** What stays: placeholders, bold marks and the addresses of links. */
const KEPT = /(\{\w+\}|\*\*|\]\([^)]*\))/;
const EXTRA = 0.4;

/** @param {string} text @param {(part: string) => string} change */
const outside = (text, change) => text.split(KEPT).map((part, at) => (at % 2 ? part : change(part))).join("");

/** With accents, in brackets, and longer: what has no brackets comes from no locale, what is cut off loses one. @param {string} text */
export function accented(text) {
  const longer = " ~".repeat(Math.ceil((text.length * EXTRA) / 2)); // spaces, so that a line can break
  return `[${outside(text, (part) => [...part].map((letter) => ACCENTS.get(letter) ?? letter).join(""))}${longer}]`;
}

/** Each word read from right to left, by Unicode's override. @param {string} text */
export function mirrored(text) {
  return outside(text, (part) => part.replace(/\p{L}[\p{L}\p{M}'’]*/gu, (word) => `\u202e${word}\u202c`));
}

/** Pseudo-language to how it is made, and its direction. */
export const PSEUDO = {
  "en-XA": { change: accented, direction: "ltr" },
  "ar-XB": { change: mirrored, direction: "rtl" },
};
