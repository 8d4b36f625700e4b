"""Reads the confidentiality agreement: the shipped one, or a site's own."""

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ivr.services.signing_in import Agreement

SHIPPED = Path(__file__).resolve().parent.parent / "domain" / "data" / "agreement.yml"


class AgreementBroken(Exception):
    """The file cannot be used; says what is wrong and where."""

    code = "agreement_broken"


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: str = Field(min_length=1, max_length=40)
    text: str = Field(min_length=20, max_length=20_000)


def read_agreement(path: Path | None = None) -> Agreement:
    """Read it.

    Args:
        path: of a site's own text; None: the shipped one.

    Raises:
        AgreementBroken: no such file, no YAML, or not `version` and `text`.
    """
    path = path or SHIPPED
    try:
        read = _File.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except OSError as error:
        raise AgreementBroken(f"the agreement cannot be read: {path.name}: {error.strerror}") from None
    except yaml.YAMLError:
        raise AgreementBroken(f"the agreement is no YAML: {path.name}") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise AgreementBroken(f"the agreement needs version and text: {path.name}: {where}: {first['msg']}") from None
    return Agreement(read.version, read.text.strip())
