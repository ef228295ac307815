"""Sources: what is cited, by what, and how a new work comes in."""

from __future__ import annotations

from typing import Any

import streamlit as st

from authoring.bibliography_import import Work, complete, read_bibliography, refusals, source_id
from authoring.console import source_facts as facts
from authoring.console.session import Session, current, go, header, save, select, selected, show_finding
from engine.model.case import Source


def overview(session: Session) -> None:
    """Every source, and the two ways to add one."""
    listed, by_form, pasted = st.tabs(["All sources", "Add by hand", "Paste from a reference manager"])
    with listed:
        source_list(session)
    with by_form:
        if may_write(session):
            form(session, None)
    with pasted:
        paste(session)


def may_write(session: Session) -> bool:
    """Whether a draft is in hand; says so where none is."""
    if session.draft is None:
        st.info("What is approved is only read. Start a draft at the top of the page to add to it.")
    return session.draft is not None


def source_list(session: Session) -> None:
    """The list, with search."""
    sources = session.view.kb.sources
    if not sources:
        st.info("There are no sources yet. Add the first by hand or from a reference manager.")
        return
    left, middle, right = st.columns([3, 1, 1], vertical_alignment="bottom")
    words = left.text_input("Search", placeholder="author, title, year, DOI or what it says", key="find-source")
    tiers: dict[int | None, str] = {None: "All"} | facts.TIERS
    tier = middle.selectbox("Tier", list(tiers), format_func=tiers.__getitem__, key="tier")
    which = right.selectbox("Show", ["All", "Not cited", "Not seen"], key="which-sources")
    cited = facts.citing(session.view)
    found = [
        one
        for _, one in sorted(sources.items())
        if facts.matches(one, words)
        and tier in (None, one.custom.tier)
        and (which != "Not cited" or one.id not in cited)
        and (which != "Not seen" or not one.custom.seen)
    ]
    if not found:
        st.info("No source fits. Try fewer words, or show all.")
        return
    st.caption(f"{len(found)} of {len(sources)} sources. Choose a row to open it.")
    state = st.dataframe(
        [
            {
                "Work": facts.reference(one),
                "Kind": facts.KINDS[one.custom.kind],
                "Tier": one.custom.tier,
                "Seen": "yes" if one.custom.seen else "no",
                "Cited in": len(cited.get(one.id, ())),
                "Short name": one.id,
            }
            for one in found
        ],
        hide_index=True,
        height=min(36 * len(found) + 40, 600),
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "Work": st.column_config.TextColumn(width=420),
            "Tier": st.column_config.NumberColumn(width=50, help="1: cite. 2: find the primary paper."),
            "Seen": st.column_config.TextColumn(width=55, help="Whether its abstract, table or page was read."),
            "Cited in": st.column_config.NumberColumn(width=70, help="Files that cite it."),
        },
        key=f"sources-{st.session_state.get('sources-seen', 0)}",
    )
    rows: list[int] = state["selection"]["rows"] if isinstance(state, dict) else []
    if rows:
        st.session_state["sources-seen"] = st.session_state.get("sources-seen", 0) + 1
        select("source", found[rows[0]].id)
        st.rerun()


