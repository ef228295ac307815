"""What translators work on: every text of the knowledge base and of the interface, with how its translation stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import babel

from authoring.earlier import earlier_texts
from authoring.interface_texts import Interface
from authoring.translation_notes import note_for
from engine import jsontext
from engine.canonical import canonical_of
from engine.files import read_directory
from engine.finding import Finding, KnowledgeError
from engine.knowledge import KnowledgeBase
from engine.load import load
from engine.model.locale import Emergency, Locale
from engine.schema import read_record
from engine.texts import hash_of, record_of, standing, texts_of
from validators.translation import Places, different_numbers, different_placeholders, unsafe

State = Literal["translated", "stale", "missing"]
INTERFACE = "interface/"
_LONGEST = 4000
OWN = "locale/"
"""Before the places of what a language says of itself: its name, and its words for emergency numbers."""


@dataclass(frozen=True)
class Entry:
    """One text for a translator."""

    place: str
    text: str
    translation: str | None
    """Also where it is stale: what was translated before is the best start."""
    state: State
    note: str
    file: str
    """Where the text stands."""
    earlier: str | None = None
    """For a stale one: the text that was translated, where it was found."""


@dataclass(frozen=True)
class Given:
    """One text that came back from a translator."""

    place: str
    text: str
    """The text as the translator saw it."""
    translation: str
    finished: bool
    """False: the translator, or the tool, marked it as still to be looked at."""
    line: int = 0


@dataclass(frozen=True)
class Count:
    """How many texts stand how."""

    translated: int
    stale: int
    missing: int
    orphaned: int = 0
    """Translations of which no text is left."""

    @property
    def texts(self) -> int:
        """All texts that there are."""
        return self.translated + self.stale + self.missing


@dataclass(frozen=True)
class Taken:
    """What became of what came back."""

    files: Mapping[Path, bytes]
    """What is to be written."""
    new: int
    changed: int
    same: int
    stale: int
    """Translated, but of a text that has changed since: not shown until it is translated again."""
    unfinished: int
    empty: int
    places: tuple[str, ...] = ()
    """Where something is new or changed, in the order in which it came."""


Earlier = Callable[[Mapping[str, Collection[str]]], Mapping[str, str]]
"""Files with hashes to what texts of them said before, by their hash; what is not found is left out."""


class Work:
    """A knowledge base and an interface, for translators.

    `files` are those that `kb` was loaded from. What is to be written comes back below `directory`.
    """

    def __init__(
        self,
        kb: KnowledgeBase,
        files: Mapping[str, bytes],
        earlier: Earlier,
        directory: Path = Path(),
        interface: Interface | None = None,
    ) -> None:
        self.kb = kb
        self.files = files
        self.directory = directory
        self.interface = interface
        self._earlier = earlier

    @cached_property
    def knowledge(self) -> dict[str, str]:
        """Place to text of the knowledge base."""
        return texts_of(self.kb)

    @cached_property
    def texts(self) -> dict[str, str]:
        """Place to text of everything that can be translated."""
        interface = self.interface.texts() if self.interface else {}
        own = self.kb.locales.get(self.kb.language)
        return {
            **(_own_texts(own) if own else {}),
            **{f"{INTERFACE}{key}": text for key, text in interface.items()},
            **self.knowledge,
        }

    @property
    def languages(self) -> list[str]:
        """The languages that there are, besides the one that records are written in."""
        known = {*self.kb.locales, *(self.interface.languages() if self.interface else ())}
        return sorted(known - {self.kb.language})

    def entries(self, language: str) -> list[Entry]:
        """Every text, with its translation into a language, in the order in which they are read."""
        if language == self.kb.language:
            raise _error(language, "the records are written in this language", "name the language to translate into")
        locale = self.kb.locales.get(language)
        found = {**self._own_entries(locale), **self._interface_entries(language), **self._knowledge_entries(locale)}
        return list(found.values())

    def _entry(self, place: str, translation: str | None, state: State) -> Entry:
        if place.startswith(INTERFACE):
            file = "frontends/assessment/locales/en.json"
        else:
            record = record_of(self.kb, place)
            file = f"kb/{record[0]}" if record else "kb/locales" if place.startswith(OWN) else "the runtime"
        return Entry(place, self.texts[place], translation, state, note_for(self.kb, place), file)

    def _own_entries(self, locale: Locale | None) -> dict[str, Entry]:
        theirs = _own_texts(locale) if locale else {}
        return {
            place: self._entry(place, theirs.get(place), "translated" if place in theirs else "missing")
            for place in self.texts
            if place.startswith(OWN)
        }

    def _interface_entries(self, language: str) -> dict[str, Entry]:
        if self.interface is None:
            return {}
        theirs, made_of = self.interface.texts(language), self.interface.made_of(language)
        found: dict[str, Entry] = {}
        for key, text in self.interface.texts().items():
            state: State = "missing"
            if key in theirs:
                state = "translated" if made_of.get(key) == hash_of(text) else "stale"
            found[f"{INTERFACE}{key}"] = self._entry(f"{INTERFACE}{key}", theirs.get(key), state)
        return found

    def _knowledge_entries(self, locale: Locale | None) -> dict[str, Entry]:
        if locale is None:
            return {place: self._entry(place, None, "missing") for place in self.knowledge}
        stands = standing(locale, self.knowledge)
        stale = set(stands.stale)
        wanted: dict[str, set[str]] = {}
        for place in stale:
            record = record_of(self.kb, place)
            if record:
                wanted.setdefault(record[0], set()).add(locale.texts[place].of)
        earlier = self._earlier(wanted) if wanted else {}
        found: dict[str, Entry] = {}
        for place in self.knowledge:
            if place in stale:
                old = locale.texts[place]
                entry = self._entry(place, old.text, "stale")
                found[place] = replace(entry, earlier=earlier.get(old.of))
            else:
                translation = stands.current.get(place)
                found[place] = self._entry(place, translation, "translated" if translation is not None else "missing")
        return found

    def counts(self, language: str) -> dict[str, Count]:
        """Part to how many of its texts stand how: each kind of record, and the interface."""
        states: dict[str, Counter[State]] = {}
        for entry in self.entries(language):
            states.setdefault(entry.place.partition("/")[0], Counter())[entry.state] += 1
        left = Counter(place.partition("/")[0] for place in self.left(language))
        if self.interface:
            left["interface"] = len(self.interface.texts(language).keys() - self.interface.texts().keys())
        return {
            part: Count(found["translated"], found["stale"], found["missing"], left[part])
            for part, found in states.items()
        }

    def take(self, language: str, given: Iterable[Given], file: str) -> Taken:
        """What has to be written where these translations are taken; nothing is written here.

        Raises KnowledgeError with everything that is wrong with them: a place that is not there, a number or a
        placeholder that differs, markup; and for a new language that is none.
        """
        if language not in self.languages:
            must_be_written_right(language)
        problems: list[Finding] = []
        there = Places(self.texts)
        before = {entry.place: entry for entry in self.entries(language)}
        wanted: dict[str, Given] = {}
        unfinished = empty = 0
        for one in given:
            if one.place not in self.texts:
                what = f"there is no text at `{one.place}`"
                problems.append(_problem(file, one, what, there.fix(one.place)))
            elif one.place in wanted:
                problems.append(_problem(file, one, f"`{one.place}` is translated twice", "keep one of the two"))
            elif not one.translation.strip():
                empty += 1
            elif not one.finished:
                unfinished += 1
            else:
                problems += _wrong(file, one)
                wanted[one.place] = one
        if problems:
            raise KnowledgeError(problems)
        stale = [place for place, one in wanted.items() if one.text != self.texts[place]]
        for place in stale:
            if before[place].state == "translated":  # somebody has translated the newer text already
                del wanted[place]
        came: dict[str, str] = {}
        for place, one in wanted.items():
            entry = before[place]
            same = entry.translation == one.translation.strip() and entry.state == "translated"
            came[place] = "new" if entry.translation is None else "same" if same else "changed"
        count = Counter(came.values())
        files = self._written(language, wanted) if wanted else {}
        places = tuple(place for place, how in came.items() if how != "same")
        return Taken(files, count["new"], count["changed"], count["same"], len(stale), unfinished, empty, places)

    def _written(self, language: str, wanted: Mapping[str, Given]) -> dict[Path, bytes]:
        files: dict[Path, bytes] = {}
        interface = {place.removeprefix(INTERFACE): one for place, one in wanted.items() if place.startswith(INTERFACE)}
        if interface and self.interface:
            texts, made_of = self.interface.texts(language), self.interface.made_of(language)
            texts |= {key: one.translation.strip() for key, one in interface.items()}
            made_of |= {key: hash_of(one.text) for key, one in interface.items()}
            files |= self.interface.files(language, texts, made_of)
        if len(interface) < len(wanted):
            files |= self._locale_written(language, wanted)
        return {path: data for path, data in files.items() if self._before(path) != data}

    def _before(self, path: Path) -> bytes | None:
        if path.is_relative_to(self.directory):
            return self.files.get(path.relative_to(self.directory).as_posix())
        return path.read_bytes() if path.is_file() else None

    def _locale_written(self, language: str, wanted: Mapping[str, Given]) -> dict[Path, bytes]:
        path = f"locales/{language}.json"
        files: dict[Path, bytes] = {}
        if language in self.kb.locales:
            value: Any = jsontext.read(self.files[path], path)
        else:
            value = self._begun(language, wanted)
        if language not in self.kb.settings.languages:
            settings: Any = jsontext.read(self.files["kb.json"], "kb.json")
            settings["languages"] = [*settings["languages"], language]
            files[self.directory / "kb.json"] = canonical_of(settings, "kb.json").encode()
        for place, one in wanted.items():
            if place.startswith(OWN):
                _put_own(value, place, one.translation.strip())
            elif not place.startswith(INTERFACE):
                told = {"text": one.translation.strip(), "of": hash_of(one.text)}
                value.setdefault("texts", {})[place] = told
        data = canonical_of(value, path).encode()
        _, wrong = read_record("locale", jsontext.read(data, path), data, path)
        if wrong:
            raise KnowledgeError(wrong)
        return {self.directory / path: data, **files}

    def _begun(self, language: str, wanted: Mapping[str, Given]) -> dict[str, Any]:
        """The record of a language that there was not; the emergency numbers are those of the records' language."""
        lacking = [place for place in self.texts if place.startswith(OWN) and place not in wanted]
        if lacking:
            what = f"the language is new, and {len(lacking)} texts about itself are not translated: {lacking[0]}"
            raise _error(language, what, "translate everything whose context begins with `locale/` first")
        own = self.kb.paths["locale", self.kb.language]
        value: Any = jsontext.read(self.files[own], own)
        return {**value, "language": language, "direction": direction_of(language)}

    def left(self, language: str) -> tuple[str, ...]:
        """The places of a language's translations of which no text is left."""
        locale = self.kb.locales.get(language)
        return standing(locale, self.knowledge).orphaned if locale else ()

    def tidied(self, language: str) -> dict[Path, bytes]:
        """What has to be written so that each translation stands where its text is, and none is left without one."""
        locale, path = self.kb.locales.get(language), f"locales/{language}.json"
        if locale is None:
            raise _error(language, "there is no such language", f"there are: {', '.join(self.languages) or 'none'}")
        stands = standing(locale, self.knowledge)
        value: Any = jsontext.read(self.files[path], path)
        texts = {
            place: {"text": translation, "of": hash_of(self.knowledge[place])}
            for place, translation in stands.current.items()
        }
        texts |= {place: value["texts"][place] for place in stands.stale}
        data = canonical_of({**value, "texts": texts}, path).encode()
        files = {} if data == self.files[path] else {self.directory / path: data}
        return {**files, **self._interface_tidied(language)}

    def _interface_tidied(self, language: str) -> dict[Path, bytes]:
        texts = self.interface.texts(language) if self.interface else {}
        if self.interface is None or texts.keys() <= self.interface.texts().keys():
            return {}
        left = {key: text for key, text in texts.items() if key in self.interface.texts()}
        return self.interface.files(language, left, self.interface.made_of(language))


