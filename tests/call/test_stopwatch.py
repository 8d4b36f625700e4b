"""Where the time of a turn goes."""

from ivr.call.stopwatch import Stopwatch


def test_each_stage_is_measured_in_milliseconds():
    watch = Stopwatch()
    watch.begin(voice_ended=1.0, now=1.5)
    watch.heard, watch.asked, watch.answered, watch.sounded = 1.51, 1.52, 1.57, 1.58
    timings = watch.timings()
    assert (timings.end_of_turn_ms, timings.recognize_ms, timings.dialogue_ms, timings.speak_ms) == (500, 10, 50, 10)


def test_a_turn_by_keys_has_no_end_of_speech():
    watch = Stopwatch()
    watch.asked, watch.answered = 1.0, 1.25
    timings = watch.timings()
    assert timings.end_of_turn_ms is None
    assert timings.dialogue_ms == 250
    assert timings.speak_ms is None


def test_nothing_of_a_turn_is_left_for_the_next():
    watch = Stopwatch()
    watch.begin(voice_ended=1.0, now=1.5)
    watch.answered = 2.0
    watch.begin(voice_ended=5.0, now=5.4)
    assert watch.timings().dialogue_ms is None
    watch.clear()
    assert watch.timings().end_of_turn_ms is None