def one_source(session: Session, source: Source) -> None:
    """One source with what it says and what cites it."""
    if st.button("All sources", key="back-sources", type="tertiary"):
        select("source", None)
        st.rerun()
    st.subheader(source.title, anchor=False)
    st.text(facts.reference(source))
    read = "read by whoever wrote this record" if source.custom.seen else "not read by whoever wrote this record"
    kind, tier = facts.KINDS[source.custom.kind], facts.TIERS[source.custom.tier]
    st.caption(f"{kind.capitalize()}, tier {tier}; {read}. Id: {source.id}")
    with st.container(horizontal=True):
        if source.doi:
            st.markdown(f"[doi.org/{source.doi}](https://doi.org/{source.doi})")
        if source.pmid:
            st.markdown(f"[PubMed {source.pmid}](https://pubmed.ncbi.nlm.nih.gov/{source.pmid}/)")
        if source.url:
            st.markdown(f"[Web page]({source.url})")
    for finding in session.view.findings_in(session.view.kb.paths["source", source.id]):
        show_finding(finding)
    found = facts.cited_by(session.view, source.id)
    says, cites, change = st.tabs(["What it says", f"Cited by {len(found)}", "Change"])
    with says:
        if source.custom.caution:
            st.warning(source.custom.caution)
        if source.custom.claims:
            st.table(
                [
                    {"It says": one.claim, "Figure": one.figure or "", "Of": one.applies_to or ""}
                    for one in source.custom.claims
                ]
            )
        else:
            st.caption("Nothing was noted of what it says.")
    with cites:
        if not found:
            st.info("Nothing cites this source.")
        shown = found if len(found) <= 15 or st.toggle(f"Show all {len(found)}") else found[:15]
        for page, name, id_, title in shown:
            if page:
                if st.button(title, key=f"cite-{name}-{id_}", type="tertiary"):
                    go(page, **{name: id_})
            else:
                st.markdown(f"- {name}: {title}")
        if len(shown) < len(found):
            st.caption(f"and {len(found) - len(shown)} more")
    with change:
        if may_write(session):
            form(session, source)


def form(session: Session, source: Source | None) -> None:
    """The form that changes a source, or adds one."""
    view = session.view
    path = view.kb.paths["source", source.id] if source else ""
    old: dict[str, Any] = dict(view.value(path) or {}) if source else {}
    custom: dict[str, Any] = dict(old.get("custom") or {})
    key = f"{source.id if source else 'new'}-{view.commit}"
    with st.form(f"source-{key}", border=False):
        fields = {"title": st.text_input("Title", old.get("title", ""))}
        left, right = st.columns(2)
        with left:
            authors = "\n".join(facts.person(one) for one in source.author) if source else ""
            fields["author"] = st.text_area("Authors, one a line: Family, Given", authors, height=120)
            fields["container-title"] = st.text_input("Journal, book or site", old.get("container-title", ""))
            fields["publisher"] = st.text_input("Publisher", old.get("publisher", ""))
            type_ = st.selectbox(
                "Kind of work",
                list(facts.TYPES),
                index=list(facts.TYPES).index(old.get("type", "article-journal")),
                format_func=facts.TYPES.__getitem__,
            )
        with right:
            issued = "-".join(str(part) for part in source.issued.date_parts[0]) if source and source.issued else ""
            fields["issued"] = st.text_input("Date", issued, help="2010, 2010-12 or 2010-12-15")
            columns = st.columns(3)
            for column, name, label in zip(
                columns, ("volume", "issue", "page"), ("Volume", "Issue", "Pages"), strict=True
            ):
                fields[name] = column.text_input(label, old.get(name, ""))
            fields["DOI"] = st.text_input("DOI", old.get("DOI", ""))
            fields["PMID"] = st.text_input("PMID", old.get("PMID", ""))
            fields["URL"] = st.text_input("Web address", old.get("URL", ""))
        kind, tier, seen = judged(custom)
        caution = st.text_area("Caution for whoever cites it", custom.get("caution", ""), height=70)
        id_ = "" if source else st.text_input("Id", placeholder="made from author, year and journal where left empty")
        done = st.form_submit_button("Save the source" if source else "Add the source", type="primary")
    if not done:
        return
    notes = {"kind": kind, "tier": tier, "seen": seen, "caution": caution.strip()}
    new = facts.edited(old, {**fields, "type": type_}, notes)
    problems = []
    if fields["issued"].strip() and "issued" not in new:
        problems.append(f"Date: “{fields['issued'].strip()}” has no year. Write it as 2010 or 2010-12-15.")
    if source is None:
        new = {"id": id_.strip() or source_id(new, view.kb.sources), **new}
        if new["id"] in view.kb.sources:
            problems.append(f"Id: there is a source {new['id']} already. Choose another, or change that one.")
    new.setdefault("title", "")
    problems += refusals(new)
    for problem in problems:
        st.error(problem)
    if problems:
        st.caption("Nothing was saved.")
    elif save(session, {path or f"sources/{new['id']}.json": new}, f"Source {new['id']}"):
        select("source", str(new["id"]))
        st.rerun()


