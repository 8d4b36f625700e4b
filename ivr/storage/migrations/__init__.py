"""Alembic's environment; run by `ivr.storage.database.migrate`, or by the command `alembic`."""
