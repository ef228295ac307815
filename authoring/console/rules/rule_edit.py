"""The form in which a rule is written, in a draft: each field with what is wrong with it beneath it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import streamlit as st
from pydantic import ValidationError

from authoring.actions import View, slug
from authoring.console.records.buttons import pressed
from authoring.console.records.editing import Drawn, Editor, edit
from authoring.console.records.form import Form
from authoring.console.records.records import Fields, Record, number_of
from authoring.console.records.source_facts import names_of
from authoring.console.rules.rule_english import show_english
from authoring.console.rules.rule_form import (
    KINDS,
    MOST,
    Checked,
    answers_in_words,
    build,
    check,
    decibans,
    fields_from,
    groups_of,
    new_term,
    questions_below,
    truths_of,
)
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


def begin_fields(stored: Record, kb: KnowledgeBase) -> Fields:
    """The form's fields of a stored rule; a finding or score that nobody has named yet is offered as a new one."""
    fields = fields_from(stored) | {"adding": False, "new_answers": {}, "new_gives": None, "new_note": ""}
    if fields["kind"] in ("finding", "score"):
        fields["new_meaning"] = ""
        if fields["term"] not in kb.terms:
            fields["new_term"] = str(fields["term"] or "").replace("_", " ")
            fields["term"] = None
    return fields


def edit_rule(session: Session, path: str) -> None:
    """The form of one rule of the draft in hand, and its Save."""
    view, stored = session.view, session.view.value(path)
    assert stored is not None

    def draw(form: Form, _record: Record) -> Drawn:
        checked = _fields(session, form, path, stored)
        unfinished = form.work.unfinished.get("when")
        problems = {name: said for name, said in checked.problems.items() if not (name == "when" and unfinished)}
        return Drawn(problems, checked.warnings)

    def keep(record: Record, fields: Fields) -> bool:
        changes: dict[str, object] = {path: record}
        made = new_term(fields)
        if made and fields["new_meaning"].strip() and made[0] not in view.files:
            changes[made[0]] = made[1]
        return save(session, changes, f"Change the rule {fields['title'].strip() or record['id']}")

    edit(
        session,
        Editor(
            name=path,
            title="this rule",
            stored=stored,
            begin=lambda value: begin_fields(value, view.kb),
            build=build,
            draw=draw,
            save=keep,
            keeps_errors=True,
        ),
    )


def _fields(session: Session, form: Form, path: str, stored: Record) -> Checked:
    view, fields = session.view, form.fields
    with st.container(key="stack-rule"):
        left, right = st.columns([5, 3], gap="large")
    with left:
        form.line("title", "Title", help="What the rule says, in a clinician's words.")
        st.subheader("When", anchor=False)
        form.criterion("when")
        reads = st.container()
    with right:
        st.subheader(f"Then: {KINDS.get(fields['kind'], 'not said').lower()}", anchor=False)
        _then(view, form)
        form.slot("then", "rule")
        reads = st.container()
    st.subheader("Why", anchor=False)
    left, right = st.columns(2, gap="large")
    with left:
        if fields["kind"] in ("red_flag", "condition"):
            form.text(
                "because", "What the patient is told: because …", help="In plain words that go on from “because”."
            )
        form.text("judgement", "Judgement", help="Why it was decided so where no source settles it.")
        form.day("review_by", "Look at it again by", in_a_year(session.today))
    with right:
        form.sources()
    record = build(fields, stored)
    checked = check(view, path, record, fields)
    with reads:
        st.subheader("Reads as", anchor=False)
        _english(checked)
    st.subheader("Examples", anchor=False)
    _examples(form, checked)
    return checked


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


_RULE_OUT = "Search conditions; below urgent there may be none"


def _conditions(kb: KnowledgeBase) -> list[str]:
    return sorted(kb.current_conditions, key=lambda one: kb.conditions[one].name.casefold())


