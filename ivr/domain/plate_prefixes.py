"""Which letters follow which province on plates: the cities that issue them.

Source: own knowledge of the authorities in use; new ones are added now and then. So a letter that is not
here is unlikely, never impossible.
"""

from types import MappingProxyType

_TABLE = (
    "京:ABCEFGHJKLMNPQY 津:ABCDEFGHJKLMNPQR 冀:ABCDEFGHJRT 晋:ABCDEFHJKLM 蒙:ABCDEFGHJKLM "
    "辽:ABCDEFGHJKLMNP 吉:ABCDEFGHJK 黑:ABCDEFGHJKLMNPR 沪:ABCDEFGHJKLMNPQR 苏:ABCDEFGHJKLMNU "
    "浙:ABCDEFGHJKL 皖:ABCDEFGHJKLMNPQRS 闽:ABCDEFGHJK 赣:ABCDEFGHJKLM 鲁:ABCDEFGHJKLMNPQRSUVWY "
    "豫:ABCDEFGHJKLMNPQRSUV 鄂:ABCDEFGHJKLMNPQRSW 湘:ABCDEFGHJKLMNSU 粤:ABCDEFGHJKLMNPQRSTUVWXYZ "
    "桂:ABCDEFGHJKLMNPR 琼:ABCDEF 渝:ABCDFGHN 川:ABCDEFGHJKLMQRSTUVWXYZ 贵:ABCDEFGHJ "
    "云:ACDEFGHJKLMNPQRSV 藏:ABCDEFGHJ 陕:ABCDEFGHJKV 甘:ABCDEFGHJKLMNP 青:ABCDEFGH 宁:ABCDE "
    "新:ABCDEFGHJKLMNPQRS"
)
_IN_USE = MappingProxyType({pair[0]: pair[2:] for pair in _TABLE.split()})


def issued(prefix: str) -> bool:
    """Is a province with this letter (苏B) known to be on plates? A province alone is."""
    return len(prefix) < 2 or prefix[1] in _IN_USE.get(prefix[0], "")


def letters_of(province: str) -> str:
    """Give the letters known of a province; empty for what is none."""
    return _IN_USE.get(province, "")
