"""A code on its way to a caller: what is kept of it, and its text message."""

from dataclasses import replace
from datetime import datetime

from backend_client.people import Person
from ivr.domain.car_move_limits import CHINA
from ivr.domain.checks import CodeSent
from ivr.domain.orders import SmsMessage
from ivr.services.ports import UnitOfWork

_USED = "（验证码已用，内容不再保留）"


def unsent(attempt_id: str, person: Person, contact_token: str, id_token: str, call_id: str) -> CodeSent:
    """Everything but the code and its times."""
    never = datetime.min.replace(tzinfo=CHINA)
    return CodeSent(
        attempt_id=attempt_id, call_id=call_id, id_token=id_token, person_token=person.person_token,
        contact_token=contact_token, phone_tail=person.phone_tail, code_hash="", sent_at=never, expires_at=never,
        age=person.age, home=person.home,
    )  # fmt: skip


def code_text(attempt: CodeSent, code: str, minutes: int) -> SmsMessage:
    """The message that brings it."""
    text = f"【公安交管12123】验证码{code}，{minutes}分钟内有效，用于电话办理业务。工作人员不会向您索要验证码，请勿告诉他人。"
    return SmsMessage(
        sms_id=f"code:{attempt.attempt_id}", kind="sms_code", text=text, subject=attempt.call_id,
        created_at=attempt.sent_at, contact_token=attempt.contact_token, expires_at=attempt.expires_at,
    )  # fmt: skip


async def forget_text(uow: UnitOfWork, attempt_id: str) -> None:
    """Keep no code that counts no longer."""
    message = await uow.sms.get(f"code:{attempt_id}")
    if message is not None:
        await uow.sms.save(replace(message, text=_USED))
