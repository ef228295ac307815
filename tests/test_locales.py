"""Languages: which texts there are, how translations stand to them, and what both runtimes make of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

import pytest

from authoring.actions import View
from authoring.review.in_english import record_change
from authoring.review.records import hashes, kinds
from engine.canonical import canonical_of
from engine.knowledge import KnowledgeBase
from engine.load import load as read
from engine.model.locale import Locale
from engine.texts import hash_of, root_of, standing, texts_of, told
from exports.bundle.build import Bundle, build
from exports.bundle.content import Release
from exports.bundle.model import BundleFile
from exports.bundle.source import ArchiveSource
from exports.runtime.python import RefusedError, load
from tests.bundles import KEY, KEYS, Node, node, signed, unsigned_manifest
from tests.test_bundle_attacks import Delivery, Memory
from validators.example import BASE, EMERGENCY
from validators.registry import check_files, example_files
from validators.translation import Places

Json = dict[str, Any]
TODAY = "2026-01-01"
EXERCISE: Json = {
    "id": "bend",
    "name": "Bend",
    "aim": "It loosens.",
    "pictures": [{"file": "bend.svg", "alt": "Somebody bends."}],
    "steps": ["Stand.", "Bend."],
    "dose": "10 times",
    "progression": "Bend more.",
    "easier": "Bend less.",
    "stop_if": "It hurts.",
    "judgement": "An example.",
    "review_by": "2030-01-01",
}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9"/></svg>'


def spoken(text: str) -> str:
    """A translation that nobody has to write."""
    return "‹" + text + "›"


def records(left_out: str = "") -> dict[str, object]:
    """The example with an exercise, an option, advice and a German that lacks every place that contains `left_out`."""
    condition = json.loads(json.dumps(BASE["conditions/low_back/spasm.json"]))
    guide = condition["guide"]
    guide["exercises"] = [{"exercise": "bend", "start": "today", "judgement": "An example."}]
    guide["sections"][1]["statements"].append(
        {"text": "Rest.", "advice": "rest", "contested": "Perhaps.", "sources": [{"source": "smith-2020"}]}
    )
    condition["also_called"] = ["Lumbago"]
    about = json.loads(json.dumps(BASE["questions/about.json"]))
    about["questions"].append(
        {
            "id": "began",
            "name": "Onset",
            "text": "How did it begin?",
            "help": "The first day.",
            "why": "It tells us why.",
            "type": "choice",
            "options": [{"id": "sudden", "text": "All at once"}, {"id": "slow", "text": "Slowly", "name": "Insidious"}],
            "judgement": "An example.",
        }
    )
    rest: Json = {
        "id": "advice/rest",
        "title": "Rest",
        "when": {"fact": "began", "is": "sudden"},
        "then": {"advice": "rest"},
        "examples": [
            {"answers": {"began": "sudden"}, "gives": "true"},
            {"answers": {"began": "slow"}, "gives": "false"},
            {"answers": {}, "gives": "unknown"},
        ],
        "judgement": "An example.",
        "review_by": "2030-01-01",
    }
    changed: dict[str, object] = {
        **BASE,
        "kb.json": {**BASE["kb.json"], "languages": ["en", "de"]},
        "conditions/low_back/spasm.json": condition,
        "questions/about.json": about,
        "rules/advice/rest.json": rest,
        "exercises/bend.json": EXERCISE,
        "exercises/bend.svg": SVG,
        "constraints/c.json": {
            "id": "c",
            "title": "c",
            "never": {"all": [{"fact": "numb", "is": True}, {"fact": "locked", "is": True}]},
            "message": "Look again.",
            "judgement": "An example.",
        },
    }
    kb = read(example_files(changed, {})).kb
    assert kb is not None
    texts = {
        place: {"of": hash_of(text), "text": spoken(text)}
        for place, text in texts_of(kb).items()
        if not left_out or left_out not in place
    }
    german = {"language": "de", "name": "Deutsch", "direction": "ltr", "emergency": EMERGENCY, "texts": texts}
    return {**changed, "locales/de.json": german}


@cache
def bundle(left_out: str = "") -> Bundle:
    """The example's bundle."""
    files = example_files(records(left_out), {})
    loaded, findings = check_files(files)
    assert not findings, "\n".join(map(str, findings))
    assert loaded.kb is not None
    return build(loaded.kb, files, Release(1), [KEY])