def judged(custom: dict[str, Any], key: str = "") -> tuple[str, int, bool]:
    """What only a person can say of a work."""
    first, second = st.columns(2)
    kind = first.selectbox(
        "What kind of evidence",
        list(facts.KINDS),
        index=list(facts.KINDS).index(custom.get("kind", "accuracy_study")),
        format_func=facts.KINDS.__getitem__,
        key=f"kind-{key}" if key else None,
    )
    tier = second.selectbox(
        "Tier",
        list(facts.TIERS),
        index=list(facts.TIERS).index(custom.get("tier", 3)),
        format_func=facts.TIERS.__getitem__,
        key=f"tier-{key}" if key else None,
    )
    seen = st.checkbox("I have read it", bool(custom.get("seen", False)), key=f"seen-{key}" if key else None)
    return kind, tier, seen


def paste(session: Session) -> None:
    """Reads what was pasted and shows it; saves only what is confirmed."""
    with st.form("paste", border=False):
        text = st.text_area(
            "BibTeX, RIS or CSL-JSON",
            height=180,
            placeholder="@article{suri2010, title = {...}, author = {Suri, Pradeep}, year = {2010}, doi = {...}}",
        )
        if st.form_submit_button("Read it", type="primary"):
            st.session_state["pasted"] = text
    pasted = st.session_state.get("pasted")
    if pasted is None:
        st.caption("Nothing is saved before you have seen what was read.")
        return
    found = read_bibliography(pasted, session.view.kb)
    for problem in found.problems:
        st.error(f"Line {problem.line}: {problem.what}. {problem.fix[:1].upper()}{problem.fix[1:]}.")
    if not found.works:
        return
    read = "1 work was read" if len(found.works) == 1 else f"{len(found.works)} works were read"
    st.markdown(f"**{read}** ({found.format}). Say of each what it is; nothing is saved yet.")
    chosen: dict[str, object] = {}
    refused = False
    for number, work in enumerate(found.works):
        record = one_work(work, f"{number}-{hash(pasted)}")
        if record is not None:
            full, problems = record
            for problem_text in problems:
                st.error(problem_text)
            refused = refused or bool(problems)
            chosen[f"sources/{full['id']}.json"] = full
    if not may_write(session):
        return
    label = "Save 1 source" if len(chosen) == 1 else f"Save {len(chosen)} sources"
    if st.button(label, type="primary", disabled=refused or not chosen) and save(session, chosen, label):
        del st.session_state["pasted"]
        select("source", str(next(iter(chosen)))[8:-5] if len(chosen) == 1 else None)
        st.rerun()


def one_work(work: Work, key: str) -> tuple[dict[str, Any], list[str]] | None:
    """A work that was read, with what it lacks; None where it is not to be saved."""
    with st.container(border=True):
        record = work.record
        who = "; ".join(
            one.get("literal") or ", ".join(part for part in (one.get("family"), one.get("given")) if part)
            for one in record.get("author", ())
        )
        year = (record.get("issued") or {}).get("date-parts", [[""]])[0][0]
        st.markdown(f"**{record['title'] or 'No title'}**".replace("$", r"\$"))
        st.caption(" · ".join(str(one) for one in (who, record.get("container-title"), year, record.get("DOI")) if one))
        if work.same_as:
            st.warning(f"It is there already, as {work.same_as}: the DOI or PMID is the same.")
        if work.missing:
            st.warning(f"Line {work.line}: {'; '.join(work.missing)}.")
        wanted = st.checkbox(f"Add as {record['id']}", work.same_as is None and bool(record["title"]), key=f"add-{key}")
        if not wanted:
            return None
        return complete(record, *judged({}, key))


session = current()
header(session, "Sources", "The works that everything rests on, and what cites them.")
if session.view.loaded.kb is None:
    st.error("The settings or the body map of this draft cannot be read. Home lists what to mend.")
    st.stop()
wanted_source = selected("source")
if wanted_source and wanted_source not in session.view.kb.sources:
    st.warning(f"There is no source “{wanted_source[:80]}” here. It may be in another draft.")
    wanted_source = None
if wanted_source:
    one_source(session, session.view.kb.sources[wanted_source])
else:
    overview(session)
