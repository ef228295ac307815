"""Answers out of a FHIR R4 QuestionnaireResponse. Nothing is guessed: what does not fit is refused, with the place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, assert_never

from engine.answers import UNSURE, Answers, allowed, read_answers
from engine.finding import Finding, KnowledgeError
from engine.knowledge import KnowledgeBase
from engine.model.question import Question
from engine.nearest import nearest
from exports.fhir import coding
from exports.fhir.coding import Json

USABLE = ("in-progress", "completed", "amended", "stopped")
"""The states of a response whose answers count; one that was entered in error does not."""


@dataclass(frozen=True)
class _Given:
    """What one item of the response holds."""

    pointer: str
    answers: list[Any] = field(default_factory=list)


def read_response(kb: KnowledgeBase, content: str, raw: object, path: str = "response") -> Answers:
    """The answers in a parsed QuestionnaireResponse to this knowledge base's questionnaire.

    `content` is the identity of the knowledge base, which has to be the version of the questionnaire that was answered.
    Raises KnowledgeError with one finding for each thing that is refused; a finding's pointer leads into the response.
    """
    reader = _Reader(kb, path)
    answers = reader.read(content, raw)
    if reader.findings or answers is None:
        raise KnowledgeError(reader.findings)
    return answers


class _Reader:
    """Reads one response, and notes what is wrong with it."""

    def __init__(self, kb: KnowledgeBase, path: str) -> None:
        self._kb, self._path = kb, path
        self.findings: list[Finding] = []
        self._displays = {"algos.notice", *(f"{name}.help" for name in kb.questions)}
        self._groups = {coding.section_id(section.id) for section in kb.sections}
        two_items = (
            question for question in kb.questions.values() if question.type in ("choices", "integer", "decimal")
        )
        self._unsure = {coding.unsure_id(question.id): question.id for question in two_items}

    def _refuse(self, pointer: str, code: str, name: str, what: str, fix: str) -> None:
        self.findings.append(Finding(self._path, 0, pointer, code, f"fhir.{name}", what, fix))

    def read(self, content: str, raw: object) -> Answers | None:
        """The answers, or None where the response is none to this questionnaire."""
        if not isinstance(raw, dict) or raw.get("resourceType") != "QuestionnaireResponse":
            kind = raw.get("resourceType") if isinstance(raw, dict) else None
            what = f"it is a FHIR {kind}" if isinstance(kind, str) else "it is no FHIR resource"
            self._refuse("", "FH001", "resource", what, "give one QuestionnaireResponse, as JSON")
            return None
        self._head(content, raw)
        given: dict[str, _Given] = {}
        for item, pointer in self._walk(raw, ""):
            self._note(item, pointer, given)
        if self.findings:
            return None
        answers: Json = {}
        for name, question in self._kb.questions.items():
            value = self._value(question, given.get(name), given.get(coding.unsure_id(name)))
            if value is not None:
                answers[name] = value
        if self.findings:
            return None
        try:
            return read_answers(self._kb, answers, self._path)
        except KnowledgeError as error:
            for one in error.findings:
                name = one.pointer.removeprefix("/")
                self._refuse(given[name].pointer, "FH007", "outside-domain", one.what, one.fix)
            return None

    def _head(self, content: str, raw: Json) -> None:
        """Refuse another questionnaire or version, and what changes the meaning of everything below."""
        named = raw.get("questionnaire")
        if not isinstance(named, str) or "|" not in named:
            what = f"it answers `{named}`, without a version" if named else "it does not say what it answers"
            fix = f"its `questionnaire` has to be the address and version of the form, as {self._canonical(content)}"
            self._refuse("/questionnaire" if named else "", "FH002", "version", what, fix)
        elif named.rsplit("|", 1)[1] != content:
            self._refuse(
                "/questionnaire",
                "FH002",
                "version",
                f"it answers version {named.rsplit('|', 1)[1][:12]}; this knowledge base is version {content[:12]}",
                "assess it with the release that its form was made from (--release), or have the form answered anew",
            )
        status = raw.get("status")
        if status not in USABLE:
            fix = f"it has to be one of {', '.join(USABLE)}"
            self._refuse("/status", "FH003", "status", f"its status is `{status}`", fix)
        if "implicitRules" in raw:
            what = "it says that it can be understood only with rules of its own (`implicitRules`)"
            self._refuse(
                "/implicitRules", "FH004", "meaning", what, "leave them out, if the answers mean what they say"
            )

    def _canonical(self, content: str) -> str:
        return f"{coding.canonical(self._kb.settings.id)}|{content}"

    def _walk(self, holder: Json, pointer: str) -> Iterator[tuple[Json, str]]:
        """Every item below, whatever groups it stands in, with its place."""
        if "modifierExtension" in holder:
            what = "an extension changes the meaning of what stands here"
            self._refuse(f"{pointer}/modifierExtension", "FH004", "meaning", what, "leave it out, if it does not")
        items = holder.get("item", [])
        if not isinstance(items, list):
            self._refuse(f"{pointer}/item", "FH001", "resource", "`item` is no list", "write a list of items")
            return
        for at, item in enumerate(items):
            here = f"{pointer}/item/{at}"
            if not isinstance(item, dict):
                self._refuse(here, "FH001", "resource", "an item is no object", "write {linkId, answer}")
                continue
            yield item, here
            yield from self._walk(item, here)
            answers = item.get("answer", [])
            for position, answer in enumerate(answers if isinstance(answers, list) else []):
                if isinstance(answer, dict):
                    yield from self._walk(answer, f"{here}/answer/{position}")

    def _note(self, item: Json, pointer: str, given: dict[str, _Given]) -> None:
        """Take one item in, under its question's id or that of what a person is not sure of."""
        link, answers = item.get("linkId"), item.get("answer", [])
        known = [*self._kb.questions, *self._unsure]
        if not isinstance(link, str):
            what = "an item does not say which question it answers"
            self._refuse(pointer, "FH005", "unknown-item", what, "give it a `linkId`")
        elif link in self._displays or link in self._groups:
            if answers:
                what = f"`{link}` is no question, and has an answer"
                self._refuse(f"{pointer}/answer", "FH005", "unknown-item", what, "answer the questions below it")
        elif link not in known:
            what = f"there is no question `{link}` in this questionnaire"
            self._refuse(f"{pointer}/linkId", "FH005", "unknown-item", what, nearest(link, known))
        elif link in given:
            what = f"`{link}` stands here twice; it stood at {given[link].pointer} already"
            self._refuse(pointer, "FH006", "two-answers", what, "leave one of them")
        elif not isinstance(answers, list):
            self._refuse(f"{pointer}/answer", "FH001", "resource", "`answer` is no list", "write a list of answers")
        elif answers:
            given[link] = _Given(pointer, answers)

    def _value(self, question: Question, main: _Given | None, unsure: _Given | None) -> object:
        """A question's answer as JSON has it (engine/answers.py); None where there is none."""
        match question.type:
            case "choices":
                return self._ticked(question, main, unsure)
            case "integer" | "decimal":
                return self._number(question, main, unsure)
            case "boolean" | "choice":
                return self._one(question, main)
            case _:
                assert_never(question.type)

    def _number(self, question: Question, main: _Given | None, unsure: _Given | None) -> object:
        doubts = unsure is not None and self._codes(question, unsure) == [UNSURE]
        if main is None:
            return UNSURE if doubts else None
        key = "valueInteger" if question.type == "integer" else "valueDecimal"
        value = self._single(main, key, question.id)
        if doubts:
            what = f"`{question.id}` has a number, and says that the person is not sure of it"
            self._refuse(main.pointer, "FH008", "contradiction", what, "leave one of them")
        return value

    def _one(self, question: Question, main: _Given | None) -> object:
        if main is None:
            return None
        value = self._single(main, "valueCoding", question.id)
        code = self._code(question, value, f"{main.pointer}/answer/0/valueCoding") if value is not None else None
        if code is None or code == UNSURE or question.type == "choice":
            return code
        return code == "Y"

    def _ticked(self, question: Question, main: _Given | None, unsure: _Given | None) -> object:
        codes = self._codes(question, main) if main else []
        doubted = self._codes(question, unsure) if unsure else []
        if (main is None and unsure is None) or codes is None or doubted is None:
            return None
        place = (main or unsure or _Given("")).pointer
        yes = [code for code in codes if code not in (UNSURE, coding.NONE)]
        if coding.NONE in codes and (len(codes) > 1 or doubted):
            what = f"`{question.id}` has none of these, and something else besides"
            self._refuse(place, "FH008", "contradiction", what, "leave none of these out, or the others")
            return None
        if set(doubted) & {UNSURE, coding.NONE}:
            what = f"`{coding.unsure_id(question.id)}` has an answer that is no option of the question"
            self._refuse(place, "FH008", "contradiction", what, f"allowed: {allowed(self._kb, question)}")
            return None
        both = [code for code in yes if code in doubted]
        if both:
            what = f"`{both[0]}` of `{question.id}` is ticked, and not sure"
            self._refuse(place, "FH008", "contradiction", what, "leave one of them")
            return None
        if UNSURE in codes and not doubted:
            if not yes:
                return UNSURE
            doubted = [option.id for option in self._kb.options(question) if option.id not in yes]
        return {"yes": yes, "unsure": doubted}

    def _codes(self, question: Question, given: _Given) -> list[str] | None:
        """The codes of a list, or None where one is refused."""
        codes: list[str] = []
        for at, answer in enumerate(given.answers):
            place = f"{given.pointer}/answer/{at}"
            value = self._typed(answer, "valueCoding", question.id, place)
            code = self._code(question, value, f"{place}/valueCoding") if value is not None else None
            if code is None:
                return None
            if code in codes:
                self._refuse(place, "FH006", "two-answers", f"`{code}` of `{question.id}` stands twice", "leave one")
                return None
            codes.append(code)
        return codes

    def _single(self, given: _Given, key: str, link: str) -> object:
        """The one answer of an item, or None where it is refused."""
        if len(given.answers) > 1:
            what = f"`{link}` has {len(given.answers)} answers; it takes one"
            self._refuse(f"{given.pointer}/answer", "FH006", "two-answers", what, "leave one of them")
            return None
        return self._typed(given.answers[0], key, link, f"{given.pointer}/answer/0")

    def _typed(self, answer: object, key: str, link: str, place: str) -> object:
        """The value of an answer under the one key that its question's type has, or None."""
        values = [name for name in answer if str(name).startswith("value")] if isinstance(answer, dict) else []
        kinds: dict[str, type | tuple[type, ...]] = {
            "valueCoding": dict,
            "valueInteger": int,
            "valueDecimal": (int, float),
        }
        if isinstance(answer, dict) and values == [key]:
            value = answer[key]
            if isinstance(value, kinds[key]) and not isinstance(value, bool):
                return value
        has = " and ".join(values) or "no value"
        what = f"`{link}` takes {_article(key)}; here is {has}"
        if values == [key]:
            what = f"`{link}` takes {_article(key)}; what stands under {key} is none"
        self._refuse(place, "FH009", "type", what, f"write {{{key}: ...}}")
        return None

    def _code(self, question: Question, value: object, place: str) -> str | None:
        """An option's id, `none`, Y, N, or UNSURE; None where it is none of the question's."""
        assert isinstance(value, dict)
        system, code = value.get("system"), value.get("code")
        own = coding.options_system(self._kb.settings.id, question.id)
        if (system, code) in ((own, coding.NOT_SURE), coding.ABSENT):
            return UNSURE
        ids = [option.id for option in self._kb.options(question)]
        expected = own
        if question.type == "boolean":
            expected, ids = coding.YES_NO, ["Y", "N"]
        elif question.type == "choices":
            ids = [*ids, coding.NONE]
        elif question.type in ("integer", "decimal"):
            ids = [coding.NOT_SURE]
        if system != expected:
            what = f"`{question.id}` was answered with a code of {system or 'no code system'}"
            fix = f"its codes are those of {expected}, and `{coding.NOT_SURE}` of {own}"
            self._refuse(place, "FH010", "code", what, fix)
            return None
        if code not in ids:
            what = f"`{question.id}` was answered `{code}`, which is none of its options"
            self._refuse(place, "FH010", "code", what, nearest(code, ids))
            return None
        return str(code)


def _article(key: str) -> str:
    return {
        "valueCoding": "a code (valueCoding)",
        "valueInteger": "a whole number (valueInteger)",
        "valueDecimal": "a number (valueDecimal)",
    }[key]
