"""The form in which a rule is written, in a draft: each field with what is wrong with it beneath it.

What is typed stays in the session until it is saved, also while another page is open. Widgets begin with what the
work holds and give it back on each run; a new generation of their keys makes them begin again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import streamlit as st
from pydantic import ValidationError
from streamlit.delta_generator import DeltaGenerator

from authoring.actions import View, slug
from authoring.console.rule_english import show_english
from authoring.console.rule_form import (
    KINDS,
    MOST,
    Checked,
    Fields,
    Problems,
    Record,
    answers_in_words,
    build,
    check,
    decibans,
    fields_from,
    groups_of,
    new_term,
    number,
    questions_below,
    truths_of,
)
from authoring.console.rule_list import source_name
from authoring.console.session import Session, save
from engine.criteria import Criterion, criterion_adapter
from engine.english import LEVEL_NAMES
from engine.evaluate import Evaluator
from engine.knowledge import KnowledgeBase
from engine.model.question import Question
from engine.model.rule import LEVELS, Urgency

GIVES = {"true": "It holds", "false": "It does not hold", "unknown": "It is unknown"}
"""What an example can give, in words."""
NOT_ASKED, UNSURE, NONE = "Not answered", "Not sure", "None of these"


def in_a_year(today: date) -> date:
    """When a rule that is written today is looked at again."""
    return today + timedelta(days=365)


@dataclass
class Work:
    """A rule that is being edited in this session."""

    stored: Record
    """What the draft held when the editing began."""
    fields: Fields
    generation: int = 0
    builder: int = 0
    """The version of the criterion that the builder begins from."""
    heard: int = 0
    """The last version of the criterion that the builder told."""
    problems: Problems = field(default_factory=dict)
    """What the criteria builder says is still to be finished."""


def _works() -> dict[tuple[str, str], Work]:
    works: dict[tuple[str, str], Work] = st.session_state.setdefault("rule-works", {})
    return works


def begin_fields(stored: Record, kb: KnowledgeBase) -> Fields:
    """The form's fields of a stored rule; a finding or score that nobody has named yet is offered as a new one."""
    fields = fields_from(stored)
    if fields["kind"] in ("finding", "score"):
        fields["new_meaning"] = ""
        if fields["term"] not in kb.terms:
            fields["new_term"] = str(fields["term"] or "").replace("_", " ")
            fields["term"] = None
    return fields


def _begin_again(work: Work, stored: Record, kb: KnowledgeBase) -> None:
    """Let the form show what is stored."""
    work.stored, work.fields = deepcopy(stored), begin_fields(stored, kb)
    work.generation += 1
    work.builder = work.heard = max(work.builder, work.heard) + 1
    work.problems = {}


class Form:
    """Widgets that read and write the fields of one rule, each with a place beneath it for what is wrong."""

    def __init__(self, work: Work, prefix: str) -> None:
        self.fields = work.fields
        self._prefix = f"{prefix}/{work.generation}"
        self._slots: dict[str, DeltaGenerator] = {}

    def key(self, name: str) -> str:
        """The key of a widget; it begins with what the work holds."""
        return f"{self._prefix}/{name}"

    def _seeded(self, name: str, value: object) -> str:
        key = self.key(name)
        if key not in st.session_state:
            st.session_state[key] = value
        return key

    def slot(self, *names: str) -> None:
        """Keep a place here for what is wrong with these fields."""
        place = st.container()
        for name in names:
            self._slots[name] = place

    def line(self, name: str, label: str, help: str | None = None, slot: bool = True) -> str:  # noqa: A002
        """A line of text."""
        key = self._seeded(name, self.fields[name])
        self.fields[name] = st.text_input(label, key=key, help=help, live=True) or ""
        if slot:
            self.slot(name)
        return str(self.fields[name])

    def text(self, name: str, label: str, help: str | None = None) -> None:  # noqa: A002
        """Some lines of text."""
        key = self._seeded(name, self.fields[name])
        self.fields[name] = st.text_area(label, key=key, help=help, height=90) or ""
        self.slot(name)

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
        key = self._seeded(name, value if value is not None or empty else offered[0])
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
        key = self._seeded(name, value)
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


