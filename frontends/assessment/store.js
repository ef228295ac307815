// What stays on this device: answers, ticked days, the language. Nothing is ever sent.

/** The folder of this site, empty at the top of its host: sites in several folders of one host share what it keeps. */
export const PLACE = new URL(".", document.baseURI).pathname.replace(/^\/$/, "");
const PREFIX = PLACE ? `algos.${PLACE}.` : "algos.";

/** What was kept under a name, or `otherwise`: where nothing was, it cannot be read, or the browser keeps nothing. */
export function kept(name, otherwise = null) {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? otherwise : JSON.parse(text);
  } catch {
    return otherwise;
  }
}

/** Keep a value; whether the browser took it. */
export function keep(name, value) {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
    return true;
  } catch {
    return false; // storage is full or forbidden: everything works until the page is closed
  }
}

/** Forget a value. */
export function forget(name) {
  try {
    localStorage.removeItem(PREFIX + name);
  } catch {
    // nothing was kept
  }
}
