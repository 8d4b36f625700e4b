import pytest

from backend_client.signing import BODY_HASH, SIGNATURE, TIMESTAMP, SignatureWrong, check, sign

KEY = b"secret"
BODY = '{"plate": "苏B12345"}'.encode()
NONCE = "0" * 32


def signed() -> dict[str, str]:
    return sign(
        KEY, "POST", "/v1/clues", BODY, timestamp=1000, nonce=NONCE, idempotency_key="M1:clue"
    )


def test_what_is_signed_is_believed_for_five_minutes() -> None:
    for now in (700, 1000, 1300):
        check(KEY, "POST", "/v1/clues", BODY, signed(), now=now)


@pytest.mark.parametrize("now", [699, 1301])
def test_an_old_or_early_signature_is_not(now: int) -> None:
    with pytest.raises(SignatureWrong, match="timestamp"):
        check(KEY, "POST", "/v1/clues", BODY, signed(), now=now)


@pytest.mark.parametrize(
    ("method", "path", "body", "changed", "part"),
    [
        ("GET", "/v1/clues", BODY, {}, "signature"),
        ("POST", "/v1/police-orders", BODY, {}, "signature"),
        ("POST", "/v1/clues", BODY + b" ", {}, "body"),
        ("POST", "/v1/clues", BODY, {"Idempotency-Key": "other-key"}, "signature"),
        ("POST", "/v1/clues", BODY, {TIMESTAMP: "1001"}, "signature"),
        ("POST", "/v1/clues", BODY, {TIMESTAMP: "١٠٠٠"}, "timestamp"),
        ("POST", "/v1/clues", BODY, {BODY_HASH: "é"}, "body"),
        ("POST", "/v1/clues", BODY, {SIGNATURE: ""}, "signature"),
        ("POST", "/v1/clues", BODY, {"X-Nonce": "short"}, "nonce"),
    ],
)
def test_every_part_is_bound(
    method: str, path: str, body: bytes, changed: dict[str, str], part: str
) -> None:
    with pytest.raises(SignatureWrong, match=part):
        check(KEY, method, path, body, {**signed(), **changed}, now=1000)
