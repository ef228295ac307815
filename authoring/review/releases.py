"""Releases: what is approved leaves under a number that only grows, with notes, and named by a signed tag."""

from __future__ import annotations

from dataclasses import dataclass

from authoring.actions import Clock, Refused, View
from authoring.review.approved import lacking
from authoring.review.audit import audit, serious
from authoring.review.desk import Desk
from authoring.review.events import Released, ReleaseRetired
from authoring.review.in_english import RecordChange, record_change
from authoring.review.journal import TAGS, Pages
from authoring.review.pace import Pace
from authoring.review.records import hashes
from authoring.review.state import Change, Release, State
from authoring.review.steps import Signer, Step, Steps, failed_proofs, refuse, said, take
from authoring.review.tags import RELEASE_TYPE, STATEMENT, name_of, tag_name
from authoring.store import NOWHERE, Move, line
from engine.canonical import identity
from engine.files import kind_of
from exports.sign import canonical
from exports.sign.statement import sign_statement


class Releases:
    """Making, rolling back and retiring releases. Raises Refused, in the person's words, for what may not be."""

    def __init__(self, desk: Desk, signer: Signer, clock: Clock) -> None:
        self.desk = desk
        self.signer = signer
        self.clock = clock

    def release(self, name: str = "", preview: bool = False, pace: Pace | None = None) -> int:
        """Release what is approved now, or a preview of it with what nobody reviewed; its number.

        Raises Refused, WorkspaceError, KnowledgeError, and Cancelled where it was stopped before it was out.
        """
        return self._release(name, "", preview, None, pace or Pace())

    def roll_back(self, to: int, reason: str, name: str = "", pace: Pace | None = None) -> int:
        """Release again what an earlier release held; the new number. Raises as `release`."""
        if not reason.strip():
            raise Refused("rolling back needs a reason", "say what went wrong")
        return self._release(name, reason, False, to, pace or Pace())

    def retire(self, number: int, reason: str, replacement: int | None = None) -> None:
        """Say that a release should no longer be used, and which to use instead."""
        if not reason.strip():
            raise Refused("retiring a release needs a reason", "say what is wrong with it")

        def step(pages: Pages, state: State) -> Step:
            self._may(self.desk.views.at(self.desk.main(), self.desk.today()))
            release = state.release(number)
            if release is None or release.retired:
                raise Refused(f"there is no release {number} in use", "look at the list of releases (`algos releases`)")
            other = state.release(replacement) if replacement is not None else None
            if replacement is not None and (other is None or other.retired or replacement == number):
                raise Refused(f"release {replacement} cannot replace it", "name another release that is in use")
            return Step([ReleaseRetired(number=number, reason=said(reason), replacement=replacement)])

        take(self.desk, self.signer, self.clock, step)

    def _may(self, main: View) -> None:
        Steps(self.desk, self.signer, self.clock).may(main.kb.roster, main.kb.settings.review.may_release, "release")

    def _release(self, name: str, reason: str, preview: bool, back_to: int | None, pace: Pace) -> int:
        made: list[int] = []

        def step(pages: Pages, state: State) -> Step:
            pace.begin("The checks are being run")
            main = self.desk.views.at(self.desk.main(), self.desk.today())
            self._may(main)
            earlier = state.release(back_to) if back_to is not None else None
            if back_to is not None and (earlier is None or earlier.what.preview):
                raise Refused(f"there is no release {back_to}", "look at the list of releases (`algos releases`)")
            if earlier is not None and earlier.retired:
                raise Refused(
                    f"release {back_to} is retired: {earlier.retired.reason}", "go back to one that is still in use"
                )
            view = self.desk.views.at(earlier.what.commit, self.desk.today()) if earlier else main
            refuse([(f"the knowledge base has errors: `{one.path}`: {one.what}", one.fix) for one in view.errors])
            pace.begin("The cases are being run")
            failed = [id_ for id_, result in view.case_results.items() if result.failed]
            refuse([(f"the case `{id_}` fails", "mend the rule, or the case") for id_ in failed])
            verdicts = self.desk.verdicts(view, pace.begin("The safety properties are being proved"))
            refuse(failed_proofs(one for one in verdicts if one.absolute and one.result != "proved"))
            if not preview:
                pace.begin("The record of reviews is being looked through")
                problems = serious(audit(self.desk))
                refuse([(f"the record of reviews is not sound: {one.what}", one.fix) for one in problems])
                without = lacking(self.desk, state, view)
                if without:
                    shown = ", ".join(f"`{path}`" for path in without[:5])
                    shown += f" and {len(without) - 5} more" if len(without) > 5 else ""
                    raise Refused(
                        f"{len(without)} records are not approved as they stand: {shown}",
                        "approve them on the console's page “Not yet reviewed” (or with `algos approve --record`), "
                        "or release a preview",
                    )
            pace.begin("The notes are being written")
            number = state.next_release
            previous = last_release(state)
            notes = notes_for(self.desk, state, previous, view, earlier, said(reason))
            pace.begin("It is being signed")  # from here on it goes out
            called = line(name, "") or default_name(state, self.clock)
            proved = tuple(one.id for one in verdicts if one.absolute)
            body, move = self._tagged(number, called, said(reason), preview, back_to, view, notes, proved)
            made.append(number)
            return Step([body], [move])

        take(self.desk, self.signer, self.clock, step)
        return made[-1]

    def _tagged(
        self,
        number: int,
        name: str,
        reason: str,
        preview: bool,
        back_to: int | None,
        view: View,
        notes: Notes,
        proved: tuple[str, ...],
    ) -> tuple[Released, Move]:
        about = {
            "number": number,
            "name": name,
            "commit": view.commit,
            "identity": identity(view.files),
            "preview": preview,
            "key": self.signer.key.public.x,
        }
        statement = sign_statement(canonical(about), RELEASE_TYPE, self.signer.key).decode()
        title = f"Preview {number}, not reviewed: {name}" if preview else f"Release {number}: {name}"
        message = f"{title}\n\n{notes.for_clinicians}\n\n{STATEMENT}{statement}\n"
        tag = self.desk.workspace.write_tag(
            name_of(number, preview), view.commit, message, self.signer.person, self.clock()
        )
        body = Released(
            number=number,
            name=name,
            commit=view.commit,
            identity=str(about["identity"]),
            preview=preview,
            rolls_back_to=back_to,
            reason=reason,
            tag=tag,
            for_clinicians=notes.for_clinicians,
            for_developers=notes.for_developers,
            proved=proved,
        )
        return body, Move(TAGS + tag_name(body), tag, NOWHERE)


