"""The number of a caller, however the vault fares that lent it to the dialogue."""

from ivr.domain.calls import NUMBER_OF_RECORD
from ivr.services.ports import OpenUnitOfWork, Vault
from ivr.storage.errors import LiveDown, SealForeign, SealGone


async def number_behind(ref: str, *, call_id: str, vault: Vault, open_uow: OpenUnitOfWork) -> str | None:
    """Give the number that was sealed; with the vault away, or emptied in mid-call, the one in the call's own record.

    Args:
        ref: stands for the number; empty: none was sealed; `NUMBER_OF_RECORD`: it could not be.
        call_id: of his call.
        vault: where it was sealed.
        open_uow: opens a transaction.

    Raises:
        DatabaseDown: the record does not answer either.
    """
    if ref and ref != NUMBER_OF_RECORD:
        try:
            return await vault.open(ref, call_id=call_id) or None
        except (SealGone, SealForeign, LiveDown):
            pass
    async with open_uow(reads_only=True) as uow:
        return await uow.calls.number_of(call_id)
