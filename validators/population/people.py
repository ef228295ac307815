"""Synthetic adults with low back pain, drawn from `assumptions.json`. Nobody in them is real.

Each person has one latent cause; age, sex, duration and every answer follow from it by the rows of the table. A person
depends on the seed and the person's number alone: more people, or other rates of "not sure", leave the truth about
everybody as it was.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

TABLE = Path(__file__).parent / "assumptions.json"
UNSURE = "unknown"
BAND = re.compile(r"(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)")

Row = dict[str, Any]
Who = dict[str, Any] | list[dict[str, Any]]
Truth = dict[str, Any]
"""What is so: `cause`, `sites`, the hidden things and the answers of somebody who is never unsure."""


@dataclass(frozen=True)
class Person:
    """One synthetic person."""

    cause: str
    truth: Truth
    answers: dict[str, object]
    """As JSON, for every question that is asked of this person."""


@cache
def table() -> dict[str, Any]:
    """The assumptions. Raises ValueError, with the place, where shares do not add up to 1 or a chance is no chance."""
    read: dict[str, Any] = json.loads(TABLE.read_text(encoding="utf-8"))
    causes = sum(cause["p"] for cause in read["causes"].values())
    if abs(causes - 1) > 1e-9:
        raise ValueError(f"assumptions.json: the causes add up to {causes}, not to 1")
    for place, row in rows(read):
        for given in (row["p"], *([row["since"]] if "since" in row else [])):
            shares = list(given.values()) if isinstance(given, dict) else [given]
            if not all(0 <= share <= 1 for share in shares):
                raise ValueError(f"assumptions.json, {place}: {given} is not within 0 and 1")
            if isinstance(given, dict) and abs(sum(shares) - 1) > 1e-9:
                raise ValueError(f"assumptions.json, {place}: the shares add up to {sum(shares)}, not to 1")
    return read


def rows(read: Mapping[str, Any]) -> Iterator[tuple[str, Row]]:
    """Every row of the table that somebody is drawn from, with its place."""
    groups: list[tuple[str, list[Row]]] = list(read["hidden"].items())
    groups += [(f"sites {name}", found) for name, found in read["sites"]["rows"].items()]
    groups += [("main site", read["sites"]["main"]), ("dated", read["dated"])]
    groups += [("years_since_first", read["years_since_first"])]
    for name, question in read["questions"].items():
        groups += [(name, question["rows"])] if "rows" in question else []
        groups += [(f"{name}.{option}", found["rows"]) for option, found in question.get("options", {}).items()]
    for place, found in groups:
        yield from ((f"{place}, row {number}", row) for number, row in enumerate(found, 1))


def fits(who: Who | None, truth: Truth) -> bool | None:
    """Whether a person is meant; None where it hangs on an answer that is "not sure"."""
    if who is None:
        return True
    if isinstance(who, list):
        found = [fits(one, truth) for one in who]
        return True if True in found else (None if None in found else False)
    parts = [_part(name, wanted, truth[name]) if name in truth else False for name, wanted in who.items()]
    return False if False in parts else (None if None in parts else True)


def _part(name: str, wanted: Any, has: Any) -> bool | None:
    if has == UNSURE:
        return None
    if isinstance(has, (int, float)) and not isinstance(has, bool):
        low, high = wanted
        return bool(low <= has <= high)
    allowed = wanted if isinstance(wanted, list) else [wanted]
    return any(one in has for one in allowed) if isinstance(has, list) else has in allowed


def row_for(found: list[Row], truth: Truth) -> Row:
    """The first row that means this person. Raises ValueError where none does."""
    for row in found:
        if fits(row.get("who"), truth):
            return row
    raise ValueError(f"no row of {found[-1]} fits a person with {truth['cause']}")


def counted(row: Row) -> bool:
    """Whether a row rests on a published count, if by way of a split or a share of our own."""
    return "NHANES" in row["from"] or not row["from"].startswith("assumption")


def causeless(row: Row) -> bool:
    """Whether a row is about people whom it means whatever their cause is."""
    whos = row.get("who") or {}
    named = {name for who in (whos if isinstance(whos, list) else [whos]) for name in who}
    return not named & {"cause", "looks_like_cauda_equina", "ill_now"}


def unexplained(row: Row) -> bool:
    """Whether a row is our assumption of how often a sign is named that the person's cause does not explain."""
    return not counted(row) and causeless(row)


def resting() -> tuple[int, int]:
    """Of the rows of the alarming signs that name no cause: how many rest on a count, and how many there are."""
    signs = set(table()["alarming"]["signs"])
    found = [row for place, row in rows(table()) if place.split(",")[0].partition(".")[0] in signs and causeless(row)]
    return sum(map(counted, found)), len(found)


def _often(row: Row, factor: float) -> float | dict[str, float]:
    """The chances of a row, those of naming the sign multiplied; the rest falls to its absence."""
    given: float | dict[str, float] = row["p"]
    if factor == 1 or not unexplained(row):
        return given
    if not isinstance(given, dict):
        return min(1.0, given * factor)
    absent = next(iter(given))
    named = {option: share * factor for option, share in given.items() if option != absent}
    return {absent: max(0.0, 1 - sum(named.values())), **named}


