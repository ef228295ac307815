"""Reading files: what is refused, at which line, with which fix; and the one canonical text."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import jsontext
from engine.canonical import canonical_text, digest, identity
from engine.files import KINDS, read_directory
from engine.finding import KnowledgeError
from engine.load import load
from engine.schema import schema_files, schema_findings, schema_for
from validators.example import BASE
from validators.registry import example_files

from .conftest import ROOT, STARTER


@pytest.mark.parametrize(
    ("data", "code", "line", "says"),
    [
        (b"", "FM002", 1, "empty"),
        (b"  \n ", "FM002", 1, "empty"),
        (b'{"a": 1,\n "b": }', "FM002", 2, "not valid JSON"),
        (b'{"a": 1,\n "b": 2', "FM002", 2, "not valid JSON"),
        (b'{"a": 1,\n\n "a": 2}', "FM003", 3, "`a` stands twice"),
        (b'{"a": NaN}', "FM004", 1, "NaN"),
        (b'{"a": [1,\n -Infinity]}', "FM004", 2, "Infinity"),
        (b"\xef\xbb\xbf{}", "FM001", 1, "byte order mark"),
        ('{"a": "\u00e4"}'.encode("latin-1"), "FM001", 1, "not valid UTF-8"),
        ("{}".encode("utf-16"), "FM001", 1, "byte order mark"),
        (b"[" * 100_000, "FM006", 0, "levels deep"),
        (b"[" * 100_000 + b"]" * 100_000, "FM006", 0, "levels deep"),
        (b'{"a":' * 70 + b"1" + b"}" * 70, "FM006", 0, "levels deep"),
        (b'{"a": ' + b"9" * 5000 + b"}", "FM004", 1, "too large"),
        (b'{"b": 99,\n "a": [9007199254740992]}', "FM004", 2, "`9007199254740992` is too large"),
        (b'{"b": "-1e999",\n "a": -1e999}', "FM004", 2, "`-1e999` is too large"),
        (b'{"b": "\\ud83d\\ude00 \\\\ud800",\n "a": "x\\udc00"}', "FM001", 2, "half a character"),
        (b'{"\\ud83d": 1}', "FM001", 1, "half a character"),
        (b" " * (jsontext.MAX_BYTES + 1), "FM006", 0, "MB"),
    ],
)
def test_what_cannot_be_read_is_told_by_line(data: bytes, code: str, line: int, says: str) -> None:
    with pytest.raises(KnowledgeError) as raised:
        jsontext.read(data, "x.json")
    finding = raised.value.findings[0]
    assert (finding.path, finding.code, finding.line) == ("x.json", code, line)
    assert says in finding.what
    assert finding.fix


@given(
    value=st.recursive(
        st.integers()
        | st.floats(allow_nan=False)
        | st.sampled_from([2**53 - 1, -(2**53), 1e308])
        | st.text(st.characters(categories=["Cs", "L"]), max_size=4),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=5,
    )
)
def test_whatever_can_be_read_has_an_identity_and_a_canonical_text(value: object) -> None:
    data = json.dumps({"story": value}).encode()
    try:
        jsontext.read(data, "cases/x.json")
    except KnowledgeError:
        return
    assert digest(data, "cases/x.json") == digest(canonical_text(data, "cases/x.json").encode(), "cases/x.json")


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.text(max_size=8)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(value=VALUES)
def test_the_line_of_a_pointer_is_where_its_value_begins(value: object) -> None:
    text = json.dumps(value, indent=1, ensure_ascii=False)

    def walk(item: object, steps: tuple[str | int, ...]) -> None:
        line = jsontext.line_of(text, jsontext.pointer(steps))
        shown = json.dumps(item, ensure_ascii=False, indent=1).split("\n")[0]
        assert shown in text.split("\n")[line - 1]
        members = item.items() if isinstance(item, dict) else enumerate(item) if isinstance(item, list) else ()
        for key, inner in members:
            walk(inner, (*steps, key))

    walk(value, ())


@given(value=VALUES)
def test_canonical_text_keeps_the_value_and_is_its_own_canonical_text(value: object) -> None:
    record = {"id": "x", "value": value}
    data = json.dumps(record, ensure_ascii=False).encode()
    text = canonical_text(data, "nowhere.json")
    assert json.loads(text) == record
    assert canonical_text(text.encode(), "nowhere.json") == text
    assert text.endswith("}\n")


def test_numbers_keep_the_text_that_their_author_typed() -> None:
    assert (
        canonical_text(b'{"x": 2.50, "y": 1e3, "z": 7.0}', "n.json") == '{\n  "x": 2.50,\n  "y": 1e3,\n  "z": 7.0\n}\n'
    )


def test_a_threshold_change_is_one_line() -> None:
    path = "rules/findings/older.json"
    before = canonical_text(json.dumps(BASE[path]).encode(), path).splitlines()
    after = canonical_text(json.dumps({**BASE[path], "when": {"fact": "age", "gte": 65}}).encode(), path).splitlines()
    assert sum(1 for one, other in zip(before, after, strict=True) if one != other) == 1


def test_a_hash_looks_at_content_and_not_at_spaces_or_order() -> None:
    one, other = b'{"id": "a", "n": 1.0}', b'{ "n": 1, "id": "a" }\n'
    assert digest(one, "a.json") == digest(other, "a.json")
    assert digest(b"<svg/>", "a.svg") != digest(b"<svg />", "a.svg")
    files = example_files(BASE, {})
    moved = {**files, "terms/newer.json": files["terms/older.json"]}
    del moved["terms/older.json"]
    assert identity(files) != identity(moved)


def test_the_schemas_are_those_that_the_model_generates() -> None:
    for name, text in schema_files().items():
        assert (STARTER / "schema" / name).read_text(encoding="utf-8") == text, f"{name} is stale: run `make fmt`"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_schemas_accept_every_record_of_the_starter_knowledge_base(kind: str, starter_files: dict[str, bytes]) -> None:
    pattern = KINDS[kind][0]
    for path, data in starter_files.items():
        if pattern.fullmatch(path):
            assert schema_findings(kind, json.loads(data), path, data.decode()) == []
    assert schema_for(kind)["$schema"].endswith("2020-12/schema")


@pytest.mark.parametrize(
    ("path", "change", "pointer", "says"),
    [
        ("rules/findings/older.json", {"whenn": 1}, "/whenn", "did you mean `when`?"),
        (
            "rules/findings/older.json",
            {"when": {"fact": "age", "gte": "60"}},
            "/when/gte",
            "write a number",
        ),
        ("rules/findings/older.json", {"when": {"fakt": "age", "gte": 60}}, "/when", "use one of `fact`, `finding`"),
        ("rules/findings/older.json", {"when": {"fact": "age", "gte": 60, "lt": 70}}, "/when/fact", "agree"),
        (
            "rules/red_flags/numb.json",
            {"then": {"red_flag": "emergancy", "suspects": ["spasm"], "message": "x"}},
            "/then/red_flag",
            "did you mean `emergency`?",
        ),
        ("rules/findings/older.json", {"review_by": "soon"}, "/review_by", "such as 2027-03-31"),
        ("conditions/low_back/spasm.json", {"care_level": "today"}, "/care_level", "allowed"),
        ("questions/about.json", {"questions": []}, "/questions", "at least 1"),
        ("terms/older.json", {"name": ""}, "/name", "write the text"),
    ],
)
def test_a_wrong_record_is_told_by_place_and_fix(path: str, change: dict[str, object], pointer: str, says: str) -> None:
    loaded = load(example_files(BASE, {path: {**BASE[path], **change}}))
    findings = [finding for finding in loaded.findings if finding.path == path]
    assert findings
    assert findings[0].pointer == pointer, findings
    assert says in findings[0].fix
    assert findings[0].line > 0


def test_a_record_that_is_not_an_object_is_refused() -> None:
    loaded = load(example_files(BASE, {"terms/older.json": b"[1, 2]\n"}))
    assert [finding.code for finding in loaded.findings] == ["SC001"]


def test_a_missing_directory_and_one_without_kb_json_are_told(tmp_path: Path) -> None:
    for directory in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(KnowledgeError) as raised:
            read_directory(directory)
        assert "--kb" in raised.value.findings[0].fix


@pytest.fixture
def on_disk(tmp_path: Path) -> Path:
    """The example knowledge base in a folder."""
    for path, data in example_files(BASE, {}).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    return tmp_path


def test_a_folder_that_cannot_be_read_is_told_and_not_left_out(on_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = os.scandir

    def refusing(folder: str) -> object:
        if folder.endswith("red_flags"):
            raise PermissionError(13, "Permission denied", folder)
        return listed(folder)

    monkeypatch.setattr(os, "scandir", refusing)
    with pytest.raises(KnowledgeError) as raised:
        read_directory(on_disk)
    assert raised.value.findings[0].path == "rules/red_flags"
    assert raised.value.findings[0].what == "it cannot be read: Permission denied"


def test_a_folder_that_is_a_link_is_told_and_not_left_out(
    on_disk: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "rules"
    (on_disk / "rules").rename(elsewhere)
    (on_disk / "rules").symlink_to(elsewhere)
    with pytest.raises(KnowledgeError) as raised:
        read_directory(on_disk)
    assert raised.value.findings[0].path == "rules"
    assert "is a link" in raised.value.findings[0].what


@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="their file systems take no such name")
def test_a_name_that_is_no_text_is_told(on_disk: Path) -> None:
    Path(os.fsdecode(bytes(on_disk) + b"/terms/caf\xe9.txt")).touch()
    with pytest.raises(KnowledgeError) as raised:
        read_directory(on_disk)
    str(raised.value).encode()
    assert raised.value.findings[0].path == "terms/caf\\udce9.txt"
    assert "name" in raised.value.findings[0].what


def test_a_name_that_is_no_text_in_a_commit_is_told_and_has_an_identity() -> None:
    files = example_files(BASE, {os.fsdecode(b"terms/caf\xe9.txt"): b""})
    assert [finding.path for finding in load(files).findings] == ["terms/caf\\udce9.txt"]
    assert identity(files) != identity(example_files(BASE, {}))


def test_our_validators_package_is_the_one_that_is_imported() -> None:
    """PyPI has a package of the same name."""
    import validators

    assert validators.__file__ is not None
    assert validators.__file__.startswith(str(ROOT))
    assert sys.version_info[:2] in ((3, 11), (3, 12))
