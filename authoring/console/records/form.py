"""The fields of a form: each shows what it holds, writes what is typed into it, and has a place for what is wrong.

Texts belong to the browser while they are typed (`components/prose`); everything else is a widget that begins with what
the form holds. A new generation of the form makes them all begin again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from authoring.console.components.form_journal import Page
from authoring.console.components.prose import prose
from authoring.console.records.buttons import pressed
from authoring.console.records.records import Fields, Problems, Record, new_part
from authoring.console.records.source_facts import names_of
from engine.knowledge import KnowledgeBase

if TYPE_CHECKING:
    from authoring.console.components.builder import BuilderResult


@dataclass
class Work:
    """A record that is being written in this browser session."""

    name: str
    """Draft and record: what the browser's journals call it."""
    stored: Record
    """What the draft held when the editing began; empty for a new record."""
    fields: Fields
    generation: int = 1
    """Goes up when the server changes the form by itself, so that every field takes what it holds."""
    heard: int = 1
    """The highest version that a text or a criterion of the form has told."""
    page: Page = field(default_factory=Page)
    saved: Fields = field(default_factory=dict)
    """The fields of what is stored."""
    unfinished: Problems = field(default_factory=dict)
    """What criteria builders say is still to be finished, by field."""
    tried: bool = False
    """Whether saving was asked for: what a new record still lacks is told from then on."""

    def begin(self, stored: Record, fields: Fields, saved: Fields) -> None:
        """Let the form show other fields."""
        self.stored, self.fields, self.saved = stored, fields, saved
        self.generation = self.heard = max(self.generation, self.heard) + 1
        self.unfinished, self.tried = {}, False


