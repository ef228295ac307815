"""The condition in hand: its form in this browser session, what is stored, and what is wrong with it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import streamlit as st

from authoring.actions import View
from authoring.console.components.form_journal import Left, Page, journal
from authoring.console.conditions.condition_form import (
    Json,
    Placed,
    errors_of,
    form_from,
    place_findings,
    read_form,
    record_from,
)
from authoring.console.plain_words import in_words
from authoring.console.records.records import merged
from authoring.console.session import Session, plain
from engine.finding import Finding, Severity
from engine.model.condition import Condition


@dataclass
class Work:
    """One condition in one draft, as this browser session edits it."""

    path: str
    draft: str
    stored: Json
    """The record as it stands in the draft."""
    form: Json
    version: int = 1
    """Goes up when the server changes the form by itself, so that the editors take its text."""
    heard: int = 1
    """The highest version that a text of the form has told."""
    page: Page = field(default_factory=Page)
    moved: bool = False
    """Whether the record was saved from elsewhere while this form holds changes of its own."""
    condition: Condition | None = None
    """What the form makes, where it makes a condition."""
    placed: list[Placed] = field(default_factory=list)
    view: View | None = None
    """The content in which the findings were found."""
    _read: tuple[str, str] = ("", "")

    @property
    def record(self) -> Json:
        """The record that the form makes."""
        return record_from(self.form)[0]

    @property
    def changed(self) -> bool:
        """Whether the form differs from what is stored."""
        return self.record != record_from(form_from(self.stored))[0]

    @property
    def journal(self) -> str:
        """What the browser's journal calls this record."""
        return f"{self.draft}/{self.path}"

    def key(self, *parts: str) -> str:
        """The key of a part of the page, the same for all versions of the form: it keeps its place, focus and text."""
        return "-".join(("condition", self.draft, self.path, *parts)).replace("__", "_")

    def held(self, *parts: str) -> str:
        """The key of a widget that begins with what the form holds, new for each version of the form."""
        return self.key(str(self.version), *parts)

    def take(self, stored: Json) -> None:
        """Begin again from what is stored."""
        self.stored, self.moved = stored, False
        self.put(form_from(stored))

    def put(self, form: Json) -> None:
        """Let the editors show another form."""
        self.form = form
        self.version = self.heard = max(self.version, self.heard) + 1

    def keep(self) -> Left | None:
        """Keep what is not saved in the browser. What this window had kept before it was loaded again is taken up.

        Returns what another window of the browser holds.
        """
        entry = {"form": self.form, "stored": self.stored} if self.changed else None
        left = journal(self.page, self.journal, entry, key=f"journal-{self.journal}")
        if left is None or not left.own:
            return left
        self.page.answered = True
        if self.restore(left):
            st.rerun()
        return None

    def restore(self, left: Left) -> bool:
        """Put what the browser kept into the form; False where it is the same, or cannot be read."""
        form, stored = left.entry.get("form"), left.entry.get("stored")
        if not isinstance(form, dict) or not isinstance(stored, dict) or "guide" not in form:
            return False
        form = merged(form_from(self.stored), self.form, form)  # something may have been typed before it came
        if form == self.form:
            return False
        self.stored = stored
        self.put(form)
        return True

    def refresh(self, session: Session, stored: Json) -> None:
        """Fit the form to what the draft holds now, and find what is wrong with it."""
        if stored != self.stored:
            if stored == self.record or not self.changed:
                if stored != self.record:
                    self.take(stored)
                self.stored, self.moved = stored, False
            else:
                self.moved = True
        self.check(session)

    def check(self, session: Session) -> None:
        """Find what is wrong with the form as it stands; nothing is done where it has not changed."""
        record, places = record_from(self.form)
        self.view = session.view
        now = (session.view.commit, json.dumps([record, places], sort_keys=True))
        if now == self._read:
            return
        self.condition, findings = read_form(session.view, self.path, record)
        self.placed = place_findings(findings, places)
        if record == self.stored:
            known = {(one.finding.code, one.finding.pointer) for one in self.placed}
            more = [one for one in session.view.findings_in(self.path) if (one.code, one.pointer) not in known]
            if self.condition is not None:
                self.placed += place_findings(more, places)
        self._read = now

    def at(self, place: str, *fields: str) -> list[Placed]:
        """What is wrong at a part: in the given fields, or anywhere in it."""
        return [one for one in self.placed if one.place == place and (not fields or one.field in fields)]

    def show(self, place: str, *fields: str) -> None:
        """Tell what is wrong at a part or at some of its fields.

        Its place is there also while nothing is wrong: what comes and goes there never moves the field below it, which
        would be made anew and lose the keys of whoever is typing in it.
        """
        with st.container():
            self.tell(place, *fields)

    def tell(self, place: str, *fields: str) -> None:
        """The same where no field can follow: in a part that is only read."""
        for one in self.at(place, *fields):
            tell_finding(one.finding, self.view)

    @property
    def errors(self) -> list[Placed]:
        """What has to be mended before the change can be proposed."""
        return errors_of(self.placed)


def tell_finding(finding: Finding, view: View | None) -> None:
    """A finding beside the field that caused it: the place need not be named again."""
    show = st.error if finding.severity is Severity.ERROR else st.warning
    told = in_words(finding, view)
    show(f"**{plain(told.what)}** {plain(told.fix)}")


def work_on(session: Session, path: str) -> Work | None:
    """The form of the record at `path`, or None where it cannot be read as a record."""
    stored = session.view.value(path)
    if stored is None:
        return None
    draft = session.draft_name
    works: dict[str, Work] = st.session_state.setdefault("condition-works", {})
    work = works.setdefault(f"{draft}/{path}", Work(path, draft, dict(stored), form_from(stored)))
    work.refresh(session, dict(stored))
    return work
