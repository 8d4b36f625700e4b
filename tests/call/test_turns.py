"""Turn-taking as conversations: facts in, commands out; no clock, no loop."""

import pytest

from ivr.call import announcements as words
from ivr.call.commands import (
    Ask,
    DropUtterance,
    EndCall,
    FallSilent,
    FinishUtterance,
    GoOn,
    HoldBreath,
    LeaveCallback,
    Listen,
    Meet,
    OpenEar,
    OpenUtterance,
    Seal,
    Speak,
    TransferTo,
    Utter,
    WriteDown,
)
from ivr.call.deafness import MOST_LOSSES
from ivr.call.events import (
    Answered,
    CallbackLeft,
    CallBegan,
    DialogueFailed,
    FrameHeard,
    Heard,
    HungUp,
    Joined,
    KeyPressed,
    OrderArrived,
    Parted,
    PartlyHeard,
    PlayedOut,
    RecognizerLost,
    TimePassed,
    TransferEnded,
    TypedIn,
    ValueSealed,
)
from ivr.call.floor import State
from ivr.call.turns import Turns
from ivr.dialogue.replies import Expect, ExpectKind, HangUp, Hold, Say, Transfer


class Talk:
    """Drives the machine as a session would, with a clock of its own."""

    def __init__(self) -> None:
        self.turns = Turns()
        self.now = 100.0

    def tell(self, event):
        return self.turns.handle(event, now=self.now)

    def voice(self, seconds):
        return self._frames(seconds, voiced=True)

    def silence(self, seconds):
        return self._frames(seconds, voiced=False)

    def _frames(self, seconds, *, voiced):
        commands = []
        for _ in range(round(seconds / 0.02)):
            self.now += 0.02
            commands += self.tell(FrameHeard(0.02, voiced))
        return commands

    def wait(self, seconds):
        self.now += seconds
        return self.tell(TimePassed())

    def answer(self, *replies):
        return self.tell(Answered(self.turns.turn, replies))

    def heard_out(self, commands):
        mark = next(c.mark for c in commands if isinstance(c, Speak) and not c.mark.startswith("aside"))
        return self.tell(PlayedOut(mark))

    def listening(self, expect=None, prompt="请说要办什么。"):
        """Bring a fresh call to the point where the caller may speak."""
        self.tell(CallBegan("/call_started"))
        self.heard_out(self.answer(Say(text=prompt), expect or Expect()))
        assert self.turns.state is State.LISTENING
        return self

    def says(self, *texts, seconds=0.8):
        """Speak and be recognized; what the call does with it."""
        self.voice(seconds)
        self.tell(PartlyHeard(texts[0] if texts else ""))
        self.silence(3.0)
        return self.tell(Heard(texts, 0.9, seconds))


def texts_of(commands):
    return [sentence.text for command in commands if isinstance(command, Speak) for sentence in command.sentences]


@pytest.fixture
def talk():
    return Talk()


def test_a_call_greets_and_listens(talk):
    assert talk.tell(CallBegan("/call_started")) == [Ask(1, "/call_started", {}, "（来电）")]
    commands = talk.answer(Say(text="您好", phrase_id="greeting"), Expect())
    assert commands == [Listen("open", sealed=False), Speak((Utter("您好", "greeting"),), "p1")]
    assert talk.heard_out(commands) == []
    assert talk.turns.state is State.LISTENING


def test_speech_opens_an_utterance_and_a_pause_ends_it(talk):
    talk.listening()
    assert talk.voice(0.5) == [OpenUtterance()]
    talk.tell(PartlyHeard("我要挪车"))
    assert talk.silence(0.4) == []
    assert talk.silence(0.1) == [FinishUtterance(())]


def test_a_complete_yes_ends_the_turn_sooner_than_an_open_sentence(talk):
    talk.listening(Expect(kind=ExpectKind.YES_NO))
    talk.voice(0.3)
    talk.tell(PartlyHeard("对的"))
    commands = talk.silence(0.44)
    assert len(commands) == 1
    assert isinstance(commands[0], FinishUtterance)
    assert "对的" in commands[0].phrases
    assert not commands[0].binding


