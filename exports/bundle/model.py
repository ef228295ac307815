"""What stands in a bundle: the manifest, the core and the conformance cases, as models from which schemas are made."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from engine.criteria import Criterion
from engine.model.base import Record, Reviewed, Slug, Text
from engine.model.condition import Prior, Thresholds
from engine.model.locale import Emergency, Language, Place
from engine.model.question import BodyMap, Code, Constraint, Section
from engine.model.rule import Rule, Term, Urgency
from engine.model.settings import Settings
from engine.outcome import Status

FORMAT = 1
"""The version of the bundle's own layout."""
SEMANTICS = 1
"""The version of the meaning of rules (docs/semantics.md) that this code implements."""

MAX_FILE = 16 * 1024 * 1024
"""The largest file that a bundle may hold, in bytes. The core is half a megabyte; 16 MiB is never honest."""
MAX_FILES = 10_000
MAX_BUNDLE = 256 * 1024 * 1024
"""The most that all files may hold together, in bytes."""

MANIFEST = "manifest.jws"
CORE = "core.json"
CONFORMANCE = "conformance/core.json"
MORE_CONFORMANCE = "conformance/more.json"
EXERCISES = "exercises.json"
SOURCES = "sources.json"
JUDGEMENTS = "judgements.json"
"""Rule to why it is as it is where no source says so. Nobody needs it to ask or to assess, and it is long."""
PROOF = "release/proof.json"
NOTES = "release/notes.md"


def locale_path(language: str) -> str:
    """Where a language's texts stand in a bundle."""
    return f"locales/{language}.json"


def paper_path(condition: str, language: str | None = None) -> str:
    """Where a guide on paper stands in a bundle; `language` is None for the one that the records are written in."""
    return f"guides/{language}/{condition}.pdf" if language else f"guides/{condition}.pdf"


Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
FilePath = Annotated[str, Field(pattern=r"^[a-z0-9_\-]+(/[A-Za-z0-9_\-]+)*(\.[a-z0-9]+)+$", max_length=200)]
Part = Literal["core", "guides", "pictures", "sources", "locales", "conformance", "release"]


class BundleFile(Record):
    """One file of a bundle, by its content."""

    path: FilePath = Field(description="What the file is, such as `guides/low_back_spasm.pdf`.")
    sha256: Sha256 = Field(description="SHA-256 of its bytes; with the path's ending it is the file's name.")
    size: Annotated[int, Field(ge=0, le=MAX_FILE)] = Field(description="In bytes.")
    part: Part = Field(description="An app fetches `core` first; everything else when it is needed.")

    @property
    def stored_as(self) -> str:
        """Where the file lies in the folder or archive."""
        return f"files/{self.sha256}{self.path[self.path.rindex('.') :]}"


class Manifest(Record):
    """What a bundle is, and the list of its files. This is what is signed."""

    format: Literal[1]
    kb: Slug = Field(description="The knowledge base's id.")
    title: Text
    version: Annotated[int, Field(ge=0, le=2**53 - 1)] = Field(
        description="Each release has a greater one than the release before; 0 for a preview."
    )
    preview: bool = Field(description="Made for trying out; apps for patients refuse it.")
    unreviewed: bool = Field(description="Not every record in it has been approved by a clinician.")
    semantics: Annotated[int, Field(ge=1)] = Field(description="The meaning of rules that it was written for.")
    content: Sha256 = Field(description="The identity of the whole knowledge base that it was made from.")
    review_by: date = Field(description="The earliest day by which something in it has to be reviewed again.")
    languages: Annotated[tuple[Language, ...], Field(min_length=1)] = Field(
        description="The language that its records are written in, then those that it has translations into."
    )
    signed_by: Annotated[tuple[str, ...], Field(min_length=1, max_length=16)] = Field(
        description="The ids (RFC 7638 thumbprints) of all keys that sign it, in order."
    )
    proof: FilePath | None = Field(default=None, description="The certificate of `algos prove`; absent: none was made.")
    approvals: tuple[FilePath, ...] = Field(default=(), description="Signed statements of who approved what.")
    notes: FilePath | None = Field(default=None, description="The release notes, in Markdown.")
    files: Annotated[tuple[BundleFile, ...], Field(min_length=1, max_length=MAX_FILES)]

    def file(self, path: str) -> BundleFile | None:
        """The file at a path."""
        return next((file for file in self.files if file.path == path), None)


class CoreCondition(Reviewed):
    """A condition without its guide."""

    id: Slug
    name: Text
    plain_name: Text
    also_called: tuple[Text, ...] = ()
    region: Slug
    codes: tuple[Code, ...] = ()
    considered_when: Criterion | None = None
    prior: Prior
    thresholds: Thresholds | None = None
    care_level: Urgency


class Core(Record):
    """Everything that is needed to ask, to assess and to explain. Records are as their authors wrote them.

    Rules and conditions that are retired are left out, and so are the rules' examples.
    """

    format: Literal[1]
    settings: Settings
    body: BodyMap
    sections: tuple[Section, ...] = Field(description="In the order in which they are asked.")
    terms: tuple[Term, ...] = Field(description="By id.")
    rules: tuple[Rule, ...] = Field(description="By id.")
    conditions: tuple[CoreCondition, ...] = Field(description="By id.")
    constraints: tuple[Constraint, ...] = Field(description="By id.")


class BundleLocale(Record):
    """What an app says in one language: `locales/<language>.json`."""

    language: Language
    name: Text = Field(description="The language's name in that language.")
    direction: Literal["ltr", "rtl"]
    emergency: Emergency
    texts: dict[Place, Text] = Field(description="Place to translation, only of texts that have not changed since.")


Truths = Annotated[str, Field(pattern=r"^[TUF]*$")]
"""One letter each for TRUE, UNKNOWN and FALSE, in the order of ids."""


class ExpectedOutcome(Record):
    """Everything in which two evaluators have to agree."""

    urgency: Urgency
    red_flags: tuple[str, ...] = Field(description="The TRUE ones, in the order in which they are told.")
    open_flags: tuple[str, ...] = Field(description="The UNKNOWN ones, in the order in which they are told.")
    to_rule_out: tuple[Slug, ...]
    likely: tuple[Slug, ...]
    possible: tuple[Slug, ...]
    conditions: dict[Slug, tuple[Status, int, int, int]] = Field(
        description="Every condition: status, weight, and the least and the most that the weight could be."
    )
    rules: Truths = Field(description="What each rule of the core is.")
    findings: Truths = Field(description="What each finding that a rule concludes is.")
    scores: dict[Slug, tuple[float, float]] = Field(description="Each score's interval, in its own points.")
    advice: tuple[Slug, ...]
    set_aside: tuple[Slug, ...]
    corrections: tuple[Slug, ...]


class ConformanceCase(Record):
    """Some answers, and everything that has to come out."""

    id: str
    answers: dict[Slug, JsonValue]
    outcome: ExpectedOutcome


class ConformanceInterview(Record):
    """A whole interview: asked from nothing, a person who gives these answers, and `unknown` to everything else."""

    id: str
    answers: dict[Slug, JsonValue]
    screens: tuple[tuple[Slug, ...], ...] = Field(description="The questions of each screen, in the order shown.")
    stop: Literal["emergency", "settled", "budget"]
    urgency: Urgency = Field(description="What the outcome is after the last screen.")


class Conformance(Record):
    """Cases with which an implementation shows that it means the same by a rule."""

    format: Literal[1]
    cases: tuple[ConformanceCase, ...]
    interviews: tuple[ConformanceInterview, ...]
