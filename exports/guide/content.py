"""What stands in one condition's guide, in reading order, before anybody decides how it looks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import get_args

from engine.finding import Finding, KnowledgeError
from engine.jsontext import pointer
from engine.knowledge import KnowledgeBase
from engine.model.base import Citation, Sourced
from engine.model.condition import Condition, Exercise, ExerciseUse, GuideSection, SectionId, Statement, WatchFor
from engine.model.rule import Urgency
from engine.nearest import nearest
from exports.guide.bibliography import entry
from exports.guide.language import Telling, telling
from exports.guide.picture import clean_svg
from exports.guide.text import Runs, clean, runs
from exports.guide.words import words_in

_ORDER: tuple[str, ...] = get_args(SectionId)
_Steps = tuple[str | int, ...]


@dataclass(frozen=True)
class Marks:
    """What a statement rests on: numbers in the lists of sources and of judgements."""

    sources: tuple[int, ...]
    judgements: tuple[int, ...]


@dataclass(frozen=True)
class GuideStatement:
    """One statement; an `action` is something to do."""

    text: Runs
    action: bool
    contested: Runs | None
    only_for: tuple[Runs, ...]
    """In the library's guide, for whom an advice block is: the reasons of its rules, any of which will do."""
    only_if: bool
    """Whether `only_for` completes `only if ...`; otherwise it holds the rules' titles."""
    marks: Marks


@dataclass(frozen=True)
class GuidePart:
    """One section with its statements."""

    id: str
    title: str
    statements: tuple[GuideStatement, ...]


@dataclass(frozen=True)
class GuidePicture:
    """A cleaned SVG drawing, and what it shows in words."""

    svg: str
    alt: str


@dataclass(frozen=True)
class GuideExercise:
    """An exercise as this condition uses it."""

    id: str
    name: str
    aim: Runs
    start: Runs
    dose: Runs
    pictures: tuple[GuidePicture, ...]
    steps: tuple[Runs, ...]
    progression: Runs
    easier: Runs
    stop_if: Runs
    marks: Marks


@dataclass(frozen=True)
class GuideSign:
    """A warning sign, where to go and how fast."""

    sign: Runs
    go: Runs
    urgency: Urgency
    marks: Marks


@dataclass(frozen=True)
class GuideSigns:
    """The warning signs of one urgency, with the urgency's name."""

    urgency: Urgency
    name: str
    signs: tuple[GuideSign, ...]


@dataclass(frozen=True)
class Reference:
    """An entry of a numbered list at the end: a source, or why something is judged so."""

    number: int
    text: Runs


@dataclass(frozen=True)
class GuideContent:
    """Everything that a guide says, with its identity."""

    condition: str
    language: str
    direction: str
    """`ltr` or `rtl`."""
    written_in: str
    """The language of the texts that nobody has translated."""
    written_direction: str
    untranslated: tuple[str, ...]
    """The titles, names and marks, as they stand here, that nobody has translated; runs say so themselves."""
    publisher: str
    title: str
    clinical_name: str
    also_called: tuple[str, ...]
    summary: Runs
    at_once: tuple[GuideSign, ...]
    """The most urgent warning signs, told at the top as well; empty where none needs care the same day."""
    sections: tuple[GuidePart, ...]
    exercises: tuple[GuideExercise, ...]
    watch_for: tuple[GuideSigns, ...]
    """All warning signs, the most urgent first."""
    references: tuple[Reference, ...]
    judgements: tuple[Reference, ...]
    not_a_diagnosis: str
    unreviewed: str | None
    """What the guide says on every page while no clinician has approved it."""
    review_by: date
    """The earliest review date of the condition and of the exercises shown."""
    overdue: bool
    version: str
    content_hash: str

    @property
    def short_hash(self) -> str:
        """Enough of the content's hash to tell two guides apart."""
        return self.content_hash.removeprefix("sha256:")[:12]