def test_the_ear_is_told_when_a_yes_would_bind(talk):
    talk.listening(Expect(kind=ExpectKind.YES_NO, binding=True))
    talk.voice(0.3)
    talk.tell(PartlyHeard("对的"))
    (finish,) = talk.silence(0.6)
    assert finish.binding


def test_half_a_number_is_given_time(talk):
    talk.listening(Expect(kind=ExpectKind.PHONE, sensitive=True))
    talk.voice(1.0)
    talk.tell(PartlyHeard("幺三八零"))
    assert talk.silence(1.8) == []
    assert talk.silence(0.4) == [FinishUtterance(())]


def test_hesitation_is_given_time(talk):
    talk.listening()
    talk.voice(0.6)
    talk.tell(PartlyHeard("我想那个"))
    assert talk.silence(1.4) == []


def test_what_was_heard_is_asked_with_its_alternatives(talk):
    talk.listening()
    commands = talk.says("有辆车把我堵住了", "有两车把我堵住了")
    ask = next(c for c in commands if isinstance(c, Ask))
    assert ask.message == "有辆车把我堵住了"
    assert ask.metadata["alternatives"] == ["有辆车把我堵住了", "有两车把我堵住了"]
    assert ask.metadata["expect"] == "open"


def test_text_that_looks_like_a_command_of_the_dialogue_is_disarmed(talk):
    talk.listening()
    ask = talk.says("/restart")[0]
    assert not ask.message.startswith("/")


def test_a_phone_number_said_unasked_is_masked_before_it_is_asked(talk):
    talk.listening()
    ask = talk.says("我的电话是幺三八零零零零幺幺幺幺")[0]
    assert "幺三八零零零零" not in ask.message + ask.shown + str(ask.metadata)


def test_noise_without_words_is_no_turn(talk):
    talk.listening()
    commands = talk.voice(0.06) + talk.silence(1.0)
    assert commands == [OpenUtterance(), DropUtterance()]
    assert talk.turns.state is State.LISTENING


