import pytest

from ivr.domain.plate_search import may_begin, search
from ivr.domain.plates import looks_like_plate


@pytest.mark.parametrize("text", ["", "苏", "苏B", "苏BD1234", "粤Z1234港", "123456", "沪1234领"])
def test_the_beginning_of_a_plate_may_begin_one(text):
    assert may_begin(text)


@pytest.mark.parametrize("text", ["B", "苏1B", "苏I", "苏B1234567", "粤A1234港"])
def test_what_begins_no_plate_is_known_at_once(text):
    assert not may_begin(text)


def test_found_plates_are_plates_with_their_span_and_costs():
    found = search("你好车牌苏B一二三四五在路边", home="苏B", asked=False)
    best = found[0]
    assert best.text == "苏B12345"
    assert (best.start, best.end, best.assumed) == (4, 11, 0)
    assert all(looks_like_plate(one.text) and len(one.costs) == len(one.text) for one in found)


def test_what_was_not_said_is_told():
    assert search("B一二三四五", home="苏B", asked=True)[0].assumed == 1
    assert search("一二三四五", home="苏B", asked=True)[0].assumed == 2


def test_an_explained_place_is_told():
    assert 1 in search("苏B，北京的B，一二三四五", home="苏B", asked=True)[0].explained


@pytest.mark.parametrize("text", ["", "你好", "清扬路六十八号", "幺三八零零零零幺幺幺幺"])
def test_nothing_is_found_where_nothing_is(text):
    assert search(text, home="苏B", asked=False) == []
