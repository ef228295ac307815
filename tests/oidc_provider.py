"""An OpenID Connect provider on loopback, for tests: a real process with real tokens, in which one clicks who one is.

`python -m tests.oidc_provider PORT name=email ...`
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import sys
import time
from html import escape
from urllib.parse import urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT = "algos-console"
SECRET = "only-for-tests"


class Provider:
    """Who can sign in, the codes that are out, and the key that signs."""

    def __init__(self, issuer: str, people: dict[str, str]) -> None:
        self.issuer = issuer
        self.people = people
        self.key = RSAKey.generate_key(2048, {"kid": "test", "use": "sig", "alg": "RS256"})
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: dict[str, dict[str, object]] = {}

    def discovery(self, _: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
            }
        )

    def keys(self, _: Request) -> Response:
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    def authorize(self, request: Request) -> Response:
        """The page on which one says who one is; the choice comes back here."""
        asked = dict(request.query_params)
        name = asked.pop("as", None)
        if asked.get("client_id") != CLIENT or asked.get("response_type") != "code":
            return JSONResponse({"error": "unauthorized_client"}, 400)
        if name is None:
            links = "".join(
                f'<p><a href="?{escape(urlencode({**asked, "as": one}))}">{escape(one)}</a></p>' for one in self.people
            )
            return HTMLResponse(f"<h1>Who are you?</h1>{links}")
        code = secrets.token_urlsafe(16)
        self.codes[code] = {**asked, "as": name}
        back = {"code": code, **({"state": asked["state"]} if "state" in asked else {})}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(back)}", 302)

    async def token(self, request: Request) -> Response:
        form = {key: str(value) for key, value in (await request.form()).items()}
        client, password = form.get("client_id"), form.get("client_secret")
        basic = request.headers.get("authorization", "")
        if basic.lower().startswith("basic "):
            client, _, password = base64.b64decode(basic[6:]).decode().partition(":")
        asked = self.codes.pop(form.get("code", ""), None)
        if (client, password) != (CLIENT, SECRET) or asked is None or not self._proves(asked, form):
            return JSONResponse({"error": "invalid_grant"}, 400)
        now, name = int(time.time()), asked["as"]
        claims: dict[str, object] = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": hashlib.sha256(name.encode()).hexdigest()[:16],
            "iat": now,
            "exp": now + 3600,
            "name": name,
            "email": self.people[name],
            "email_verified": True,
        }
        if "nonce" in asked:
            claims["nonce"] = asked["nonce"]
        access = secrets.token_urlsafe(16)
        self.tokens[access] = claims
        signed = jwt.encode({"alg": "RS256", "kid": "test"}, claims, self.key)
        return JSONResponse({"access_token": access, "token_type": "Bearer", "expires_in": 3600, "id_token": signed})

    @staticmethod
    def _proves(asked: dict[str, str], form: dict[str, str]) -> bool:
        challenge = asked.get("code_challenge")
        if challenge is None:
            return True
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == challenge

    def userinfo(self, request: Request) -> Response:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        found = self.tokens.get(token)
        return JSONResponse(found) if found else JSONResponse({"error": "invalid_token"}, 401)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.discovery),
                Route("/keys", self.keys),
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
                Route("/userinfo", self.userinfo),
            ]
        )


if __name__ == "__main__":
    port = int(sys.argv[1])
    people = dict(one.split("=", 1) for one in sys.argv[2:])
    provider = Provider(f"http://127.0.0.1:{port}", people)
    uvicorn.run(provider.app(), host="127.0.0.1", port=port, log_level="warning")
