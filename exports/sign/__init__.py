"""Signing and verifying: the only place of Algos that does cryptography. Ed25519 throughout.

How to use it:

    key = PrivateKey.generate("Release key 2026")      # or PrivateKey.load(path, password)
    key.save(Path("~/release.pem").expanduser())        # 0600; refused inside a git repository, never overwrites
    keys = KeySet().with_key(key.public)                # keys.save(path), KeySet.load(path): a JWK Set, public
    keys = keys.revoked(key.id, when, "lost laptop")    # what it signed is refused from now on, with this reason

    from exports.sign.statement import sign_statement, verify_statement       # DSSE: who approved what
    data = sign_statement(b"{...}", "application/vnd.in-toto+json", key)
    verified = verify_statement(data, "application/vnd.in-toto+json", keys)   # .payload, .signed_by (key ids)

    data = sign_manifest(payload, [key, ...])           # JWS: the manifest of a bundle, by one key or several
    verified = verify_manifest(data, keys, required=1)  # .payload, .signed_by

Whatever is wrong raises `RefusedError`, a KnowledgeError with one finding: a code (BN...), what, and the fix.
"""

from exports.sign.encoding import canonical, strict_json
from exports.sign.keys import KeySet, PrivateKey, PublicKey
from exports.sign.manifest import add_signature, sign_manifest, verify_manifest
from exports.sign.refused import RefusedError
from exports.sign.verified import Verified

__all__ = [
    "KeySet",
    "PrivateKey",
    "PublicKey",
    "RefusedError",
    "Verified",
    "add_signature",
    "canonical",
    "sign_manifest",
    "strict_json",
    "verify_manifest",
]
