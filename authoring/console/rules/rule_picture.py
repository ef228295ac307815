"""What feeds a rule and what it feeds, as a drawing in Graphviz's language."""

from __future__ import annotations

import textwrap

from engine.english import LEVEL_NAMES
from engine.knowledge import KnowledgeBase, Node, nodes
from engine.model.rule import Advice, Derived, Evidence, Points, RedFlag, Rule, Urgency
from engine.uses import uses

MOST = 8
"""Neighbours that are drawn at one place; the rest are counted."""

_COLOURS = {
    "question": ("#eef3f3", "#44605f"),
    "finding": ("#e3eefb", "#2b5c94"),
    "score": ("#e9e5f7", "#5b4796"),
    "rule": ("#0b5963", "#0b5963"),
    "other": ("#ffffff", "#6b7f86"),
    "condition": ("#fdf3df", "#8a5b00"),
    "urgency": ("#fbe6e3", "#a31621"),
    "advice": ("#e6f3e6", "#2f6b2f"),
    "more": ("#ffffff", "#6b7f86"),
}
_WORDS = {
    "question": "Question",
    "finding": "Finding",
    "score": "Score",
    "other": "Rule",
    "condition": "Condition",
    "urgency": "Urgency",
    "advice": "Advice",
}


class _Drawing:
    """Nodes and arrows, each once, in the order in which they came."""

    def __init__(self) -> None:
        self._nodes: dict[str, str] = {}
        self._arrows: dict[tuple[str, str], str] = {}

    def node(self, kind: str, id_: str, text: str) -> str:
        name = f"{kind}:{id_}"
        fill, line = _COLOURS[kind]
        ink = "#ffffff" if kind == "rule" else "#1d2a2e"
        wrapped = [_escaped(part) for part in textwrap.wrap(text, 26)[:4]]
        if kind in _WORDS:
            wrapped = [f"{_WORDS[kind].upper()}", *wrapped]
        label = "\\n".join(wrapped)
        dashed = ",dashed" if kind == "more" else ""
        self._nodes[name] = (
            f'"{_escaped(name)}" [label="{label}", fillcolor="{fill}", color="{line}", fontcolor="{ink}", '
            f'style="filled,rounded{dashed}"];'
        )
        return name

    def arrow(self, start: str, end: str, text: str = "") -> None:
        label = f' [label="{_escaped(text)}"]' if text else ""
        self._arrows[start, end] = f'"{_escaped(start)}" -> "{_escaped(end)}"{label};'

    def dot(self) -> str:
        return "\n".join(
            [
                "digraph {",
                'rankdir=LR; bgcolor="transparent"; nodesep=0.18; ranksep=0.45;',
                'node [shape=box, fontname="Arial", fontsize=11, margin="0.14,0.07"];',
                'edge [color="#6b7f86", fontcolor="#6b7f86", fontname="Arial", fontsize=10, arrowsize=0.7];',
                *self._nodes.values(),
                *self._arrows.values(),
                "}",
            ]
        )


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")


def picture(kb: KnowledgeBase, rule: Rule) -> str:
    """The drawing of a rule, in Graphviz's language: two levels below it, and what follows from it."""
    drawing = _Drawing()
    centre = drawing.node("rule", rule.id, rule.title)
    below = sorted(nodes(uses(rule.when)))
    for node in below:
        name = _named(drawing, kb, node)
        drawing.arrow(name, centre)
        if node[0] != "question":
            _feeding(drawing, kb, node, name)
    _fed(drawing, kb, rule, centre)
    return drawing.dot()


def described(kb: KnowledgeBase, rule: Rule) -> str:
    """The drawing in words, for somebody who does not see it."""
    names = ", ".join(_name(kb, node) for node in sorted(nodes(uses(rule.when))))
    return f"{rule.title} reads {names or 'nothing'}."


