"""Places as callers tell them: cut out of the sentence, in the caller's own words.

Places are relations (路口, 对面, 十九幢二单元楼下), so nothing is looked up: what remains after the
plate, the greeting and the complaint is the place, and a dispatcher can listen to the recording.
"""

import re
from dataclasses import dataclass

from ivr.domain.plate_search import search
from ivr.domain.sounds import PAUSE, plain

_REQUESTS = re.compile(
    "|".join(
        (
            "您好|你好|喂+|请问|麻烦(?:你们?|您)?|谢谢|师傅|警官|同志|快点|赶紧|那个|呃|嗯|就是说",
            "(?:幺二幺二三|一二一二三|幺二三|交警|交管)吗?",
            "(?:我?(?:想|要|想要|需要))?(?:请|叫|让|帮我|给我|帮忙)?(?:你们|他|车主)*(?:挪|移)(?:一?下)?[个辆]?车子?(?:一下)?",
            "(?:前面|后面|旁边|门口)?(?:有|这|那)+[一]?[个辆台部](?:[^，在把]{0,6}的)?(?:小|轿|面包|货|大)?车子?(?=[把给堵挡停在横一占])",
            "(?:一直)?(?:没有?|未)留(?:个)?(?:电话|号码|联系方式)|电话(?:也)?(?:没人接|打不通|关机)|联系不上(?:车主)?|(?:车里)?没人(?:管)?",
            "(?:一直)?(?:把|给)我(?:的?车|家门?|们)*(?:给)?[都全]?[堵挡拦别][住死着上]?(?:在里[面头])?了?",
            "[堵挡拦别][住死着]?了?我(?:的?车)?(?:了)?(?=$|，|车牌)|影响[^，]{0,6}(?:通行|出行|交通|走路)",
            "我?(?:车)?(?:都|根本|现在)?(?:出不[去来]|进不[去来]|走不了|过不去|开不出[去来]?)了?",
            "我?也?(?:说不清楚?|不知道|不晓得|不清楚)(?=$|，|就)|不晓得(?:哪个|谁)的|不知道(?:是)?谁的(?:车)?|一直不走|快来|怎么办|帮帮忙",
            "(?:[堵挡压]住?(?:了|在)?)(?:我家?(?:的)?)?(?:车库|店|小区|单元|大)?门口?(?:了|的出口了?)(?=$|，)",
            "[堵挡压]住?了?车库的?(?:出口|入口|门口?)?了?",
            "(?:是)?一?[辆台个](?:[白黑灰银红蓝绿黄棕金紫]+色?的?)?[^，在]{0,4}(?:轿车|汽车|面包车|货车|大众|宝马|奔驰|车)",
            "(?:车?颜色)?是?[白黑灰银红蓝绿黄棕金紫]色?的(?:车子?|轿车|面包车)?(?=$|，)",
            "车牌照?(?:号码?|号)?(?:是|为)?|号牌(?:是|为)?|牌照(?:是|为)?|牌子(?:是|为)?",
        )
    )
)
_VAGUE = re.compile("^(?:他|车)?[堵挡压][住着了]*|不知道|不清楚")
_LEAD = re.compile(
    "^(?:(?:他|它|这车|那车|车子?|我们?|人|现在)?(?:就|都|一直|正好|好像|大概|应该)*(?:停|堵|横|挡|卡|放|压|占)?(?:的?(?:地方|位置|地址|地点))?"
    f"(?:是|在|再|到|着)+|就|是|{PAUSE}|呢|啊|的|了)+"
)
_TRAIL = re.compile(
    f"(?:{PAUSE}|了|啊|呢|吧|呀|哦|这里|那里|这边|那边|这儿|那儿|这个地方|那个地方|的地方|这个位置|停着|停的)+$"
)
_TAKEN_ON = re.compile(
    "(?:停[在再]|堵[在再]|横在|挡在|放在|位置在|地址是|位置是|地点是|地点在|位于|就在|在|到)(?=[^，])"
)

