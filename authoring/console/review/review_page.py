"""One change as its reviewer sees it: risk first, then what changes, then what to do."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import streamlit as st

from authoring.console.bench.bench_answers import bench, fit
from authoring.console.plain_words import in_words, sentence
from authoring.console.review.review_jobs import jobs
from authoring.console.review.review_words import (
    STYLE,
    guides_html,
    needs_line,
    one_of_them,
    record_html,
    told_alike,
    told_html,
)
from authoring.console.session import Session, go, plain, select, show_finding, take_up, tell
from authoring.console.who import desk_of, steps_of, who_is_here
from authoring.review.approving import Standing, Who, who
from authoring.review.desk import Look
from authoring.review.in_english import RecordChange, came_out, conflict_in_words, record_change
from authoring.review.merging import Side
from authoring.review.merging import Steps as Place
from authoring.review.proofs import Changes, Group, Moved
from authoring.review.state import STATUS_WORDS, Comment
from authoring.review.steps import Steps, failed_proof, obstacles
from authoring.workspace import WorkspaceError
from engine.finding import KnowledgeError

_SHOWN = 12
"""Records, findings or cases that are shown before one asks for all."""


def review_page(session: Session, id_: str) -> None:
    """The whole page of one change."""
    st.html(STYLE)
    if st.button("All changes", key="back-changes", type="tertiary"):
        select("change", None)
        st.rerun()
    try:
        look = desk_of(session).look(id_)
    except WorkspaceError as error:
        tell(error, session.view)
        return
    if look.approved.loaded.kb is None:
        tell(KnowledgeError(look.approved.errors), look.approved)
        return
    if look.change.merged is not None:
        _tell_last(look)
    _about(session, look)
    moves = _risk(look)
    _safety(look)
    changes = [record_change(one, look.approved, look.merged) for one in look.records]
    less_urgent = look.semantic and (moves is None or moves.less_urgent.possible)
    standings = look.standings(less_urgent)
    _conflicts(session, look)
    _records(changes, standings)
    _guides(look)
    _cases_and_findings(look)
    _comments(session, look, changes)
    _decide(session, look, changes, standings, less_urgent)


# What it is


def _about(session: Session, look: Look) -> None:
    change = look.change
    title = change.title or (look.draft.title if look.draft else change.id)
    st.subheader(plain(title), anchor=False)
    names = sorted(_name(look, author) for author in look.authors)
    count = "1 record" if len(look.records) == 1 else f"{len(look.records)} records"
    st.markdown(
        f"**{STATUS_WORDS[change.status].capitalize()}.** Written by {plain(', '.join(names))}. {count} changed."
    )
    if change.reason:
        st.markdown(f"**Why:** {plain(change.reason)}")
    if change.status == "changes_requested":
        st.warning(f"Changes requested: {plain(change.requested)}")
    if change.merged and change.merged_by:
        st.success(f"Merged by {plain(change.merged_by.name)}.")


def _name(look: Look, author: Who) -> str:
    """What an author is called: as the roster says, else as the draft says, else by the address."""
    if known := next((one.name for one in look.roster.people if one.id == author), None):
        return known
    if look.draft is not None and who(look.draft.author.email, look.roster) == author:
        return look.draft.author.name
    return author.strip("<>")


# Risk first


def _risk(look: Look) -> Changes | None:
    """Which patients change, at the top. None where nobody can, or where it is not known (yet)."""
    st.markdown("#### Which patients change")
    if not look.semantic:
        st.caption("Nothing in this change can move a patient: it touches words, sources or cases only.")
        return None
    job = jobs().changes(look)
    if not job.done():
        _waiting(look)
        return None
    if told := _failure(look, job):
        st.warning(f"Which patients change is not known: {plain(told)}. Whoever approves takes it that some do.")
        return None
    moves = job.result()
    assert moves is not None
    for title, moved in moves.ways:
        _moved(look, title, moved, worst=moved is moves.less_urgent)
    if not moves.settled:
        _again(look, "again-moves")
    return moves


def _again(look: Look, key: str) -> None:
    """A button for what ran out of time: the machine may have been busy."""
    st.button("Try again to settle it", key=key, on_click=jobs().forget, args=(look,))


def _failure(look: Look, job: Future[Any]) -> str:
    """Why work beside the page came to nothing, in words; empty where it did not. Raises what nobody foresaw."""
    match error := job.exception():
        case None:
            return ""
        case WorkspaceError():
            return error.what
        case KnowledgeError():
            return in_words(error.findings[0], look.merged).what.rstrip(".")
        case _:
            raise error


@st.fragment(run_every=2.0)
def _waiting(look: Look) -> None:
    if jobs().changes(look).done():
        _draw_again()
    st.info("Which patients change is being worked out. You can read on meanwhile.")


def _safety(look: Look) -> None:
    """Whether the safety properties hold of the result, before anybody approves it."""
    touched = look.semantic or any(one.path.startswith("safety/") for one in look.records)
    if not touched or not look.merged.runs or look.change.merged is not None:
        return  # what holds of the approved version holds of other words, too
    job = jobs().failing(look)
    if not job.done():
        _proving(look)
        return
    if told := _failure(look, job):
        st.warning(f"Whether the safety properties hold is not known: {plain(told)}.")
        return
    if not job.result():
        st.markdown("Safety properties: **all hold with this change** (proved).")
    for number, verdict in enumerate(job.result()):
        said = failed_proof(verdict)
        st.error(f"{plain(said[:1].upper() + said[1:])}. The change cannot be merged like this.")
        if verdict.witness is not None:
            person = Group(verdict.witness)
            with st.expander("A person for whom it fails"):
                st.markdown(
                    "\n".join(f"- {plain(line)}" for line in one_of_them(person, look.approved.kb, look.merged.kb))
                )
            _try(look, person, "of a person for whom a safety property fails", f"failing-{number}")
    if any(verdict.result == "unsettled" for verdict in job.result()):
        _again(look, "again-failing")


@st.fragment(run_every=2.0)
def _proving(look: Look) -> None:
    if jobs().failing(look).done():
        _draw_again()
    _caption("The safety properties are being proved with this change.", look)


def _moved(look: Look, title: str, moved: Moved, worst: bool) -> None:
    if moved.proved_nobody:
        st.markdown(f"{title}: **nobody** (proved).")
        return
    if not moved.groups:
        (st.error if worst else st.warning)(f"{title}: it could not be settled whether anybody is.")
        return
    others = "" if moved.complete else " There may be others."
    if worst:
        st.error(f"{title}: these patients are.{others}")
        _told(look, title, moved)
    else:
        count = f"{len(moved.groups)} groups" if len(moved.groups) > 1 else "1 group"
        with st.expander(f"{title}: {count} of patients.{others}"):
            _told(look, title, moved)


def _told(look: Look, title: str, moved: Moved) -> None:
    """Who moves, those together to whom the same is said; each can be looked at on the test bench."""
    for number, told in enumerate(told_alike(moved.groups, look.approved.kb, look.merged.kb)):
        st.html(told_html(told, look.approved.kb, look.merged.kb))
        _try(look, told.groups[0], "of a patient whom a change moves", f"{title}-{number}")


def _try(look: Look, group: Group, about: str, key: str) -> None:
    """A button that opens a patient on the test bench, in the draft, where it is compared with what is approved."""
    if st.button("Open this patient on the test bench", key=f"try-{key}", type="tertiary"):
        bench().begin(fit(look.merged.kb, group.witness)[0], about)
        if look.draft is not None:
            take_up(look.draft)
        go("bench")


# What changes


def _records(changes: list[RecordChange], standings: tuple[Standing, ...]) -> None:
    st.markdown("#### What changes")
    if not changes:
        st.caption("Nothing differs from what is approved.")
    everything = len(changes) <= _SHOWN or st.toggle(f"Show all {len(changes)} records", key="all-records")
    shown = list(zip(changes, standings, strict=True))
    for change, standing in shown if everything else shown[:_SHOWN]:
        with st.container(border=True, gap="xsmall"):
            st.markdown(f"**{plain(change.heading)}**")
            st.caption(plain(needs_line(standing)))
            st.html(record_html(change))


def _guides(look: Look) -> None:
    before, after = look.approved.kb.conditions, look.merged.kb.conditions if look.merged.loaded.kb else {}
    paths = {one.path for one in look.records}
    touched = [
        id_
        for id_ in sorted(before.keys() | after.keys())
        if (look.merged.loaded.kb or look.approved.kb).paths.get(("condition", id_)) in paths
    ]
    pages = [(id_, guides_html(before.get(id_), after.get(id_))) for id_ in touched]
    pages = [(id_, page) for id_, page in pages if page]
    if pages:
        st.markdown("#### What patients read")
    for id_, page in pages:
        condition = after.get(id_) or before[id_]
        with st.container(border=True, gap="xsmall"):
            st.markdown(f"**{plain(condition.plain_name)}**")
            st.html(page)


def _cases_and_findings(look: Look) -> None:
    moved = look.moved_cases() if look.merged.runs else []
    new, gone = look.new_findings()
    sources = [one for one in look.records if one.path.startswith("sources/") and one.before is None]
    if not look.merged.runs:
        st.markdown("#### Cases that move")
        st.warning("The saved cases cannot be run before the errors below are mended.")
    if moved:
        st.markdown("#### Cases that move")
        for id_, before, after in moved[:_SHOWN]:
            case = look.merged.kb.cases.get(id_) or look.approved.kb.cases.get(id_)
            came = [plain(came_out(look.merged.loaded.kb or look.approved.kb, one)) for one in (before, after)]
            st.markdown(f"**{plain(case.title if case else id_)}:** {came[0]} → {came[1]}")
        if len(moved) > _SHOWN:
            st.caption(f"and {len(moved) - _SHOWN} more")
    if new or gone:
        st.markdown("#### Findings")
        for finding in new[:_SHOWN]:
            show_finding(finding, look.merged)
        if len(new) > _SHOWN:
            st.caption(f"and {len(new) - _SHOWN} more")
        for finding in gone[:_SHOWN]:
            told = in_words(finding, look.approved)
            st.caption(f"Settled: {plain(told.where)}: {plain(told.what)}")
    if sources:
        st.markdown("#### Sources added")
        for record in sources:
            source = look.merged.kb.sources.get(record.path.removeprefix("sources/").removesuffix(".json"))
            st.markdown(f"- {plain(source.title)}" if source else f"- {plain(record.path)}")


# What was said


def _comments(session: Session, look: Look, changes: list[RecordChange]) -> None:
    st.markdown("#### Comments")
    places = _places(changes)
    for comment in look.change.comments:
        _comment(session, look, comment, places.get((comment.path, comment.pointer), comment.path))
    if look.change.status == "draft":
        st.caption("A change can be commented on once it is proposed.")
        return
    with st.form(f"comment-{look.change.id}-{len(look.change.comments)}", border=False):
        where = st.selectbox("About", list(places), format_func=places.__getitem__)
        text = st.text_area("What do you want to say?", key=f"comment-text-{len(look.change.comments)}")
        if st.form_submit_button("Comment"):
            _act(session, lambda steps: steps.comment(look.change.id, text, *where), "Said.")


def _places(changes: list[RecordChange]) -> dict[tuple[str, str], str]:
    """What can be commented on, by file and place in it: the whole, each record, each field or paragraph."""
    places = {("", ""): "The whole change"}
    for change in changes:
        places[change.path, ""] = change.heading
        for one in change.differences:
            places.setdefault((change.path, one.pointer), f"{change.heading} › {one.label}")
    return places


def _comment(session: Session, look: Look, comment: Comment, place: str) -> None:
    with st.container(border=True, gap="xxsmall"):
        about = f" on {plain(place)}" if comment.path else ""
        st.caption(f"{plain(comment.by.name)}, {comment.at:%d %b %Y %H:%M} UTC{about}")
        st.markdown(plain(comment.text))
        if comment.resolved_by:
            st.caption(f"Settled by {plain(comment.resolved_by.name)}.")
        elif look.change.merged is None:
            st.button(
                "Settled",
                key=f"resolve-{comment.number}",
                on_click=_act,
                args=(session, lambda steps: steps.resolve(look.change.id, comment.number), "Settled.", False),
            )


# Conflicts


def _conflicts(session: Session, look: Look) -> None:
    if not look.conflicts or look.draft is None:
        return
    draft = look.draft
    st.markdown("#### Somebody else changed the same places")
    st.caption("What is approved now and this change differ here. An author chooses which is to stand.")
    choices: dict[tuple[str, Place], Side] = {}
    for number, conflict in enumerate(look.conflicts):
        words = conflict_in_words(conflict, look.approved)
        with st.container(border=True, gap="xsmall"):
            st.markdown(f"**{plain(words.title)}: {plain(words.label)}**")
            chosen = st.radio(
                "Which is to stand?",
                ["ours", "theirs"],
                format_func={
                    "ours": f"As approved: {plain(words.ours or 'not there')}",
                    "theirs": f"As this change has it: {plain(words.theirs or 'not there')}",
                }.__getitem__,
                index=None,
                key=f"conflict-{look.main}-{look.head}-{number}",
            )
            if chosen is not None:
                choices[conflict.path, conflict.steps] = "ours" if chosen == "ours" else "theirs"
    st.button(
        "Take in what was approved",
        disabled=len(choices) < len(look.conflicts),
        on_click=_act,
        args=(session, lambda steps: steps.take_in(draft, choices), "Taken in.", False),
    )


# What to do


def _decide(
    session: Session,
    look: Look,
    changes: list[RecordChange],
    standings: tuple[Standing, ...],
    less_urgent: bool,
) -> None:
    if look.change.merged is not None:
        return
    st.markdown("#### Decide")
    _tell_last(look)  # here, where the buttons are: the top of a long page is out of sight
    who_is_here(session)
    status = look.change.status
    mine = look.is_author(session.person.email)
    if status in ("draft", "changes_requested"):
        if mine or (look.draft is not None and look.draft.author == session.person):
            _propose(session, look)
        else:
            st.caption("Its author has not proposed it yet." if status == "draft" else "Its author has to mend it.")
    if status == "proposed":
        for what, fix in obstacles(look):
            tell(WorkspaceError(what, fix), look.merged, st.warning)
        _approve(session, look, changes, mine, less_urgent)
        lacking = _lacking(look, standings)
        with st.container(horizontal=True):
            _with_reason(session, "Request changes", "What should be changed?", look, Steps.request_changes, False)
            _merge(session, look, lacking)
    if mine:
        with st.container(horizontal=True):
            if look.draft is not None and st.button("Edit the draft"):
                take_up(look.draft)
                go("home")
            if status in ("proposed", "changes_requested"):
                _with_reason(session, "Withdraw", "Why does it not go on?", look, Steps.withdraw, False)
            if status == "withdrawn":
                _with_reason(session, "Reopen", "Why does it go on?", look, Steps.reopen, True)


def _propose(session: Session, look: Look) -> None:
    draft = look.draft
    assert draft is not None
    id_ = look.change.id
    ready = not (look.conflicts or look.merged.errors)
    if not ready:
        for what, fix in obstacles(look):
            tell(WorkspaceError(what, fix), look.merged, st.warning)
    with st.form(f"propose-{id_}", border=True):
        st.text_input("What does it change?", look.change.title or draft.title, key=f"propose-title-{id_}")
        st.text_area("Why should it be changed?", look.change.reason, key=f"propose-reason-{id_}")
        st.form_submit_button(
            "Propose it",
            type="primary",
            on_click=_propose_it,
            args=(session, id_, look.head),
            disabled=not ready,
            help=None if ready else "Not before what is told above is mended.",
        )


def _propose_it(session: Session, id_: str, seen: str) -> None:
    title, reason = (str(st.session_state[f"propose-{what}-{id_}"]) for what in ("title", "reason"))
    _act(session, lambda steps: steps.propose(id_, title, reason, seen), "Proposed.", again=False)


def _approve(session: Session, look: Look, changes: list[RecordChange], mine: bool, less_urgent: bool) -> None:
    if mine:
        st.info("You are an author of this change: somebody else has to approve it.")
        st.button("Approve", disabled=True, key="approve-own")
        return
    headings = {one.path: one.heading for one in changes}
    paths = list(headings)
    chosen = paths
    if len(paths) > 1:
        chosen = st.multiselect("Approve", paths, paths, format_func=headings.__getitem__, key=f"paths-{look.head}")
    ticked = True
    if less_urgent:
        ticked = st.checkbox(
            "I looked at who may become less urgent, and it is right.", key=f"less-urgent-{look.head}-{look.main}"
        )
    said = st.text_input("A word with it (not needed)", key=f"approval-{look.head}")
    # What was seen goes with the button: an edit that arrives between looking and pressing is not approved unseen.
    st.button(
        "Approve",
        type="primary",
        disabled=not ticked or not chosen,
        on_click=_act,
        args=(
            session,
            lambda steps: steps.approve(look.change.id, look.head, chosen, less_urgent and ticked, said),
            "Approved.",
            False,
        ),
        key=f"approve-{look.head}",
    )


def _lacking(look: Look, standings: tuple[Standing, ...]) -> str | None:
    """Why the change cannot be merged yet; None where nothing is known to be missing."""
    if not standings or not all(one.approved for one in standings):
        return "Approvals are missing."
    if jobs().before_merging(look):
        return None
    _settling(look)
    return "The proofs are not done yet."


@st.fragment(run_every=2.0)
def _settling(look: Look) -> None:
    if jobs().before_merging(look):
        _draw_again()
    _caption("What merging asks of the proofs is being worked out.", look)


def _caption(words: str, look: Look) -> None:
    far = jobs().proved(look)
    st.caption(f"{words} {far[:1].upper()}{far[1:]}{'.' if far else ''}")


def _merge(session: Session, look: Look, lacking: str | None) -> None:
    def merge(steps: Steps) -> str:
        steps.merge(look.change.id)
        return f"Merged. {plain(sentence(steps.in_the_way))}" if steps.in_the_way else "Merged."

    if st.button("Merge", disabled=lacking is not None, help=lacking, key="merge"):
        with st.spinner("Checks, cases and proofs run on the result …"):
            _act(session, merge)


def _with_reason(
    session: Session, label: str, question: str, look: Look, act: Callable[[Steps, str, str], None], primary: bool
) -> None:
    with st.popover(label):
        reason = st.text_area(question, key=f"reason-{label}-{look.head}")
        if st.button(label, type="primary" if primary else "secondary", key=f"do-{label}"):
            _act(session, lambda steps: act(steps, look.change.id, reason), f"{label}: done.")


def _act(session: Session, act: Callable[[Steps], object], done: str | None = None, again: bool = True) -> None:
    """Take a step, and tell what came of it on the page that is drawn next: `done`, or else what the step returns."""
    try:
        said = act(steps_of(session))
        st.session_state["review-told"] = done or said
    except (WorkspaceError, KnowledgeError) as error:
        st.session_state["review-told"] = error
    if again:
        st.rerun()


def _draw_again() -> None:
    """Draw the page anew without anybody having asked for it: what was told stays."""
    st.session_state["review-told"] = st.session_state.get("review-shown")
    st.rerun()


def _tell_last(look: Look) -> None:
    told = st.session_state["review-shown"] = st.session_state.pop("review-told", None)
    if isinstance(told, str):
        st.success(told)
    elif isinstance(told, WorkspaceError | KnowledgeError):
        tell(told, look.merged)
