"""The console's entry: `streamlit run authoring/console/app.py`, or `algos console`."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from authoring.console.look import apply_look
from authoring.console.sign_in import signed_in

HERE = Path(__file__).parent

st.set_page_config(page_title="Algos", layout="wide", initial_sidebar_state=216)
apply_look()
signed_in()  # nobody looks around before
st.navigation(
    {
        "": [st.Page(HERE / "views" / "home.py", title="Home", default=True)],
        "Write": [
            st.Page(HERE / "views" / "rules.py", title="Rules"),
            st.Page(HERE / "views" / "terms.py", title="Findings and scores"),
            st.Page(HERE / "views" / "conditions.py", title="Conditions and guides"),
            st.Page(HERE / "views" / "exercises.py", title="Exercises"),
            st.Page(HERE / "views" / "questions.py", title="Questions"),
            st.Page(HERE / "views" / "translations.py", title="Translations"),
            st.Page(HERE / "views" / "constraints.py", title="Contradictions"),
            st.Page(HERE / "views" / "sources.py", title="Sources"),
            st.Page(HERE / "views" / "safety.py", title="Safety"),
        ],
        "Review": [
            st.Page(HERE / "views" / "changes.py", title="Changes"),
            st.Page(HERE / "views" / "unreviewed.py", title="Not yet reviewed"),
            st.Page(HERE / "views" / "releases.py", title="Releases"),
        ],
        "Try": [
            st.Page(HERE / "views" / "bench.py", title="Test bench"),
            st.Page(HERE / "views" / "cases.py", title="Cases"),
        ],
    }
).run()