def _draw(rng: Random, given: float | dict[str, float]) -> bool | str | float:
    """One draw: yes or no, an option, or a number of a band."""
    if not isinstance(given, dict):
        return rng.random() < given
    chosen = rng.choices(list(given), list(given.values()))[0]
    band = BAND.fullmatch(chosen)
    if not band:
        return chosen
    low, high = band.groups()
    return round(rng.uniform(float(low), float(high)), 1) if "." in low + high else rng.randint(int(low), int(high))


def _sites(rng: Random, truth: Truth) -> None:
    """Where it hurts: regions, and their parts on the side of this person."""
    sites = table()["sites"]
    regions = [name for name, found in sites["rows"].items() if _draw(rng, row_for(found, truth)["p"])]
    if not set(regions) & set(sites["back"]):
        regions.append(sites["back"][0])
    truth["sites"] = regions
    parts = {region: _parts(region, truth["side"]) for region in regions}
    truth["pain_sites"] = [part for region in regions for part in parts[region]]
    weights = row_for(sites["main"], truth)["p"]
    main = [region for region in regions if region in weights]
    region = rng.choices(main, [weights[one] for one in main])[0] if main else regions[0]
    truth["main_site"] = rng.choice(parts[region])


def _parts(region: str, side: str) -> list[str]:
    has = table()["sites"]["parts"][region]
    if not has:
        return [region]
    sides = [side] if side in has else has
    return [f"{region}_{one}" for one in sides]


def _truth(rng: Random, cause: str | None, alarming: float) -> Truth:
    signs = set(table()["alarming"]["signs"])
    causes = table()["causes"]
    drawn = rng.choices(list(causes), [one["p"] for one in causes.values()])[0]
    truth: Truth = {"cause": cause or drawn}
    for name, found in table()["hidden"].items():
        truth[name] = _draw(rng, row_for(found, truth)["p"])
    _sites(rng, truth)
    for name, question in table()["questions"].items():
        # Whoever is not sure of the gate is asked too, and needs a truth though it is not asked of them by right.
        if not question.get("drawn_for") and fits(question.get("asked_when"), truth) is False:
            continue
        factor = alarming if name in signs else 1.0
        if "options" in question:
            truth[name] = []
            for option, found in question["options"].items():
                if _draw(rng, _often(row_for(found["rows"], truth), factor)):
                    truth[name].append(option)
            continue
        row = row_for(question["rows"], truth)
        drawn_value = _draw(rng, _often(row, factor))
        if question.get("dated"):
            since = row.get("since") or row_for(table()["dated"], truth)["p"]
            drawn_value = _draw(rng, since) if drawn_value else "no"
        truth[name] = drawn_value
    years = _draw(rng, row_for(table()["years_since_first"], truth)["p"])
    truth["onset_age"] = max(truth["age"] - int(years), min(8, truth["age"]))
    return truth


def _answers(rng: Random, truth: Truth, unsure: float) -> dict[str, object]:
    """What the person answers: the truth, with "not sure" at the table's rates times `unsure`."""
    habit = table()["by_person"]["yes" if truth["hesitant"] else "no"]
    rates = {
        name: one["rate"] * unsure * (habit if one.get("by_person") else 1) for name, one in table()["unsure"].items()
    }
    answers: dict[str, object] = {}
    for name, kind in table()["also_unsure"].items():
        answers[name] = UNSURE if rng.random() < rates[kind] else truth[name]
    # A gate is judged by what was answered: whoever is not sure of a weak leg is asked about its course.
    heard = {**truth, **answers}
    for name, question in table()["questions"].items():
        not_sure = rng.random() < rates[question["unsure"]]
        options = {
            option: rng.random() < rates[one["unsure"]]
            for option, one in question.get("options", {}).items()
            if "unsure" in one
        }
        asked = fits(question.get("asked_when"), heard)
        if asked is False:
            continue
        if not_sure or name not in truth:
            answers[name] = heard[name] = UNSURE
        elif any(is_unsure and option not in truth[name] for option, is_unsure in options.items()):
            doubted = [option for option, is_unsure in options.items() if is_unsure and option not in truth[name]]
            answers[name] = {"yes": truth[name], "unsure": doubted}
        else:
            answers[name] = truth[name]
    return answers


def draw(n: int, seed: int, unsure: float = 1.0, cause: str | None = None, alarming: float = 1.0) -> Iterator[Person]:
    """People with their cause and the truth about them.

    `unsure` multiplies the table's rates of "not sure"; `cause` gives everybody that cause. `alarming` multiplies how
    often people name an alarming sign that their cause does not explain, where that is our assumption: nobody has
    counted it, so a rate of alarms is told with half and twice as many.
    """
    for number in range(n):
        truth = _truth(Random(f"{seed}/{cause or ''}/{number}"), cause, alarming)
        answers = _answers(Random(f"{seed}/{cause or ''}/{number}/unsure"), truth, unsure)
        yield Person(truth["cause"], truth, answers)


def people(n: int, seed: int) -> Iterator[dict[str, object]]:
    """The answers of `n` people, as JSON: to every question that a patient with these answers is asked."""
    return (person.answers for person in draw(n, seed))
