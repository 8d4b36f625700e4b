"""A site's own sign-on: the authorization code flow of OpenID Connect, with PKCE, state and nonce.

The sign-on says who somebody is; what he may do is ours. Its answers are checked as OpenID Connect Core 3.1.3.7
asks; keys and addresses are asked for at each sign-on, so that a key that was changed there is known here at once.

SignOnError
├── SignOnDown   it does not answer, or not as such a service does
└── SignOnWrong  it answers, and what it says is not to be believed
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import httpx
from authlib.oauth2.claims import ClaimsOption
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

_TIMEOUT_SECONDS: Final = 5.0
_LEEWAY_SECONDS: Final = 60
_DISCOVERY: Final = "/.well-known/openid-configuration"
_ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""With a public key each: a token signed with what both sides know, or with nothing, is no proof."""
_SECOND_FACTORS: Final = frozenset({"mfa", "otp", "hwk", "sc"})
"""Methods (RFC 8176) that are more than a password."""
_HOST: Final = re.compile(r"[A-Za-z0-9.-]+(:[0-9]+)?")
"""Goes into a header as it is."""
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class SignOnError(Exception):
    """Nobody was vouched for."""

    code = "sign_on"


class SignOnDown(SignOnError):
    """The sign-on does not answer."""

    code = "sign_on_down"


class SignOnWrong(SignOnError):
    """What it says is not to be believed."""

    code = "sign_on_wrong"


@dataclass(frozen=True, slots=True)
class SignOnPlace:
    """Where a site's sign-on is, and how it knows us."""

    issuer: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    scope: str = "openid profile"
    claim: str = "preferred_username"
    trusts_second_factor: bool = False

    def __post_init__(self) -> None:
        """Refuse an address over which others could answer.

        Raises:
            ValueError: it is neither https nor this machine.
        """
        if not _is_safe(self.issuer):
            raise ValueError("the issuer of a sign-on has an address with https")


