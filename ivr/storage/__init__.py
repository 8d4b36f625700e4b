"""What is kept, and where: database, Redis, recordings, keys. The only room that knows them.

room.py          `open_storage(settings)` -> `StorageRoom`: everything below, ready for use
unit_of_work.py  one transaction with the repositories of `repositories/`
call_log.py      calls and transcripts, not lost when the database is away
live_sound.py    their sound, for those who listen in (this process)
live_calls.py    calls on the line, orders to them, events for the desks (Redis)
sealed.py        encrypted columns, tokens, and the vault for values that only pass through
recordings.py    encrypted sound
retention.py     deletes what was kept long enough
migrations/      Alembic; the same on SQLite and PostgreSQL

Values that name a person are encrypted before they reach a table; the repositories do it.
"""
