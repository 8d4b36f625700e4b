"""What each of several people hears of the others."""

import numpy as np

from ivr.call.mixing import MOST_SAMPLES, SPARE_SAMPLES, Mixer

PIECE = 480


def sound(value, samples):
    return np.full(samples, value, dtype="<i2").tobytes()


def values(pcm):
    return sorted(set(np.frombuffer(pcm, dtype="<i2").tolist()))


def three():
    mixer = Mixer()
    for name, value in (("a", 100), ("b", 20), ("c", 3)):
        mixer.enter(name)
        mixer.say(name, sound(value, PIECE + SPARE_SAMPLES))
    return mixer


def test_each_hears_the_others_and_not_himself():
    heard = three().hear(PIECE)
    assert {name: values(pcm) for name, pcm in heard.items()} == {"a": [23], "b": [103], "c": [120]}
    assert all(len(pcm) == 2 * PIECE for pcm in heard.values())


def test_somebody_who_left_is_not_heard_and_hears_nothing():
    mixer = three()
    mixer.leave("b")
    heard = mixer.hear(PIECE)
    assert "b" not in heard
    assert values(heard["a"]) == [3]


def test_a_stranger_is_not_heard():
    mixer = three()
    mixer.say("nobody", sound(999, 2 * PIECE))
    assert values(mixer.hear(PIECE)["a"]) == [23]


def test_loud_voices_together_are_clipped_and_do_not_wrap():
    mixer = Mixer()
    for name in "abc":
        mixer.enter(name)
        mixer.say(name, sound(30000, PIECE + SPARE_SAMPLES))
    assert values(mixer.hear(PIECE)["a"]) == [32767]


def test_who_has_run_dry_is_silent_until_a_little_more_has_come():
    mixer = Mixer()
    mixer.enter("a")
    mixer.enter("b")
    mixer.say("a", sound(7, PIECE))
    assert values(mixer.hear(PIECE)["b"]) == [0], "one piece is not enough to begin with"
    mixer.say("a", sound(7, SPARE_SAMPLES))
    assert values(mixer.hear(PIECE)["b"]) == [7]
    mixer.say("a", sound(7, PIECE))
    assert values(mixer.hear(PIECE)["b"]) == [7], "who flows needs no spare"


def test_who_sends_too_fast_loses_the_oldest():
    mixer = Mixer()
    mixer.enter("a")
    mixer.enter("b")
    mixer.say("a", sound(1, 800) + sound(2, MOST_SAMPLES))
    heard = b"".join(mixer.hear(PIECE)["b"] for _ in range(MOST_SAMPLES // PIECE))
    assert values(heard) == [2]


def test_words_of_ours_are_heard_by_all_and_to_their_end():
    mixer = Mixer()
    mixer.enter("a")
    mixer.enter("b")
    mixer.tell(sound(5, 10 * PIECE + 100))
    heard = [mixer.hear(PIECE) for _ in range(11)]
    for name in "ab":
        whole = np.frombuffer(b"".join(each[name] for each in heard), dtype="<i2")
        assert int((whole == 5).sum()) == 10 * PIECE + 100
