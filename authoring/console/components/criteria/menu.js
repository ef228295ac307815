// The list of what can be done with a node.

import { closeBox, h, openBox, placeBox } from "./dom.js";

/**
 * @typedef {{label: string, keys: string, run: () => void, off?: string | null, apart?: boolean}} Item
 */

/** A floating menu: arrow keys move, Enter runs, Escape closes. */
export class Menu {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.box = h("div", { class: "floating menu", role: "menu", popover: "manual", hidden: true });
    this.box.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.key(event));
    this.box.addEventListener("focusout", (/** @type {FocusEvent} */ event) => {
      if (this.open && !this.box.contains(/** @type {any} */ (event.relatedTarget))) this.close(false);
    });
    root.append(this.box);
    /** @type {{anchor: HTMLElement, back: () => void} | null} */
    this.open = null;
    this.follow = () => this.open && placeBox(this.box, this.open.anchor, 0);
  }

  /** @param {HTMLElement} anchor @param {string} label @param {Item[]} items @param {() => void} back */
  ask(anchor, label, items, back) {
    this.open = { anchor, back };
    this.box.setAttribute("aria-label", label);
    this.box.replaceChildren(
      ...items.map((item) =>
        h(
          "div",
          {
            role: "menuitem",
            tabindex: "-1",
            class: item.apart ? "item apart" : "item",
            "aria-disabled": item.off ? "true" : null,
            title: item.off ?? null,
            onpointerenter: (/** @type {any} */ event) => event.currentTarget.focus(),
            onclick: () => this.run(item),
          },
          h("span", {}, item.label),
          h("kbd", {}, item.keys),
        ),
      ),
    );
    this.items = items;
    openBox(this.box);
    this.follow();
    this.box.firstElementChild.focus();
    window.addEventListener("scroll", this.follow, true);
    window.addEventListener("resize", this.follow);
  }

  /** @param {Item} item */
  run(item) {
    if (item.off) return;
    this.close(true);
    item.run();
  }

  /** @param {boolean} back */
  close(back) {
    const how = this.open;
    if (!how) return;
    this.open = null;
    window.removeEventListener("scroll", this.follow, true);
    window.removeEventListener("resize", this.follow);
    closeBox(this.box);
    if (back) how.back();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const entries = [...this.box.children];
    const at = entries.indexOf(/** @type {any} */ (event.target));
    const last = entries.length - 1;
    /** @type {Record<string, number>} */
    const goes = { ArrowDown: at === last ? 0 : at + 1, ArrowUp: at <= 0 ? last : at - 1, Home: 0, End: last };
    if (event.key in goes) entries[goes[event.key]].focus();
    else if (event.key === "Enter" || event.key === " ") this.run(/** @type {Item[]} */ (this.items)[at]);
    else if (event.key === "Escape" || event.key === "Tab") this.close(true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
