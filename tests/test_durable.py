"""durable_rules against the reference: random pairs, each defect it was seen to have, and the worker's life."""

from __future__ import annotations

import dataclasses
import itertools
import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.answers import Answers, Chosen, read_answers
from engine.assess import Assessor, WorkerFailure
from engine.canonical import identity
from engine.criteria import Truth
from engine.durable import (
    PENDING,
    RULES,
    USERS,
    Compiler,
    Condition,
    DurableEvaluator,
    EngineFaultError,
    EngineLimitError,
    Production,
    Program,
    identity_hash,
    lint,
)
from engine.evaluate import Evaluator, Values
from engine.worker import Workers
from tests.random_kb import (
    Json,
    RandomKB,
    answers_to,
    base_records,
    clinical_kb,
    from_records,
    knowledge_bases,
    question,
    random_answers,
    random_kb,
    rule,
    section,
    term,
)

ROOT = Path(__file__).resolve().parent.parent
RELAXED = settings(deadline=None, suppress_health_check=list(HealthCheck))
LONG = pytest.mark.timeout(3600)  # the nightly profile draws 20,000 examples


def with_rules(questions: list[Json], whens: dict[str, Json], *more: Json, title: str = "Rules") -> RandomKB:
    """A knowledge base with one advice rule for each `when`, and any other rules."""
    rules = [rule(f"t/{name}", when, {"advice": name}) for name, when in whens.items()] + list(more)
    terms = {
        (one["then"]["finding"], "finding") if "finding" in one["then"] else (one["then"]["score"], "score")
        for one in more
    }
    return from_records(
        {
            **base_records(title),
            "questions/all.json": section(questions),
            **{f"rules/{one['id']}.json": one for one in rules},
            **{f"terms/{name}.json": term(name, kind, 2 if kind == "score" else 1) for name, kind in terms},
        }
    )


def booleans(*names: str) -> list[Json]:
    return [question(name) for name in names]


def yes(name: str) -> Json:
    return {"fact": name, "is": True}


def run(made: RandomKB, raw: Json) -> Values:
    """What the engine says, which must be what the reference says."""
    answers = read_answers(made.kb, raw)
    with DurableEvaluator(made.kb) as durable:
        values = durable.evaluate(answers)
    assert values == Evaluator(made.kb).evaluate(answers)
    return values


def agree(made: RandomKB, people: list[Answers]) -> None:
    reference = Evaluator(made.kb)
    with DurableEvaluator(made.kb) as durable:
        for answers in people:
            assert durable.evaluate(answers) == reference.evaluate(answers), answers


# ---------------------------------------------------------------- the whole against the reference


@LONG
@RELAXED
@given(st.data())
def test_agrees_with_the_reference_on_what_hypothesis_draws(data: st.DataObject) -> None:
    made = data.draw(knowledge_bases())
    agree(made, [data.draw(answers_to(made.kb)) for _ in range(4)])


@pytest.mark.parametrize("seed", range(8))
def test_agrees_with_the_reference_on_thousands_of_pairs(seed: int) -> None:
    rng = Random(seed)
    truths: set[Truth] = set()
    for _ in range(50):
        made = random_kb(rng)
        reference = Evaluator(made.kb)
        with DurableEvaluator(made.kb) as durable:
            for _ in range(10):
                answers = random_answers(rng, made.kb, known=rng.choice((0.3, 0.75, 1)))
                expected = reference.evaluate(answers)
                assert durable.evaluate(answers) == expected
                truths |= set(expected.rules.values()) | set(expected.applies.values())
    assert truths == set(Truth)


def test_agrees_at_clinical_size() -> None:
    made, rng = clinical_kb(300, 1), Random(1)
    agree(made, [random_answers(rng, made.kb) for _ in range(20)])


def test_the_order_of_answers_does_not_matter() -> None:
    rng = Random(5)
    made = clinical_kb(40, 5)
    answers = random_answers(rng, made.kb)
    items = list(answers.values.items())
    with DurableEvaluator(made.kb) as durable:
        expected = durable.evaluate(answers)
        for _ in range(10):
            rng.shuffle(items)
            again = durable.evaluate(dataclasses.replace(answers, values=dict(items)))
            assert again == expected


