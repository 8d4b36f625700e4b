"""The 31 provinces of plates: GB/T 2260 number, names, and what each is confused with by ear.

Source: GB/T 2260 (codes, names); GA 36-2018 (plate characters). Confusions: own knowledge.
"""

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Province:
    """One province as plates and callers name it."""

    char: str
    """The character on the plate."""
    code: str
    """First two digits of GB/T 2260."""
    name: str
    """As it is said: 江苏, 广西."""
    sound: str
    """Toneless pinyin of `char`."""
    alike: str = ""
    """Plate characters that sound (nearly) the same."""


_ROWS = (
    Province("京", "11", "北京", "jing", "津"),
    Province("津", "12", "天津", "jin", "晋京"),
    Province("冀", "13", "河北", "ji", "吉"),
    Province("晋", "14", "山西", "jin", "津京"),
    Province("蒙", "15", "内蒙古", "meng"),
    Province("辽", "21", "辽宁", "liao"),
    Province("吉", "22", "吉林", "ji", "冀"),
    Province("黑", "23", "黑龙江", "hei"),
    Province("沪", "31", "上海", "hu"),
    Province("苏", "32", "江苏", "su"),
    Province("浙", "33", "浙江", "zhe"),
    Province("皖", "34", "安徽", "wan"),
    Province("闽", "35", "福建", "min"),
    Province("赣", "36", "江西", "gan", "甘"),
    Province("鲁", "37", "山东", "lu"),
    Province("豫", "41", "河南", "yu", "渝粤"),
    Province("鄂", "42", "湖北", "e"),
    Province("湘", "43", "湖南", "xiang"),
    Province("粤", "44", "广东", "yue"),
    Province("桂", "45", "广西", "gui", "贵"),
    Province("琼", "46", "海南", "qiong"),
    Province("渝", "50", "重庆", "yu", "豫"),
    Province("川", "51", "四川", "chuan"),
    Province("贵", "52", "贵州", "gui", "桂"),
    Province("云", "53", "云南", "yun"),
    Province("藏", "54", "西藏", "zang"),
    Province("陕", "61", "陕西", "shan"),
    Province("甘", "62", "甘肃", "gan", "赣"),
    Province("青", "63", "青海", "qing"),
    Province("宁", "64", "宁夏", "ning"),
    Province("新", "65", "新疆", "xin"),
)

PROVINCES = MappingProxyType({row.char: row for row in _ROWS})
PROVINCE_CHARS = "".join(PROVINCES)
PROVINCE_BY_CODE = MappingProxyType({row.code: row for row in _ROWS})
PROVINCE_BY_NAME = MappingProxyType({row.name: row for row in _ROWS})
