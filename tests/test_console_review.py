"""Three people sign in at an identity provider, in three browsers, and bring a change from proposal to release."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, expect

from authoring.actions import Refused
from authoring.review.audit import audit, serious
from authoring.review.beginning import share
from exports.sign import PrivateKey
from tests.browsing import PATIENCE, ROOT, Console, Server, chromium, pictured, until
from tests.oidc_provider import CLIENT, SECRET
from tests.review_help import Team, git, make_repository, roster, with_members

LOCKED = "rules/evidence/locked.json"
OLDER = "rules/evidence/older.json"
PEOPLE = {"Ada": "ada@example.org", "Ben": "ben@example.org", "Cat": "cat@example.org"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def provider() -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.oidc_provider",
            str(port),
            *(f"{name}={email}" for name, email in PEOPLE.items()),
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    address = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        try:
            with urlopen(f"{address}/.well-known/openid-configuration", timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    try:
        until(answers, "the identity provider answers")
        yield address
    finally:
        process.terminate()
        process.wait(10)


class Desk:
    """What the test looks at from outside: the repository, the shared one, and the console's key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = PrivateKey.generate("console")
        self.key_file = folder / "console.pem"
        self.key.save(self.key_file)
        people = roster(("ada", ["clinician"]), ("ben", ["clinician"]), ("cat", ["clinician"]), servers=[self.key])
        self.bare = folder / "shared.git"
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(self.bare)], check=True)
        repository = make_repository(folder / "one", {"review/roster.json": people})
        git(repository, "remote", "add", "origin", str(self.bare))
        self.team = Team(repository)
        self.team.server = self.key
        share(self.team.workspace, "origin")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def signed_in(browser: Browser, address: str, name: str) -> Console:
    console = Console(browser.new_context(viewport={"width": 1400, "height": 1000}), address)
    console.page.goto(address)
    console.page.get_by_role("button", name="Sign in").click()
    console.page.get_by_role("link", name=name, exact=True).click(timeout=PATIENCE)
    expect(console.page.get_by_role("heading", name="Home", level=1)).to_be_visible(timeout=PATIENCE)
    console.settled()
    return console


def open_change(console: Console, title: str) -> None:
    console.go("Changes")
    if console.page.get_by_role("button", name="All changes").is_visible():
        console.page.get_by_role("button", name="All changes").click()
        console.settled()
    console.page.get_by_role("button", name=title).click()
    expect(console.page.get_by_role("heading", name="What changes")).to_be_visible(timeout=PATIENCE)
    console.settled()


def press(console: Console, name: str) -> None:
    console.page.get_by_role("button", name=name, exact=True).last.click()
    console.settled()


def told(console: Console, text: str) -> None:
    expect(console.page.get_by_test_id("stAlert").filter(has_text=text).first).to_be_visible(timeout=PATIENCE)


@pytest.mark.timeout(600)
def test_three_people_from_proposal_to_release(browser: Browser, desk: Desk) -> None:
    team = desk.team
    first = team.draft("ada", "Plainer words", {LOCKED: with_members(because="your back lokced up")})
    second = team.draft("cat", "Rarer in age", {OLDER: with_members(because="it is rarer when one is older")})
    environment = {
        "ALGOS_REPOSITORY": str(team.workspace.directory),
        "ALGOS_CONSOLE_KEY": str(desk.key_file),
        "AUTHLIB_INSECURE_TRANSPORT": "1",
    }
    with provider() as issuer:
        server = Server(ROOT / "authoring" / "console" / "app.py", desk.folder, environment)
        secrets = desk.folder / "secrets.toml"
        secrets.write_text(
            f'[auth]\nredirect_uri = "{server.address}/oauth2callback"\n'
            'cookie_secret = "only for this test, thirty-two"\n'
            f'client_id = "{CLIENT}"\nclient_secret = "{SECRET}"\n'
            f'server_metadata_url = "{issuer}/.well-known/openid-configuration"\n'
        )
        server._command += ["--secrets.files", str(secrets)]
        server.start()
        try:
            consoles = {name: signed_in(browser, server.address, name) for name in PEOPLE}
            with pictured(desk.folder, **consoles):
                story(desk, first.id, second.id, consoles["Ada"], consoles["Ben"], consoles["Cat"])
        finally:
            server.stop()