class TestBargeIn:
    def speaking(self, talk, *, interruptible=True):
        talk.listening()
        talk.says("我要挪车")
        commands = talk.answer(
            Say(text="苏B，一二三，四五，停在清扬路六十八号门口，对吗？", interruptible=interruptible), Expect(kind=ExpectKind.YES_NO)
        )
        assert talk.turns.state is State.SPEAKING
        return next(c.mark for c in commands if isinstance(c, Speak))

    def test_words_stop_our_speech(self, talk):
        self.speaking(talk)
        talk.voice(0.4)
        assert talk.tell(PartlyHeard("不对是六十九号")) == [FallSilent()]
        talk.silence(2.0)
        ask = talk.tell(Heard(("不对是六十九号",), 0.9, 1.0))[0]
        assert ask.metadata["expect"] == "yes_no"

    def test_a_nod_only_holds_our_breath(self, talk):
        self.speaking(talk)
        assert talk.voice(0.3) == [OpenUtterance(), HoldBreath()]
        assert talk.tell(PartlyHeard("嗯")) == []
        talk.silence(0.2)
        assert talk.tell(Heard(("嗯",), 0.9, 0.3)) == [GoOn()]
        assert talk.turns.state is State.SPEAKING

    def test_an_ear_that_takes_long_does_not_leave_a_held_prompt_silent(self, talk):
        self.speaking(talk)
        talk.voice(0.3)
        talk.tell(PartlyHeard("嗯"))
        assert GoOn() not in talk.silence(0.5), "it may still be a word"
        assert GoOn() in talk.silence(0.5)

    def test_the_first_sound_is_answered_by_silence_before_any_word_is_known(self, talk):
        self.speaking(talk)
        assert talk.voice(0.04) == [OpenUtterance(), HoldBreath()]
        talk.voice(0.3)
        assert talk.tell(PartlyHeard("等一下"))[0] == FallSilent()
        assert GoOn() not in talk.silence(0.5)

    def test_a_held_prompt_is_not_missed_for_the_time_it_was_held(self, talk):
        self.speaking(talk)
        before = talk.turns.deadline
        talk.voice(0.1)
        talk.silence(0.5)
        assert talk.turns.deadline == pytest.approx(before + 0.36, abs=0.05)

    def test_a_breath_is_held_once_in_an_utterance(self, talk):
        self.speaking(talk)
        commands = talk.voice(0.1) + talk.silence(0.36) + talk.voice(0.2)
        assert [type(c) for c in commands] == [OpenUtterance, HoldBreath, GoOn]

    def test_a_line_that_is_never_quiet_makes_no_stutter(self, talk):
        self.speaking(talk)
        commands = []
        for _ in range(6):
            commands += talk.voice(0.08) + talk.silence(1.2)
        assert commands.count(HoldBreath()) == commands.count(GoOn()) == 3

    def test_an_ear_that_is_lost_leaves_nothing_held(self, talk):
        self.speaking(talk)
        talk.voice(0.1)
        assert GoOn() in talk.tell(RecognizerLost())

    def test_a_prompt_that_was_heard_to_its_end_leaves_nothing_held(self, talk):
        mark = self.speaking(talk)
        talk.voice(0.1)
        assert talk.tell(PlayedOut(mark)) == [GoOn()]
        assert talk.turns.state is State.LISTENING

    def test_what_must_be_heard_is_not_held(self, talk):
        self.speaking(talk, interruptible=False)
        assert HoldBreath() not in talk.voice(0.5)

    def test_noise_without_words_does_not(self, talk):
        self.speaking(talk)
        assert FallSilent() not in talk.voice(1.0) + talk.silence(1.0)

    def test_a_yes_before_the_question_was_heard_means_nothing(self, talk):
        self.speaking(talk)
        talk.voice(0.2)
        talk.silence(1.0)
        assert talk.tell(Heard(("对",), 0.9, 0.2)) == []

    def test_what_must_be_heard_is_not_interrupted(self, talk):
        self.speaking(talk, interruptible=False)
        talk.voice(1.0)
        assert talk.tell(PartlyHeard("喂喂我说")) == []

    def test_a_key_stops_it_at_once_and_counts(self, talk):
        self.speaking(talk)
        commands = talk.tell(KeyPressed("1"))
        assert commands[0] == FallSilent()
        assert commands[1].message == '/dtmf{"digits": "1"}'


class TestKeys:
    def test_a_plate_by_keys_ends_with_hash(self, talk):
        talk.listening(Expect(kind=ExpectKind.PLATE))
        for digit in "12345":
            assert talk.tell(KeyPressed(digit)) == []
        assert talk.tell(KeyPressed("#"))[0].message == '/dtmf{"digits": "12345"}'

    def test_a_pause_completes_an_entry(self, talk):
        talk.listening(Expect(kind=ExpectKind.PLATE))
        for digit in "12345":
            talk.tell(KeyPressed(digit))
        assert talk.wait(6.1)[0].message == '/dtmf{"digits": "12345"}'

    def test_a_sensitive_entry_goes_to_the_vault_only(self, talk):
        talk.listening(Expect(kind=ExpectKind.PHONE, sensitive=True))
        for digit in "1380000111":
            assert talk.tell(KeyPressed(digit)) == []
        assert talk.tell(KeyPressed("1")) == [Seal("phone", "13800001111")]
        ask = talk.tell(ValueSealed("phone", "sv_x", "1111"))[0]
        assert ask.message == '/give_sealed{"kind": "phone", "ref": "sv_x", "tail": "1111"}'
        assert "1380000" not in repr(talk.turns.__dict__)

    def test_star_is_x_in_an_identity_number(self, talk):
        talk.listening(Expect(kind=ExpectKind.ID_NUMBER, sensitive=True))
        commands = [c for digit in "32020019900307001*" for c in talk.tell(KeyPressed(digit))]
        assert commands == [Seal("id_number", "32020019900307001X")]

    def test_keys_win_over_speech_of_the_same_moment(self, talk):
        talk.listening()
        talk.voice(0.5)
        commands = talk.tell(KeyPressed("1"))
        assert commands[0] == DropUtterance()
        assert commands[1].message == '/dtmf{"digits": "1"}'

    def test_zero_is_a_digit_of_an_entry_and_alone_a_human(self, talk):
        talk.listening(Expect(kind=ExpectKind.PLATE))
        assert talk.tell(KeyPressed("0")) == []
        commands = talk.tell(KeyPressed("#"))
        assert texts_of(commands) == [words.TO_HUMAN.text]