def work_in(kb: Path, interface: Path | None = None) -> Work:
    """The knowledge base in a directory, and the interface in a folder where there is one, for translators.

    Raises KnowledgeError where the knowledge base, or a file of the interface, cannot be read.
    """
    files = read_directory(kb)
    loaded = load(files)
    if loaded.kb is None or loaded.findings:
        raise KnowledgeError(list(loaded.findings))
    found = Interface(interface) if interface and (interface / "en.json").is_file() else None
    return Work(loaded.kb, files, lambda wanted: earlier_texts(kb, wanted), kb, found)


def _own_texts(locale: Locale) -> dict[str, str]:
    labels = {f"{OWN}emergency/{name}": label for name, label in _labels(locale.emergency).items()}
    return {f"{OWN}name": locale.name, **labels}


def _labels(emergency: Emergency) -> dict[str, str]:
    return {"default": emergency.default.label, **{place.regions[0]: place.label for place in emergency.places}}


def _put_own(value: dict[str, Any], place: str, text: str) -> None:
    name = place.removeprefix(OWN)
    if name == "name":
        value["name"] = text
        return
    region = name.removeprefix("emergency/")
    emergency = value["emergency"]
    if region == "default":
        emergency["default"]["label"] = text
        return
    entry = next((one for one in emergency.get("places", ()) if region in one["regions"]), None)
    if entry is None:
        what = f"this language has no emergency numbers for `{region}`, so there is nothing to put into words"
        raise _error(str(value["language"]), what, "give it the numbers first, as the other languages have them")
    entry["label"] = text


