"""A guide as plain data, in reading order, with sources and judgements numbered as they are first read."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, get_args

from engine.knowledge import KnowledgeBase
from engine.model.base import Sourced
from engine.model.condition import ExerciseUse, GuideSection, SectionId, WatchFor
from engine.model.rule import Urgency

Json = dict[str, Any]
_ORDER: tuple[str, ...] = get_args(SectionId)


def guide_view(kb: KnowledgeBase, condition: str, advice: Collection[str] | None, unreviewed: bool, pdf: str) -> Json:
    """The guide of a condition in `kb`, for one person (`advice`) or for the library (None); `pdf` is it on paper."""
    return {**_View(kb, advice).of(condition, unreviewed), "pdf": pdf}


class _View:
    """Numbers what statements rest on, in the order in which they are read."""

    def __init__(self, kb: KnowledgeBase, advice: Collection[str] | None) -> None:
        self.kb = kb
        self.advice = advice
        self.locators: dict[str, list[str]] = {}
        self.judgements: dict[str, int] = {}

    def of(self, id_: str, unreviewed: bool) -> Json:
        """Everything that the guide says; each call numbers what it meets."""
        condition = self.kb.conditions[id_]
        guide = condition.guide
        signs = sorted(guide.watch_for, key=lambda one: -one.urgency.level)
        most = signs[0].urgency
        told_first = [one for one in signs if one.urgency is most and most.level >= Urgency.URGENT.level]
        at_once = [self._sign(one) for one in told_first]
        ordered = sorted(guide.sections, key=lambda section: _ORDER.index(section.id))
        sections = [part for section in ordered if (part := self._section(section))["statements"]]
        exercises = [self._exercise(use) for use in guide.exercises]
        watch_for = [self._sign(one) for one in signs]
        dates = [condition.review_by, *(self.kb.exercises[use.exercise].review_by for use in guide.exercises)]
        settings = self.kb.settings
        return {
            "id": id_,
            "name": condition.name,
            "plain_name": condition.plain_name,
            "also_called": list(condition.also_called),
            "summary": guide.summary,
            "at_once": at_once,
            "sections": sections,
            "exercises": exercises,
            "watch_for": watch_for,
            "references": [
                {"number": number, "locators": places, "source": self._source(source)}
                for number, (source, places) in enumerate(self.locators.items(), start=1)
            ],
            "judgements": [{"number": number, "text": text} for text, number in self.judgements.items()],
            "not_a_diagnosis": settings.not_a_diagnosis,
            "unreviewed": settings.unreviewed if unreviewed else None,
            "review_by": min(dates).isoformat(),
        }

    def _source(self, id_: str) -> Json:
        return self.kb.sources[id_].model_dump(mode="json", by_alias=True, exclude_unset=True)

    def _section(self, section: GuideSection) -> Json:
        return {
            "id": section.id,
            "title": section.title,
            "statements": [
                {
                    "text": one.text,
                    "action": one.action,
                    "contested": one.contested,
                    "only_for": self._for_whom(one.advice) if self.advice is None and one.advice else [],
                    **self._marks(one),
                }
                for one in section.statements
                if self.advice is None or one.advice is None or one.advice in self.advice
            ],
        }

    def _for_whom(self, advice: str) -> list[str]:
        rules = [self.kb.active[id_] for id_ in self.kb.advice_rules.get(advice, ())]
        reasons = [rule.because for rule in rules if rule.because]
        return reasons if len(reasons) == len(rules) else [rule.title for rule in rules]

    def _exercise(self, use: ExerciseUse) -> Json:
        one = self.kb.exercises[use.exercise]
        return {
            "id": one.id,
            "name": one.name,
            "aim": one.aim,
            "start": use.start,
            "dose": use.dose or one.dose,
            "pictures": [{"path": f"exercises/{picture.file}", "alt": picture.alt} for picture in one.pictures],
            "steps": list(one.steps),
            "progression": one.progression,
            "easier": one.easier,
            "stop_if": one.stop_if,
            **self._marks(use, one),
        }

    def _sign(self, one: WatchFor) -> Json:
        return {"sign": one.sign, "go": one.go, "urgency": one.urgency.value, **self._marks(one)}

    def _marks(self, *records: Sourced) -> Json:
        sources, judgements = set(), set()
        for record in records:
            for citation in record.sources:
                places = self.locators.setdefault(citation.source, [])
                if citation.locator and citation.locator not in places:
                    places.append(citation.locator)
                sources.add(list(self.locators).index(citation.source) + 1)
            if record.judgement is not None:
                judgements.add(self.judgements.setdefault(record.judgement, len(self.judgements) + 1))
        return {"sources": sorted(sources), "judgements": sorted(judgements)}
