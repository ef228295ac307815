"""What FHIR cannot say of a knowledge base's questions: told in the questionnaire, on the terminal and in the docs."""

from __future__ import annotations

from collections.abc import Iterator

from engine.knowledge import KnowledgeBase
from engine.model.rule import Urgency
from engine.uses import uses
from exports.fhir.shown import shown


def cannot_say(kb: KnowledgeBase, clinician: bool = False) -> Iterator[str]:
    """One sentence for each thing, in a reader's words: first what holds for every form, then for single questions."""
    yield (
        "How urgent it is and what is likely. The form has no rules in it: nobody is told anything, not even "
        f"'{kb.settings.urgency[Urgency.EMERGENCY].name}', until the response is assessed."
    )
    yield (
        "In which order to ask. The interview asks first what could be an emergency, leaves out what can no longer "
        "matter, and stops when enough is known; the form shows every question that applies, in the order of sections."
    )
    yield (
        "That a question is open until the question that it hangs on is answered. The form hides it until then; to "
        "the rules what was not asked is not known, and clears nobody."
    )
    ticked = [question.id for question in kb.questions.values() if question.type == "choices"]
    if ticked:
        yield (
            "That 'none of these' excludes the others, in renderers that do not know the extension "
            "questionnaire-optionExclusive. A response that has both is refused."
        )
        yield (
            "For single options of a list, that a person is not sure, in the list itself. 'Not sure' beside ticked "
            "options opens a second list; where that is left empty, every option that is not ticked counts as not sure."
        )
    for constraint in kb.constraints.values():
        yield f"That these cannot be true together: {constraint.title}. It comes back when the response is assessed."
    coded = [region.name for region in kb.body.regions if region.codes]
    if coded:
        yield f"The codes of regions of the body ({', '.join(coded)}): an answer has room for one code, its own."
    if not clinician:
        asked = sum(1 for question in kb.questions.values() if question.by == "clinician")
        if asked:
            yield f"The {asked} questions that a clinician answers stand in the clinician's questionnaire only."
    order = list(kb.questions)
    for question in kb.questions.values():
        if question.by == "clinician" and not clinician:
            continue
        when = shown(kb, question.ask_when)
        read = uses(question.ask_when).facts if question.ask_when else frozenset()
        later = sorted(name for name in read if order.index(name) > order.index(question.id))
        if later:
            yield (
                f"`{question.id}`: that it comes after {', '.join(f'`{name}`' for name in later)}, on which it hangs. "
                "In the form it stands above, and appears there once that is answered."
            )
        if when.cannot:
            whom = "to more people than it is for" if when.when else "to everybody"
            yield (
                f"`{question.id}`: exactly for whom it is ({when.cannot}). It is shown {whom}; an answer that does "
                "not apply is set aside."
            )
