"""Translators' files: out and back, refused whole where something is wrong, stale texts with what they were before."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from authoring import po
from authoring.cli import app
from authoring.commands import languages
from authoring.translating import Entry, Given, Work, work_in
from authoring.translation_notes import note_for
from engine.finding import KnowledgeError
from engine.knowledge import KnowledgeBase
from engine.model.rule import Advice
from engine.texts import hash_of
from tests.test_locales import records
from validators.registry import check_files, example_files
from validators.translation import different_numbers, different_placeholders, unsafe

Json = dict[str, Any]
NOW = datetime(2026, 11, 26, tzinfo=UTC)
ENGLISH = {"hello": "Hello {name}", "days": "{count} days done.", "bye": "Bye"}
SUMMARY = "condition/spasm/guide/summary"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The example's knowledge base in `kb`, with a German that lacks the guide, and an interface in `web`."""
    write(tmp_path / "kb", example_files(records("guide"), {}))
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "en.json").write_text(json.dumps(ENGLISH), encoding="utf-8")
    return tmp_path


def write(directory: Path, files: dict[str, bytes]) -> None:
    for path, data in files.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_bytes(data)


def snapshot(directory: Path) -> dict[str, bytes]:
    return {path.as_posix(): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def work(folder: Path) -> Work:
    return work_in(folder / "kb", folder / "web")


def algos(folder: Path, *arguments: str) -> tuple[int, str]:
    """`algos locale` on the folder; a traceback is a failure."""
    options = ["--kb", str(folder / "kb"), "--interface", str(folder / "web")]
    done = CliRunner().invoke(app, ["locale", *arguments, *options], env={"COLUMNS": "200"})
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def edited(path: Path, **changes: str) -> None:
    """Give texts of a translators' file other translations: by the end of their place, `__` for `/`."""
    language, entries = po.read(path.read_bytes(), path.name)
    wanted = {place.replace("__", "/"): text for place, text in changes.items()}
    made = []
    for one in entries:
        translation = next((text for end, text in wanted.items() if one.place.endswith(end)), one.translation)
        made.append(Entry(one.place, one.text, translation, "translated", "", "x"))
    path.write_bytes(po.written(language, "x", made, NOW))


# Any text but control characters and lone surrogates, which no knowledge base holds either.
TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs"), include_characters='\n\t"\\'), min_size=1, max_size=60)


@settings(max_examples=60)
@given(st.lists(st.tuples(TEXT, TEXT, st.sampled_from(["translated", "stale", "missing"]), TEXT), max_size=6))
def test_a_translators_file_comes_back_as_it_went(texts: list[tuple[str, str, Any, str]]) -> None:
    entries = [
        Entry(
            f"interface/{at}",
            text,
            None if state == "missing" else translation,
            state,
            note,
            "kb/x y.json",
            note if state == "stale" else None,
        )
        for at, (text, translation, state, note) in enumerate(texts)
        if text
    ]
    data = po.written("pt-BR", "Title", entries, NOW)
    if not entries:
        with pytest.raises(KnowledgeError):
            po.read(data, "x.po")
        return
    language, found = po.read(data, "x.po")
    assert language == "pt-BR"
    assert [(one.place, one.text, one.translation, one.finished) for one in found] == [
        (one.place, one.text, one.translation or "", one.state != "stale") for one in entries
    ]


def test_everything_out_and_back_changes_nothing(folder: Path) -> None:
    before = snapshot(folder / "kb")
    assert algos(folder, "export", "de", str(folder / "de.po"))[0] == 0
    code, told = algos(folder, "import", str(folder / "de.po"))
    assert code == 0
    assert "0 new, 0 changed" in told
    assert snapshot(folder / "kb") == before
    assert not (folder / "web" / "de.json").exists()


def test_translated_texts_are_taken_into_both_places_and_counted(folder: Path) -> None:
    path = folder / "de.po"
    told = algos(folder, "export", "de", str(path), "--open", "--only", "interface/", "--only", SUMMARY)[1]
    assert "4 texts, 4 missing, 0 stale" in told
    edited(path, interface__hello="Hallo {name}", interface__bye="Tschüs", guide__summary="Ihr Rücken ist blockiert.")
    code, told = algos(folder, "import", str(path))
    assert (code, "3 new, 0 changed, 0 as before, 1 not translated" in told) == (0, True), told
    assert json.loads((folder / "web" / "de.json").read_text(encoding="utf-8")) == {
        "hello": "Hallo {name}",
        "bye": "Tschüs",
    }
    counts = work(folder).counts("de")
    assert (counts["interface"].translated, counts["interface"].missing) == (2, 1)
    files = {name.partition("/kb/")[2]: data for name, data in snapshot(folder / "kb").items()}
    loaded, findings = check_files(files)
    assert (findings, loaded.kb is not None) == ([], True)
    german = json.loads(files["locales/de.json"])
    assert german["texts"][SUMMARY] == {"of": hash_of("Your back locked."), "text": "Ihr Rücken ist blockiert."}
    assert json.loads(algos(folder, "status", "--json")[1])["de"]["interface"]["translated"] == 2
    assert "interface" in algos(folder, "status", "de")[1]
    assert "de interface/days: {count} days done." in algos(folder, "status", "--list", "missing")[1]


def test_an_interface_text_that_changed_is_stale(folder: Path) -> None:
    algos(folder, "export", "de", str(folder / "de.po"), "--only", "interface/")
    edited(folder / "de.po", interface__bye="Tschüs")
    algos(folder, "import", str(folder / "de.po"))
    (folder / "web" / "en.json").write_text(json.dumps({**ENGLISH, "bye": "See you"}), encoding="utf-8")
    entry = next(one for one in work(folder).entries("de") if one.place == "interface/bye")
    assert (entry.state, entry.translation) == ("stale", "Tschüs")


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"guide__today__1__text": "Gehen Sie 10 Minuten."}, "the number `10` is not in the text"),
        ({"exercise__bend__dose": "zehnmal"}, "the number `10` is missing"),
        ({"interface__hello": "Hallo"}, "`{name}` is missing"),
        ({"interface__hello": "Hallo {name} {nmae}"}, "`{nmae}` is not in the text"),
        ({SUMMARY: "<b>Ihr</b> Rücken"}, "`<b>` is markup"),
        ({SUMMARY: "[Ihr](https://example.org) Rücken"}, "the link to `https://example.org`"),
        ({SUMMARY: "Ihr \u202eRücken"}, "U+202E"),
        ({SUMMARY: "x" * 4001}, "longer than 4000"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_what_would_say_something_else_is_refused_whole(folder: Path, change: dict[str, str], what: str) -> None:
    before = snapshot(folder / "kb") | snapshot(folder / "web")
    algos(folder, "export", "de", str(folder / "de.po"))
    edited(folder / "de.po", interface__bye="Tschüs", **change)
    code, told = algos(folder, "import", str(folder / "de.po"))
    assert code == 1
    assert what in told
    assert "nothing was taken" in told
    assert snapshot(folder / "kb") | snapshot(folder / "web") == before


def test_an_unknown_place_is_refused_with_the_nearest(folder: Path) -> None:
    given_ = [Given("condition/spasm/guide/sumary", "Your back locked.", "Ihr Rücken.", True, 7)]
    with pytest.raises(KnowledgeError) as refused:
        work(folder).take("de", given_, "de.po")
    assert (refused.value.findings[0].line, refused.value.findings[0].fix) == (
        7,
        f"did you mean `{SUMMARY}`? Else delete it",
    )
    twice = [Given(SUMMARY, "Your back locked.", "Ihr Rücken.", True)] * 2
    with pytest.raises(KnowledgeError, match="twice"):
        work(folder).take("de", twice, "de.po")


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", folder, *who, *arguments], check=True, capture_output=True)


def test_a_changed_text_is_exported_fuzzy_with_what_it_said_before(folder: Path) -> None:
    path = folder / "kb" / "conditions" / "low_back" / "spasm.json"
    entries = [Given(SUMMARY, "Your back locked.", "Ihr Rücken ist blockiert.", True)]
    languages._write(work(folder).take("de", entries, "de.po").files)
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "One")
    path.write_text(
        path.read_text(encoding="utf-8").replace("Your back locked.", "Your back is stuck."), encoding="utf-8"
    )
    git(folder, "commit", "-q", "-a", "-m", "Two")

    code, told = algos(folder, "export", "de", str(folder / "de.po"), "--only", SUMMARY)
    assert (code, "0 missing, 1 stale" in told) == (0, True)
    text = (folder / "de.po").read_text(encoding="utf-8")
    assert '#, fuzzy\n#| msgid "Your back locked."\n' in text
    assert 'msgid "Your back is stuck."\nmsgstr "Ihr Rücken ist blockiert."\n' in text
    assert "1 are still marked" in algos(folder, "import", str(folder / "de.po"))[1]
    assert work(folder).counts("de")["condition"].stale == 1

    newer = (folder / "de.po").read_text(encoding="utf-8").replace("#, fuzzy\n", "").replace("blockiert", "steif")
    (folder / "de.po").write_text(newer, encoding="utf-8")
    assert "1 changed" in algos(folder, "import", str(folder / "de.po"))[1]
    assert work(folder).counts("de")["condition"].stale == 0
    # What somebody translated of the old text no longer replaces that.
    assert "1 are of a text that has changed since" in _imported(folder, entries)
    assert "steif" in (folder / "kb" / "locales" / "de.json").read_text(encoding="utf-8")


