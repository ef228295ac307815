"""Signing: what is signed is verified, and nothing else is, byte by byte."""

from __future__ import annotations

import base64
import json
import os
import random
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from exports.sign import (
    KeySet,
    PrivateKey,
    PublicKey,
    RefusedError,
    add_signature,
    canonical,
    sign_manifest,
    verify_manifest,
)
from exports.sign.encoding import base64url
from exports.sign.statement import sign_statement, verify_statement

A, B, STRANGER = (PrivateKey.generate(name) for name in ("Anna's key", "Bob's key", "a stranger's key"))
KEYS = KeySet((A.public, B.public))
INTOTO = "application/vnd.in-toto+json"


def manifest(*signers: PrivateKey) -> bytes:
    return canonical({"signed_by": sorted(key.id for key in signers), "version": 7})


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(RefusedError) as caught:
        call()
    finding = caught.value.finding
    assert finding.what
    assert finding.fix
    return caught.value.name


def flipped(data: bytes) -> list[bytes]:
    """Every copy of `data` with one byte changed: in a bit, in letter case, and into something else."""
    copies = {
        data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :] for at in range(len(data)) for bit in (1, 0x20, 0x80)
    }
    return sorted(copies - {data})


def test_no_key_s_id_looks_like_an_option_of_a_command() -> None:
    """The id is typed after `algos keys revoke`; one thumbprint in 64 begins with a dash."""
    assert not any(PrivateKey.generate("Test").id.startswith("-") for _ in range(500))


def test_a_manifest_is_verified_with_one_key_or_with_several() -> None:
    payload = manifest(A, B)
    signed = sign_manifest(payload, [B, A])
    assert signed == sign_manifest(payload, [A, B])  # Ed25519 signs the same bytes in the same way
    assert verify_manifest(signed, KEYS, required=2).payload == payload
    assert set(verify_manifest(signed, KEYS, required=2).signed_by) == {A.id, B.id}
    assert verify_manifest(signed, KeySet((A.public,))).signed_by == (A.id,)
    assert refusal(lambda: verify_manifest(signed, KeySet((A.public,)), required=2)) == "bundle.unsigned"
    assert refusal(lambda: verify_manifest(signed, KeySet((STRANGER.public,)))) == "bundle.unknown-key"


def test_a_second_person_signs_on_another_machine() -> None:
    first = sign_manifest(manifest(A, B), [A])
    assert refusal(lambda: verify_manifest(first, KEYS)) == "bundle.unsigned"
    assert verify_manifest(add_signature(first, B), KEYS, required=2).signed_by == tuple(sorted([A.id, B.id]))
    assert refusal(lambda: add_signature(first, STRANGER)) == "bundle.signature"


def test_every_changed_byte_of_a_signed_manifest_is_refused() -> None:
    signed = sign_manifest(manifest(A, B), [A, B])
    for copy in flipped(signed):
        assert refusal(lambda copy=copy: verify_manifest(copy, KEYS)).startswith("bundle.")
    for length in range(len(signed)):
        assert refusal(lambda length=length: verify_manifest(signed[:length], KEYS)).startswith("bundle.")


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda one: {**one, "signatures": one["signatures"][::-1]}, "bundle.encoding"),
        (lambda one: {**one, "signatures": one["signatures"][:1]}, "bundle.unsigned"),
        (lambda one: {**one, "signatures": []}, "bundle.unsigned"),
        (lambda one: {**one, "signatures": one["signatures"] * 2}, "bundle.encoding"),
        (lambda one: {**one, "extra": 1}, "bundle.encoding"),
        (
            lambda one: {
                **one,
                "signatures": [
                    {**left, "signature": right["signature"]}
                    for left, right in zip(one["signatures"], one["signatures"][::-1], strict=True)
                ],
            },
            "bundle.signature",
        ),
    ],
)
def test_signatures_that_are_reordered_removed_added_or_swapped(
    change: Callable[[dict[str, object]], object], name: str
) -> None:
    signed = json.loads(sign_manifest(manifest(A, B), [A, B]))
    assert refusal(lambda: verify_manifest(canonical(change(signed)), KEYS)) == name


@pytest.mark.parametrize(
    "write",
    [
        lambda text: text.replace('{"payload"', '{ "payload"'),
        lambda text: text + "\n",
        lambda text: text.replace('"payload":', '"payload":"x","payload":', 1),
        lambda text: text[:-1] + ',"signatures":[]}',
        lambda text: "\ufeff" + text,
        lambda text: text.replace("payload", "payloa\\u0064"),
        lambda text: json.dumps(dict(reversed(json.loads(text).items())), separators=(",", ":")),
    ],
)
def test_one_text_only(write: Callable[[str], str]) -> None:
    text = sign_manifest(manifest(A), [A]).decode()
    assert refusal(lambda: verify_manifest(write(text).encode(), KEYS)) == "bundle.encoding"


