"""The texts of the pain assessment's own interface: a flat file for each language, and of which texts each was made."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from engine import jsontext
from engine.finding import Finding, KnowledgeError

SOURCE = "en"
MADE_OF = ".hashes"
"""The ending of the file beside a language's that holds, for each key, the hash of the text that was translated.

It is JSON too, and no part of the site, which serves files with endings that browsers know.
"""


@dataclass(frozen=True)
class Interface:
    """The folder of the interface's texts."""

    folder: Path

    def texts(self, language: str = SOURCE) -> dict[str, str]:
        """Key to text; empty where there is no such language. Raises KnowledgeError where the file is none of ours."""
        return _read(self.folder / f"{language}.json")

    def made_of(self, language: str) -> dict[str, str]:
        """Key to the hash of the English text that was translated."""
        return _read(self.folder / f"{language}{MADE_OF}")

    def languages(self) -> list[str]:
        """The languages that there are besides English."""
        return sorted(path.stem for path in self.folder.glob("*.json") if path.stem != SOURCE)

    def files(self, language: str, texts: dict[str, str], made_of: dict[str, str]) -> dict[Path, bytes]:
        """What is to be written for a language: keys in the order of English."""
        order = {key: place for place, key in enumerate(self.texts())}

        def data(values: dict[str, str]) -> bytes:
            ordered = {key: values[key] for key in sorted(values, key=lambda key: (order.get(key, len(order)), key))}
            return (json.dumps(ordered, indent=2, ensure_ascii=False) + "\n").encode()

        return {
            self.folder / f"{language}.json": data(texts),
            self.folder / f"{language}{MADE_OF}": data({key: one for key, one in made_of.items() if key in texts}),
        }


def _read(path: Path) -> dict[str, str]:
    try:
        value = jsontext.read(path.read_bytes(), str(path))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise _error(path, f"it cannot be read: {error.strerror}", "check that the file may be read") from None
    if not isinstance(value, dict):
        raise _error(path, "it is no object from key to text", "restore it")
    texts: dict[str, str] = {}
    for key, text in value.items():
        if not isinstance(text, str):
            raise _error(path, f"`{key}` is no text", "write text in quotes")
        texts[key] = text
    return texts


def _error(path: Path, what: str, fix: str) -> KnowledgeError:
    return KnowledgeError([Finding(str(path), 0, "", "LC021", "locale.interface", what, fix)])
