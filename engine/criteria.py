"""The criteria: a small closed language, one typed tree, three-valued.

Everything that is done with a criterion is a fold over this tree, one file each, with an exhaustive `match`:
`engine/evaluate.py`, `engine/english.py`, `engine/uses.py`, `engine/reach.py`, `engine/durable.py` and those of
other packages. A new form breaks the type check in each of them until it is handled there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import Annotated, Any, Literal, assert_never

from pydantic import Discriminator, Field, GetJsonSchemaHandler, Tag, TypeAdapter, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from engine.model.base import Record, Slug


class Truth(IntEnum):
    """Strong Kleene truth. The order makes `all` a minimum, `any` a maximum, `not` a mirror image."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2

    def negate(self) -> Truth:
        """TRUE and FALSE change places; UNKNOWN stays."""
        return Truth(2 - self)

    @property
    def word(self) -> str:
        """As JSON and people write it: `true`, `false`, `unknown`."""
        return self.name.lower()


Operator = Literal["is", "in", "includes", "gte", "gt", "lte", "lt"]
OPERATORS: tuple[Operator, ...] = ("is", "in", "includes", "gte", "gt", "lte", "lt")
ORDERED: tuple[Operator, ...] = ("gte", "gt", "lte", "lt")
"""The operators that compare numbers."""

Scalar = bool | int | float | str


def _one_operator(record: Record, allowed: tuple[Operator, ...]) -> None:
    """Refuse a comparison with no operator or two: nobody could say which of them decides."""
    given = [name for name in allowed if getattr(record, name + "_" if name in ("is", "in") else name) is not None]
    names = ", ".join(f"`{name}`" for name in allowed)
    if not given:
        raise ValueError(f"a comparison needs exactly one of {names}; this one has none")
    if len(given) > 1:
        has = " and ".join(f"`{name}`" for name in given)
        raise ValueError(f"a comparison has exactly one of {names}; this one has {has}")


class FactIs(Record):
    """A comparison on the answer to one question."""

    fact: Slug = Field(description="The question's id.")
    is_: Scalar | None = Field(default=None, alias="is", description="The answer is exactly this.")
    in_: Annotated[tuple[Scalar, ...], Field(min_length=2)] | None = Field(
        default=None, alias="in", description="The answer is one of these."
    )
    includes: Slug | None = Field(default=None, description="This option is among those chosen.")
    gte: int | float | None = Field(default=None, description="At least.")
    gt: int | float | None = Field(default=None, description="More than.")
    lte: int | float | None = Field(default=None, description="At most.")
    lt: int | float | None = Field(default=None, description="Less than.")

    @model_validator(mode="after")
    def _valid(self) -> FactIs:
        _one_operator(self, OPERATORS)
        return self

    @property
    def operator(self) -> Operator:
        """The one operator of this comparison."""
        return next(name for name in OPERATORS if self._operand(name) is not None)

    @property
    def operand(self) -> Scalar | tuple[Scalar, ...]:
        """What the answer is compared with."""
        value = self._operand(self.operator)
        assert value is not None
        return value

    def _operand(self, name: Operator) -> Scalar | tuple[Scalar, ...] | None:
        value: Scalar | tuple[Scalar, ...] | None = getattr(self, name + "_" if name in ("is", "in") else name)
        return value


class FindingIs(Record):
    """A derived finding is TRUE."""

    finding: Slug


class ScoreIs(Record):
    """A comparison on a derived score, in the score's own points."""

    score: Slug
    gte: int | float | None = Field(default=None, description="At least.")
    gt: int | float | None = Field(default=None, description="More than.")
    lte: int | float | None = Field(default=None, description="At most.")
    lt: int | float | None = Field(default=None, description="Less than.")

    @model_validator(mode="after")
    def _valid(self) -> ScoreIs:
        _one_operator(self, ORDERED)
        return self

    @property
    def operator(self) -> Operator:
        """The one operator of this comparison."""
        return next(name for name in ORDERED if getattr(self, name) is not None)

    @property
    def operand(self) -> int | float:
        """The points that the score is compared with."""
        value: int | float = getattr(self, self.operator)
        return value


