"""Notes each no that a rule gave a caller, with the version of the rules it rests on."""

from datetime import datetime

from ivr.services.ports import OpenUnitOfWork


async def note_refusal(
    open_uow: OpenUnitOfWork, *, caller: str, service: str, reason: str, rules: str, now: datetime
) -> None:
    """Write it to the audit record.

    Args:
        open_uow: opens a transaction.
        caller: token of his identity or number; never one of them.
        service: machine word.
        reason: machine word of the refusal.
        rules: names the rows it rests on, e.g. `exams.subject2_wait.c1=2022-04-01/*`.
        now: when he was told.
    """
    async with open_uow() as uow:
        await uow.audit.append(
            at=now, actor=f"caller:{caller}", action="refused", subject=service, facts={"reason": reason, "rules": rules}
        )
        await uow.commit()
