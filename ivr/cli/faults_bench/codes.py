"""The codes that the house has texted, read where its carrier would read them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from ivr.cli.calls_bench.part import StandBroken
from ivr.cli.texted import code_in
from ivr.storage.errors import StorageError
from ivr.storage.room import StorageRoom

_LOOK_SECONDS = 0.2
_NEWEST = 30


class Codes:
    """The newest code of each caller. Filled in the loop, asked from the thread of the callers."""

    def __init__(self) -> None:
        self._by_tail: dict[str, str] = {}
        self._seen: set[str] = set()

    def of(self, number: str) -> str | None:
        """Give the code of a caller, by his number's last four digits."""
        return self._by_tail.get(number[-4:])

    async def look(self, storage: StorageRoom) -> None:
        """Read what was texted since.

        Raises:
            StorageError: the database does not answer.
        """
        async with storage.reading() as uow:
            for text in reversed(await uow.sms.recent(_NEWEST)):
                code = code_in(text.text)
                if text.kind != "sms_code" or text.sms_id in self._seen or code is None:
                    continue
                call = await uow.calls.get(text.subject)
                if call is not None:
                    self._seen.add(text.sms_id)
                    self._by_tail[call.caller_tail] = code


@asynccontextmanager
async def texted(storage: StorageRoom) -> AsyncIterator[Codes]:
    """Watch while the block runs."""
    codes = Codes()
    broken: StandBroken | None = None
    async with asyncio.TaskGroup() as group:
        watch = group.create_task(_watch(codes, storage), name="codes")
        try:
            yield codes
        except StandBroken as error:
            broken = error
        finally:
            watch.cancel()
    if broken is not None:
        raise broken


async def _watch(codes: Codes, storage: StorageRoom) -> None:
    while True:
        with suppress(StorageError):
            await codes.look(storage)
        await asyncio.sleep(_LOOK_SECONDS)
