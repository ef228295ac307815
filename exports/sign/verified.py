"""What is left of a signed document once its signatures hold."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Verified:
    """The bytes that were signed, and the ids of the trusted keys that signed them."""

    payload: bytes
    signed_by: tuple[str, ...]
