"""SQL: databases say of everybody what the reference says, and no text of a record is ever read as SQL."""

from __future__ import annotations

import contextlib
import itertools
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

import duckdb
import pytest

from authoring.cli import main
from engine.answers import Answers, Chosen, read_answers
from engine.evaluate import Evaluator
from engine.files import read_directory
from engine.finding import KnowledgeError
from engine.knowledge import KnowledgeBase
from engine.load import load as read
from exports.bundle import archive as tar
from exports.bundle.conform import expected, first_difference
from exports.bundle.model import CONFORMANCE, MORE_CONFORMANCE, Conformance, ConformanceCase, ExpectedOutcome
from exports.bundle.source import ArchiveSource
from exports.serve import unverified
from exports.sql.dialect import DialectName
from exports.sql.dictionary import Origin
from exports.sql.script import sql_script
from exports.sql.writing import comment, name, text
from tests.bundles import ROOT, people, starter_bundle
from tests.postgresql_server import MissingError, Server, postgresql
from tests.random_kb import URGENCIES, base_records, condition, from_records, question, random_kb, rule, section, term
from tests.sql_databases import IN, ORIGIN, Load, as_held, csv_of, outcomes, told
from validators.population.people import people as population

SERVERLESS = sorted(IN)


def as_in_a_row(answers: Answers) -> Answers:
    """A person as a row can tell of them: not sure of any option is not answered."""
    kept = {
        name: value
        for name, value in answers.values.items()
        if not isinstance(value, Chosen) or value.yes or not value.unsure
    }
    return Answers(kept, answers.unsure | (answers.values.keys() - kept.keys()))


def agree(kb: KnowledgeBase, everybody: Iterable[Answers], found: Iterable[ExpectedOutcome]) -> None:
    evaluator = Evaluator(kb)
    for person, theirs in zip(everybody, found, strict=True):
        ours = expected(evaluator, person)
        assert theirs == ours, f"{first_difference(kb, ours, theirs)}: {json.dumps(person.to_json())}"


def of_the_starter(kb: KnowledgeBase, count: int, seed: int) -> list[Answers]:
    """Its cases, people who answer at random, and as many of the reference population."""
    everybody = [read_answers(kb, dict(case.answers)) for case in kb.cases.values()]
    everybody += [Answers(), *people(Random(seed), kb, count)]
    everybody += [read_answers(kb, one) for one in population(count, seed)]
    return [as_in_a_row(one) for one in everybody]


def of_random_knowledge_bases(dialect: DialectName, load: Load, folder: Path, seed: int, count: int) -> None:
    rng = Random(seed)
    for _ in range(count):
        kb = random_kb(rng).kb
        everybody = [as_in_a_row(one) for one in [Answers(), *people(rng, kb, 30)]]
        agree(kb, everybody, outcomes(kb, everybody, dialect, load, folder))


@pytest.fixture(scope="module")
def conformance(
    tmp_path_factory: pytest.TempPathFactory, starter_files: dict[str, bytes]
) -> dict[str, list[ConformanceCase]]:
    """The cases that the starter's bundle states, by file; built by the first test process that needs the bundle."""
    made = starter_bundle(tmp_path_factory.getbasetemp().parent, starter_files)
    signed = ArchiveSource(made.archive).manifest()
    manifest = unverified(signed)
    members = tar.members(made.archive, signed, manifest)
    stored = {one.path: members[one.stored_as] for one in manifest.files if one.path in (CONFORMANCE, MORE_CONFORMANCE)}
    return {path: list(Conformance.model_validate_json(data).cases) for path, data in stored.items()}


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("dialect", "files"),
    [
        ("duckdb", (CONFORMANCE,)),
        pytest.param("duckdb", (CONFORMANCE, MORE_CONFORMANCE), marks=pytest.mark.nightly),
        pytest.param("sqlite", (CONFORMANCE,), marks=pytest.mark.nightly),
    ],
)
def test_the_starters_conformance_cases(
    dialect: DialectName,
    files: tuple[str, ...],
    conformance: dict[str, list[ConformanceCase]],
    starter: KnowledgeBase,
    tmp_path: Path,
) -> None:
    """In which every rule is TRUE, FALSE and UNKNOWN of somebody; at night, each criterion deciding by itself."""
    cases = [case for path in files for case in conformance[path]]
    everybody = [as_in_a_row(read_answers(starter, case.answers)) for case in cases]
    found = outcomes(starter, everybody, dialect, IN[dialect], tmp_path)
    same = [person == read_answers(starter, case.answers) for case, person in zip(cases, everybody, strict=True)]
    assert sum(same) > len(cases) / 2
    for case, theirs in itertools.compress(zip(cases, found, strict=True), same):
        assert theirs == case.outcome, f"{case.id}: {first_difference(starter, case.outcome, theirs)}"
    others = [not one for one in same]
    agree(starter, itertools.compress(everybody, others), itertools.compress(found, others))


