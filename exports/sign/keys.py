"""Ed25519 key pairs: a private key in a file of its own, public keys together in a JWK Set (RFC 7517).

A key's id is its thumbprint (RFC 7638), so that an id cannot be given to another key. A revoked key stays in the
set, marked as OpenID Federation 1.0 (section 8.7) marks one: `"revoked": {"revoked_at": ..., "reason": ...}`.
"""

from __future__ import annotations

import os
import stat
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from engine import jsontext
from engine.finding import KnowledgeError
from exports.sign.encoding import from_base64url
from exports.sign.refused import RefusedError

ALGORITHM: Literal["Ed25519"] = "Ed25519"
"""The JOSE algorithm's name (RFC 9864, which deprecates `EdDSA`)."""
MAX_KEY_FILE = 1024 * 1024


@dataclass(frozen=True)
class PublicKey:
    """What verifies a signature, whose it is, and whether it still counts."""

    id: str
    name: str
    """Whose key it is, for people: `Release key 2026`, or an address."""
    x: str
    """The 32 bytes of the key as base64url."""
    revoked_at: datetime | None = None
    reason: str = ""

    def to_jwk(self) -> dict[str, Any]:
        """As a JSON Web Key."""
        jwk: dict[str, Any] = {"kty": "OKP", "crv": ALGORITHM, "x": self.x, "kid": self.id}
        jwk |= {"alg": ALGORITHM, "use": "sig", "name": self.name}
        if self.revoked_at:
            jwk["revoked"] = {"revoked_at": int(self.revoked_at.timestamp()), "reason": self.reason}
        return jwk

    @property
    def okp(self) -> OKPKey:
        """The key as joserfc holds it."""
        return OKPKey.import_key({"kty": "OKP", "crv": ALGORITHM, "x": self.x})

    @classmethod
    def from_jwk(cls, jwk: object, where: str) -> PublicKey:
        """A key from a JSON Web Key; Refused where it is private, no Ed25519 key, or not the one that its id says."""
        fix = "write it with `algos keys`, or ask its owner for the public key"
        if not isinstance(jwk, dict):
            raise RefusedError("keys.file", where, "a key is a JSON object", fix)
        if "d" in jwk:
            raise RefusedError(
                "keys.file", where, "it holds a private key", "remove it, revoke that key, and make another"
            )
        try:
            key = OKPKey.import_key({name: jwk[name] for name in ("kty", "crv", "x")})
            known = key.curve_name == ALGORITHM and len(from_base64url(jwk["x"], where)) == 32
        except (JoseError, KeyError, TypeError, ValueError, AttributeError):
            known = False
        if not known:
            raise RefusedError("keys.file", where, "it is no Ed25519 public key", fix)
        if jwk.get("kid", key.thumbprint()) != key.thumbprint() or jwk.get("alg", ALGORITHM) != ALGORITHM:
            raise RefusedError("keys.file", where, f"its `kid` or `alg` is not that of the key {key.thumbprint()}", fix)
        when, reason = _revocation(jwk.get("revoked"), where)
        return cls(key.thumbprint(), str(jwk.get("name", key.thumbprint())), jwk["x"], when, reason)


def _revocation(value: object, where: str) -> tuple[datetime | None, str]:
    if value is None:
        return None, ""
    try:
        assert isinstance(value, dict)
        return datetime.fromtimestamp(value["revoked_at"], UTC), str(value.get("reason", ""))
    except (AssertionError, KeyError, TypeError, ValueError, OverflowError, OSError):
        fix = 'write {"revoked_at": seconds since 1970, "reason": "..."}'
        raise RefusedError("keys.file", where, "its revocation cannot be read", fix) from None


