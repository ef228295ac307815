"""Translators' files: GNU gettext's PO, which Poedit, Weblate, Lokalise, OmegaT and the like read and write.

Each text has its place as context (`msgctxt`), where it stands as reference, and what matters about it as comment. A
text that has changed since it was translated is fuzzy, with the text before as `#| msgid`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from io import BytesIO

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po, write_po

from authoring.translating import Entry, Given
from engine.finding import Finding, KnowledgeError

MOST = 16 * 1024 * 1024
_HEADER = """\
Texts of Algos for translators: {title}.
Texts are about health. A translation must say exactly the same: no more, no less, as urgent, with the same numbers.
Address the reader politely, in plain words. Leave what stands in braces, **bold** and [links](https://...) as they are.
"""


def written(language: str, title: str, entries: Iterable[Entry], now: datetime) -> bytes:
    """The file for a translator."""
    catalog = Catalog(
        locale=language.replace("-", "_"),
        project=title,
        version="1",
        header_comment="\n".join(f"# {line}" for line in _HEADER.format(title=title).splitlines()),
        creation_date=now,
        revision_date=now,
        language_team="",
        last_translator="",
        fuzzy=False,
    )
    for entry in entries:
        message = catalog.add(
            entry.text,
            entry.translation or "",
            locations=[(entry.file, None)],  # type: ignore[list-item]  # a line is optional
            flags=["fuzzy"] if entry.state == "stale" else [],
            auto_comments=[entry.note] if entry.note else [],
            previous_id=entry.earlier or (),
            context=entry.place,
        )
        assert isinstance(message, Message)
        message.flags -= {"python-format", "python-brace-format"}  # `50 % of` is no Python
    stream = BytesIO()
    write_po(stream, catalog, width=0, include_previous=True, include_lineno=False)
    return stream.getvalue()


def read(data: bytes, name: str) -> tuple[str, list[Given]]:
    """The language of a translator's file, and what is in it. Raises KnowledgeError where it is none."""
    if len(data) > MOST:
        raise _error(name, 0, f"it has more than {MOST // 2**20} MB", "export a part of the texts with --only")
    try:
        data.decode(_charset(data))
        catalog = read_po(BytesIO(data), abort_invalid=True)
    except PoFileError as error:
        what = f"it is no PO file: {str(error).rpartition(' on ')[0] or error}"
        raise _error(name, error.lineno + 1, what, _FIX) from None
    except (LookupError, ValueError, IndexError, TypeError) as error:
        raise _error(name, 0, f"it cannot be read: {error}", _FIX) from None
    language = str(catalog.locale_identifier or "").replace("_", "-")
    messages = [one for one in catalog if one.id]
    if not messages:
        raise _error(name, 0, "no text is in it", _FIX)
    if not language:
        raise _error(name, 0, "it does not say its language", 'add the line `"Language: de\\n"` to its header')
    return language, list(_given(messages, name))


def _given(messages: Iterable[Message], name: str) -> Iterator[Given]:
    for message in messages:
        line = message.lineno or 0
        if not isinstance(message.id, str) or not isinstance(message.string, str):
            raise _error(name, line, "a text with plural forms is in it, which Algos has not", _FIX)
        if message.context is None:
            what = f"the text “{message.id[:60]}” has no context (msgctxt) that says where it stands"
            raise _error(name, line, what, _FIX)
        yield Given(message.context, message.id, message.string, "fuzzy" not in message.flags, line)


def _charset(data: bytes) -> str:
    found = re.search(rb"charset=([\w-]+)", data[:4000])
    return found[1].decode("ascii") if found else "utf-8"


def _error(name: str, line: int, what: str, fix: str) -> KnowledgeError:
    return KnowledgeError([Finding(name, line, "", "LC022", "locale.file", what, fix)])


_FIX = "make the file anew, and work on that with a translators' program such as Poedit"
