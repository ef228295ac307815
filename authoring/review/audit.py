"""What somebody could have done behind the actions' back: rewriting, forgery, replay and deletion, found from a clone.

Nothing here trusts that the actions were used. With a checkpoint that was kept elsewhere (the heads that were last
audited, and the keys that one knows), the audit covers everything since; without it, it says what cannot be known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from authoring.review.approving import Rules, authors, kinds_of, left, standing, vouched, who
from authoring.review.desk import Desk
from authoring.review.events import Entry, Event, Merged, RecordHash, Released
from authoring.review.journal import TAGS
from authoring.review.records import hashes
from authoring.review.state import State, fold
from authoring.review.tags import RELEASE_TYPE, read_statement, tag_name
from authoring.workspace import REVIEWS, WorkspaceError
from engine.canonical import digest, identity
from engine.finding import KnowledgeError
from engine.model.base import Record
from engine.model.review import EMPTY_ROSTER, PublicKey, Review, Roster
from engine.model.settings import Settings
from exports.sign import KeySet, RefusedError
from exports.sign import PublicKey as SigningKey
from exports.sign.statement import verify_statement

Weight = Literal["problem", "unknown"]


@dataclass(frozen=True)
class AuditFinding:
    """One thing that is wrong, or that cannot be known."""

    weight: Weight
    what: str
    fix: str


class Trust(Record):
    """A checkpoint: what was there when somebody last audited, kept where nobody who writes can reach it."""

    main: str
    reviews: str | None
    tags: dict[str, str]
    keys: tuple[PublicKey, ...] = ()


@dataclass
class _Audit:
    desk: Desk
    state: State
    entries: Sequence[Entry]
    main: str
    trust: Trust | None
    found: list[AuditFinding] = field(default_factory=list)
    settings: dict[str, tuple[Review, Roster]] = field(default_factory=dict)

    def problem(self, what: str, fix: str) -> None:
        self.found.append(AuditFinding("problem", what, fix))

    def unknown(self, what: str, fix: str) -> None:
        self.found.append(AuditFinding("unknown", what, fix))


_RESTORE = "compare with another copy of the repository, find out who did it, and restore what was there"
_REVIEW = "have it reviewed now, or take it back"


def serious(findings: Sequence[AuditFinding]) -> list[AuditFinding]:
    """What is wrong, without what only cannot be known."""
    return [one for one in findings if one.weight == "problem"]


def read_trust(path: Path) -> Trust:
    """A checkpoint from its file. Raises WorkspaceError where it cannot be read as one."""
    try:
        return Trust.model_validate_json(path.read_bytes())
    except OSError as error:
        what = f"{path} cannot be read: {error.strerror}"
    except ValidationError as error:
        what = f"{path} is no checkpoint: {error.errors()[0]['msg']}"
    raise WorkspaceError(what, "give the file that `algos audit --write-trust FILE` wrote")


def checkpoint(desk: Desk, known: Sequence[str] = ()) -> Trust:
    """What is there now, to be kept elsewhere."""
    workspace = desk.workspace
    keys = dict.fromkeys((*known, *(one.key for one in _roster_now(desk).servers)))
    return Trust(main=desk.main(), reviews=workspace.commit_at(REVIEWS), tags=_release_tags(desk), keys=tuple(keys))


def _roster_now(desk: Desk) -> Roster:
    loaded = desk.views.at(desk.main(), desk.today()).loaded
    return loaded.kb.roster if loaded.kb else EMPTY_ROSTER


def _release_tags(desk: Desk) -> dict[str, str]:
    return {
        name.removeprefix(TAGS): id_
        for name, id_ in desk.workspace.refs(TAGS).items()
        if name.removeprefix(TAGS).startswith(("release-", "preview-"))
    }


def audit(desk: Desk, trust: Trust | None = None) -> list[AuditFinding]:
    """Everything that does not fit, problems first."""
    pages = desk.journal.read()
    run = _Audit(desk, fold(pages.entries), pages.entries, desk.main(), trust)
    _sequence(run)
    _only_added(run, pages.head)
    _followed(run)
    _main_line(run)
    merges = [event for event in run.state.merges if isinstance(event.what, Merged)]
    _merges(run, merges)
    _standing(run)
    _releases(run)
    _since(run, pages.head)
    _unknowable(run)
    return sorted(run.found, key=lambda one: one.weight != "problem")


def _sequence(run: _Audit) -> None:
    """Every event is signed, numbered without a gap, and names the one before it."""
    before: Entry | None = None
    for entry in run.entries:
        if entry.fault:
            run.problem(f"the event {entry.path} is forged or was altered: {entry.fault}", _RESTORE)
        event = entry.event
        if event is None:
            before = None
            continue
        expected = 1 if before is None or before.event is None else before.event.number + 1
        if before is None and event.number != 1 and entry is not run.entries[0]:
            pass  # what came before could not be read, and was told
        elif event.number > expected:
            gone = f"event {expected}" if event.number == expected + 1 else f"events {expected} to {event.number - 1}"
            run.problem(f"{gone} of the reviews was taken away", _RESTORE)
        elif event.number < expected:
            run.problem(f"the event {entry.path} repeats the number of another", _RESTORE)
        elif (event.previous or "") != (before.digest if before else ""):
            run.problem(
                f"the event {entry.path} does not follow the one before it: one of the two was replaced", _RESTORE
            )
        before = entry


def _only_added(run: _Audit, head: str | None) -> None:
    """The branch's own history only ever added files."""
    if head is not None:
        for commit, path in run.desk.workspace.not_added(head):
            run.problem(f"the commit {commit[:10]} of the reviews altered or took away {path}", _RESTORE)