@pytest.mark.parametrize(("dialect", "count"), [("duckdb", 50), ("sqlite", 10)])
def test_people_of_the_starter(dialect: DialectName, count: int, starter: KnowledgeBase, tmp_path: Path) -> None:
    everybody = [Answers(), *people(Random(3), starter, count)]
    everybody += [read_answers(starter, one) for one in population(count, 3)]
    everybody = [as_in_a_row(one) for one in everybody]
    agree(starter, everybody, outcomes(starter, everybody, dialect, IN[dialect], tmp_path))


@pytest.mark.parametrize("dialect", SERVERLESS)
def test_random_people_of_random_knowledge_bases(dialect: DialectName, tmp_path: Path) -> None:
    of_random_knowledge_bases(dialect, IN[dialect], tmp_path, 7, 20)


@pytest.mark.nightly
@pytest.mark.parametrize("dialect", SERVERLESS)
def test_thousands(dialect: DialectName, starter: KnowledgeBase, tmp_path: Path) -> None:
    everybody = of_the_starter(starter, 5_000, 4)
    agree(starter, everybody, outcomes(starter, everybody, dialect, IN[dialect], tmp_path))
    of_random_knowledge_bases(dialect, IN[dialect], tmp_path, 8, 1_000)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with contextlib.ExitStack() as stack:
        try:
            started = stack.enter_context(postgresql())
        except MissingError as error:
            pytest.skip(str(error))
        yield started


@pytest.mark.nightly
def test_postgresql(server: Server, starter: KnowledgeBase, tmp_path: Path) -> None:
    everybody = of_the_starter(starter, 1_000, 5)
    agree(starter, everybody, outcomes(starter, everybody, "postgresql", server.load, tmp_path))
    of_random_knowledge_bases("postgresql", server.load, tmp_path, 9, 200)


# Names and texts


NASTY = (
    "x'); DROP TABLE precious; --\n'; DROP TABLE precious; --\r\n\\! touch pwned\n.shell touch pwned\n"
    "*/ DROP TABLE precious; /* \"; DROP TABLE precious; $$ \u2028DROP TABLE precious; \\' é 😀 %s {0}"
)


def nasty() -> KnowledgeBase:
    """A knowledge base in whose texts somebody wrote SQL, wherever a text may be."""
    records = base_records(NASTY)
    records["kb.json"] |= dict.fromkeys(("description", "not_a_diagnosis", "no_cause", "unreviewed"), NASTY)
    records["kb.json"]["urgency"] = {level: {"name": NASTY, "advice": NASTY} for level in URGENCIES}
    options = [{"id": id_, "text": NASTY, "name": NASTY} for id_ in ("a", "b")]
    records["questions/all.json"] = section(
        [
            {**question("q", "choice", options=options), "name": NASTY, "text": NASTY, "judgement": NASTY},
            {**question("n", "integer", unit=NASTY[:20], min=0, max=9), "name": NASTY, "text": NASTY},
        ]
    )
    records["terms/f.json"] = {**term("f", "finding"), "name": NASTY, "meaning": NASTY, "judgement": NASTY}
    when = {"any": [{"fact": "q", "is": "a"}, {"fact": "n", "gte": 5}]}
    texts = {"title": NASTY, "because": NASTY, "judgement": NASTY}
    records["rules/findings/f.json"] = {**rule("findings/f", when, {"finding": "f"}), **texts}
    flag = {"red_flag": "urgent", "suspects": ["c"], "message": NASTY}
    records["rules/red_flags/r.json"] = {**rule("red_flags/r", {"finding": "f"}, flag), **texts}
    records["conditions/hip/c.json"] = {**condition(Random(1), "c", None), "name": NASTY, "judgement": NASTY}
    return from_records(records).kb


