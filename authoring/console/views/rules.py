"""Rules: find one, read it in English, see what feeds it, change it in a draft."""

import streamlit as st

from authoring.console.rules.rule_views import one_rule, the_list
from authoring.console.session import current, header, plain, select, selected, tell
from engine.finding import KnowledgeError

session = current()
header(session, "Rules", "Red flags, evidence, findings, scores and advice: each with its sources and its examples.")
if session.view.loaded.kb is None:
    tell(KnowledgeError(session.view.errors), session.view)
else:
    wanted = selected("rule")
    if wanted is None:
        the_list(session)
    elif not one_rule(session, wanted):
        st.warning(f"There is no rule “{plain(wanted[:80])}” here. It may have been renamed, or belong to a draft.")
        select("rule", None)
        the_list(session)
