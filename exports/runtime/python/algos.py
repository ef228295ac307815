"""Loading a bundle, and asking it: the interface that the JavaScript runtime has too."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal

from engine import explain
from engine.answers import Answers, read_answers, value_to_json
from engine.evaluate import Evaluator, Values
from engine.finding import Finding, KnowledgeError
from engine.interview import Interview
from engine.nearest import nearest
from engine.outcome import conclude
from exports.bundle.conform import conforms
from exports.bundle.model import MORE_CONFORMANCE, paper_path
from exports.bundle.source import Source, at
from exports.runtime.python.guide import guide_view
from exports.runtime.python.language import Words
from exports.sign.keys import KeySet
from exports.sign.refused import RefusedError
from exports.verify import Accepted, Policy, VerifiedBundle, verify

Json = dict[str, Any]


def load(
    place: str | Path | Source,
    keys: KeySet | str | Path,
    *,
    required: int = 1,
    overdue: Literal["refuse", "warn"] = "refuse",
    preview: bool = False,
    today: date | None = None,
    last: Accepted | None = None,
    language: str | None = None,
) -> Algos:
    """A bundle that may be used: an archive, a folder, or a web address. Raises RefusedError with the reason otherwise.

    `keys` are the public keys that you trust (a JWK Set, or its file), of which `required` must have signed it.
    `overdue` says what becomes of a bundle past its review date on the day `today`. `last` is the `accepted` of the
    bundle that was used before: nothing older is taken. Every file is verified, and the core's conformance cases run.
    `language` (BCP 47) is what texts are told in where they are translated; see `locale`.
    """
    trusted = keys if isinstance(keys, KeySet) else KeySet.load(Path(keys))
    source = at(place) if isinstance(place, str | Path) else place
    return Algos(verify(source, Policy(trusted, required, overdue, preview), today or date.today(), last), language)


class Algos:
    """A bundle that was verified, ready to be asked by several threads."""

    def __init__(self, bundle: VerifiedBundle, language: str | None = None) -> None:
        self.bundle = bundle
        self._words = Words(bundle, language)
        self._kb = self._words.kb
        self._evaluator = Evaluator(self._kb)
        self._interview = Interview(self._kb)

    @property
    def manifest(self) -> Json:
        """What the bundle is."""
        return self.bundle.manifest.model_dump(mode="json")

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to tell people about it: past its review date, a preview, not reviewed by a clinician."""
        return self.bundle.warnings_in(self._kb.sentences)

    @property
    def locale(self) -> Json:
        """The language that is told: its name, direction, emergency numbers, and the places without translation."""
        return self._words.facts()

    def emergency(self, region: str | None = None) -> Json | None:
        """The emergency numbers in a region (`GB`), or where nobody knows the region; None where it has none."""
        return self._words.emergency(region)

    def language_of(self, text: str) -> str:
        """The language of a text that was told: the one it was written in while nobody has translated it."""
        return self._words.language_of(text)

    @property
    def accepted(self) -> Accepted:
        """What to remember, and to give as `last` when the app starts again."""
        return self.bundle.accepted

    @property
    def settings(self) -> Json:
        """The knowledge base's settings: how each urgency is told, and what the outcome always says of itself."""
        return self._kb.settings.model_dump(mode="json")

    def question(self, name: str) -> Json:
        """A question as its author wrote it; its options are there even where they come from the body map.

        Raises KnowledgeError where there is no such question.
        """
        question = self._kb.questions.get(name)
        if question is None:
            what, fix = f"there is no question `{name}`", nearest(name, self._kb.questions)
            raise KnowledgeError([Finding("question", 0, "", "AN002", "answers.unknown-question", what, fix)])
        record = question.model_dump(mode="json", by_alias=True, exclude_none=True)
        return record | {
            "options": [one.model_dump(mode="json", exclude_none=True) for one in self._kb.options(question)]
        }

    def assess(self, answers: Mapping[str, Any]) -> Json:
        """How urgent it is, what has to be ruled out, what is likely, and why.

        Raises KnowledgeError for answers outside their questions' domains.
        """
        given, values = self._evaluated(answers)
        outcome = conclude(self._evaluator, given, values)
        self._words.note(outcome)
        return outcome.model_dump(mode="json")

    def next_question(self, answers: Mapping[str, Any], screens_shown: int = 0) -> Json:
        """The questions of the next screen, or why the interview is over. Raises KnowledgeError for bad answers."""
        step = self._interview.next(read_answers(self._kb, dict(answers)), screens_shown)
        return {
            "questions": list(step.screen.questions) if step.screen else [],
            "asked_for": list(step.screen.asked_for) if step.screen else [],
            "stop": step.stop,
            "lowest": step.lowest.value,
            "highest": step.highest.value,
        }

    def explain(self, answers: Mapping[str, Any], about: str | None = None) -> Json:
        """Why the outcome is what it is; or how one condition or rule stands.

        Raises KnowledgeError for bad answers, or where `about` is neither a condition nor a rule.
        """
        given, values = self._evaluated(answers)
        if about is None:
            outcome = conclude(self._evaluator, given, values)
            shown = [flag.rule for flag in outcome.red_flags]
            for view in outcome.named:
                shown += [evidence.rule for evidence in (*view.evidence_for, *view.evidence_against)]
            traces = [explain.trace(self._evaluator, values, rule) for rule in dict.fromkeys(shown)]
            return {"about": None, "name": None, "text": outcome.reasons[0].text, "traces": [*map(_trace, traces)]}
        known = [*self._kb.current_conditions, *self._kb.active]
        if about not in known:
            what, fix = f"there is no condition or rule `{about}`", nearest(about, known)
            raise KnowledgeError([Finding("about", 0, "", "AN004", "answers.unknown-target", what, fix)])
        found = explain.why_not(self._evaluator, values, about)
        return {"about": about, "name": found.name, "text": found.text, "traces": [*map(_trace, found.traces)]}

    def changes(self, answers: Mapping[str, Any], most: int = 5) -> list[Json]:
        """Which single answers, given otherwise, would change the urgency or the first condition, `most` of them.

        Those that change the urgency come first, the most urgent of them first. Only answered questions are looked at,
        those answered "not sure" among them. Raises KnowledgeError for bad answers.
        """
        given, values = self._evaluated(answers)
        outcome = conclude(self._evaluator, given, values)
        found = explain.changes(self._evaluator, given, outcome, lambda: False, most, sizes=(1,))
        return [
            {"question": name, "answer": value_to_json(value), "urgency": one.urgency.value, "first": one.first}
            for one in found
            for name, value in one.answers
        ]

    def guide(self, condition: str, advice: Collection[str] | None = None) -> Json:
        """A condition's guide. `advice` is what an outcome advises one person; without it every block is shown.

        Raises KnowledgeError where there is no such condition.
        """
        if condition not in self._kb.conditions:
            what, fix = f"there is no condition `{condition}`", nearest(condition, self._kb.conditions)
            raise KnowledgeError([Finding("guide", 0, "", "GD090", "guide.no-condition", what, fix)])
        view = guide_view(self._kb, condition, advice, self.bundle.manifest.unreviewed, self.paper(condition))
        return view | {"missing": self._words.missing_in_guide(condition)}

    def paper(self, condition: str) -> str:
        """The path of a condition's guide as PDF, for `file`: in the language that is told where there is one in it."""
        own = paper_path(condition, self._words.language)
        return own if own in self.bundle.files else paper_path(condition)

    def file(self, path: str) -> bytes:
        """The bytes of a file of the bundle, such as a picture or a guide's PDF.

        Raises RefusedError where it has no such file.
        """
        try:
            return self.bundle.files[path]
        except KeyError:
            raise RefusedError("bundle.missing-file", path, "the bundle has no such file", "see its manifest") from None

    def verify_all(self) -> None:
        """Run the rest of the conformance cases too. Raises RefusedError. The files were all verified by `load`."""
        conforms(self._kb, self.bundle.files[MORE_CONFORMANCE], MORE_CONFORMANCE)

    def _evaluated(self, answers: Mapping[str, Any]) -> tuple[Answers, Values]:
        given = read_answers(self._kb, dict(answers))
        return given, self._evaluator.evaluate(given)


def _trace(trace: explain.RuleTrace) -> Json:
    return {
        "rule": trace.rule,
        "title": trace.title,
        "truth": trace.truth.word,
        "lines": [
            {"depth": line.depth, "text": line.text, "truth": line.truth.word, "question": line.question}
            for line in trace.lines
        ],
        "sources": list(trace.sources),
    }
