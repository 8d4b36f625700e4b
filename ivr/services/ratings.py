"""The mark a caller gives at the end (好差评)."""

from datetime import datetime

from ivr.domain.orders import Rating
from ivr.services.ports import OpenUnitOfWork

BEST, WORST = 1, 5
_LOW = 4


class Ratings:
    """Keeps marks."""

    def __init__(self, open_uow: OpenUnitOfWork) -> None:
        self._open_uow = open_uow

    async def give(self, call_id: str, score: int, *, service: str, now: datetime) -> bool:
        """Keep a mark; True where it is so low that the caller is asked why and called back.

        Raises:
            ValueError: no mark.
        """
        if not BEST <= score <= WORST:
            raise ValueError("a mark is 1 to 5")
        async with self._open_uow() as uow:
            await uow.ratings.add(Rating(call_id, score, now, service))
            await uow.commit()
        return score >= _LOW