@dataclass(frozen=True)
class PrivateKey:
    """A key pair that can sign. It is never shown: neither `repr` nor an error holds it."""

    _okp: OKPKey
    name: str

    @classmethod
    def generate(cls, name: str) -> PrivateKey:
        """A new key pair; `name` tells people whose it is. Its id never begins like an option of a command."""
        while (made := cls(OKPKey.generate_key(ALGORITHM), name)).id.startswith("-"):
            pass
        return made

    @classmethod
    def load(cls, path: Path, password: str | None = None, name: str = "") -> PrivateKey:
        """The key in a PEM file (PKCS #8), as `save` and openssl write it.

        Raises RefusedError where the file cannot be read, others may read it, or it holds no Ed25519 private key.
        """
        try:
            if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
                raise RefusedError("keys.file", str(path), "others may read this private key", f"run: chmod 600 {path}")
            data = path.read_bytes()
        except OSError as error:
            what = f"it cannot be read: {error.strerror}"
            raise RefusedError("keys.file", str(path), what, "give the file that `algos keys new` wrote") from None
        try:
            okp = OKPKey.import_key(data[:MAX_KEY_FILE], password=password)
            known = okp.curve_name == ALGORITHM and okp.is_private
        except (JoseError, ValueError, TypeError):
            known = False
        if not known:
            fix = "give the file that `algos keys new` wrote, and its password if it has one"
            raise RefusedError("keys.file", str(path), "it holds no Ed25519 private key that can be opened", fix)
        return cls(okp, name or path.stem)

    def save(self, path: Path, password: str | None = None) -> None:
        """Write the key to a new PEM file that only its owner may read.

        Raises RefusedError inside a git repository, where the file exists, where it cannot be written, and for an
        empty password; no part of a file is left then.
        """
        place = path.absolute().resolve()
        inside = next((folder for folder in place.parents if (folder / ".git").exists()), None)
        if inside:
            fix = "choose a place outside every repository, such as your home folder"
            raise RefusedError("keys.place", str(path), f"a private key must not lie in the repository {inside}", fix)
        if password == "":
            raise RefusedError("keys.file", str(path), "its password is empty", "give a password, or none at all")
        try:
            _write_new(place, self._okp.as_pem(private=True, password=password))
        except FileExistsError:
            raise RefusedError("keys.file", str(path), "the file exists already", "choose another name") from None
        except OSError as error:
            what = f"it cannot be written: {error.strerror}"
            raise RefusedError(
                "keys.file", str(path), what, "choose a folder that exists and may be written to"
            ) from None

    @property
    def id(self) -> str:
        """The key's id: its thumbprint (RFC 7638)."""
        return self._okp.thumbprint()

    @property
    def public(self) -> PublicKey:
        """The public half."""
        return PublicKey(self.id, self.name, str(self._okp.as_dict(private=False)["x"]))

    @property
    def okp(self) -> OKPKey:
        """The key as joserfc holds it; for the modules of this package that sign."""
        return self._okp

    def __repr__(self) -> str:
        return f"PrivateKey(id={self.id!r}, name={self.name!r})"


def _write_new(place: Path, data: bytes) -> None:
    """Write a file that is not there yet, for its owner only. Raises OSError, FileExistsError where it is there.

    It appears whole under its name, so that a program that starts at the same moment reads no half of it; only on a
    disk without hard links it is written in its place.
    """
    handle, temporary = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")  # 0600
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(temporary, place)
        except FileExistsError:
            raise
        except OSError:
            _write_in_place(place, data)
    finally:
        os.unlink(temporary)


def _write_in_place(place: Path, data: bytes) -> None:
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:
        os.unlink(place)
        raise


@dataclass(frozen=True)
class KeySet:
    """The public keys that somebody trusts, those revoked among them."""

    keys: tuple[PublicKey, ...] = ()

    def get(self, key_id: str) -> PublicKey | None:
        """The key with this id, revoked or not."""
        return next((key for key in self.keys if key.id == key_id), None)

    def usable(self, key_id: str, where: str) -> PublicKey | None:
        """The key with this id; None where it is not in the set, Refused where it is revoked."""
        key = self.get(key_id)
        if key and key.revoked_at:
            what = f"it is signed with the key `{key.name}`, revoked on {key.revoked_at.date()}: {key.reason}"
            raise RefusedError("bundle.revoked-key", where, what, "fetch a release that was signed with a key in use")
        return key

    def with_key(self, key: PublicKey) -> KeySet:
        """The set with one key more. Raises RefusedError where it is in the set already, revoked or not."""
        if self.get(key.id):
            raise RefusedError("keys.file", key.id, "this key is in the set already", "nothing needs to be done")
        return replace(self, keys=(*self.keys, key))

    def revoked(self, key_id: str, when: datetime, reason: str) -> KeySet:
        """The set with one key revoked. Raises RefusedError where there is no such key, or it is revoked already."""
        key = self.get(key_id)
        if key is None:
            raise RefusedError("keys.file", key_id, "no such key is in the set", "`algos keys list` shows them")
        if key.revoked_at:
            raise RefusedError("keys.file", key_id, f"it is revoked already: {key.reason}", "nothing needs to be done")
        marked = replace(key, revoked_at=when, reason=reason)
        return replace(self, keys=tuple(marked if one.id == key_id else one for one in self.keys))

    def to_json(self) -> str:
        """As the text of a JWK Set."""
        return jsontext.write({"keys": [key.to_jwk() for key in self.keys]}, lambda _, members: list(members))

    @classmethod
    def from_json(cls, data: bytes, where: str) -> KeySet:
        """A key set from a JWK Set. Raises RefusedError where it cannot be read, or a key stands twice."""
        fix = 'write {"keys": [...]}, a JWK Set (RFC 7517)'
        try:
            value = jsontext.read(data, where, limit=MAX_KEY_FILE)
        except KnowledgeError as error:
            raise RefusedError("keys.file", where, error.findings[0].what, fix) from None
        listed = value.get("keys") if isinstance(value, dict) else None
        if not isinstance(listed, list):
            raise RefusedError("keys.file", where, "it is no JWK Set", fix)
        result = cls()
        for jwk in listed:
            result = result.with_key(PublicKey.from_jwk(jwk, where))
        return result

    @classmethod
    def load(cls, path: Path) -> KeySet:
        """The key set in a file. Raises RefusedError where it cannot be read."""
        try:
            return cls.from_json(path.read_bytes(), str(path))
        except OSError as error:
            what = f"it cannot be read: {error.strerror}"
            raise RefusedError("keys.file", str(path), what, "give the file of public keys with --keys") from None