class TestHuman:
    def test_rengong_is_understood_without_the_dialogue(self, talk):
        talk.listening(Expect(kind=ExpectKind.PLATE))
        commands = talk.says("转人工")
        assert not any(isinstance(c, Ask) for c in commands)
        transfer = talk.heard_out(commands)[0]
        assert isinstance(transfer, TransferTo)
        assert transfer.reason == "caller_asked"

    def test_it_stops_a_question_in_the_middle(self, talk):
        talk.tell(CallBegan("/call_started"))
        talk.answer(Say(text="一个很长的问题"), Expect())
        talk.voice(0.5)
        assert FallSilent() in talk.tell(PartlyHeard("转人工"))
        talk.silence(1.0)
        assert texts_of(talk.tell(Heard(("转人工",), 0.9, 0.6))) == [words.TO_HUMAN.text]

    def test_it_overtakes_an_answer_that_is_under_way(self, talk):
        talk.listening()
        talk.says("我要挪车")
        turn = talk.turns.turn
        talk.voice(0.5)
        talk.silence(1.0)
        commands = talk.tell(Heard(("人工",), 0.9, 0.5))
        assert texts_of(commands) == [words.TO_HUMAN.text]
        assert talk.tell(Answered(turn, (Say(text="车牌号是多少？"), Expect()))) == []

    def test_without_a_seat_the_dialogue_books_a_callback(self, talk):
        talk.listening()
        talk.heard_out(talk.says("人工"))
        ask = talk.tell(TransferEnded(joined=False, queue="general"))[0]
        assert ask.message == '/no_seat{"queue": "general"}'

    def test_not_wanting_a_human_is_not_wanting_one(self, talk):
        talk.listening()
        assert isinstance(talk.says("不要人工我要挪车")[0], Ask)


class TestSilence:
    def test_the_ladder_repeats_rephrases_and_fetches_a_human(self, talk):
        talk.listening(Expect(kind=ExpectKind.PLATE, example="比如说：苏B一二三四五。"), prompt="车牌号是多少？")
        first = talk.wait(9.1)
        assert texts_of(first) == [words.DID_NOT_HEAR.text, "车牌号是多少？"]
        talk.heard_out(first)
        second = talk.wait(9.1)
        assert texts_of(second) == [words.DID_NOT_HEAR.text, "比如说：苏B一二三四五。"]
        talk.heard_out(second)
        third = talk.wait(9.1)
        assert texts_of(third) == [words.TO_HUMAN_SILENT.text]
        assert talk.heard_out(third)[0].reason == "no_input"

    def test_a_word_starts_the_ladder_anew(self, talk):
        talk.listening()
        talk.heard_out(talk.wait(6.1))
        talk.says("我要挪车")
        talk.heard_out(talk.answer(Say(text="车牌号？"), Expect()))
        assert texts_of(talk.wait(6.1)) == [words.DID_NOT_HEAR.text, "车牌号？"]

    def test_no_deadline_while_somebody_speaks(self, talk):
        talk.listening()
        talk.voice(0.5)
        assert talk.turns.deadline is None