# ---------------------------------------------------------------- defects of the engine, by their number in the notes


def test_2_all_after_any_is_no_or() -> None:
    made = with_rules(
        booleans("fever", "night_pain", "cancer", "weight_loss"),
        {
            "flag": {
                "all": [
                    {"any": [yes("fever"), yes("night_pain")]},
                    {"all": [yes("cancer"), yes("weight_loss")]},
                ]
            }
        },
    )
    some = {"fever": True, "night_pain": True, "weight_loss": True}
    assert run(made, {**some, "cancer": False}).rules["t/flag"] is Truth.FALSE
    assert run(made, some).rules["t/flag"] is Truth.UNKNOWN
    assert run(made, {**some, "cancer": True}).rules["t/flag"] is Truth.TRUE


def test_3_a_fact_in_600_rules_fires_none_of_them_alone() -> None:
    names = [f"q{at}" for at in range(600)]
    made = with_rules(booleans("fever", *names), {name: {"all": [yes("fever"), yes(name)]} for name in names})
    values = run(made, {"fever": True, "q7": True, "q599": True})
    assert {id_ for id_, truth in values.rules.items() if truth is Truth.TRUE} == {"t/q7", "t/q599"}
    assert set(run(made, {"fever": False}).rules.values()) == {Truth.FALSE}


def test_4_a_thousand_facts_do_not_hang() -> None:
    names = [f"q{at}" for at in range(1000)]
    made = with_rules(booleans(*names), {name: yes(name) for name in names})
    values = run(made, dict.fromkeys(names, True))
    assert set(values.rules.values()) == {Truth.TRUE}


def test_5_an_answer_may_meet_more_comparisons_than_the_stack_holds() -> None:
    whens = {f"from{at}": {"fact": "age", "gte": at} for at in range(1, 100)}
    made = with_rules([question("age", "integer", unit="a", min=0, max=120)], whens)
    assert set(run(made, {"age": 99}).rules.values()) == {Truth.TRUE}
    assert set(run(made, {"age": 0}).rules.values()) == {Truth.FALSE}
    assert list(run(made, {"age": 40}).rules.values()).count(Truth.TRUE) == 40


def test_5_a_person_may_have_more_than_64_facts() -> None:
    names = [f"q{at}" for at in range(150)]
    made = with_rules(booleans(*names), {"each": {"all": [yes(name) for name in names]}})
    assert run(made, dict.fromkeys(names, True)).rules["t/each"] is Truth.TRUE


def test_6_two_conditions_of_a_rule_may_read_one_answer() -> None:
    between = {"all": [{"fact": "age", "gte": 40}, {"fact": "age", "lte": 60}]}
    made = with_rules([question("age", "integer", unit="a", min=0, max=120)], {"between": between})
    for age, truth in ((39, Truth.FALSE), (40, Truth.TRUE), (60, Truth.TRUE), (61, Truth.FALSE)):
        assert run(made, {"age": age}).rules["t/between"] is truth


def test_8_any_of_many_true_parts_is_one_firing_each() -> None:
    names = [f"q{at}" for at in range(20)]
    made = with_rules(booleans(*names), {"some": {"any": [yes(name) for name in names]}})
    assert run(made, dict.fromkeys(names, True)).rules["t/some"] is Truth.TRUE  # the engine's own `any`: 2^20 firings
    assert run(made, dict.fromkeys(names[1:], False)).rules["t/some"] is Truth.UNKNOWN
    assert run(made, dict.fromkeys(names, False)).rules["t/some"] is Truth.FALSE


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_9_k_of_n_counts_exactly(k: int) -> None:
    names = ("a", "b", "c", "d")
    made = with_rules(booleans(*names), {"k": {"at_least": k, "of": [yes(name) for name in names]}})
    people = [
        read_answers(made.kb, {name: given for name, given in zip(names, said, strict=True) if given is not None})
        for said in itertools.product((True, False, None), repeat=4)
    ]
    agree(made, people)


