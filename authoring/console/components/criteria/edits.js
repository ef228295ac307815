// Every change of a tree: each takes the old tree and gives a new one with the node to go to, or null where it makes
// no sense there. The old tree stays as it was.

import { isGroup, isLeafNode, makeGroup, makeLeaf } from "./criteria.js";

/**
 * @typedef {import("./criteria.js").Node} Node
 * @typedef {import("./criteria.js").Group} Group
 * @typedef {{tree: Node | null, focus: number | null}} Change
 * @typedef {{node: Node, parent: Group | null, at: number, above: Group[]}} Place
 */

/** Where a node stands: `above` lists its groups from the innermost. @param {Node|null} tree @param {number|null} id @returns {Place|null} */
export function placeOf(tree, id) {
  /** @param {Node} node @param {Group[]} above @param {number} at @returns {Place|null} */
  const look = (node, above, at) => {
    if (node.id === id) return { node, parent: above[0] ?? null, at, above };
    if (!isGroup(node)) return null;
    for (const [index, part] of node.parts.entries()) {
      const found = look(part, [node, ...above], index);
      if (found) return found;
    }
    return null;
  };
  return tree && id !== null ? look(tree, [], 0) : null;
}

/** The tree with one node changed; null removes it. @param {Node} tree @param {number} id @param {(node: Node) => Node | null} how @returns {Node|null} */
function changed(tree, id, how) {
  if (tree.id === id) return how(tree);
  if (!isGroup(tree)) return tree;
  let differs = false;
  const parts = tree.parts.flatMap((part) => {
    const after = changed(part, id, how);
    differs ||= after !== part;
    return after ? [after] : [];
  });
  return differs ? { ...tree, parts } : tree;
}

/** @param {Node} tree @param {number} id @param {(node: any) => Node} how @returns {Change} */
export const replaced = (tree, id, how) => ({ tree: changed(tree, id, how), focus: id });

/** @param {Node} tree @param {Group} group @param {Node[]} parts */
const withParts = (tree, group, parts) => changed(tree, group.id, (node) => ({ .../** @type {Group} */ (node), parts }));

/** Whether a group takes another part: `not` holds one. @param {Group} group */
const hasRoom = (group) => group.form !== "not" || group.parts.length === 0;

/** A new part at the end of a group; a filled `not` joins it to what it holds. @param {Node} tree @param {Group} group @param {Node} node @returns {Change} */
function appended(tree, group, node) {
  if (hasRoom(group)) return { tree: withParts(tree, group, [...group.parts, node]), focus: node.id };
  const [held] = group.parts;
  if (isGroup(held)) return appended(tree, held, node);
  return { tree: withParts(tree, group, [makeGroup("all", [held, node])]), focus: node.id };
}

/**
 * A new node: inside where a group is chosen, behind where a condition is.
 * @param {Node|null} tree @param {number|null} at @param {Node} node @returns {Change}
 */
export function added(tree, at, node) {
  if (!tree) return { tree: node, focus: node.id };
  const place = placeOf(tree, at) ?? { node: tree, parent: null, at: 0, above: [] };
  if (isGroup(place.node)) return appended(tree, place.node, node);
  if (place.parent && place.parent.form !== "not") {
    return { tree: withParts(tree, place.parent, place.parent.parts.toSpliced(place.at + 1, 0, node)), focus: node.id };
  }
  return { tree: changed(tree, place.node.id, (old) => makeGroup("all", [old, node])), focus: node.id };
}

/** A new group with an empty condition in it. */
export const emptyGroup = () => {
  const leaf = makeLeaf();
  return { group: makeGroup("any", [leaf]), leaf };
};

/** @param {Node} tree @param {number} id @param {"group"|"not"} how @returns {Change|null} */
export function wrapped(tree, id, how) {
  const place = placeOf(tree, id);
  if (!place) return null;
  const form = how === "not" ? "not" : place.parent?.form === "all" ? "any" : "all";
  const around = makeGroup(form, [place.node]);
  return { tree: changed(tree, id, () => around), focus: around.id };
}

/** A group gives way to its parts, where what is above it can hold them. @param {Node} tree @param {number} id @returns {Change|null} */
export function unwrapped(tree, id) {
  const place = placeOf(tree, id);
  if (!place || !isGroup(place.node)) return null;
  const { parts } = place.node;
  if (!parts.length) return removed(tree, id);
  if (parts.length === 1) return { tree: changed(tree, id, () => parts[0]), focus: parts[0].id };
  if (!place.parent || place.parent.form === "not") return null;
  return {
    tree: withParts(tree, place.parent, place.parent.parts.toSpliced(place.at, 1, ...parts)),
    focus: parts[0].id,
  };
}

