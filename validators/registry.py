"""What a check is, where the checks are found, and how they are run on a knowledge base."""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property

from engine import jsontext
from engine.assess import Assessor
from engine.canonical import canonical_text
from engine.criteria import Criterion, walk
from engine.files import kind_of
from engine.finding import Finding, Severity
from engine.knowledge import KnowledgeBase
from engine.load import Loaded, load
from engine.memory import Memory
from engine.texts import Standing, standing, texts_of
from validators.kept import Kept

Overlay = Mapping[str, object]
"""A change to the example knowledge base: path to a JSON value, to raw bytes, or to None for no such file."""


@dataclass(frozen=True)
class Context:
    """A knowledge base that is being checked."""

    loaded: Loaded
    today: date | None = None
    """The day on which it is checked; time is passed in, never read here."""
    memory: Memory = field(default_factory=Memory)
    """What earlier checks worked out."""

    @property
    def kb(self) -> KnowledgeBase:
        """The records that could be read. Checks that need them run only where there are settings and a body map."""
        assert self.loaded.kb is not None
        return self.loaded.kb

    def path(self, kind: str, id_: str) -> str:
        """The file of a record."""
        return self.kb.paths[kind, id_]

    def line(self, path: str, pointer: str) -> int:
        """The line of a pointer in a file."""
        data = self.loaded.files.get(path)
        if not data:
            return 0
        return self.memory.of(
            ("line", data, pointer), lambda: jsontext.line_of(data.decode("utf-8", "replace"), pointer)
        )

    @cached_property
    def texts(self) -> dict[str, str]:
        """Place to text of everything that can be translated."""
        return texts_of(self.kb)

    @cached_property
    def standings(self) -> dict[str, Standing]:
        """How each language that has translations stands to the texts, by language."""
        translated = {language: one for language, one in sorted(self.kb.locales.items()) if one.texts}
        return {language: standing(one, self.texts) for language, one in translated.items()}

    @cached_property
    def assessor(self) -> Assessor:
        """The reference evaluator on this knowledge base; only for checks with `needs_evaluator`."""
        return Assessor(self.kb)

    @cached_property
    def kept(self) -> Kept:
        """What came out in earlier checks; only for checks with `needs_evaluator`."""
        return Kept(self.assessor, self.memory)

    def criteria(self) -> Iterator[tuple[str, str, tuple[str | int, ...], Criterion]]:
        """Every part of every criterion: kind and id of its record, the pointer's steps, the part."""
        for kind, id_, steps, criterion in self.kb.criteria():
            for path, part in walk(criterion, steps):
                yield kind, id_, path, part


Problem = tuple[str, Sequence[str | int], str, str]
"""What a check reports: file, pointer's steps, what is wrong, and the fix."""

Run = Callable[[Context], Iterator[Problem]]


@dataclass(frozen=True)
class Check:
    """One thing that is looked for."""

    code: str
    name: str
    title: str
    why: str
    bad: Overlay
    good: Overlay
    run: Run | None = None
    """None: it is found while the files are read."""
    severity: Severity = Severity.ERROR
    needs_evaluator: bool = False
    """Whether it runs rules, and so only on a knowledge base without errors of the other kind."""

    def findings(self, context: Context) -> Iterator[Finding]:
        """What this check finds."""
        if self.run is None:
            return
        for path, steps, what, fix in self.run(context):
            pointer = jsontext.pointer(steps)
            line = context.line(path, pointer)
            yield Finding(path, line, pointer, self.code, self.name, what, fix, self.severity)


@cache
def checks() -> tuple[Check, ...]:
    """Every check, by code. Each module below `validators.checks` defines one as CHECK."""
    import validators.checks as package

    found = []
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        check = getattr(importlib.import_module(module.name), "CHECK", None)
        if check:
            found.append(check)
    return tuple(sorted(found, key=lambda check: check.code))


def check_files(
    files: Mapping[str, bytes], today: date | None = None, memory: Memory | None = None
) -> tuple[Loaded, list[Finding]]:
    """Read a knowledge base and run every check on it, as of `today`.

    With a `memory` of earlier checks only what depends on what changed since is worked out anew; the findings are the
    same.

    Checks that evaluate rules are left out while there are errors of another kind: nobody can run a rule that
    names a question that does not exist.
    """
    memory = memory or Memory()
    loaded = load(files, memory)
    findings = list(loaded.findings)
    if loaded.kb is None:
        return loaded, sorted(findings)
    context = Context(loaded, today, memory)
    for check in checks():
        if not check.needs_evaluator:
            findings += check.findings(context)
    if not any(finding.severity is Severity.ERROR for finding in findings):
        for check in checks():
            if check.needs_evaluator:
                findings += check.findings(context)
    return loaded, sorted(set(findings))


def example_files(base: Mapping[str, object], overlay: Overlay) -> dict[str, bytes]:
    """The bytes of the example knowledge base with a change; JSON values are written canonically."""
    files = {}
    for path, value in {**base, **overlay}.items():
        if value is None:
            continue
        data = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
        if not isinstance(value, bytes) and kind_of(path):
            data = canonical_text(data, path).encode()
        files[path] = data
    return files
