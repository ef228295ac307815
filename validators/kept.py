"""What a check of rules and cases has worked out before and may use again.

Answers are always read anew. What follows is kept by everything that it depends on: the truth of a rule for one of its
examples, what is true of a patient, and the patient's outcome.
"""

from __future__ import annotations

import json

from engine.answers import Answers, read_answers
from engine.assess import Assessor
from engine.criteria import Truth
from engine.finding import KnowledgeError
from engine.memory import Memory
from engine.outcome import Outcome, conclude
from engine.stamps import Stamps


class Kept:
    """The results of earlier checks, as far as they hold for the knowledge base of `assessor`."""

    def __init__(self, assessor: Assessor, memory: Memory) -> None:
        self.assessor = assessor
        self._memory = memory
        self._stamps = Stamps(assessor.kb)

    def examples_hold(self, rule: str, data: bytes) -> bool:
        """Whether each example of a rule, whose file is `data`, can be read and gives what it says.

        That depends on the file, on what stands below the rule, and on which answers the questions take.
        """
        key = ("examples", data, self._stamps.truth[rule], self._stamps.questions)
        return self._memory.of(key, lambda: self._examples_hold(rule))

    def _examples_hold(self, rule: str) -> bool:
        kb = self.assessor.kb
        try:
            given = [(read_answers(kb, dict(one.answers), rule), one.gives) for one in kb.active[rule].examples]
        except KnowledgeError:
            return False
        return all(self.truth(rule, answers).word == gives for answers, gives in given)

    def truth(self, rule: str, answers: Answers) -> Truth:
        """What a rule is for a person. It depends on the answers and on what stands below the rule."""
        key = ("truth", self._stamps.truth[rule], json.dumps(answers.to_json()))
        return self._memory.of(key, lambda: self.assessor.evaluator.evaluate(answers).rules[rule])

    def outcome(self, answers: Answers) -> Outcome:
        """What comes out for a person.

        It depends on the answers, on what is true of the person, on every rule that is not FALSE, and on the rest of
        the knowledge base. A rule that is FALSE adds nothing, whatever it would conclude.
        """
        given = json.dumps(answers.to_json())
        values = self._memory.of(
            ("values", self._stamps.truths, given), lambda: self.assessor.evaluator.evaluate(answers)
        )
        speaking = tuple(
            (id_, truth, self._stamps.whole[id_])
            for id_, truth in sorted(values.rules.items())
            if truth is not Truth.FALSE
        )
        key = (
            "outcome",
            self._stamps.rest,
            given,
            tuple(values.applies.items()),
            tuple(values.findings.items()),
            tuple(values.scores.items()),
            speaking,
        )
        return self._memory.of(key, lambda: conclude(self.assessor.evaluator, answers, values))
