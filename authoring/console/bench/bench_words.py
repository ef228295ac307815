"""What differs between two outcomes, and between two people's answers, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.answers import Answers
from engine.english import LEVEL_NAMES, answer
from engine.knowledge import KnowledgeBase
from engine.outcome import Outcome

MOST = 6
"""Names that one sentence lists before it says how many more there are."""


def outcome_differences(
    before: Outcome, after: Outcome, kbs: tuple[KnowledgeBase, KnowledgeBase], words: tuple[str, str]
) -> list[str]:
    """In what `after` differs from `before`, the most important first; empty where they tell the same.

    `kbs` are the knowledge bases of the two (names come from the second, or from the first where it has none), and
    `words` say which is which: ("approved", "draft").
    """
    old, new = words
    result: list[str] = []
    if before.urgency is not after.urgency:
        word = "More urgent" if after.urgency.level > before.urgency.level else "Less urgent"
        levels = f"{old} {LEVEL_NAMES[before.urgency]}, {new} {LEVEL_NAMES[after.urgency]}"
        reason = after.reasons[0].text if after.urgency.level > before.urgency.level else before.reasons[0].text
        held = "" if after.urgency.level > before.urgency.level else f"{old}: "
        result.append(f"{word}: {levels} ({held}{reason})")
    firsts = [one.named[0].id if one.named else None for one in (before, after)]
    if firsts[0] != firsts[1]:
        names = [_condition(kbs, one) if one else "no cause" for one in firsts]
        result.append(f"First named: {old} {names[0]}, {new} {names[1]}")
    flags = _flags(before), _flags(after)
    for id_ in sorted(flags[0].keys() | flags[1].keys()):
        was, becomes = (one.get(id_, "not raised") for one in flags)
        if was != becomes:
            result.append(f"Red flag {_rule(kbs, id_)}: {old} {was}, {new} {becomes}")
    places = _places(before), _places(after)
    for id_ in sorted(places[0].keys() | places[1].keys()):
        was, becomes = (one.get(id_, "not named") for one in places)
        if was != becomes:
            result.append(f"{_condition(kbs, id_)}: {old} {was}, {new} {becomes}")
    if set(places[0]) == set(places[1]) and firsts[0] == firsts[1]:
        orders = [[view.id for view in one.named] for one in (before, after)]
        if orders[0] != orders[1]:
            result.append(f"The order of what is named: {new} {_listed(_condition(kbs, one) for one in orders[1])}")
    for one_sided, word in (
        (sorted(set(after.advice) - set(before.advice)), new),
        (sorted(set(before.advice) - set(after.advice)), old),
    ):
        if one_sided:
            result.append(f"Advice given only in {word}: {_listed(one.replace('_', ' ') for one in one_sided)}")
    quiet = flags[0].keys() | flags[1].keys()
    for ours, theirs, word in ((after, before, new), (before, after, old)):
        only = [_rule(kbs, one) for one in ours.fired if one not in theirs.fired and one not in quiet]
        if only:
            result.append(f"Rules that fire only in {word}: {_listed(dict.fromkeys(only))}")
    return result


def _flags(outcome: Outcome) -> dict[str, str]:
    return {flag.rule: "open" for flag in outcome.open_flags} | {flag.rule: "true" for flag in outcome.red_flags}


def _places(outcome: Outcome) -> dict[str, str]:
    groups = (("to be ruled out", outcome.to_rule_out), ("likely", outcome.likely), ("possible", outcome.possible))
    return {view.id: word for word, views in groups for view in views}


def _condition(kbs: tuple[KnowledgeBase, KnowledgeBase], id_: str) -> str:
    return next((kb.conditions[id_].name for kb in reversed(kbs) if id_ in kb.conditions), id_)


def _rule(kbs: tuple[KnowledgeBase, KnowledgeBase], id_: str) -> str:
    return next((f"“{kb.rules[id_].title}”" for kb in reversed(kbs) if id_ in kb.rules), id_)


def _listed(names: Iterable[str]) -> str:
    every = list(names)
    more = f" and {len(every) - MOST} more" if len(every) > MOST else ""
    return ", ".join(every[:MOST]) + more


def answer_words(kb: KnowledgeBase, answers: Answers, question: str) -> str:
    """One answer in words; "not answered" where there is none."""
    if not answers.answered(question):
        return "not answered"
    return answer(kb, kb.questions[question], answers.values.get(question))


def answers_in_words(kb: KnowledgeBase, answers: Answers) -> list[tuple[str, str, str]]:
    """Section, question and answer of everything answered, in the order of asking."""
    return [
        (kb.section_of[name].title, question.name, answer_words(kb, answers, name))
        for name, question in kb.questions.items()
        if answers.answered(name)
    ]


def answer_differences(kb: KnowledgeBase, first: Answers, second: Answers) -> list[tuple[str, str, str]]:
    """Question, first and second answer where two people answer differently."""
    return [
        (question.name, answer_words(kb, first, name), answer_words(kb, second, name))
        for name, question in kb.questions.items()
        if answer_words(kb, first, name) != answer_words(kb, second, name)
    ]


def expectation_rows(kb: KnowledgeBase, expect: Mapping[str, object], differs: Mapping[str, str]) -> list[list[str]]:
    """What a case expects, one row each: what, expected, how it came out.

    `differs` maps the steps of an expectation, joined by "/" (such as "named/0"), to how the outcome differs.
    """
    titles = {
        "urgency": "Urgency",
        "first": "First cause",
        "named": "Named",
        "not_named": "Not named",
        "no_cause": "No cause",
        "fires": "Rule fires",
        "silent": "Rule stays silent",
        "open": "Red flag stands open",
        "advice": "Advice",
    }
    rows = []
    for key, title in titles.items():
        given = expect.get(key)
        if not given:
            continue
        several = isinstance(given, list | tuple)
        for at, one in enumerate(given if isinstance(given, list | tuple) else [given]):
            place = f"{key}/{at}" if several else key
            rows.append([title, _expected(kb, key, one), differs.get(place, "as expected")])
    return rows


def _expected(kb: KnowledgeBase, key: str, one: object) -> str:
    text = str(one)
    if key == "urgency":
        return kb.settings.urgency[next(level for level in kb.settings.urgency if level.value == text)].name
    if key == "no_cause":
        return "no condition is named"
    if key in ("first", "named", "not_named"):
        return kb.conditions[text].name if text in kb.conditions else text
    if key == "advice":
        return text.replace("_", " ")
    return kb.rules[text].title if text in kb.rules else text
