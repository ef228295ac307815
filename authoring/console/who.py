"""Who acts at the console, and the steps that they can take."""

from __future__ import annotations

import streamlit as st

from authoring.actions import now
from authoring.console.session import Session, plain
from authoring.console.sign_in import signed_in
from authoring.review.desk import Desk
from authoring.review.events import Actor
from authoring.review.identity import console_key
from authoring.review.opening import desk_for, releases_for
from authoring.review.releases import Releases
from authoring.review.steps import Signer, Steps


def actor_of(session: Session) -> Actor:
    """Who acts: who is signed in, or the local profile."""
    return signed_in() or Actor(session.person.name, session.person.email, "local")


def desk_of(session: Session) -> Desk:
    """The desk of the repository in hand."""
    return desk_for(session.views)


def steps_of(session: Session) -> Steps:
    """The steps of who is here, attested by this console's key. Raises RefusedError where it has none."""
    return Steps(desk_of(session), Signer(actor_of(session), console_key()), now)


def releases_of(session: Session) -> Releases:
    """The releases that who is here can make."""
    return releases_for(desk_of(session), Signer(actor_of(session), console_key()))


def who_is_here(session: Session) -> None:
    """Who is here, and how that is known."""
    actor = actor_of(session)
    if actor.how == "oidc":
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"Signed in as {plain(actor.name)} ({plain(actor.email)})")
            if st.button("Sign out", type="tertiary"):
                st.logout()
    else:
        st.caption(
            f"You are {plain(actor.name)} ({plain(actor.email)}), as this machine says. Nobody has checked that."
        )