def _flag(kb: KnowledgeBase, form: Form) -> None:
    levels = [one.value for one in Urgency if one is not Urgency.SELF_CARE]
    form.one("urgency", "Urgency", levels, lambda one: LEVEL_NAMES[Urgency(one)])
    form.many("suspects", "Rule out", _conditions(kb), lambda one: kb.conditions[one].name, _RULE_OUT)
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
    key = form.seeded("group", current or None)
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
        key=form.seeded("basis", fields["basis"]),
    )
    if fields["basis"] == "published":
        _ratio(kb, form)
    else:
        way, much = st.columns([1, 2])
        fields["direction"] = (
            way.radio("It speaks", ["for", "against"], key=form.seeded("direction", fields["direction"])) or "for"
        )
        fields["strength"] = much.slider(
            "Decibans (3 doubles the odds, 10 makes them ten times)",
            1,
            MOST,
            key=form.seeded("strength", min(MOST, fields["strength"])),
        )
    form.slot("weight", "basis")
    given = bool(fields["independent_because"])
    # With a key it stays open also when the text is emptied, to be written anew.
    with st.expander("It shares an answer with another group", expanded=given, key=form.key("independent")):
        form.text("independent_because", "Why both may count")


def _group_name(group: str, groups: dict[str, int]) -> str:
    count = groups.get(group, 0)
    words = group.replace("_", " ")
    return f"{words} ({count} {'rule' if count == 1 else 'rules'})" if count else f"{words} (new)"


def _ratio(kb: KnowledgeBase, form: Form) -> None:
    ratio, weight = st.columns(2)
    with ratio:
        given = number_of(form.line("ratio", "Likelihood ratio", slot=False))
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
    names = names_of(kb)
    form.one(name, label, list(names), lambda one: names[one], placeholder="Search author, year or title")


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


# Examples


def _examples(form: Form, checked: Checked) -> None:
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
    if form.toggle("adding", "Add an example"):
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
    fields = form.fields
    criterion = _criterion_of(fields["when"])
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
                given = _answer(form, kb.questions[name], f"example-{len(examples)}")
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
    gives = fields["new_gives"] = st.segmented_control(
        "What should the rule give?",
        list(GIVES),
        format_func=GIVES.__getitem__,
        key=form.seeded(f"gives-{len(examples)}", fields["new_gives"]),
    )
    note = form.part(fields, form.work.saved, "new_note", f"note-{len(examples)}", "Note (may stay empty)")
    if pressed("Add this example", key=form.key("put-example"), disabled=gives is None or wrong):
        example: Record = {"answers": answers, "gives": gives}
        if note.strip():
            example["note"] = note.strip()
        examples.append(example)
        fields |= {"new_answers": {}, "new_gives": None, "new_note": ""}
        st.rerun()


def _criterion_of(value: object) -> Criterion | None:
    try:
        criterion: Criterion = criterion_adapter.validate_python(value, strict=False)
    except ValidationError:
        return None
    return criterion


def _answer(form: Form, question: Question, place: str) -> Any:
    """The answer to one question as JSON holds it, or None where it is left out. Raises ValueError in words."""
    given: Fields = form.fields["new_answers"]
    name, place = question.id, f"{place}/{question.id}"
    if question.type in ("integer", "decimal"):
        return read_number(question, form.part(given, {}, name, place, f"{question.name} ({question.unit})"))
    names = {option.id: option.name or option.text for option in form.kb.options(question)}
    if question.type == "boolean":
        names = {"yes": "Yes", "no": "No"}
    if question.type == "choices":
        picked = given[name] = st.multiselect(
            question.name,
            [NONE, UNSURE, *names],
            format_func=lambda one: names.get(one, one),
            key=form.seeded(place, given.get(name, [])),
            placeholder=NOT_ASKED,
        )
        return read_choices(picked)
    choice = given[name] = st.selectbox(
        question.name,
        [*names, UNSURE],
        index=None,
        format_func=lambda one: names.get(one, one),
        key=form.seeded(place, given.get(name)),
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
    value = number_of(text)
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
