"""The errors of this room.

StorageError
├── KeyWrong            the secret key does not open what was stored with it
├── DatabaseDown        the database cannot be reached or does not answer in time
├── LiveDown            Redis cannot be reached: an order or a sealed value did not get through
├── SealGone            a sealed value was used up, ran out of time, or never was
├── SealForeign         a sealed value of another call
├── RecordingLost       a recording could not be written to its end; the call goes on without it
├── RecordingMissing    no recording of that call
├── RecordingBroken     a recording that was changed on disk
├── AuditBroken         the chain of the audit record does not hold
└── ScopeUnknown        nothing says whose the rows of a table are, so nobody sees them

`RecordConflict` and `RecordMissing` belong to `ivr.domain.orders`. None carries a stored value.
"""


class StorageError(Exception):
    """Something about what is kept."""

    code = "storage"


class KeyWrong(StorageError):
    """The secret key does not open what was stored with it."""

    code = "key_wrong"


class DatabaseDown(StorageError):
    """The database cannot be reached, or does not answer in time."""

    code = "database_down"


class LiveDown(StorageError):
    """Redis cannot be reached."""

    code = "live_down"


class SealGone(StorageError):
    """The sealed value was used up or ran out of time."""

    code = "seal_gone"


class SealForeign(StorageError):
    """The sealed value belongs to another call."""

    code = "seal_foreign"


class RecordingLost(StorageError):
    """A recording ends early: disk full, disk too slow, or no right to write.

    Attributes:
        call_id: whose recording.
        reason: `disk_full`, `disk_slow`, `exists`, `shut_down` or `io`.
    """

    code = "recording_lost"

    def __init__(self, call_id: str, reason: str) -> None:
        super().__init__(f"recording of call {call_id} lost: {reason}")
        self.call_id = call_id
        self.reason = reason


class RecordingMissing(StorageError):
    """No recording of that call."""

    code = "recording_missing"


class RecordingBroken(StorageError):
    """A recording does not open: changed on disk, or written with another key."""

    code = "recording_broken"


class AuditBroken(StorageError):
    """The chain of the audit record does not hold.

    Attributes:
        seq: first entry that does not fit.
    """

    code = "audit_broken"

    def __init__(self, seq: int) -> None:
        super().__init__(f"audit record broken at entry {seq}")
        self.seq = seq


class ScopeUnknown(StorageError):
    """A scoped statement reads what no rule of `scoping` covers: a mistake in our own code."""

    code = "scope_unknown"
