"""A bundle's manifest, signed as a JSON Web Signature (RFC 7515) in its general JSON form, one signature a key.

    {"payload": <the manifest>, "signatures": [{"protected": <header>, "signature": ...}, ...]}

Everything in it is in one possible form: canonical JSON, canonical base64url, a header with exactly `alg`
(`Ed25519`, RFC 9864), `kid` and `typ`, signatures in the order of their key ids. The payload names in `signed_by` the
keys that have to sign, so that no signature can be taken away, added or swapped unnoticed.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError

from engine import jsontext
from exports.sign.encoding import base64url, canonical, from_base64url, strict_json
from exports.sign.keys import ALGORITHM, KeySet, PrivateKey
from exports.sign.refused import RefusedError
from exports.sign.verified import Verified

TYPE = "algos-bundle+jws"
"""The header's `typ`, so that a signature made for something else is never taken for a bundle's (RFC 8725, 3.11)."""
WHERE = "manifest.jws"
MAX_SIGNATURES = 16


class _Registry(jws.JWSRegistry):
    """JOSE with one algorithm, and room for a manifest."""

    max_payload_length = 2 * jsontext.MAX_BYTES


_REGISTRY = _Registry(algorithms=[ALGORITHM])


def sign_manifest(payload: bytes, keys: Sequence[PrivateKey]) -> bytes:
    """A manifest with a signature by each key.

    `payload` is canonical JSON; its `signed_by` lists the ids of all keys that have to sign, of which `keys` may be
    the first. Raises RefusedError where it is not so.
    """
    signed: dict[str, Any] = {"payload": base64url(payload), "signatures": []}
    _signers(payload)
    for key in keys:
        signed = _with(signed, payload, key)
    return canonical(signed)


def add_signature(data: bytes, key: PrivateKey) -> bytes:
    """A signed manifest with one signature more, by a key that its `signed_by` names. Raises RefusedError otherwise."""
    signed = _parts(data)
    return canonical(_with(signed, from_base64url(signed["payload"], WHERE), key))


def _with(signed: dict[str, Any], payload: bytes, key: PrivateKey) -> dict[str, Any]:
    if key.id not in _signers(payload):
        what = f"the manifest does not name the key {key.id} among those that sign it"
        raise RefusedError("bundle.signature", WHERE, what, "name the public keys of all signers when it is made")
    header = canonical({"alg": ALGORITHM, "kid": key.id, "typ": TYPE})
    made = jws.serialize_json(
        {"protected": {"alg": ALGORITHM, "kid": key.id, "typ": TYPE}}, payload, key.okp, registry=_REGISTRY
    )
    assert made["protected"] == base64url(header), "joserfc writes the header's members in the order given"
    signature = {"protected": made["protected"], "signature": made["signature"]}
    others = [one for one in signed["signatures"] if one["protected"] != signature["protected"]]
    ordered = sorted([*others, signature], key=lambda one: _key_id(one["protected"]))
    return {"payload": signed["payload"], "signatures": ordered}


def verify_manifest(data: bytes, keys: KeySet, required: int = 1) -> Verified:
    """The manifest's bytes, once `required` trusted keys at least have signed them and nothing else is in the file.

    A signature by a key that is not in `keys` does not count, as long as the manifest itself names that key: so a
    release can be signed with the old and the new key. Raises RefusedError, and says why.
    """
    signed = _parts(data)
    payload = from_base64url(signed["payload"], WHERE)
    ids = [_key_id(one["protected"]) for one in signed["signatures"]]
    if not ids:
        raise RefusedError("bundle.unsigned", WHERE, "nobody has signed it", "sign it with `algos sign`")
    named = _signers(payload)
    verified = []
    for key_id, one in zip(ids, signed["signatures"], strict=True):
        key = keys.usable(key_id, WHERE)
        if len(from_base64url(one["signature"], WHERE)) != 64:
            raise RefusedError("bundle.signature", WHERE, "a signature has not 64 bytes", _FETCH)
        if key is None:
            continue
        try:
            whole: jws.FlattenedJSONSerialization = {
                "payload": signed["payload"],
                "protected": one["protected"],
                "signature": one["signature"],
            }
            jws.deserialize_json(whole, key.okp, registry=_REGISTRY)
        except (JoseError, ValueError):
            what = f"the signature by `{key.name}` does not fit: manifest or signature was altered"
            raise RefusedError("bundle.signature", WHERE, what, _FETCH) from None
        verified.append(key_id)
    if not verified:
        what = f"no trusted key has signed it; it was signed by {', '.join(ids)}"
        raise RefusedError("bundle.unknown-key", WHERE, what, "add the publisher's public key if you trust it")
    if ids != sorted(named):
        missing = [one for one in named if one not in ids]
        what = f"the signature by {missing[0]} is missing" if missing else "it bears signatures that it does not name"
        raise RefusedError("bundle.unsigned", WHERE, what, "let every signer sign it with `algos sign`")
    if len(verified) < required:
        what = f"{len(verified)} of the {required} trusted signatures that are required are there"
        raise RefusedError("bundle.unsigned", WHERE, what, "let another key holder sign it with `algos sign`")
    return Verified(payload, tuple(verified))


def unverified_payload(data: bytes) -> bytes:
    """The manifest's bytes, of which nobody knows whether they are genuine: for a server that only hands them on."""
    return from_base64url(_parts(data)["payload"], WHERE)


def _parts(data: bytes) -> dict[str, Any]:
    """The signed document with every member of the right kind, or Refused."""
    value = strict_json(data, WHERE, limit=2 * jsontext.MAX_BYTES)
    if (
        isinstance(value, dict)
        and value.keys() == {"payload", "signatures"}
        and isinstance(value["payload"], str)
        and isinstance(value["signatures"], list)
        and len(value["signatures"]) <= MAX_SIGNATURES
        and all(isinstance(one, dict) and one.keys() == {"protected", "signature"} for one in value["signatures"])
        and all(isinstance(text, str) for one in value["signatures"] for text in one.values())
    ):
        ids = [_key_id(one["protected"]) for one in value["signatures"]]
        if all(left < right for left, right in pairwise(ids)):
            return value
        raise RefusedError("bundle.encoding", WHERE, "its signatures are not in the order of their keys", _FETCH)
    raise RefusedError("bundle.encoding", WHERE, "it is no JSON Web Signature in the general JSON form", _FETCH)


def _key_id(protected: str) -> str:
    header = strict_json(from_base64url(protected, WHERE), WHERE)
    if not isinstance(header, dict) or header.keys() != {"alg", "kid", "typ"} or not isinstance(header["kid"], str):
        raise RefusedError("bundle.encoding", WHERE, "a signature's header has exactly `alg`, `kid` and `typ`", _FETCH)
    if header["alg"] != ALGORITHM or header["typ"] != TYPE:
        what = f"it is signed with `{header['alg']}` as `{header['typ']}`, not with {ALGORITHM} as {TYPE}"
        raise RefusedError("bundle.signature", WHERE, what, _FETCH)
    return header["kid"]


def _signers(payload: bytes) -> list[str]:
    """The key ids in the manifest's own `signed_by`."""
    manifest = strict_json(payload, WHERE)
    named = manifest.get("signed_by") if isinstance(manifest, dict) else None
    if not isinstance(named, list) or not named or not all(isinstance(one, str) for one in named):
        raise RefusedError("bundle.manifest", WHERE, "it does not say in `signed_by` which keys sign it", _FETCH)
    return named


_FETCH = "fetch the bundle again from whoever published it"
