"""Which proofs are at hand: the one place of review that knows the solver."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from authoring.review.pace import Pace
from authoring.review.proofs import Changes, Group, Moved, Proofs, Verdict
from authoring.store import WorkspaceError
from engine.knowledge import KnowledgeBase
from validators.proof.cache import Cache, usual_place
from validators.proof.changes import Change, changes
from validators.proof.confirm import TranslationError
from validators.proof.further import further
from validators.proof.prove import prove
from validators.proof.verdict import Verdict as Proved

FAMILIES = ("urgency", "unknowns", "safety")
"""What is proved of everything that is merged or released: that red flags count and not knowing clears nobody, which
must not become worse, and the knowledge base's own safety properties, which must hold. Whether every rule can still
come true is no matter of safety."""
_RESULTS = {"proved": "proved", "broken": "refuted", "undecided": "unsettled"}


@contextmanager
def _told() -> Iterator[None]:
    """A fault of the proofs as something to tell: nothing that they say may be used."""
    try:
        yield
    except TranslationError as error:
        raise WorkspaceError(f"the proofs are at fault, and cannot be used: {error}", "please report this") from None


class Solver(Proofs):
    """The proofs of `validators.proof`, with verdicts kept on this machine."""

    def __init__(self) -> None:
        self._cache = Cache(usual_place())

    def prove(self, kb: KnowledgeBase, pace: Pace) -> tuple[Verdict, ...]:
        """Each property that must hold."""
        with _told():
            report = prove(kb, cache=self._cache, families=FAMILIES, progress=pace.tell, cancel=pace.stop)
        return tuple(_verdict(kb, one) for one in report.verdicts)

    def changes(self, before: KnowledgeBase, after: KnowledgeBase) -> Changes:
        """Which patients change."""
        with _told():
            found = changes(before, after)
        return Changes(
            less_urgent=_moved(found.of("less_urgent")),
            more_urgent=_moved(found.of("more_urgent")),
            other_first=_moved(found.of("other_first")),
            other_causes=_moved(found.of("other_causes")),
            guide_changed=_moved(found.of("other_reading")),
            asked_again=_moved(found.of("asked_again")),
        )

    def further(self, seen: tuple[KnowledgeBase, KnowledgeBase], now: tuple[KnowledgeBase, KnowledgeBase]) -> Moved:
        """Who moves now and did not move so in what was seen."""
        with _told():
            proved, somebody = further(seen, now)
        return Moved((Group(somebody.to_json()),) if somebody else (), complete=proved or somebody is not None)


def _moved(one: Change) -> Moved:
    return Moved(tuple(Group(group.witness.to_json(), group.phrases) for group in one.groups), one.complete)


def _verdict(kb: KnowledgeBase, one: Proved) -> Verdict:
    people: Sequence[object] = [person.to_json() for person in one.people] if one.status == "broken" else []
    witness = people[0] if people and isinstance(people[0], dict) else None
    result = _RESULTS[one.status]
    assert result in ("proved", "refuted", "unsettled")
    title = kb.safety[one.subject[1]].title if one.family == "safety" else one.says.rstrip(".")
    return Verdict(one.id, title, result, witness, one.family == "safety")  # type: ignore[arg-type]


def proofs_at_hand() -> Proofs | None:
    """What proves on this machine."""
    return Solver()