@dataclass(frozen=True, slots=True)
class Told:
    """Whom the sign-on vouches for."""

    name: str
    second_factor: bool
    id_token: str = field(repr=False)
    """As it was given; it names him when he leaves."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """A form for the sign-on: in a body, for an ID token names a person and is no matter for an address."""

    place: str
    told: Mapping[str, str] = field(repr=False)

    @property
    def origin(self) -> str:
        """Scheme and host of the place."""
        parts = urlsplit(self.place)
        return f"{parts.scheme}://{parts.netloc}"


class SiteSignOn:
    """Talks with a site's sign-on.

    Args:
        place: where it is.
        label: what its button says.
        return_url: where it sends people back to; None: made of the address that they asked for.
    """

    def __init__(self, place: SignOnPlace, *, label: str, return_url: str | None = None) -> None:
        self._place = place
        self.label = label
        self.return_url = return_url

    @property
    def home_url(self) -> str | None:
        """Our first page, where people come back to who signed out there; None: made of the address that they asked for."""
        return None if self.return_url is None else urljoin(self.return_url, "/")

    async def address(self, *, return_url: str, state: str, nonce: str, verifier: str) -> str:
        """Where to send somebody who wants to sign on.

        Raises:
            SignOnDown: the sign-on does not answer.
        """
        async with self._client() as client:
            known = await self._known(client)
        return str(
            prepare_grant_uri(
                known["authorization_endpoint"], self._place.client_id, "code", return_url, self._place.scope, state,
                nonce=nonce, code_challenge=create_s256_code_challenge(verifier), code_challenge_method="S256",
            )
        )

    async def told(self, code: str, *, return_url: str, nonce: str, verifier: str, now: datetime) -> Told:
        """Ask whom the code stands for, and see that the answer is the sign-on's and for this browser.

        Raises:
            SignOnDown: the sign-on does not answer.
            SignOnWrong: it refuses the code, or its answer is not to be believed.
        """
        async with self._client() as client:
            known = await self._known(client)
            tokens = await self._redeemed(client, known, code, return_url, verifier)
            keys = await _json(client, "GET", known["jwks_uri"])
        return self._believed(tokens, keys, nonce, now)

    async def leaving(self, id_token: str, *, return_url: str) -> Leaving | None:
        """What somebody who signs out is to tell the sign-on, so that his session there ends too; None: it ends none, or does not answer.

        OpenID Connect RP-Initiated Logout 1.0, by POST.
        """
        try:
            async with self._client() as client:
                known = await self._known(client)
        except SignOnError:
            return None
        place = str(known.get("end_session_endpoint", ""))
        if not _is_safe(place) or not _HOST.fullmatch(urlsplit(place).netloc):
            return None
        told = {"id_token_hint": id_token, "post_logout_redirect_uri": return_url, "client_id": self._place.client_id}
        return Leaving(place, told)

    def is_from(self, issuer: str | None) -> bool:
        """Whether an answer names our sign-on as who sent it, or nobody (RFC 9207)."""
        return issuer is None or issuer == self._place.issuer

    async def _known(self, client: httpx.AsyncClient) -> Mapping[str, str]:
        known = await _json(client, "GET", self._place.issuer.rstrip("/") + _DISCOVERY)
        addresses = [str(known.get(f"{name}", "")) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        if known.get("issuer") != self._place.issuer or not all(_is_safe(address) for address in addresses):
            raise SignOnDown("the sign-on is another one, or not safe to ask")
        return known

    async def _redeemed(
        self, client: httpx.AsyncClient, known: Mapping[str, Any], code: str, return_url: str, verifier: str
    ) -> Mapping[str, Any]:
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": return_url, "code_verifier": verifier,
            "client_id": self._place.client_id,
        }
        secret, login = self._place.client_secret, None
        if secret is not None and "client_secret_basic" in known.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]):
            login = httpx.BasicAuth(self._place.client_id, secret)
        elif secret is not None:
            form["client_secret"] = secret
        return await _json(client, "POST", known["token_endpoint"], data=form, auth=login)

    def _believed(self, tokens: Mapping[str, Any], keys: Mapping[str, Any], nonce: str, now: datetime) -> Told:
        options: dict[str, ClaimsOption] = {
            "iss": {"essential": True, "value": self._place.issuer}, "aud": {"essential": True, "value": self._place.client_id},
        }
        params = {"nonce": nonce, "client_id": self._place.client_id, "access_token": tokens.get("access_token")}
        try:
            read = jwt.decode(
                str(tokens["id_token"]), KeySet.import_key_set(keys),  # type: ignore[arg-type]
                registry=JWSRegistry(algorithms=list(_ALGORITHMS), strict_check_header=False),
            )
            claims = CodeIDToken(read.claims, read.header, options, params)
            claims.validate(now=int(now.timestamp()), leeway=_LEEWAY_SECONDS)
            name = str(claims[self._place.claim]).strip().lower()
        except (JoseError, LookupError, ValueError, TypeError):
            raise SignOnWrong("the ID token does not hold") from None
        shown = bool(_SECOND_FACTORS & set(claims.get("amr") or ()))
        return Told(name, shown and self._place.trusts_second_factor, str(tokens["id_token"]))

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(timeout=_TIMEOUT_SECONDS, trust_env=False)


async def _json(client: httpx.AsyncClient, method: str, address: str, **how: Any) -> dict[str, Any]:
    """Ask; an answer that is no JSON object, or none, is a service that is down; a refusal is told apart."""
    try:
        answer = await client.request(method, address, **how)
        if answer.status_code in (400, 401, 403):
            raise SignOnWrong("the sign-on refuses")
        answer.raise_for_status()
        found = answer.json()
    except (httpx.HTTPError, ValueError):
        raise SignOnDown("the sign-on does not answer") from None
    if not isinstance(found, dict):
        raise SignOnDown("the sign-on does not answer as such a service does")
    return found


def _is_safe(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