def _imported(folder: Path, entries: list[Given]) -> str:
    made = [Entry(one.place, one.text, one.translation, "translated", "", "x") for one in entries]
    (folder / "old.po").write_bytes(po.written("de", "x", made, NOW))
    return algos(folder, "import", str(folder / "old.po"))[1]


def test_a_new_language_begins_with_its_name_and_emergency_numbers(folder: Path) -> None:
    path = folder / "ar.po"
    algos(folder, "export", "ar", str(path), "--only", SUMMARY)
    edited(path, **{SUMMARY: "ظهرك متصلب."})
    code, told = algos(folder, "import", str(path))
    assert (code, "the language is new" in told) == (1, True)
    algos(folder, "export", "ar", str(path), "--only", "locale/", "--only", SUMMARY, "--overwrite")
    edited(path, locale__name="العربية", locale__emergency__default="112", **{SUMMARY: "ظهرك متصلب."})
    assert algos(folder, "import", str(path))[0] == 0
    made = json.loads((folder / "kb" / "locales" / "ar.json").read_text(encoding="utf-8"))
    assert (made["name"], made["direction"], made["emergency"]["default"]["numbers"]) == ("العربية", "rtl", ["112"])
    assert json.loads((folder / "kb" / "kb.json").read_text(encoding="utf-8"))["languages"] == ["en", "de", "ar"]
    assert work_in(folder / "kb").counts("ar")["condition"].translated == 1


