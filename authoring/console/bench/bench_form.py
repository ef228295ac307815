"""Answering on the test bench: one question's widgets, the whole form by section, and the interview."""

from __future__ import annotations

from typing import Any, Literal

import streamlit as st

from authoring.asking import STOPPED, screen_title
from authoring.console.bench.bench_answers import bench, put, put_options, take_back
from authoring.console.bench.bench_body import ask_on_map, has_map
from authoring.console.session import plain
from engine.answers import UNSURE, Answers, Chosen
from engine.assess import Assessment
from engine.criteria import Truth
from engine.english import answer, english
from engine.interview import Interview
from engine.knowledge import KnowledgeBase
from engine.model.question import Question

Voice = Literal["clinician", "patient"]
"""In whose words a question is shown: the form is the clinician's, the interview the patient's."""

_MANY = 12
"""More options than this are searched in a list and not laid out."""


def _hold(key: str, value: object) -> None:
    """Make a widget show what the answers are. Set only where it differs, so that a click under way is not undone."""
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def ask(kb: KnowledgeBase, question: Question, voice: Voice) -> None:
    """One question, with "not answered" and "not sure" as states of their own."""
    given = bench().variant.answers
    key = f"bench-{bench().editing}-{voice}-{question.id}"
    label = question.name if voice == "clinician" else question.text
    hints = [part for part in (question.text if voice == "clinician" else "", question.help or "") if part]
    if has_map(kb, question):
        ask_on_map(kb, question, given, key, label, "  \n".join(hints))
    else:
        _ask(kb, question, given, key, plain(label), "  \n".join(map(plain, hints)), voice)
    if voice == "patient" and question.why:
        st.caption(f"Why we ask: {plain(question.why)}")


def _ask(kb: KnowledgeBase, question: Question, given: Answers, key: str, label: str, hint: str, voice: Voice) -> None:
    match question.type:
        case "boolean":
            _boolean(question, given, key, label, hint)
        case "choice":
            _choice(kb, question, given, key, label, hint, voice)
        case "choices":
            _choices(kb, question, given, key, label, hint, voice)
        case _:
            _number(question, given, key, label, hint)


def _state(given: Answers, question: str) -> Any:
    """The answer, `UNSURE`, or None where there is none."""
    return UNSURE if question in given.unsure else given.values.get(question)


def _boolean(question: Question, given: Answers, key: str, label: str, hint: str) -> None:
    names = {"yes": "Yes", "no": "No", UNSURE: "Not sure"}
    state = _state(given, question.id)
    _hold(key, {True: "yes", False: "no", UNSURE: UNSURE}.get(state) if state is not None else None)

    def changed() -> None:
        chosen = st.session_state[key]
        if chosen is None:
            take_back(question.id)
        else:
            put(question.id, None if chosen == UNSURE else chosen == "yes")

    st.segmented_control(
        label, list(names), format_func=lambda one: names[one], key=key, on_change=changed, help=hint or None, wrap=True
    )


def _choice(
    kb: KnowledgeBase, question: Question, given: Answers, key: str, label: str, hint: str, voice: Voice
) -> None:
    names = _option_names(kb, question, voice) | {UNSURE: "Not sure"}
    _hold(key, _state(given, question.id))

    def changed() -> None:
        chosen = st.session_state[key]
        if chosen is None:
            take_back(question.id)
        else:
            put(question.id, None if chosen == UNSURE else chosen)

    if voice == "patient" and len(names) <= _MANY:
        st.radio(
            label,
            list(names),
            index=None,
            format_func=lambda one: plain(names[one]),
            key=key,
            on_change=changed,
            help=hint or None,
        )
        return
    st.selectbox(
        label,
        list(names),
        index=None,
        format_func=lambda one: names[one],
        key=key,
        on_change=changed,
        placeholder="Not answered",
        help=hint or None,
    )