def edit_rule(session: Session, id_: str, path: str) -> None:
    """The form of one rule of the draft in hand, and its Save."""
    assert session.draft is not None
    stored = session.view.value(path)
    assert stored is not None
    works = _works()
    work = works.setdefault((session.draft.id, id_), Work(deepcopy(stored), begin_fields(stored, session.view.kb)))
    changed_elsewhere = False
    if work.stored != stored:
        if build(work.fields, work.stored) == work.stored:
            _begin_again(work, stored, session.view.kb)
        else:
            changed_elsewhere = True
    if changed_elsewhere:
        _settle(session, work, stored)
    bar = st.container()
    prefix = f"rule/{session.draft.id}/{id_}"
    form = Form(work, prefix)
    record, checked = _fields(session, work, form, path, prefix)
    elsewhere = form.tell(checked.problems | _unfinished(work, checked), checked.warnings)
    with bar:
        for text in elsewhere:
            st.error(text)
    foot = st.container()
    ready = checked.ready and not work.problems
    if record == stored and not new_term(work.fields):
        foot.caption("Everything is saved." if ready else "Saved, and not ready to be proposed.")
        return
    _save_bar(session, work, foot, path, record, ready, blocked=changed_elsewhere)


def _unfinished(work: Work, checked: Checked) -> Problems:
    """What the builder says of the criterion, in place of what the model says of the same."""
    if not work.problems:
        return {}
    return {"when": work.problems.get("when", checked.problems.get("when", []))}


def _settle(session: Session, work: Work, stored: Record) -> None:
    st.warning("This rule was saved in another window while you were editing it here. Nothing of yours is lost.")
    mine, theirs = st.columns(2)
    if mine.button("Keep what I have here", help="Saving will replace what was saved in the other window."):
        work.stored = deepcopy(stored)
        st.rerun()
    if theirs.button("Take what was saved there"):
        _begin_again(work, stored, session.view.kb)
        st.rerun()


def _save_bar(
    session: Session, work: Work, foot: DeltaGenerator, path: str, record: Record, ready: bool, blocked: bool
) -> None:
    with foot.container(border=True):
        told, undo, keep = st.columns([4, 1.3, 1], vertical_alignment="center")
        if blocked:
            told.markdown("Choose above what is to stay before you save.")
        elif ready:
            told.markdown("**Not saved yet.** Nothing in this rule stands in the way of proposing it.")
        else:
            told.markdown("**Not saved yet.** It can be kept as it is; it is not ready to be proposed.")
        if undo.button("Undo to what is saved", width="stretch", key="rule-undo"):
            _begin_again(work, session.view.value(path) or {}, session.view.kb)
            st.rerun()
        if keep.button("Save", type="primary", width="stretch", disabled=blocked, key="rule-save"):
            changes: dict[str, object] = {path: record}
            made = new_term(work.fields)
            if made and work.fields["new_meaning"].strip() and made[0] not in session.view.files:
                changes[made[0]] = made[1]
            with st.spinner("Saving, and checking the whole draft…"):
                done = save(session, changes, f"Change the rule {work.fields['title'].strip() or record['id']}")
            if done:
                work.stored, work.builder = deepcopy(record), work.heard
                if made and made[0] in changes:
                    work.fields["term"], work.fields["new_term"] = made[1]["id"], ""
                    work.generation += 1
                st.rerun()


def _fields(session: Session, work: Work, form: Form, path: str, prefix: str) -> tuple[Record, Checked]:
    view, fields = session.view, work.fields
    with st.container(key="stack-rule"):
        left, right = st.columns([5, 3], gap="large")
    with left:
        form.line("title", "Title", help="What the rule says, in a clinician's words.")
        st.subheader("When", anchor=False)
        _criterion(view.kb, work, prefix)
        form.slot("when")
    with right:
        st.subheader(f"Then: {KINDS.get(fields['kind'], 'not said').lower()}", anchor=False)
        _then(view, form)
        form.slot("then", "rule")
        reads = st.container()
    st.subheader("Why", anchor=False)
    left, right = st.columns(2, gap="large")
    with left:
        if fields["kind"] in ("red_flag", "condition"):
            form.text("because", "What the patient is told: because …", help="In plain words; it completes `because`.")
        form.text("judgement", "Judgement", help="Why it was decided so where no source settles it.")
        form.fields["review_by"] = st.date_input(
            "Look at it again by", key=form._seeded("review_by", fields["review_by"] or in_a_year(session.today))
        )
        form.slot("review_by")
    with right:
        _sources(view, form)
    record = build(fields, work.stored)
    checked = check(view, path, record, fields)
    with reads:
        st.subheader("Reads as", anchor=False)
        _english(checked)
    st.subheader("Examples", anchor=False)
    _examples(work, form, checked)
    return record, checked


