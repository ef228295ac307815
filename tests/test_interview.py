"""The interview: what is asked first, what is never asked, and that stopping early changes no urgency."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from statistics import median, quantiles

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.population.measure import interviews
from engine.answers import Answers, read_answers
from engine.assess import Assessor
from engine.criteria import Truth
from engine.interview import Interview
from engine.knowledge import KnowledgeBase
from engine.model.rule import Urgency
from engine.outcome import Outcome
from engine.reach import F, Reacher, T, U
from validators.population.people import draw

from .random_kb import random_answers, random_kb, rule
from .test_language import small

TRUTHS = {Truth.TRUE: T, Truth.FALSE: F, Truth.UNKNOWN: U}


def everybody(rng: Random, kb: KnowledgeBase) -> Answers:
    """A person who answers every question that a patient is asked, some with "not sure"."""
    given = random_answers(rng, kb, known=0.85)
    mine = {name: value for name, value in given.values.items() if kb.questions[name].by == "patient"}
    unsure = {name for name, one in kb.questions.items() if one.by == "patient" and name not in mine}
    return Answers(mine, frozenset(unsure))


def random_screens(rng: Random) -> KnowledgeBase:
    """A random knowledge base in which many questions share a screen, also more than fit on one."""
    kb = random_kb(rng).kb
    names = (None, "a", "a", "b") if rng.random() < 0.7 else (None,)
    sections = tuple(
        section.model_copy(
            update={
                "questions": tuple(one.model_copy(update={"screen": rng.choice(names)}) for one in section.questions)
            }
        )
        for section in kb.sections
    )
    return replace(kb, sections=sections)


def interviewed(kb: KnowledgeBase, person: Answers) -> tuple[Answers, list[tuple[str, ...]], str]:
    """The answers given until the interview stopped, the screens, and why it stopped."""
    interview, answers, screens = Interview(kb), Answers(), list[tuple[str, ...]]()
    while True:
        step = interview.next(answers, len(screens))
        if step.screen is None:
            assert step.stop is not None
            return answers, screens, step.stop
        screens.append(step.screen.questions)
        for name in step.screen.questions:
            assert not answers.answered(name), "asked twice"
            assert kb.questions[name].by == "patient"
            answers = answers.with_answer(name, person.values.get(name))


@given(seed=st.integers(0, 2**32))
def test_stopping_early_changes_neither_urgency_nor_first_cause(seed: int) -> None:
    rng = Random(seed)
    kb = random_screens(rng)
    assessor = Assessor(kb)
    for _ in range(5):
        person = everybody(rng, kb)
        answers, _, stop = interviewed(kb, person)
        early, full = assessor.assess(answers).outcome, assessor.assess(person).outcome
        assert early.urgency is full.urgency
        if stop != "emergency":
            assert [view.id for view in early.named[:1]] == [view.id for view in full.named[:1]]
        if stop == "settled":
            assert statuses(early) == statuses(full)


def statuses(outcome: Outcome) -> dict[str, str]:
    """Who is likely or possible, whether or not red flags suspect it too."""
    return {view.id: view.status for view in outcome.named if view.status in ("likely", "possible")}


@given(seed=st.integers(0, 2**32))
def test_what_is_reached_holds_what_becomes_of_it(seed: int) -> None:
    """The sets over-approximate: whatever is answered later, the truth lies in the set told before."""
    rng = Random(seed)
    kb = random_kb(rng).kb
    reacher, evaluator = Reacher(kb), Assessor(kb).evaluator
    person = everybody(rng, kb)
    names = [name for name in kb.questions if person.answered(name)]
    asked = set(rng.sample(names, rng.randrange(len(names) + 1)))
    so_far = Answers({name: value for name, value in person.values.items() if name in asked}, person.unsure & asked)
    reached, values = reacher.reached(so_far), evaluator.evaluate(person)
    for id_, truth in values.rules.items():
        assert reached.rules[id_] & TRUTHS[truth], id_
    for name, truth in values.findings.items():
        assert reached.findings[name] & TRUTHS[truth], name
    for name, (low, high) in values.scores.items():
        least_low, most_low, least_high, most_high = reached.scores[name]
        assert least_low <= low <= most_low
        assert least_high <= high <= most_high


@given(seed=st.integers(0, 2**32))
def test_with_everything_answered_one_truth_is_left_and_it_is_the_evaluators(seed: int) -> None:
    rng = Random(seed)
    kb = random_kb(rng).kb
    person = everybody(rng, kb)
    reached, values = Reacher(kb).reached(person), Assessor(kb).evaluator.evaluate(person)
    assert reached.rules == {id_: TRUTHS[truth] for id_, truth in values.rules.items()}


def test_new_saddle_numbness_stops_at_the_emergency(starter: KnowledgeBase) -> None:
    person = read_answers(starter, {"saddle_numbness": "new_or_worse"})
    answers, screens, stop = interviewed(starter, person)
    assert stop == "emergency"
    assert len(screens) <= 3
    assert Assessor(starter).assess(answers).outcome.urgency is Urgency.EMERGENCY


def test_emergencies_are_asked_before_everything_else(starter: KnowledgeBase) -> None:
    _, screens, _ = interviewed(starter, Answers())
    emergency = {name for name, section in starter.section_of.items() if section.id == "emergency"}
    assert set(screens[0]) | set(screens[1]) <= emergency
    assert "saddle_numbness" in screens[1]
    for_everybody = {name for name in emergency if not starter.questions[name].ask_when}
    # One screen more than these need: whoever is not sure of a numb saddle is asked to touch the skin.
    assert ["saddle_check"] in [list(screen) for screen in screens[:3]]
    assert for_everybody <= {name for screen in screens[:6] for name in screen}


def test_questions_of_one_screen_are_asked_together(starter: KnowledgeBase) -> None:
    _, screens, _ = interviewed(starter, Answers())
    together = next(screen for screen in screens if "saddle_numbness" in screen)
    assert {"bladder_trouble", "bowel_trouble", "sexual_change"} <= set(together)
    across = next(screen for screen in screens if "leg_weakness" in screen)
    assert {starter.section_of[name].id for name in across} == {"emergency", "where"}
    assert all(len(screen) <= starter.settings.interview.screen_size for screen in screens)


def test_a_flag_that_can_only_stay_open_is_settled_where_self_care_hangs_on_it() -> None:
    """Left open it counts as self-care by itself, and yet leaves nobody with self-care."""
    flag = {"red_flag": "routine", "suspects": [], "message": "Book a visit."}
    both = {"all": [{"fact": "old", "is": True}, {"fact": "slow", "is": True}]}
    locked = {"condition": "spasm", "weight": 20, "group": "a"}
    rules = (rule("red_flags/lasting", both, flag), rule("evidence/locked", {"fact": "locked", "is": True}, locked))
    interview = Interview(small(*rules, locked={}, old={}, slow={}).kb)
    step = interview.next(Answers({"locked": True}, frozenset({"old"})))
    assert (step.lowest, step.highest) == (Urgency.SELF_CARE, Urgency.ROUTINE)
    assert step.screen is not None
    assert step.screen.questions == ("slow",)


def test_a_question_that_does_not_apply_is_not_asked(starter: KnowledgeBase) -> None:
    no_alarm = {"leg_weakness": "no", "sex": "male", "age": 40}
    _, screens, _ = interviewed(starter, read_answers(starter, no_alarm))
    asked = {name for screen in screens for name in screen}
    assert "leg_weakness_course" not in asked
    assert "pregnancy" not in asked


def test_the_budget_ends_an_interview_whose_urgency_is_settled(starter: KnowledgeBase) -> None:
    interview = Interview(starter)
    urgent = read_answers(starter, {"saddle_numbness": "unknown"})
    for shown in (0, starter.settings.interview.question_budget):
        step = interview.next(urgent, shown)
        assert step.screen is not None  # emergencies are not settled yet, whatever was shown


def test_most_people_see_about_a_dozen_screens_and_get_the_same_first_cause(starter: KnowledgeBase) -> None:
    run = interviews(Assessor(starter), draw(150, 12))
    people = len(run.screens)
    assert run.urgency_differs == []
    assert run.first_same.total() >= 0.95 * people
    for stop, screens in run.by_stop.items():
        assert stop == "emergency" or run.first_same[stop] == len(screens), "unless an emergency stops it"
    ninth = quantiles(run.screens, n=10)[8]
    assert median(run.screens) <= 16
    assert ninth <= 20


@given(seed=st.integers(0, 2**32))
def test_what_is_worked_out_step_by_step_is_what_is_worked_out_at_once(seed: int) -> None:
    """An answer recalculates only what stands above it; a fresh interview recalculates everything."""
    rng = Random(seed)
    kb = random_screens(rng)
    interview, reacher = Interview(kb), Reacher(kb)
    for _ in range(3):
        person = everybody(rng, kb)
        names = rng.sample(list(kb.questions), rng.randrange(len(kb.questions) + 1))
        answers = Answers(
            {name: value for name, value in person.values.items() if name in names}, person.unsure & set(names)
        )
        assert reacher.reached(answers).cells == Reacher(kb).reached(answers).cells
        assert interview.next(answers, 3) == Interview(kb).next(answers, 3)


@settings(deadline=None)
@given(seed=st.integers(0, 2**32))
def test_an_interview_ends(seed: int) -> None:
    rng = Random(seed)
    kb = random_screens(rng)
    _, screens, _ = interviewed(kb, everybody(rng, kb))
    assert len(screens) <= len(kb.questions)
    assert all(len(screen) <= kb.settings.interview.screen_size for screen in screens)
