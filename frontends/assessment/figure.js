// The body as a picture to look at, beside the words of the first page.

import { picture } from "./trusted.js";

/** The back of the body, its low back marked; nothing where the bundle has no such picture. */
export async function figure(algos) {
  const text = new TextDecoder().decode(await algos.file("body.svg").catch(() => new Uint8Array()));
  if (!text) return null;
  const svg = document.importNode(new DOMParser().parseFromString(picture(text), "image/svg+xml").documentElement, true);
  for (const one of svg.querySelectorAll("style, title, text, [data-view=front]")) one.remove();
  for (const one of svg.querySelectorAll("[id]")) {
    if (one.id.startsWith("low_back")) one.classList.add("hot");
    one.removeAttribute("id");
  }
  svg.setAttribute("viewBox", "190 0 160 364");
  svg.setAttribute("class", "figure-back");
  svg.setAttribute("aria-hidden", "true");
  svg.removeAttribute("role");
  return svg;
}