def guide_content(
    kb: KnowledgeBase | Telling,
    condition_id: str,
    *,
    advice: frozenset[str] | None = None,
    version: str,
    content_hash: str,
    unreviewed: bool,
    today: date,
) -> GuideContent:
    """The guide of a condition that is in force, in the language in which the knowledge base is told.

    `advice` holds what the rules concluded for one person; None gives the library's guide with every advice block,
    each marked with whom it is for. `today` decides only whether the review date has passed. Raises KnowledgeError
    where there is no such condition, it is retired, or it names an exercise, picture or source that cannot be shown.
    """
    told = kb if isinstance(kb, Telling) else telling(kb)
    kb = told.kb
    condition = kb.conditions.get(condition_id)
    if condition is None:
        raise KnowledgeError(
            [
                Finding(
                    "conditions",
                    0,
                    "",
                    "GD090",
                    "guide.no-condition",
                    f"there is no condition `{condition_id}`",
                    nearest(condition_id, kb.current_conditions),
                )
            ]
        )
    if condition.retired is not None:
        instead = condition.retired.replacement
        raise KnowledgeError(
            [
                Finding(
                    kb.paths.get(("condition", condition_id), "conditions"),
                    0,
                    "/retired",
                    "GD091",
                    "guide.retired",
                    f"`{condition_id}` is retired: {condition.retired.reason}",
                    f"give the guide of `{instead}`" if instead else "choose a condition that is in force",
                )
            ]
        )
    return _Builder(told, condition, advice).build(version, content_hash, unreviewed, today)