/** Another kind of group; several parts under `not` stay together as they were. @param {Node} tree @param {number} id @param {import("./criteria.js").GroupForm} form @returns {Change|null} */
export function regrouped(tree, id, form) {
  const place = placeOf(tree, id);
  if (!place || !isGroup(place.node) || place.node.form === form) return null;
  const { parts, k } = place.node;
  if (form === "not" && parts.length > 1) return wrapped(tree, id, "not");
  const count = form === "at_least" && k.trim() === "" ? String(Math.min(2, Math.max(1, parts.length))) : k;
  return replaced(tree, id, (group) => ({ ...group, form, k: count }));
}

/** @param {Node} node @returns {Node} */
function copied(node) {
  const { id } = makeLeaf();
  return isGroup(node) ? { ...node, id, parts: node.parts.map(copied) } : { ...node, id };
}

/** @param {Node} tree @param {number} id @returns {Change|null} */
export function duplicated(tree, id) {
  const place = placeOf(tree, id);
  if (!place) return null;
  const twin = copied(place.node);
  if (place.parent && place.parent.form !== "not") {
    return { tree: withParts(tree, place.parent, place.parent.parts.toSpliced(place.at + 1, 0, twin)), focus: twin.id };
  }
  return { tree: changed(tree, id, (node) => makeGroup("all", [node, twin])), focus: twin.id };
}

/** @param {Node} tree @param {number} id @returns {Change|null} */
export function removed(tree, id) {
  const place = placeOf(tree, id);
  if (!place) return null;
  const { parent, at } = place;
  const next = parent ? (parent.parts[at + 1] ?? parent.parts[at - 1] ?? parent) : null;
  return { tree: changed(tree, id, () => null), focus: next ? next.id : null };
}

/** Up (-1) or down (+1) within its group. @param {Node} tree @param {number} id @param {-1|1} step @returns {Change|null} */
export function shifted(tree, id, step) {
  const place = placeOf(tree, id);
  if (!place?.parent) return null;
  const to = place.at + step;
  const { parts } = place.parent;
  if (to < 0 || to >= parts.length) return null;
  return { tree: withParts(tree, place.parent, parts.toSpliced(place.at, 1).toSpliced(to, 0, place.node)), focus: id };
}

/** Into the group that stands above it in the same group. @param {Node} tree @param {number} id @returns {Change|null} */
export function indented(tree, id) {
  const place = placeOf(tree, id);
  const above = place?.parent?.parts[place.at - 1];
  if (!place || !above || !isGroup(above)) return null;
  const into = hasRoom(above) ? above : above.parts[0];
  return isGroup(into) ? moved(tree, id, into.id, into.parts.length) : null;
}

/** Out of its group, to stand behind it in the next group that holds several. @param {Node} tree @param {number} id @returns {Change|null} */
export function outdented(tree, id) {
  const above = placeOf(tree, id)?.above ?? [];
  const level = above.findIndex((group, at) => at > 0 && group.form !== "not");
  return level < 0 ? null : moved(tree, id, above[level].id, above[level].parts.indexOf(above[level - 1]) + 1);
}

/** To a position in any group that is not inside it. @param {Node} tree @param {number} id @param {number} groupId @param {number} at @returns {Change|null} */
export function moved(tree, id, groupId, at) {
  const from = placeOf(tree, id);
  const to = placeOf(tree, groupId);
  if (!from?.parent || !to || !isGroup(to.node) || to.node.id === id || to.above.some((group) => group.id === id)) return null;
  const same = from.parent.id === groupId;
  if (!same && !hasRoom(to.node)) return null;
  const target = same && from.at < at ? at - 1 : at;
  if (same && target === from.at) return null;
  const without = changed(tree, id, () => null);
  const after = without && changed(without, groupId, (node) => {
    const group = /** @type {Group} */ (node);
    return { ...group, parts: group.parts.toSpliced(target, 0, from.node) };
  });
  return { tree: after, focus: id };
}

/** The nodes that are seen, from top to bottom. @param {Node|null} tree @param {Set<number>} folded @returns {Node[]} */
export function visible(tree, folded) {
  if (!tree) return [];
  if (!isGroup(tree) || folded.has(tree.id)) return [tree];
  return [tree, ...tree.parts.flatMap((part) => visible(part, folded))];
}

/** How many conditions a tree holds. @param {Node} tree @returns {number} */
export const countLeaves = (tree) =>
  isGroup(tree) ? tree.parts.reduce((sum, part) => sum + countLeaves(part), 0) : Number(isLeafNode(tree));