def wrong_with(text: str, translation: str) -> list[str]:
    """What is wrong with the translation of a text: placeholders or numbers that differ, markup, a length."""
    found = [compare(text, translation) for compare in (different_placeholders, different_numbers, unsafe)]
    said = [what for what in found if what]
    if len(translation) > _LONGEST:
        said.append(f"it is longer than {_LONGEST} characters")
    return said


def _wrong(file: str, one: Given) -> list[Finding]:
    fix = "mend it in the translators' file, and import it again"
    return [_problem(file, one, f"{one.place}: {what}", fix) for what in wrong_with(one.text, one.translation)]


def _problem(file: str, one: Given, what: str, fix: str) -> Finding:
    return Finding(file, one.line, "", "LC020", "locale.import", what, fix)


def _error(where: str, what: str, fix: str) -> KnowledgeError:
    return KnowledgeError([Finding(where, 0, "", "LC020", "locale.import", what, fix)])


def must_be_written_right(language: str) -> None:
    """Raise KnowledgeError for a language that nobody knows, or that is written otherwise: `DE` would be another one
    than `de`."""
    direction_of(language)
    right = str(babel.Locale.parse(language, sep="-")).replace("_", "-")
    if right != language:
        raise _error(language, f"the language `{language}` is written `{right}`", f'write `"Language: {right}\\n"`')


def direction_of(language: str) -> str:
    """Whether a language is written from left to right (`ltr`) or from right to left, as Unicode's CLDR has it.

    Raises KnowledgeError for a language that it does not know.
    """
    try:
        found = babel.Locale.parse(language, sep="-")
    except (babel.UnknownLocaleError, ValueError):
        raise _error(
            language, "nobody knows this language", "write it as BCP 47 does: `de`, `pt-BR`, `zh-Hant`"
        ) from None
    return "rtl" if found.text_direction == "rtl" else "ltr"


def within(entries: Iterable[Entry], begins: Collection[str], only_open: bool) -> list[Entry]:
    """Those whose place begins so (none: all), and, where asked for, that have something to do."""
    return [
        one
        for one in entries
        if (not begins or one.place.startswith(tuple(begins))) and not (only_open and one.state == "translated")
    ]