class Form:
    """Widgets that read and write the fields of one work."""

    def __init__(self, work: Work, kb: KnowledgeBase) -> None:
        self.work = work
        self.fields = work.fields
        self.kb = kb
        self._slots: dict[str, DeltaGenerator] = {}

    def key(self, name: str) -> str:
        """The key of a part of the page, the same for all generations: it keeps its place, focus and text."""
        return f"form/{self.work.name}/{name}"

    def seeded(self, name: str, value: object) -> str:
        """The key of a widget that begins with a value, new for each generation."""
        key = self.key(f"{self.work.generation}/{name}")
        if key not in st.session_state:
            st.session_state[key] = value
        return key

    def slot(self, *names: str) -> None:
        """Keep a place here for what is wrong with these fields."""
        place = st.container()
        for name in names:
            self._slots[name] = place

    def tell(self, problems: Problems, warnings: Problems) -> list[str]:
        """Show each problem at its field; returns those whose field is not on the page."""
        left: list[str] = []
        for found, colour, word in ((problems, "red", "To mend"), (warnings, "orange", "Look at")):
            for name, texts in found.items():
                place = self._slots.get(name)
                if place is None:
                    left += texts
                    continue
                for text in texts:
                    place.markdown(f":{colour}[**{word}:**] {text}")
        return left

    # Texts

    def line(self, name: str, label: str, help: str = "", slot: bool = True, placeholder: str = "") -> str:  # noqa: A002
        """A text of one line."""
        return self._prose(self.fields, self.work.saved, name, name, label, help, slot, placeholder, single=True)

    def text(self, name: str, label: str, help: str = "", slot: bool = True) -> str:  # noqa: A002
        """Some lines of text."""
        return self._prose(self.fields, self.work.saved, name, name, label, help, slot, "", single=False)

    def part(
        self, part: Fields, saved: Mapping[str, Any], name: str, place: str, label: str, placeholder: str = ""
    ) -> str:
        """A text of one line in a part of the form, such as an option; `place` names it in the whole form."""
        return self._prose(part, saved, name, place, label, "", False, placeholder, single=True)

    def _prose(
        self,
        part: Fields,
        saved: Mapping[str, Any],
        name: str,
        place: str,
        label: str,
        help_: str,
        slot: bool,
        placeholder: str,
        single: bool,
    ) -> str:
        value = str(part.get(name) or "")
        result = prose(
            value,
            version=self.work.generation,
            key=self.key(f"text/{place}"),
            record=self.work.name,
            field=place,
            label=label,
            saved=str(saved.get(name) or ""),
            single=single,
            placeholder=placeholder,
            help=help_,
        )
        self.work.heard = max(self.work.heard, result.version)
        if result.value != value:
            part[name] = result.value
        if slot:
            self.slot(name)
        return result.value

    # Choices

    def one(
        self,
        name: str,
        label: str,
        options: Sequence[Any],
        shown: Callable[[Any], str],
        placeholder: str = "Choose",
        help: str | None = None,  # noqa: A002
        empty: bool = True,
    ) -> Any:
        """One of some options; what is stored and no option any more is offered as it is."""
        value = self.fields[name]
        offered = [*options] if value is None or value in options else [value, *options]
        key = self.seeded(name, value if value is not None or empty else offered[0])
        chosen = st.selectbox(
            label,
            offered,
            index=None if empty else 0,
            format_func=lambda one: shown(one) if one in options else f"{one} (there is none)",
            key=key,
            placeholder=placeholder,
            help=help,
        )
        self.fields[name] = chosen
        self.slot(name)
        return chosen

    def many(
        self, name: str, label: str, options: Sequence[str], shown: Callable[[str], str], placeholder: str
    ) -> None:
        """Some of some options, in the order in which they were chosen."""
        value = list(self.fields[name])
        offered = [*[one for one in value if one not in options], *options]
        key = self.seeded(name, value)
        self.fields[name] = list(
            st.multiselect(
                label,
                offered,
                format_func=lambda one: shown(one) if one in options else f"{one} (there is none)",
                key=key,
                placeholder=placeholder,
            )
        )
        self.slot(name)

    def tick(self, name: str, label: str, help: str | None = None) -> bool:  # noqa: A002
        """Yes or no."""
        self.fields[name] = st.checkbox(label, key=self.seeded(name, bool(self.fields[name])), help=help)
        return bool(self.fields[name])

    def toggle(self, name: str, label: str) -> bool:
        """Whether a part of the form is open."""
        self.fields[name] = st.toggle(label, key=self.seeded(name, bool(self.fields[name])))
        return bool(self.fields[name])

    def criterion(self, name: str) -> None:
        """A criterion, in the builder."""
        from authoring.console.components.builder import criteria_builder  # its scripts are read where it is shown

        self._built(name, criteria_builder)

    def assertion(self, name: str) -> None:
        """An assertion of a safety property, in the builder."""
        from authoring.console.components.assertion_builder import assertion_builder

        self._built(name, assertion_builder)

    def _built(self, name: str, builder: Callable[..., BuilderResult]) -> None:
        result = builder(
            self.kb,
            self.fields[name],
            version=self.work.generation,
            key=f"criterion/{self.work.name}/{name}",
            record=f"{self.work.name}/{name}",
        )
        self.fields[name] = result.value if result.value is not None else result.draft
        self.work.heard = max(self.work.heard, result.version)
        self.work.unfinished[name] = [message for _, message in result.problems]
        self.slot(name)

    def day(self, name: str, label: str, otherwise: date) -> None:
        """A date, as JSON holds one."""
        try:
            value = date.fromisoformat(str(self.fields[name]))
        except ValueError:
            value = otherwise
        given = st.date_input(label, key=self.seeded(name, value))
        self.fields[name] = given.isoformat() if isinstance(given, date) else None
        self.slot(name)

    # What it rests on

    def sources(self, label: str = "Sources") -> None:
        """Which sources the record rests on, each with the place in it where the fact stands."""
        names = names_of(self.kb)
        self.many("sources", label, list(names), lambda one: names[one], "Search author, year or title")
        locators: Fields = self.fields["locators"]
        saved = self.work.saved.get("locators", {})
        for id_ in self.fields["sources"]:
            called = names.get(id_, id_)[:60]
            self.part(locators, saved, id_, f"locator/{id_}", f"Where in {called}", "Page, table, recommendation")

    def basis(self) -> None:
        """What the record rests on: sources, and judgement where none settles it."""
        self.sources()
        self.text("judgement", "Judgement: why it is said where no source settles it")

    # Lists of parts

    def rows(
        self, name: str, columns: Mapping[str, str], what: str, fixed: Callable[[Fields], str] | None = None
    ) -> None:
        """A list of parts with a line of text for each column: to add, move and take away.

        `what` names a part in words. `fixed` says why a part cannot be taken away, "" where it can.
        """
        parts: list[Fields] = self.fields[name]
        saved = {str(one["_place"]): one for one in self.work.saved.get(name, ())}
        for at, part in enumerate(list(parts)):
            place = str(part["_place"])
            *cells, tools = st.columns([*[3] * len(columns), 1.4], vertical_alignment="bottom")
            for cell, (column, label) in zip(cells, columns.items(), strict=True):
                with cell:
                    self.part(part, saved.get(place, {}), column, f"{place}/{column}", f"{label} {at + 1}")
            reason = fixed(part) if fixed else ""
            with tools, st.container(horizontal=True, gap="xxsmall"):
                for sign, by, word in (("↑", -1, "up"), ("↓", 1, "down")):
                    key = self.key(f"{place}/{word}")
                    last = not 0 <= at + by < len(parts)
                    if pressed(sign, key=key, help=f"Move {what} {at + 1} {word}", disabled=last):
                        parts[at], parts[at + by] = parts[at + by], parts[at]
                        st.rerun()
                key = self.key(f"{place}/away")
                if pressed("✕", key=key, help=reason or f"Remove {what} {at + 1}", disabled=bool(reason)):
                    del parts[at]
                    st.rerun()
        self.slot(name)
        if pressed(f"Add {_a(what)} {what}", key=self.key(f"{name}/add")):
            parts.append(new_part(parts, name, columns))
            st.rerun()


def _a(word: str) -> str:
    return "an" if word[:1] in "aeiou" else "a"
