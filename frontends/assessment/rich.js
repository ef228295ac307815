// What authors type: **bold** and [links](https://...). Every other sign stands for itself.

import { h } from "./dom.js";
import { known, language } from "./words.js";

const MARKED = /\*\*(?=\S)(.+?)\*\*|\[([^\]]+)\]\((https:\/\/[^\s()]+)\)/;
// Characters that make what follows read in another order, or that no reader sees (exports/guide/text.py).
const UNSEEN = /[\p{Cc}\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** A text of the knowledge base as nodes; one that nobody has translated says in which language it is. */
export function rich(text) {
  const made = nodes(known(text.replace(/\s+/g, " ").replace(UNSEEN, "").trim()));
  const written = language.of(text);
  return written === language.tag ? made : [h("span", { lang: written, class: "foreign" }, made)];
}

function nodes(text) {
  const found = MARKED.exec(text);
  if (!found) return text ? [text] : [];
  const [whole, bold, words, address] = found;
  const made =
    bold !== undefined
      ? h("strong", {}, nodes(bold))
      : h("a", { href: address, rel: "noopener noreferrer", target: "_blank" }, nodes(words));
  return [text.slice(0, found.index), made, ...nodes(text.slice(found.index + whole.length))].filter(Boolean);
}

/** The same text without its marks. */
export const unmarked = (text) => known(text).replace(/\*\*/g, "").replace(/\[([^\]]+)\]\(https:[^)]*\)/g, "$1");
