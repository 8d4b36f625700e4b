"""Who picked up: a person or a machine? Each test is the first seconds of a call."""

import pytest

from ivr.call.answering_machine import (
    AFTER_BEEP_SECONDS,
    LISTENS_SECONDS,
    UNBROKEN_SECONDS,
    AnsweringMachine,
)
from ivr.call.events import BeepHeard, FrameHeard, Heard, KeyPressed, PartlyHeard


class Line:
    def __init__(self, *, possible=True):
        self.machine = AnsweringMachine(possible=possible)
        self.told = False

    def tell(self, event):
        self.told = self.machine.told_by(event) or self.told
        return self

    def voice(self, seconds):
        return self._frames(seconds, voiced=True)

    def silence(self, seconds):
        return self._frames(seconds, voiced=False)

    def _frames(self, seconds, *, voiced):
        for _ in range(round(seconds / 0.02)):
            self.tell(FrameHeard(0.02, voiced))
        return self


def test_a_person_says_hello_and_waits():
    assert not Line().silence(0.5).voice(0.4).tell(Heard(("喂",), 0.9, 0.4)).silence(20).told


def test_a_mailbox_speaks_on_and_on():
    line = Line().silence(0.3).voice(UNBROKEN_SECONDS / 2).silence(0.4)
    assert not line.told
    assert line.voice(UNBROKEN_SECONDS / 2).told


def test_a_person_who_pauses_may_speak_long():
    assert not Line().voice(4).silence(0.8).voice(4).silence(0.8).voice(4).told


def test_a_person_may_answer_the_notice_at_length():
    assert not Line().silence(5).voice(UNBROKEN_SECONDS + 2).told


@pytest.mark.parametrize(
    "text", ["您好机主暂时无法街停您的电话", "请再提示因后六艳", "青刘艳", "您博打个电话一关机请少后在博", "我是机主的智能助理"]
)
def test_the_words_of_a_machine_are_known_as_they_come(text):
    assert Line().voice(1).tell(PartlyHeard(text)).told


@pytest.mark.parametrize("text", ["喂你好哪位", "我现在不方便接电话", "您好我是张师傅请问是哪位", "马上来", "车已经卖了", "你打错了吧"])
def test_the_words_of_a_person_are_not(text):
    assert not Line().voice(1).tell(PartlyHeard(text)).tell(Heard((text,), 0.9, 1.0)).told


def test_a_mailbox_beeps_once_and_listens():
    line = Line().voice(1.5).tell(BeepHeard()).silence(AFTER_BEEP_SECONDS - 0.1)
    assert not line.told
    assert line.silence(0.2).told


def test_what_beeps_again_is_no_mailbox():
    assert not Line().voice(0.4).tell(BeepHeard()).silence(0.5).tell(BeepHeard()).silence(5).told


def test_who_speaks_after_the_beep_is_a_person():
    assert not Line().tell(BeepHeard()).silence(0.2).voice(0.4).silence(5).told


def test_who_presses_a_key_is_a_person():
    assert not Line().tell(KeyPressed("1")).voice(UNBROKEN_SECONDS + 1).tell(PartlyHeard("请留言")).told


def test_later_it_is_a_person():
    assert not Line().silence(LISTENS_SECONDS + 0.1).tell(PartlyHeard("请留言")).told


def test_who_called_us_is_a_person():
    assert not Line(possible=False).tell(PartlyHeard("请留言")).voice(UNBROKEN_SECONDS + 1).told
