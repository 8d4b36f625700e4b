"""A whole call in memory: what the caller is owed whatever breaks around it."""

import asyncio
import json

import numpy as np
import pytest

from ivr.call import announcements as words
from ivr.call.beat import Beat
from ivr.call.crossing import Crossing
from ivr.call.meeting import How
from ivr.call.ports import HandoverEnd
from ivr.dialogue.errors import DialogueDown
from ivr.dialogue.replies import Expect, ExpectKind, Given, Hold, Say, Transfer, Understood
from ivr.domain.calls import NUMBER_OF_RECORD
from tests.call.surroundings import (
    FRAME,
    LOUD,
    NUMBER,
    Around,
    bye,
    coming_back,
    question,
    wanted_by,
)

pytestmark = pytest.mark.timeout(20)


async def call(around, talk=None):
    """Run the call beside what the caller does; the reason of its end."""

    async def caller():
        if talk is not None:
            await talk()

    async with asyncio.timeout(15), asyncio.TaskGroup() as group:
        running = group.create_task(around.session().run())
        group.create_task(caller())
    return running.result()


async def test_a_call_from_greeting_to_goodbye():
    around = Around(question("您好，请说要办什么。"), bye())

    async def talk():
        await around.until(lambda: around.line.played)
        await around.says("没有了")

    assert await call(around, talk) == "said_goodbye"
    assert around.dialogue.asked == ["/call_started", "没有了"]
    assert around.dialogue.metadata[1]["caller_ref"] == "sv_1"
    assert around.dialogue.metadata[1]["caller_tail"] == "1111"
    assert NUMBER not in json.dumps(around.dialogue.metadata, ensure_ascii=False)
    assert [(line.by_caller, line.text) for line in around.records.lines] == [
        (True, "（来电）"), (False, "您好，请说要办什么。"), (True, "没有了"), (False, "再见。"),
    ]
    assert around.records.ends == [("said_goodbye", "recording")]
    assert around.line.over
    assert around.ear.closed
    assert around.desk.left == 1


async def test_the_stages_of_a_turn_are_timed():
    around = Around(question(), bye())

    async def talk():
        await around.until(lambda: around.line.played)
        await around.says("没有了")

    await call(around, talk)
    timings = around.records.lines[-1].timings
    assert None not in (timings.end_of_turn_ms, timings.recognize_ms, timings.dialogue_ms, timings.speak_ms)


async def test_what_the_dialogue_understood_stands_at_the_line_that_answers_it():
    understood = Understood(intent="goodbye", confidence=0.93, given=(Given(name="move.place", value="清扬路", sure=0.7),))
    end = bye()
    around = Around(question(), [*end[:-1], end[-1].model_copy(update={"understood": understood})])

    async def talk():
        await around.until(lambda: around.line.played)
        await around.says("没有了")

    await call(around, talk)
    assert [line.understood for line in around.records.lines] == [None, None, None, understood]


async def test_keys_are_asked_and_written_down():
    around = Around(question(), bye())

    async def talk():
        await around.until(lambda: around.line.played)
        around.line.press("1")

    await call(around, talk)
    assert around.dialogue.asked[1] == '/dtmf{"digits": "1"}'
    assert around.records.lines[2].keys == "1"


async def test_a_dialogue_that_is_down_leaves_a_message_and_a_callback():
    around = Around(question(), DialogueDown("x"), DialogueDown("x"))

    async def talk():
        await around.until(lambda: around.line.played)
        await around.says("我要挪车")
        await around.until(lambda: words.LAST_RESORT.text in around.mouth.said)
        await around.says("车堵在我家门口")

    assert await call(around, talk) == "callback_left"
    [(caller_ref, reason, said)] = around.desk.callbacks
    assert (caller_ref, reason) == ("sv_1", "dialogue_down")
    assert "我要挪车" in said
    assert "车堵在我家门口" in said
    assert words.TRY_AGAIN.text in around.mouth.said
    assert "流水号H2611230001。" in around.mouth.said


