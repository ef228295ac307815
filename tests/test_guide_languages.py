"""Guides in other languages: translations are told, what has none is marked; fixed words and dates are translated."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from authoring.cli import app
from engine.finding import KnowledgeError
from engine.knowledge import KnowledgeBase
from engine.load import load as read
from exports.bundle.build import build
from exports.bundle.content import Release
from exports.bundle.model import paper_path
from exports.bundle.source import ArchiveSource
from exports.guide.content import GuideContent, guide_content
from exports.guide.html import guide_html
from exports.guide.language import languages_of, telling
from exports.guide.pdf import guide_pdf
from exports.guide.tongue import is_mixed, others, untranslated_note
from exports.guide.words import KEYS, WORDS, long_date, words_in
from exports.runtime.python import load
from tests.bundles import KEY, Node, node
from tests.bundles import KEYS as TRUSTED
from tests.test_guide import _Page, _pdf_pages, _squeezed
from tests.test_locales import TODAY, bundle, records
from validators.registry import example_files

Json = dict[str, Any]
GERMAN = words_in("de").said


def kb(left_out: str = "", **german: object) -> KnowledgeBase:
    """The example with a German that lacks some places; `german` are other members of its record."""
    made = records(left_out)
    locale: Any = made["locales/de.json"]
    loaded = read(example_files({**made, "locales/de.json": {**locale, **german}}, {}))
    assert loaded.kb is not None, loaded.findings
    return loaded.kb


def content(found: KnowledgeBase, language: str | None = "de") -> GuideContent:
    return guide_content(
        telling(found, language), "spasm", version="1", content_hash="sha256:0", unreviewed=True, today=date(2026, 1, 1)
    )


def text_of(page: str) -> str:
    return " ".join("".join(_Page(page).words).split())


def test_every_fixed_word_is_there_in_english_and_german() -> None:
    for language in ("en", "de"):
        assert words_in(language).english == set()
    assert words_in("de-AT").said == GERMAN
    assert words_in("fr").english == KEYS.keys()
    assert GERMAN["watch_for"] != WORDS["watch_for"]
    assert (long_date(date(2027, 11, 3)), long_date(date(2027, 11, 3), "de")) == ("3 November 2027", "3. November 2027")


def test_a_whole_translation_is_told_without_marks() -> None:
    made = content(kb())
    assert (untranslated_note(made), others(made), is_mixed(made)) == (None, {}, False)
    page = guide_html(made)
    assert '<html lang="de" dir="ltr">' in page
    assert 'lang="en"' not in page
    assert "‹Your back locked.›" in text_of(page)
    assert GERMAN["watch_for"] in text_of(page)
    assert WORDS["watch_for"] not in text_of(page)
    paper = guide_pdf(made)
    assert re.search(rb"/Lang ?\(de\)", paper)
    first, edges = _pdf_pages(paper)[0]
    assert _squeezed(GERMAN["watch_for"]) in "".join(text for text, _ in _pdf_pages(paper))
    assert _squeezed("‹Your back locked.›") in first
    assert re.search(r"Seite1von\d", edges)
    assert "1.Januar2030" in edges


def test_what_is_not_translated_is_marked_for_eyes_and_for_ears() -> None:
    made = content(kb("guide/summary"))
    assert is_mixed(made)
    page = guide_html(made)
    assert re.search(r'<span lang="en"><span class="tongue" aria-hidden="true">EN</span>.{1,6}Your back locked\.', page)
    note = GERMAN["untranslated"].replace("{mark}", "EN").replace("{language}", "Englisch")
    assert note in text_of(page)
    assert page.count('lang="en"') == 1
    paper = guide_pdf(made)
    assert re.search(rb"/Lang ?\(en\)", paper)
    assert _squeezed(note) in "".join(text for text, _ in _pdf_pages(paper))


def test_a_guide_of_which_nothing_is_translated_says_so_once() -> None:
    made = content(kb("i"))  # every place has an i: `condition`, `exercise`
    assert not is_mixed(made)
    page = guide_html(made)
    assert "EN" not in [word.strip() for word in _Page(page).words]
    assert GERMAN["all_untranslated"].replace("{language}", "Englisch") in text_of(page)
    assert '<h1><span lang="en">' in page


def test_a_mark_that_is_not_translated_is_told_in_the_language_as_well() -> None:
    made = content(kb("settings/unreviewed"))
    assert made.unreviewed is not None
    assert f"{GERMAN['unreviewed']} EN" in text_of(guide_html(made))
    assert all(_squeezed(GERMAN["unreviewed"]) in text + edges for text, edges in _pdf_pages(guide_pdf(made)))


def test_a_stale_translation_is_not_told() -> None:
    made = records()
    condition: Json = json.loads(json.dumps(made["conditions/low_back/spasm.json"]))
    condition["guide"]["summary"] = "Your back locked up."
    found = read(example_files({**made, "conditions/low_back/spasm.json": condition}, {})).kb
    assert found is not None
    page = text_of(guide_html(content(found)))
    assert "Your back locked up." in page
    assert "‹Your back locked.›" not in page


def test_right_to_left() -> None:
    made = records("guide/summary")
    german: Any = made.pop("locales/de.json")
    texts = {place: {**one, "text": "ظهر שלום"} for place, one in german["texts"].items()}
    arabic = {**german, "language": "ar", "name": "العربية", "direction": "rtl", "texts": texts}
    found = read(example_files({**made, "locales/ar.json": arabic}, {})).kb
    assert found is not None
    told = content(found, "ar")
    page = guide_html(told)
    assert '<html lang="ar" dir="rtl">' in page
    assert '<span lang="en" dir="ltr">' in page
    assert "Your back locked." in text_of(page)
    assert WORDS["untranslated"].replace("{mark}", "EN").replace("{language}", "English") in text_of(page)
    paper = guide_pdf(told)  # its fonts have Arabic and Hebrew
    assert re.search(rb"/Lang ?\(ar\)", paper)
    css = page.partition("<style>")[2].partition("</style>")[0]
    assert not re.search(r"(padding|margin|border)-(left|right)|[; ](left|right):", css), "sides that do not turn round"


def test_a_whole_translation_in_a_language_without_fixed_words_is_not_said_to_be_english() -> None:
    made = records()
    german: Any = made.pop("locales/de.json")
    found = read(example_files({**made, "locales/pl.json": {**german, "language": "pl"}}, {})).kb
    assert found is not None
    told = content(found, "pl")
    assert is_mixed(told)
    assert WORDS["all_untranslated"].partition("{")[0] not in text_of(guide_html(told))


def test_a_language_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="there is no language `dee`"):
        telling(kb(), "dee")
    for path, data in example_files(records(), {}).items():
        (tmp_path / "kb" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "kb" / path).write_bytes(data)
    where = ["guide", "spasm", "--kb", str(tmp_path / "kb")]
    done = CliRunner().invoke(app, [*where, "--html", str(tmp_path / "x.html"), "--language", "dee"])
    assert done.exit_code == 2
    assert "did you mean `de`?" in done.output
    assert not (tmp_path / "x.html").exists()
    page, paper = tmp_path / "x.html", tmp_path / "x.pdf"
    done = CliRunner().invoke(app, [*where, "--html", str(page), "--pdf", str(paper), "--language", "de"])
    assert done.exit_code == 0, done.output
    assert '<html lang="de" dir="ltr">' in page.read_text(encoding="utf-8")
    assert re.search(rb"/Lang ?\(de\)", paper.read_bytes())


@pytest.fixture(scope="module")
def javascript() -> Any:
    with node() as process:
        yield process


def test_apps_get_the_paper_in_their_language(javascript: Node) -> None:
    archive = bundle("guide").archive()
    for language, path in (("de", "guides/de/spasm.pdf"), ("en", "guides/spasm.pdf")):
        ours = load(ArchiveSource(archive), TRUSTED, language=language)
        assert ours.paper("spasm") == path
        assert re.search(rb"/Lang ?\(%s\)" % language.encode(), ours.file(path))
        assert javascript.load_archive(archive, today=TODAY, language=language)["refused"] is None
        assert javascript.ask("guide", condition="spasm", advice=None)["pdf"] == path


def test_a_language_without_signs_in_the_fonts_has_no_paper_and_its_readers_get_the_other() -> None:
    made = records()
    german: Any = made.pop("locales/de.json")
    texts = {place: {**one, "text": "背痛"} for place, one in german["texts"].items()}
    files = example_files({**made, "locales/zh.json": {**german, "language": "zh", "texts": texts}}, {})
    settings = json.loads(files["kb.json"])
    files["kb.json"] = json.dumps({**settings, "languages": ["en", "zh"]}).encode()
    found = read(files).kb
    assert found is not None
    assert languages_of(found) == ["en", "zh"]
    archive = build(found, files, Release(1), [KEY]).archive()
    ours = load(ArchiveSource(archive), TRUSTED, language="zh")
    assert ours.guide("spasm")["pdf"] == paper_path("spasm")
