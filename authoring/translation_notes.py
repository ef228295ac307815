"""What a translator is told beside a text: where it stands, who reads it, and what matters about it."""

from __future__ import annotations

from engine.knowledge import KnowledgeBase
from engine.model.rule import Advice

_LEVELS = {
    "emergency": "now",
    "urgent": "today",
    "soon": "within days",
    "routine": "in the next weeks",
    "self_care": "",
}
_STATEMENT = {
    "text": "A statement of the guide; one action a sentence, reading age 9 to 11.",
    "contested": "What is disputed about the statement before it.",
    "judgement": "A footnote: why this is said although no source settles it.",
}
_EXERCISE = {
    "name": "The name of an exercise; two to four words.",
    "aim": "What the exercise is for, in one sentence.",
    "steps": "One step of the exercise: one action, as an instruction.",
    "dose": "How much and how often. The numbers must stay.",
    "progression": "How to make the exercise harder.",
    "easier": "What to do where the exercise is too hard.",
    "stop_if": "When to stop the exercise: safety.",
    "pictures": "Read aloud to somebody who does not see the picture.",
    "judgement": "A footnote: why this is said although no source settles it.",
}


def note_for(kb: KnowledgeBase, place: str) -> str:
    """One or two sentences about the text at a place."""
    kind, *rest = place.split("/")
    last = rest[-1] if rest else ""
    match kind:
        case "settings" if rest[0] == "urgency":
            word = (
                "Name of an urgency; two or three words."
                if last == "name"
                else "What to do. A frightened person reads it."
            )
            return f"{word} How soon: {_LEVELS.get(rest[1], rest[1]) or 'can be looked after at home'}."
        case "settings":
            return "Shown with every result, word for word."
        case "runtime":
            return "Composed around other texts: what stands in braces is put in, and must stay as it is."
        case "region" | "part":
            return "A part of the body, on the body map; with its side (the person's own left and right)."
        case "section":
            return "The title of a group of questions."
        case "question":
            return _question(kb, rest)
        case "constraint":
            return "Told where two answers cannot both be true: asks to look at them again, without blame."
        case "rule":
            return _rule(kb, "/".join(rest[:-1]), last)
        case "condition" if "guide" in rest:
            return _guide(kb, rest)
        case "condition":
            return "What a clinician calls the condition." if last == "name" else "What a patient calls the condition."
        case "exercise":
            return _EXERCISE.get(rest[1], "A text of an exercise.")
        case "interface":
            return "A text of the web page itself; what stands in braces is put in. A button's text is short."
        case "locale":
            if last == "name":
                return "The name of your language, in your language: for English it is English."
            return "Tells which number to call in an emergency, and where. The numbers must stay."
        case _:
            return ""


def _question(kb: KnowledgeBase, rest: list[str]) -> str:
    question = kb.questions.get(rest[0])
    asked = question.text if question else ""
    match rest[1:]:
        case ["text"]:
            return "A question to the patient, who is addressed directly. It must ask exactly the same."
        case ["help"]:
            return f"Explains the question “{asked}” to somebody who is not sure."
        case ["why"]:
            return f"Why this is asked: “{asked}”"
        case _:
            return f"An answer to: “{asked}”"


def _rule(kb: KnowledgeBase, id_: str, last: str) -> str:
    rule = kb.rules.get(id_)
    match last:
        case "because" if rule and isinstance(rule.then, Advice):
            return "Completes “If ...” before advice in a guide: begins in lower case, has no full stop."
        case "because":
            return (
                "A reason, in a list below “Because you said that”, and read out by itself in an emergency: a whole "
                "sentence that begins in lower case and has no full stop."
            )
        case "message":
            return (
                "What to do at a warning sign. A frightened person reads it: short sentences, and how soon must stay."
            )
        case _:
            return "What a rule says, in a clinician's words."


def _guide(kb: KnowledgeBase, rest: list[str]) -> str:
    condition = kb.conditions.get(rest[0])
    about = f"Guide “{condition.plain_name}”. " if condition else ""
    match rest[2:]:
        case ["summary"]:
            return f"{about}One or two sentences at the top."
        case ["exercises", _, "start"]:
            return f"{about}From when an exercise is done."
        case ["exercises", *_]:
            return f"{about}How much of an exercise. The numbers must stay."
        case ["watch_for", _, "sign"]:
            return f"{about}A warning sign, as a patient would notice it."
        case ["watch_for", _, "go"]:
            return f"{about}Where to go, and how fast: that must stay."
        case [section, "title"]:
            return f"{about}The heading of the part `{section}`."
        case [section, _, what]:
            return f"{about}{_STATEMENT.get(what, '')} Part: `{section}`."
        case _:
            return about.strip()