async def test_a_vault_that_is_down_at_the_start_does_not_cost_the_call():
    around = Around(question(), bye())
    around.vault.failing = OSError(f"no connection for {NUMBER}")

    async def talk():
        await around.until(lambda: around.line.played)
        around.line.press("1")

    assert await call(around, talk) == "said_goodbye"
    told = around.dialogue.metadata[0]
    assert (told["caller_ref"], told["caller_tail"]) == (NUMBER_OF_RECORD, NUMBER[-4:]), "he is not asked for it"
    assert NUMBER not in str(told)
    assert ("vault_failed", "") in around.records.events


async def test_an_owners_number_is_in_no_record_and_none_is_pointed_to():
    around = Around(bye(), direction="out")
    around.vault.failing = OSError("no connection")
    assert await call(around) == "said_goodbye"
    assert "caller_ref" not in around.dialogue.metadata[0]


async def test_a_vault_that_is_down_for_an_entry_leads_to_a_human(caplog):
    phone = Expect(kind=ExpectKind.PHONE, sensitive=True)
    around = Around(question("请按键输入手机号。", phone), wanted_by("exam"), bye("没有座席，已登记。"))

    async def talk():
        await around.until(lambda: around.line.played)
        around.vault.failing = OSError("value 13900009999")
        around.line.press("13900009999")

    assert await call(around, talk) == "said_goodbye"
    assert [(each.queue, each.reason) for each in around.seats.requests] == [("exam", "vault_down")]
    assert around.dialogue.asked[1:] == ["/seat_wanted", '/no_seat{"queue": "exam"}']
    assert "13900009999" not in caplog.text


async def test_records_that_fail_do_not_cost_the_call():
    around = Around(question(), bye())
    around.records.failing = OSError("the disk is full")

    async def talk():
        await around.until(lambda: around.line.played)
        await around.says("没有了")

    assert await call(around, talk) == "said_goodbye"
    assert around.records.ends == [("said_goodbye", "recording")]


async def test_a_line_that_is_gone_while_the_beginning_is_written_down_leaves_a_record_with_an_end():
    around = Around(question())
    writing = asyncio.Event()

    async def slow(_facts):
        writing.set()
        await asyncio.Event().wait()

    around.records.began = slow
    running = asyncio.ensure_future(around.session().run())
    await writing.wait()
    running.cancel()
    await asyncio.wait([running], timeout=5)
    assert running.cancelled()
    assert [reason for reason, _ in around.records.ends] == ["failed"]


async def test_a_recording_that_is_lost_does_not_cost_the_record():
    around = Around(bye())
    around.recording.failing = OSError("the disk is full")
    assert await call(around) == "said_goodbye"
    assert around.records.ends == [("said_goodbye", None)]
    assert ("recording_lost", "not_closed") in around.records.events


async def test_a_recording_that_cannot_be_opened_does_not_cost_the_call():
    around = Around(bye())

    def refuse(_call_id):
        raise OSError("no right to write")

    around.opens_recording = refuse
    assert await call(around) == "said_goodbye"
    assert around.records.ends == [("said_goodbye", None)]
    assert ("recording_lost", "not_opened") in around.records.events


async def test_a_call_that_fails_still_gives_words_a_callback_and_a_record():
    around = Around(question(), RuntimeError("a bug"))

    async def talk():
        await around.until(lambda: around.line.played)
        await around.says("我要挪车")

    assert await call(around, talk) == "failed"
    [(caller_ref, reason, said)] = around.desk.callbacks
    assert (caller_ref, reason) == ("sv_1", "call_failed")
    assert "我要挪车" in said
    assert around.line.played[-1][0] == "apology"
    assert around.mouth.said[-1] == words.CALLBACK_LEFT.text
    assert around.records.ends == [("failed", "recording")]
    assert around.line.over
    assert around.desk.left == 1, "the PBX is told that the caller was served"


async def test_a_failed_call_without_a_callback_is_left_to_the_pbx():
    around = Around(RuntimeError("a bug"))
    around.desk.failing = OSError("the database is away")
    assert await call(around) == "failed"
    assert around.mouth.said[-1] == words.CALLBACK_FAILED.text
    assert around.desk.left == 0
    assert around.records.ends == [("failed", "recording")]


async def test_an_owner_whose_call_fails_is_not_promised_a_callback():
    around = Around(RuntimeError("a bug"), direction="out")
    assert await call(around) == "failed"
    assert around.desk.callbacks == []
    assert around.mouth.said[-1] == words.CALL_AGAIN_LATER.text


