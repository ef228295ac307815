"""Alarm rate and interview length on the synthetic population: `python -m benchmarks.population`.

The same seed gives the same figures. Progress goes to stderr.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import median, quantiles

from benchmarks.population.measure import (
    Check,
    Interviews,
    alarmed_by,
    fewer_alarms,
    interviews,
    plausibility,
    pressing,
    watched,
    worths,
)
from engine.assess import Assessor
from engine.files import read_directory
from engine.load import load
from engine.model.rule import Urgency
from validators.population.people import draw, resting, table
from validators.population.triage import Contribution, Triage, interval, triage

TOP = 25
"""How many rules the tables of contributions show."""

GOAL = 0.10
"""The alarm rate that is aimed at."""


def main() -> None:
    """Print every table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.population", description=__doc__)
    parser.add_argument("--people", type=int, default=20_000, help="people drawn for the alarm rate (20000)")
    parser.add_argument("--interviews", type=int, default=2_000, help="people who are interviewed (2000)")
    parser.add_argument(
        "--per-cause", type=int, default=200, help="people drawn for each cause that needs the same day (200)"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kb", type=Path, default=Path("kb"))
    options = parser.parse_args()
    n, seed = options.people, options.seed
    loaded = load(read_directory(options.kb)).kb
    if loaded is None:
        parser.error(f"{options.kb} cannot be read; `algos check` says why")
    assessor = Assessor(loaded)
    print(f"{n:,} synthetic people with low back pain, seed {seed}; knowledge base {loaded.settings.id}")
    print(f"{len(loaded.current_conditions)} conditions, {len(loaded.red_flags)} red flags")
    print_plausibility(plausibility(watched(draw(n, seed), n, "drawing people")))
    usual = triage(assessor, watched(draw(n, seed), n, "assessing"))
    print_levels(usual)
    print_contributions(usual, Urgency.URGENT, "alarms (urgent or above)")
    print_contributions(usual, Urgency.EMERGENCY, "emergencies")
    print_causes(usual)
    found = triage_pressing(assessor, options.per_cause, seed)
    print_pressing(found, options.per_cause)
    print_worth(usual, found)
    print_interviews(interviews(assessor, watched(draw(options.interviews, seed), options.interviews, "interviewing")))
    print("\nHow often people are not sure (the truth about them stays the same)")
    print(f"  {'rates':<22}{'alarms':>22}{'emergencies':>22}{'resting on it alone':>22}")
    for factor, what in ((0.0, "never"), (1.0, "as in the table"), (2.0, "twice as often")):
        run = usual if factor == 1 else triage(assessor, watched(draw(n, seed, factor), n, f"assessing, unsure {what}"))
        emergencies = run.levels[Urgency.EMERGENCY]
        print(f"  {what:<22}{_share(run.alarms, n):>22}{_share(emergencies, n):>22}{_share(run.only_unsure, n):>22}")
    print("\nHow often people name an alarming sign that their cause does not explain, which nobody has counted")
    on_a_count, of = resting()
    print(f"  ({on_a_count} of the {of} rows of these signs that name no cause rest on a count)")
    print(f"  {'':<22}{'alarms':>22}{'emergencies':>22}")
    for factor, what in ((0.0, "never"), (0.5, "half as often"), (1.0, "as in the table"), (2.0, "twice as often")):
        others = watched(draw(n, seed, alarming=factor), n, f"assessing, signs {what}") if factor != 1 else ()
        run = triage(assessor, others) if others else usual
        print(f"  {what:<22}{_share(run.alarms, n):>22}{_share(run.levels[Urgency.EMERGENCY], n):>22}")


def _share(found: int, of: int) -> str:
    return f"{found:,} ({100 * found / of:.1f} %)" if of else "none drawn"


def print_plausibility(checks: Iterable[Check]) -> None:
    """The population beside published figures."""
    print("\nIs the population plausible?")
    for check in checks:
        print(f"  {check.what}: {check.ours}\n      published: {check.published} [{check.source}]")


def print_levels(run: Triage) -> None:
    """The distribution over urgency levels, and the alarm rate."""
    print("\nUrgency")
    for level in Urgency:
        print(f"  {level:<12}{_share(run.levels[level], run.n):>20}")
    low, high = interval(run.alarms, run.n)
    print(f"  alarm rate (urgent or above): {_share(run.alarms, run.n)}, 95 % {100 * low:.1f} to {100 * high:.1f} %")
    print(f"  alarms that rest on answers of `not sure` alone: {_share(run.only_unsure, run.alarms)}")


def print_contributions(run: Triage, level: Urgency, what: str) -> None:
    """Which rules cause the alarms of a level or above."""
    alarms = sum(number for one, number in run.levels.items() if one.level >= level.level)

    def order(found: tuple[str, Contribution]) -> tuple[int, str]:
        return -(found[1].true + found[1].open), found[0]

    print(f"\nWhat asks for {what}: share of the {alarms:,}, and those that nothing else asks for")
    print(f"  {'':<52}{'TRUE':>8}{'open':>8}{'share':>9}{'only it':>9}")
    for id_, one in sorted(run.reasons.get(level, {}).items(), key=order)[:TOP]:
        share = 100 * (one.true + one.open) / alarms
        print(f"  {id_:<52}{one.true:>8,}{one.open:>8,}{share:>7.1f} %{one.only:>9,}")


def print_causes(run: Triage) -> None:
    """How often people with each cause are alarmed, in the population as it is."""
    causes = table()["causes"]
    serious = [cause for cause in causes if causes[cause].get("serious")]
    print("\nAlarms by cause, in the population as it is")
    for cause in sorted(run.by_cause, key=lambda one: -run.by_cause[one].total()):
        alarmed, of = run.alarms_of(cause)
        print(f"  {cause:<28}{_share(alarmed, of):>20} of {of:,}{'   serious' if cause in serious else ''}")
    found = [run.alarms_of(cause) for cause in serious]
    alarmed, of = sum(one for one, _ in found), sum(one for _, one in found)
    print(f"  serious causes: {_share(alarmed, of)} of {of:,} alarmed")
    print(f"  alarms that have a serious cause: {_share(alarmed, run.alarms)}")


def triage_pressing(assessor: Assessor, per_cause: int, seed: int) -> dict[str, Triage]:
    """The same for equal numbers of each cause that needs the same day, as the rare ones are too few above."""
    drawn = {cause: draw(per_cause, seed, cause=cause) for cause in pressing()}
    return {
        cause: triage(assessor, watched(people, per_cause, f"assessing {cause}")) for cause, people in drawn.items()
    }


def print_pressing(found: Mapping[str, Triage], per_cause: int) -> None:
    """The urgency of people with each cause that needs the same day."""
    print(f"\nUrgency of people with a cause that needs the same day, {per_cause:,} drawn of each")
    print(f"  {'':<28}" + "".join(f"{level:>11}" for level in Urgency) + f"{'alarmed':>20}")
    for cause, run in found.items():
        levels = "".join(f"{run.levels[level]:>11,}" for level in Urgency)
        print(f"  {cause:<28}{levels}{_share(run.alarms, run.n):>20}")


def print_worth(usual: Triage, found: Mapping[str, Triage]) -> None:
    """What a clinician weighs who wants fewer alarms, and what it would cost to reach the goal.

    A flag whose cause nobody is drawn with (an abruption, a closed artery of the leg) finds nobody here.
    """
    everyone = {ids: number / usual.n for ids, number in usual.alarmed_by.items()}
    needing = alarmed_by(found)
    print("\nWhat each alarm is worth where nothing else alarms the same person, the least first")
    print(
        f"  {'':<42}{'of 10,000 alarmed by it alone':>30}{'of 1,000,000 found by it alone':>32}{'alarmed for one':>17}"
    )
    for one in worths(everyone, needing):
        needed = f"{one.needed:,.0f}" if one.found else "none found"
        print(f"  {one.id:<42}{1e4 * one.alone:>30,.1f}{1e6 * one.found:>32,.1f}{needed:>17}")
    print(f"\nUntil {100 * GOAL:g} %: the least worth said `within days` instead, one after the other")
    print(f"  {'':<42}{'alarm rate then':>18}{'missed the same day, of 1,000,000':>36}")
    for step in fewer_alarms(everyone, needing, GOAL):
        print(f"  {step.gone.id:<42}{100 * step.alarms:>16.1f} %{1e6 * step.missed:>36,.1f}")


def print_interviews(run: Interviews) -> None:
    """Length, reasons to stop, and agreement with the full questionnaire; nothing where fewer than two were asked."""
    n = len(run.screens)
    if n < 2:
        return
    same = run.first_same.total()
    print(f"\nInterview of {n:,} people")
    for what, counts in (("screens", run.screens), ("questions", run.questions)):
        ninth = quantiles(counts, n=10)[8]
        print(f"  {what}: median {median(counts):g}, 90th percentile {ninth:g}, most {max(counts)}")
    print(f"  {'stopped because':<18}{'people':>18}{'median screens':>16}{'first cause as when all is asked':>36}")
    for stop, counts in sorted(run.by_stop.items()):
        share = _share(run.first_same[stop], len(counts))
        print(f"  {stop:<18}{_share(len(counts), n):>18}{median(counts):>16g}{share:>36}")
    low, high = interval(same, n)
    print(f"  first cause the same: {_share(same, n)}, 95 % {100 * low:.1f} to {100 * high:.1f} % (goal: 95 %)")
    later = [stop for stop in run.by_stop if stop != "emergency"]
    number = sum(len(run.by_stop[stop]) for stop in later)
    print(f"    without the emergencies: {_share(sum(run.first_same[stop] for stop in later), number)}")
    for (early, late), times in run.other_first.most_common(8):
        print(f"    {times:,} times {early} instead of {late}")
    print(f"  urgency differs: {len(run.urgency_differs):,}")
    for person, stop, early_urgency, late_urgency in run.urgency_differs[:8]:
        print(f"    person {person}: {early_urgency} instead of {late_urgency}, stopped because: {stop}")


if __name__ == "__main__":
    main()