def _followed(run: _Audit) -> None:
    """No merge and no release was passed over because it does not follow from what was before."""
    counted = {id(one.what) for one in run.state.merges} | {id(one.what) for one in run.state.releases}
    for entry in run.entries:
        if entry.event and isinstance(entry.event.what, Merged | Released) and id(entry.event.what) not in counted:
            run.problem(
                f"the event {entry.path} does not follow from what was before, and counts for nothing", _RESTORE
            )


def _main_line(run: _Audit) -> None:
    """Every commit of `main` that touches the knowledge base is the merge that an event names, and none is missing."""
    adopted = run.state.adopted
    if adopted is None:
        return
    workspace = run.desk.workspace
    line = workspace.log(run.main, f"^{adopted}", first_parent=True)
    if not workspace.is_ancestor(adopted, run.main) or (line and line[-1].parents[:1] != (adopted,)):
        run.problem(
            f"`main` was rewritten: the commit {adopted[:10]}, at which review began, is not where it was", _RESTORE
        )
    trees = workspace.knowledge_trees(
        list(dict.fromkeys([adopted, *(one.id for one in line), *(one.parents[0] for one in line if one.parents)]))
    )
    named = {event.what.after: event.what for event in run.state.merges if isinstance(event.what, Merged)}
    for commit in line:
        first = commit.parents[0] if commit.parents else ""
        if commit.id in named:
            if named[commit.id].before != first:
                run.problem(f"the merge {commit.id[:10]} does not follow what its event names", _RESTORE)
        elif trees.get(commit.id) != trees.get(first, ""):
            run.problem(
                f"the commit {commit.id[:10]} ({commit.title}) by {commit.author.name} <{commit.author.email}> changed "
                "the knowledge base on `main` without a review",
                _REVIEW,
            )
    inside = {one.id for one in line}
    for after, merged in named.items():
        if after not in inside:
            run.problem(
                f"`main` was rewritten: the merge {after[:10]} of the change `{merged.change}` is not in it", _RESTORE
            )


def _context(run: _Audit, commits: Sequence[str]) -> None:
    """Policy and roster as they were approved at these commits."""
    wanted = [one for one in dict.fromkeys(commits) if one not in run.settings]
    workspace = run.desk.workspace
    ids = workspace.blob_ids([(one, path) for one in wanted for path in ("kb.json", "review/roster.json")])
    blobs = sorted({one for one in ids if one})
    content = dict(zip(blobs, workspace.blobs(blobs), strict=True))
    for at, commit in enumerate(wanted):
        policy, roster = Review(policy="None."), EMPTY_ROSTER
        settings, people = ids[2 * at], ids[2 * at + 1]
        try:
            if settings:
                policy = Settings.model_validate_json(content[settings], strict=True).review
            if people:
                roster = Roster.model_validate_json(content[people], strict=True)
        except ValidationError:
            run.problem(f"policy or roster of the commit {commit[:10]} cannot be read", _RESTORE)
        run.settings[commit] = (policy, roster)


