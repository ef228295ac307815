"""What an app remembers between two starts: the last good bundle itself, and that nothing older may follow it."""

from __future__ import annotations

import json
from pathlib import Path

from engine import jsontext
from engine.files import write_atomically
from engine.finding import KnowledgeError
from exports.bundle import archive
from exports.bundle.source import ArchiveSource, Source
from exports.sign.refused import RefusedError
from exports.verify import Accepted, VerifiedBundle

STATE = "accepted.json"
BUNDLE = "last-good.tar"


class Store:
    """A folder of the app's own that holds the last good bundle and its version.

    Both files are replaced at once, the bundle first: a crash between the two leaves a good bundle that is newer than
    the version remembered, never the other way round.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def last(self) -> Accepted | None:
        """What was accepted last, or None. Raises RefusedError where that can no longer be read."""
        path = self.folder / STATE
        try:
            value = jsontext.read(path.read_bytes(), str(path))
        except FileNotFoundError:
            return None
        except (OSError, KnowledgeError):
            value = None
        match value:
            case {"kb": str(kb), "version": int(version), "content": str(content)}:
                return Accepted(kb, version, content)
            case _:
                fix = "delete it only if you are sure that nobody wants the app to go back to an old release"
                raise RefusedError("bundle.state", str(path), "the last accepted version cannot be read", fix)

    def bundle(self) -> Source | None:
        """The last good bundle, or None where there is none yet; it is verified again like any other."""
        path = self.folder / BUNDLE
        return ArchiveSource.open(path) if path.is_file() else None

    def keep(self, bundle: VerifiedBundle) -> None:
        """Remember a bundle that was verified; a preview is not remembered. Raises RefusedError."""
        if bundle.manifest.preview:
            return
        stored = {file.stored_as: bundle.files[file.path] for file in bundle.manifest.files}
        one = bundle.accepted
        state = json.dumps({"kb": one.kb, "version": one.version, "content": one.content}) + "\n"
        try:
            write_atomically(self.folder / BUNDLE, archive.write(bundle.signed, stored.items()))
            write_atomically(self.folder / STATE, state.encode())
        except OSError as error:
            what = f"it cannot be written: {error.strerror}"
            raise RefusedError("bundle.state", str(self.folder), what, "give a folder that may be written to") from None
