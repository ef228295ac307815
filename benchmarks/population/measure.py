"""What is measured on the synthetic population: urgency and its reasons, the interview, and plausibility."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import inf
from statistics import quantiles
from typing import TypeVar

from engine.answers import Answers, read_answers
from engine.assess import Assessor
from engine.interview import Interview
from engine.model.rule import Urgency
from engine.outcome import Outcome
from validators.population.people import Person, fits, table
from validators.population.triage import Triage

T = TypeVar("T")


def watched(items: Iterable[T], total: int, what: str) -> Iterator[T]:
    """The same items, while stderr tells how far it is."""
    for number, item in enumerate(items, 1):
        yield item
        if number == total or number % max(1, total // 20) == 0:
            end = "\n" if number == total else ""
            print(f"\r{what}: {number:,} of {total:,}", end=end, file=sys.stderr, flush=True)


@dataclass
class Interviews:
    """The interview of many people, compared with the full questionnaire."""

    screens: list[int] = field(default_factory=list)
    questions: list[int] = field(default_factory=list)
    by_stop: dict[str, list[int]] = field(default_factory=dict)
    """Per reason to stop: the number of screens of each person."""
    first_same: Counter[str] = field(default_factory=Counter)
    """Per reason to stop: how often the first named condition is that of the full questionnaire."""
    urgency_differs: list[tuple[int, str, Urgency, Urgency]] = field(default_factory=list)
    """Person's number, reason to stop, urgency after the interview and after the full questionnaire."""
    other_first: Counter[tuple[str, str]] = field(default_factory=Counter)
    """First after the interview and first after the full questionnaire, where they differ."""


def interviews(assessor: Assessor, persons: Iterable[Person]) -> Interviews:
    """Interview everybody; each answers as in the full questionnaire."""
    kb, result = assessor.kb, Interviews()
    interview = Interview(kb)
    for number, person in enumerate(persons):
        full = read_answers(kb, person.answers)
        answers, screens, asked = Answers(), 0, 0
        while (step := interview.next(answers, screens)).screen is not None:
            screens += 1
            asked += len(step.screen.questions)
            for name in step.screen.questions:
                answers = answers.with_answer(name, full.values.get(name))
        assert step.stop is not None
        early, late = assessor.assess(answers).outcome, assessor.assess(full).outcome
        result.screens.append(screens)
        result.questions.append(asked)
        result.by_stop.setdefault(step.stop, []).append(screens)
        if early.urgency is not late.urgency:
            result.urgency_differs.append((number, step.stop, early.urgency, late.urgency))
        firsts = _first(early), _first(late)
        result.first_same[step.stop] += firsts[0] == firsts[1]
        if firsts[0] != firsts[1]:
            result.other_first[firsts] += 1
    return result


def _first(outcome: Outcome) -> str:
    return outcome.named[0].id if outcome.named else "nothing named"


@dataclass(frozen=True)
class Worth:
    """What the alarm of one rule costs and finds, where nothing else alarms the same person."""

    id: str
    alone: float
    """Share of the people who are sent the same day, or at once, by it alone."""
    found: float
    """Share of the people who have a cause that needs the same day and are alarmed by it alone."""

    @property
    def needed(self) -> float:
        """How many are alarmed for one who needs it; infinite where nobody of those drawn does."""
        return self.alone / self.found if self.found else inf


@dataclass(frozen=True)
class Step:
    """One more red flag that would say "within days": what is left."""

    gone: Worth
    alarms: float
    """Share of the people who are still alarmed."""
    missed: float
    """Share of the people who have a cause that needs the same day and are alarmed no longer, of all such steps."""


RuleSets = Mapping[frozenset[str], float]


def pressing() -> list[str]:
    """The causes that need the same day."""
    return [cause for cause, one in table()["causes"].items() if one.get("serious") or one.get("today")]


def alarmed_by(runs: Mapping[str, Triage]) -> RuleSets:
    """How large a share of the population is alarmed by which rules together: each cause by how common it is."""
    shares: dict[frozenset[str], float] = {}
    for cause, run in runs.items():
        for rules, number in run.alarmed_by.items():
            shares[rules] = shares.get(rules, 0.0) + table()["causes"][cause]["p"] * number / run.n
    return shares


def worths(everyone: RuleSets, needing: RuleSets) -> list[Worth]:
    """What each red flag's alarm is worth, the least worth first."""
    alone, found = (
        {next(iter(ids)): share for ids, share in of.items() if len(ids) == 1} for of in (everyone, needing)
    )
    every = [Worth(id_, share, found.get(id_, 0.0)) for id_, share in alone.items() if id_.startswith("red_flags/")]
    return sorted(every, key=lambda one: (-one.needed, -one.alone, one.id))