def nothing_gets_out(dialect: DialectName, load: Load, folder: Path) -> None:
    kb = nasty()
    everybody = [Answers({"q": "a"}), Answers({"q": "b", "n": 1}), Answers()]
    script = sql_script(kb, Origin("c" * 64, NASTY), dialect)
    whole = f"CREATE TABLE precious (a INTEGER);\n{script}"
    query = load(whole, csv_of(kb, everybody, folder))
    agree(kb, everybody, told(kb, query, len(everybody)))
    assert query("SELECT * FROM precious") == []
    shown = as_held(NASTY)
    assert {one["name"] for one in query("SELECT * FROM algos_dictionary WHERE kind <> 'question'")} == {shown}
    about = query("SELECT * FROM algos_about")[0]
    assert [about[one] for one in ("title", "version", "unreviewed", "not_a_diagnosis")] == [shown] * 4
    assert not (Path.cwd() / "pwned").exists()


@pytest.mark.parametrize("dialect", SERVERLESS)
def test_what_a_record_says_is_never_read_as_sql(dialect: DialectName, tmp_path: Path) -> None:
    nothing_gets_out(dialect, IN[dialect], tmp_path)


def test_every_line_of_a_comment_is_one() -> None:
    for said in (NASTY, "a\x0bb\x0cc\x1cd\x85e\u2029f\0g", "", "\n", "x" * 500, "--", "a\\"):
        assert all(line.startswith("--") for line in "\n".join(comment(said)).splitlines())
    for quoted in (text("a'b\0\n'"), text("\\'"), name('a"b\n')):
        assert quoted[0] == quoted[-1]
        assert quoted[0] not in quoted[1:-1].replace(quoted[0] * 2, "")
        assert "\n" not in quoted
        assert "\0" not in quoted


def long_names() -> KnowledgeBase:
    """Ids as long as they may be that begin alike, and ids that would make two columns of one name, or one of ours."""
    records = base_records()
    first, second = "a" * 63 + "b", "a" * 63 + "c"
    options = [{"id": first, "text": "1"}, {"id": second, "text": "2"}]
    own = ("person_id", "refused", "urgency", "red_flags", "rule", "applies", "select", "order", "layer_0", "condition")
    records["questions/all.json"] = section(
        [
            question(first),
            question(second),
            question("q", "choices", options=options, ask_when={"fact": first, "is": True}),
            question("p", "choices", options=options),
            *(question(id_) for id_ in own),
            question("gated", ask_when={"not": {"fact": "urgency", "is": True}}),
            question("finding", "choices", options=[{"id": "f", "text": "f"}, {"id": "x", "text": "x"}]),
        ]
    )
    facts = [{"fact": id_, "is": True} for id_ in (first, second, *own, "gated")]
    facts += [{"fact": name_, "includes": option} for name_ in ("q", "p") for option in (first, second)]
    facts += [{"fact": "finding", "includes": "f"}]
    path = "b" * 90
    whens = {f"{path}/{at}": fact for at, fact in enumerate(facts)}
    whens |= {"a__b/c": facts[0], "a/b__c": facts[1], "a/b/c": {"finding": "f"}}
    records["terms/f.json"] = term("f", "finding")
    records["conditions/hip/c.json"] = condition(Random(2), "c", {"fact": second, "is": True})
    records["conditions/hip/long.json"] = condition(Random(3), "d" * 64, None)
    for at, (id_, when) in enumerate(whens.items()):
        then = (
            {"finding": "f"}
            if at < 3
            else {"condition": "c" if at % 2 else "d" * 64, "weight": at % 19 + 1, "group": "g"}
        )
        records[f"rules/{id_}.json"] = rule(id_, when, then)
    records["conditions/hip/" + "d" * 64 + ".json"] = records.pop("conditions/hip/long.json")
    return from_records(records).kb


def names_hold(dialect: DialectName, load: Load, folder: Path) -> None:
    kb = long_names()
    everybody = [as_in_a_row(one) for one in people(Random(4), kb, 40)]
    agree(kb, everybody, outcomes(kb, everybody, dialect, load, folder))
    script = sql_script(kb, ORIGIN, dialect)
    assert max(len(one.encode()) for one in re.findall(r'"([^"]+)"', script)) <= 63


@pytest.mark.parametrize("dialect", SERVERLESS)
def test_long_names_and_names_alike(dialect: DialectName, tmp_path: Path) -> None:
    names_hold(dialect, IN[dialect], tmp_path)


