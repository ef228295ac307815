"""Stamps: short texts that are equal only where everything that a result depends on is equal.

A rule's truth depends on its criterion and on everything below it: gates, the rules of findings and scores, options,
scales. A stamp is a hash over all that, made from the bottom up, so that two knowledge bases can be compared rule by
rule without evaluating either.
"""

from __future__ import annotations

import hashlib
from functools import cached_property

from pydantic import BaseModel

from engine.knowledge import KnowledgeBase, Node, nodes
from engine.model.rule import Points
from engine.uses import uses


def _hash(*parts: str) -> str:
    """SHA-256 of some texts; where one ends and the next begins counts."""
    return hashlib.sha256("".join(f"{len(part)}:{part}" for part in parts).encode()).hexdigest()


def _text(record: BaseModel | None, *without: str) -> str:
    return record.model_dump_json(exclude=set(without)) if record is not None else ""


class Stamps:
    """The stamps of one knowledge base, whose rules can be ordered (no cycle, no name without its record)."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self.kb = kb

    @cached_property
    def _nodes(self) -> dict[Node, str]:
        """What the truth of each gate and finding, and each score, depends on; of a question also its domain."""
        kb, found = self.kb, dict[Node, str]()
        for node in kb.order:
            kind, name = node
            below = [found[one] for one in sorted(kb.needs.get(node, ()))]
            if kind == "question":
                question = kb.questions[name]
                domain = (question.type, f"{question.min} {question.max}", *(one.id for one in kb.options(question)))
                found[node] = _hash(name, *domain, _text(question.ask_when), *below)
            else:
                rules = kb.concluded_by.get(node, ())
                scale = str(kb.terms[name].scale) if kind == "score" else ""
                found[node] = _hash(kind, name, scale, *(self._own(id_) for id_ in rules), *below)
        return found

    def _own(self, id_: str) -> str:
        rule = self.kb.active[id_]
        points = str(rule.then.points) if isinstance(rule.then, Points) else ""
        return _hash(id_, points, _text(rule.when))

    @cached_property
    def truth(self) -> dict[str, str]:
        """For each rule in force: what its truth for a person depends on, besides the person's answers."""
        return {
            id_: _hash(self._own(id_), *(self._nodes[node] for node in sorted(nodes(uses(rule.when)))))
            for id_, rule in self.kb.active.items()
        }

    @cached_property
    def truths(self) -> str:
        """What everything that is true of a person depends on, besides the person's answers."""
        return _hash(*(f"{kind} {name} {stamp}" for (kind, name), stamp in self._nodes.items()), *self.truth.values())

    @cached_property
    def whole(self) -> dict[str, str]:
        """For each rule in force: its truth's stamp, and everything that it says; only its examples are left out."""
        return {id_: _hash(self.truth[id_], _text(rule, "examples")) for id_, rule in self.kb.active.items()}

    @cached_property
    def questions(self) -> str:
        """The questions: what can be answered, and by whom, in which order."""
        kb = self.kb
        return _hash(*(f"{self._nodes['question', id_]} {one.by}" for id_, one in kb.questions.items()))

    @cached_property
    def rest(self) -> str:
        """What an outcome depends on besides rules and answers: all other records, without guides and wordings."""
        kb = self.kb
        return _hash(
            self.questions,
            _text(kb.settings),
            *(_text(condition, "guide") for condition in kb.current_conditions.values()),
            *(f"{id_} {term.scale}" for id_, term in sorted(kb.terms.items())),
            *(_text(one) for _, one in sorted(kb.constraints.items())),
        )
