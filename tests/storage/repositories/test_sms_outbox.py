from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.domain.orders import RecordMissing, SmsMessage, SmsState
from ivr.storage.room import StorageRoom
from tests.storage.conftest import NOW

MINUTE = timedelta(minutes=1)
MESSAGE = SmsMessage(
    sms_id="M2611230001:owner_notice",
    kind="owner_notice",
    text="您尾号三四五的小型汽车停在清扬路",
    subject="M2611230001",
    created_at=NOW,
    contact_token="ct-1",
    expires_at=NOW + 120 * MINUTE,
)


def another(number: int, **changes: object) -> SmsMessage:
    return replace(MESSAGE, **{"sms_id": f"s{number}", **changes})  # type: ignore[arg-type]


async def add(room: StorageRoom, *messages: SmsMessage) -> None:
    async with room.uow() as uow:
        for message in messages:
            await uow.sms.add(message)
        await uow.commit()


async def test_a_message_comes_back_as_it_was_and_is_kept_once(room: StorageRoom) -> None:
    to_requester = another(1, to="13800001111", contact_token=None)
    await add(room, MESSAGE, to_requester)
    await add(room, replace(MESSAGE, text="anything else"))
    async with room.reading() as uow:
        assert await uow.sms.get(MESSAGE.sms_id) == MESSAGE
        assert await uow.sms.get("s1") == to_requester
        assert await uow.sms.get("s9") is None


async def test_queued_messages_are_due_oldest_first(room: StorageRoom) -> None:
    await add(
        room,
        another(1, created_at=NOW),
        another(2, created_at=NOW - MINUTE, next_try_at=NOW),
        another(3, next_try_at=NOW + MINUTE),
        another(4, state=SmsState.SENT),
    )
    async with room.reading() as uow:
        assert [message.sms_id for message in await uow.sms.due(NOW, 10)] == ["s2", "s1"]
        assert len(await uow.sms.due(NOW, 1)) == 1


async def test_only_queued_messages_are_withdrawn(room: StorageRoom) -> None:
    await add(room, another(1), another(2, state=SmsState.SENT), another(3, subject="M2"))
    async with room.uow() as uow:
        assert await uow.sms.withdraw("M2611230001") == 1
        found = {message.sms_id: message for message in await uow.sms.recent(10)}
    assert (found["s1"].state, found["s1"].error) == (SmsState.FAILED, "withdrawn")
    assert found["s2"].state is SmsState.SENT
    assert found["s3"].state is SmsState.QUEUED


async def test_the_outbox_shows_the_newest_first_and_a_subject_the_oldest(
    room: StorageRoom,
) -> None:
    await add(room, another(1), another(2, created_at=NOW + MINUTE), another(3, subject="M2"))
    async with room.reading() as uow:
        assert [message.sms_id for message in await uow.sms.recent(2)] == ["s2", "s3"]
        assert [m.sms_id for m in await uow.sms.of_subject("M2611230001")] == ["s1", "s2"]


async def test_saving_one_that_is_not_there_is_refused(room: StorageRoom) -> None:
    await add(room, MESSAGE)
    sent = replace(MESSAGE, state=SmsState.SENT, tries=1, sent_at=NOW, carrier_id="SM1")
    async with room.uow() as uow:
        await uow.sms.save(sent)
        assert await uow.sms.get(MESSAGE.sms_id) == sent
        with pytest.raises(RecordMissing):
            await uow.sms.save(another(9))
