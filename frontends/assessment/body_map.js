// The body map: where it hurts, touched on a picture or chosen from a list; both always show the same.
//
// The assessment and the console's test bench both show it: every word that it shows is given to it. The answer is
// {yes: ids, unsure: ids, whole: "none" | "unsure" | null}; with `single` there is at most one place, and none unsure.
// In the picture one presses through it hurts, not sure, no. The arrow keys move to the next part in their direction.

const SVG = "http://www.w3.org/2000/svg";

/** What a press makes of a part. */
const NEXT = { no: "yes", yes: "unsure", unsure: "no" };

const element = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
};

const drawn = (tag, attributes = {}, text = "") => {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
};

/** A word with its gaps filled: fill("{name}: hurts", {name}). */
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

/**
 * Build the map in `place`, and tell `changed` each answer that is given on it.
 *
 * `given`: {label, help, picture, regions, single, first, words}. `picture` is the text of the SVG, each part a shape
 * of class `part` with the part's `element` as id. `regions` are those of body.json. `first` are the places that are
 * offered first, where one is asked for: those that were named as hurting.
 */
export function bodyMap(place, given, changed) {
  const { single, words } = given;
  const parts = new Map(given.regions.flatMap((region) => region.parts.map((part) => [part.id, part])));
  const byElement = new Map([...parts.values()].map((part) => [part.element, part]));
  const answer = { yes: new Set(), unsure: new Set(), whole: null };
  let first = new Set();
  let current; // the part that the keyboard reaches in the picture

  const label = element("p", { class: "label", id: "label" }, given.label);
  const help = element("p", { class: "help" }, given.help);
  help.hidden = !given.help;
  const said = element("span", {});
  const name = element("p", { class: "name", "aria-hidden": "true" }, said);
  const hint = element("p", { id: "hint", class: "help" }, single ? words.hintSingle : words.hint);
  const svg = document.importNode(new DOMParser().parseFromString(given.picture, "image/svg+xml").documentElement, true);
  const picture = element("div", { class: "picture" }, svg);
  const whole = element("div", { class: "whole", role: "group", "aria-label": words.whole });
  const told = element("p", { class: "told", role: "status" });
  const clear = element("button", { type: "button", class: "clear" }, words.clear);
  const list = element("details", {}, element("summary", {}, words.list));
  const offered = element("fieldset", { class: "offered" }, element("legend", {}, words.first));
  const rows = element("div", { class: "rows" });
  list.append(rows);
  const below = element("div", { class: "below" }, told, whole);
  const root = element("section", { class: single ? "body-map single" : "body-map", "aria-labelledby": "label" });
  root.append(label, help, hint, name, picture, below, list);
  place.replaceChildren(root);

  const state = (id) => (answer.yes.has(id) ? "yes" : answer.unsure.has(id) ? "unsure" : "no");
  const named = (id) => fill(words[state(id)], { name: parts.get(id).name });

  // Room for the longest name: where a name took a line more, the picture would move away under the mouse, be over
  // another part with a shorter name, and move back, for ever.
  const namings = [...parts.values()].flatMap((part) => ["yes", "unsure", "no"].map((how) => fill(words[how], part)));
  name.dataset.room = namings.reduce((longest, one) => (one.length > longest.length ? one : longest), "");

  // The picture. What it says of itself as a file gives way to what it is here.
  for (const own of svg.querySelectorAll("style, title")) own.remove();
  for (const word of svg.querySelectorAll("[data-word]")) word.textContent = words[word.dataset.word] ?? word.textContent;
  svg.setAttribute("role", single ? "radiogroup" : "group");
  svg.setAttribute("aria-labelledby", "label");
  svg.setAttribute("aria-describedby", "hint");
  for (const silent of svg.querySelectorAll(".detail, .mark, .echo")) silent.setAttribute("aria-hidden", "true");
  const shapes = new Map();
  const touched = new Map(); // every shape that can be touched, with its part
  for (const shape of svg.querySelectorAll(".part, .echo")) {
    const echo = shape.classList.contains("echo");
    const part = byElement.get(echo ? shape.dataset.part : shape.id);
    if (!part) continue;
    touched.set(shape, part.id);
    if (echo) continue;
    shapes.set(part.id, shape);
    shape.removeAttribute("id"); // two maps may stand on one page
    shape.dataset.part = part.element;
    shape.setAttribute("role", single ? "radio" : "checkbox");
    shape.setAttribute("aria-label", part.name);
  }
  const signs = drawn("g", { class: "signs", "aria-hidden": "true" });
  const ring = drawn("path", { class: "ring", "aria-hidden": "true" });
  svg.append(signs, ring);

  /** Where a mark fits into a shape: as the picture says, or the middle of its box. */
  function middle(shape) {
    if (shape.dataset.at) return shape.dataset.at.split(" ").map(Number);
    const box = shape.getBBox();
    return [box.x + box.width / 2, box.y + box.height / 2];
  }

  // The list: for each part its answer, and beside it "not sure" where single places may be unsure.
  const inputs = new Map(); // the input of each part
  const doubts = new Map();

  function row(id) {
    const input = element("input", { type: single ? "radio" : "checkbox", name: "place" });
    input.addEventListener("change", () => put(id, input.checked ? "yes" : "no"));
    inputs.set(id, input);
    const line = element("div", { class: "row" }, element("label", {}, input, parts.get(id).name));
    if (!single) {
      const doubt = element("button", { type: "button", class: "doubt" }, words.unsureShort);
      doubt.setAttribute("aria-label", fill(words.doubt, { name: parts.get(id).name }));
      doubt.addEventListener("click", () => put(id, state(id) === "unsure" ? "no" : "unsure"));
      doubts.set(id, doubt);
      line.append(doubt);
    }
    return line;
  }

  function fillList() {
    inputs.clear();
    const rest = given.regions.map((region) => {
      const members = region.parts.filter((part) => !first.has(part.id));
      const group = element("fieldset", {}, element("legend", {}, region.name), ...members.map((part) => row(part.id)));
      group.hidden = !members.length;
      return group;
    });
    rows.replaceChildren(...rest);
    offered.replaceChildren(offered.firstChild, ...[...first].map(row));
    offered.hidden = !first.size;
  }
  if (single) name.before(offered);

  for (const choice of single ? ["unsure"] : ["none", "unsure"]) {
    const button = element("button", { type: "button", "data-whole": choice }, words[`${choice}Whole`]);
    button.addEventListener("click", () => {
      answer.whole = answer.whole === choice ? null : choice;
      answer.yes.clear();
      answer.unsure.clear();
      answered();
    });
    whole.append(button);
  }
  clear.addEventListener("click", () => {
    answer.whole = null;
    answer.yes.clear();
    answer.unsure.clear();
    answered();
  });
  whole.append(clear);

  function put(id, to) {
    answer.whole = null;
    if (single) answer.yes.clear();
    answer.yes.delete(id);
    answer.unsure.delete(id);
    if (to === "yes") answer.yes.add(id);
    if (to === "unsure") answer.unsure.add(id);
    answered();
  }

  function press(id) {
    current = id;
    if (single) put(id, state(id) === "yes" ? "no" : "yes");
    else put(id, NEXT[state(id)]);
    say(id);
  }

  function answered() {
    draw();
    changed(read());
  }

  const read = () => ({ yes: [...answer.yes], unsure: [...answer.unsure], whole: answer.whole });

  function say(id) {
    said.textContent = id ? named(id) : "";
  }

  function showRing(shape) {
    if (shape) ring.setAttribute("d", shape.getAttribute("d"));
    else ring.removeAttribute("d");
  }

  function sign(shape, how) {
    const [x, y] = middle(shape);
    const made = drawn("g", { class: `sign ${how}`, transform: `translate(${x} ${y})` });
    made.append(
      how === "yes"
        ? drawn("path", { d: "M-4 .2L-1.2 3.2L4.2-3.4" })
        : drawn("text", { y: "4", "text-anchor": "middle" }, "?"),
    );
    return made;
  }

  function draw() {
    signs.replaceChildren();
    for (const [shape, id] of touched) {
      const how = state(id);
      shape.dataset.state = how;
      shape.classList.toggle("aside", single && first.size > 0 && !first.has(id) && how === "no");
      if (how !== "no") signs.append(sign(shape, how));
    }
    current ??= [...answer.yes, ...first, ...shapes.keys()].find((id) => shapes.has(id));
    for (const [id, shape] of shapes) {
      const how = state(id);
      shape.setAttribute("aria-checked", { yes: "true", unsure: "mixed", no: "false" }[how]);
      shape.setAttribute("aria-label", how === "unsure" ? named(id) : parts.get(id).name);
      shape.setAttribute("tabindex", id === current ? "0" : "-1");
    }
    for (const [id, input] of inputs) {
      input.checked = state(id) === "yes";
      doubts.get(id)?.setAttribute("aria-pressed", String(state(id) === "unsure"));
    }
    for (const button of whole.querySelectorAll("[data-whole]")) {
      button.setAttribute("aria-pressed", String(answer.whole === button.dataset.whole));
    }
    clear.disabled = !answer.whole && !answer.yes.size && !answer.unsure.size;
    told.textContent = summary();
  }

  function summary() {
    if (answer.whole) return words[`${answer.whole}Told`];
    const names = (ids) => [...parts.keys()].filter((id) => ids.has(id)).map((id) => parts.get(id).name).join(", ");
    if (single) return answer.yes.size ? fill(words.one, { names: names(answer.yes) }) : words.nothing;
    const count = (ids, text) => (ids.size ? fill(text, { count: ids.size, names: names(ids) }) : "");
    return [count(answer.yes, words.count), count(answer.unsure, words.countUnsure)].filter(Boolean).join(" ") || words.nothing;
  }

  // Touch and mouse.
  const hit = (event) => event.target.closest?.(".part, .echo");
  picture.addEventListener("click", (event) => {
    const shape = hit(event);
    if (!touched.has(shape)) return;
    press(touched.get(shape));
    shapes.get(current)?.focus({ preventScroll: true });
  });
  picture.addEventListener("pointerover", (event) => {
    const shape = hit(event);
    if (event.pointerType !== "touch" && touched.has(shape)) say(touched.get(shape));
  });
  picture.addEventListener("pointerleave", () => say(picture.contains(focused()) ? current : undefined));

  // The keyboard.
  const focused = () => root.getRootNode().activeElement;
  picture.addEventListener("focusin", (event) => {
    const id = touched.get(event.target);
    if (!id) return;
    say(id);
    if (event.target.matches(":focus-visible")) showRing(event.target);
  });
  picture.addEventListener("focusout", () => {
    showRing();
    say();
  });
  picture.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !touched.has(event.target)) return;
    const to = { Home: () => [...shapes.keys()][0], End: () => [...shapes.keys()].at(-1) }[event.key]?.() ?? beside(event.key);
    if (to) focus(to);
    else if (event.key === " " || event.key === "Enter") press(current);
    else if (!event.key.startsWith("Arrow")) {
      if (event.key.length === 1) event.stopPropagation(); // a letter here is no shortcut of the page
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    showRing(shapes.get(current));
  });

  function focus(id) {
    current = id;
    for (const [one, shape] of shapes) shape.setAttribute("tabindex", one === id ? "0" : "-1");
    shapes.get(id).focus();
  }

  /** The nearest part in the direction of an arrow key; straight ahead is nearer than aside. */
  function beside(key) {
    const way = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[key];
    if (!way) return undefined;
    const [x, y] = middle(shapes.get(current));
    const far = (id) => {
      const [atX, atY] = middle(shapes.get(id));
      const [dx, dy] = [atX - x, atY - y];
      const ahead = dx * way[0] + dy * way[1];
      const aside = Math.abs(dx * way[1]) + Math.abs(dy * way[0]);
      return ahead > 2 && aside < 3 * ahead ? ahead + 2 * aside : Infinity;
    };
    const nearest = [...shapes.keys()].filter((id) => id !== current).sort((a, b) => far(a) - far(b))[0];
    return far(nearest) < Infinity ? nearest : undefined;
  }

  /** Show another answer, and other places first. */
  function show(next, offeredFirst) {
    answer.yes = new Set(next.yes);
    answer.unsure = new Set(next.unsure);
    answer.whole = next.whole;
    const order = [...parts.keys()].filter((id) => offeredFirst.includes(id));
    if (!inputs.size || order.join() !== [...first].join()) {
      first = new Set(order);
      fillList();
    }
    draw();
  }

  say();
  return { show, read };
}
