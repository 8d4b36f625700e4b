"""The one secret of a site, the keys derived from it, and the name of a house of it."""

import base64
import binascii
import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ivr.settings import Settings
from ivr.storage.errors import KeyWrong

KEY_BYTES = 32
_NAME_CHARS = 16


def derive(secret: bytes, purpose: str, *, salt: bytes | None = None) -> bytes:
    """Give the 32-byte key of one purpose; keys of different purposes tell nothing of each other."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=purpose.encode()).derive(
        secret
    )


def secret_of(settings: Settings) -> bytes:
    """Read the site's secret, or make one in `data_dir/keys` on first use.

    Raises:
        KeyWrong: what is set or stored is not 32 bytes in base64.
    """
    if settings.secret_key is not None:
        return _decoded(settings.secret_key.get_secret_value(), "IVR_SECRET_KEY")
    path = settings.keys_dir / "secret.key"
    if not path.exists():
        _make(path)
    return _decoded(path.read_text(encoding="ascii"), "the stored secret.key")


def house_of(settings: Settings) -> str:
    """Name the house of this data folder: made at random on first use, and the same when it starts again."""
    path = settings.keys_dir / "house.id"
    if not path.exists():
        _make(path)
    return path.read_text(encoding="ascii").strip()[:_NAME_CHARS]


def _decoded(text: str, where: str) -> bytes:
    try:
        secret = base64.b64decode(text.strip(), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if len(secret) != KEY_BYTES:
        raise KeyWrong(
            f"{where} must be {KEY_BYTES} bytes in base64; make one with: openssl rand -base64 32"
        )
    return secret


def _make(path: Path) -> None:
    """Write 32 fresh bytes; where another process was faster, its own stay."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)
        except FileExistsError:
            return
    finally:
        fresh.unlink()