def test_tidying_puts_translations_where_their_texts_are(folder: Path) -> None:
    path = folder / "kb" / "locales" / "de.json"
    german = json.loads(path.read_text(encoding="utf-8"))
    german["texts"]["exercise/bend/steps/9"] = german["texts"].pop("exercise/bend/steps/2")
    german["texts"]["exercise/gone/name"] = {"of": hash_of("Gone"), "text": "Weg"}
    path.write_text(json.dumps(german), encoding="utf-8")
    (folder / "web" / "de.json").write_text(json.dumps({"bye": "Tschüs", "gone": "Weg"}), encoding="utf-8")
    counts = work(folder).counts("de")
    assert (counts["exercise"].orphaned, counts["interface"].orphaned) == (1, 1)
    assert algos(folder, "tidy", "de")[0] == 0
    texts = json.loads(path.read_text(encoding="utf-8"))["texts"]
    assert texts["exercise/bend/steps/2"]["text"] == "‹Bend.›"
    assert not texts.keys() & {"exercise/bend/steps/9", "exercise/gone/name"}
    assert json.loads((folder / "web" / "de.json").read_text(encoding="utf-8")) == {"bye": "Tschüs"}
    assert "everything is in its place" in algos(folder, "tidy", "de")[1]


def test_what_is_no_translators_file_is_told(folder: Path) -> None:
    header = 'msgid ""\nmsgstr ""\n"Language: de\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    for data, what in (
        (b"", "no text is in it"),
        (b"<xliff/>", "it is no PO file"),
        (b"\xff\xfe\x00", "it cannot be read"),
        (b'msgctxt "a/b"\nmsgid "a"\nmsgstr "b"\n', "does not say its language"),
        ((header + 'msgid "a"\nmsgstr "b"\n').encode(), "has no context"),
        (
            (header + 'msgctxt "x"\nmsgid "a"\nmsgid_plural "b"\nmsgstr[0] "b"\nmsgstr[1] "c"\n').encode(),
            "plural forms",
        ),
        ((header + 'msgctxt "x\nmsgid "a"\nmsgstr "b"\n').encode(), ""),
    ):
        (folder / "x.po").write_bytes(data)
        code, told = algos(folder, "import", str(folder / "x.po"))
        assert code in (1, 2)
        assert what in told
        assert "fix:" in told
    assert algos(folder, "import", str(folder / "nothing.po"))[0] == 2