def _merges(run: _Audit, merges: Sequence[Event]) -> None:
    """Every merge had the approvals that its content needed, by people who did not write it."""
    workspace = run.desk.workspace
    named = [(event, event.what) for event in merges if isinstance(event.what, Merged)]
    present = workspace.present([one for _, what in named for one in (what.before, what.after, what.head)])
    there = [(event, what) for event, what in named if {what.before, what.after, what.head} <= present]
    for _, what in named:
        if not {what.before, what.after, what.head} <= present:
            run.problem(f"the commits of the change `{what.change}` are not there", _RESTORE)
    _context(run, [what.before for _, what in there])
    now = _roster_now(run.desk)
    differences = workspace.changed_blobs([(what.before, what.after) for _, what in there])
    blobs = sorted({one for found in differences for pair in found.values() for one in pair if one})
    content = dict(zip(blobs, workspace.blobs(blobs), strict=True))
    for (event, what), found in zip(there, differences, strict=True):
        sides = [
            {path: content[blob] for path, pair in found.items() if (blob := pair[at]) is not None} for at in (0, 1)
        ]
        policy, roster = run.settings[what.before]
        why = vouched(event.by, roster)
        if why:
            run.problem(f"the merge of `{what.change}` is not vouched for: {why}", _REVIEW)
        for problem in _merge(run, what, sides[0], sides[1], policy, roster, now):
            run.problem(f"the change `{what.change}`: {problem}", _REVIEW)


def _merge(
    run: _Audit,
    what: Merged,
    before: Mapping[str, bytes],
    after: Mapping[str, bytes],
    policy: Review,
    roster: Roster,
    now: Roster,
) -> Iterator[str]:
    try:
        records = hashes(before, after)
    except KnowledgeError as error:
        yield f"a record cannot be read: {error.findings[0].what}"
        return
    if set(records) != set(what.records):
        yield "what was merged is not what its event names"
    workspace = run.desk.workspace
    change = run.state.changes[what.change]
    commits = workspace.log(what.head, f"^{what.before}")
    wanted = {one.id for one in commits} | {one.parents[0] for one in commits if one.parents}
    trees = workspace.knowledge_trees(sorted(wanted))
    wrote = authors(commits, trees, change.proposers, roster)
    relied = [one for one in change.approvals if one.number in what.approvals]
    missing = set(what.approvals) - {one.number for one in relied}
    if missing:
        yield f"the approval {min(missing)}, on which the merge relied, is not there"
    wrote_now = authors(commits, trees, change.proposers, now)
    for record in records:
        found = kinds_of(record, before, after, what.less_urgent)
        stands = standing(record, found, relied, Rules(policy, roster, wrote))
        if stands.missing:
            reasons = [f"{approval.by.name}'s does not count: {why}" for approval, why in stands.lapsed]
            more = f" ({'; '.join(reasons)})" if reasons else ""
            yield f"{record.path} was merged without the approval that it needed: {stands.missing[0]}{more}"
        for approval in stands.approved_by:
            if who(approval.by.email, now) in wrote_now:
                yield f"{approval.by.email} approved {record.path}, and is by today's roster one of its authors"
            if left(approval.by, approval.at, now):
                yield f"{approval.by.email} approved {record.path} after leaving"


def _standing(run: _Audit) -> None:
    """Approvals of records as they stand name what stood there."""
    workspace = run.desk.workspace
    asked = [(one, record) for one in run.state.standing for record in one.what.records]
    _context(run, [one.what.main for one in run.state.standing if workspace.commit_at(one.what.main)])
    for approval, record in asked:
        if approval.what.main not in run.settings:
            run.problem(f"approval {approval.number} names a commit that is not there", _RESTORE)
            continue
        if not _holds(run, approval.what.main, record):
            run.problem(
                f"approval {approval.number} by {approval.by.name} names other content than {record.path} had", _RESTORE
            )
        why = vouched(approval.by, run.settings[approval.what.main][1])
        if why:
            run.problem(f"approval {approval.number} by {approval.by.name} is not vouched for: {why}", _REVIEW)


def _holds(run: _Audit, commit: str, record: RecordHash) -> bool:
    data = run.desk.workspace.files(commit).get(record.path)
    if data is None:
        return False
    try:
        return digest(data, record.path) == record.after
    except KnowledgeError:  # nobody approves what cannot be read
        return False


