"""Reading ages of what a patient reads: measured in the portions in which it is read, with reasons as data."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from authoring.cli import app
from engine.knowledge import KnowledgeBase
from engine.load import load
from engine.texts import texts_of
from tests.conftest import ROOT
from validators.example import BASE, changed
from validators.passages import FEWEST, interface_passages, passages, reasons_in, summaries
from validators.reading import HIGHEST
from validators.registry import check_files, example_files

INTERFACE = ROOT / "frontends" / "assessment" / "locales"


def test_nothing_is_above_the_limit_without_a_reason(starter: KnowledgeBase) -> None:
    found = list(passages(starter))
    reasons = reasons_in(starter, found)
    assert [one.place for one in found if one.hard and one.place not in reasons] == []
    assert len(reasons) == len(starter.reading.hard)
    rows = {row.part: row for row in summaries(found, reasons)}
    assert all(row.above_limit == row.with_reason for row in rows.values())
    assert sum(row.passages for row in rows.values()) == len(found) > 1000


def test_every_interface_language_says_english_plainly() -> None:
    path = INTERFACE / "en.json"
    texts = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    assert [one.place for one in interface_passages(texts) if one.hard] == []


def test_everything_that_a_patient_reads_is_in_one_passage(starter: KnowledgeBase) -> None:
    """All texts but what only clinicians read and the footnotes; questions that clinicians answer."""
    clinicians = {one.id for one in starter.questions.values() if one.by == "clinician"}
    measured = [text for one in passages(starter) for text in one.texts]
    left_out = ("name", "title", "judgement", "start")
    for place, text in texts_of(starter).items():
        kind, id_, *rest = place.split("/")
        last = rest[-1] if rest else id_
        if kind in ("region", "part", "section", "runtime") or last in left_out or (kind == "rule" and last == "title"):
            continue
        if "also_called" in rest or "pictures" in rest or (kind == "question" and id_ in clinicians):
            continue
        if kind == "condition" and "exercises" in rest:
            continue
        assert text in measured, place


def test_a_reason_holds_for_the_text_as_it_is() -> None:
    hard = "because of inflammatory osteoarticular degeneration in several localisations"
    overlay = changed("rules/evidence/locked.json", because=hard)
    kb = load(example_files(BASE, overlay)).kb
    assert kb is not None
    one = next(one for one in passages(kb) if one.hard)
    note = {"passage": one.place, "of": one.of, "reason": "No plainer word."}

    def codes(text: str, *notes: object) -> list[str]:
        files = example_files(
            BASE,
            {
                **changed("rules/evidence/locked.json", because=text),
                "reading.json": {"id": "reading", "hard": [*notes]},
            },
        )
        return [finding.path for finding in check_files(files)[1] if finding.code == "GD006"]

    assert codes(hard, note) == []
    assert codes(hard) == ["rules/evidence/locked.json"]
    assert codes(hard + " indeed", note) == ["reading.json", "rules/evidence/locked.json"]
    assert codes("your back locked", note) == ["reading.json"]


def test_the_report_names_the_formula_and_each_reason(starter: KnowledgeBase, tmp_path: Path) -> None:
    (tmp_path / "en.json").write_text(
        json.dumps({"hello": "Hello", "long": "Say what hurts, and where it hurts most."})
    )
    told = CliRunner().invoke(app, ["stats", "--reading", "--interface", str(tmp_path)], env={"COLUMNS": "200"}).output
    assert "Flesch-Kincaid" in told
    assert f"the limit {HIGHEST:g}" in told
    assert f"fewer than {FEWEST} words" in told
    for note in starter.reading.hard:
        assert note.passage in told
        assert note.reason in told
    row = next(line for line in told.splitlines() if line.startswith("interface"))
    assert row.split()[1:3] == ["2", "1"]
    assert "no reason is given" not in told