def test_slack_bits_of_base64url_are_refused() -> None:
    """64 bytes leave four bits of the last character unused: 15 other characters decode to the same signature."""
    signed = json.loads(sign_manifest(manifest(A), [A]))
    signature = signed["signatures"][0]["signature"]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    same_bytes = 0
    for letter in alphabet.replace(signature[-1], ""):
        other = signature[:-1] + letter
        same_bytes += base64.urlsafe_b64decode(other + "==") == base64.urlsafe_b64decode(signature + "==")
        signed["signatures"][0]["signature"] = other
        assert refusal(lambda: verify_manifest(canonical(signed), KEYS)) in ("bundle.encoding", "bundle.signature")
    assert same_bytes == 15


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ({"alg": "EdDSA", "kid": A.id, "typ": "algos-bundle+jws"}, "bundle.signature"),
        ({"alg": "none", "kid": A.id, "typ": "algos-bundle+jws"}, "bundle.signature"),
        ({"alg": "HS256", "kid": A.id, "typ": "algos-bundle+jws"}, "bundle.signature"),
        ({"alg": "Ed25519", "kid": A.id, "typ": "JWT"}, "bundle.signature"),
        ({"alg": "Ed25519", "kid": A.id}, "bundle.encoding"),
        (
            {"alg": "Ed25519", "jwk": STRANGER.public.to_jwk(), "kid": STRANGER.id, "typ": "algos-bundle+jws"},
            "bundle.encoding",
        ),
        ({"alg": "Ed25519", "b64": False, "crit": ["b64"], "kid": A.id, "typ": "algos-bundle+jws"}, "bundle.encoding"),
    ],
)
def test_only_the_one_header_is_accepted(header: dict[str, object], name: str) -> None:
    signed = json.loads(sign_manifest(manifest(A), [A]))
    signed["signatures"][0]["protected"] = base64url(canonical(header))
    assert refusal(lambda: verify_manifest(canonical(signed), KEYS)) == name


def test_a_statement_is_verified_and_every_changed_byte_refused() -> None:
    data = sign_statement(b'{"approves":"this"}', INTOTO, A)
    verified = verify_statement(data, INTOTO, KEYS)
    assert verified.payload == b'{"approves":"this"}'
    assert verified.signed_by == (A.id,)
    for copy in flipped(data):
        assert refusal(lambda copy=copy: verify_statement(copy, INTOTO, KEYS)).startswith("bundle.")


def test_a_statement_of_another_type_or_by_another_key_is_refused() -> None:
    data = sign_statement(b"{}", INTOTO, STRANGER)
    assert refusal(lambda: verify_statement(data, INTOTO, KEYS)) == "bundle.unknown-key"
    assert refusal(lambda: verify_statement(data, "text/plain", KEYS)) == "bundle.signature"
    unsigned = canonical({**json.loads(data), "signatures": []})
    assert refusal(lambda: verify_statement(unsigned, INTOTO, KEYS)) == "bundle.unsigned"
    retyped = canonical({**json.loads(sign_statement(b"{}", "text/plain", A)), "payloadType": INTOTO})
    assert refusal(lambda: verify_statement(retyped, INTOTO, KEYS)) == "bundle.signature"


def test_the_pre_authentication_encoding_is_that_of_the_specification() -> None:
    """Payload and expected bytes are those of DSSE's protocol.md."""
    data = json.loads(sign_statement(b"hello world", "http://example.com/HelloWorld", A))
    A.okp.public_key.verify(  # type: ignore[union-attr,call-arg]
        base64.b64decode(data["signatures"][0]["sig"]), b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_what_a_revoked_key_signed_is_refused_with_the_reason() -> None:
    revoked = KEYS.revoked(A.id, datetime(2026, 11, 1, tzinfo=UTC), "the laptop was lost")
    for call in (
        lambda: verify_manifest(sign_manifest(manifest(A), [A]), revoked),
        lambda: verify_statement(sign_statement(b"{}", INTOTO, A), INTOTO, revoked),
    ):
        with pytest.raises(RefusedError, match="2026-11-01: the laptop was lost"):
            call()
    again = KeySet.from_json(revoked.to_json().encode(), "keys.json")
    assert again == revoked
    assert refusal(lambda: again.revoked(A.id, datetime.now(UTC), "again")) == "keys.file"
    assert refusal(lambda: again.with_key(A.public)) == "keys.file"
    assert refusal(lambda: again.revoked("nobody", datetime.now(UTC), "why")) == "keys.file"


def test_a_private_key_is_kept_from_others_and_out_of_repositories(tmp_path: Path) -> None:
    path = tmp_path / "release.pem"
    A.save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert PrivateKey.load(path).id == A.id
    assert PrivateKey.load(path).name == "release"
    assert refusal(lambda: B.save(path)) == "keys.file"
    assert PrivateKey.load(path).id == A.id
    path.chmod(0o644)
    assert refusal(lambda: PrivateKey.load(path)) == "keys.file"
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    (tmp_path / "repository" / "deep").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "repository" / "deep")
    for inside in ("repository/key.pem", "repository/deep/key.pem", "link/key.pem"):
        assert refusal(lambda inside=inside: A.save(tmp_path / inside)) == "keys.place"
    assert not list(tmp_path.rglob("key.pem"))
    assert refusal(lambda: A.save(tmp_path / "nowhere" / "key.pem")) == "keys.file"
    secret = A.okp.as_dict(private=True)["d"]
    assert str(secret) not in repr(A)