class TestAnswers:
    def test_a_late_answer_is_dropped(self, talk):
        talk.listening()
        talk.says("我要挪车")
        assert talk.tell(Answered(talk.turns.turn - 1, (Say(text="旧的"), Expect()))) == []

    def test_words_said_meanwhile_go_first(self, talk):
        talk.listening()
        talk.says("我要挪车")
        talk.voice(0.5)
        talk.tell(PartlyHeard("车牌苏B一二三四五"))
        assert talk.answer(Say(text="请问要办什么？"), Expect()) == []
        talk.silence(1.5)
        ask = talk.tell(Heard(("车牌苏B一二三四五",), 0.9, 1.5))[0]
        assert ask.message == "车牌苏B一二三四五"

    def test_what_came_of_a_yes_that_cannot_be_taken_back_is_told_whatever_follows_it(self, talk):
        talk.listening(Expect(kind=ExpectKind.YES_NO, binding=True))
        talk.says("对")
        talk.voice(0.5)
        talk.tell(PartlyHeard("提交"))
        assert talk.answer(Say(text="申请已提交。还有别的事吗？"), Expect()) == []
        talk.silence(1.5)
        assert texts_of(talk.tell(Heard(("提交",), 0.9, 0.5))) == ["申请已提交。还有别的事吗？"]

    def test_a_yes_said_before_the_question_does_not_answer_it(self, talk):
        talk.listening()
        talk.says("苏B一二三四五")
        talk.voice(0.3)
        talk.silence(1.0)
        talk.tell(Heard(("对",), 0.9, 0.3))
        commands = talk.answer(Say(text="停在清扬路，对吗？"), Expect(kind=ExpectKind.YES_NO))
        assert texts_of(commands) == ["停在清扬路，对吗？"]

    def test_a_slow_answer_is_covered(self, talk):
        talk.listening()
        talk.says("我要挪车")
        assert texts_of(talk.wait(2.1)) == [words.ONE_MOMENT.text]

    def test_an_answer_that_takes_very_long_is_covered_again_and_again(self, talk):
        talk.listening()
        talk.says("我要挪车")
        assert texts_of(talk.wait(2.1)) == [words.ONE_MOMENT.text]
        assert texts_of(talk.wait(3.5)) == [words.STILL_WORKING.text]
        assert texts_of(talk.wait(5.5)) == [words.STILL_WORKING.text]

    def test_hang_up_waits_for_the_last_word(self, talk):
        talk.listening()
        talk.says("没有了")
        commands = talk.answer(Say(text="再见。"), HangUp(reason="done"))
        assert EndCall("done") not in commands
        assert talk.heard_out(commands) == [EndCall("done")]


