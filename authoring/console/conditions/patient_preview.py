"""Preview as patient: the assessment on the draft in hand, in a tab of its own."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from authoring.console.plain_words import in_words
from authoring.console.session import Session, plain
from authoring.previewing import Previews
from engine.finding import KnowledgeError

_HERE = ("localhost", "127.0.0.1")


@st.cache_resource
def _previews() -> Previews:
    return Previews()


def preview_as_patient(session: Session) -> None:
    """The button that makes the preview, and the link to it once it is there."""
    st.subheader("As a patient sees it", anchor=False)
    if not session.view.runs:
        st.caption("The assessment can be tried once the errors of this version are mended.")
        return
    host = urlsplit(st.context.url or "").hostname or _HERE[0]
    if host not in _HERE:
        st.caption(
            "The preview opens on the machine on which the console runs. "
            "Elsewhere, `algos export --preview --assessment FOLDER` writes it for a web host."
        )
        return
    previews, name = _previews(), session.view.commit[:16]
    what = "this draft" if session.draft else "what is approved"
    if not previews.has(name):
        st.caption(
            f"Answer the questions on {what}, as somebody in pain would. Preparing it takes about half a minute."
        )
        if not st.button("Preview as patient"):
            return
        try:
            with st.spinner("Drawing guides and preparing the questions"):
                previews.make(name, session.view.kb, session.view.files)
        except KnowledgeError as error:
            told = in_words(error.findings[0], session.view)
            st.error(plain(f"The preview cannot be made: {told.where}. {told.what} {told.fix}"))
            return
    st.caption(f"The assessment on {what} is ready. It is marked as a preview, and nothing typed there is kept here.")
    st.link_button("Open the preview", previews.address(name, host), type="primary")
