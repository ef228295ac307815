"""Signing in: at an identity provider where one is set up, else nobody has to.

Streamlit does it (OpenID Connect) with what `[auth]` in its secrets file says; `algos console --sign-in FILE` names
that file. Who is signed in comes from there only: nothing that a person types changes it.
"""

from __future__ import annotations

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from authoring.review.events import Actor
from authoring.store import Person


def team_console() -> bool:
    """Whether people sign in at an identity provider."""
    try:
        return "auth" in st.secrets
    except (FileNotFoundError, StreamlitSecretNotFoundError):
        return False


def signed_in() -> Actor | None:
    """Who is signed in; None where the console belongs to one person. Asks to sign in, and stops, where nobody is."""
    if not team_console():
        return None
    if not st.user.is_logged_in:
        st.title("Algos", anchor=False)
        st.write("Sign in to write and review.")
        if st.button("Sign in", type="primary"):
            st.login()
        st.stop()
    email = st.user.get("email")
    if not isinstance(email, str) or "@" not in email or st.user.get("email_verified") is False:
        st.error("Your identity provider gives no confirmed e-mail address. Ask whoever runs it to add one.")
        if st.button("Sign out"):
            st.logout()
        st.stop()
    return Actor(
        name=str(st.user.get("name") or email),
        email=email,
        how="oidc",
        issuer=str(st.user.get("iss") or ""),
        subject=str(st.user.get("sub") or ""),
    )


def person_signed_in() -> Person | None:
    """Who is signed in, as git records people."""
    actor = signed_in()
    return Person(actor.name, actor.email) if actor else None
