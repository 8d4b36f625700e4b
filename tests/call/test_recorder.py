"""Caller left, service right, on one ruler of time."""

import numpy as np

from ivr.call.recorder import SAMPLES_PER_SECOND, StereoTimeline

FRAME = SAMPLES_PER_SECOND // 50


def pcm(value, samples=FRAME):
    return np.full(samples, value, dtype="<i2").tobytes()


def sides(stereo):
    both = np.frombuffer(stereo, dtype="<i2").reshape(-1, 2)
    return both[:, 0], both[:, 1]


def test_each_frame_of_the_caller_brings_as_much_of_ours():
    timeline = StereoTimeline(began_at=0.0)
    timeline.service_plays(pcm(7, FRAME + 40))
    caller, service = sides(timeline.caller_sends(pcm(3), now=0.02))
    assert set(caller) == {3}
    assert set(service) == {7}
    caller, service = sides(timeline.caller_sends(pcm(3), now=0.04))
    assert list(service) == [7] * 40 + [0] * (FRAME - 40)


def test_what_was_not_heard_is_not_recorded():
    timeline = StereoTimeline(began_at=0.0)
    timeline.service_plays(pcm(7, 10 * FRAME))
    timeline.caller_sends(pcm(3), now=0.02)
    timeline.service_falls_silent()
    _, service = sides(timeline.caller_sends(pcm(3, 2 * FRAME), now=0.06))
    assert set(service[FRAME:]) == {0}


def test_what_is_stopped_fades_within_a_frame():
    timeline = StereoTimeline(began_at=0.0)
    timeline.service_plays(pcm(8000, 10 * FRAME))
    heard = [sides(timeline.caller_sends(pcm(3), now=0.02))[1]]
    timeline.service_falls_silent()
    timeline.service_plays(pcm(0, FRAME))
    heard += [sides(timeline.caller_sends(pcm(3, 100), now=0.02 + (at + 1) / 80))[1] for at in range(4)]
    service = np.concatenate(heard)
    assert service[FRAME] == 8000
    assert np.abs(np.diff(service.astype(int))).max() <= 50
    assert not service[2 * FRAME :].any()


def test_where_nothing_is_said_there_is_nothing_to_fade():
    timeline = StereoTimeline(began_at=0.0)
    timeline.service_holds()
    timeline.service_falls_silent()
    assert not sides(timeline.caller_sends(pcm(3), now=0.02))[1].any()


def test_a_phone_that_sends_nothing_leaves_silence_of_the_same_length():
    timeline = StereoTimeline(began_at=100.0)
    caller, _ = sides(timeline.tick(now=102.0))
    assert set(caller) == {0}
    assert 1.8 <= timeline.seconds <= 2.0
    late = timeline.caller_sends(pcm(5), now=102.02)
    assert sides(late)[0][-1] == 5


def test_while_sealed_the_caller_is_silent_what_we_ask_is_kept_and_time_goes_on():
    timeline = StereoTimeline(began_at=0.0)
    timeline.sealed = True
    timeline.service_plays(pcm(7))
    caller, service = sides(timeline.caller_sends(pcm(3), now=0.02))
    assert set(caller) == {0}
    assert set(service) == {7}
    timeline.sealed = False
    assert timeline.seconds == 0.02
    caller, service = sides(timeline.caller_sends(pcm(3), now=0.04))
    assert set(caller) == {3}
    assert set(service) == {0}


def test_what_is_held_is_recorded_when_it_goes_on():
    timeline = StereoTimeline(began_at=0.0)
    timeline.service_plays(pcm(8000, 4 * FRAME))
    heard = []
    for number, begins in enumerate(
        (None, timeline.service_holds, timeline.service_holds, None, timeline.service_goes_on, None, None, None), 1
    ):
        if begins:
            begins()
        heard.append(sides(timeline.caller_sends(pcm(3), now=0.02 * number))[1])
    means = [round(frame.mean() / 1000) for frame in heard]
    assert means == [8, 4, 0, 0, 4, 8, 8, 0], "the frame that faded is heard again"
    assert np.abs(np.diff(np.concatenate(heard[:-1]).astype(int))).max() <= 50


def test_how_loud_we_were_is_known_for_as_long_as_an_echo_takes():
    timeline = StereoTimeline(began_at=0.0)
    assert timeline.service_dbfs == -100.0
    timeline.service_plays(pcm(3277))
    timeline.caller_sends(pcm(3), now=0.02)
    assert round(timeline.service_dbfs) == -20
    for number in range(2, 30):
        timeline.caller_sends(pcm(3), now=0.02 * number)
    assert timeline.service_dbfs == -100.0


def test_several_frames_at_once_are_what_they_are_one_by_one():
    whole, parts = StereoTimeline(began_at=0.0), StereoTimeline(began_at=0.0)
    for timeline in (whole, parts):
        timeline.service_plays(pcm(20, FRAME) + pcm(8000, FRAME) + pcm(300, FRAME // 2))
    together = whole.caller_sends(pcm(3, 4 * FRAME), now=0.08)
    assert together == b"".join(parts.caller_sends(pcm(3), now=0.02 * (index + 1)) for index in range(4))
    assert whole.service_dbfs == parts.service_dbfs > -15
    for timeline, count in ((whole, 10), (parts, 20)):
        for _ in range(count):
            timeline.caller_sends(pcm(3, 20 // count * FRAME), now=0.0)
    assert whole.service_dbfs == parts.service_dbfs < -30  # the loud frame is 0.4 s ago


def test_of_a_burst_all_that_we_said_meanwhile_is_known():
    timeline = StereoTimeline(began_at=0.0)
    timeline.service_plays(pcm(8000, FRAME))
    timeline.caller_sends(pcm(3, 40 * FRAME), now=0.8)
    assert timeline.service_dbfs > -15
    for index in range(20):
        timeline.caller_sends(pcm(3), now=0.82 + 0.02 * index)
    assert timeline.service_dbfs == -100.0
