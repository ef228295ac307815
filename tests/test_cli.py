"""The command line as a person uses it: in a process of its own, with good and bad input."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from validators.example import BASE
from validators.registry import example_files

from .conftest import ROOT, STARTER
from .forked_cli import algos

CALM: dict[str, object] = json.loads((ROOT / "docs" / "examples" / "locked_back.json").read_text(encoding="utf-8"))


def saved(folder: Path, answers: object) -> Path:
    path = folder / "answers.json"
    path.write_text(json.dumps(answers), encoding="utf-8")
    return path


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The example knowledge base on disk."""
    for path, data in example_files(BASE, {}).items():
        (tmp_path / "kb" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "kb" / path).write_bytes(data)
    return tmp_path / "kb"


def test_a_locked_back_is_a_spasm_that_can_be_looked_after_at_home(tmp_path: Path) -> None:
    done = algos("assess", saved(tmp_path, CALM), "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["engine"] == "durable_rules"
    assert result["note"] is None
    assert result["outcome"]["urgency"] == "self_care"
    assert result["outcome"]["likely"][0]["id"] == "low_back_spasm"
    assert "evidence/low_back_spasm/locked" in result["outcome"]["fired"]
    assert "Not yet reviewed" in result["unreviewed"]
    said = algos("assess", saved(tmp_path, CALM)).stdout
    assert "Self-care" in said
    assert "because your back locked" in said
    assert "Not yet reviewed" in said
    assert "not a diagnosis" in said


def test_new_saddle_numbness_is_an_emergency_and_not_sure_is_urgent(tmp_path: Path) -> None:
    numb = json.loads(algos("assess", saved(tmp_path, {**CALM, "saddle_numbness": "new_or_worse"}), "--json").stdout)
    assert numb["outcome"]["urgency"] == "emergency"
    assert numb["outcome"]["to_rule_out"][0]["id"] == "cauda_equina_syndrome"
    done = algos("assess", saved(tmp_path, {**CALM, "saddle_numbness": "unknown"}))
    assert "Urgent" in done.stdout
    assert "Not settled" in done.stdout
    assert "Saddle numbness" in done.stdout


def test_why_tells_the_rules_and_what_would_change_it(tmp_path: Path) -> None:
    done = algos("why", saved(tmp_path, CALM))
    assert done.returncode == 0
    assert "Back locked or seized" in done.stdout
    assert "What would change this" in done.stdout
    assert "->" in done.stdout.split("What would change this")[1]
    against = algos("why", saved(tmp_path, CALM), "--not", "disc_herniation")
    assert against.returncode == 0
    assert "radiculopathy" in against.stdout
    assert algos("why", saved(tmp_path, CALM), "--not", "gout").returncode == 2


def test_a_rule_is_explained_in_english_with_its_sources() -> None:
    done = algos("explain", "red_flags/saddle_numbness")
    assert done.returncode == 0
    assert "Saddle numbness" in done.stdout
    assert "girft-ces-criteria" in done.stdout
    assert "Example" in done.stdout
    assert "did you mean `red_flags/saddle_numbness`" in algos("explain", "red_flags/sadle_numbness").stderr


def test_stats_and_fmt_are_content_with_the_starter_knowledge_base() -> None:
    assert algos("fmt", "--check").returncode == 0
    counts = json.loads(algos("stats", "--json").stdout)
    assert counts["weights_published"] + counts["weights_judgement"] == counts["evidence_rules"]
    assert counts["conditions"] >= 4


def test_the_interview_is_answered_on_a_terminal(example: Path) -> None:
    older = example / "rules" / "evidence" / "older.json"
    older.write_text(older.read_text(encoding="utf-8").replace('"weight": -3', '"weight": -9'), encoding="utf-8")
    done = algos("ask", "--kb", example, typed="maybe\nn\n7\n40\ny\n")
    assert done.returncode == 0, done.stderr
    assert "Please choose: y or n" in done.stdout
    assert "a whole number from 16 to 110" in done.stdout
    assert "Back spasm" in done.stdout


def test_a_number_of_any_length_is_no_answer() -> None:
    done = algos("ask", typed=f"{'9' * 5000}\n1,{'9' * 5000}\n0x1\nq\n")
    assert done.returncode == 2
    assert done.stdout.count("Please choose") == 3


def test_what_is_piped_is_utf_8_on_a_machine_with_another_encoding() -> None:
    run = [sys.executable, "-m", "authoring.cli", "fhir", "form"]
    plain, other = (
        subprocess.run(
            run,
            cwd=ROOT,
            capture_output=True,
            timeout=100,
            check=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding},
        ).stdout
        for encoding in ("utf-8", "latin-1")
    )
    assert other == plain
    assert not plain.isascii()