def test_a_private_key_may_have_a_password(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    A.save(path, password="correct horse")
    assert PrivateKey.load(path, password="correct horse").id == A.id
    assert refusal(lambda: PrivateKey.load(path, password="wrong")) == "keys.file"
    assert refusal(lambda: PrivateKey.load(path)) == "keys.file"
    assert refusal(lambda: A.save(tmp_path / "empty.pem", password="")) == "keys.file"
    assert list(tmp_path.iterdir()) == [path]


def test_a_private_key_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert refusal(lambda: A.save(tmp_path / "key.pem")) == "keys.file"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("links", [True, False], ids=["hard links", "none"])
def test_a_private_key_appears_whole(links: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two consoles that start for the first time at once: the other one never reads half a key."""
    path, seen = tmp_path / "key.pem", []
    sync = os.fsync

    def look(handle: int) -> None:
        seen.append(path.exists())
        sync(handle)

    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "fsync", look)
    if not links:
        monkeypatch.setattr(os, "link", refused)
    A.save(path)
    assert seen[0] is False
    assert seen[1:] == ([] if links else [True])
    assert (PrivateKey.load(path).id, stat.S_IMODE(path.stat().st_mode)) == (A.id, 0o600)
    assert refusal(lambda: B.save(path)) == "keys.file"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"keys": {}}',
        b'{"keys": [1]}',
        b'{"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "short"}]}',
        b'{"keys": [{"kty": "OKP", "crv": "X25519", "x": "Gqyn0oGuzoofpLtK283ZQJXyVhCvwCBPDFAtkhmTTDc"}]}',
        b'{"keys": [{"kty": "RSA", "n": "AQAB", "e": "AQAB"}]}',
        json.dumps({"keys": [A.public.to_jwk(), A.public.to_jwk()]}).encode(),
        json.dumps({"keys": [{**A.public.to_jwk(), "kid": B.id}]}).encode(),
        json.dumps({"keys": [{**A.public.to_jwk(), "alg": "HS256"}]}).encode(),
        json.dumps({"keys": [{**A.public.to_jwk(), "revoked": True}]}).encode(),
        json.dumps({"keys": [A.okp.as_dict(private=True)]}).encode(),
    ],
)
def test_a_set_of_public_keys_holds_nothing_else(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(content)
    assert refusal(lambda: KeySet.load(path)) == "keys.file"


def test_a_missing_file_or_another_kind_of_key_is_refused(tmp_path: Path) -> None:
    assert refusal(lambda: KeySet.load(tmp_path / "none.json")) == "keys.file"
    assert refusal(lambda: PrivateKey.load(tmp_path / "none.pem")) == "keys.file"
    path = tmp_path / "x25519.pem"
    path.write_bytes(OKPKey.generate_key("X25519").as_pem(private=True))
    os.chmod(path, 0o600)
    assert refusal(lambda: PrivateKey.load(path)) == "keys.file"
    path.write_bytes(b"no key")
    assert refusal(lambda: PrivateKey.load(path)) == "keys.file"


def test_a_key_id_is_the_thumbprint_of_rfc_7638() -> None:
    """The example of RFC 8037, appendix A.3."""
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    assert PublicKey.from_jwk(jwk, "rfc8037").id == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_random_bytes_are_never_a_crash() -> None:
    rng = random.Random(7)
    for _ in range(300):
        junk = bytes(rng.randrange(256) for _ in range(rng.randrange(200)))
        assert refusal(lambda junk=junk: verify_manifest(junk, KEYS)).startswith("bundle.")
        assert refusal(lambda junk=junk: verify_statement(junk, INTOTO, KEYS)).startswith("bundle.")
