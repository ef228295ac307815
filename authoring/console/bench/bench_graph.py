"""The rules that fired as a graph: answers, findings and scores, flags and evidence, conditions, urgency."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from engine.answers import Answers
from engine.assess import Assessment
from engine.criteria import All, AnyOf, AtLeast, Criterion, FactIs, FindingIs, Not, ScoreIs, Truth
from engine.english import answer
from engine.evaluate import Evaluator, Values
from engine.knowledge import KnowledgeBase

FILLS = {
    "question": ("#eef3f3", "#3a4a4e"),
    "finding": ("#dcebf5", "#24506e"),
    "score": ("#dcebf5", "#24506e"),
    "flag": ("#f7dcdc", "#8a1c24"),
    "for": ("#ddefdd", "#1f6b33"),
    "against": ("#f3e6d2", "#7a5200"),
    "condition": ("#e6e1f2", "#463a75"),
    "urgency": ("#0b5963", "#0b5963"),
}
"""Fill and border of each kind of node: dark text on a pale fill is legible on a light and on a dark page alike."""


def fired_graph(evaluator: Evaluator, assessment: Assessment, answers: Answers) -> tuple[str, str] | None:
    """The graph in Graphviz's language, and what it shows in one sentence; None where no rule fired that is shown.

    Shown are the TRUE red flags and the evidence that counts for or against a named condition, with everything TRUE
    below them.
    """
    return _Graph(evaluator, assessment, answers).text()


class _Graph:
    def __init__(self, evaluator: Evaluator, assessment: Assessment, answers: Answers) -> None:
        self._evaluator, self._values, self._outcome = evaluator, assessment.values, assessment.outcome
        self.kb: KnowledgeBase = evaluator.kb
        self._answers = answers
        self._nodes: dict[str, str] = {}
        self._edges: dict[tuple[str, str], str] = {}

    def text(self) -> tuple[str, str] | None:
        outcome, urgency = self._outcome, "urgency"
        for flag in outcome.red_flags:
            self._node(f"r:{flag.rule}", "flag", flag.title)
            self._below(flag.rule)
            self._edge(f"r:{flag.rule}", urgency, bold=flag.urgency is outcome.urgency)
            for suspect in flag.suspects:
                if any(view.id == suspect for view in outcome.to_rule_out):
                    self._edge(f"r:{flag.rule}", f"c:{suspect}")
        for view in outcome.named:
            self._node(f"c:{view.id}", "condition", view.name)
            if view.status in ("likely", "possible"):
                level = view.care_level if view.status == "likely" else view.care_level.one_below
                self._edge(f"c:{view.id}", urgency, bold=level is outcome.urgency)
            for kind, shown in (("for", view.evidence_for), ("against", view.evidence_against)):
                for evidence in shown:
                    title = f"{self.kb.active[evidence.rule].title} ({evidence.weight:+d})"
                    self._node(f"r:{evidence.rule}", kind, title)
                    self._below(evidence.rule)
                    self._edge(f"r:{evidence.rule}", f"c:{view.id}")
        if not self._nodes:
            return None
        self._node(urgency, "urgency", self.kb.settings.urgency[outcome.urgency].name)
        body = [*self._nodes.values(), *self._edges.values()]
        head = (
            'digraph { rankdir=LR; bgcolor="transparent"; ranksep=0.5; nodesep=0.12;'
            ' node [shape=box style="filled,rounded" fontname="Helvetica" fontsize=11 margin="0.1,0.05"];'
            ' edge [color="#7b8c90" arrowsize=0.6];'
        )
        count = len([name for name in self._nodes if name.startswith("r:")])
        about = f"{count} rules fired for {len(outcome.named)} named conditions and {len(outcome.red_flags)} red flags"
        return "\n".join([head, *body, "}"]), about

    def _below(self, rule: str) -> None:
        self._sources(f"r:{rule}", self.kb.active[rule].when)

    def _sources(self, target: str, when: Criterion) -> None:
        for leaf in _deciding(self._evaluator, self._values, when, Truth.TRUE):
            match leaf:
                case FactIs():
                    question = self.kb.questions[leaf.fact]
                    if self._answers.answered(leaf.fact):
                        told = answer(self.kb, question, self._answers.values.get(leaf.fact))
                        self._node(f"q:{leaf.fact}", "question", f"{question.name}: {told}")
                        self._edge(f"q:{leaf.fact}", target)
                case FindingIs():
                    self._term(target, "finding", leaf.finding)
                case ScoreIs():
                    self._term(target, "score", leaf.score)

    def _term(self, target: str, kind: str, name: str) -> None:
        id_ = f"t:{name}"
        known = id_ in self._nodes
        text = self.kb.terms[name].name if name in self.kb.terms else name
        if kind == "score":
            low, high = self._outcome.scores[name]
            text += f": {low:g}" if low == high else f": {low:g} to {high:g}"
        self._node(id_, kind, text)
        self._edge(id_, target)
        if not known:
            for rule in self.kb.concluded_by["finding" if kind == "finding" else "score", name]:
                if self._values.rules[rule] is Truth.TRUE:
                    self._sources(id_, self.kb.active[rule].when)

    def _node(self, id_: str, kind: str, text: str) -> None:
        fill, border = FILLS[kind]
        font = "#ffffff" if kind == "urgency" else "#1d2a2e"
        label = "\\n".join(_quoted(line) for line in textwrap.wrap(text, 30)[:4])
        self._nodes[id_] = f'"{_quoted(id_)}" [label="{label}" fillcolor="{fill}" color="{border}" fontcolor="{font}"];'

    def _edge(self, source: str, target: str, bold: bool = False) -> None:
        width = " [penwidth=2.4]" if bold else ""
        self._edges[source, target] = f'"{_quoted(source)}" -> "{_quoted(target)}"{width};'


def _deciding(
    evaluator: Evaluator, values: Values, criterion: Criterion, wanted: Truth
) -> Iterator[FactIs | FindingIs | ScoreIs]:
    """The comparisons by which a criterion is what it is: below a `not` those that do not hold."""
    match criterion:
        case All() | AnyOf() | AtLeast():
            for part in criterion.parts:
                yield from _deciding(evaluator, values, part, wanted)
        case Not():
            yield from _deciding(evaluator, values, criterion.not_, wanted.negate())
        case FactIs() | FindingIs() | ScoreIs():
            if evaluator.test(criterion)(values) is wanted:
                yield criterion


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
