"""Numbers as a reader says them."""

import pytest

from ivr.speech.numbers import count, say_numbers


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "零"), (7, "七"), (10, "十"), (12, "十二"), (20, "二十"), (21, "二十一"), (100, "一百"), (105, "一百零五"), (110, "一百一十"),
        (1000, "一千"), (1005, "一千零五"), (1050, "一千零五十"), (1500, "一千五百"), (10000, "一万"), (10010, "一万零一十"), (120000, "十二万"),
        (3002001, "三百万二千零一"),
    ],
)
def test_counts(number, said):
    assert count(number) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026年11月23日", "二零二六年十一月二十三日"),
        ("20分钟后", "二十分钟后"),
        ("2次，2个，2月2号", "两次，两个，二月二号"),
        ("10:30到14:00", "十点三十分到十四点"),
        ("2:05", "两点零五分"),
        ("3.5公里", "三点五公里"),
        ("100%", "百分之一百"),
        ("第3条，第2次", "第三条，第二次"),
        ("120元", "一百二十元"),
        ("请按1", "请按一"),
    ],
)
def test_values_are_read_whole(text, said):
    assert say_numbers(text) == said


@pytest.mark.parametrize(
    "text", ["12123", "拨打110", "苏B12345", "苏BD12345", "13900002222", "M2611230001", "尾号1111的车", "编号007号", "192.168.1.1", "按0", ""]
)
def test_codes_are_left_to_be_read_digit_by_digit(text):
    assert say_numbers(text) == text