def default_name(state: State, clock: Clock) -> str:
    """A name from the month: `November 2026`, and `November 2026 (2)` for its second release."""
    month = clock().strftime("%B %Y")
    before = sum(1 for one in state.releases if one.what.name.startswith(month))
    return month if before == 0 else f"{month} ({before + 1})"


def last_release(state: State) -> Release | None:
    """The latest release that is no preview."""
    return next((one for one in reversed(state.releases) if not one.what.preview), None)


@dataclass(frozen=True)
class Notes:
    """What changed since the last release, for two kinds of reader."""

    for_clinicians: str
    for_developers: str


def notes_for(
    desk: Desk, state: State, previous: Release | None, view: View, back_to: Release | None = None, reason: str = ""
) -> Notes:
    """Notes on everything that differs from the last release."""
    before = desk.views.at(previous.what.commit, desk.today()) if previous else None
    merged = _changes_between(desk, state, previous, view)
    records = hashes(before.files if before else {}, view.files)
    if before is None:
        count = len(view.kb.rules)
        clinical = [f"The first release: {count} rules, {len(view.kb.conditions)} conditions."]
    else:
        clinical = [] if records else ["Nothing changed since the last release."]
    if back_to is not None and before is not None:
        clinical = [f"Goes back to release {back_to.what.number}, because: {reason}"]
        for record in records:
            clinical += in_lines(record_change(record, before, view))
    for change in merged:
        clinical += ["", f"{change.title}", f"  Why: {change.reason}"]
        event = change.merged
        assert event is not None
        views = [desk.views.at(commit, desk.today()) for commit in (event.before, event.after)]
        for record in event.records:
            clinical += [f"  {line}" for line in in_lines(record_change(record, views[0], views[1]))]
        names = sorted({one.by.name for one in change.approvals if one.number in event.approvals})
        clinical.append(f"  Approved by {', '.join(names)}." if names else "  Approved by nobody.")
    return Notes("\n".join(clinical).strip(), _for_developers(before, view, previous))


def in_lines(change: RecordChange) -> list[str]:
    """One record's change as lines of text."""
    lines = [change.heading]
    if change.new or change.gone:
        return lines
    for one in change.differences:
        before = (one.before or "nothing").replace("\n", " ")
        after = (one.after or "nothing").replace("\n", " ")
        lines.append(f"  {one.headline}: was: {before}; is now: {after}")
    return lines


def _changes_between(desk: Desk, state: State, previous: Release | None, view: View) -> list[Change]:
    """The changes that were merged after the last release and are in this one, in order."""
    workspace = desk.workspace
    start = [f"^{previous.what.commit}"] if previous else []
    inside = {commit.id for commit in workspace.log(view.commit, *start, first_parent=True)}
    return [
        change
        for event in state.merges
        if (change := state.changes[getattr(event.what, "change", "")]).merged and change.merged.after in inside
    ]


def _for_developers(before: View | None, after: View, previous: Release | None) -> str:
    """What a program that loads the release has to know: ids that came, went or changed their type."""
    lines = [
        f"Content hash (SHA-256): {identity(after.files)}",
        f"Meaning of rules: version {after.kb.settings.semantics}",
    ]
    if previous is not None:
        lines.append(f"Compared with release {previous.what.number}.")
    old = {} if before is None else {id_: one.model_dump_json() for id_, one in before.kb.questions.items()}
    new = {id_: one.model_dump_json() for id_, one in after.kb.questions.items()}
    for word, names in (
        ("Questions new", sorted(new.keys() - old.keys())),
        ("Questions gone", sorted(old.keys() - new.keys())),
        ("Questions changed", sorted(id_ for id_ in old.keys() & new.keys() if old[id_] != new[id_])),
    ):
        if names and before is not None:
            lines.append(f"{word}: {', '.join(names)}")
    if before is None:
        lines.append(f"Questions: {len(new)}")
    counts: dict[tuple[str, str], int] = {}
    for record in hashes(before.files if before else {}, after.files):
        word = "added" if record.before is None else "removed" if record.after is None else "changed"
        kind = kind_of(record.path) or "other file"
        counts[kind, word] = counts.get((kind, word), 0) + 1
    lines += [f"{kind}: {number} {word}" for (kind, word), number in sorted(counts.items())]
    return "\n".join(lines)