@pytest.mark.parametrize("form", ["all", "any", "at_least"])
def test_groups_of_more_parts_than_a_join_holds(form: str) -> None:
    names = [f"q{at}" for at in range(40)]
    parts = [yes(name) for name in names]
    made = with_rules(
        booleans(*names), {"group": {"at_least": 39, "of": parts} if form == "at_least" else {form: parts}}
    )
    people: list[Json] = [dict.fromkeys(names, True), dict.fromkeys(names, False)]
    people += [{**dict.fromkeys(names, True), name: False} for name in ("q0", "q15", "q39")]
    people += [{**dict.fromkeys(names, False), name: True} for name in ("q0", "q15", "q39")]
    people += [{name: value for name in names if name != "q16"} for value in (True, False)]
    agree(made, [read_answers(made.kb, raw) for raw in people])


def test_deep_nesting() -> None:
    rng = Random(2)
    when = yes("q7")
    for depth in range(24):
        other = {"fact": f"q{depth % 6}", "is": depth % 5 == 0}
        form = ("all", "any", "at_least", "not")[depth % 4]
        if form == "not":
            when = {"not": when}
        elif form == "at_least":
            when = {"at_least": 2, "of": [when, other, yes("q6")]}
        else:
            when = {form: [when, other]}
    made = with_rules(booleans(*(f"q{at}" for at in range(8))), {"deep": when, "shallow": {"not": when}})
    agree(made, [random_answers(rng, made.kb, 0.9) for _ in range(200)])


def test_13_an_exception_in_an_action_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    made = with_rules(booleans("a"), {"a": yes("a")})
    with DurableEvaluator(made.kb) as durable:

        def broken(name: str) -> Iterator[Any]:
            raise ZeroDivisionError(name)

        monkeypatch.setattr(durable, "_messages", broken)
        with pytest.raises(EngineFaultError, match="rule t/a true"):
            durable.evaluate(Answers({"a": True}))
        monkeypatch.undo()
        assert durable.evaluate(Answers({"a": True})).rules == {"t/a": Truth.TRUE}


def test_a_fact_known_both_ways_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    made = with_rules(booleans("a"), {"a": yes("a")})
    with DurableEvaluator(made.kb) as durable:
        fire = durable._fire
        monkeypatch.setattr(
            durable, "_fire", lambda at, context, posts: fire(at, context, (*posts, ("rule t/a false",)))
        )
        with pytest.raises(EngineFaultError, match="rule t/a is TRUE and that it is FALSE"):
            durable.evaluate(Answers({"a": True}))


def test_15_sessions_are_deleted() -> None:
    made = with_rules(booleans("a"), {"a": yes("a")})
    with DurableEvaluator(made.kb) as durable:
        for at in range(1100):  # the 1,025th session that is left behind is a crash
            assert durable.evaluate(Answers({"a": at % 2 == 0})).rules["t/a"] is (Truth.FALSE if at % 2 else Truth.TRUE)
        assert durable.evaluate(Answers()).rules["t/a"] is Truth.UNKNOWN  # nobody inherits the last person's answers


def test_16_facts_whose_hashes_collide_stay_two() -> None:
    assert identity_hash("costarring") == identity_hash("liquid")
    made = with_rules(
        booleans("costarring", "liquid"),
        {"both": {"all": [yes("costarring"), yes("liquid")]}, "one": yes("costarring"), "other": yes("liquid")},
    )
    assert run(made, {"costarring": True, "liquid": True}).rules["t/both"] is Truth.TRUE
    assert run(made, {"costarring": True, "liquid": False}).rules["t/both"] is Truth.FALSE


def test_17_no_background_threads() -> None:
    before = set(threading.enumerate())
    with DurableEvaluator(with_rules(booleans("a"), {"a": yes("a")}).kb):
        assert set(threading.enumerate()) <= before


def _program(*productions: Production, ids: dict[str, str] | None = None) -> Program:
    return Program((productions,), ids or {}, {}, {}, ())


def _on(*conditions: Condition, count: int = 1) -> Production:
    return Production(conditions, (("x",),), count)