async def test_a_caller_who_hangs_up_while_we_speak_leaves_a_whole_record():
    around = Around(question("一句很长的话。"))
    around.line.reports_ends = False

    async def talk():
        await around.until(lambda: around.line.played)
        around.line.leave()

    assert await call(around, talk) == "caller_hung_up"
    assert around.records.ends == [("caller_hung_up", "recording")]
    assert around.records.lines[-1].text == "一句很长的话。"


async def test_a_line_that_breaks_is_told_apart():
    around = Around(question())

    async def talk():
        await around.until(lambda: around.line.played)
        around.line.leave("lost")

    assert await call(around, talk) == "line_lost"


async def test_an_order_resumes_a_hold():
    around = Around([Hold(reason="owner_call", seconds=90)], bye("车主已答复马上来。"))

    async def talk():
        await around.until(lambda: around.dialogue.asked)
        around.orders.queue.put_nowait({"order": "resume", "event": "case_update", "payload": {"state": "ack_coming"}})

    assert await call(around, talk) == "said_goodbye"
    assert around.dialogue.asked[1] == '/case_update{"state": "ack_coming"}'


async def test_a_desk_may_end_a_call():
    around = Around(question())

    async def talk():
        await around.until(lambda: around.line.played)
        around.orders.queue.put_nowait({"order": "hang_up"})

    assert await call(around, talk) == "ordered"
    assert around.line.over


async def test_typed_text_counts_as_said():
    around = Around(question(), bye())

    async def talk():
        await around.until(lambda: around.line.played)
        around.orders.queue.put_nowait({"order": "typed", "text": "没有了"})

    await call(around, talk)
    assert around.dialogue.asked[1] == "没有了"


async def test_an_entry_can_be_opened_again_by_the_dialogues_second_try():
    around = Around(question("请输入验证码。", Expect(kind=ExpectKind.SMS_CODE, sensitive=True)), bye())

    async def talk():
        await around.until(lambda: around.line.played)
        around.line.press("123456")

    await call(around, talk)
    assert ("sms_code", "123456") in around.vault.sealed
    assert around.vault.uses["sms_code"] == 2


async def test_a_sealed_entry_is_in_neither_transcript_metadata_nor_recording():
    phone = Expect(kind=ExpectKind.PHONE, sensitive=True)
    around = Around(question("请输入手机号。", phone), question("收到，还有别的事吗？"), bye())

    async def talk():
        await around.until(lambda: around.line.played)
        around.line.hears(5, LOUD)
        around.line.press("13900009999")
        await around.until(lambda: len(around.line.played) > 1)
        around.line.hears(3, LOUD)
        await asyncio.sleep(0.05)
        around.line.press("2")

    await call(around, talk)
    assert ("phone", "13900009999") in around.vault.sealed
    assert around.dialogue.asked[1] == '/give_sealed{"kind": "phone", "ref": "sv_2", "tail": "9999"}'
    told = json.dumps(around.dialogue.metadata, ensure_ascii=False) + "".join(around.dialogue.asked)
    written = "".join(f"{line.text}{line.keys}" for line in around.records.lines)
    assert "1390000" not in told + written
    assert around.records.lines[2].keys == "*" * 11
    muted, heard = bytes(320 * 2 * 5), bytes(around.recording.sound)
    assert heard.startswith(muted)
    assert LOUD[:2] in heard, "what comes after it is recorded again"


async def test_a_phone_that_sends_nothing_in_a_pause_has_still_finished_its_sentence():
    around = Around(question(), bye())

    async def talk():
        await around.until(lambda: around.line.played)
        around.ear.hearing.append("没有了")
        around.line.hears(30)

    assert await call(around, talk) == "said_goodbye"
    assert around.dialogue.asked[1] == "没有了"


async def test_the_recording_is_as_long_as_the_call():
    around = Around(question(), bye())

    async def talk():
        await around.until(lambda: around.line.played)
        around.line.hears(10, FRAME)
        await asyncio.sleep(0.15)
        around.line.press("1")

    await call(around, talk)
    assert len(around.recording.sound) >= 10 * 640