def fewer_alarms(everyone: RuleSets, needing: RuleSets, goal: float) -> Iterator[Step]:
    """Give up the alarm that finds least for its number, again and again, until `goal` or nothing is left to give.

    `everyone` and `needing` are shares of the population: all who are alarmed, and those who need it.
    """
    needed = sum(needing.values())
    while sum(everyone.values()) > goal and (left := worths(everyone, needing)):
        gone = left[0]
        everyone, needing = _without(everyone, gone.id), _without(needing, gone.id)
        yield Step(gone, sum(everyone.values()), needed - sum(needing.values()))


def _without(sets: RuleSets, id_: str) -> RuleSets:
    left: dict[frozenset[str], float] = {}
    for ids, share in sets.items():
        if rest := ids - {id_}:
            left[rest] = left.get(rest, 0.0) + share
    return left


@dataclass(frozen=True)
class Check:
    """A figure of the population beside a published one."""

    what: str
    ours: str
    published: str
    source: str


ACUTE = ("day", "two_weeks", "six_weeks")
CHRONIC = ("six_months", "longer")


def classic_flags(person: Person) -> list[str]:
    """The classic single red flags that a person has."""
    return [name for name, who in table()["classic_flags"]["any_of"].items() if fits(who, person.truth)]


def calin(person: Person) -> bool:
    """Calin's inflammatory back pain: four of five."""
    truth = person.truth
    items = [
        truth["onset_age"] < 40,
        truth["duration"] in CHRONIC,
        truth["onset"] == "gradual",
        truth["morning_stiffness"] != "not_stiff",
        "movement" in truth["eased_by"],
    ]
    return items.count(True) >= 4


def plausibility(persons: Iterable[Person]) -> list[Check]:
    """Figures of the population beside published ones that no row was drawn from directly, or that mix many rows."""
    everyone = list(persons)
    acute = [classic_flags(one) for one in everyone if one.truth["duration"] in ACUTE]
    lasting = [one for one in everyone if one.truth["duration"] in ("twelve_weeks", *CHRONIC)]
    adults = [one for one in everyone if one.truth["duration"] in CHRONIC and 20 <= one.truth["age"] <= 69]
    old = [one for one in everyone if one.truth["age"] >= 65]
    serious = [one for one in everyone if table()["causes"][one.cause].get("serious")]
    quarter = quantiles([len(flags) for flags in acute], n=4)

    def share(found: int, of: int) -> str:
        return f"{100 * found / of:.1f} % ({found:,} of {of:,})"

    return [
        Check(
            "one or more classic single red flags, pain under 6 weeks",
            share(sum(bool(flags) for flags in acute), len(acute)),
            "80.4 %, of 25 flags; ours are 8 groups. 69 % in an emergency department, 92.6 % in a spine centre",
            "henschke-2009; shaw-2020, premkumar-2018",
        ),
        Check(
            "number of them: median and quartiles",
            f"{quarter[1]:g} ({quarter[0]:g} to {quarter[2]:g})",
            "2 (1 to 3)",
            "henschke-2009",
        ),
        Check("a serious cause", share(len(serious), len(everyone)), "0.9 % (11 of 1,172)", "henschke-2009"),
        Check(
            "pain below the knee",
            share(sum(one.truth["leg_pain_reach"] == "below_knee" for one in everyone), len(everyone)),
            "31.3 % (597 of 1,907)",
            "NHANES MPQ080",
        ),
        Check(
            "no pain in the leg",
            share(sum(one.truth["leg_pain_reach"] == "no" for one in everyone), len(everyone)),
            "37 % (465 of 1,247) and 41 % (645 of 1,581) of those who see a doctor",
            "hill-2011; hider-2015",
        ),
        Check(
            "ever had cancer, from 65 years",
            share(sum(one.truth["cancer"] != "no" for one in old), len(old)),
            "1 in 8 by 2008, nearly 1 in 4 by 2040 (United Kingdom)",
            "maddams-2009",
        ),
        Check(
            "woken by pain, pain over 6 weeks",
            share(sum(one.truth["night"] != "sleeps" for one in lasting), len(lasting)),
            "51.2 % (723 of 1,411)",
            "NHANES ARQ070",
        ),
        Check(
            "stiff for over 30 minutes, pain over 6 weeks",
            share(sum(one.truth["morning_stiffness"] == "over_30" for one in lasting), len(lasting)),
            "46.3 % (653 of 1,410)",
            "NHANES ARQ040",
        ),
        Check(
            "began over a month or more, pain over 6 weeks",
            share(sum(one.truth["onset"] == "gradual" for one in lasting), len(lasting)),
            "30.6 % (298 of 974)",
            "NHANES ARQ025D",
        ),
        Check(
            "Calin's inflammatory back pain, 20-69 years, pain over 3 months",
            share(sum(calin(one) for one in adults), len(adults)),
            "at most 36 % (246 of the 686 with 3 months of low back pain)",
            "Weisman 2013, doi 10.1136/annrheumdis-2012-201403; NHANES ARQ024D",
        ),
    ]
