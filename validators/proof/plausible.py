"""People of proofs made whole: what they would be asked as well is answered as most saved patients answer it."""

from __future__ import annotations

from collections import Counter

from engine.answers import Answers, Chosen, Value
from engine.criteria import Truth
from engine.evaluate import Evaluator
from engine.knowledge import KnowledgeBase
from engine.model.question import Question

DENIALS = ("no", "never", "normal", "not_taken")
"""Ids of options that say that nothing is wrong; taken where no saved patient answers."""

ROUNDS = 8
"""How often answers may open further questions, before the rest stays unanswered."""


class Usual:
    """The usual answer to each question."""

    def __init__(self, evaluator: Evaluator, people: list[Answers]) -> None:
        self._evaluator = evaluator
        self._kb: KnowledgeBase = evaluator.kb
        given: dict[str, Counter[Value]] = {}
        for person in people:
            for id_, value in person.values.items():
                given.setdefault(id_, Counter())[value] += 1
        self.answers: dict[str, Value] = {
            id_: given[id_].most_common(1)[0][0] if id_ in given else self._ordinary(question)
            for id_, question in self._kb.questions.items()
        }

    def _ordinary(self, question: Question) -> Value:
        match question.type:
            case "boolean":
                return False
            case "choices":
                return Chosen()
            case "choice":
                options = [option.id for option in self._kb.options(question)]
                return next((id_ for id_ in DENIALS if id_ in options), options[0])
            case _:
                assert question.min is not None
                assert question.max is not None
                middle = (question.min + question.max) / 2
                return int(middle) if question.type == "integer" else round(float(middle), 1)

    def completed(self, answers: Answers) -> Answers:
        """Somebody with every question of the patient's answered that applies, and no answer that is set aside."""
        for _ in range(ROUNDS):
            values = self._evaluator.evaluate(answers)
            kept = {id_: one for id_, one in answers.values.items() if id_ not in values.set_aside}
            new = {
                id_: self.answers[id_]
                for id_, question in self._kb.questions.items()
                if question.by == "patient"
                and not answers.answered(id_)
                and values.applies.get(id_, Truth.TRUE) is Truth.TRUE
            }
            answers = Answers({**kept, **new}, answers.unsure)
            if not new and not values.set_aside:
                break
        return answers