def _criterion(kb: KnowledgeBase, work: Work, prefix: str) -> None:
    from authoring.console.components.builder import criteria_builder

    result = criteria_builder(
        kb, work.fields["when"], version=work.builder, key="rule-criterion", record=f"{prefix}/when"
    )
    work.fields["when"] = result.value if result.value is not None else result.draft
    work.heard = max(work.heard, result.version)
    work.problems = {"when": [message for _, message in result.problems]} if result.problems else {}


def _english(checked: Checked) -> None:
    if checked.rule is None:
        st.caption("The rule can be read as English when nothing is missing.")
        return
    show_english(checked.kb, checked.rule)


def _then(view: View, form: Form) -> None:
    match form.fields["kind"]:
        case "red_flag":
            _flag(view.kb, form)
        case "condition":
            _evidence(view.kb, form)
        case "finding" | "score":
            _term(view.kb, form)
        case "advice":
            form.line("advice", "Advice", help="Blocks of guides that are marked with it are shown.")
            known = ", ".join(sorted(view.kb.advice_rules)).replace("_", " ")
            st.caption(f"Advice that rules give now: {known or 'none'}")
        case _:
            st.error("The rule does not say what it concludes. Delete it, and begin a new one.")


def _conditions(kb: KnowledgeBase) -> list[str]:
    return sorted(kb.current_conditions, key=lambda one: kb.conditions[one].name.casefold())


def _flag(kb: KnowledgeBase, form: Form) -> None:
    levels = [one.value for one in Urgency if one is not Urgency.SELF_CARE]
    form.one("urgency", "Urgency", levels, lambda one: LEVEL_NAMES[Urgency(one)])
    form.many("suspects", "Rule out", _conditions(kb), lambda one: kb.conditions[one].name, "Search conditions")
    form.text("message", "What the person should do, and why", help="Plain words, reading age 9 to 11.")
    chosen = next((one for one in Urgency if one.value == form.fields["urgency"]), None)
    below = LEVEL_NAMES[chosen.one_below] if chosen else "one level below"
    allowed = [one.value for one in LEVELS[1:] if chosen is None or one.level <= chosen.level]
    form.one(
        "if_unsure",
        "While an answer is missing it counts as",
        allowed,
        lambda one: LEVEL_NAMES[Urgency(one)],
        placeholder=f"One level below: {below}",
    )
    if form.fields["if_unsure"]:
        form.text("if_unsure_reason", "Why not one level below?")


def _evidence(kb: KnowledgeBase, form: Form) -> None:
    fields = form.fields
    form.one("condition", "Condition", _conditions(kb), lambda one: kb.conditions[one].name)
    groups = groups_of(kb, fields["condition"])
    current = fields["group"]
    offered = [*groups] if not current or current in groups else [current, *groups]
    key = form._seeded("group", current or None)
    fields["group"] = (
        st.selectbox(
            "Group",
            offered,
            index=None,
            key=key,
            accept_new_options=True,
            placeholder="Choose one, or type a new name",
            format_func=lambda one: _group_name(one, groups),
            help="Rules that look at the same thing share a group: only the strongest weight each way counts.",
        )
        or ""
    )
    form.slot("group")
    fields["basis"] = st.radio(
        "The weight rests on",
        ["published", "judgement"],
        format_func={"published": "A published likelihood ratio", "judgement": "Explained judgement"}.__getitem__,
        key=form._seeded("basis", fields["basis"]),
    )
    if fields["basis"] == "published":
        _ratio(kb, form)
    else:
        way, much = st.columns([1, 2])
        fields["direction"] = (
            way.radio("It speaks", ["for", "against"], key=form._seeded("direction", fields["direction"])) or "for"
        )
        fields["strength"] = much.slider(
            "Decibans (3 doubles the odds, 10 makes them ten times)",
            1,
            MOST,
            key=form._seeded("strength", min(MOST, fields["strength"])),
        )
    form.slot("weight", "basis")
    with st.expander("It shares an answer with another group", expanded=bool(fields["independent_because"])):
        form.text("independent_because", "Why both may count")