def _name(kb: KnowledgeBase, node: Node) -> str:
    kind, id_ = node
    if kind == "question":
        return kb.questions[id_].name if id_ in kb.questions else id_
    return kb.terms[id_].name if id_ in kb.terms else id_


def _named(drawing: _Drawing, kb: KnowledgeBase, node: Node) -> str:
    return drawing.node(node[0], node[1], _name(kb, node))


def _feeding(drawing: _Drawing, kb: KnowledgeBase, node: Node, name: str) -> None:
    feeding = sorted(kb.needs.get(node, frozenset()))
    for one in feeding[:MOST]:
        drawing.arrow(_named(drawing, kb, one), name)
    if len(feeding) > MOST:
        drawing.arrow(drawing.node("more", f"below {name}", f"and {len(feeding) - MOST} more"), name)


def _fed(drawing: _Drawing, kb: KnowledgeBase, rule: Rule, centre: str) -> None:
    match rule.then:
        case RedFlag():
            urgency = _urgency(drawing, rule.then.red_flag)
            drawing.arrow(centre, urgency)
            for id_ in rule.then.suspects:
                drawing.arrow(centre, _condition(drawing, kb, id_), "rule out")
        case Evidence():
            drawing.arrow(centre, _condition(drawing, kb, rule.then.condition), f"{rule.then.weight:+d} decibans")
            condition = kb.conditions.get(rule.then.condition)
            if condition:
                drawing.arrow(f"condition:{condition.id}", _urgency(drawing, condition.care_level), "seen")
        case Derived():
            _readers(drawing, kb, ("finding", rule.then.finding), centre, "")
        case Points():
            _readers(drawing, kb, ("score", rule.then.score), centre, f"{rule.then.points:+g}")
        case Advice():
            advice = drawing.node("advice", rule.then.advice, rule.then.advice.replace("_", " "))
            drawing.arrow(centre, advice)
            for condition in kb.current_conditions.values():
                blocks = [one for section in condition.guide.sections for one in section.statements]
                if any(one.advice == rule.then.advice for one in blocks):
                    drawing.arrow(advice, _condition(drawing, kb, condition.id), "in its guide")


def _urgency(drawing: _Drawing, urgency: Urgency) -> str:
    return drawing.node("urgency", urgency.value, LEVEL_NAMES[urgency])


def _condition(drawing: _Drawing, kb: KnowledgeBase, id_: str) -> str:
    return drawing.node("condition", id_, kb.conditions[id_].name if id_ in kb.conditions else id_)


def _readers(drawing: _Drawing, kb: KnowledgeBase, node: Node, centre: str, label: str) -> None:
    """The finding or score that a rule concludes, the rules that read it, and what those conclude."""
    concluded = _named(drawing, kb, node)
    drawing.arrow(centre, concluded, label)
    readers = [one for one in kb.active.values() if node in nodes(uses(one.when))]
    for reader in readers[:MOST]:
        other = drawing.node("other", reader.id, reader.title)
        drawing.arrow(concluded, other)
        _fed_once(drawing, kb, reader, other)
    if len(readers) > MOST:
        drawing.arrow(concluded, drawing.node("more", "above", f"and {len(readers) - MOST} more rules"))


def _fed_once(drawing: _Drawing, kb: KnowledgeBase, rule: Rule, name: str) -> None:
    """What another rule concludes, without following it further."""
    match rule.then:
        case RedFlag():
            drawing.arrow(name, _urgency(drawing, rule.then.red_flag))
        case Evidence():
            drawing.arrow(name, _condition(drawing, kb, rule.then.condition), f"{rule.then.weight:+d} decibans")
        case Derived():
            drawing.arrow(name, _named(drawing, kb, ("finding", rule.then.finding)))
        case Points():
            drawing.arrow(name, _named(drawing, kb, ("score", rule.then.score)), f"{rule.then.points:+g}")
        case Advice():
            drawing.arrow(name, drawing.node("advice", rule.then.advice, rule.then.advice.replace("_", " ")))
