"""The only reader of the environment: `IVR_...` variables, or a `.env` file, into one value.

Every field has an embedded default, so that `ivr up` needs no configuration. An unknown `IVR_` name
is refused with the nearest known one.
"""

import difflib
import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

_PROJECT = Path(__file__).resolve().parent.parent


class SettingsWrong(Exception):
    """A setting that cannot be used; the message names it and the way out, never its value."""

    code = "settings_wrong"


class Settings(BaseSettings):
    """What a site may set; each name is read from `IVR_<NAME>` in upper case."""

    model_config = SettingsConfigDict(
        env_prefix="IVR_", env_file=".env", extra="ignore", frozen=True
    )

    # places
    data_dir: Path = Path("var")
    """Everything the service keeps: database, recordings, phrase cache, keys. Made on first use."""
    region: str = Field(default="320200", pattern=r"^\d{6}$")
    """GB/T 2260 code of the site; the default is a city."""
    home_plate: str = Field(default="苏B", min_length=2, max_length=2)
    """Province and letter that a caller means when he says only the rest of a plate."""

    # the front door
    media_host: str = "127.0.0.1"
    media_port: int = Field(default=8765, ge=0, le=65535)
    media_user: str = "asterisk"
    media_password: SecretStr | None = None
    """Login of the media door; made at random and kept in `data_dir/keys` when not set."""
    max_calls: int = Field(default=60, ge=1, le=1000)
    """Above it a new call is refused at once, so that the PBX's own busy path answers."""
    outbound: Literal["embedded", "asterisk"] = "embedded"
    """Who rings owners: the embedded exchange (simulated and browser phones) or Asterisk by AMI."""
    ami_host: str = "127.0.0.1"
    ami_port: int = 5038
    ami_user: str = "ivr"
    ami_password: SecretStr | None = None
    outbound_trunk: str = "trunk"
    """PJSIP endpoint through which owners are rung."""
    hotline: str = "12123"
    people: Literal["desks", "pbx"] = "desks"
    """Who takes callers that want a person: the seats at the desks (`/seat`), or the PBX's own queues."""
    seat_wait_seconds: float = Field(default=60, ge=5, le=600)
    """Longest time that a caller waits for a seat before a callback is ordered."""
    fallback_spool: Path | None = None
    """Asterisk's `SPOOL_DIR/ivr`: what it recorded of calls that lost the service is taken in from there. The folder
    belongs to the user who runs both, and nobody else may read it."""

    # ear and mouth
    speech_model: Path = _PROJECT / "ivr/speech/models/zh-12123"
    """A Vosk model folder: ours, a public one, or the site's own."""
    recordings_of_phrases: Path | None = None
    """Folder of studio recordings `<phrase_id>.wav` (8 kHz mono); wins over the synthesizer."""
    recognizer_threads: int = Field(default=2, ge=1, le=64)

    # dialogue
    rasa_url: str | None = None
    """Where Rasa answers; not set: `ivr up` runs it as its child."""
    rasa_token: SecretStr | None = None
    rasa_port: int = 5005
    rasa_python: Path | None = None
    """Python of the Rasa environment; not set: the one `make setup` made."""
    actions_port: int = 5055
    dialogue_timeout_seconds: float = Field(default=3.0, gt=0, le=30)

    # kept
    database_url: str | None = None
    """`postgresql+asyncpg://...`; not set: SQLite in `data_dir`."""
    redis_url: str | None = None
    """`redis://...`; not set: an in-process stand-in."""
    secret_key: SecretStr | None = None
    """32 bytes, base64: encrypts what names a person at rest. Not set: made once in `data_dir/keys`."""

    # the back door
    backend_url: str | None = None
    """The core business backend; not set: the sandbox on a loopback socket."""
    backend_key: SecretStr | None = None
    """Shared secret that signs requests to the backend."""
    backend_timeout_seconds: float = Field(default=2.0, gt=0, le=30)

    # rules
    rules_dir: Path | None = None
    """A site's own folder of rules (`*.yml`) beside the shipped ones; `ivr rules check` reads it."""

    # SMS
    sms_sender: Literal["outbox", "twilio", "gateway"] = "outbox"
    sms_second: Literal["twilio", "gateway"] | None = None
    """Tried where the first carrier gives no answer."""
    sms_gateway_url: str | None = None
    """A domestic carrier's HTTP gateway (`ivr/sms/gateway.py` has its contract)."""
    sms_gateway_key: SecretStr | None = None
    """Shared secret that signs texts to the gateway."""
    twilio_account_sid: str | None = None
    twilio_auth_token: SecretStr | None = None
    twilio_from: str | None = None
    twilio_base_url: str | None = None
    """Another address that speaks Twilio's API, e.g. a local test carrier."""

    public_url: str | None = None
    """Address of the console as SMS carriers call it, e.g. https://example.org: receipts and answers come there."""

    # desks
    console_host: str = "127.0.0.1"
    console_port: int = Field(default=8080, ge=0, le=65535)
    console_password: SecretStr | None = None
    """Password of the first account, `admin`, which holds every role; made at random and kept in `data_dir/keys`
    when not set. Used once, when a database without accounts is opened."""
    second_factor: Literal["required", "optional"] | None = None
    """Whether every account needs a one-time password (TOTP); not set: required, but for a console on loopback."""
    oidc_issuer: str | None = None
    """A site's own sign-on (OpenID Connect), e.g. https://sso.example.org/realms/police; not set: passwords of ours only."""
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None
    """Not set: a public client, whose codes PKCE alone protects."""
    oidc_scope: str = "openid profile"
    oidc_claim: str = Field(default="preferred_username", pattern=r"^[A-Za-z0-9_:./-]{1,100}$")
    """Claim of the ID token that is the account's name here, e.g. a number of service: one that its owner cannot change."""
    oidc_label: str = Field(default="单位统一登录", max_length=20)
    """What the button says."""
    oidc_second_factor: Literal["ours", "theirs"] = "ours"
    """`theirs`: an ID token that tells of a second factor (`amr`) needs none of ours beside it."""
    oidc_return_url: str | None = None
    """Address of `/sign-on/back` as the sign-on knows it; not set: made of the address that the browser asked for."""
    score_card: Path | None = None
    """A site's own score card of reviews (YAML); not set: the shipped one."""
    agreement: Path | None = None
    """A site's own confidentiality agreement (YAML: `version`, `text`); not set: the shipped one."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @property
    def keys_dir(self) -> Path:
        """Folder of secrets made on first use; readable by the owner only."""
        return self.data_dir / "keys"


def load_settings(**overrides: object) -> Settings:
    """Read the environment once.

    Raises:
        SettingsWrong: an unknown `IVR_` name or a value that cannot be used.
    """
    known = {f"IVR_{name.upper()}" for name in Settings.model_fields}
    for name in sorted(os.environ):  # noqa: TID251
        if name.startswith("IVR_") and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean {near[0]}?" if near else f"; known are {', '.join(sorted(known))}"
            raise SettingsWrong(f"unknown setting {name}{hint}")
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        name = "IVR_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsWrong(f"setting {name} cannot be used: {first['msg']}") from None