def test_a_file_of_no_language_or_of_one_beside_ours_makes_none_unseen(folder: Path) -> None:
    """Texts of the interface alone, as they come back from a program that wrote another header."""
    before = snapshot(folder)
    text = 'msgid ""\nmsgstr ""\n"Language: %s\\n"\n\nmsgctxt "interface/bye"\nmsgid "%s"\nmsgstr "Ade"\n'
    bye = work(folder).texts["interface/bye"]
    for language, what in (("xx", "nobody knows this language"), ("DE", "is written `de`"), ("../de", "")):
        (folder / "x.po").write_text(text % (language, bye))
        code, told = algos(folder, "import", str(folder / "x.po"))
        assert (code, what in told) in ((1, True), (2, True))
        (folder / "x.po").unlink()
        assert snapshot(folder) == before
    (folder / "x.po").write_text(text % ("de_AT", bye))
    assert "de-AT is a new language here, beside de" in algos(folder, "import", str(folder / "x.po"))[1]


def test_a_file_that_is_there_and_a_language_that_is_not_are_told(folder: Path) -> None:
    (folder / "de.po").write_text("mine", encoding="utf-8")
    assert algos(folder, "export", "de", str(folder / "de.po"))[0] == 2
    assert (folder / "de.po").read_text(encoding="utf-8") == "mine"
    for language in ("xx-YY", "deutsch", "en", "../de"):
        assert algos(folder, "export", language, str(folder / "x.po"))[0] == 2
    assert (
        "did you mean `condition/spasm`?"
        in algos(folder, "export", "de", str(folder / "x.po"), "--only", "condition/spam")[1]
    )
    assert algos(folder, "status", "fr")[0] == 2
    assert algos(folder, "status", "--list", "mising")[0] == 2


def test_where_one_file_cannot_be_written_none_is(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given_ = [
        Given("interface/bye", "Bye", "Tschüs", True),
        Given(SUMMARY, "Your back locked.", "Ihr Rücken.", True),
    ]
    files = work(folder).take("de", given_, "de.po").files
    assert len(files) == 3
    before = snapshot(folder)
    real, calls = languages.write_atomically, []

    def failing(path: Path, data: bytes) -> None:
        calls.append(path)
        if len(calls) == 3:
            raise OSError(28, "No space left on device")
        real(path, data)

    monkeypatch.setattr(languages, "write_atomically", failing)
    with pytest.raises(KnowledgeError, match="No space left") as raised:
        languages._write(files)
    assert raised.value.findings[0].path == str(calls[2])
    assert snapshot(folder) == before


@pytest.mark.parametrize(
    ("source", "translation", "same"),
    [
        ("Walk 1.5 km", "Gehen Sie 1,5 km", True),
        ("1,000 people", "1.000 Menschen", True),
        ("about 15 to 20 minutes", "etwa 15–20 Minuten", True),
        ("two weeks", "2 Wochen", True),
        ("two weeks", "3 Wochen", False),
        ("10 times", "100-mal", False),
        ("10 times, 10 days", "10 Tage", False),
        ("from 7 to noon", "von 7 bis 12 Uhr", True),
        ("{count} days", "{count} Tage", True),
    ],
)
def test_numbers_are_compared_as_people_write_them(source: str, translation: str, same: bool) -> None:
    assert (different_numbers(source, translation) is None) is same


def test_marks_are_compared() -> None:
    assert different_placeholders("{a} {b}", "{b} {a}") is None
    assert unsafe("**No.** 5 < 6 & 7", "**Nein.** 5 < 6 & 7") is None
    assert unsafe("[a](https://x.org)", "[b](https://x.org)") is None
    assert unsafe("**No.**", "**Nein.") is not None
    assert unsafe("a", "b &lt;script&gt;") is not None


def test_words_for_numbers_that_a_language_has_not_are_refused(folder: Path) -> None:
    path = folder / "kb" / "locales" / "en.json"
    english = json.loads(path.read_text(encoding="utf-8"))
    place = {"numbers": ["999"], "label": "999", "regions": ["GB"], "judgement": "An example."}
    path.write_text(json.dumps({**english, "emergency": {**english["emergency"], "places": [place]}}), encoding="utf-8")
    told = [Given("locale/emergency/GB", "999", "999!", True)]
    with pytest.raises(KnowledgeError, match="no emergency numbers for `GB`"):
        work(folder).take("de", told, "x.po")


def test_a_translator_is_told_which_sentence_a_reason_completes(starter: KnowledgeBase) -> None:
    for id_, rule in starter.active.items():
        note = note_for(starter, f"rule/{id_}/because")
        assert ("“If ...”" in note) is isinstance(rule.then, Advice), id_
