"""Sources: what is cited, by what, and how a new work comes in."""

from __future__ import annotations

from typing import Any

import streamlit as st

from authoring.actions import View
from authoring.bibliography_import import Work, complete, read_bibliography
from authoring.console.records import source_facts as facts
from authoring.console.records.buttons import pressed
from authoring.console.records.editing import Drawn, Editor, clear_small, edit, keep_small, small
from authoring.console.records.form import Form
from authoring.console.records.record_list import choose
from authoring.console.records.records import Fields, Record
from authoring.console.session import (
    Session,
    address,
    current,
    go,
    header,
    plain,
    save,
    select,
    selected,
    show_finding,
)
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


@st.cache_resource(show_spinner=False, max_entries=6)
def _citing(_view: View, commit: str) -> dict[str, list[str]]:  # the commit is what it is kept by
    return facts.citing(_view)


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
    cited = _citing(session.view, session.view.commit)
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
    rows = [
        {
            "Work": facts.reference(one),
            "Kind": facts.KINDS[one.custom.kind],
            "Tier": one.custom.tier,
            "Seen": "yes" if one.custom.seen else "no",
            "Cited in": len(cited.get(one.id, ())),
            "Short name": one.id,
        }
        for one in found
    ]
    helps = {
        "Tier": "1: cite. 2: find the primary paper.",
        "Seen": "Whether its abstract, table or page was read.",
        "Cited in": "Files that cite it.",
    }
    widths = {"Work": 420, "Tier": 50, "Seen": 55, "Cited in": 70}
    picked = choose(rows, key="sources", widths=widths, helps=helps)
    if picked is not None:
        select("source", found[picked].id)
        st.rerun()


def one_source(session: Session, source: Source) -> None:
    """One source with what it says and what cites it."""
    if st.button("All sources", key="back-sources", type="tertiary"):
        select("source", None)
        st.rerun()
    st.subheader(plain(source.title), anchor=False)
    st.text(facts.reference(source))
    read = "read by whoever wrote this record" if source.custom.seen else "not read by whoever wrote this record"
    kind, tier = facts.KINDS[source.custom.kind], facts.TIERS[source.custom.tier]
    st.caption(f"{kind.capitalize()}, tier {tier}; {read}. Id: {source.id}")
    with st.container(horizontal=True):
        if source.doi:
            st.markdown(f"[doi.org/{plain(source.doi)}](<https://doi.org/{address(source.doi)}>)")
        if source.pmid:
            st.markdown(f"[PubMed {source.pmid}](https://pubmed.ncbi.nlm.nih.gov/{source.pmid}/)")
        if source.url:
            st.markdown(f"[Web page](<{address(source.url)}>)")
    for finding in session.view.findings_in(session.view.kb.paths["source", source.id]):
        show_finding(finding, session.view)
    found = facts.cited_by(session.view, source.id)
    says, cites, change = st.tabs(["What it says", f"Cited by {len(found)}", "Change"])
    with says:
        if source.custom.caution:
            st.warning(plain(source.custom.caution))
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
                if st.button(plain(title), key=f"cite-{name}-{id_}", type="tertiary"):
                    go(page, **{name: id_})
            else:
                st.markdown(f"- {plain(name)}: {plain(title)}")
        if len(shown) < len(found):
            st.caption(f"and {len(found) - len(shown)} more")
    with change:
        if may_write(session):
            form(session, source)


def form(session: Session, source: Source | None) -> None:
    """The form that changes a source, or adds one."""
    view = session.view
    path = view.kb.paths["source", source.id] if source else ""
    stored: Record = dict(view.value(path) or {}) if source else {}
    others = set(view.kb.sources)

    def build(fields: Fields, old: Record) -> Record:
        new = facts.edited(old, fields)
        return new if source else {"id": facts.id_of(fields, new, others), **new}

    def keep(record: Record, _fields: Fields) -> bool:
        if not save(session, {path or f"sources/{record['id']}.json": record}, f"Source {record['id']}"):
            return False
        select("source", str(record["id"]))
        return True

    edit(
        session,
        Editor(
            name=path or "new source",
            title="this source",
            stored=stored,
            begin=facts.fields_from,
            build=build,
            draw=lambda page, _record: draw(page, build(page.fields, stored), source is None, others),
            save=keep,
            save_label="Save" if source else "Add it",
        ),
    )


def draw(page: Form, record: Record, new: bool, others: set[str]) -> Drawn:
    """The fields of a source, and what is wrong with them."""
    page.line("title", "Title")
    left, right = st.columns(2, gap="large")
    with left:
        page.text("author", "Authors, one a line: Family, Given")
        page.line("container-title", "Journal, book or site")
        page.line("publisher", "Publisher")
        page.one("type", "Kind of work", list(facts.TYPES), facts.TYPES.__getitem__, empty=False)
    with right:
        page.line("issued", "Date", help="2010, 2010-12 or 2010-12-15")
        names = (("volume", "Volume"), ("issue", "Issue"), ("page", "Pages"))
        for column, (name, label) in zip(st.columns(3), names, strict=True):
            with column:
                page.line(name, label)
        for name, label in (("DOI", "DOI"), ("PMID", "PMID"), ("URL", "Web address")):
            page.line(name, label)
    first, second = st.columns(2)
    with first:
        page.one("kind", "What kind of evidence", list(facts.KINDS), facts.KINDS.__getitem__, empty=False)
    with second:
        page.one("tier", "Tier", list(facts.TIERS), facts.TIERS.__getitem__, empty=False)
    page.tick("seen", "I have read it")
    st.markdown("**What it says, in our words**")
    columns = {"claim": "It says", "figure": "Figure", "applies_to": "Of whom"}
    page.rows("claims", columns, "claim")
    page.text("caution", "Caution for whoever cites it")
    if new:
        page.line("id", "Short name", placeholder="made from author, year and journal where left empty")
        if page.fields["title"].strip():
            st.caption(f"Its short name will be {record['id']}")
    return Drawn(facts.problems(page.fields, record, others if new else set()))


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
    page = small(session, "paste", {"text": ""})
    text = page.text(
        "text",
        "BibTeX, RIS or CSL-JSON",
        help="As a reference manager exports it: @article{suri2010, title = {...}, author = {Suri, Pradeep}, ...}",
    )
    keep_small(page)
    if pressed("Read it", key="read-pasted", type="primary"):
        st.session_state["pasted"] = text
    pasted = st.session_state.get("pasted")
    if pasted is None:
        st.caption("Nothing is saved before you have seen what was read.")
        return
    found = read_bibliography(pasted, session.view.kb)
    for problem in found.problems:
        st.error(plain(f"Line {problem.line}: {problem.what}. {problem.fix[:1].upper()}{problem.fix[1:]}."))
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
        clear_small(page)
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
        st.markdown(f"**{plain(record['title'] or 'No title')}**")
        st.caption(
            " · ".join(plain(str(one)) for one in (who, record.get("container-title"), year, record.get("DOI")) if one)
        )
        if work.same_as:
            st.warning(f"It is there already, as {work.same_as}: the DOI or PMID is the same.")
        if work.missing:
            st.warning(plain(f"Line {work.line}: {'; '.join(work.missing)}."))
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
    st.warning(f"There is no source “{plain(wanted_source[:80])}” here. It may be in another draft.")
    wanted_source = None
if wanted_source:
    one_source(session, session.view.kb.sources[wanted_source])
else:
    overview(session)