class TestFailure:
    def test_the_question_is_tried_again_and_then_a_message_is_taken(self, talk):
        talk.listening()
        talk.says("我要挪车")
        assert texts_of(talk.tell(DialogueFailed(talk.turns.turn))) == [words.TRY_AGAIN.text]
        again = talk.wait(1.6)[0]
        assert again.message == "我要挪车"
        assert again.retry
        commands = talk.tell(DialogueFailed(talk.turns.turn))
        assert texts_of(commands) == [words.LAST_RESORT.text]
        talk.heard_out(commands)
        left = talk.says("车堵在我家门口")
        assert left == [WriteDown("车堵在我家门口", 0.9), LeaveCallback("dialogue_down", "我要挪车；车堵在我家门口")]
        commands = talk.tell(CallbackLeft("H2611230001"))
        assert words.CALLBACK_LEFT.text in texts_of(commands)
        assert talk.heard_out(commands) == [EndCall("callback_left")]

    def test_a_second_try_that_takes_long_is_covered_and_not_tried_a_third_time(self, talk):
        talk.listening()
        talk.says("我要挪车")
        talk.tell(DialogueFailed(talk.turns.turn))
        again = talk.wait(1.6)[0]
        assert texts_of(talk.wait(3.5)) == [words.ONE_MOMENT.text]
        assert talk.turns.turn == again.turn, "its answer is the one that counts"
        assert texts_of(talk.tell(DialogueFailed(again.turn))) == [words.LAST_RESORT.text]

    def test_even_a_silent_caller_is_called_back(self, talk):
        talk.listening()
        talk.says("我要挪车")
        talk.tell(DialogueFailed(talk.turns.turn))
        talk.wait(1.6)
        talk.heard_out(talk.tell(DialogueFailed(talk.turns.turn)))
        assert talk.wait(12.1) == [LeaveCallback("dialogue_down", "我要挪车")]

    def test_who_was_speaking_when_the_ear_was_lost_says_it_again(self, talk):
        talk.listening()
        talk.voice(1.0)
        opened, *asked = talk.tell(RecognizerLost())
        assert opened == OpenEar()
        assert texts_of(asked) == [words.DID_NOT_UNDERSTAND.text, "请说要办什么。"]
        talk.heard_out(asked)
        assert talk.voice(1.0) == [], "the rest of what was lost may mean something else"
        talk.silence(1.0)
        assert talk.says("我要挪车")[-1].message == "我要挪车"

    def test_who_hears_or_awaits_something_is_not_disturbed_by_it(self, talk):
        talk.listening()
        talk.says("我要挪车")
        assert talk.tell(RecognizerLost()) == [OpenEar()]

    def test_one_that_is_lost_while_he_talks_with_a_person_is_replaced_without_a_word(self, talk):
        talk.listening()
        talk.tell(Joined())
        assert talk.tell(RecognizerLost()) == [OpenEar()]
        assert talk.tell(RecognizerLost()) == [OpenEar()]

    def test_an_ear_that_is_lost_again_leaves_the_keys_and_is_tried_once_more(self, talk):
        talk.listening()
        talk.heard_out(talk.tell(RecognizerLost()))
        opened, *told = talk.tell(RecognizerLost())
        assert opened == OpenEar()
        assert texts_of(told) == [words.EAR_LOST.text, "请说要办什么。"]
        talk.heard_out(told)
        talk.silence(1.0)
        assert talk.says("我要挪车")[-1].message == "我要挪车"

    def test_a_dead_ear_is_not_tried_for_ever(self, talk):
        talk.listening()
        for _ in range(MOST_LOSSES - 1):
            talk.heard_out(talk.tell(RecognizerLost()))
        last = talk.tell(RecognizerLost())
        assert OpenEar() not in last
        assert texts_of(last) == [words.EAR_LOST.text, "请说要办什么。"]
        talk.heard_out(last)
        assert talk.tell(RecognizerLost()) == []
        assert talk.voice(1.0) == []
        assert talk.tell(KeyPressed("1"))[-1].message == '/dtmf{"digits": "1"}'

    def test_whatever_is_heard_starts_the_count_anew(self, talk):
        talk.listening()
        for _ in range(2 * MOST_LOSSES):
            talk.heard_out(talk.tell(RecognizerLost()))
            talk.silence(1.0)
            talk.says("我要挪车")
            talk.heard_out(talk.answer(Say(text="请说要办什么。"), Expect()))
        assert texts_of(talk.tell(RecognizerLost())) == [words.DID_NOT_UNDERSTAND.text, "请说要办什么。"]

    def test_a_message_that_was_lost_is_said_again(self, talk):
        talk.listening()
        talk.says("我要挪车")
        talk.tell(DialogueFailed(talk.turns.turn))
        talk.wait(1.6)
        talk.heard_out(talk.tell(DialogueFailed(talk.turns.turn)))
        talk.voice(1.0)
        assert texts_of(talk.tell(RecognizerLost())) == [words.DID_NOT_UNDERSTAND.text]
        talk.silence(1.0)
        assert talk.says("车堵住了") == [WriteDown("车堵住了", 0.9), LeaveCallback("dialogue_down", "我要挪车；车堵住了")]


INVITATION = {"room": "X1", "side": "requester", "case_id": "M1", "longest": 300}