class _Builder:
    """Numbers sources and judgements in the order in which they are first read, and collects what is missing."""

    def __init__(self, told: Telling, condition: Condition, advice: frozenset[str] | None) -> None:
        self.told = told
        self.words = words_in(told.language)
        self.kb = told.kb
        self.condition = condition
        self.advice = advice
        self.missing: list[Finding] = []
        self.locators: dict[str, list[str]] = {}
        self.judgements: dict[str, int] = {}
        self.untranslated: dict[str, None] = {}

    def _line(self, text: str) -> str:
        """A title, a name or a mark; noted where nobody has translated it."""
        line = clean(text)
        if line in self.told.untranslated:
            self.untranslated[line] = None
        return line

    def _runs(self, text: str) -> Runs:
        """A text that may have two marks, told apart where nobody has translated it."""
        return runs(text, self._other_language(text))

    def _phrase(self, text: str) -> Runs:
        """A text without its last full stop: whoever shows it after a label ends it with one."""
        return runs(clean(text).removesuffix("."), self._other_language(text))

    def _other_language(self, text: str) -> str | None:
        return self.told.written_in if clean(text) in self.told.untranslated else None

    def build(self, version: str, content_hash: str, unreviewed: bool, today: date) -> GuideContent:
        """The content, in reading order: each call numbers what it meets."""
        kb, condition, guide = self.kb, self.condition, self.condition.guide
        most_urgent = max((one.urgency for one in guide.watch_for), key=lambda urgency: urgency.level)
        at_once = tuple(
            self._sign(at, one)
            for at, one in enumerate(guide.watch_for)
            if one.urgency is most_urgent and most_urgent.level >= Urgency.URGENT.level
        )
        sections = tuple(
            part
            for at, section in sorted(enumerate(guide.sections), key=lambda pair: _ORDER.index(pair[1].id))
            if (part := self._section(at, section)).statements
        )
        exercises = tuple(
            shown for at, use in enumerate(guide.exercises) if (shown := self._exercise(at, use)) is not None
        )
        watch_for = tuple(
            GuideSigns(urgency, self._line(kb.settings.urgency[urgency].name), signs)
            for urgency in Urgency
            if (signs := tuple(self._sign(at, one) for at, one in enumerate(guide.watch_for) if one.urgency is urgency))
        )
        if self.missing:
            raise KnowledgeError(sorted(set(self.missing)))
        review_by = min([condition.review_by, *(kb.exercises[one.id].review_by for one in exercises)])
        content = GuideContent(
            condition=condition.id,
            language=self.told.language,
            direction=self.told.direction,
            written_in=self.told.written_in,
            written_direction=self.told.written_direction,
            publisher=clean(kb.settings.title),
            title=self._line(condition.plain_name),
            clinical_name=self._line(condition.name),
            also_called=tuple(self._line(name) for name in condition.also_called),
            summary=self._runs(guide.summary),
            at_once=at_once,
            sections=sections,
            exercises=exercises,
            watch_for=watch_for,
            references=tuple(
                Reference(number, entry(kb.sources[id_], tuple(self.locators[id_]), self.words))
                for number, id_ in enumerate(self.locators, start=1)
            ),
            judgements=tuple(Reference(number, self._runs(text)) for text, number in self.judgements.items()),
            not_a_diagnosis=self._line(kb.settings.not_a_diagnosis),
            unreviewed=self._line(kb.settings.unreviewed) if unreviewed else None,
            review_by=review_by,
            overdue=today > review_by,
            version=clean(version),
            content_hash=clean(content_hash),
            untranslated=(),
        )
        return replace(content, untranslated=tuple(self.untranslated))  # known once everything was read

    def _section(self, at: int, section: GuideSection) -> GuidePart:
        return GuidePart(
            section.id,
            self._line(section.title),
            tuple(
                self._statement(("guide", "sections", at, "statements", index), statement)
                for index, statement in enumerate(section.statements)
                if self.advice is None or statement.advice is None or statement.advice in self.advice
            ),
        )

    def _statement(self, steps: _Steps, statement: Statement) -> GuideStatement:
        only_if, only_for = self._only_for(statement.advice)
        return GuideStatement(
            self._runs(statement.text),
            statement.action,
            self._runs(statement.contested) if statement.contested else None,
            only_for,
            only_if,
            self._marks(statement, "condition", self.condition.id, steps),
        )

    def _only_for(self, advice: str | None) -> tuple[bool, tuple[Runs, ...]]:
        """Whether and how the library's guide says for whom an advice block is."""
        if advice is None or self.advice is not None:
            return False, ()
        rules = [self.kb.active[id_] for id_ in self.kb.advice_rules.get(advice, ())]
        reasons = [rule.because for rule in rules if rule.because]
        if rules and len(reasons) == len(rules):
            return True, tuple(self._runs(reason) for reason in reasons)
        return False, tuple(self._runs(rule.title) for rule in rules)

    def _exercise(self, at: int, use: ExerciseUse) -> GuideExercise | None:
        exercise = self.kb.exercises.get(use.exercise)
        if exercise is None:
            self._miss(
                "condition",
                self.condition.id,
                ("guide", "exercises", at, "exercise"),
                f"there is no exercise `{use.exercise}`",
                nearest(use.exercise, self.kb.exercises),
            )
            return None
        pictures = tuple(self._picture(exercise, index) for index in range(len(exercise.pictures)))
        of_use = self._marks(use, "condition", self.condition.id, ("guide", "exercises", at))
        of_exercise = self._marks(exercise, "exercise", exercise.id, ())
        return GuideExercise(
            id=exercise.id,
            name=self._line(exercise.name),
            aim=self._runs(exercise.aim),
            start=self._phrase(use.start),
            dose=self._phrase(use.dose or exercise.dose),
            pictures=pictures,
            steps=tuple(self._runs(step) for step in exercise.steps),
            progression=self._runs(exercise.progression),
            easier=self._runs(exercise.easier),
            stop_if=self._runs(exercise.stop_if),
            marks=Marks(
                tuple(sorted({*of_use.sources, *of_exercise.sources})),
                tuple(sorted({*of_use.judgements, *of_exercise.judgements})),
            ),
        )

    def _picture(self, exercise: Exercise, at: int) -> GuidePicture:
        picture = exercise.pictures[at]
        path = f"exercises/{picture.file}"
        svg = ""
        data = self.kb.pictures.get(path)
        steps = ("pictures", at, "file")
        if data is None:
            what = f"there is no picture `{path}`"
            self._miss("exercise", exercise.id, steps, what, "draw it, or name another picture")
        else:
            try:
                svg = clean_svg(data)
            except ValueError as error:
                what = f"the picture `{path}` cannot be shown: {error}"
                self._miss("exercise", exercise.id, steps, what, "save the drawing again as plain SVG")
        return GuidePicture(svg, self._line(picture.alt))

    def _sign(self, at: int, one: WatchFor) -> GuideSign:
        marks = self._marks(one, "condition", self.condition.id, ("guide", "watch_for", at))
        return GuideSign(self._runs(one.sign), self._runs(one.go), one.urgency, marks)

    def _marks(self, record: Sourced, kind: str, id_: str, steps: _Steps) -> Marks:
        numbers = [
            number
            for at, citation in enumerate(record.sources)
            if (number := self._number(citation, kind, id_, (*steps, "sources", at, "source")))
        ]
        judgements: tuple[int, ...] = ()
        if record.judgement is not None:
            judgements = (self.judgements.setdefault(clean(record.judgement), len(self.judgements) + 1),)
        return Marks(tuple(sorted(set(numbers))), judgements)

    def _number(self, citation: Citation, kind: str, id_: str, steps: _Steps) -> int | None:
        if citation.source not in self.kb.sources:
            self._miss(
                kind,
                id_,
                steps,
                f"there is no source `{citation.source}`",
                nearest(citation.source, self.kb.sources),
            )
            return None
        locators = self.locators.setdefault(citation.source, [])
        if citation.locator and citation.locator not in locators:
            locators.append(citation.locator)
        return list(self.locators).index(citation.source) + 1

    def _miss(self, kind: str, id_: str, steps: _Steps, what: str, fix: str) -> None:
        path = self.kb.paths.get((kind, id_), id_)
        self.missing.append(Finding(path, 0, pointer(steps), "GD092", "guide.missing", what, fix))