def test_lint_refuses_what_would_crash_hang_or_mix_up() -> None:
    a, b = Condition("a"), Condition("b")
    lint(_program(*[_on(a)] * USERS))
    refused = {
        "wait for `a`": _program(*[_on(a)] * (USERS + 1)),
        "joins 16": _program(_on(*[Condition(f"c{at}") for at in range(16)])),
        "joins 0": _program(_on()),
        "more than one condition": _program(_on(a, b, count=2)),
        "compared in 61 ways": _program(*[_on(Condition("a", (("value", "gte", at),))) for at in range(PENDING + 1)]),
        "rules in one ruleset": _program(*[_on(Condition(f"c{at}")) for at in range(RULES)]),
        "facts in one ruleset": _program(
            *[_on(*[Condition(f"c{at} {position}") for position in range(15)]) for at in range(600)]
        ),
        "`one` and `two` for one": _program(ids={"one": "costarring", "two": "liquid"}),
        "`boot` and `other` for one": _program(ids={"other": "boot"}),
    }
    for words, program in refused.items():
        with pytest.raises(EngineLimitError, match=words):
            lint(program)


def test_1500_rules_are_split_over_rulesets() -> None:
    made, rng = clinical_kb(1500, 3), Random(3)
    assert len(Compiler(made.kb).program().rulesets) > 1
    agree(made, [random_answers(rng, made.kb) for _ in range(6)])


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads Linux's /proc")
def test_recompilation_gives_memory_back() -> None:
    # In a process of its own: what other tests left behind grows and shrinks by more than is looked for.
    alone = textwrap.dedent("""
        import os
        from pathlib import Path
        from tests.test_durable import Answers, DurableEvaluator, clinical_kb
        made = clinical_kb(60, 1)
        def recompile(times):
            for _ in range(times):
                with DurableEvaluator(made.kb) as durable:
                    durable.evaluate(Answers())
            return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        before = recompile(20)
        print(recompile(60) - before)
    """)
    done = subprocess.run([sys.executable, "-c", alone], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 15e6


# ---------------------------------------------------------------- what values mean


@LONG
@RELAXED
@given(st.data())
def test_numbers_are_compared_exactly(data: st.DataObject) -> None:
    limits = st.one_of(
        st.sampled_from((0, 36.6, 37, 37.0, -0.1, 1e-4, 999999999999999.0)),
        st.floats(1e-4, 1e14),
        st.floats(-1e14, -1e-4),
        st.integers(-(10**14), 10**14),
    )
    chosen = data.draw(st.lists(limits, min_size=1, max_size=8))
    whens: dict[str, Json] = {}
    for at, limit in enumerate(chosen):
        whens |= {f"w{at}{operator}": {"fact": "x", operator: limit} for operator in ("gte", "gt", "lte", "lt", "is")}
    if len(set(chosen)) > 1:
        whens["among"] = {"fact": "x", "in": list(dict.fromkeys(chosen))}
    made = with_rules([question("x", "decimal", unit="1", min=-1e300, max=1e300)], whens)
    near = st.sampled_from(chosen).flatmap(
        lambda limit: st.sampled_from(
            [limit, float(limit), limit + 1, limit - 1, limit * (1 + 2**-52), limit * (1 - 2**-52)]
        )
    )
    values = data.draw(st.lists(st.one_of(near, st.floats(-1e300, 1e300)), min_size=1, max_size=20))
    values += [1e-5, -1e-5, 5e-324, 1e15, 1e16, 1e22, -1e300, 0.0, -0.0]
    agree(made, [Answers({"x": value}) for value in values])


@pytest.mark.parametrize(
    ("asked", "comparison", "words"),
    [
        (question("x", "decimal", unit="1", min=0, max=1), {"gte": 1e-5}, "choose a unit"),
        (question("x", "integer", unit="1", min=0, max=10), {"lt": 9 * 10**15}, "choose a unit"),
        (question("x", "integer", unit="1", min=0, max=10), {"is": "9"}, "is never '9'"),
        (question("x", "integer", unit="1", min=0, max=10), {"is": True}, "is never True"),
        (question("x"), {"is": 1}, "is never 1"),
        (question("x"), {"gte": 1}, "does not compare"),
        (question("x", "choices", options_from="body"), {"is": "left_hip"}, "does not compare"),
        (question("x", "choice", options_from="body"), {"includes": "left_hip"}, "does not compare"),
    ],
)
def test_what_the_engine_would_compare_loosely_is_refused(asked: Json, comparison: Json, words: str) -> None:
    with pytest.raises(EngineLimitError, match=words) as raised:
        Compiler(with_rules([asked], {"r": {"fact": "x", **comparison}}).kb).program()
    assert "t/r when" in str(raised.value)


def test_an_answer_may_be_compared_with_hundreds_of_options() -> None:
    options = [f"o{at}" for at in range(150)]
    asked = question("x", "choice", options=[{"id": name, "text": name} for name in options])
    made = with_rules(
        [asked],
        {name: {"fact": "x", "is": name} for name in options}
        | {"most": {"fact": "x", "in": options[:120]}, "last": {"fact": "x", "in": options[120:]}},
    )
    agree(made, [Answers({"x": name}) for name in ("o0", "o59", "o60", "o119", "o120", "o149")])


@pytest.mark.parametrize("when", [{"finding": "gone"}, {"score": "gone", "gte": 1}])
def test_what_nothing_concludes_is_refused(when: Json) -> None:
    with pytest.raises(EngineLimitError, match=r"t/r when: no rule in force .* `gone`"):
        Compiler(with_rules(booleans("a"), {"r": when}).kb).program()


def test_choices_are_known_option_by_option() -> None:
    asked = question("signs", "choices", options=[{"id": name, "text": name} for name in ("fever", "rash", "numb")])
    made = with_rules([asked], {name: {"fact": "signs", "includes": name} for name in ("fever", "rash", "numb")})
    values = run(made, {"signs": {"yes": ["fever"], "unsure": ["rash"]}})
    assert values.rules == {"t/fever": Truth.TRUE, "t/numb": Truth.FALSE, "t/rash": Truth.UNKNOWN}
    assert values.answers == {"signs": Chosen(frozenset({"fever"}), frozenset({"rash"}))}
    assert set(run(made, {"signs": []}).rules.values()) == {Truth.FALSE}
    assert set(run(made, {"signs": "unknown"}).rules.values()) == {Truth.UNKNOWN}


def test_a_gate_sets_answers_aside_and_makes_both_comparisons_false() -> None:
    made = with_rules(
        [
            question("sex", "choice", options=[{"id": "male", "text": "m"}, {"id": "female", "text": "f"}]),
            question("weeks", "integer", unit="wk", min=1, max=42, ask_when={"fact": "sex", "is": "female"}),
        ],
        {
            "over": {"fact": "weeks", "gt": 30},
            "under": {"fact": "weeks", "lte": 30},
            "neither": {"not": {"fact": "weeks", "gt": 30}},
        },
    )
    man = run(made, {"sex": "male", "weeks": 31})
    assert man.rules == {"t/over": Truth.FALSE, "t/under": Truth.FALSE, "t/neither": Truth.TRUE}
    assert (man.set_aside, man.applies, man.answers) == (["weeks"], {"weeks": Truth.FALSE}, {"sex": "male"})
    unasked = run(made, {"weeks": 31})
    assert unasked.applies == {"weeks": Truth.UNKNOWN}
    assert unasked.rules["t/over"] is Truth.TRUE


def test_a_score_decides_only_where_its_whole_interval_agrees() -> None:
    made = with_rules(
        booleans("a", "b", "c"),
        {"two": {"score": "s", "gte": 2}, "half": {"score": "s", "gt": 0.5}},
        rule("s/a", yes("a"), {"score": "s", "points": 1.5}),
        rule("s/b", yes("b"), {"score": "s", "points": 1}),
        rule("s/c", yes("c"), {"score": "s", "points": -0.5}),
    )
    values = run(made, {"a": True})
    assert values.scores == {"s": (2, 5)}
    assert (values.rules["t/two"], values.rules["t/half"]) == (Truth.UNKNOWN, Truth.TRUE)
    assert run(made, {"a": True, "b": True, "c": True}).rules["t/two"] is Truth.TRUE
    assert run(made, {"a": True, "b": False, "c": False}).rules["t/two"] is Truth.FALSE


def test_a_conclusion_explains_itself() -> None:
    made = with_rules(
        [*booleans("stiff", "night", "warm"), question("age", "integer", unit="a", min=0, max=120)],
        {"flag": {"any": [{"all": [{"finding": "inflamed"}, {"fact": "age", "lt": 45}]}, {"score": "s", "gte": 1}]}},
        rule("f/i", {"at_least": 2, "of": [yes("stiff"), yes("night"), yes("warm")]}, {"finding": "inflamed"}),
        rule("s/n", yes("night"), {"score": "s", "points": 0.5}),
    )
    answers = read_answers(made.kb, {"stiff": True, "night": False, "warm": True, "age": 30})
    with DurableEvaluator(made.kb) as durable:
        durable.evaluate(answers)
        support = durable.support
        assert support["finding inflamed true"] == ("rule f/i true",)
        assert set(support["rule f/i true"]) == {"rule f/i true, part 1", "rule f/i true, part 3"}
        assert support["rule f/i true, part 1"] == ("stiff",)
        assert durable.because("rule t/flag true") == ("age", "stiff", "warm")
        assert durable.because("rule s/n false") == ("night",)
        assert durable.because("rule t/flag false") == ()


def test_a_knowledge_base_without_rules_or_without_answers() -> None:
    made = from_records({**base_records(), "questions/all.json": section(booleans("a"))})
    assert run(made, {"a": True}).rules == {}
    assert run(made, {}).answers == {}


# ---------------------------------------------------------------- the worker


@pytest.fixture
def small() -> RandomKB:
    return _titled("One")


def _titled(title: str) -> RandomKB:
    return with_rules(booleans("a", "b"), {"both": {"all": [yes("a"), yes("b")]}}, title=title)


def ask(workers: Workers, made: RandomKB, raw: Json | None = None) -> Values:
    """A case through the workers, which must come out as the reference has it."""
    answers = read_answers(made.kb, raw if raw is not None else {"a": True, "b": True})
    values = workers.evaluate(identity(made.files), made.files, answers)
    assert values == Evaluator(made.kb).evaluate(answers)
    assert isinstance(values, Values)
    return values


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def wait_until_gone(pid: int) -> None:
    end = time.monotonic() + 10
    while not gone(pid):
        assert time.monotonic() < end, f"process {pid} still runs"
        time.sleep(0.02)


def test_a_worker_serves_many_cases(small: RandomKB) -> None:
    with Workers() as workers:
        ask(workers, small)
        process = workers.running()
        for raw in ({}, {"a": False}, {"a": "unknown", "b": True}):
            ask(workers, small, raw)
        assert workers.running() == process
        assert list(process) == [identity(small.files)]


def test_workers_agree_with_the_reference_on_random_pairs() -> None:
    rng = Random(11)
    with Workers() as workers:
        for _ in range(6):
            made = random_kb(rng)
            for _ in range(10):
                answers = random_answers(rng, made.kb)
                values = workers.evaluate(identity(made.files), made.files, answers)
                assert values == Evaluator(made.kb).evaluate(answers)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSEGV, signal.SIGSTOP])