@pytest.mark.nightly
def test_names_and_texts_in_postgresql(server: Server, tmp_path: Path) -> None:
    names_hold("postgresql", server.load, tmp_path)
    nothing_gets_out("postgresql", server.load, tmp_path)


# What is refused


def small() -> KnowledgeBase:
    """One question of each kind, and a flag."""
    records = base_records()
    options = [{"id": id_, "text": id_} for id_ in ("x", "y")]
    records["questions/all.json"] = section(
        [
            question("b"),
            question("c", "choice", options=options),
            question("m", "choices", options=options),
            question("i", "integer", unit="a", min=-5, max=9),
            question("d", "decimal", unit="Cel", min=35.5, max=42),
        ]
    )
    records["conditions/hip/k.json"] = condition(Random(1), "k", None)
    flag = {"red_flag": "emergency", "suspects": ["k"], "message": "Go."}
    when = {"any": [{"fact": "b", "is": True}, {"fact": "i", "gte": 7}]}
    records["rules/red_flags/r.json"] = rule("red_flags/r", when, flag)
    return from_records(records).kb


REFUSED = (
    ("NULL, 'z', NULL, NULL, NULL, NULL", "c"),
    ("TRUE, '', NULL, NULL, NULL, NULL", "c"),
    ("TRUE, 'X', NULL, NULL, NULL, NULL", "c"),
    ("NULL, NULL, NULL, NULL, 10, NULL", "i"),
    ("NULL, NULL, NULL, NULL, -6, NULL", "i"),
    ("NULL, NULL, NULL, NULL, 7, 35.4", "d"),
    ("NULL, 'q', NULL, NULL, 99, 42.01", "c i d"),
)
TAKEN = (
    "TRUE, 'x', FALSE, NULL, 9, 42",
    "FALSE, 'y', TRUE, TRUE, -5, 35.5",
    "NULL, NULL, NULL, NULL, NULL, NULL",
)


def is_refused(load: Load, dialect: DialectName, folder: Path) -> None:
    """Somebody with a value outside its question's domain has no outcome, and is seen; others do as they did."""
    kb = small()
    file = csv_of(kb, [], folder)
    start = sql_script(kb, ORIGIN, dialect)
    people = [(values, column) for values, column in REFUSED] + [(values, "") for values in TAKEN]
    rows = ", ".join(f"('{at}', {values})" for at, (values, _) in enumerate(people))
    query = load(f"{start}INSERT INTO answers VALUES {rows};", file)
    found = {one["person_id"]: one for one in query("SELECT * FROM algos_outcomes")}
    for at, (values, column) in enumerate(people):
        assert found[str(at)]["refused"] == column, values
        assert (found[str(at)]["urgency"] is None) == bool(column)
        assert (found[str(at)]["named"] is None) == bool(column)
    assert len(query("SELECT * FROM algos_rules")) == len(TAKEN)


@pytest.mark.parametrize("dialect", SERVERLESS)
def test_what_is_outside_a_questions_domain_is_refused(dialect: DialectName, tmp_path: Path) -> None:
    is_refused(IN[dialect], dialect, tmp_path)


@pytest.mark.nightly
def test_postgresql_refuses_the_same(server: Server, tmp_path: Path) -> None:
    is_refused(server.load, "postgresql", tmp_path)


OTHER_TYPES = "person_id TEXT, b {}, c TEXT, m__x {}, m__y BOOLEAN, i {}, d DECIMAL(6, 2)"


@pytest.mark.parametrize(
    ("types", "values", "refused"),
    [
        (("BOOLEAN", "BOOLEAN", "DOUBLE"), "TRUE, 'x', TRUE, TRUE, 7, 36", ""),
        (("BOOLEAN", "BOOLEAN", "DOUBLE"), "TRUE, 'x', TRUE, TRUE, 7.5, 36", "i"),
        (("BOOLEAN", "BOOLEAN", "DOUBLE"), "TRUE, 'x', TRUE, TRUE, 1e300, 36", "i"),
        (("BOOLEAN", "BOOLEAN", "DOUBLE"), "TRUE, 'x', TRUE, TRUE, 'NaN', 36", "i"),
        (("INTEGER", "INTEGER", "HUGEINT"), "1, 'x', 0, TRUE, 7, 36", "b m__x"),
        (("TEXT", "BOOLEAN", "INTEGER"), "'true', 'x', TRUE, TRUE, 7, 36", "b"),
    ],
)
def test_nothing_is_coerced(types: tuple[str, ...], values: str, refused: str) -> None:
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE answers ({OTHER_TYPES.format(*types)})")
    connection.execute(sql_script(small(), ORIGIN))
    connection.execute(f"INSERT INTO answers VALUES ('p', {values})")
    assert connection.execute("SELECT refused FROM algos_outcomes").fetchall() == [(refused,)]


