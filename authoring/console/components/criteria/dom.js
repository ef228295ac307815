// Making elements, small drawings, and boxes that float above the page.

/**
 * An element with its attributes, listeners (`onclick`) and children. Text is always text, never markup.
 * @param {string} tag
 * @param {Record<string, any>} props
 * @param {...any} children
 * @returns {any}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else setAttribute(element, name, value);
  }
  element.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** @param {Element} element @param {string} name @param {any} value */
export function setAttribute(element, name, value) {
  if (value === false || value === null || value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value === true ? "" : String(value));
}

/** @type {Record<string, string>} */
const DRAWINGS = {
  undo: "M6 4 3 7l3 3M3 7h6a4 4 0 0 1 0 8H7",
  redo: "M10 4l3 3-3 3M13 7H7a4 4 0 0 0 0 8h2",
  plus: "M8 3v10M3 8h10",
  group: "M5 3H3v10h2M11 3h2v10h-2M6.5 8h3",
  more: "M3.2 8h.1M8 8h.1M12.8 8h.1",
  remove: "M4 4l8 8M12 4l-8 8",
  fold: "M4 6l4 4 4-4",
  check: "M3 8.5l3.2 3L13 4.5",
  warn: "M8 3.2v6M8 12.3v.1",
  grip: "M6 4v.1M10 4v.1M6 8v.1M10 8v.1M6 12v.1M10 12v.1",
  search: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.5 10.5 14 14",
};

/** @param {string} name */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  for (const [key, value] of [["viewBox", "0 0 16 16"], ["class", `icon icon-${name}`], ["aria-hidden", "true"]]) {
    svg.setAttribute(key, value);
  }
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", DRAWINGS[name]);
  svg.append(path);
  return svg;
}

/** Put a floating box below its anchor, or above it where there is more room. @param {HTMLElement} box @param {Element} anchor @param {number} width */
export function placeBox(box, anchor, width) {
  const gap = 4;
  const { left, top, bottom } = anchor.getBoundingClientRect();
  const [wide, high] = [document.documentElement.clientWidth, window.innerHeight];
  const below = high - bottom - gap * 2;
  const above = top - gap * 2;
  const up = below < 260 && above > below;
  box.style.width = width ? `${Math.min(width, wide - gap * 4)}px` : "max-content";
  box.style.maxHeight = `${Math.max(160, Math.min(440, up ? above : below))}px`;
  box.style.left = `${Math.max(gap * 2, Math.min(left, wide - box.offsetWidth - gap * 2))}px`;
  box.style.top = up ? `${Math.max(gap, top - gap - box.offsetHeight)}px` : `${bottom + gap}px`;
}

/** Show a box above everything, also above the page's dialogs. @param {HTMLElement} box */
export function openBox(box) {
  box.hidden = false;
  if (typeof box.showPopover === "function" && !box.matches(":popover-open")) box.showPopover();
}

/** @param {HTMLElement} box */
export function closeBox(box) {
  if (typeof box.hidePopover === "function" && box.matches(":popover-open")) box.hidePopover();
  box.hidden = true;
}