class TestMeeting:
    """An owner who has answered wants to talk with the caller who holds the line."""

    def test_one_who_is_told_to_wait_need_not_hear_it_out(self, talk):
        talk.listening()
        talk.says("是")
        talk.answer(Say(text="请别挂，大约一分钟。"), Hold(reason="owner_call", seconds=90))
        assert talk.tell(OrderArrived("cross", "", INVITATION)) == [FallSilent(), Meet(INVITATION, willing=True)]

    def test_news_go_before_the_meeting(self, talk):
        talk.listening()
        talk.says("是")
        talk.answer(Say(text="请别挂，大约一分钟。"), Hold(reason="owner_call", seconds=90))
        assert talk.tell(OrderArrived("resume", "case_update", {"kind": "may_talk"})) == []
        silent, ask = talk.tell(OrderArrived("cross", "", INVITATION))
        assert (silent, ask.message) == (FallSilent(), '/case_update{"kind": "may_talk"}')
        commands = talk.answer(Say(text="车主可能要和您通话。"), Hold(reason="owner_talk", seconds=45))
        assert commands[-2:] == [FallSilent(), Meet(INVITATION, willing=True)]

    def test_one_who_says_something_is_answered_first(self, talk):
        talk.listening()
        talk.says("是")
        talk.heard_out(talk.answer(Say(text="请别挂。"), Hold(reason="owner_call", seconds=90)))
        talk.voice(0.5)
        assert talk.tell(OrderArrived("cross", "", INVITATION)) == []

    def test_one_who_is_asked_something_does_not(self, talk):
        talk.listening()
        assert talk.tell(OrderArrived("cross", "", INVITATION)) == [Meet(INVITATION, willing=False)]

    def test_after_the_talk_the_dialogue_goes_on(self, talk):
        talk.listening()
        talk.says("是")
        talk.heard_out(talk.answer(Say(text="请别挂。"), Hold(reason="owner_talk", seconds=40)))
        talk.tell(Joined())
        assert talk.turns.state is State.TALKING
        assert talk.tell(KeyPressed("0")) == talk.tell(OrderArrived("cross", "", INVITATION)) == []
        ask = talk.tell(Parted("case_update", {"kind": "talk_left"}))[0]
        assert ask.message == '/case_update{"kind": "talk_left"}'

    def test_one_who_was_never_joined_is_told_while_he_holds(self, talk):
        talk.listening()
        talk.says("是")
        words = talk.answer(Say(text="请别挂。"), Hold(reason="owner_talk", seconds=40))
        assert talk.tell(Parted("case_update", {"kind": "talk_failed"})) == []
        ask = talk.heard_out(words)[0]
        assert ask.message == '/case_update{"kind": "talk_failed"}'

    def test_news_for_a_hold_mean_nothing_after_it(self, talk):
        talk.listening()
        assert talk.tell(OrderArrived("resume_hold", "case_update", {"kind": "no_talk"})) == []
        talk.says("是")
        assert talk.heard_out(talk.answer(Say(text="请别挂。"), Hold(reason="owner_call", seconds=90))) == []


class TestOwner:
    """We rang this person."""

    def test_a_machine_is_told_nothing(self):
        talk = Talk()
        talk.turns = Turns(owner=True)
        talk.tell(CallBegan("/owner_called"))
        talk.answer(Say(text="您好，这里是公安交管12123。"), Expect(kind=ExpectKind.CHOICE, count=4))
        talk.voice(1.0)
        assert talk.tell(PartlyHeard("您拨打的用户暂时无法接听")) == [FallSilent(), EndCall("voicemail")]

    def test_a_person_is(self):
        talk = Talk()
        talk.turns = Turns(owner=True)
        talk.tell(CallBegan("/owner_called"))
        talk.voice(0.4)
        assert texts_of(talk.answer(Say(text="您好，这里是公安交管12123。"), Expect(kind=ExpectKind.CHOICE, count=4)))

    def test_who_called_us_may_say_anything(self, talk):
        talk.listening()
        assert any(isinstance(c, Ask) for c in talk.says("您拨打的用户暂时无法接听是什么意思"))


