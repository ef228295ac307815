"""A signed statement, such as "I approve this content": a DSSE envelope (github.com/secure-systems-lab/dsse).

DSSE signs the payload together with its type, so that a statement of one kind is never read as another. The envelope
is stored as canonical JSON with canonical base64, in one possible form.
"""

from __future__ import annotations

from typing import Any

from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import UnverifiedSignatureError, VerificationError
from securesystemslib.signer import CryptoSigner, Signature, SSlibKey

from exports.sign.encoding import canonical, from_base64, strict_json
from exports.sign.keys import KeySet, PrivateKey
from exports.sign.refused import RefusedError
from exports.sign.verified import Verified


def sign_statement(payload: bytes, payload_type: str, key: PrivateKey) -> bytes:
    """The envelope, as the bytes of a JSON file, with one signature.

    `payload_type` is a media type, such as `application/vnd.in-toto+json` for an in-toto statement.
    """
    envelope = Envelope(payload, payload_type, {})
    okp = key.okp
    assert okp.private_key is not None
    public = SSlibKey.from_crypto(okp.public_key, keyid=key.id)
    envelope.sign(CryptoSigner(okp.private_key, public))
    return canonical(envelope.to_dict())


def verify_statement(data: bytes, payload_type: str, keys: KeySet, where: str = "statement") -> Verified:
    """The payload of an envelope, once every signature in it is by a trusted key and fits.

    Raises RefusedError where the envelope is not in its canonical form, is of another type or unsigned, or a signature
    is by an unknown or revoked key or does not fit. `where` names the file in the message.
    """
    value = _parts(data, where)
    if value["payloadType"] != payload_type:
        what = f"it is a statement of the type `{value['payloadType']}`, not `{payload_type}`"
        raise RefusedError("bundle.signature", where, what, "give the statement that was meant")
    payload = from_base64(value["payload"], where)
    envelope = Envelope(payload, payload_type, {})
    verified: list[str] = []
    for one in value["signatures"]:
        key = keys.usable(one["keyid"], where)
        if key is None:
            what = f"it is signed with the key {one['keyid']}, which is not trusted"
            raise RefusedError("bundle.unknown-key", where, what, "add that public key if you know whose it is")
        if key.id in verified:
            raise RefusedError("bundle.signature", where, f"`{key.name}` has signed it twice", _AGAIN)
        public = SSlibKey.from_crypto(key.okp.public_key, keyid=key.id)
        signature = Signature(key.id, from_base64(one["sig"], where).hex())
        try:
            public.verify_signature(signature, envelope.pae())
        except (UnverifiedSignatureError, VerificationError):
            what = f"the signature by `{key.name}` does not fit: statement or signature was altered"
            raise RefusedError("bundle.signature", where, what, _AGAIN) from None
        verified.append(key.id)
    if not verified:
        raise RefusedError("bundle.unsigned", where, "nobody has signed it", "let its author sign it")
    return Verified(payload, tuple(verified))


def unverified_statement(data: bytes, where: str) -> bytes:
    """The payload of an envelope in its canonical form, of which nobody knows whether it is genuine.

    Raises RefusedError where it is no such envelope.
    """
    return from_base64(_parts(data, where)["payload"], where)


def _parts(data: bytes, where: str) -> dict[str, Any]:
    value = strict_json(data, where)
    if (
        isinstance(value, dict)
        and value.keys() == {"payload", "payloadType", "signatures"}
        and isinstance(value["payload"], str)
        and isinstance(value["payloadType"], str)
        and isinstance(value["signatures"], list)
        and all(isinstance(one, dict) and one.keys() == {"keyid", "sig"} for one in value["signatures"])
        and all(isinstance(text, str) for one in value["signatures"] for text in one.values())
    ):
        return value
    raise RefusedError("bundle.encoding", where, "it is no DSSE envelope", _AGAIN)


_AGAIN = "fetch it again, or have it signed again"