_NAMED = re.compile(
    "[^，在]{2,}(?:路|街|大道|大街|胡同|巷|弄|里|桥|广场|小区|花园|花苑|嘉园|家园|新村|公寓|苑|府|城|大厦|中心|医院|学校|小学|中学|"
    "大学|幼儿园|银行|酒店|宾馆|饭店|超市|商场|市场|车站|机场|公园|停车场|加油站|派出所|政府|公司|工厂|村|镇|庄|湾|店|馆|园|坊|期)"
    "|[一二三四五六七八九十0-9]+(?:号|幢|栋|单元|号楼)"
)
_SOMEBODYS = re.compile("我|你|他|车位")
"""我家店门, 车位里: only the caller knows where that is."""
_INSIDE_COMPOUND = re.compile("幢|栋|号楼|单元|楼下|小区里|小区内|院[子内里]|地面车位|家属院|宿舍")
_COMPOUND = re.compile(
    "小区|花园|花苑|嘉园|家园|新村|公寓|[^宫]苑|名府|雅居|里弄|家属|宿舍|[一二三四五六七八九]期"
)
_ON_ROAD = re.compile(
    "路口|路边|马路|街上|街边|路上|路中间|大道上|公路|国道|高速|高架|桥上|红绿灯|公交站|环岛|十字|丁字|人行道|非机动车道|辅路|匝道|隧道"
)
_UNIT = re.compile(
    "单位|公司|学校|小学|中学|大学|幼儿园|医院|银行|大厦|写字楼|商场|广场|酒店|宾馆|饭店|超市|市场|厂|政府|派出所|中心|店|馆|门口"
)
_INSIDE = re.compile("里面|院内|厂区|园区内|校园")


@dataclass(frozen=True, slots=True)
class PlaceHeard:
    """A place cut out of a sentence."""

    text: str | None
    """The caller's own words: 清扬路六十八号门口; None when no place was said."""
    kind: str | None
    """road, compound, car_park, unit, other; None when nothing was said of it."""
    on_road: bool | None
    """Does the car stand on a public road? None when it cannot be told."""


def hear_place(text: str, *, asked: bool = False) -> PlaceHeard:
    """Cut the place out of `text`.

    Args:
        text: what was heard.
        asked: was the caller just asked where? Then whatever is left is the place, however vague;
            otherwise it must name something (小区门口 alone does not), though its kind is told.
    """
    said = _without_plate(plain(text))
    rest = _REQUESTS.sub(PAUSE, said)
    parts = [part for part in (_trimmed(part) for part in rest.split(PAUSE)) if part]
    if not asked:
        parts = _telling(parts, said)
    elif not parts:
        parts = [part for part in (_VAGUE.sub("", _trimmed(said)),) if _kind(part)]
    place = PAUSE.join(parts)
    if not place:
        return PlaceHeard(None, _kind(said), _on_road(said))
    kind = _kind(place)
    named = asked or (_NAMED.search(place) and kind and not _SOMEBODYS.match(place))
    return PlaceHeard(place if named else None, kind, _on_road(place))


def _without_plate(said: str) -> str:
    """Cut out plates said in full; B区二幺七 is none."""
    for found in search(said, home="", asked=False):
        if found.cost < 2 and "区" not in said[found.start : found.end]:
            return said[: found.start] + PAUSE + said[found.end :]
    return said


def _trimmed(part: str) -> str:
    before = ""
    while part != before:
        before = part
        part = _TRAIL.sub("", _LEAD.sub("", part))
    return part if len(part) > 1 else ""


def _telling(parts: list[str], said: str) -> list[str]:
    """Keep the parts of a sentence that tell of a place; from 停在 on where it is said."""
    kept: list[str] = []
    for part in parts:
        match = _TAKEN_ON.search(part)
        if match:
            part = _trimmed(part[match.end() :])
        led = any(f"{word}{part}" in said for word in ("在", "是", "到")) if part else False
        told = _kind(part) is not None
        if part and (_NAMED.search(part) or (told and (led or kept))):
            kept.append(part)
    return kept


_KINDS = (
    ("road", _ON_ROAD),
    ("car_park", re.compile("停车场|停车楼|停车库|地下|负[一二三四]|地库|[A-Z]区")),
    ("compound", _INSIDE_COMPOUND),
    ("road", re.compile("[路街道巷弄][^，]{0,8}号")),
    ("compound", _COMPOUND),
    ("car_park", re.compile("车库|车位")),
    ("road", re.compile("路|街|大道|巷|胡同|弄")),
    ("unit", _UNIT),
    ("other", re.compile("通道|门|边|旁|对面|口")),
)
"""Tried in order: what is inside something else decides before its name."""


def _kind(place: str) -> str | None:
    return next((kind for kind, pattern in _KINDS if pattern.search(place)), None)


def _on_road(place: str) -> bool | None:
    if _ON_ROAD.search(place):
        return True
    if _INSIDE_COMPOUND.search(place) or _INSIDE.search(place):
        return False
    kind = _kind(place)
    if kind == "road":
        return True
    return None