def _group_name(group: str, groups: dict[str, int]) -> str:
    count = groups.get(group, 0)
    words = group.replace("_", " ")
    return f"{words} ({count} {'rule' if count == 1 else 'rules'})" if count else f"{words} (new)"


def _ratio(kb: KnowledgeBase, form: Form) -> None:
    ratio, weight = st.columns(2)
    with ratio:
        given = number(form.line("ratio", "Likelihood ratio", slot=False))
    try:
        shown = f"{decibans(given):+d} decibans" if given is not None else "…"
    except ValueError:
        shown = "not possible"
    with weight:
        st.markdown(f"Weight  \n**{shown}**")
    form.slot("ratio")
    low, high = st.columns(2)
    for name, label in (("interval", "95 % interval"), ("range", "Range between studies")):
        with low:
            form.line(f"{name}_low", f"{label}, from", slot=False)
        with high:
            form.line(f"{name}_high", f"{label}, to", slot=False)
    form.slot("interval")
    form.slot("range")
    _source(kb, form, "ratio_source", "Published in")
    form.line("ratio_locator", "Where in it", help="Page, table, or abstract.")
    form.line("calculated_from", "Calculated by us from", help="Only where the ratio itself is not printed.")


def _source(kb: KnowledgeBase, form: Form, name: str, label: str) -> None:
    names = _source_names(kb)
    form.one(name, label, list(names), lambda one: names[one], placeholder="Search author, year or title")


def _source_names(kb: KnowledgeBase) -> dict[str, str]:
    names = {id_: source_name(kb.sources, id_) for id_ in kb.sources}
    return dict(sorted(names.items(), key=lambda one: one[1].casefold()))


def _term(kb: KnowledgeBase, form: Form) -> None:
    kind = form.fields["kind"]
    terms = {one.id: one.name for one in kb.terms.values() if one.kind == kind}
    chosen = form.one(
        "term",
        "Concludes" if kind == "finding" else "Adds to",
        sorted(terms, key=lambda one: terms[one].casefold()),
        lambda one: terms[one],
        placeholder=f"A new {kind}, named below",
    )
    if chosen is None:
        form.line("new_term", f"Name of the new {kind}", slot=False)
        form.text("new_meaning", "What it stands for")
        form.slot("meaning")
    else:
        st.caption(kb.terms[chosen].meaning if chosen in kb.terms else "")
    if kind == "score":
        form.line("points", "Points")


def _sources(view: View, form: Form) -> None:
    names = _source_names(view.kb)
    form.many("sources", "Sources", list(names), lambda one: names[one], "Search author, year or title")
    locators: dict[str, str] = form.fields["locators"]
    for id_ in form.fields["sources"]:
        key = form._seeded(f"locator/{id_}", locators.get(id_, ""))
        locators[id_] = (
            st.text_input(f"Where in {names.get(id_, id_)[:60]}", key=key, placeholder="Page, table, recommendation")
            or ""
        )


# Examples


def _examples(work: Work, form: Form, checked: Checked) -> None:
    examples: list[Record] = form.fields["examples"]
    if examples:
        chosen = st.dataframe(
            {
                "": list(range(1, len(examples) + 1)),
                "Answers": [answers_in_words(checked.kb, one.get("answers")) for one in examples],
                "It should give": [GIVES.get(str(one.get("gives")), "not said") for one in examples],
                "It gives now": [GIVES[truth] if truth else "not run" for truth in checked.truths],
                "Note": [str(one.get("note") or "") for one in examples],
            },
            hide_index=True,
            on_select="rerun",
            selection_mode="multi-row",
            key=form.key(f"examples-{len(examples)}"),
            column_config={"Answers": st.column_config.TextColumn(width="large")},
        )
        picked = [at for at in chosen["selection"]["rows"] if at < len(examples)]
        if picked:
            _change_examples(form, examples, picked, checked)
    form.slot("examples")
    if st.toggle("Add an example", key=form.key("add-example")):
        _add_example(form, examples, checked)


