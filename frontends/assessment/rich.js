// What authors type: **bold** and [links](https://...). Every other sign stands for itself.

import { h } from "./dom.js";
import { known } from "./words.js";

const MARKED = /\*\*(?=\S)(.+?)\*\*|\[([^\]]+)\]\((https:\/\/[^\s()]+)\)/;
// Characters that make what follows read in another order, or that no reader sees (exports/guide/text.py).
const UNSEEN = /[\p{Cc}\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** A text of the knowledge base as nodes. */
export function rich(text) {
  return nodes(known(text.replace(/\s+/g, " ").replace(UNSEEN, "").trim()));
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
