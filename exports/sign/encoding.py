"""Bytes that can be read in one way only: canonical JSON (RFC 8785) and base64 without slack bits.

A document that could be written differently and still mean the same is refused: two readers, or a cache and a
reader, would not agree on whether it was altered.
"""

from __future__ import annotations

import base64
import binascii

import rfc8785

from engine import jsontext
from engine.finding import KnowledgeError
from exports.sign.refused import RefusedError


def canonical(value: object) -> bytes:
    """The one text of a JSON value: RFC 8785. Raises ValueError where the value is no JSON."""
    return rfc8785.dumps(value)  # type: ignore[arg-type]


def strict_json(data: bytes, where: str, limit: int = jsontext.MAX_BYTES) -> object:
    """The value of canonical JSON; Refused where the bytes are not exactly that, or are more than `limit`.

    Duplicate keys, another order of keys, spaces, a byte order mark, `1.0` for `1`: all of these are refused.
    """
    if len(data) > limit:
        raise RefusedError("bundle.size", where, f"it has {len(data)} bytes; at most {limit} are read", _FETCH)
    try:
        value = jsontext.read(data, where, limit=limit)
        same = canonical(value) == data
    except (KnowledgeError, ValueError) as error:
        what = error.findings[0].what if isinstance(error, KnowledgeError) else str(error)
        raise RefusedError("bundle.encoding", where, f"it cannot be read: {what}", _FETCH) from None
    if not same:
        raise RefusedError("bundle.encoding", where, "its JSON is not written in the canonical way (RFC 8785)", _FETCH)
    return value


def base64url(data: bytes) -> str:
    """Base64url without padding, as JOSE writes it (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str, where: str) -> bytes:
    """The bytes of base64url; Refused where another text would give the same bytes."""
    try:
        data = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise RefusedError("bundle.encoding", where, "its base64url cannot be read", _FETCH) from None
    if base64url(data) != text:
        raise RefusedError("bundle.encoding", where, "its base64url is not written in the canonical way", _FETCH)
    return data


def from_base64(text: str, where: str) -> bytes:
    """The bytes of ordinary, padded base64; Refused where another text would give the same bytes."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise RefusedError("bundle.encoding", where, "its base64 cannot be read", _FETCH) from None
    if base64.b64encode(data).decode() != text:
        raise RefusedError("bundle.encoding", where, "its base64 is not written in the canonical way", _FETCH)
    return data


_FETCH = "fetch it again from whoever published it"