def _number(question: Question, given: Answers, key: str, label: str, hint: str) -> None:
    assert question.min is not None
    assert question.max is not None
    kind = int if question.type == "integer" else float
    state = _state(given, question.id)
    _hold(key, kind(state) if isinstance(state, int | float) else None)
    _hold(f"{key}-unsure", state == UNSURE)

    def changed() -> None:
        number = st.session_state[key]
        if number is None:
            take_back(question.id)
        else:
            put(question.id, number)

    def unsure() -> None:
        if st.session_state[f"{key}-unsure"]:
            put(question.id, None)
        else:
            take_back(question.id)

    left, right = st.columns([3, 2], vertical_alignment="bottom")
    left.number_input(
        f"{label} ({plain(question.unit or '')}, {question.min:g} to {question.max:g})",
        min_value=kind(question.min),
        max_value=kind(question.max),
        value=None,
        step=1 if kind is int else 0.1,
        key=key,
        on_change=changed,
        placeholder="Not answered",
        help=hint or None,
    )
    right.checkbox("Not sure", key=f"{key}-unsure", on_change=unsure)


def _choices(
    kb: KnowledgeBase, question: Question, given: Answers, key: str, label: str, hint: str, voice: Voice
) -> None:
    names = _option_names(kb, question, voice)
    state = _state(given, question.id)
    chosen = state if isinstance(state, Chosen) else Chosen()
    yes, unsure, whole = f"{key}-yes", f"{key}-unsure", f"{key}-whole"
    if voice == "clinician" or len(names) > _MANY:
        _hold(yes, [one for one in names if one in chosen.yes])
    _hold(unsure, [one for one in names if one in chosen.unsure])
    _hold(whole, "none" if state == Chosen() else UNSURE if state == UNSURE else None)

    def ticked() -> None:
        now = frozenset(st.session_state[yes])
        put_options(question.id, now, chosen.unsure - now)

    def doubted() -> None:
        now = frozenset(st.session_state[unsure])
        put_options(question.id, chosen.yes - now, now)

    def answered_whole() -> None:
        match st.session_state[whole]:
            case "none":
                put(question.id, Chosen())
            case None:
                take_back(question.id)
            case _:
                put(question.id, None)

    with st.container(border=voice == "clinician"):  # the interview's screen has a border already
        if len(names) > _MANY:
            st.multiselect(
                label,
                list(names),
                format_func=lambda one: names[one],
                key=yes,
                on_change=ticked,
                placeholder="None chosen yet",
                help=hint or None,
            )
        elif voice == "patient":
            _tick_boxes(question, names, chosen, key, label, hint)
        else:
            st.pills(
                label,
                list(names),
                selection_mode="multi",
                format_func=lambda one: plain(names[one]),
                key=yes,
                on_change=ticked,
                help=hint or None,
            )
        st.segmented_control(
            "Or for all of it",
            ["none", UNSURE],
            format_func=lambda one: "None of these" if one == "none" else "Not sure",
            key=whole,
            on_change=answered_whole,
            label_visibility="collapsed",
            wrap=True,
        )
        st.multiselect(
            "Not sure about",
            list(names),
            format_func=lambda one: names[one],
            key=unsure,
            on_change=doubted,
            placeholder="Not sure about single ones ...",
            label_visibility="collapsed",
        )
        if state is None:
            st.caption("Not answered.")
        elif state == UNSURE:
            st.caption("Not sure about any of it.")
        else:
            rest = len(names) - len(chosen.yes) - len(chosen.unsure)
            st.caption(
                f"Answered: {len(chosen.yes)} ticked, {len(chosen.unsure)} not sure, {rest} not."
                if chosen != Chosen()
                else "Answered: none of these."
            )


def _tick_boxes(question: Question, names: dict[str, str], chosen: Chosen, key: str, label: str, hint: str) -> None:
    """The options with their whole texts, one below the other."""
    st.markdown(label, help=hint or None)

    def ticked(option: str) -> None:
        now = chosen.yes ^ {option}
        put_options(question.id, now, chosen.unsure - now)

    for option, text in names.items():
        _hold(f"{key}-tick-{option}", option in chosen.yes)
        st.checkbox(plain(text), key=f"{key}-tick-{option}", on_change=ticked, args=(option,))


def _option_names(kb: KnowledgeBase, question: Question, voice: Voice) -> dict[str, str]:
    return {
        option.id: option.text if voice == "patient" else option.name or option.text for option in kb.options(question)
    }