def test_a_number_that_is_a_text_is_an_error() -> None:
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE answers ({OTHER_TYPES.format('BOOLEAN', 'BOOLEAN', 'TEXT')})")
    with pytest.raises(duckdb.BinderException, match="VARCHAR and INTEGER"):
        connection.execute(sql_script(small(), ORIGIN))


def test_a_person_who_stands_twice_or_has_no_id_is_refused() -> None:
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE answers ({OTHER_TYPES.format('BOOLEAN', 'BOOLEAN', 'INTEGER')})")
    connection.execute(sql_script(small(), ORIGIN))
    for id_ in ("'a'", "'b'", "'b'", "NULL"):
        connection.execute(f"INSERT INTO answers (person_id, b) VALUES ({id_}, TRUE)")
    found = connection.execute("SELECT person_id, refused, urgency FROM algos_outcomes ORDER BY ALL").fetchall()
    assert found == [
        ("a", "", "emergency"),
        ("b", "person_id", None),
        ("b", "person_id", None),
        (None, "person_id", None),
    ]


def test_the_script_can_be_run_again() -> None:
    """The table and who is in it stay; the views are made anew."""
    connection = duckdb.connect()
    connection.execute(sql_script(small(), ORIGIN))
    connection.execute("INSERT INTO answers (person_id, b) VALUES ('a', TRUE)")
    connection.execute(sql_script(small(), Origin("d" * 64, "release 2")))
    assert connection.execute("SELECT urgency FROM algos_outcomes").fetchall() == [("emergency",)]
    assert connection.execute("SELECT version FROM algos_about").fetchall() == [("release 2",)]


def test_a_database_that_cannot_hold_so_many_columns_is_named(tmp_path: Path) -> None:
    records = base_records()
    records["questions/all.json"] = section([question("q")])
    for at in range(1600):
        records[f"rules/r/r{at}.json"] = rule(f"r/r{at}", {"fact": "q", "is": True}, {"advice": "rest"})
    kb = from_records(records).kb
    with pytest.raises(KnowledgeError, match="PostgreSQL allows 1600") as caught:
        sql_script(kb, ORIGIN, "postgresql")
    assert caught.value.findings[0].code == "SQ001"
    everybody = [Answers({"q": True})]
    agree(kb, everybody, outcomes(kb, everybody, "duckdb", IN["duckdb"], tmp_path))


def test_a_knowledge_base_with_next_to_nothing() -> None:
    records = base_records()
    with pytest.raises(KnowledgeError, match="SQ004"):
        sql_script(from_records(records).kb, ORIGIN)
    records["questions/all.json"] = section([question("q")])
    for dialect in SERVERLESS:
        assert "algos_outcomes" in sql_script(from_records(records).kb, ORIGIN, dialect)


def test_the_same_knowledge_base_gives_the_same_script(starter: KnowledgeBase, starter_files: dict[str, bytes]) -> None:
    again = read(dict(reversed(starter_files.items()))).kb
    assert again is not None
    assert sql_script(again, ORIGIN) == sql_script(starter, ORIGIN)


# The commands