@pytest.fixture(scope="module")
def javascript() -> Iterator[Node]:
    with node() as process:
        yield process


def strings(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a JSON value, with the key that it stands under."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from strings(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from strings(one, key)
    elif isinstance(value, str):
        yield key, value


PEOPLE: tuple[Json, ...] = (
    {},
    {"numb": True, "locked": False},
    {"numb": False, "locked": True, "age": 70, "began": "sudden"},
    {"numb": True, "locked": True},
)


@pytest.mark.parametrize("left_out", ["", "guide", "name", "runtime", "/text", "e"])
@pytest.mark.parametrize("wanted", ["de", "de-AT", "en", "fr", None])
def test_both_runtimes_tell_the_same_in_every_language(left_out: str, wanted: str | None, javascript: Node) -> None:
    archive = bundle(left_out).archive()
    options = {"language": wanted} if wanted else {}
    assert javascript.load_archive(archive, today=TODAY, **options)["refused"] is None
    ours = load(ArchiveSource(archive), KEYS, language=wanted)
    theirs = javascript.ask("ask", people=PEOPLE, about=["spasm", "red_flags/numb"], shown=[0] * len(PEOPLE))
    told_: list[Any] = []
    for person, found in zip(PEOPLE, theirs, strict=True):
        assert found["outcome"] == ours.assess(person)
        assert found["why"] == [ours.explain(person, about) for about in (None, "spasm", "red_flags/numb")]
        told_.append(found["outcome"])
    for name in ("age", "numb", "locked", "began"):
        question = javascript.ask("question", name=name)
        assert question.items() <= ours.question(name).items()
        told_.append(question)
    for advice in (None, [], ["rest"]):
        guide = javascript.ask("guide", condition="spasm", advice=advice)
        assert guide == ours.guide("spasm", advice)
        told_.append(guide)
    texts = sorted({text for _, text in strings(told_)})
    facts = javascript.ask("locale", regions=["GB", None], texts=texts)
    assert facts["locale"] == ours.locale
    assert facts["emergency"] == [ours.emergency("GB"), ours.emergency()]
    assert facts["languages"] == [ours.language_of(text) for text in texts]
    assert facts["warnings"] == list(ours.warnings)
    for name in ("urgency", "not_a_diagnosis", "no_cause", "unreviewed"):
        assert facts["settings"][name] == ours.settings[name]
    assert ours.locale["language"] == ("de" if wanted in ("de", "de-AT") else "en")


PATIENTS = frozenset(
    [
        "advice",
        "aim",
        "also_called",
        "alt",
        "because",
        "contested",
        "dose",
        "easier",
        "go",
        "help",
        "message",
        "no_cause",
        "not_a_diagnosis",
        "only_for",
        "plain_name",
        "progression",
        "sign",
        "start",
        "steps",
        "stop_if",
        "summary",
        "text",
        "title",
        "unreviewed",
        "why",
    ]
)


def test_nothing_that_a_patient_reads_stays_untranslated() -> None:
    algos = load(ArchiveSource(bundle().archive()), KEYS, language="de")
    assert algos.locale["missing"] == []
    told_: list[Any] = [algos.question(name) for name in ("age", "numb", "began")]
    told_ += [algos.guide("spasm", advice) for advice in (None, ["rest"])]
    told_ += [algos.settings["urgency"], algos.settings["no_cause"]]
    for person in PEOPLE:
        outcome = algos.assess(person)
        told_ += [outcome["reasons"], outcome["red_flags"], outcome["likely"], outcome["to_rule_out"]]
    read_ = [(key, text) for key, text in strings(told_) if key in PATIENTS]
    assert len(read_) > 60
    sources = [source["title"] for source in BASE.values() if source.get("type") == "article-journal"]
    assert [(key, text) for key, text in read_ if "‹" not in text and text not in sources] == []
    assert {algos.language_of(text) for _, text in read_} == {"de"}


def test_what_is_not_translated_is_told_apart() -> None:
    algos = load(ArchiveSource(bundle("guide").archive()), KEYS, language="de")
    assert algos.locale["missing"] == []
    guide = algos.guide("spasm")
    assert "condition/spasm/guide/summary" in guide["missing"]
    assert algos.language_of(guide["summary"]) == "en"
    assert algos.language_of(guide["exercises"][0]["name"]) == algos.language_of(guide["plain_name"]) == "de"
    named = load(ArchiveSource(bundle("name").archive()), KEYS, language="de")
    assert "condition/spasm/plain_name" in named.locale["missing"]
    reason = named.assess({"numb": False, "locked": True, "age": 30})["reasons"][0]["text"]
    assert (reason, named.language_of(reason)) == ("‹likely: Spasm›", "en")


def test_a_stale_translation_is_not_told_and_one_that_moved_is() -> None:
    files = records()
    condition: Json = json.loads(json.dumps(files["conditions/low_back/spasm.json"]))
    today = condition["guide"]["sections"][1]["statements"]
    today.insert(0, {"text": "Breathe.", "judgement": "x"})
    today[2]["text"] = "Rest a little."
    changed = example_files({**files, "conditions/low_back/spasm.json": condition}, {})
    loaded, findings = check_files(changed)
    assert loaded.kb is not None
    assert {(one.code, one.pointer.rpartition("~1today~1")[2]) for one in findings} == {
        ("LC002", "2~1text"),  # its text is gone, and its place taken by the one that moved
        ("LC003", "1~1judgement"),
    }
    german = loaded.kb.locales["de"]
    found = standing(german, texts_of(loaded.kb))
    at = "condition/spasm/guide/today"
    assert found.current[f"{at}/2/text"] == "‹Walk.›"
    assert f"{at}/1/text" not in found.current
    assert f"{at}/3/text" not in found.current
    assert found.current[f"{at}/3/contested"] == "‹Perhaps.›"


@pytest.mark.parametrize(
    "change",
    [
        {"language": "fr"},
        {"texts": {"question/age/text": 3}},
        {"texts": None},
        {"direction": "up"},
        {"emergency": {}},
        {"name": 1},
    ],
    ids=str,
)
def test_a_locale_that_is_none_is_refused_by_both(change: Json, javascript: Node) -> None:
    made, manifest = bundle(), unsigned_manifest(bundle())
    file = next(one for one in manifest["files"] if one["path"] == "locales/de.json")
    locale = {**json.loads(made.files[BundleFile(**file).stored_as]), **change}
    data = json.dumps(locale).encode()
    file |= {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    files = {**made.files, BundleFile(**file).stored_as: data}
    found = javascript.load(signed(manifest), files, today=TODAY, language="de")
    assert found["refused"] == "bundle.content"
    source = Memory(Delivery(signed(manifest), files))
    with pytest.raises(RefusedError) as refused:
        load(source, KEYS, language="de")
    assert refused.value.name == "bundle.content"
    assert load(source, KEYS).locale["language"] == "en"  # only who asks for that language reads it


def test_a_place_that_is_not_there_is_compared_with_those_that_differ_in_one_step() -> None:
    summary = "condition/spasm/guide/summary"
    places = Places(["question/age/text", "question/onset/text", summary, "condition/spasm/name"])
    assert places.fix("question/agee/text") == "did you mean `question/age/text`? Else delete it"
    assert places.fix("condition/spasm/guide/sumary") == f"did you mean `{summary}`? Else delete it"
    assert places.fix("condition/gone/guide/sections/1/title") == "delete it: its text is gone"


def test_while_a_record_cannot_be_read_its_translations_are_not_called_leftovers() -> None:
    path = "conditions/low_back/spasm.json"
    files = records()
    condition: Json = json.loads(json.dumps(files[path]))
    condition["guide"]["summary"] = ""
    _, findings = check_files(example_files({**files, path: condition}, {}))
    assert [one.path for one in findings if one.path == path]
    assert [one for one in findings if one.code == "LC002"] == []


def test_places_know_their_record() -> None:
    assert root_of("rule/red_flags/numb/because") == "rule/red_flags/numb"
    assert root_of("condition/spasm/guide/today/1/text") == "condition/spasm"


def test_a_text_told_unchanged_leaves_the_records_as_they_are(starter: KnowledgeBase) -> None:
    same = told(starter, lambda _, text: text)
    assert same == starter


def test_every_text_of_the_starter_has_a_place_of_its_own(starter: KnowledgeBase) -> None:
    places: list[str] = []

    def note(place: str, text: str) -> str:
        places.append(place)
        return text

    told(starter, note)
    assert len(places) == len(set(places)) > 3000
    texts: Mapping[str, Any] = {place: {"of": "0" * 16, "text": "x"} for place in places}
    Locale.model_validate(
        {"language": "de", "name": "d", "direction": "ltr", "emergency": EMERGENCY, "texts": texts}, strict=False
    )


def test_a_reviewer_reads_whom_a_language_says_to_call() -> None:
    path, cited = "locales/de.json", [{"source": "smith-2020"}]
    there = {"numbers": ["999"], "regions": ["GB", "IE"], "label": "999", "sources": cited}
    made: Json = records()
    for name in ("locales/en.json", path):
        made[name] = {**made[name], "emergency": {**made[name]["emergency"], "places": [there]}}
    before = example_files(made, {})
    moved = {**there, "numbers": ["112"], "regions": ["GB"], "label": "112 hier"}
    after = example_files(
        {**made, path: {**made[path], "emergency": {**made[path]["emergency"], "places": [moved]}}}, {}
    )

    def differences(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> list[tuple[str, str | None, str | None]]:
        views = [View(files, commit, date(2026, 1, 1)) for files, commit in ((old, "a"), (new, "b"))]
        record = next(one for one in hashes(old, new) if one.path == path)
        return [(one.headline, one.before, one.after) for one in record_change(record, *views).differences]

    assert differences(before, after) == [
        ("United Kingdom › Numbers", "999", "112"),
        ("United Kingdom › Countries and territories", "Ireland, United Kingdom", "United Kingdom"),
        ("United Kingdom › Whom to call: “999”", "999", "112 hier"),
    ]
    begun = {name: data for name, data in before.items() if name != path}
    told_ = differences(begun, before)
    assert ("Emergency numbers", None, "the same as in English, with the same sources") in told_
    assert ("Ireland, United Kingdom › Whom to call: “999”", None, "999") in told_
    assert not any("Numbers" in one for one, _, _ in told_)
    gone = differences(before, begun)
    assert ("Ireland, United Kingdom › Numbers", "999", None) in gone


def test_a_reviewer_reads_a_translation_beside_its_text() -> None:
    before, path = example_files(records(), {}), "locales/de.json"
    german = json.loads(before[path])
    german["texts"]["question/age/text"]["text"] = "Wie alt sind Sie?"
    del german["texts"]["question/numb/text"]
    german["emergency"]["default"]["label"] = "Notruf 112"
    after = {**before, path: canonical_of(german, path).encode()}
    views = [View(files, commit, date(2026, 1, 1)) for files, commit in ((before, "a"), (after, "b"))]
    (record,) = hashes(before, after)
    told_ = record_change(record, *views)
    assert (told_.kind, told_.title) == ("translation", "Deutsch · German")
    assert (told_.language, told_.direction) == ("de", "ltr")
    assert [(one.headline, one.before, one.after) for one in told_.differences] == [
        ("Age: “How old are you?”", "‹How old are you?›", "Wie alt sind Sie?"),
        ("Saddle numbness: “Are you numb between the legs?”", "‹Are you numb between the legs?›", None),
        ("Where nobody knows the country › Whom to call: “112”", "112", "Notruf 112"),
    ]
    assert kinds(path, before[path], after[path]) == {"wording"}
    broken = {**before, path: json.dumps({**german, "emergency": {"places": [7]}}).encode()}
    (record,) = hashes(before, broken)
    assert record_change(record, views[0], View(broken, "c", date(2026, 1, 1))).differences  # what it can, of a wreck
    german["emergency"]["default"]["numbers"] = ["911"]
    assert kinds(path, before[path], json.dumps(german).encode()) == {"wording", "urgency"}