def whole_form(kb: KnowledgeBase, assessment: Assessment) -> None:
    """Every question by section; those that do not apply folded away, with the reason."""
    given = bench().variant.answers
    sections = {section.id: section for section in kb.sections}

    # A widget's state goes when the page is left; the section in hand is kept beside it.
    kept, key = "bench-section-in-hand", "bench-section"
    if st.session_state.get(kept) not in sections:
        st.session_state[kept] = next(iter(sections))
    _hold(key, st.session_state[kept])

    def picked() -> None:
        st.session_state[kept] = st.session_state[key]

    # The list's words must not change with the answers: Streamlit would then take the chosen one for gone.
    chosen: str = st.selectbox(
        "Section", list(sections), format_func=lambda one: sections[one].title, key=key, on_change=picked
    )
    section = sections[chosen]
    asked = [one.id for one in section.questions if _applies(assessment, one.id)]
    st.caption(f"{sum(given.answered(one) for one in asked)} of {len(asked)} answered")
    for question in section.questions:
        if _applies(assessment, question.id):
            ask(kb, question, "clinician")
    folded = [one for one in section.questions if not _applies(assessment, one.id)]
    if folded:
        with st.expander(f"Do not apply to this person: {len(folded)}"):
            for question in folded:
                _not_applying(kb, question, given)
    ids = list(sections)
    at = ids.index(chosen)
    left, right = st.columns(2)

    def turn(to: str) -> None:
        st.session_state[kept] = to

    if at > 0:
        left.button("Section before", on_click=turn, args=(ids[at - 1],), width="stretch")
    if at < len(ids) - 1:
        right.button("Next section", on_click=turn, args=(ids[at + 1],), width="stretch")


def _applies(assessment: Assessment, question: str) -> bool:
    return assessment.values.applies.get(question, Truth.TRUE) is not Truth.FALSE


def _not_applying(kb: KnowledgeBase, question: Question, given: Answers) -> None:
    assert question.ask_when is not None
    st.markdown(f"**{question.name}**: only where {english(question.ask_when, kb)}")
    if given.answered(question.id):
        told = answer(kb, question, given.values.get(question.id))
        st.caption(f"Set aside, though answered: {told}")
        st.button("Take the answer back", key=f"bench-back-{question.id}", on_click=take_back, args=(question.id,))


def interview(kb: KnowledgeBase, machine: Interview) -> None:
    """The interview as a patient sees it, one screen at a time, with back and "not sure"."""
    variant = bench().variant
    step = machine.next(variant.answers, len(variant.history))
    known = tuple(name for name in variant.screen if name in kb.questions)
    if not known:
        variant.screen = known = step.screen.questions if step.screen else ()

    def forward() -> None:
        variant.history.append((known, _without_all(variant.answers, known)))
        variant.screen = ()

    def back() -> None:
        screen, before = variant.history.pop()
        now = variant.answers
        kept = before
        for name in screen:  # what was answered there is shown again, to be changed
            if now.answered(name):
                kept = kept.with_answer(name, now.values.get(name))
        variant.answers, variant.screen = kept, screen

    number = len(variant.history) + 1
    if not known:
        assert step.stop is not None
        st.success(STOPPED[step.stop])
        st.caption(f"{number - 1} screens were shown. The result stands beside this.")
        if variant.history:
            st.button("Back", on_click=back)
        return
    st.caption(
        f"Screen {number}, usually no more than {kb.settings.interview.question_budget} · {screen_title(kb, known)}"
    )
    if step.stop == "emergency":
        st.error(STOPPED["emergency"])
    with st.container(border=True):
        for name in known:
            ask(kb, kb.questions[name], "patient")
    missing = [kb.questions[name].name for name in known if not variant.answers.answered(name)]
    if step.stop == "emergency":
        missing = []
    left, right = st.columns(2)
    left.button("Back", on_click=back, disabled=not variant.history, width="stretch")
    right.button("Next", on_click=forward, disabled=bool(missing), type="primary", width="stretch")
    if missing:
        st.caption(f"Still to answer, or to mark as not sure: {', '.join(missing)}.")
    if step.screen and step.screen.asked_for:
        titles = [kb.active[rule].title for rule in step.screen.asked_for[:4]]
        more = f" and {len(step.screen.asked_for) - 4} more" if len(step.screen.asked_for) > 4 else ""
        st.caption(f"What comes next could settle: {'; '.join(titles)}{more}.")


def _without_all(answers: Answers, names: tuple[str, ...]) -> Answers:
    values = {name: value for name, value in answers.values.items() if name not in names}
    return Answers(values, answers.unsure - set(names))