ANKLE = ROOT / "docs" / "examples" / "ankle"
EXPORT = ["export", "--kb", str(ANKLE), "--preview"]


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    """The exit code of `algos`, and everything that it printed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["algos", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
    printed = capsys.readouterr()
    return int(ended.value.code or 0), printed.out + printed.err


def ankle() -> KnowledgeBase:
    kb = read(read_directory(ANKLE)).kb
    assert kb is not None
    return kb


def test_export_and_table_give_what_the_engine_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kb = ankle()
    everybody = people(Random(2), kb, 20)
    code, told_ = run(capsys, *EXPORT, "--sql", tmp_path / "rules.sql")
    assert code == 0, told_
    assert kb.settings.unreviewed in told_
    saved, lines = tmp_path / "0.json", tmp_path / "people.jsonl"
    saved.write_text(json.dumps(everybody[0].to_json()), encoding="utf-8")
    lines.write_text(
        "".join(
            json.dumps({"person_id": at, "answers": one.to_json()}) + "\n" for at, one in enumerate(everybody) if at
        ),
        encoding="utf-8",
    )
    table = tmp_path / "answers.csv"
    code, told_ = run(capsys, "answers-table", "--kb", ANKLE, saved, lines, "--out", table)
    assert code == 0, told_
    assert "20 people" in told_
    query = IN["duckdb"]((tmp_path / "rules.sql").read_text(encoding="utf-8"), table)
    agree(kb, [as_in_a_row(one) for one in everybody], told(kb, query, 20))


def test_every_kind_of_saved_assessment_gives_the_same_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kb = ankle()
    person = {"twisted": True}
    read_answers(kb, person)
    (tmp_path / "a.json").write_text(json.dumps(person), encoding="utf-8")
    (tmp_path / "b.json").write_text(run(capsys, "assess", "--kb", ANKLE, tmp_path / "a.json", "--json")[1])
    code, told_ = run(capsys, "fhir", "response", "--kb", ANKLE, tmp_path / "a.json", "--out", tmp_path / "c.json")
    assert code == 0, told_
    (tmp_path / "d.jsonl").write_text(json.dumps({"person_id": "d", "answers": person}) + "\n\n", encoding="utf-8")
    files = [tmp_path / name_ for name_ in ("a.json", "b.json", "c.json", "d.jsonl")]
    code, told_ = run(capsys, "answers-table", "--kb", ANKLE, *files, "--out", tmp_path / "t.csv")
    assert code == 0, told_
    _, *rows = (tmp_path / "t.csv").read_text(encoding="utf-8").splitlines()
    assert [row_[0] for row_ in rows] == ["a", "b", "c", "d"]
    assert len({row_[1:] for row_ in rows}) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "no key is named"),
        (("--dialect", "sqlite"), "no key is named"),
        (("--sql", "s.sql", "--dialect", "oracle"), "'oracle' is not one of"),
        (("--sql", "s.sql", "--key", "k.pem"), "--sql alone makes none"),
        (("--sql", "s.sql", "--notes", "n.md"), "--sql alone makes none"),
        (("--archive", "a.tar", "--key", "k.pem", "--dialect", "sqlite"), "add --sql FILE"),
        (("--sql", "there/is/s.sql"), "cannot be written"),
    ],
)
def test_options_that_do_not_go_together(
    arguments: tuple[str, ...],
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").write_text("a file, no folder")
    code, told_ = run(capsys, *EXPORT, *arguments)
    assert code == 2
    assert said in told_
    assert [one.name for one in tmp_path.iterdir()] == ["there"]


def test_people_that_are_refused_are_all_told_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        '{"person_id": "a", "answers": {"twisted": true}}',
        '{"person_id": "b", "answers": {"twisted": "yes"}}',
        '{"person_id": "a", "answers": {}}',
        '{"person_id": "c"}',
        '{"person_id": " ", "answers": {}}',
        '{"person_id": true, "answers": {}}',
        '{"person_id": "d", "answers": {"no_question": 1}}',
        '{"person_id": "e", "answers": {"twisted": ',
        "[]",
        '{"person_id": "f", "answers": []}',
        '{"person_id": "g", "answers": {"twisted": 1}}',
        '{"person_id": "h", "answers": {"twisted": 1}}',
    ]
    (tmp_path / "p.jsonl").write_text("\n".join(lines), encoding="utf-8")
    out = tmp_path / "t.csv"
    code, told_ = run(capsys, "answers-table", "--kb", ANKLE, tmp_path / "p.jsonl", tmp_path / "no.json", "--out", out)
    assert code == 2
    codes = ["AN003", "SQ002", "SQ003", "SQ002", "SQ002", "AN002", "FM002", "SQ003", "AN001", "AN003"]
    assert re.findall(r"^error (\w+) .*p\.jsonl:(\d+)", told_, re.M) == [
        (one, str(line)) for one, line in zip(codes, range(2, 12), strict=True)
    ]
    assert "and 2 more" in told_
    assert not out.exists()
    code, told_ = run(capsys, "answers-table", "--kb", ANKLE, tmp_path / "no.jsonl", "--out", out)
    assert code == 2
    assert "no.jsonl" in told_
