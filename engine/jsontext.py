"""JSON as people write it: read strictly, find the line of a pointer, write the one canonical text.

Python's `json` accepts duplicate keys, `NaN`, numbers beyond a double, half a character, a byte order mark (after
decoding) and any depth; a knowledge base refuses them, because two readers would not see the same rule.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from json.decoder import scanstring  # type: ignore[attr-defined]  # in CPython since 2.6; typeshed leaves it out

from engine.finding import Finding, KnowledgeError

MAX_BYTES = 4 * 1024 * 1024
"""The largest JSON file that is read. A rule is about 2 kB and a long guide 60 kB; 4 MiB is never honest."""
MOST = 2**53 - 1
"""The largest integer that is read: programs that keep every number as a double know no larger one (RFC 8785)."""
MAX_DEPTH = 60
"""The deepest nesting that is read: far beyond a criterion that a person could follow, far below the stack."""


class Number(float):
    """A decimal that remembers how its author wrote it, so that 2.50 stays 2.50 when the file is saved."""

    text: str

    def __new__(cls, text: str) -> Number:
        """The number that a text stands for."""
        number = super().__new__(cls, text)
        number.text = text
        return number


def _fail(path: str, line: int, pointer: str, code: str, name: str, what: str, fix: str) -> KnowledgeError:
    return KnowledgeError([Finding(path, line, pointer, code, name, what, fix)])


def read(data: bytes, path: str, *, limit: int = MAX_BYTES) -> object:
    """The value that the bytes of one JSON file hold, refused unless every reader would see the same.

    Raises KnowledgeError (codes FM001 to FM006) naming `path`, the line, and the fix.
    """
    if len(data) > limit:
        raise _fail(
            path,
            0,
            "",
            "FM006",
            "format.size",
            f"the file is {len(data) / 1e6:.1f} MB; at most {limit / 1e6:.1f} MB are read",
            "split it, or check that it is the file you meant",
        )
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise _fail(
            path,
            1,
            "",
            "FM001",
            "format.encoding",
            "the file begins with a byte order mark",
            "save it as UTF-8 without byte order mark",
        )
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _fail(
            path,
            line,
            "",
            "FM001",
            "format.encoding",
            f"byte {error.start + 1} is not valid UTF-8",
            "save the file as UTF-8",
        ) from None
    if not text.strip():
        raise _fail(path, 1, "", "FM002", "format.json", "the file is empty", "write the record, or delete the file")
    _check_characters(text, path)

    def pairs(members: list[tuple[str, object]]) -> dict[str, object]:
        result = dict(members)
        if len(result) < len(members):
            keys = [key for key, _ in members]
            twice = next(key for key in keys if keys.count(key) > 1)
            found = list(re.finditer(re.escape(json.dumps(twice, ensure_ascii=False)) + r"\s*:", text))
            line = text.count("\n", 0, found[-1].start()) + 1 if found else 0
            raise _fail(
                path,
                line,
                "",
                "FM003",
                "format.duplicate-key",
                f"the field `{twice}` stands twice",
                "keep one of the two",
            )
        return result

    def refused(literal: str, what: str, fix: str) -> KnowledgeError:
        line = _line_of_literal(text, literal)
        return _fail(path, line, "", "FM004", "format.not-a-number", f"`{literal[:40]}` {what}", fix)

    def constant(name: str) -> object:
        raise refused(name, "is not a number", "write a number, or leave the value out")

    def integer(literal: str) -> int:
        digits = literal.lstrip("-")
        if len(digits) > len(str(MOST)) or int(digits) > MOST:
            raise refused(literal, "is too large: programs would read different numbers", "write a smaller number")
        return int(literal)

    def decimal(literal: str) -> Number:
        number = Number(literal)
        if math.isinf(number):
            raise refused(literal, "is too large: programs would read different numbers", "write a smaller number")
        return number

    try:
        value = json.loads(
            text, object_pairs_hook=pairs, parse_constant=constant, parse_int=integer, parse_float=decimal
        )
    except json.JSONDecodeError as error:
        raise _fail(
            path,
            error.lineno,
            "",
            "FM002",
            "format.json",
            f"not valid JSON: {error.msg} (column {error.colno})",
            "a comma, quote or bracket near this place is missing or one too many",
        ) from None
    except RecursionError:
        raise _too_deep(path) from None
    _check_depth(value, path)
    return value


_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"|-?\w[\w.+-]*')


def _line_of_literal(text: str, literal: str) -> int:
    """The line of the first number or word that is written so outside quotes."""
    found = next((one for one in _LITERAL.finditer(text) if one.group() == literal), None)
    return text.count("\n", 0, found.start()) + 1 if found else 0


_HALF = re.compile(r"\\\\|\\u[dD][89abAB]..\\u[dD][c-fC-F]..|(\\u[dD][89a-fA-F]..)")
"""In valid JSON: an escaped backslash, both halves of a character beyond U+FFFF, or one half alone."""


def _check_characters(text: str, path: str) -> None:
    """Refuse half a character (a lone surrogate), which JSON can spell and UTF-8 cannot hold."""
    half = next((one for one in _HALF.finditer(text) if one.group(1)), None) if "\\u" in text else None
    if half:
        raise _fail(
            path,
            text.count("\n", 0, half.start()) + 1,
            "",
            "FM001",
            "format.encoding",
            f"`{half.group(1)}` is half a character",
            "write the character itself",
        )


def _too_deep(path: str) -> KnowledgeError:
    return _fail(
        path,
        0,
        "",
        "FM006",
        "format.size",
        f"it is nested more than {MAX_DEPTH} levels deep",
        "give a part of the criterion a name of its own (a finding) and refer to that",
    )


def _check_depth(value: object, path: str) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        below: list[object] = []
        for item in level:
            if isinstance(item, dict):
                below.extend(item.values())
            elif isinstance(item, list):
                below.extend(item)
        if not below:
            return
        level = below
    raise _too_deep(path)


def strings(value: object) -> Iterator[str]:
    """Every text in a JSON value; the names of members are none."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from strings(part)