def test_a_killed_or_hung_worker_costs_a_retry_and_never_the_case(small: RandomKB, how: signal.Signals) -> None:
    with Workers(limit=1) as workers:
        ask(workers, small)
        before = next(iter(workers.running().values()))
        os.kill(before, how)
        began = time.monotonic()
        ask(workers, small)
        assert time.monotonic() - began < 8
        assert next(iter(workers.running().values())) != before
        wait_until_gone(before)


def test_a_worker_killed_during_a_case(small: RandomKB) -> None:
    with Workers(limit=20) as workers:
        ask(workers, small)
        before = next(iter(workers.running().values()))
        os.kill(before, signal.SIGSTOP)  # the case is under way, and nothing comes
        threading.Timer(0.3, os.kill, (before, signal.SIGKILL)).start()
        ask(workers, small)


def _replace_child(monkeypatch: pytest.MonkeyPatch, program: str) -> list[int]:
    """Workers are processes that run this instead; returns the list to which their ids are added."""
    started: list[int] = []
    start = subprocess.Popen

    def replaced(_: list[str], **more: Any) -> subprocess.Popen[bytes]:
        child = start([sys.executable, "-c", program], **more)
        started.append(child.pid)
        return child

    monkeypatch.setattr("engine.worker.subprocess.Popen", replaced)
    return started


