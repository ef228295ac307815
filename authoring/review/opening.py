"""Opening a repository for somebody who reviews: the desk, and who sits at it."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

from authoring.actions import Views, now
from authoring.review.desk import Desk
from authoring.review.events import Actor
from authoring.review.identity import console_key, local_actor, own_key
from authoring.review.proving import proofs_at_hand
from authoring.review.releases import Releases
from authoring.review.steps import Signer, Steps
from authoring.store import Person
from authoring.workspace import Workspace


@lru_cache(maxsize=4)
def desk_for(views: Views) -> Desk:
    """The desk of a repository, shared by everybody who looks at it in this process."""
    return Desk(views, proofs_at_hand(), date.today)


def open_desk(repository: Path, folder: str = "kb") -> Desk:
    """The desk of a repository. Raises WorkspaceError where it cannot be used."""
    return desk_for(Views(Workspace(repository, folder)))


def signer_for(desk: Desk, key: Path | None, actor: Actor | None = None) -> Signer:
    """Who acts: with a person's own key where a file of one is given, else attested by this machine's key.

    Without `actor`, it is who git says. Raises Refused where git does not say, RefusedError for a key.
    """
    who = actor or local_actor(desk.workspace)
    if key is not None:
        return Signer(Actor(who.name, who.email, "own_key"), own_key(key))
    return Signer(who, console_key())


def steps_for(desk: Desk, signer: Signer) -> Steps:
    """The steps of somebody, by the clock of this machine."""
    return Steps(desk, signer, now)


def releases_for(desk: Desk, signer: Signer) -> Releases:
    """The releases that somebody can make, by the clock of this machine."""
    return Releases(desk, signer, now)


def person_of(actor: Actor) -> Person:
    """An actor as git records people."""
    return Person(actor.name, actor.email)
