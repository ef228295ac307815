"""Every check finds its bad example and nothing in its good one; the example knowledge base is clean."""

from __future__ import annotations

import pytest

from validators.example import BASE, TODAY, changed
from validators.pages import page, pages
from validators.registry import Check, check_files, checks, example_files

from .conftest import ROOT


def codes(overlay: object) -> list[str]:
    return [finding.code for finding in check_files(example_files(BASE, overlay), TODAY)[1]]  # type: ignore[arg-type]


def test_the_example_knowledge_base_is_clean() -> None:
    assert check_files(example_files(BASE, {}), TODAY)[1] == []


@pytest.mark.parametrize("check", checks(), ids=lambda check: check.code)
def test_a_check_finds_its_bad_example_and_not_its_good_one(check: Check) -> None:
    found = [finding for finding in check_files(example_files(BASE, check.bad), TODAY)[1] if finding.code == check.code]
    assert found
    assert all(finding.name == check.name and finding.severity is check.severity for finding in found)
    assert all(finding.what and finding.fix and finding.path for finding in found)
    assert check.code not in codes(check.good)


def test_codes_and_names_are_used_once() -> None:
    assert len({check.code for check in checks()}) == len({check.name for check in checks()}) == len(checks())


def test_every_finding_of_the_bad_examples_belongs_to_a_check() -> None:
    known = {check.code for check in checks()}
    for check in checks():
        assert set(codes(check.bad)) <= known


def test_the_pages_are_those_that_the_checks_generate() -> None:
    generated = pages()
    folder = ROOT / "docs" / "checks"
    assert {file.name for file in folder.iterdir()} == set(generated)
    for name, text in generated.items():
        assert (folder / name).read_text(encoding="utf-8") == text, f"{name} is stale: run `make docs`"


def test_a_page_shows_both_examples() -> None:
    text = page(next(check for check in checks() if check.code == "LG004"))
    assert "## Anti-pattern" in text
    assert "depends on itself" in text
    assert "## Best practice" in text


def test_a_finding_names_file_line_and_pointer() -> None:
    overlay = {"rules/findings/older.json": {**BASE["rules/findings/older.json"], "when": {"fact": "agee", "gte": 60}}}
    finding = next(one for one in check_files(example_files(BASE, overlay))[1] if one.code == "RF001")
    assert (finding.path, finding.line, finding.pointer) == ("rules/findings/older.json", 4, "/when/fact")
    assert finding.fix == "did you mean `age`?"


@pytest.mark.parametrize("when", [{"fact": "age", "is": 600}, {"fact": "age", "in": [60, 700]}], ids=["is", "in"])
def test_a_number_that_nobody_can_answer_is_found(when: object) -> None:
    assert codes(changed("rules/findings/older.json", when=when)).count("UN001") == 1
    assert "UN001" not in codes(changed("rules/findings/older.json", when={"fact": "age", "in": [60, 70]}))


def test_a_body_picture_whose_groups_are_nested_deeply_is_read() -> None:
    nested = "<g>" * 5_000 + "</g>" * 5_000
    picture = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">{nested}</svg>'
    assert set(codes({"body.svg": picture.encode()})) == {"RF013"}