class All(Record):
    """Every part holds."""

    all: Annotated[tuple[Criterion, ...], Field(min_length=1)]

    @property
    def parts(self) -> tuple[Criterion, ...]:
        """The criteria that are joined."""
        return self.all

    @model_validator(mode="after")
    def _valid(self) -> All:
        no_twins(self.all)
        return self


class AnyOf(Record):
    """At least one part holds."""

    any: Annotated[tuple[Criterion, ...], Field(min_length=1)]

    @property
    def parts(self) -> tuple[Criterion, ...]:
        """The criteria that are joined."""
        return self.any

    @model_validator(mode="after")
    def _valid(self) -> AnyOf:
        no_twins(self.any)
        return self


class Not(Record):
    """The part does not hold. Where a question does not apply its comparisons are FALSE, and so `not` is TRUE."""

    not_: Criterion = Field(alias="not")


class AtLeast(Record):
    """At least k of the parts hold, as most published rules are written."""

    at_least: Annotated[int, Field(ge=1)]
    of: Annotated[tuple[Criterion, ...], Field(min_length=1)]

    @property
    def parts(self) -> tuple[Criterion, ...]:
        """The criteria that are counted."""
        return self.of

    @model_validator(mode="after")
    def _valid(self) -> AtLeast:
        if self.at_least > len(self.of):
            raise ValueError(f"at least {self.at_least} of {len(self.of)} parts can never hold")
        no_twins(self.of)
        return self


def no_twins(parts: Sequence[Record]) -> None:
    """Raises ValueError where a part stands twice in a group: it would count twice, or say nothing."""
    seen: dict[Record, int] = {}
    for position, part in enumerate(parts, 1):
        if (first := seen.setdefault(part, position)) != position:
            raise ValueError(f"part {position} of the group repeats part {first}")


FORMS: dict[str, type[Record]] = {
    "fact": FactIs,
    "finding": FindingIs,
    "score": ScoreIs,
    "all": All,
    "any": AnyOf,
    "not": Not,
    "at_least": AtLeast,
}
"""The key that tells each form from the others, in the order in which an editor offers them."""


def _form(value: object) -> str | None:
    if isinstance(value, dict):
        return next((key for key in FORMS if key in value), None)
    return next((key for key, form in FORMS.items() if isinstance(value, form)), None)


class _ByForm:
    """Writes the union as if/then per form, so that an error names the form that the author meant."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        forms = [handler(choice) for choice in core["choices"].values()]
        return {
            "type": "object",
            "anyOf": [{"required": [key]} for key in FORMS],
            "allOf": [{"if": {"required": [key]}, "then": form} for key, form in zip(FORMS, forms, strict=True)],
        }


Criterion = Annotated[
    Annotated[FactIs, Tag("fact")]
    | Annotated[FindingIs, Tag("finding")]
    | Annotated[ScoreIs, Tag("score")]
    | Annotated[All, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[Not, Tag("not")]
    | Annotated[AtLeast, Tag("at_least")],
    Discriminator(
        _form,
        custom_error_type="criterion_form",
        custom_error_message="a criterion is one of `fact`, `finding`, `score`, `all`, `any`, `not`, `at_least`",
    ),
    _ByForm(),
]
"""Any criterion."""

for _group in (All, AnyOf, Not, AtLeast):
    _group.model_rebuild()

criterion_adapter: TypeAdapter[Any] = TypeAdapter(Criterion)


def children(criterion: Criterion) -> Iterator[tuple[tuple[str | int, ...], Criterion]]:
    """The direct parts of a criterion, each with the steps of the JSON pointer that lead to it."""
    match criterion:
        case All():
            yield from ((("all", at), part) for at, part in enumerate(criterion.all))
        case AnyOf():
            yield from ((("any", at), part) for at, part in enumerate(criterion.any))
        case AtLeast():
            yield from ((("of", at), part) for at, part in enumerate(criterion.of))
        case Not():
            yield ("not",), criterion.not_
        case FactIs() | FindingIs() | ScoreIs():
            return
        case _:
            assert_never(criterion)


def walk(criterion: Criterion, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Criterion]]:
    """A criterion and everything below it, outermost first, each with its JSON pointer's steps."""
    yield path, criterion
    for step, part in children(criterion):
        yield from walk(part, (*path, *step))