async def test_a_hand_over_takes_the_last_lines_and_what_the_dialogue_knows_along():
    around = Around(question("请问要办什么？"), wanted_by("car_move", summary="电话挪车。"), bye())

    async def talk():
        await around.until(lambda: around.line.played)
        await around.says("转人工")

    await call(around, talk)
    request = around.seats.requests[0]
    assert (request.queue, request.reason, request.region) == ("car_move", "caller_asked", "320200")
    assert request.context["summary"] == "电话挪车。"
    assert request.context["caller_tail"] == "1111"
    assert request.context["transcript"][:3] == ["来电：（来电）", "系统：请问要办什么？", "来电：转人工"]
    assert NUMBER not in json.dumps(dict(request.context), ensure_ascii=False)
    assert ("no_seat", "car_move") in around.records.events
    assert around.desk.bound[-1] == ("car_move", "320200"), "the PBX knows it too, should we die meanwhile"


async def test_a_dialogue_that_is_gone_keeps_nobody_from_a_person():
    around = Around(question("请问要办什么？"))
    around.seats.ends = [coming_back("done")]

    async def talk():
        await around.until(lambda: around.line.played)
        around.line.press("0")
        await around.until(lambda: around.seats.requests)
        around.line.leave()

    await call(around, talk)
    assert around.seats.requests[0].queue == "general"


async def test_while_he_talks_with_a_person_his_sound_goes_there_and_the_machine_is_deaf():
    around = Around(question("请问要办什么？"), wanted_by("general"), bye("还有别的事吗？再见。"))
    over = asyncio.Event()

    async def end():
        crossing = Crossing()
        carried = asyncio.create_task(crossing.run())
        said = bytearray()

        async def hear(pcm):
            said.extend(pcm)

        seat = crossing.enter("seat", hear)
        around.caller_sound = said
        around.seats.caller.enter(crossing)
        feeding = asyncio.create_task(speak(seat))
        await over.wait()
        around.seats.caller.leave()
        feeding.cancel()
        carried.cancel()
        return HandoverEnd(joined=True, payload={"how": "done"})

    async def speak(seat):
        while True:
            seat.say(b"\x00\x10" * 160)
            await asyncio.sleep(0.02)

    around.seats.ends = [end()]

    async def talk():
        await around.until(lambda: around.line.played)
        await around.says("转人工")
        await around.until(lambda: getattr(around, "caller_sound", None) is not None)
        around.ear.hearing.append("我要挪车")
        for _ in range(40):
            around.line.hears(1)
            await asyncio.sleep(0.02)
        around.line.press("0")
        await around.until(lambda: LOUD in bytes(around.caller_sound))
        over.set()

    assert await call(around, talk) == "said_goodbye"
    assert around.dialogue.asked[-1] == '/seat_left{"how": "done"}'
    assert "我要挪车" not in around.dialogue.asked
    assert any(mark.startswith("x") and b"\x00\x10" in audio for mark, audio in around.line.played), "he hears the seat"
    stereo = np.frombuffer(bytes(around.recording.sound), dtype="<i2").reshape(-1, 2)
    both = (np.abs(stereo[:, 0]) > 4000) & (np.abs(stereo[:, 1]) > 2000)
    assert both.sum() > 2000, "both sides of the talk are in the recording"


async def test_a_caller_who_hangs_up_ends_the_hand_over():
    around = Around(question("请问要办什么？"), wanted_by("general"))
    around.seats.ends = [asyncio.Event().wait()]

    async def talk():
        await around.until(lambda: around.line.played)
        around.line.press("0")
        await around.until(lambda: around.seats.requests)
        around.line.leave()

    assert await call(around, talk) == "caller_hung_up"
    assert around.seats.cancelled


@pytest.mark.parametrize(("direction", "bound"), [("in", [("general", "320200")]), ("out", [])])
async def test_the_pbx_knows_a_callers_region_from_the_first_moment(direction, bound):
    around = Around(bye(), direction=direction)
    await call(around)
    assert around.desk.bound == bound


async def test_an_emergency_leaves_by_the_pbx():
    around = Around([Say(text="马上为您转110。"), Transfer(queue="emergency_110", reason="child_locked")])
    around.desk.pbx_takes = True
    assert await call(around) == "transferred"
    assert around.desk.transfers[0][:2] == ("emergency_110", "child_locked")
    assert around.desk.left == 0, "the PBX goes on with the caller"
    assert around.seats.requests == []


