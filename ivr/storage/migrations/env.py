"""Runs the migrations on the connection given, or, from the command line, on that of the settings."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection

from ivr.settings import load_settings
from ivr.storage.columns import Moment
from ivr.storage.database import database_url, run_on
from ivr.storage.models import metadata


def plain_type(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """Migrations outlive our types: they name only those of SQLAlchemy."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Moment) else False


def run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, render_item=plain_type)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    url = context.get_x_argument(as_dictionary=True).get("url")
    run_on(url or database_url(load_settings()), run)