def story(desk: Desk, first: str, second: str, ada: Console, ben: Console, cat: Console) -> None:
    team = desk.team
    # Ada proposes; Ben finds a slip and asks for a change
    open_change(ada, "Plainer words")
    ada.page.get_by_role("textbox", name="Why should it be changed?").fill("Patients asked what it means.")
    press(ada, "Propose it")
    told(ada, "Proposed")
    assert git(desk.bare, "for-each-ref", "--format=%(refname)", "refs/algos/drafts/").endswith(first)
    open_change(ben, "Plainer words")
    expect(ben.page.locator("ins", has_text="lokced")).to_be_visible()
    ben.page.get_by_role("button", name="Request changes").first.click()
    ben.page.get_by_role("textbox", name="What should be changed?").fill("There is a slip in it.")
    ben.page.get_by_role("button", name="Request changes").last.click()
    told(ben, "Request changes: done")
    # Ada mends it and proposes again; her own attempt to approve is refused everywhere
    team.edit("ada", team.workspace.draft(first), {LOCKED: with_members(because="your back locked up")})
    open_change(ada, "Plainer words")
    told(ada, "There is a slip in it.")
    press(ada, "Propose it")
    told(ada, "Proposed")
    told(ada, "somebody else has to approve")
    expect(ada.page.get_by_role("button", name="Approve", exact=True)).to_be_disabled()
    head = team.workspace.draft(first).head
    with pytest.raises(Refused, match="author"):
        team.steps("ada").approve(first, head)
    done = subprocess.run(
        [sys.executable, "-m", "authoring.cli", "change", "approve", first, "--seen", head, "--repo", "."],
        cwd=team.workspace.directory,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "ALGOS_CONSOLE_KEY": str(desk.key_file),
            "GIT_CONFIG_COUNT": "2",
            "GIT_CONFIG_KEY_0": "user.name",
            "GIT_CONFIG_VALUE_0": "Ada",
            "GIT_CONFIG_KEY_1": "user.email",
            "GIT_CONFIG_VALUE_1": "ada@second.example.org",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "an author of this change does not approve it" in done.stderr) == (2, True)
    # Meanwhile Cat's change goes the whole way, around Ada's
    open_change(cat, "Rarer in age")
    cat.page.get_by_role("textbox", name="Why should it be changed?").fill("It reads better.")
    press(cat, "Propose it")
    told(cat, "Proposed")
    open_change(ben, "Rarer in age")
    press(ben, "Approve")
    told(ben, "Approved.")
    press(ben, "Merge")
    told(ben, "Merged.")
    # Ben approves Ada's, Cat merges it
    open_change(ben, "Plainer words")
    press(ben, "Approve")
    told(ben, "Approved.")
    open_change(cat, "Plainer words")
    press(cat, "Merge")
    told(cat, "Merged.")
    main = team.workspace.approved()
    assert team.value(main, LOCKED)["because"] == "your back locked up"
    assert team.value(main, OLDER)["because"] == "it is rarer when one is older"
    assert git(desk.bare, "rev-parse", "main") == main
    change = team.desk.state().change(first)
    assert [(one.by.name, one.by.how) for one in change.approvals] == [("Ben", "oidc")]
    assert change.approvals[0].by.issuer
    # What stands unreviewed leaves only as a preview; reviewed, it is released
    cat.go("Releases")
    press(cat, "Release")
    told(cat, "records are not approved")
    files = team.workspace.files(main)
    wrote = {LOCKED: "ada", OLDER: "cat"}
    for name in ("ada", "ben", "cat"):
        team.steps(name).approve_standing([path for path in sorted(files) if wrote.get(path) != name], main)
    press(cat, "Release")
    told(cat, "Release 1 is out")
    expect(cat.page.get_by_text("Release 1:").first).to_be_visible()
    assert git(desk.bare, "rev-parse", "release-1^{commit}") == main
    assert serious(audit(Team(team.workspace.directory).desk)) == []
    for one in (ada, ben, cat):
        assert one.errors == []
