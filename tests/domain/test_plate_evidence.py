from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.domain.plate_evidence import MOST_READINGS, weigh
from ivr.domain.plates import SERIAL_LETTERS, looks_like_plate

SIGNS = st.sampled_from(SERIAL_LETTERS + "0123456789" * 3)
PLATES = st.builds("{}{}{}".format, st.sampled_from("苏豫渝桂贵"), st.sampled_from("ABDE"), st.text(SIGNS, min_size=5, max_size=5)).filter(
    looks_like_plate
)
READINGS = st.dictionaries(PLATES, st.floats(0, 2), min_size=1, max_size=5).map(lambda costs: weigh((), tuple(costs.items())))

SLOW_MACHINE = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@SLOW_MACHINE
@given(READINGS, READINGS)
def test_every_sign_was_heard_in_one_of_the_utterances(earlier, later):
    for text, _ in weigh(earlier, later):
        assert looks_like_plate(text)
        assert all(any(at < len(read) and read[at] == char for read, _ in (*earlier, *later)) for at, char in enumerate(text))


@SLOW_MACHINE
@given(READINGS, READINGS, st.data())
def test_what_was_denied_never_comes_out(earlier, later, data):
    heard = [text for text, _ in (*earlier, *later)]
    denied = data.draw(st.sets(st.sampled_from(heard)))
    assert not denied & {text for text, _ in weigh(earlier, later, denied=denied)}


@SLOW_MACHINE
@given(READINGS, READINGS)
def test_the_likeliest_comes_first_and_costs_nothing(earlier, later):
    joint = weigh(earlier, later)
    assert len(joint) <= MOST_READINGS
    assert joint[0][1] == 0
    assert [cost for _, cost in joint] == sorted(cost for _, cost in joint)


@SLOW_MACHINE
@given(READINGS)
def test_one_utterance_alone_stays_as_it_was_heard(heard):
    assert weigh((), heard) == weigh(heard, ()) == heard


def test_what_both_heard_beats_what_either_heard_best():
    earlier = (("苏N3EX67", 0.0), ("苏N31X6C", 0.3))
    later = (("苏N31X67", 0.0), ("苏N31X6C", 0.45))
    assert weigh(earlier, later, denied=("苏N3EX67",))[0][0] == "苏N31X6C"


def test_another_car_said_later_is_that_car():
    assert weigh((("苏B12345", 0.0),), (("豫A99887", 0.0),))[0][0] == "豫A99887"


def test_each_sign_may_come_from_the_utterance_that_heard_it():
    earlier, later = (("苏B12375", 0.0), ("苏B12345", 0.9)), (("苏D12345", 0.0), ("苏B12945", 1.0))
    assert "苏B12345" in [text for text, _ in weigh(earlier, later)]


def test_nothing_heard_gives_nothing():
    assert weigh((), ()) == ()
    assert weigh((), (("苏B12345", 0.0),), denied=("苏B12345",)) == ()