def _change_examples(form: Form, examples: list[Record], picked: list[int], checked: Checked) -> None:
    take, agree, _ = st.columns([1, 2, 3])
    if take.button("Remove", key=form.key("remove-examples")):
        form.fields["examples"] = [one for at, one in enumerate(examples) if at not in picked]
        st.rerun()
    can = [at for at in picked if checked.truths[at] is not None and checked.truths[at] != examples[at].get("gives")]
    if can and agree.button("They should give what they give now", key=form.key("agree-examples")):
        for at in can:
            examples[at]["gives"] = checked.truths[at]
        st.rerun()


def _add_example(form: Form, examples: list[Record], checked: Checked) -> None:
    criterion = _criterion_of(form.fields["when"])
    if criterion is None:
        st.caption("Finish the criterion first: its questions are then asked here.")
        return
    kb = checked.kb
    answers: dict[str, Any] = {}
    columns = st.columns(3)
    wrong = False
    for at, name in enumerate(questions_below(kb, criterion)):
        with columns[at % 3]:
            try:
                given = _answer(kb, kb.questions[name], form.key(f"example-{len(examples)}/{name}"))
            except ValueError as error:
                st.markdown(f":red[**To mend:**] {error}")
                wrong = True
                continue
        if given is not None:
            answers[name] = given
    truth = None
    if checked.runs and checked.rule is not None and not wrong:
        truth = truths_of(Evaluator(kb), checked.rule.id, [answers])[0]
    if truth:
        st.markdown(f"For these answers: **{GIVES[truth].lower()}**")
    gives = st.segmented_control(
        "What should the rule give?", list(GIVES), format_func=GIVES.__getitem__, key=form.key(f"gives-{len(examples)}")
    )
    note = st.text_input("Note (may stay empty)", key=form.key(f"note-{len(examples)}"))
    if st.button("Add this example", key=form.key("put-example"), disabled=gives is None or wrong):
        example: Record = {"answers": answers, "gives": gives}
        if note and note.strip():
            example["note"] = note.strip()
        examples.append(example)
        st.rerun()


def _criterion_of(value: object) -> Criterion | None:
    try:
        criterion: Criterion = criterion_adapter.validate_python(value, strict=False)
    except ValidationError:
        return None
    return criterion


def _answer(kb: KnowledgeBase, question: Question, key: str) -> Any:
    """The answer to one question as JSON holds it, or None where it is left out. Raises ValueError in words."""
    if question.type in ("integer", "decimal"):
        return read_number(question, st.text_input(f"{question.name} ({question.unit})", key=key) or "")
    names = {option.id: option.name or option.text for option in kb.options(question)}
    if question.type == "boolean":
        names = {"yes": "Yes", "no": "No"}
    if question.type == "choices":
        picked = st.multiselect(
            question.name,
            [NONE, UNSURE, *names],
            format_func=lambda one: names.get(one, one),
            key=key,
            placeholder=NOT_ASKED,
        )
        return read_choices(picked)
    choice = st.selectbox(
        question.name,
        [*names, UNSURE],
        index=None,
        format_func=lambda one: names.get(one, one),
        key=key,
        placeholder=NOT_ASKED,
    )
    if choice is None:
        return None
    if choice == UNSURE:
        return "unknown"
    return choice == "yes" if question.type == "boolean" else choice


def read_number(question: Question, text: str) -> int | float | str | None:
    """A number as typed, `?` for not sure, None for nothing. Raises ValueError in words where it is outside."""
    if not text.strip():
        return None
    if text.strip() == "?" or slug(text) in ("unknown", "not_sure"):
        return "unknown"
    value = number(text)
    assert question.min is not None
    assert question.max is not None
    whole = question.type == "integer"
    if value is None or not question.min <= value <= question.max or (whole and value != int(value)):
        word = "a whole number" if whole else "a number"
        raise ValueError(f"{question.name} is {word} from {question.min:g} to {question.max:g}, or ? for not sure")
    return int(value) if value == int(value) else value


def read_choices(picked: Sequence[str]) -> list[str] | str | None:
    """Ticked options as JSON; None where nothing is said. Raises ValueError where "none" or "not sure" is not alone."""
    if not picked:
        return None
    if len(picked) > 1 and (NONE in picked or UNSURE in picked):
        raise ValueError(f"choose either options, or {NONE.lower()}, or {UNSURE.lower()}")
    if picked[0] == UNSURE:
        return "unknown"
    return [] if picked[0] == NONE else list(picked)