def test_back_asks_the_last_screen_again_and_quit_gives_no_result(example: Path) -> None:
    done = algos("ask", "--kb", example, typed="y\n")
    assert "Emergency" in done.stdout or "emergency" in done.stdout
    assert "Screen 1 (usually no more than" in done.stdout
    back = algos("ask", "--kb", example, typed="n\nb\ny\n")
    assert back.stdout.count("Are you numb between the legs?") == 2
    assert "emergency" in back.stdout
    for typed in ("q\n", ""):
        stopped = algos("ask", "--kb", example, typed=typed)
        assert stopped.returncode == 2
        assert "no result is given" in stopped.stdout


def test_on_a_screen_of_several_back_goes_one_question_and_an_emergency_stops_at_once() -> None:
    no_danger, numb, not_numb, passes_urine = "0\n0\n", "2\n", "1\n", "n\n"
    back = algos("ask", typed=no_danger + not_numb + passes_urine + "b\nb\n" + numb)
    assert back.stdout.count("is the feeling numb") == 2
    assert back.stdout.count("unable to pass any urine") == 2
    assert back.stdout.count("hard to start or stop passing urine") == 1
    assert "no more questions are asked. 2 screens" in back.stdout
    first_again = algos("ask", typed=no_danger + "b\nb\n" + no_danger + numb)
    assert first_again.stdout.count("Screen 1 (usually no more than") == 2
    assert "no more questions are asked. 2 screens" in first_again.stdout


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "the file is empty"),
        (b'{"age": 44,', "not valid JSON"),
        (b"[1, 2]", "a JSON object from question to answer"),
        (b'{"age": NaN}', "is not a number"),
        (b'{"age": 44, "age": 45}', "stands twice"),
        (b'{"age": "44"}', "allowed: a whole number from 16 to 110 years"),
        (b'{"age": 440}', "allowed: a whole number"),
        (b'{"saddle_numbness": "yes"}', 'allowed: "no", "new_or_worse"'),
        (b'{"agee": 44}', "did you mean `age`?"),
        (b"[" * 100_000, "levels deep"),
        ('{"age": "\xe4"}'.encode("latin-1"), "not valid UTF-8"),
        (b'{"age": 44}' + b" " * 50_000_000, "MB"),
    ],
)
def test_bad_answers_are_told_with_place_and_fix(tmp_path: Path, data: bytes, says: str) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(data)
    done = algos("assess", path)
    assert done.returncode == 2
    assert says in done.stderr
    assert "bad.json" in done.stderr
    assert "fix:" in done.stderr
    assert done.stdout == ""
    assert os.listdir(tmp_path) == ["bad.json"]


def test_a_missing_file_and_a_missing_knowledge_base_are_told(tmp_path: Path) -> None:
    assert "cannot be read" in algos("assess", tmp_path / "none.json").stderr
    done = algos("check", "--kb", tmp_path)
    assert done.returncode == 2
    assert "no kb.json" in done.stderr


def test_answers_that_cannot_occur_together_are_returned_for_correction(tmp_path: Path) -> None:
    broken = {**CALM, "main_site": "head_front"}
    done = algos("assess", saved(tmp_path, broken))
    assert done.returncode == 1
    assert "Please look again" in done.stdout
    with_flag = json.loads(algos("assess", saved(tmp_path, {**broken, "cannot_pass_urine": True}), "--json").stdout)
    assert with_flag["outcome"]["urgency"] == "emergency", "a broken constraint never cancels a red flag"


