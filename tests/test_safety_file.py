"""The safety file: no cell is empty that the data could fill, nothing is claimed or invented, and bad input is told."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from authoring.cli import main
from authoring.safety import certificate_in, components, hands, releases
from engine.assess import Assessor
from engine.canonical import identity
from engine.finding import Finding, KnowledgeError
from engine.knowledge import KnowledgeBase
from engine.load import load
from exports.safety_file.build import safety_file
from exports.safety_file.document import Document, Table
from exports.safety_file.facts import Facts, Hands, Measured, Release
from exports.safety_file.html import safety_html
from exports.safety_file.pdf import safety_pdf
from exports.safety_file.risk import COLUMNS, LIKELIHOODS, SEVERITIES, Judged, read_judged, risk, span
from exports.safety_file.tables import safety_tables
from tests.bundles import ROOT
from tests.review_help import Team, git, make_repository, with_members
from validators.cases import run_cases, run_examples
from validators.example import BASE
from validators.population.people import draw
from validators.population.triage import triage
from validators.proof.certificate import certificate
from validators.proof.properties import FAMILIES
from validators.proof.prove import Report
from validators.proof.verdict import Verdict
from validators.proof.world import World
from validators.registry import example_files
from validators.vignettes import READINGS, accuracy, read_patients

TODAY = date(2026, 11, 26)
PROMISE = {
    "safety/numb_now.json": {
        "id": "numb_now",
        "title": "Numbness is an emergency",
        "whenever": {"fact": "numb", "is": True},
        "then": {"urgency_at_least": "emergency"},
        "hazard": "It is missed.",
        "harm": "Nerves are lost.",
        "severity": "major",
        "judgement": "An example.",
    }
}
NOTHING = re.compile(r"^not known$|^none: |not proved here|does not speak of it|not committed yet|nobody yet")
"""Words with which a cell says that something is missing."""


def as_if_proved(kb: KnowledgeBase, content: str) -> dict[str, Any]:
    """A certificate with every property of a knowledge base, none of which was looked at: for the form of the file."""
    world = World(kb)
    asked = [one for family in FAMILIES.values() for one in family(world)]
    verdicts = [
        one if isinstance(one, Verdict) else Verdict(one.id, one.family, one.subject, one.says, "proved")
        for one in asked
    ]
    return certificate(Report(verdicts, 0.0, 7, 5), kb, content)


def facts_of(kb: KnowledgeBase, files: dict[str, bytes], **others: Any) -> Facts:
    """The facts of a knowledge base, with a history that nobody made."""
    assessor, content = Assessor(kb), identity(files)
    fields: dict[str, Any] = {
        "kb": kb,
        "content": content,
        "version": "1.2.3",
        "today": TODAY,
        "findings": (),
        "examples": {one.id: one for one in run_examples(assessor)},
        "cases": {one.id: one for one in run_cases(assessor)},
        "certificate": as_if_proved(kb, content),
        "proved": Measured(TODAY, "algos prove"),
        "alarms": "not asked for",
        "vignettes": "not asked for",
        "measured": Measured(TODAY, "algos safety-file --people 60"),
        "hands": {path: Hands(("Ada",), ("Ben", "Cat")) for path in files},
        "releases": (Release(1, "First", TODAY, "Ada", content, None),),
        "components": tuple(components()),
        "judged": {},
    }
    return Facts(**{**fields, **others})


@pytest.fixture(scope="module")
def facts(starter: KnowledgeBase, starter_files: dict[str, bytes]) -> Facts:
    assessor = Assessor(starter)
    patients = read_patients(ROOT / "benchmarks" / "vignettes")
    return facts_of(
        starter,
        starter_files,
        alarms=triage(assessor, draw(60, 1)),
        vignettes=tuple(accuracy(assessor, patients, reading) for reading in READINGS),
    )


@pytest.fixture(scope="module")
def document(facts: Facts) -> Document:
    return safety_file(facts)


@pytest.fixture(scope="module")
def small() -> tuple[KnowledgeBase, dict[str, bytes]]:
    files = example_files(BASE, PROMISE)
    kb = load(files).kb
    assert kb
    return kb, files


def table(document: Document, id_: str) -> Table:
    return next(one for one in document.tables if one.id == id_)


def test_no_cell_is_empty_that_the_data_could_fill(document: Document, facts: Facts) -> None:
    for one in document.tables:
        assert one.rows, one.id
        for row in one.rows:
            for column, cell in zip(one.columns, row, strict=True):
                assert cell.strip(), (one.id, column.name, row[0])
                assert not NOTHING.search(cell), (one.id, column.name, cell)
                assert cell not in ("None", "()", "[]", "nan"), (one.id, column.name, row[0])
    for part in document.parts:
        assert part.feeds
        assert part.says or part.points
    assert len({one.id for one in document.tables}) == len(document.tables)
    assert {one.id for one in document.tables} >= {"hazards", "traceability", "proofs", "vignettes", "components"}


def test_every_record_has_its_row_with_what_it_rests_on(document: Document, facts: Facts) -> None:
    kb = facts.kb
    rows = {row[0].rsplit("[", 1)[1][:-1]: row for row in table(document, "traceability").rows}
    assert list(rows) == list(kb.active)
    for id_, rule in kb.active.items():
        row = " | ".join(rows[id_])
        assert all(citation.source in row for citation in rule.sources)
        assert rule.judgement is None or rule.judgement in row
        assert f"{len(rule.examples)} of {len(rule.examples)} pass" in row
        assert "Ada" in row
        assert "Ben, Cat" in row
        assert "proved: " in row
        fired = [case for case, result in facts.cases.items() if result.outcome and id_ in result.outcome.fired]
        assert (f"{len(fired)}: {fired[0]}" if fired else "no case fires it") in row
    hazards = {row[0].rsplit("[", 1)[1][:-1]: row for row in table(document, "hazards").rows}
    assert set(hazards) == set(kb.safety)
    for id_, safety in kb.safety.items():
        row = " | ".join(hazards[id_])
        for text in (safety.hazard, safety.harm, safety.severity, safety.title, safety.cause or "None is written down"):
            assert text in row
        assert "proved for every possible set of answers" in row
    severities = [row[3] for row in table(document, "hazards").rows]
    assert severities == sorted(severities, key=["catastrophic", "major", "considerable", "significant", "minor"].index)
    assert [row[0].rsplit("[", 1)[1][:-1] for row in table(document, "cases").rows] == list(facts.cases)
    cited = {citation.source for rule in kb.active.values() for citation in rule.sources}
    assert cited <= {row[0] for row in table(document, "sources").rows}


def test_nothing_is_judged_that_no_clinician_judged(document: Document) -> None:
    for row in table(document, "hazards").rows:
        assert row[7].endswith("of 5: likelihood not judged by a clinician")
        assert row[8] == "Not judged by a clinician"
    assert all(row[-1] == "not judged by a clinician" for row in table(document, "general_hazards").rows)
    said = " ".join([document.no_claim, *(text for part in document.parts for text in (*part.says, *part.points))])
    assert "claims no conformity" in document.no_claim
    assert not re.search(r"\b(complies|compliant|conforms|certified to|is safe|approved by)\b", said, re.IGNORECASE)


def test_figures_are_told_with_what_they_are_out_of(document: Document, facts: Facts) -> None:
    assert not isinstance(facts.vignettes, str)
    for row, run in zip(table(document, "vignettes").rows, facts.vignettes, strict=True):
        assert row[1] == f"{run.first} of {run.n}"
        assert row[-1] == f"{run.missed} of {run.emergencies}"
        assert all(" of " in cell for cell in row[1:])
    said = {part.id: " ".join(part.says) for part in document.parts}
    assert "of 60 synthetic people" in said["alarms"]
    for id_ in ("alarms", "vignettes", "cases"):
        assert "“algos safety-file --people 60” on 2026-11-26" in said[id_]
    assert "From “algos prove”, as of 2026-11-26" in said["proofs"]


def test_what_is_missing_says_why(small: tuple[KnowledgeBase, dict[str, bytes]]) -> None:
    kb, files = small
    why = "the knowledge base lies in no git repository"
    made = safety_file(
        facts_of(kb, files, certificate="no time", hands=why, releases=why, alarms="too few", vignettes="none given")
    )
    said = {part.id: " ".join((*part.says, *part.points)) for part in made.parts}
    assert "no time" in said["proofs"]
    assert why in said["traceability"]
    assert why in said["limits"]
    assert why in said["releases"]
    assert "too few" in said["alarms"]
    assert "none given" in said["vignettes"]
    assert all("none: no time" in row for row in [" | ".join(one) for one in table(made, "traceability").rows])
    for one in made.tables:
        assert all(cell.strip() for row in one.rows for cell in row)


def test_what_fails_or_is_not_proved_is_told(small: tuple[KnowledgeBase, dict[str, bytes]]) -> None:
    kb, files = small
    facts = facts_of(kb, files)
    rule = next(iter(kb.active))
    failing = dataclasses.replace(facts.examples[rule], differences=((("examples", 0, "gives"), "it is otherwise"),))
    spoiled = json.loads(json.dumps(facts.certificate))
    about = next(one for one in spoiled["verdicts"] if one["id"] == f"reachable/rule/{rule}")
    about["verdict"] = "broken"
    finding = Finding("rules/x.json", 3, "/when", "LG004", "logic.cycle", "it depends on itself", "remove one")
    made = safety_file(
        dataclasses.replace(facts, examples={**facts.examples, rule: failing}, certificate=spoiled, findings=(finding,))
    )
    assert table(made, "failures").rows == ((f"rule {rule}", "it is otherwise"),)
    assert table(made, "not_proved").rows[0][:2] == (f"reachable/rule/{rule}", "broken")
    row = next(one for one in table(made, "traceability").rows if f"[{rule}]" in one[0])
    assert f"BROKEN: reachable/rule/{rule}" in row[7]
    assert not row[5].startswith(f"{len(kb.active[rule].examples)} of ")
    assert table(made, "findings").rows == (
        ("LG004 logic.cycle", "error", "rules/x.json:3", "it depends on itself", "remove one"),
    )


def test_the_page_is_safe_whole_and_says_that_it_is_unreviewed(
    document: Document, small: tuple[KnowledgeBase, dict[str, bytes]]
) -> None:
    page = safety_html(document)
    assert page.count(document.unreviewed) >= 1
    assert document.no_claim in page
    assert "<script" not in page
    assert not re.search(r'(src|href)="(?!#)', page)
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:href="#|labelledby=")([^"]+)"', page)) <= set(ids)
    assert page.count("<tr>") == sum(len(one.rows) + 1 for one in document.tables)
    evil = dataclasses.replace(document, subtitle="<script>alert(1)</script>")
    assert "<script" not in safety_html(evil)


def test_every_page_of_the_pdf_is_marked_and_tagged(document: Document, facts: Facts) -> None:
    data = safety_pdf(document)
    assert data == safety_pdf(document)
    assert b"/StructTreeRoot" in data
    pdf = pypdfium2.PdfDocument(data)
    texts = [" ".join(page.get_textpage().get_text_bounded().split()) for page in pdf]
    assert len(texts) > 40
    for number, text in enumerate(texts, 1):
        assert document.unreviewed in text
        assert f"content {facts.content[:12]}" in text
        assert f"Page {number} of {len(texts)}" in text
    whole = "".join(texts).replace(" ", "").replace("\u200b", "").replace("\ufffe", "").replace("\u0002", "")
    for part in document.parts:
        assert part.title.replace(" ", "") in whole


def test_the_tables_are_csv_that_no_spreadsheet_carries_out(document: Document) -> None:
    written = dict(safety_tables(document))
    assert set(written) == {f"{one.id}.csv" for one in document.tables}
    for one in document.tables:
        rows = list(csv.reader(io.StringIO(written[f"{one.id}.csv"].decode("utf-8-sig"), newline="")))
        assert rows[0] == [*(column.name for column in one.columns), "State"]
        assert len(rows) == len(one.rows) + 1
        assert all(document.unreviewed in row[-1] for row in rows[1:])
        assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    formula = Table("x", "x", document.tables[0].columns[:1], (("=1+1",), ("-2",), ("fine",)))
    part = dataclasses.replace(document.parts[0], tables=(formula,))
    (_, data), *_ = safety_tables(dataclasses.replace(document, parts=(part,)))
    assert [row[0] for row in csv.reader(io.StringIO(data.decode("utf-8-sig")))][1:] == ["'=1+1", "'-2", "fine"]


def test_risk_is_read_from_the_matrix(small: tuple[KnowledgeBase, dict[str, bytes]]) -> None:
    printed = ["".join(str(risk(severity, one)) for severity in SEVERITIES) for one in LIKELIHOODS]
    assert printed == ["34455", "23345", "22334", "12234", "11223"], "as NHS Digital prints it"
    assert span("considerable") == (2, 4)
    kb, files = small
    id_, safety = next(iter(kb.safety.items()))
    judged = Judged("medium", "very low", "A clinician", TODAY, "The owner")
    made = safety_file(facts_of(kb, files, judged={id_: judged}))
    row = next(one for one in table(made, "hazards").rows if f"[{id_}]" in one[0])
    assert row[6] == "The owner"
    assert row[7] == f"{risk(safety.severity, 'medium')} of 5 (likelihood medium)"
    assert row[8] == (
        f"{risk(safety.severity, 'very low')} of 5 (likelihood very low), judged by A clinician on 2026-11-26"
    )


HEAD = ",".join(COLUMNS)
GOOD = "a,low,very low,Ann,2026-11-26,Bob"


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("", 1, "its columns are others"),
        ("hazard,day\n", 1, "its columns are others"),
        (f"{HEAD}\nb,low,low,Ann,2026-11-26,Bob\n", 2, "no safety property `b`"),
        (f"{HEAD}\n{GOOD}\n{GOOD}\n", 3, "stands here twice"),
        (f"{HEAD}\na,often,low,Ann,2026-11-26,Bob\n", 2, "none of the matrix"),
        (f"{HEAD}\na,low,low,Ann,26.11.2026,Bob\n", 2, "is no day"),
        (f"{HEAD}\na,low,low,,2026-11-26,Bob\n", 2, "`judged_by` is empty"),
        (f"{HEAD}\na,low,low,Ann,2026-11-26, \n", 2, "`owner` is empty"),
        (f"{HEAD}\na,low\n", 2, "is no day"),
    ],
)
def test_what_was_judged_is_refused_where_it_does_not_fit(text: str, line: int, what: str) -> None:
    with pytest.raises(KnowledgeError) as refused:
        read_judged(text.encode(), ["a"], "risks.csv")
    (finding,) = refused.value.findings
    assert finding.line == line
    assert what in finding.what
    assert finding.fix


def test_what_was_judged_is_read() -> None:
    read = read_judged(f"\ufeff{HEAD}\r\n{GOOD}\r\n".encode(), ["a"], "risks.csv")
    assert read == {"a": Judged("low", "very low", "Ann", date(2026, 11, 26), "Bob")}
    with pytest.raises(KnowledgeError):
        read_judged(b"\xff\xfe\x00", ["a"], "risks.csv")


def test_who_wrote_and_who_approved_comes_from_git(tmp_path: Path) -> None:
    repository = make_repository(tmp_path)
    team = Team(repository)
    rule = next(path for path in sorted(team.workspace.files(team.workspace.approved())) if path.startswith("rules/"))
    draft = team.proposed("ada", "A better title", {rule: with_members(title="A better title")})
    team.approve(draft.id, "ben", "cat")
    team.steps("ben").merge(draft.id)
    git(repository, "checkout", "-q", "--detach", "main")
    files = dict(team.workspace.files(team.workspace.approved()))
    told = hands(repository / "kb", files)
    assert not isinstance(told, str)
    assert told[rule].authors == ("Ada", "Root")
    assert told[rule].approvers == ("Ben", "Cat")
    assert told["kb.json"] == Hands(("Root",), ())
    changed = hands(repository / "kb", {**files, rule: files[rule].replace(b"better", b"worse")})
    assert not isinstance(changed, str)
    assert changed[rule] == Hands(("Ada", "Root"), (), changed=True)
    assert releases(repository / "kb") == "none was made"


def test_without_git_it_says_so(tmp_path: Path) -> None:
    assert hands(tmp_path, {}) == "the knowledge base lies in no git repository"
    assert releases(tmp_path) == "the knowledge base lies in no git repository"


def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.argv", ["algos", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err


def test_the_commands_of_the_docs(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    small: tuple[KnowledgeBase, dict[str, bytes]],
) -> None:
    """The page's own commands, one after the other, on the example knowledge base, and what goes wrong with them."""
    make_repository(tmp_path, PROMISE)
    monkeypatch.chdir(tmp_path)
    id_ = next(iter(small[0].safety))
    (tmp_path / "risks.csv").write_text(f"{HEAD}\n{GOOD.replace('a', id_, 1)}\n", encoding="utf-8")
    page = (ROOT / "docs" / "safety-file.md").read_text(encoding="utf-8")
    lines = [line.split("#")[0].split() for line in page.split("## Commands")[1].split("```")[1].strip().splitlines()]
    assert len(lines) == 4
    for _, *words in lines:
        if ">" in words:
            name = words[words.index(">") + 1]
            code, out, err = run(capsys, monkeypatch, *words[: words.index(">")])
            (tmp_path / name).write_text(out, encoding="utf-8")
            assert code in (0, 1), err  # the example's author left something for proofs to find
            continue
        code, out, err = run(capsys, monkeypatch, *words, *(("--people", "100") if "--people" not in words else ()))
        assert "claims no conformity" in " ".join(out.split())
        assert code == 0, err
    made = tmp_path / "papers"
    assert (made / "safety-file.pdf").read_bytes().startswith(b"%PDF")
    assert "The owner" not in (made / "safety-file.html").read_text(encoding="utf-8")
    with (made / "csv" / "hazards.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = {row["Hazard"]: row for row in csv.DictReader(stream)}
    judged = next(row for name, row in rows.items() if f"[{id_}]" in name)
    assert judged["Owner"] == "Bob"
    assert "judged by Ann on 2026-11-26" in judged["Residual risk"]
    strange = ("--vignettes", str(ROOT / "benchmarks" / "vignettes"))
    code, _, err = run(capsys, monkeypatch, "safety-file", "strange", "--proof", "proof.json", *strange)
    assert code == 0, err
    assert "they answer other questions" in (tmp_path / "strange" / "safety-file.html").read_text(encoding="utf-8")
    other = json.loads((tmp_path / "proof.json").read_text(encoding="utf-8"))
    (tmp_path / "proof.json").write_text(json.dumps({**other, "content": "0" * 64}), encoding="utf-8")
    bare = {"format": other["format"], "content": other["content"], "verdicts": [{}]}
    (tmp_path / "bare.json").write_text(json.dumps(bare), encoding="utf-8")
    for words, what in (
        (["--proof", "proof.json"], "it proves other content (000000000000"),
        (["--proof", "missing.json"], "it cannot be read"),
        (["--proof", "bare.json"], "it is no certificate"),
        (["--proof", "risks.csv"], "risks.csv"),
        (["--risks", "proof.json"], "its columns are others"),
        (["--vignettes", "kb"], "it is no published patient"),
    ):
        code, _, err = run(capsys, monkeypatch, "safety-file", "elsewhere", *words)
        assert code == 2, words
        assert what in err
        assert not (tmp_path / "elsewhere").exists()
    with pytest.raises(KnowledgeError):
        certificate_in(tmp_path / "risks.csv", "0")
