"""How far the outcome can still move while questions are open: conditions, urgency and the first place.

The interview stops by these ends. Like the truths of `engine/reach.py`, from which they follow, they may be too wide
and are never too narrow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.knowledge import KnowledgeBase
from engine.model.condition import Condition
from engine.model.rule import Evidence, Urgency
from engine.outcome import Status, reach_limit
from engine.reach import Cell, F, Mask, Questions, Reached, Reacher, T, U, settled


@dataclass(frozen=True)
class Decisive:
    """The open rules of one group and direction that can still change a condition's weight."""

    asks: Questions
    """The questions on which they hang."""
    rules: tuple[tuple[str, Questions, int], ...]
    """Each with its own questions, and its gain: by how many decibans it would change the weight."""

    def gain_of(self, questions: Questions) -> int:
        """By how much the weight can change through some questions."""
        return max((gain for _, asks, gain in self.rules if asks & questions), default=0)


@dataclass(frozen=True)
class _Side:
    """The rules of one group that speak in favour of a condition, or those that speak against it."""

    favours: bool
    rules: tuple[tuple[str, int, int], ...]
    """Id, place of the cell, and strength."""

    def strongest(self, cells: list[Cell]) -> tuple[int, int, int, int]:
        """The strongest rule that is TRUE, that can be, that cannot be FALSE, and that can be more than FALSE."""
        true = can_be_true = not_false = not_only_false = 0
        for _, place, strength in self.rules:
            mask = cells[place].mask
            if mask == F:
                continue
            not_only_false = max(not_only_false, strength)
            if mask & T:
                can_be_true = max(can_be_true, strength)
            if not mask & F:
                not_false = max(not_false, strength)
            if mask == T:
                true = max(true, strength)
        return true, can_be_true, not_false, not_only_false

    def decisive(self, cells: list[Cell], sure: int) -> Decisive | None:
        """What can still add to the `sure` strength of this side; None where nothing can."""
        rules, found = [], 0
        for id_, place, strength in self.rules:
            cell = cells[place]
            if strength > sure and not settled(cell.mask):
                rules.append((id_, cell.asks, strength - sure))
                found |= cell.asks
        return Decisive(found, tuple(rules)) if rules else None


@dataclass(frozen=True)
class Prospect:
    """How far a condition can still move, and what that hangs on."""

    low: int
    """The least that its weight can become, as the outcome counts it: UNKNOWN adds nothing."""
    high: int
    statuses: frozenset[Status]
    within_reach: Mask
    """Whether, at the end, UNKNOWN evidence could make it ask for `routine` or more: T, F or both."""
    surely_likely: Mask
    """Whether, at the end, it is likely at the low end of its range too: T, F or both."""
    considered: Mask
    decisive: tuple[Decisive, ...]
    asks: Questions
    """The questions on which its weight or `considered_when` hangs."""

    @property
    def open(self) -> bool:
        """Whether its status can still change."""
        return len(self.statuses) > 1


_SHOWN: dict[Status, int] = {"likely": 2, "possible": 1, "not_shown": 0, "excluded": 0}
_FLAGGED = 10
"""More than any status: what a TRUE red flag suspects is told before what is likely."""

_Place = tuple[int, int, int]
"""Where a condition is told: its kind (flagged, by the flag's urgency; likely; possible), weight and care level."""