@pytest.mark.parametrize(
    ("path", "change", "code", "says"),
    [
        ("rules/findings/older.json", {"when": {"finding": "older"}}, "LG004", "depends on itself"),
        ("rules/red_flags/numb.json", {"sources": [{"source": "nobody-1900"}]}, "RF005", "no source"),
        (
            "rules/evidence/locked.json",
            {"then": {"condition": "gout", "weight": 3, "group": "g"}},
            "RF004",
            "no condition",
        ),
        ("rules/evidence/locked.json", {"when": {"fact": "lockd", "is": True}}, "RF001", "no question"),
    ],
)
def test_a_broken_knowledge_base_is_told_and_nothing_is_assessed(
    example: Path, path: str, change: dict[str, object], code: str, says: str
) -> None:
    record = json.loads((example / path).read_bytes())
    (example / path).write_text(json.dumps({**record, **change}), encoding="utf-8")
    answers = saved(example.parent, {"age": 44})
    for command in (("assess", answers), ("check",)):
        done = algos(*command, "--kb", example)
        assert done.returncode in (1, 2)
        assert code in done.stderr
        assert says in done.stderr
        assert path in done.stderr
        assert "fix:" in done.stderr


def test_fmt_writes_canonical_text_and_nothing_where_a_file_cannot_be_read(example: Path) -> None:
    term = example / "terms" / "older.json"
    good = term.read_bytes()
    term.write_text(json.dumps(json.loads(good)), encoding="utf-8")
    assert algos("fmt", "--check", "--kb", example).returncode == 1
    assert algos("fmt", "--kb", example).returncode == 0
    assert term.read_bytes() == good
    (example / "schema" / "term.schema.json").write_bytes(b"\xff")
    assert algos("fmt", "--check", "--kb", example).stdout == "schema/term.schema.json\n"
    assert algos("fmt", "--kb", example).returncode == 0
    assert algos("fmt", "--check", "--kb", example).returncode == 0
    term.write_bytes(good.replace(b" ", b""))
    (example / "terms" / "bad.json").write_bytes(b"{")
    done = algos("fmt", "--kb", example)
    assert done.returncode == 2
    assert term.read_bytes() == good.replace(b" ", b""), "nothing is written where anything is wrong"


def test_the_starter_knowledge_base_is_found_from_its_own_folder() -> None:
    assert STARTER.is_dir()
    assert algos("stats", "--kb", STARTER, cwd=Path("/")).returncode == 0


def test_a_guide_is_written_as_pdf_and_html(tmp_path: Path) -> None:
    done = algos("guide", "low_back_spasm", "--pdf", tmp_path / "paper", "--html", tmp_path / "a.html")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "paper").read_bytes().startswith(b"%PDF")  # what was asked for, whatever its name
    assert "Not yet reviewed" in (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "gout" in algos("guide", "gout", "--pdf", tmp_path / "b.pdf").stderr
    assert algos("guide", "low_back_spasm").returncode == 2
    assert "cannot be written" in algos("guide", "low_back_spasm", "--pdf", "/proc/none/a.pdf").stderr
    for link in ("example.org", "javascript:alert(1)", "https://example.org/" + "a" * 5000):
        done = algos("guide", "low_back_spasm", "--html", tmp_path / "b.html", "--link", link)
        assert done.returncode == 2
        assert "--link" in done.stderr
        assert not (tmp_path / "b.html").exists()


def test_every_guide_is_written_in_one_command(tmp_path: Path) -> None:
    done = algos("guide", "--all", tmp_path / "guides")
    assert done.returncode == 0, done.stderr
    written = sorted(path.name for path in (tmp_path / "guides").iterdir())
    conditions = [path.stem for path in STARTER.glob("conditions/*/*.json")]
    assert written == sorted(f"{name}{ending}" for name in conditions for ending in (".html", ".pdf"))