READY = "print('{\"ready\": true}', flush=True); import sys, time; "


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (READY + "time.sleep(600)", "gave no answer within 0.2 s and was stopped"),
        (READY + "input(); sys.stdin.readline(); sys.exit(3)", "the worker died (exit code 3)"),
        (READY + "input(); sys.stdin.readline(); sys.stdout.write('{'); sys.exit(3)", "the worker died (exit code 3)"),
        (READY + '[print(\'{"fault": "of its own"}\', flush=True) for line in sys.stdin]', "of its own"),
        (READY + "[print('no JSON', flush=True) for line in sys.stdin]", "reply cannot be read"),
        (READY + '[print(\'{"values": {"rules": 7}}\', flush=True) for line in sys.stdin]', "reply cannot be read"),
    ],
)
def test_a_case_that_fails_twice_is_told_in_words(
    small: RandomKB, program: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = _replace_child(monkeypatch, program)
    with Workers(limit=0.2 if "sleep(" in program else 20) as workers:
        failure = workers.evaluate(identity(small.files), small.files, Answers())
        assert isinstance(failure, WorkerFailure)
        assert failure.reason.startswith("durable_rules failed twice on this case: ")
        assert words in failure.reason
        assert workers.running() == {}
        assert len(started) == 2
        assert all(gone(pid) for pid in started)


def test_an_outcome_survives_workers_that_cannot_answer(small: RandomKB, monkeypatch: pytest.MonkeyPatch) -> None:
    _replace_child(monkeypatch, "raise SystemExit(1)")
    with Workers() as workers:
        assessment = Assessor(small.kb, small.files, workers).assess(Answers({"a": True, "b": True}))
    assert assessment.engine == "reference"
    assert assessment.note is not None
    assert "the worker died (exit code 1)" in assessment.note
    assert assessment.values.rules["t/both"] is Truth.TRUE


def test_what_the_engine_cannot_hold_is_refused_in_words() -> None:
    asked = question("x", "decimal", unit="1", min=0, max=1)
    made = with_rules([asked], {"r": {"fact": "x", "gte": 1e-5}})
    with Workers() as workers:
        for _ in range(2):
            failure = workers.evaluate(identity(made.files), made.files, Answers())
            assert isinstance(failure, WorkerFailure)
            assert "t/r when: durable_rules does not compare with 1e-05" in failure.reason
            assert workers.running() == {}


def test_a_cycle_is_refused_in_words() -> None:
    made = with_rules(booleans("a"), {}, rule("f/x", {"finding": "x"}, {"finding": "x"}))
    with Workers() as workers:
        failure = workers.evaluate(identity(made.files), made.files, Answers())
    assert isinstance(failure, WorkerFailure)
    assert "`x` depends on itself" in failure.reason


def test_files_that_cannot_be_read_end_in_words() -> None:
    with Workers() as workers:
        failure = workers.evaluate("x", {"kb.json": b"\xff{", "body.json": b"{}"}, Answers())
    assert isinstance(failure, WorkerFailure)
    assert "cannot be read" in failure.reason


def test_the_least_recently_used_of_five_goes() -> None:
    bases = [_titled(f"Number {at}") for at in range(5)]
    ids = [identity(made.files) for made in bases]
    with Workers() as workers:
        for made in bases[:4]:
            ask(workers, made)
        first = workers.running()
        assert list(first) == ids[:4]
        ask(workers, bases[0])
        ask(workers, bases[4])
        assert list(workers.running()) == [ids[2], ids[3], ids[0], ids[4]]
        wait_until_gone(first[ids[1]])
        ask(workers, bases[1])
        assert len(workers.running()) == 4


def test_a_worker_is_recycled(small: RandomKB) -> None:
    with Workers(recycle_after=3) as workers:
        seen: list[int] = []
        for _ in range(5):
            ask(workers, small)
            seen += workers.running().values()
        assert seen[0] == seen[1]  # after the third case there is none until the next
        assert len(seen) == 4
        assert len(set(seen)) == 2
        wait_until_gone(seen[0])


def test_nothing_runs_after_close(small: RandomKB) -> None:
    workers = Workers()
    ask(workers, small)
    ask(workers, _titled("Two"))
    processes = workers.running()
    assert len(processes) == 2
    workers.close()
    assert all(gone(pid) for pid in processes.values())
    assert workers.running() == {}
    assert workers.evaluate("x", small.files, Answers()) == WorkerFailure("the workers were closed")
    workers.close()


def test_threads_share_workers_of_more_knowledge_bases_than_fit() -> None:
    bases = [_titled(f"Number {at}") for at in range(3)]
    errors: list[BaseException] = []

    def work(seed: int, workers: Workers) -> None:
        rng = Random(seed)
        try:
            for _ in range(6):
                ask(workers, rng.choice(bases), {"a": rng.random() < 0.5, "b": rng.random() < 0.5})
        except BaseException as error:
            errors.append(error)

    with Workers(most=2) as workers:
        threads = [threading.Thread(target=work, args=(seed, workers)) for seed in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(workers.running()) <= 2
    assert not errors


def _script(body: str) -> str:
    return textwrap.dedent("""
        import json, os, sys
        sys.path.insert(0, sys.argv[2])
        from engine.answers import Answers
        from engine.worker import Workers
        files = {path: text.encode() for path, text in json.load(open(sys.argv[1])).items()}
    """) + textwrap.dedent(body)


def _run_script(body: str, small: RandomKB, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """Run a script of somebody who works in `tmp_path`, and has it on PYTHONPATH."""
    given = tmp_path / "files.json"
    given.write_text(json.dumps({path: data.decode() for path, data in small.files.items()}))
    return subprocess.run(
        [sys.executable, "-P", "-c", _script(body), str(given), str(ROOT)],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )


def test_a_strangers_engine_is_not_picked_up(small: RandomKB, tmp_path: Path) -> None:
    stranger = tmp_path / "engine"
    stranger.mkdir()
    for name in ("__init__", "durable", "load"):
        (stranger / f"{name}.py").write_text("raise SystemExit('a stranger')")
    done = _run_script(
        """
        with Workers() as workers:
            print(type(workers.evaluate("x", files, Answers())).__name__, "durable" in sys.modules)
    """,
        small,
        tmp_path,
    )
    assert done.stdout.split() == ["Values", "False"]  # nor does the parent ever import the engine


def test_workers_end_with_a_parent_that_forgot_to_close(small: RandomKB, tmp_path: Path) -> None:
    done = _run_script(
        """
        workers = Workers()
        workers.evaluate("x", files, Answers())
        print(*workers.running().values())
    """,
        small,
        tmp_path,
    )
    assert gone(int(done.stdout))


def test_workers_end_with_a_parent_that_was_killed(small: RandomKB, tmp_path: Path) -> None:
    body = """
        workers = Workers()
        workers.evaluate("x", files, Answers())
        print(*workers.running().values(), flush=True)
        os.kill(os.getpid(), 9)
    """
    with pytest.raises(subprocess.CalledProcessError) as raised:
        _run_script(body, small, tmp_path)
    wait_until_gone(int(raised.value.stdout))


def test_what_the_library_prints_is_no_reply(small: RandomKB) -> None:
    noisy = textwrap.dedent("""
        import os
        import engine.durable as durable
        evaluate = durable.DurableEvaluator.evaluate
        def loud(self, answers):
            os.write(1, b"printf of a C library\\n")
            print("print of Python")
            return evaluate(self, answers)
        durable.DurableEvaluator.evaluate = loud
        durable.serve()
    """)
    requests: list[Json] = [{"files": {path: data.decode() for path, data in small.files.items()}}]
    requests += [{"answers": {"a": True}}, {"answers": {"a": 7}}, {"answers": {"a": False}}]
    done = subprocess.run(
        [sys.executable, "-c", noisy],
        input="".join(json.dumps(one) + "\n" for one in requests),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    assert replies[0] == {"ready": True}
    assert replies[1]["values"]["rules"] == {"t/both": 1}
    assert "AN003" in replies[2]["fault"]
    assert replies[3]["values"]["rules"] == {"t/both": 0}
    assert "printf of a C library" in done.stderr
