"""The published rules for inflammatory back pain, as the knowledge base has them, against a table written down apart.

ASAS (Sieper 2009), Calin (as listed by Sieper 2009), Berlin (Rudwaleit 2006) and NICE NG65. The table below was
transcribed from the publications; nothing in it is read from the knowledge base. Every combination of items is tried,
with unknown answers, and at the limits of every age.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest

from engine.answers import Answers, Chosen, Value
from engine.criteria import Truth
from engine.evaluate import Evaluator, Values
from engine.files import read_directory
from engine.knowledge import KnowledgeBase
from engine.load import load
from tests.conftest import narrowed

KB = Path(__file__).parents[1] / "kb"
TRUE, FALSE, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN

State = str
"""What a person said to one question of the table: an option, a number as text, or `?` for not known."""
Person = Mapping[str, State]

DURATIONS = ("day", "two_weeks", "six_weeks", "twelve_weeks", "six_months", "longer")
ONSETS = ("sudden", "days", "gradual")
NIGHTS = ("sleeps", "turning", "second_half", "all_night")
STIFFNESS = ("not_stiff", "up_to_30", "over_30")
BUTTOCKS = ("no", "one_side", "both_sides", "alternating")
TABLETS = ("not_taken", "helped", "not_helped")
TICK = ("yes", "no")

TICKS = {
    "movement": ("eased_by", "movement"),
    "rest": ("eased_by", "rest"),
    "lying": ("eased_by", "lying"),
    "relative": ("spa_features", "relative"),
    "swollen_joint": ("spa_features", "swollen_joint"),
    "heel_pain": ("spa_features", "heel_pain"),
    "psoriasis": ("spa_features", "psoriasis"),
}
"""Boxes that are ticked one by one: the question, and the option in it."""

OVER_THREE_MONTHS = frozenset({"six_months", "longer"})


def one_of(state: State, *counting: str) -> Truth:
    """Whether an answer is one of those that count; unknown where it is not known."""
    if state == "?":
        return UNKNOWN
    return TRUE if state in counting else FALSE


def younger(state: State, limit: int) -> Truth:
    """Whether a number lies below a limit; unknown where it is not known."""
    if state == "?":
        return UNKNOWN
    return TRUE if int(state) < limit else FALSE


def chronic(person: Person) -> Truth:
    """Pain of over three months, which ASAS, Berlin and NG65 ask for first and Calin counts as an item."""
    return one_of(person["duration"], *OVER_THREE_MONTHS)


def rests_in_vain(person: Person) -> Truth:
    """Not better with rest, whether sitting it out or lying down."""
    eased = max(one_of(person["rest"], "yes"), one_of(person["lying"], "yes"))
    return eased.negate()


def asas(person: Person) -> dict[str, Truth]:
    """The five ASAS items."""
    return {
        "age": younger(person["onset_age"], 40),
        "onset": one_of(person["onset"], "gradual"),
        "exercise": one_of(person["movement"], "yes"),
        "rest": rests_in_vain(person),
        "night": one_of(person["night"], "second_half"),
    }


def calin(person: Person) -> dict[str, Truth]:
    """The five Calin items: stiffness of any length, and chronicity is one of them."""
    return {
        "age": younger(person["onset_age"], 40),
        "duration": chronic(person),
        "onset": one_of(person["onset"], "gradual"),
        "stiffness": one_of(person["morning_stiffness"], "up_to_30", "over_30"),
        "exercise": one_of(person["movement"], "yes"),
    }


def berlin(person: Person) -> dict[str, Truth]:
    """The four Berlin items: stiffness of more than 30 minutes, and ease with exercise but not with rest as one."""
    return {
        "stiffness": one_of(person["morning_stiffness"], "over_30"),
        "exercise": min(one_of(person["movement"], "yes"), rests_in_vain(person)),
        "night": one_of(person["night"], "second_half"),
        "buttock": one_of(person["buttock_pain"], "alternating"),
    }


def ng65(person: Person) -> dict[str, Truth]:
    """The nine NICE criteria."""
    return {
        "onset_35": younger(person["onset_age"], 35),
        "night": one_of(person["night"], "second_half"),
        "buttock": one_of(person["buttock_pain"], "one_side", "both_sides", "alternating"),
        "movement": one_of(person["movement"], "yes"),
        "nsaid": one_of(person["anti_inflammatory"], "helped"),
        "relative": one_of(person["relative"], "yes"),
        "arthritis": one_of(person["swollen_joint"], "yes"),
        "enthesitis": one_of(person["heel_pain"], "yes"),
        "psoriasis": one_of(person["psoriasis"], "yes"),
    }


@dataclass(frozen=True)
class Count:
    """How many items are certainly met, and how many could be."""

    low: int
    high: int

    @staticmethod
    def of(items: Mapping[str, Truth]) -> Count:
        """Count the items of one rule."""
        states = list(items.values())
        return Count(states.count(TRUE), len(states) - states.count(FALSE))

    def at_least(self, cut: int) -> Truth:
        """Whether the count reaches a cut-off, whatever is unknown."""
        return TRUE if self.low >= cut else FALSE if self.high < cut else UNKNOWN

    def exactly(self, number: int) -> Truth:
        """Whether the count is a number, whatever is unknown."""
        if self.low == self.high == number:
            return TRUE
        return UNKNOWN if self.low <= number <= self.high else FALSE


@pytest.fixture(scope="module")
def whole() -> KnowledgeBase:
    kb = load(read_directory(KB)).kb
    assert kb is not None
    return kb


@pytest.fixture(scope="module")
def evaluator(whole: KnowledgeBase) -> Evaluator:
    """The published rules of the knowledge base, and nothing more."""
    decided = ("asas_positive", "calin_positive", "berlin_positive", "ng65_refer", "ng65_test")
    return Evaluator(narrowed(whole, findings=decided, scores=("asas", "calin", "berlin", "ng65")))


def evaluate(evaluator: Evaluator, person: Person) -> Values:
    """What the knowledge base makes of a person of the table."""
    values: dict[str, Value] = {}
    unsure: set[str] = set()
    boxes: dict[str, dict[str, State]] = {}
    for name, state in person.items():
        if name in TICKS:
            question, option = TICKS[name]
            boxes.setdefault(question, {})[option] = state
        elif state == "?":
            unsure.add(name)
        else:
            values[name] = int(state) if name in ("age", "onset_age") else state
    for question, options in boxes.items():
        values[question] = Chosen(
            frozenset(name for name, state in options.items() if state == "yes"),
            frozenset(name for name, state in options.items() if state == "?"),
        )
    return evaluator.evaluate(Answers(values, frozenset(unsure)))


def everybody(known: Mapping[str, tuple[State, ...]], unknowns: int) -> Iterator[Person]:
    """Everybody with every combination of answers, with at most `unknowns` of the questions not known."""
    for states in product(*(((*these, "?") if unknowns else these) for these in known.values())):
        if states.count("?") <= unknowns:
            yield dict(zip(known, states, strict=True))


def agree(values: Values, score: str, items: Mapping[str, Truth], person: Person) -> Count:
    """Compare each item and the score; the number of items met, for the decision that follows."""
    for item, truth in items.items():
        assert values.rules[f"scores/{score}/{item}"] is truth, (item, person)
    count = Count.of(items)
    assert values.scores[score] == (count.low, count.high), person
    return count


@pytest.mark.parametrize(("score", "items"), [("asas", 5), ("calin", 5), ("berlin", 4), ("ng65", 9)])
def test_every_item_is_worth_one_point_and_nothing_else_scores(whole: KnowledgeBase, score: str, items: int) -> None:
    rules = whole.concluded_by["score", score]
    assert len(rules) == items
    assert all(id_.startswith(f"scores/{score}/") for id_ in rules)
    assert [whole.points(whole.active[id_]) for id_ in rules] == [1] * items
    assert whole.terms[score].scale == 1


@pytest.mark.parametrize("finding", ["asas_positive", "calin_positive", "berlin_positive", "ng65_refer", "ng65_test"])
def test_one_rule_decides(whole: KnowledgeBase, finding: str) -> None:
    assert whole.concluded_by["finding", finding] == (f"findings/{finding}",)


def test_the_table_has_every_option(whole: KnowledgeBase) -> None:
    table = {
        "duration": DURATIONS,
        "onset": ONSETS,
        "night": NIGHTS,
        "morning_stiffness": STIFFNESS,
        "buttock_pain": BUTTOCKS,
        "anti_inflammatory": TABLETS,
    }
    for question, options in table.items():
        assert {option.id for option in whole.questions[question].options} == set(options), question


def test_asas(evaluator: Evaluator) -> None:
    known = {
        "onset_age": ("39", "40"),
        "onset": ONSETS,
        "movement": TICK,
        "rest": TICK,
        "lying": TICK,
        "night": NIGHTS,
        "duration": DURATIONS,
    }
    seen = set()
    for person in everybody(known, unknowns=7):
        values = evaluate(evaluator, person)
        count = agree(values, "asas", asas(person), person)
        expected = min(chronic(person), count.at_least(4))
        assert values.findings["asas_positive"] is expected, person
        seen.add(expected)
    assert seen == {TRUE, FALSE, UNKNOWN}


def test_calin(evaluator: Evaluator) -> None:
    known = {
        "onset_age": ("39", "40"),
        "onset": ONSETS,
        "movement": TICK,
        "morning_stiffness": STIFFNESS,
        "duration": DURATIONS,
    }
    seen = set()
    for person in everybody(known, unknowns=5):
        values = evaluate(evaluator, person)
        count = agree(values, "calin", calin(person), person)
        expected = count.at_least(4)
        assert values.findings["calin_positive"] is expected, person
        seen.add(expected)
    assert seen == {TRUE, FALSE, UNKNOWN}


def test_berlin(evaluator: Evaluator) -> None:
    known = {
        "morning_stiffness": STIFFNESS,
        "movement": TICK,
        "rest": TICK,
        "lying": TICK,
        "night": NIGHTS,
        "buttock_pain": BUTTOCKS,
        "duration": ("twelve_weeks", "six_months"),
        "age": ("50", "51"),
    }
    seen = set()
    for person in everybody(known, unknowns=8):
        values = evaluate(evaluator, person)
        count = agree(values, "berlin", berlin(person), person)
        expected = min(chronic(person), younger(person["age"], 51), count.at_least(2))
        assert values.findings["berlin_positive"] is expected, person
        seen.add(expected)
    assert seen == {TRUE, FALSE, UNKNOWN}


def test_ng65(evaluator: Evaluator) -> None:
    known = {
        "onset_age": ("34", "35", "44", "45"),
        "night": ("second_half", "turning"),
        "buttock_pain": ("one_side", "no"),
        "movement": TICK,
        "anti_inflammatory": ("helped", "not_helped"),
        "relative": TICK,
        "swollen_joint": TICK,
        "heel_pain": TICK,
        "psoriasis": TICK,
        "duration": ("twelve_weeks", "six_months"),
    }
    seen = set()
    for person in everybody(known, unknowns=1):
        values = evaluate(evaluator, person)
        count = agree(values, "ng65", ng65(person), person)
        entry = min(younger(person["onset_age"], 45), chronic(person))
        refer, test = min(entry, count.at_least(4)), min(entry, count.exactly(3))
        assert values.findings["ng65_refer"] is refer, person
        assert values.findings["ng65_test"] is test, person
        assert not (refer is TRUE and test is TRUE), person
        seen.add((refer, test))
    assert {(TRUE, FALSE), (FALSE, TRUE), (FALSE, FALSE), (UNKNOWN, UNKNOWN), (UNKNOWN, FALSE)} <= seen


BARE: Person = {
    "onset_age": "30",
    "onset": "sudden",
    "movement": "no",
    "rest": "yes",
    "lying": "no",
    "night": "sleeps",
    "duration": "longer",
    "morning_stiffness": "not_stiff",
    "buttock_pain": "no",
    "anti_inflammatory": "not_taken",
    "relative": "no",
    "swollen_joint": "no",
    "heel_pain": "no",
    "psoriasis": "no",
    "age": "30",
}
"""Somebody young with lasting pain who meets the age items and no other."""


@pytest.mark.parametrize(
    ("question", "options"),
    [
        ("duration", DURATIONS),
        ("onset", ONSETS),
        ("night", NIGHTS),
        ("morning_stiffness", STIFFNESS),
        ("buttock_pain", BUTTOCKS),
        ("anti_inflammatory", TABLETS),
        ("onset_age", tuple(map(str, range(111)))),
        ("age", tuple(map(str, range(16, 111)))),
        *((box, TICK) for box in TICKS),
    ],
)
def test_every_answer_counts_as_published(evaluator: Evaluator, question: str, options: tuple[State, ...]) -> None:
    published = (("asas", asas), ("calin", calin), ("berlin", berlin), ("ng65", ng65))
    for state in (*options, "?"):
        person = {**BARE, question: state}
        values = evaluate(evaluator, person)
        for score, items in published:
            agree(values, score, items(person), person)
        assert values.findings["over_three_months"] is chronic(person)


def test_ages_decide_where_the_rest_is_met(evaluator: Evaluator) -> None:
    """Under 40 for ASAS and Calin with three other items, 50 or under for Berlin, under 45 and under 35 for NG65."""
    three: Person = {**BARE, "onset": "gradual", "movement": "yes"}
    for age in range(111):
        values = evaluate(evaluator, {**three, "rest": "no", "onset_age": str(age)})
        assert (values.findings["asas_positive"] is TRUE) == (age < 40), age
        assert (values.findings["calin_positive"] is TRUE) == (age < 40), age
        nice: Person = {**BARE, "movement": "yes", "night": "second_half", "psoriasis": "yes", "onset_age": str(age)}
        values = evaluate(evaluator, nice)
        assert (values.findings["ng65_refer"] is TRUE) == (age < 35), age
        assert (values.findings["ng65_test"] is TRUE) == (35 <= age < 45), age
    for age in range(16, 111):
        inflamed: Person = {**BARE, "morning_stiffness": "over_30", "night": "second_half", "age": str(age)}
        assert (evaluate(evaluator, inflamed).findings["berlin_positive"] is TRUE) == (age <= 50), age


def test_one_unknown_item_at_the_cut_off_leaves_the_decision_open(evaluator: Evaluator) -> None:
    met: Person = {**BARE, "onset": "gradual", "movement": "yes", "rest": "no"}
    for state, expected in (("second_half", TRUE), ("sleeps", TRUE), ("?", TRUE)):
        assert evaluate(evaluator, {**met, "night": state}).findings["asas_positive"] is expected
    short: Person = {**met, "rest": "yes"}
    for state, expected in (("second_half", TRUE), ("sleeps", FALSE), ("?", UNKNOWN)):
        assert evaluate(evaluator, {**short, "night": state}).findings["asas_positive"] is expected


def test_no_answer_at_all_decides_nothing(evaluator: Evaluator) -> None:
    values = evaluator.evaluate(Answers())
    for finding in ("asas_positive", "calin_positive", "berlin_positive", "ng65_refer", "ng65_test"):
        assert values.findings[finding] is UNKNOWN
    for score, items in (("asas", 5), ("calin", 5), ("berlin", 4), ("ng65", 9)):
        assert values.scores[score] == (0, items)