class Prospects:
    """A knowledge base made ready to say how far its outcome can still move."""

    def __init__(self, kb: KnowledgeBase, reacher: Reacher) -> None:
        self.kb = kb
        self._conditions = list(kb.current_conditions.items())
        self._sides = {
            id_: [side for group in kb.evidence[id_].values() for side in _sides(group, reacher)]
            for id_, _ in self._conditions
        }
        self._places = {
            id_: [place for side in sides for _, place, _ in side.rules] for id_, sides in self._sides.items()
        }
        self._flags_of: dict[str, list[tuple[str, int]]] = {id_: [] for id_, _ in self._conditions}
        for flag, then in kb.red_flags.items():
            for suspect in then.suspects:
                if suspect in self._flags_of:
                    self._flags_of[suspect].append((flag, then.red_flag.level))
        self._last: dict[str, tuple[list[Cell], Prospect]] = {}

    def of(self, reached: Reached) -> dict[str, Prospect]:
        """Every condition's prospect. One whose rules stand as they stood before is not worked out again."""
        result = {}
        for id_, condition in self._conditions:
            cells = [reached.cells[place] for place in self._places[id_]]
            cells.append(reached.considered(id_))
            last = self._last.get(id_)
            if last is None or last[0] != cells:
                last = self._last[id_] = cells, self._prospect(condition, reached)
            result[id_] = last[1]
        return result

    def _prospect(self, condition: Condition, reached: Reached) -> Prospect:
        limits, cells = self.kb.thresholds(condition), reached.cells
        considered = reached.considered(condition.id)
        # `range_` are the ends of the high end of its final range, `sure_` those of the low end.
        low = high = range_low = range_high = sure_low = sure_high = condition.prior.decibans
        decisive, asks = [], considered.asks
        favouring: list[Mask] = []
        for side in self._sides[condition.id]:
            sure, maybe, not_false, not_only_false = side.strongest(cells)
            if side.favours:
                favouring += [cells[place].mask for _, place, _ in side.rules]
                low, high = low + sure, high + maybe
                range_low, range_high = range_low + not_false, range_high + not_only_false
                sure_low, sure_high = sure_low + sure, sure_high + maybe
            else:
                low, high = low - maybe, high - sure
                range_low, range_high = range_low - maybe, range_high - sure
                sure_low, sure_high = sure_low - not_only_false, sure_high - not_false
            if found := side.decisive(cells, sure):
                decisive.append(found)
                asks |= found.asks
        must_support, can_support = T in favouring, any(mask & T for mask in favouring)
        mask = considered.mask
        statuses: set[Status] = {"excluded"} if mask & F else set()
        if mask & (T | U):
            if can_support and mask & T and high >= limits.likely:
                statuses.add("likely")
            if can_support and high >= limits.possible and (low < limits.likely or mask & U):
                statuses.add("possible")
            if not must_support or low < limits.possible:
                statuses.add("not_shown")
        limit = reach_limit(self.kb, condition)
        within_reach = _either(
            must=range_low >= limit and not mask & F and any(not one & F for one in favouring),
            can=range_high >= limit and bool(mask & (T | U)) and any(one != F for one in favouring),
        )
        surely_likely = _either(
            must=statuses == {"likely"} and sure_low >= limits.likely,
            can="likely" in statuses and sure_high >= limits.likely,
        )
        return Prospect(low, high, frozenset(statuses), within_reach, surely_likely, mask, tuple(decisive), asks)

    # The urgency.

    def urgency(self, reached: Reached, prospects: dict[str, Prospect]) -> tuple[Urgency, Urgency]:
        """The least and the most urgent that the outcome can still become."""
        low = high = Urgency.SELF_CARE.level
        any_flag: Mask = F
        for id_, flag in self.kb.red_flags.items():
            mask = reached.rule(id_).mask
            if mask == F:
                continue
            options = [flag.red_flag.level] * bool(mask & T) + [flag.unsure.level] * bool(mask & U)
            options += [Urgency.SELF_CARE.level] * bool(mask & F)
            low, high = max(low, min(options)), max(high, max(options))
            any_flag = T if any_flag == T or not mask & F else T | F
        for id_, prospect in prospects.items():
            level = self.kb.conditions[id_].care_level
            by_status = {"likely": level.level, "possible": level.one_below.level}
            options = [by_status.get(status, Urgency.SELF_CARE.level) for status in prospect.statuses]
            low, high = max(low, min(options)), max(high, max(options))
        self_care = self._self_care(any_flag, prospects)
        if not self_care & T:
            low = max(low, Urgency.ROUTINE.level)
        if self_care & F:
            high = max(high, Urgency.ROUTINE.level)
        levels = {urgency.level: urgency for urgency in Urgency}
        return levels[low], levels[high]

    def _self_care(self, any_flag: Mask, prospects: dict[str, Prospect]) -> Mask:
        """Whether self-care can still be earned, or not be."""
        own = [one for id_, one in prospects.items() if self._at_home(id_)]
        other = [one for id_, one in prospects.items() if not self._at_home(id_)]
        can = (
            bool(any_flag & F)
            and any(one.surely_likely & T for one in own)
            and not any(one.within_reach == T for one in other)
        )
        must = (
            any_flag == F and any(one.surely_likely == T for one in own) and all(one.within_reach == F for one in other)
        )
        return _either(must=must, can=can)

    def _at_home(self, condition: str) -> bool:
        return self.kb.conditions[condition].care_level is Urgency.SELF_CARE

    def moves_urgency(self, condition: str, prospect: Prospect, lowest: Urgency) -> bool:
        """Whether an open condition can lift the urgency above what is certain, or decides about self-care."""
        level = self.kb.conditions[condition].care_level
        if prospect.open and (
            ("likely" in prospect.statuses and level.level > lowest.level)
            or ("possible" in prospect.statuses and level.one_below.level > lowest.level)
        ):
            return True
        if lowest is not Urgency.SELF_CARE:
            return False
        return not settled(prospect.surely_likely if self._at_home(condition) else prospect.within_reach)

    # The first place.

    def first_place(self, reached: Reached, prospects: dict[str, Prospect]) -> tuple[list[str], list[str]]:
        """The conditions between which the first place is open, none once it is settled; and the red flags that
        could still put one of them there.
        """
        worst, best = {}, {}
        for id_, prospect in prospects.items():
            care = self.kb.conditions[id_].care_level.level
            worst[id_] = self._worst(id_, reached, prospect), prospect.low, care
            best[id_] = self._best(id_, reached, prospect), prospect.high, care
        # Ids ascend, and of equals the first is kept: the smaller id is told first.
        sure = [id_ for id_ in prospects if worst[id_][0]]
        leader = max(sure, key=worst.__getitem__) if sure else None
        rivals = [
            id_
            for id_ in prospects
            if best[id_][0] and id_ != leader and (leader is None or _before(id_, best[id_], leader, worst[leader]))
        ]
        if not rivals:
            return [], []
        contenders = sorted([*rivals, leader] if leader else rivals)
        least = worst[leader][0] if leader else 0
        flags = {
            flag
            for id_ in contenders
            for flag, level in self._flags_of[id_]
            if level * _FLAGGED >= least and reached.rule(flag).mask & T and reached.rule(flag).mask != T
        }
        return contenders, sorted(flags)

    def _worst(self, condition: str, reached: Reached, prospect: Prospect) -> int:
        flagged = [level for flag, level in self._flags_of[condition] if reached.rule(flag).mask == T]
        if flagged and not prospect.considered & F:
            return max(flagged) * _FLAGGED
        return min(_SHOWN[status] for status in prospect.statuses)

    def _best(self, condition: str, reached: Reached, prospect: Prospect) -> int:
        flagged = [level for flag, level in self._flags_of[condition] if reached.rule(flag).mask & T]
        if flagged and prospect.considered != F:
            return max(flagged) * _FLAGGED
        return max(_SHOWN[status] for status in prospect.statuses)


def _either(*, must: bool, can: bool) -> Mask:
    return T if must else (T | F if can else F)


def _sides(group: dict[str, Evidence], reacher: Reacher) -> Iterator[_Side]:
    for favours in (True, False):
        rules = [(id_, abs(one.weight)) for id_, one in group.items() if (one.weight > 0) is favours]
        if rules:
            yield _Side(favours, tuple((id_, reacher.places["rule", id_], strength) for id_, strength in rules))


def _before(one: str, place: _Place, other: str, other_place: _Place) -> bool:
    """Whether a condition at a place is told before another at its place: of equals, the smaller id."""
    return place > other_place or (place == other_place and one < other)
