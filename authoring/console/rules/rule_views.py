"""The Rules page's views: the list, one rule as English, and what can be done with it."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from html import escape

import streamlit as st

from authoring import actions
from authoring.actions import View
from authoring.console.look import urgency_badge
from authoring.console.records.buttons import pressed
from authoring.console.records.editing import clear_small, keep_small, small
from authoring.console.records.record_list import choose
from authoring.console.records.records import Record
from authoring.console.records.source_facts import source_name
from authoring.console.rules.rule_edit import edit_rule, in_a_year
from authoring.console.rules.rule_english import show_english
from authoring.console.rules.rule_form import KINDS, answers_in_words, case_changes, folder_for, skeleton, truths_of
from authoring.console.rules.rule_list import SHOWN, STATES, Row, filtered, rows
from authoring.console.rules.rule_picture import described, picture
from authoring.console.session import Session, go, plain, save, select, selected, show_finding, tell
from authoring.console.who import desk_of
from authoring.review.approved import is_approved
from authoring.workspace import WorkspaceError
from engine.english import LEVEL_NAMES
from engine.knowledge import KnowledgeBase
from engine.model.base import Citation
from engine.model.rule import Evidence, RedFlag, Rule, Urgency

TRUTHS = {"true": "holds", "false": "does not hold", "unknown": "unknown"}
"""What a rule is for somebody, as a clinician says it."""


@st.cache_resource(show_spinner=False, max_entries=6)
def _rows(_view: View, commit: str, today: date) -> list[Row]:  # the commit and the day are what it is kept by
    return rows(_view)


# The list


def the_list(session: Session) -> None:
    """Every rule, narrowed by kind, condition, state and words; choosing a row opens the rule."""
    view = session.view
    every = _rows(view, view.commit, session.today)
    if session.draft is not None:
        about = selected("new")
        with st.expander("New rule", expanded=about in view.kb.current_conditions):
            _new_rule(session, about)
    part = st.segmented_control("Show", list(SHOWN), default="All", required=True, key="rules-part") or "All"
    search, about_condition, in_state = st.columns([3, 2, 1.4])
    wanted = search.text_input(
        "Search", key="rules-search", placeholder="Words of the title, the rule, its sources or its id", live=True
    )
    names = {one.id: one.name for one in view.kb.conditions.values()}
    condition = about_condition.selectbox(
        "About the condition",
        sorted(names, key=lambda one: names[one].casefold()),
        index=None,
        format_func=lambda one: names[one],
        placeholder="Any condition",
        key="rules-condition",
    )
    state = in_state.selectbox("State", STATES, key="rules-state")
    shown = filtered(every, part, condition, state, wanted or "")
    st.caption(f"{len(shown)} of {len(every)} rules. Choose a row to open it.")
    if not shown:
        if every:
            st.info("No rule is like that. Take away a word of the search, or choose another part.")
        else:
            st.info("There is no rule yet. Start a draft, and write the first one here.")
        return
    table = [
        {
            "Rule": row.title,
            "Concludes": row.concludes,
            "Urgency or weight": row.strength,
            "State": row.state,
            "Id": row.id,
        }
        for row in shown
    ]
    picked = choose(table, key="rules-table", widths={"Urgency or weight": 125, "State": 90})
    if picked is not None:
        _open(shown[picked].id)


def _open(rule: str, mode: str = "Read") -> None:
    st.session_state["rule-mode"] = mode
    select("rule", rule)
    st.rerun()


_NOTHING = {"kind": "condition", "condition": None, "score": None, "urgency": Urgency.EMERGENCY.value, "title": ""}


def _new_rule(session: Session, wanted: str | None) -> None:
    """The form of a new rule; of evidence for the condition that is `wanted`, where nothing is typed yet."""
    kb = session.view.kb
    form = small(session, "new rule", _NOTHING)
    untouched = form.work.fields == form.work.saved and form.fields["condition"] != wanted
    if wanted in kb.current_conditions and untouched:
        fields = {**_NOTHING, "condition": wanted}
        form.work.begin({}, deepcopy(fields), fields)
        form = small(session, "new rule", _NOTHING)
    left, right = st.columns([2, 3])
    with left:
        kind = form.one("kind", "It concludes", list(KINDS), KINDS.__getitem__, empty=False)
    about: str | None = None
    with right:
        if kind == "condition":
            names = {one.id: one.name for one in kb.current_conditions.values()}
            about = form.one("condition", "Condition", sorted(names, key=names.__getitem__), names.__getitem__)
        elif kind == "score":
            scores = {one.id: one.name for one in kb.terms.values() if one.kind == "score"}
            new = "A new one, named on the next page"
            about = form.one("score", "Score", sorted(scores), scores.__getitem__, placeholder=new)
        elif kind == "red_flag":
            levels = [one.value for one in Urgency if one is not Urgency.SELF_CARE]
            about = form.one("urgency", "Urgency", levels, lambda one: LEVEL_NAMES[Urgency(one)], empty=False)
    title = form.line("title", "What the rule says, in a few words")
    keep_small(form)
    if kind == "condition" and about is None:
        st.caption("Choose the condition first.")
        return
    if not actions.slug(title):
        return
    path = actions.free_path(session.view, folder_for(kind, about), title)
    id_ = path.removeprefix("rules/").removesuffix(".json")
    st.caption(f"Its id will be {id_}")
    if pressed("Begin this rule", key="new-rule-begin", type="primary"):
        record = skeleton(kind, id_, title, about, in_a_year(session.today))
        if save(session, {path: record}, f"Begin the rule {title.strip()}"):
            clear_small(form)
            _open(id_, "Edit")


# One rule


def one_rule(session: Session, id_: str) -> bool:
    """One rule: to read, and with a draft in hand to edit. False where there is none of that id."""
    view = session.view
    row = next((one for one in _rows(view, view.commit, session.today) if one.id == id_), None)
    if row is None:
        return False
    back, more = st.columns([3, 1], vertical_alignment="center")
    if back.button("All rules", key="back-rules", type="tertiary"):
        select("rule", None)
        st.rerun()
    if session.draft is not None:
        with more.popover("More", width="stretch"):
            _more(session, row)
    st.header(row.title, anchor=False)
    _marks(session, row)
    if session.draft is None:
        _read(session, row)
        return True
    mode = st.segmented_control(
        "What to do", ["Read", "Edit"], default="Read", required=True, key="rule-mode", label_visibility="collapsed"
    )
    if mode == "Edit" and view.value(row.path) is not None:
        edit_rule(session, row.path)
    else:
        _read(session, row)
    _cases(session)
    return True


def _marks(session: Session, row: Row) -> None:
    view, desk = session.view, desk_of(session)
    words = [f"<span>{escape(KINDS.get(row.kind or '', 'Not complete'))}</span>"]
    rule = view.kb.rules.get(row.id)
    if rule is not None and isinstance(rule.then, RedFlag):
        level = rule.then.red_flag
        words.insert(0, urgency_badge(level.value, escape(view.kb.settings.urgency[level].name)))
    elif row.strength:
        words.append(f"<strong>{escape(row.strength)}</strong>")
    reviewed = is_approved(desk, desk.state(), view, row.path)
    words.append(f"<span>{'approved as it stands' if reviewed else 'unreviewed: no clinician has approved it'}</span>")
    if row.retired:
        words.append("<strong>retired</strong>")
    words.append(f"<code>{escape(row.id)}</code>")
    st.html(f'<div class="algos-facts">{"".join(words)}</div>')


def _read(session: Session, row: Row) -> None:
    view = session.view
    for finding in view.findings_in(row.path):
        show_finding(finding, session.view)
    rule = view.kb.rules.get(row.id)
    if rule is None:
        st.info("The rule cannot be read as English before what is wrong above is mended.")
    else:
        if rule.retired:
            said = f" Instead: {rule.retired.replacement}." if rule.retired.replacement else ""
            st.warning(plain(f"No longer used: {rule.retired.reason}.{said}".replace("..", ".")))
        with st.container(key="stack-read"):
            left, right = st.columns([3, 2], gap="large")
        with left:
            show_english(view.kb, rule)
            _words(rule)
        with right:
            _sources(view.kb, rule)
        _examples(view, rule)
        st.subheader("What feeds it, and what it feeds", anchor=False)
        with st.container(key="rule-picture"):
            st.graphviz_chart(picture(view.kb, rule), width="content", alt=described(view.kb, rule))
    with st.expander("As it is stored (JSON)"):
        stored = view.value(row.path)
        if stored is not None:
            st.json(stored)
        else:
            st.code(view.files[row.path].decode("utf-8", "replace"), language=None)


def _words(rule: Rule) -> None:
    if rule.because:
        st.markdown("**The patient is told:** because " + plain(rule.because))
    if isinstance(rule.then, RedFlag):
        st.markdown("**What to do:** " + plain(rule.then.message))
        if rule.then.if_unsure_reason:
            st.markdown("**While unsure:** " + plain(rule.then.if_unsure_reason))
    if isinstance(rule.then, Evidence):
        group = rule.then.group.replace("_", " ")
        st.markdown(f"**Group:** {group} (of one group only the strongest weight each way counts)")
        if rule.then.independent_because:
            st.markdown("**Counts beside other groups:** " + plain(rule.then.independent_because))
    if rule.judgement:
        st.markdown("**Judgement:** " + plain(rule.judgement))
    st.caption(f"To be looked at again by {rule.review_by:%d %B %Y}")


def _examples(view: View, rule: Rule) -> None:
    st.subheader("Examples", anchor=False)
    if not rule.examples:
        st.caption("None yet. An example shows for which answers the rule holds, does not hold, and is unknown.")
        return
    truths: tuple[str | None, ...] = (None,) * len(rule.examples)
    if view.runs and rule.id in view.kb.active:
        truths = truths_of(view.assessor.evaluator, rule.id, [one.answers for one in rule.examples])
    st.table(
        {
            "Answers": [plain(answers_in_words(view.kb, one.answers)) for one in rule.examples],
            "The rule should be": [TRUTHS[one.gives] for one in rule.examples],
            "It comes out so": [
                "not run" if truth is None else "yes" if truth == one.gives else f"no: {TRUTHS[truth]}"
                for one, truth in zip(rule.examples, truths, strict=True)
            ],
            "Note": [plain(one.note or "") for one in rule.examples],
        },
        hide_index=True,
    )


def _sources(kb: KnowledgeBase, rule: Rule) -> None:
    cited: dict[str, Citation] = {}
    if isinstance(rule.then, Evidence) and rule.then.basis:
        cited[rule.then.basis.source.source] = rule.then.basis.source
    for one in rule.sources:
        if one.source not in cited or one.locator:
            cited[one.source] = one
    st.subheader("Sources", anchor=False)
    if not cited:
        st.caption("None: it rests on judgement." if rule.judgement else "None.")
    for id_, citation in cited.items():
        source = kb.sources.get(id_)
        place = f" ({citation.locator})" if citation.locator else ""
        st.markdown(plain(source_name(kb.sources, id_) + place))
        if source is None:
            continue
        notes = source.custom
        claims = [
            f"- {plain(one.claim)}"
            + (f" **{plain(one.figure)}**" if one.figure else "")
            + (f" ({plain(one.applies_to)})" if one.applies_to else "")
            for one in notes.claims
        ]
        if not notes.seen:
            claims.append("- The work itself was not read by whoever wrote this record.")
        if notes.caution:
            claims.append(f"- Caution: {plain(notes.caution)}")
        with st.expander(f"What it says ({len(notes.claims)})"):
            st.markdown("\n".join(claims) or "Nothing is noted of it.")
            if st.button("Open the source", key=f"source-{id_}"):
                go("sources", source=id_)


# What can be done with a rule


def _more(session: Session, row: Row) -> None:
    view, stored = session.view, session.view.value(row.path)
    assert session.draft is not None
    form = small(session, f"more/{row.id}", {"copy": f"{row.title} (copy)", "reason": "", "instead": ""})
    if stored is not None:
        st.markdown("**Duplicate**")
        title = form.line("copy", "Title of the copy", slot=False)
        if pressed("Duplicate", key=f"do-copy-{row.id}"):
            _duplicate(session, row, stored, title)
    is_new = row.path not in session.workspace.files(session.draft.base)
    if is_new:
        st.markdown("**Delete**")
        users = actions.used_by(view, "rule", row.id)
        if users:
            st.caption(f"Named by {len(users)} other records, which will have to be mended.")
        if st.button("Delete it from this draft", key=f"delete-{row.id}") and save(
            session, {row.path: None}, f"Delete the new rule {row.title}"
        ):
            select("rule", None)
            st.rerun()
    elif stored is not None and "retired" in stored:
        if st.button("Take it back into use", key=f"unretire-{row.id}"):
            kept = {key: value for key, value in stored.items() if key != "retired"}
            if save(session, {row.path: kept}, f"Take the rule {row.title} back into use"):
                st.rerun()
    elif stored is not None:
        st.markdown("**Retire**")
        st.caption("A rule that was approved is never deleted: it is retired, with the reason.")
        reason = form.line("reason", "Why is it no longer used?", slot=False)
        instead = form.line("instead", "What replaces it (may stay empty)", slot=False)
        if pressed("Retire", key=f"retire-{row.id}"):
            _retire(session, row, stored, reason, instead)
    keep_small(form)


def _duplicate(session: Session, row: Row, stored: Record, title: str) -> None:
    try:
        path = actions.free_path(session.view, row.path.rpartition("/")[0], title)
    except WorkspaceError as error:
        tell(error, session.view)
        return
    id_ = path.removeprefix("rules/").removesuffix(".json")
    copy = {key: value for key, value in stored.items() if key != "retired"}
    if save(session, {path: {**copy, "id": id_, "title": title.strip()}}, f"Duplicate the rule {row.title}"):
        _open(id_, "Edit")


def _retire(session: Session, row: Row, stored: Record, reason: str, instead: str) -> None:
    if not reason.strip():
        st.error("Say why it is no longer used.")
        return
    retired = {"reason": reason.strip()} | ({"replacement": instead.strip()} if instead.strip() else {})
    if save(session, {row.path: {**stored, "retired": retired}}, f"Retire the rule {row.title}"):
        st.rerun()


def _cases(session: Session) -> None:
    """Which saved cases come out differently in the draft than in what is approved."""
    st.subheader("What this draft changes for the saved cases", anchor=False)
    if session.view.files == session.views.approved(session.today).files:
        st.caption("Nothing is changed in this draft yet.")
        return
    if not session.view.runs:
        wrong = len(session.view.stopping)
        words = "1 error in the draft is" if wrong == 1 else f"{wrong} errors in the draft are"
        st.warning(f"The cases cannot be run before {words} mended: Home lists what is wrong.")
        return
    with st.spinner("Running the saved cases…"):
        changes = case_changes(session.views.approved(session.today), session.view)
    total = len(session.view.case_results)
    failing = sum(1 for one in session.view.case_results.values() if one.failed)
    st.caption(
        f"{len(changes)} of {total} saved cases come out differently from what is approved; "
        f"{failing} do not come out as their clinician expects."
    )
    if not changes:
        return
    chosen = st.dataframe(
        {
            "Case": [one.title for one in changes],
            "Approved": [one.before for one in changes],
            "In this draft": [one.after for one in changes],
            "As expected": ["yes" if one.holds else "no" for one in changes],
        },
        hide_index=True,
        key=f"rule-cases-{session.view.commit}",
        on_select="rerun",
        selection_mode="single-row",
    )
    picked = chosen["selection"]["rows"]
    if picked and st.button("Open this case", key="rule-open-case"):
        go("cases", case=changes[picked[0]].id)
