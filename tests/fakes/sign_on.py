"""A sign-on that speaks OpenID Connect on a real socket, and can be told to lie."""

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from ivr.consoles.app import serve

CLIENT, SECRET = "desks", "client-secret-of-the-desks"


class FakeSignOn:
    """One client, one user; what it tells of him is set by the test."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one"}, auto_kid=False)
        self.user: dict[str, Any] = {"sub": "u-17", "preferred_username": "wang"}
        self.lies: dict[str, Any] = {}
        """Claims told instead of the true ones; None: left out."""
        self.algorithm = "RS256"
        self.signs_with: RSAKey | OctKey | None = None
        self.issuer = ""
        self.told_issuer: str | None = None
        self.refuses = False
        self.broken = False
        self.methods = ["client_secret_basic"]
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[dict[str, str]] = []
        self.ends_sessions = True
        self.left: list[dict[str, str]] = []
        """Who was sent here to sign out."""
        self.holds_on = False
        """It sends nobody back who signed out."""
        self.now = 0

    @property
    def app(self) -> Starlette:
        """What is served."""
        return Starlette(
            routes=[
                Route("/realm/.well-known/openid-configuration", self._discovery), Route("/authorize", self._authorize),
                Route("/token", self._token, methods=["POST"]), Route("/keys", self._keys), Route("/leave", self._leave, methods=["POST"]),
            ]
        )  # fmt: skip

    async def _discovery(self, request: Request) -> Response:
        if self.broken:
            return Response("<h1>502</h1>", status_code=502)
        base = str(request.base_url).rstrip("/")
        known = {
            "issuer": self.told_issuer or self.issuer, "authorization_endpoint": f"{base}/authorize", "token_endpoint": f"{base}/token",
            "jwks_uri": f"{base}/keys", "token_endpoint_auth_methods_supported": self.methods,
        }
        return JSONResponse(known | ({"end_session_endpoint": f"{base}/leave?realm=one"} if self.ends_sessions else {}))

    async def _leave(self, request: Request) -> Response:
        """End the session of whom the hint names; nobody is sent anywhere on a hint that is not ours."""
        told = {name: str(value) for name, value in (*request.query_params.items(), *(await request.form()).items())}
        hint = jwt.decode(told["id_token_hint"], self.key)
        if hint.claims["aud"] != told["client_id"]:
            return Response("not a client's", status_code=400)
        self.left.append({**told, "sub": str(hint.claims["sub"])})
        if self.holds_on:
            return Response("signed out here")
        return RedirectResponse(told["post_logout_redirect_uri"], status_code=303)

    async def _keys(self, _request: Request) -> Response:
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        self.asked.append(asked)
        back: dict[str, str] = {"state": asked["state"], "iss": self.issuer}
        if self.refuses:
            return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(back | {'error': 'access_denied'})}", status_code=302)
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(back | {'code': code})}", status_code=302)

    async def _token(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        basic = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        known = request.headers.get("authorization") == basic if "client_secret_basic" in self.methods else form.get("client_secret") == SECRET
        if asked is None or not known or asked["code_challenge"] != challenge or asked["redirect_uri"] != form.get("redirect_uri"):
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        now = self.now or int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"], **self.user, **self.lies}
        told = {name: value for name, value in claims.items() if value is not None}
        return JSONResponse({"access_token": "opaque", "token_type": "Bearer", "id_token": self._signed(told)})

    def _signed(self, told: dict[str, Any]) -> str:
        head = {"alg": self.algorithm, "kid": "one"}
        if self.algorithm == "none":
            return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (head, told)) + "."
        return jwt.encode(head, told, self.signs_with or self.key, algorithms=[self.algorithm])


@asynccontextmanager
async def open_sign_on() -> AsyncIterator[FakeSignOn]:
    """Serve one while the block runs."""
    fake = FakeSignOn()
    app = fake.app
    app.state.console = type("Closing", (), {"closing": asyncio.Event()})()
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(serve(app, "127.0.0.1", 0, listening=port.set_result))  # type: ignore[arg-type]
        fake.issuer = f"http://127.0.0.1:{await port}/realm"
        try:
            yield fake
        finally:
            serving.cancel()
