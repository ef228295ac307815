"""Translations in a draft: a page shows what would change, and stores it, through the same saves as any other edit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from authoring.actions import Clock, Saved, View, Views, now, save_records
from authoring.earlier import earlier_in
from authoring.languages_known import known
from authoring.translating import INTERFACE, OWN, Given, Taken, Work
from authoring.workspace import Draft, Person, Workspace
from engine import jsontext
from engine.finding import KnowledgeError


def work_at(view: View, workspace: Workspace) -> Work:
    """The texts of one commit, for translators; the web page's own are not among them.

    Raises KnowledgeError where something cannot be read: translations of its texts would seem to be of nothing.
    """
    if view.loaded.kb is None or view.loaded.findings:
        raise KnowledgeError(list(view.loaded.findings))
    return Work(view.kb, view.files, lambda wanted: earlier_in(workspace, view.commit, wanted))


def of_the_page(given: Iterable[Given]) -> tuple[list[Given], int]:
    """What came back for the knowledge base, and how many texts of the web page itself came with it."""
    every = list(given)
    own = [one for one in every if not one.place.startswith(INTERFACE)]
    return own, len(every) - len(own)


def begun(work: Work, language: str, own: Mapping[str, str]) -> Taken:
    """A new language from what it says of itself, by place. Raises KnowledgeError with everything that is wrong."""
    given = [Given(place, work.texts[place], own.get(place, ""), True) for place in own_places(work)]
    return work.take(language, given, known(language).english)


def own_places(work: Work) -> list[str]:
    """The places of what a language says of itself: its name, and its words for the emergency numbers."""
    return [place for place in work.texts if place.startswith(OWN)]


def store(views: Views, draft: Draft, taken: Taken, message: str, person: Person, clock: Clock = now) -> Saved:
    """Save what was taken. Raises MovedError where the draft stands elsewhere by now."""
    return store_files(
        views, draft, {path.as_posix(): data for path, data in taken.files.items()}, message, person, clock
    )


def store_files(
    views: Views, draft: Draft, files: Mapping[str, bytes], message: str, person: Person, clock: Clock = now
) -> Saved:
    """Save records as they would be written. Raises MovedError where the draft stands elsewhere by now."""
    changes = {path: jsontext.read(data, path) for path, data in files.items()}
    return save_records(views, draft, changes, message, person, clock)
