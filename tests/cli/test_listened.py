"""Recordings with a fault put in on purpose, and without."""

import numpy as np
import pytest

from ivr.cli.listened import listen, stretches
from ivr.cli.listened_page import CallHeard, Told, listened_section
from ivr.speech.audio import fade


def tone(seconds, *, faded=True):
    sound = (6000 * np.sin(2 * np.pi * 210 * np.arange(round(seconds * 8000)) / 8000 + 1.2)).astype("<i2")
    return np.frombuffer(fade(sound.tobytes(), in_seconds=0.02, out_seconds=0.02), "<i2") if faded else sound


def recording(caller=(), service=(), seconds=6.0):
    both = np.zeros((round(seconds * 8000), 2), "<i2")
    for side, parts in enumerate((caller, service)):
        for at, sound in parts:
            first = round(at * 8000)
            both[first : first + len(sound), side] = sound
    return both.tobytes()


def faults(pcm):
    return [(fault.kind, round(fault.at_seconds, 1)) for fault in listen(pcm).faults]


def test_a_clean_call_has_no_fault():
    heard = listen(recording(caller=[(3.0, tone(1.0))], service=[(0.5, tone(2.0)), (4.5, tone(1.0))]))
    assert heard.faults == ()
    assert [round(each.begin_seconds, 1) for each in heard.service] == [0.5, 4.5]
    assert heard.caller[0].end_seconds == pytest.approx(4.0, abs=0.05)


def test_a_sentence_that_lost_its_beginning_is_found():
    assert ("clipped start", 0.5) in faults(recording(service=[(0.5, tone(1.0, faded=False)[40:])]))


def test_a_click_in_silence_is_found():
    click = np.array([0, 15000, 15000, 0], "<i2")
    assert ("click", 2.0) in faults(recording(service=[(0.5, tone(1.0)), (2.0, click)]))


def test_a_sentence_cut_with_a_click_is_found():
    cut = tone(1.0)[:6010]
    loud = np.concatenate([cut[: int(np.abs(cut[-60:]).argmax()) - 60], np.full(2, 9000, "<i2")])
    assert [kind for kind, _ in faults(recording(service=[(0.5, loud)]))] == ["click"]


def test_we_talk_over_him_but_he_may_interrupt_us():
    ours, his = tone(2.0), tone(2.0)
    assert faults(recording(caller=[(1.0, his)], service=[(2.0, ours)])) == [("talk-over", 2.0)]
    assert faults(recording(caller=[(2.0, his)], service=[(1.0, ours)])) == []


def test_a_pause_inside_a_sentence_does_not_end_it():
    sound = np.concatenate([tone(0.5), np.zeros(2000, "<i2"), tone(0.5)])
    assert len(stretches(sound)) == 1
    assert stretches(np.zeros(0, "<i2")) == ()


def test_the_page_shows_both_sides_and_every_fault_and_escapes_what_was_heard():
    pcm = recording(caller=[(1.0, tone(2.0))], service=[(2.0, tone(1.5))])
    listened = listen(pcm)
    told = (Told(listened.caller[0], by_caller=True, text="<b>我要挪车</b>"), Told(listened.service[0], by_caller=False, text="请说"))
    section = listened_section([CallHeard("挪车 <1>", pcm, listened, told)])
    assert "1 recordings" in section
    assert "Found: 1 clipped" in section
    assert section.count('class="fault"') == 1
    assert section.count("<polygon") == 2
    assert "&lt;b&gt;我要挪车" in section
    assert "<b>" not in section
    assert "talk-over" in section