def _releases(run: _Audit) -> None:
    """Every release is named by the tag that its event names, and every release tag by an event."""
    workspace = run.desk.workspace
    tags = _release_tags(run.desk)
    commits = [one for release in run.state.releases for one in (release.what.commit, release.main)]
    _context(run, [one for one in commits if one and workspace.commit_at(one)])
    for release in run.state.releases:
        what = release.what
        name = tag_name(what)
        if tags.get(name) is None:
            run.problem(f"the tag {name} was taken away", _RESTORE)
        elif tags[name] != what.tag:
            run.problem(f"the tag {name} was moved: it does not name what was released", _RESTORE)
        if what.commit not in run.settings:
            run.problem(f"the commit of release {what.number} is not there", _RESTORE)
            continue
        if not workspace.is_ancestor(what.commit, run.main):
            run.problem(f"release {what.number} holds what was never on `main`", _RESTORE)
        if not _is(workspace.files(what.commit), what.identity):
            run.problem(f"release {what.number} does not hold what its event names", _RESTORE)
        main = release.main if release.main in run.settings else what.commit
        why = vouched(release.by, run.settings[main][1]) if not what.preview else ""
        if why:
            run.problem(f"release {what.number} is not vouched for: {why}", _REVIEW)
        for problem in _tag_problems(run, what, name):
            run.problem(f"the tag {name}: {problem}", _RESTORE)
    for name in tags.keys() - {tag_name(one.what) for one in run.state.releases}:
        run.problem(f"the tag {name} names no release that was recorded", _RESTORE)


def _is(files: Mapping[str, bytes], wanted: str) -> bool:
    """Whether these files have the identity that was named; what cannot be read has none."""
    try:
        return identity(files) == wanted
    except KnowledgeError:
        return False


def _tag_problems(run: _Audit, what: Released, name: str) -> Iterator[str]:
    tag = run.desk.workspace.tag(name)
    if tag is None or tag.id != what.tag:
        return
    found = read_statement(tag.message)
    if found is None:
        yield "it bears no signed statement"
        return
    data, claimed = found
    try:
        key = SigningKey.from_jwk({"kty": "OKP", "crv": "Ed25519", "x": claimed.get("key"), "name": name}, name)
        verify_statement(data, RELEASE_TYPE, KeySet().with_key(key), name)
    except RefusedError as error:
        yield error.finding.what
        return
    wanted = {"number": what.number, "commit": what.commit, "identity": what.identity, "preview": what.preview}
    if tag.commit != what.commit or any(claimed.get(part) != value for part, value in wanted.items()):
        yield "its signed statement names something else"


def _since(run: _Audit, reviews: str | None) -> None:
    """What was there at the checkpoint is still there, and keys that sign lead back to known ones."""
    trust = run.trust
    if trust is None:
        return
    workspace = run.desk.workspace
    for name, was, is_now in (("main", trust.main, run.main), ("reviews", trust.reviews, reviews)):
        if was is not None and (
            is_now is None or workspace.commit_at(was) is None or not workspace.is_ancestor(was, is_now)
        ):
            run.problem(
                f"`{name}` was rewritten since the checkpoint: it does not hold the commit {was[:10]} any more",
                _RESTORE,
            )
    tags = _release_tags(run.desk)
    for name, id_ in trust.tags.items():
        if tags.get(name) != id_:
            run.problem(f"the tag {name} is not what it was at the checkpoint", _RESTORE)
    if trust.keys:
        _known_keys(run, trust.keys)


def _known_keys(run: _Audit, keys: Sequence[str]) -> None:
    """Who signed where no roster vouched: only keys that the auditor knows count."""
    unknown: dict[str, int] = {}
    for entry in run.entries:
        event = entry.event
        if event is None or event.by.key in keys:
            continue
        what = event.what
        at = getattr(what, "before", None) or getattr(what, "main", None) or getattr(what, "commit", None)
        if at is None or run.desk.workspace.commit_at(at) is None:
            continue
        _context(run, [at])
        if not run.settings[at][1].people:
            unknown[event.by.key] = unknown.get(event.by.key, 0) + 1
    for key, count in unknown.items():
        run.problem(
            f"{count} events were signed with the key {key}, which the checkpoint does not know and no roster named",
            "if you know whose key it is, write a new checkpoint with `--know KEY`",
        )


def _unknowable(run: _Audit) -> None:
    """What no clone can tell."""
    if run.trust is None:
        run.unknown(
            "whether history was replaced as a whole, before this copy was made",
            "keep a checkpoint elsewhere (`algos audit --write-trust FILE`) and give it with `--trust`",
        )
        run.unknown(
            "whether the keys on the first roster belong to whom it says",
            "ask the people for their keys, and give them with `--know` when you write a checkpoint",
        )
    if not _roster_now(run.desk).people:
        run.unknown(
            "whether two addresses are one person, and who signed: there is no roster",
            "propose a roster, `review/roster.json`",
        )
    run.unknown(
        "whether a commit of a change was written by whom it names: git does not prove that",
        "compare with the console's record of sign-ins, where there is one",
    )
    if run.state.adopted is None:
        run.unknown("who reviewed anything: review has not begun here", "propose a change")
