"""How a request to the backend is signed: HMAC-SHA256 over method, path, time, nonce, key, body.

Pure; the client signs and the sandbox checks with the same lines. A signature is good for
`MAX_SKEW_SECONDS`, and a nonce once within that time.
"""

import hashlib
import hmac
from collections.abc import Mapping

MAX_SKEW_SECONDS = 300
TIMESTAMP = "X-Timestamp"
NONCE = "X-Nonce"
BODY_HASH = "X-Content-SHA256"
SIGNATURE = "X-Signature"
IDEMPOTENCY_KEY = "Idempotency-Key"


class SignatureWrong(Exception):
    """The headers do not prove that the sender knows the key; the message says which part."""

    code = "signature_wrong"


def sign(
    key: bytes,
    method: str,
    path: str,
    body: bytes,
    *,
    timestamp: int,
    nonce: str,
    idempotency_key: str = "",
) -> dict[str, str]:
    """Give the headers that prove who sends; `path` is the raw path with its query."""
    digest = hashlib.sha256(body).hexdigest()
    text = "\n".join((method.upper(), path, str(timestamp), nonce, idempotency_key, digest))
    headers = {
        TIMESTAMP: str(timestamp),
        NONCE: nonce,
        BODY_HASH: digest,
        SIGNATURE: hmac.new(key, text.encode(), hashlib.sha256).hexdigest(),
    }
    if idempotency_key:
        headers[IDEMPOTENCY_KEY] = idempotency_key
    return headers


def check(
    key: bytes, method: str, path: str, body: bytes, headers: Mapping[str, str], *, now: int
) -> None:
    """Check the headers of a request; a nonce seen before is the caller's to refuse.

    Raises:
        SignatureWrong: by timestamp, body or signature.
    """
    given = {name.lower(): value for name, value in headers.items()}
    stamp = given.get(TIMESTAMP.lower(), "")
    if not stamp.isascii() or not stamp.isdigit() or abs(now - int(stamp)) > MAX_SKEW_SECONDS:
        raise SignatureWrong("timestamp")
    nonce = given.get(NONCE.lower(), "")
    if not 16 <= len(nonce) <= 64:
        raise SignatureWrong("nonce")
    expected = sign(
        key,
        method,
        path,
        body,
        timestamp=int(stamp),
        nonce=nonce,
        idempotency_key=given.get(IDEMPOTENCY_KEY.lower(), ""),
    )
    if not _same(given.get(BODY_HASH.lower(), ""), expected[BODY_HASH]):
        raise SignatureWrong("body")
    if not _same(given.get(SIGNATURE.lower(), ""), expected[SIGNATURE]):
        raise SignatureWrong("signature")


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())
