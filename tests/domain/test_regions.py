"""Regions are told by their names."""

import pytest

from ivr.domain.regions import region_name


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("320000", "江苏省"), ("320200", "无锡市"), ("320213", "无锡市梁溪区"), ("110105", "北京市朝阳区"), ("429004", "湖北省仙桃市"),
        ("320299", "无锡市 320299"), ("329900", "江苏省 329900"), ("990000", "990000"), ("*", "全部地区"), ("", ""),
    ],
)  # fmt: skip
def test_a_code_has_the_name_people_use(code: str, name: str) -> None:
    assert region_name(code) == name
