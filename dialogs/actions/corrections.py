"""What a message may change of what was already understood. A plate changes only when it is spoken of.

A place and a plate sound alike to an ear that looks for a plate (地点 has a D, 六十八号 has digits), so
a sentence that names a place never touches the plate unless it says 车牌.
"""

import re

from ivr.domain.plates import Plate
from ivr.domain.sounds import PAUSE, plain
from ivr.domain.spoken import PlaceHeard, hear_place, hear_plate, mask_personal

_PLATE_WORD = re.compile("车牌|号牌|牌照|牌号|牌子")
_PLATE_PART = re.compile(
    "尾号|末尾|[前后末][面]?[几一二两三四五六][位个]|后面(?:的)?(?:是|几)|倒数|最后[那的]?[几一二两三四五六]?[位个]"
    "|第[几一二三四五六七八](?:位|个数|个字|个字母)|字母"
)
_SIGN = "[A-Z0-9零一二三四五六七八九幺两洞拐勾]"
_CONTRAST = re.compile(f"(?:是|不是)?{_SIGN}{{1,7}}{PAUSE}?(?:的{_SIGN})?{PAUSE}?(?:不是|而?是|应该是)(?:.{{1,3}}的)?{_SIGN}{{1,7}}")
_LETTER = re.compile("[^，]{1,3}的[A-Z]")
_PLACE_WORD = re.compile(
    "地点|地址|位置|地方|停在|停的|门口|路口|[路街巷弄桥](?![A-Z])|小区|单元|楼|[栋幢]|车库|停车|对面|旁边|号门|[东南西北大]门"
)
_NAMES_PLACE = re.compile("地点|地址|位置|地方|停在|停的")
_TAKES_BACK = re.compile("不对|错|不是|不在|应该|改成|更正")
_BAD_PLACE = re.compile("(?:地点|地址|位置|地方)(?:说|搞|弄)?(?:错了?|不对|不是)")
_NEGATED = re.compile(f"不(?:是|在)[^{PAUSE}]*?{PAUSE}?(?:而是|应该是|应该在|是|在)(?=.{{2,}})")
_NEGATED_AFTER = re.compile(f"(?<=.){PAUSE}?不(?:是|在)[^{PAUSE}]+$")
_LEAD = re.compile(
    f"^(?:不对不对|不对|不是的?|错了|搞错了?|说错了?|没有|对不起|不好意思|那个|嗯|呃|啊|哦|我说的?|地点|地址|位置|地方|停的|应该|改成|更正|{PAUSE}"
    "|(?:是|在|停在)(?=.))+"
)
_NUMBER = re.compile("[零一二三四五六七八九十百幺两0-9]+号")
_PHONE = re.compile(f"(?:我的?|他的?)?(?:电话|手机|号码)?(?:号码?)?(?:是)?[0-9*零一二三四五六七八九幺]*[*]{{3,}}[^{PAUSE}]*")
_MOST_CHARACTERS = 60


def about_plate(text: str, plate: Plate, *, asked_what_is_wrong: bool = False) -> bool:
    """May this sentence change the plate already understood?"""
    said = plain(text)
    if _PLATE_WORD.search(said):
        return True
    if names_place(said):
        return False
    if _PLATE_PART.search(said) or _CONTRAST.search(said) or _LETTER.search(said):
        return True
    heard = hear_plate([said], home=plate.prefix, asked=asked_what_is_wrong)
    return heard.plate is not None


def names_place(text: str) -> bool:
    """Does it speak of a place?"""
    said = plain(text)
    return _PLACE_WORD.search(said) is not None or hear_place(said).text is not None


def new_place(text: str, before: str) -> PlaceHeard | None:
    """Give the place that is said instead of `before`; None when none is."""
    said = without_phone(plain(text))
    kept = _LEAD.sub("", said_instead(_BAD_PLACE.sub(PAUSE, said)))
    if _TAKES_BACK.search(said) and _NUMBER.fullmatch(kept) and _NUMBER.search(before):
        whole = _NUMBER.sub(kept, before, count=1)
        return PlaceHeard(whole, hear_place(whole, asked=True).kind, hear_place(whole, asked=True).on_road)
    asked = kept != said and (_NAMES_PLACE.search(said) is not None or names_place(kept))
    heard = hear_place(kept, asked=asked)
    if heard.text is None or heard.kind is None or heard.text in before:
        return None
    return _short(heard)


def place_asked(text: str) -> PlaceHeard:
    """Hear the answer to: where does it stand?"""
    said = without_phone(plain(text))
    return _short(hear_place(_LEAD.sub("", said_instead(said)), asked=True))


def said_instead(text: str) -> str:
    """Leave out what is denied: 不是白色是黑色 says 黑色."""
    kept = _NEGATED.sub("", text)
    return kept if kept != text else _NEGATED_AFTER.sub("", text)


def without_phone(text: str) -> str:
    """Cut a phone number told along with a place; it is not part of it."""
    masked, found = mask_personal(text)
    return _PHONE.sub("", masked) if found or "***" in masked else text


def _short(heard: PlaceHeard) -> PlaceHeard:
    if heard.text is None or len(heard.text) <= _MOST_CHARACTERS:
        return heard
    return PlaceHeard(heard.text[:_MOST_CHARACTERS], heard.kind, heard.on_road)