async def test_with_queues_of_its_own_the_pbx_is_told_business_and_region_of_who_wants_anybody():
    around = Around(question("请问要办什么？"), wanted_by("exam"))
    around.desk.pbx_takes = around.desk.has_queues = True

    async def talk():
        await around.until(lambda: around.line.played)
        around.line.press("0")

    assert await call(around, talk) == "transferred"
    assert [(queue, region) for queue, _, region in around.desk.transfers] == [("exam", "320200")]


async def test_a_caller_who_holds_talks_with_the_owner_and_comes_back():
    order = {"room": "X1", "side": "requester", "case_id": "M1", "longest": 300}
    held = [Say(text="请别挂。"), Hold(reason="owner_talk", seconds=40)]
    around = Around(question(), held, bye("没来的话再打。"))

    async def talk():
        await around.until(lambda: around.line.played)
        around.line.press("1")
        await around.until(lambda: "请别挂。" in around.mouth.said)
        around.orders.queue.put_nowait({"order": "cross", "payload": order})
        await around.until(lambda: around.meetings.caller is not None)
        crossing = Crossing()
        around.meetings.caller.enter(crossing, "requester")
        heard = []
        crossing.enter("owner", lambda pcm: _keep(heard, pcm))
        carrying = asyncio.ensure_future(crossing.run())
        around.line.hears(30)
        await around.until(lambda: LOUD in b"".join(heard))
        carrying.cancel()
        around.meetings.caller.leave()
        around.meetings.end.set_result(How.LEFT)

    assert await call(around, talk) == "said_goodbye"
    [invited] = around.meetings.invited
    assert (invited.room, invited.side.value) == ("X1", "requester")
    assert around.dialogue.asked[-1] == '/case_update{"case_id": "M1", "kind": "talk_left"}'
    assert ("met", "talk_left") in around.records.events


async def _keep(heard, pcm):
    heard.append(pcm)


async def test_a_caller_who_is_asked_something_refuses_to_talk_with_the_owner():
    around = Around(question(), bye())

    async def talk():
        await around.until(lambda: around.line.played)
        order = {"room": "X1", "side": "requester", "case_id": "M1", "longest": 300}
        around.orders.queue.put_nowait({"order": "cross", "payload": order})
        await around.until(lambda: around.meetings.refused)
        around.line.press("1")

    assert await call(around, talk) == "said_goodbye"
    assert not around.meetings.invited


class OneIsBroken:
    """A voice detector that fails for one of its lines."""

    def __init__(self):
        self.broken = None

    def open(self):
        return lambda _: False

    def together(self, lines, frames):
        return [None if line is self.broken else bool(row.max() > 1000) for line, row in zip(lines, frames, strict=True)]


async def test_a_caller_whose_voice_detector_fails_is_told_of_the_keys_and_others_are_heard():
    voices = OneIsBroken()
    voices.broken = voices.open()
    beat = Beat(voices)
    broken, other = Around(question(), bye()), Around(question(), bye())
    broken.voices, other.voices = (lambda: voices.broken), voices.open
    broken.beat = other.beat = beat

    async def keys():
        await broken.until(lambda: broken.line.played)
        broken.line.hears(1)
        await broken.until(lambda: words.EAR_LOST.text in broken.mouth.said)
        broken.line.press("1")

    async def speaks():
        await other.until(lambda: other.line.played)
        await other.says("再见")

    ends = await asyncio.gather(call(broken, keys), call(other, speaks))
    assert ends == ["said_goodbye", "said_goodbye"]
    assert words.EAR_LOST.text not in other.mouth.said


async def test_a_mailbox_that_picks_up_is_left_at_its_beep():
    beep = np.rint(np.sin(2 * np.pi * 1000 * np.arange(160) / 8000) * 8000).astype("<i2").tobytes()
    around = Around(question("您好，这里是公安交管12123。"), direction="out")

    async def talk():
        await around.until(lambda: around.line.played)
        around.line.hears(20, beep)
        around.line.hears(60, FRAME)

    assert await call(around, talk) == "voicemail"
    assert around.records.ends[0][0] == "voicemail"
