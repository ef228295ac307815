// Building the page. Every text becomes a text node, so nothing that anybody wrote is ever read as markup.

/**
 * An element. `attributes`: names as in HTML; a function is a listener (`onclick`); false, null and undefined are left out.
 * Children: nodes, texts, or lists of them; false, null and undefined are left out.
 */
export function h(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (typeof value === "function") made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...flat(children));
  return made;
}

/** Nodes to put somewhere, without what is left out. */
export const flat = (children) =>
  children.flat(Infinity).filter((one) => one !== false && one !== null && one !== undefined);

const SVG = "http://www.w3.org/2000/svg";

/** The signs that the pages use: each one path in a box of 24. */
const SIGNS = {
  back: "M15 5l-7 7 7 7",
  next: "M9 5l7 7-7 7",
  check: "M5 12.5l4.5 4.5L19 7.5",
  phone: "M6.5 3.5h3l1.6 4.4-2.1 1.6a12 12 0 0 0 5.5 5.5l1.6-2.1 4.4 1.6v3a2 2 0 0 1-2.2 2A17 17 0 0 1 4.5 5.7a2 2 0 0 1 2-2.2z",
  warning: "M12 3.5 22 20.5H2zM12 10v5M12 17.6v.4",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5.3l3.4 2",
  home: "M3.5 11.5 12 4l8.5 7.5M6 9.5V20h12V9.5",
  calendar: "M4 6.5h16V20H4zM4 10.5h16M8.5 4v4M15.5 4v4",
  guide: "M5 4h10l4 4v12H5zM14.5 4v4.5H19M8.5 12.5h7M8.5 16h7",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.3 15.3 20.5 20.5",
  print: "M7 9V4h10v5M5 9h14v7h-2.5M7.5 16H5V9M7.5 13.5h9V20h-9z",
  down: "M12 4v11M7 10.5l5 5 5-5M5 20h14",
};

/** A sign, for eyes only. */
export function sign(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `sign-${name} icon`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", SIGNS[name]);
  svg.append(path);
  return svg;
}

/** A button that goes on, goes back or does something; `kind` is main, quiet or plain. */
export const button = (words, onclick, kind = "main", icon = null) =>
  h("button", { type: "button", class: `button ${kind}`, onclick }, icon && sign(icon), h("span", {}, words));

/** A link to another screen that looks like a button. */
export const way = (words, href, kind = "main", icon = null) =>
  h("a", { class: `button ${kind}`, href }, icon !== "next" && icon && sign(icon), h("span", {}, words), icon === "next" && sign(icon));

/** Say something to a screen reader without moving the focus. */
export function announce(words) {
  const place = document.getElementById("live");
  if (!place) return;
  place.textContent = "";
  requestAnimationFrame(() => (place.textContent = words)); // the same words twice are said twice
}

/** Let the browser keep a file: `blob` under a name. */
export function save(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = h("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