_SPACE = re.compile(r"[ \t\n\r]*")
_SCALAR = re.compile(r"[^,\]}\s]+")


def line_of(text: str, pointer: str) -> int:
    """The line (from 1) where the value at a JSON pointer begins, or of its nearest parent that exists."""
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    position = _find(text, parts)
    return text.count("\n", 0, position) + 1


def _skip_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _skip_value(text: str, at: int) -> int:
    """The position behind the JSON value that begins at `at` in valid JSON."""
    if text[at] == '"':
        return int(scanstring(text, at + 1)[1])
    if text[at] not in "[{":
        found = _SCALAR.match(text, at)
        return found.end() if found else at + 1
    depth = 0
    while True:
        if text[at] == '"':
            at = int(scanstring(text, at + 1)[1])
            continue
        depth += (text[at] in "[{") - (text[at] in "]}")
        at += 1
        if depth == 0:
            return at


def _find(text: str, parts: list[str]) -> int:
    at = _skip_space(text, 0)
    for level, part in enumerate(parts, 1):
        if text[at] not in "[{":
            return at
        is_object, start, index = text[at] == "{", at, 0
        at = _skip_space(text, at + 1)
        while text[at] not in "]}":
            label = at
            if is_object:
                key, at = scanstring(text, at + 1)
                at = _skip_space(text, _skip_space(text, at) + 1)
            else:
                key = str(index)
            if key == part:
                at = label if level == len(parts) else at
                break
            at = _skip_space(text, _skip_value(text, at))
            if text[at] == ",":
                at = _skip_space(text, at + 1)
            index += 1
        else:
            return start
    return at


def escape(part: str | int) -> str:
    """One step of a JSON pointer."""
    return str(part).replace("~", "~0").replace("/", "~1")


def pointer(parts: Sequence[str | int]) -> str:
    """A JSON pointer from its steps."""
    return "".join(f"/{escape(part)}" for part in parts)


WIDTH = 110
"""Leaf objects and lists stand on one line up to this column."""

KeyOrder = Callable[[tuple[str | int, ...], Mapping[str, object]], Sequence[str]]
"""Given the path of an object and the object, its keys in the order in which they are written."""


def _plain(value: object) -> bool:
    """Whether a value is a scalar or a list of scalars."""
    if isinstance(value, list):
        return not any(isinstance(part, (dict, list)) for part in value)
    return not isinstance(value, dict)


def _is_leaf(value: object) -> bool:
    """Whether a value reads well on one line: it holds plain values, or objects that hold nothing else."""
    if isinstance(value, dict):
        return all(
            _plain(item) or (isinstance(item, dict) and all(_plain(part) for part in item.values()))
            for item in value.values()
        )
    return isinstance(value, list) and all(_plain(item) for item in value)


def write(value: object, order: KeyOrder) -> str:
    """The one canonical text of a JSON value: keys in `order`, two spaces, UTF-8, leaves on one line."""
    return _write(value, order, (), 0, 0) + "\n"


def _scalar(value: object) -> str:
    return value.text if isinstance(value, Number) else json.dumps(value, ensure_ascii=False, allow_nan=False)


def _inline(value: object, order: KeyOrder, path: tuple[str | int, ...]) -> str:
    if isinstance(value, dict):
        members = (f"{_scalar(key)}: {_inline(value[key], order, (*path, key))}" for key in order(path, value))
        return "{" + ", ".join(members) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_inline(item, order, (*path, at)) for at, item in enumerate(value)) + "]"
    return _scalar(value)


def _write(value: object, order: KeyOrder, path: tuple[str | int, ...], indent: int, column: int) -> str:
    if not isinstance(value, (dict, list)):
        return _scalar(value)
    # A record always opens over several lines; what is below it may stand on one.
    if path and _is_leaf(value):
        line = _inline(value, order, path)
        if column + len(line) < WIDTH:
            return line
    if not value:
        return "{}" if isinstance(value, dict) else "[]"
    inner = " " * (indent + 2)
    if isinstance(value, dict):
        parts = []
        for key in order(path, value):
            label = f"{inner}{_scalar(key)}: "
            parts.append(label + _write(value[key], order, (*path, key), indent + 2, len(label)))
        return "{\n" + ",\n".join(parts) + "\n" + " " * indent + "}"
    items = [inner + _write(item, order, (*path, at), indent + 2, len(inner)) for at, item in enumerate(value)]
    return "[\n" + ",\n".join(items) + "\n" + " " * indent + "]"
