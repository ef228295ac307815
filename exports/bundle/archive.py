"""A bundle as one file: a POSIX tar archive (ustar) in exactly one possible form.

The manifest comes first, then the files in the order of the manifest, each with the same owner, time and rights. Since
the manifest determines every byte, a reader compares instead of interpreting: links, absolute paths, sparse files,
extended headers, padding with something in it and whatever else tar allows is refused without special care. It is not
compressed, because compressors differ from one machine to the next; web servers compress on the way.
"""

from __future__ import annotations

from collections.abc import Iterable

from exports.bundle.model import MANIFEST, MAX_BUNDLE, Manifest
from exports.sign.refused import RefusedError

BLOCK = 512
END = bytes(2 * BLOCK)


def header(name: str, size: int) -> bytes:
    """The one header that a file of this name and size has: POSIX.1-1988 ustar, an ordinary file of user 0, time 0.

    Written here because the headers of Python's `tarfile` differ from one Python to the next (in the device fields).
    """
    fields = (
        (name.encode(), 100),
        (b"0000644\0", 8),
        (b"0000000\0", 8),
        (b"0000000\0", 8),
        (b"%011o\0" % size, 12),
        (b"%011o\0" % 0, 12),
        (b" " * 8, 8),  # the checksum counts its own place as spaces
        (b"0", 1),
        (b"", 100),
        (b"ustar\x0000", 8),
        (b"", 32),
        (b"", 32),
        (b"0000000\0", 8),
        (b"0000000\0", 8),
        (b"", 155),
    )
    block = b"".join(field.ljust(width, b"\0") for field, width in fields).ljust(BLOCK, b"\0")
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]


def padding(size: int) -> bytes:
    """The zeros that fill the last block of a file."""
    return bytes(-size % BLOCK)


def write(manifest: bytes, files: Iterable[tuple[str, bytes]]) -> bytes:
    """The archive of a signed manifest and of its files (name in the archive, bytes), in the manifest's order."""
    parts = []
    for name, data in ((MANIFEST, manifest), *files):
        parts += [header(name, len(data)), data, padding(len(data))]
    return b"".join([*parts, END])


def first(archive: bytes) -> bytes:
    """The manifest's bytes. Raises RefusedError where the archive does not begin with it."""
    if len(archive) < BLOCK:
        raise RefusedError("bundle.truncated", MANIFEST, f"the archive ends after {len(archive)} bytes", FETCH)
    try:
        size = int(archive[124:135], 8)
    except ValueError:
        size = -1
    if not 0 <= size <= MAX_BUNDLE or archive[:BLOCK] != header(MANIFEST, size):
        raise RefusedError("bundle.encoding", MANIFEST, "the archive does not begin with a manifest", FETCH)
    if len(archive) < BLOCK + size:
        raise RefusedError("bundle.truncated", MANIFEST, "the archive ends inside the manifest", FETCH)
    return archive[BLOCK : BLOCK + size]


def members(archive: bytes, signed: bytes, manifest: Manifest) -> dict[str, bytes]:
    """Each file's bytes by its name in the archive. `signed` is the manifest as `first` returned it.

    Raises RefusedError where a byte outside the files differs from what the manifest determines, or one is missing or
    too many. What stands in the files is left for the caller to compare with their hashes.
    """
    result: dict[str, bytes] = {}
    at = BLOCK + len(signed)
    at = _expect(archive, at, padding(len(signed)), "the padding of the manifest")
    for file in dict.fromkeys((one.stored_as, one.size) for one in manifest.files):
        name, size = file
        at = _expect(archive, at, header(name, size), f"the header of {name}")
        data = archive[at : at + size]
        if len(data) < size:
            raise RefusedError("bundle.truncated", name, "the archive ends inside this file", FETCH)
        result[name] = data
        at = _expect(archive, at + size, padding(size), f"the padding of {name}")
    at = _expect(archive, at, END, "the end of the archive")
    if at != len(archive):
        raise RefusedError("bundle.extra-file", "the archive", f"{len(archive) - at} bytes follow its end", FETCH)
    return result


def layout(signed: bytes, manifest: Manifest) -> tuple[dict[str, tuple[int, int]], int]:
    """Where each file lies in the archive of a manifest (start and size, in bytes), and how long the archive is."""
    places = {}
    at = BLOCK + len(signed) + len(padding(len(signed)))
    for name, size in dict.fromkeys((one.stored_as, one.size) for one in manifest.files):
        places[name] = at + BLOCK, size
        at += BLOCK + size + len(padding(size))
    return places, at + len(END)


def _expect(archive: bytes, at: int, wanted: bytes, what: str) -> int:
    found = archive[at : at + len(wanted)]
    if found != wanted:
        if wanted.startswith(found):
            raise RefusedError("bundle.truncated", "the archive", f"it ends before {what}", FETCH)
        raise RefusedError("bundle.encoding", "the archive", f"{what} is not what the manifest determines", FETCH)
    return at + len(wanted)


FETCH = "fetch the bundle again from whoever published it"