class TestHold:
    def hold(self, talk):
        talk.listening()
        talk.says("对")
        talk.heard_out(talk.answer(Say(text="请别挂，大约一分钟。"), Hold(reason="owner_call", seconds=90)))
        assert talk.turns.state is State.HOLDING

    def test_the_caller_is_not_left_in_silence(self, talk):
        self.hold(talk)
        assert texts_of(talk.wait(8.1)) == [words.STILL_WORKING.text]
        assert texts_of(talk.wait(8.1)) == [words.STILL_WORKING.text]

    def test_an_order_resumes_the_talk(self, talk):
        self.hold(talk)
        ask = talk.tell(OrderArrived("resume", "case_update", {"state": "ack_coming"}))[0]
        assert ask.message == '/case_update{"state": "ack_coming"}'

    def test_an_order_waits_until_the_caller_has_finished(self, talk):
        self.hold(talk)
        talk.voice(0.5)
        assert talk.tell(OrderArrived("resume", "case_update", {"state": "ack_coming"})) == []
        talk.silence(2.0)
        talk.tell(Heard(("还要多久",), 0.9, 0.5))
        commands = talk.heard_out(talk.answer(Say(text="快了。"), Hold(reason="owner_call", seconds=60)))
        assert commands[0].message.startswith("/case_update")

    def test_a_hold_ends(self, talk):
        self.hold(talk)
        for _ in range(11):
            talk.wait(8.0)
        assert talk.wait(8.1)[0].message == "/hold_timeout"


def test_a_transfer_of_the_dialogue_is_performed_after_its_words(talk):
    talk.listening()
    talk.says("车里锁了个小孩")
    commands = talk.answer(
        Say(text="请立即拨打110，我现在为您转接。", interruptible=False), Transfer(queue="emergency_110", reason="child_locked")
    )
    assert talk.heard_out(commands) == [TransferTo("emergency_110", "child_locked", {})]
    assert talk.tell(TransferEnded(joined=True, queue="emergency_110")) == [EndCall("transferred")]


def test_nothing_happens_after_the_end(talk):
    talk.listening()
    assert talk.tell(HungUp("caller_hung_up")) == [EndCall("caller_hung_up")]
    assert talk.tell(KeyPressed("1")) == []


def test_an_owner_who_says_nothing_is_not_handed_to_a_human():
    talk = Talk()
    talk.turns = Turns(owner=True)
    talk.listening(Expect(kind=ExpectKind.CHOICE, count=4, example="马上来按1。"))
    for _ in range(2):
        talk.heard_out(talk.wait(6.1))
    assert talk.wait(6.1)[0].message == "/no_input"


def test_every_mark_is_used_once():
    talk = Talk().listening()
    talk.says("对")
    talk.heard_out(talk.answer(Say(text="请别挂。"), Hold(reason="owner_call", seconds=90)))
    marks = [command.mark for _ in range(5) for command in talk.wait(8.1)]
    assert len(set(marks)) == 5


def test_a_silent_caller_is_let_go_after_no_seat_was_free(talk):
    talk.listening()
    for _ in range(2):
        talk.heard_out(talk.wait(6.1))
    talk.heard_out(talk.wait(6.1))
    talk.tell(TransferEnded(joined=False, queue="general"))
    talk.heard_out(talk.answer(Say(text="已为您登记回电。"), Expect()))
    goodbye = talk.wait(6.1)
    assert texts_of(goodbye) == [words.GOODBYE_SILENT.text]
    assert talk.heard_out(goodbye) == [EndCall("no_input")]


def test_typed_words_count_while_the_question_is_still_spoken(talk):
    talk.listening()
    talk.says("我要挪车")
    talk.answer(Say(text="停在清扬路，对吗？"), Expect(kind=ExpectKind.YES_NO))
    commands = talk.tell(TypedIn("对"))
    assert commands[0] == FallSilent()
    assert commands[1].message == "对"
