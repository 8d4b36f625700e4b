from ivr.domain.provinces import PROVINCE_BY_CODE, PROVINCE_BY_NAME, PROVINCE_CHARS, PROVINCES
from ivr.domain.sounds import sound


def test_there_are_31_provinces_each_with_its_own_number_and_name():
    assert len(PROVINCE_CHARS) == len(PROVINCES) == 31
    assert len(PROVINCE_BY_CODE) == len(PROVINCE_BY_NAME) == 31
    assert PROVINCE_BY_CODE["32"].char == "苏"


def test_sounds_are_those_of_the_characters():
    assert all(sound(one.char) == one.sound for one in PROVINCES.values())


def test_provinces_of_one_sound_know_each_other():
    for one in PROVINCES.values():
        same = {other.char for other in PROVINCES.values() if other.sound == one.sound} - {one.char}
        assert same <= set(one.alike)
