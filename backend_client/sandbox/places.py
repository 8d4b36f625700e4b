"""The provinces of the mainland with their made-up offices, venues and public numbers."""

import re
from dataclasses import dataclass
from hashlib import sha256
from math import cos, pi, sin


@dataclass(frozen=True, slots=True)
class Province:
    """One of 31."""

    code: str
    """First two digits of GB/T 2260."""
    plate: str
    """Character its plates begin with."""
    name: str
    city: str
    """Its capital, or the province itself where that is a city."""


_ROWS = (
    "11京北京北京 12津天津天津 13冀河北石家庄 14晋山西太原 15蒙内蒙古呼和浩特 21辽辽宁沈阳 22吉吉林长春 23黑黑龙江哈尔滨 "
    "31沪上海上海 32苏江苏南京 33浙浙江杭州 34皖安徽合肥 35闽福建福州 36赣江西南昌 37鲁山东济南 41豫河南郑州 42鄂湖北武汉 "
    "43湘湖南长沙 44粤广东广州 45桂广西南宁 46琼海南海口 50渝重庆重庆 51川四川成都 52贵贵州贵阳 53云云南昆明 54藏西藏拉萨 "
    "61陕陕西西安 62甘甘肃兰州 63青青海西宁 64宁宁夏银川 65新新疆乌鲁木齐"
)
_LONG_NAMES = ("内蒙古", "黑龙江")


def _province(row: str) -> Province:
    rest = row[3:]
    cut = 3 if rest.startswith(_LONG_NAMES) else 2
    return Province(row[:2], row[2], rest[:cut], rest[cut:])


PROVINCES = tuple(_province(row) for row in _ROWS.split())
_BY_CODE = {each.code: each for each in PROVINCES}

NATIONAL_PHONES = (
    ("公安报警", "police", "110"),
    ("火警", "fire", "119"),
    ("医疗急救", "ambulance", "120"),
    ("交通事故报警", "accident", "122"),
    ("高速公路服务热线", "expressway", "12122"),
    ("政务服务便民热线", "government", "12345"),
)

_WORKDAYS = "周一到周五，上午九点到下午五点"
_EVERY_DAY = "每天，上午九点到下午五点"
_ALWAYS = "二十四小时"
_KINDS: tuple[tuple[str, str, str, str, tuple[str, ...]], ...] = (
    ("城南车辆管理所", "vehicle_office", "示例路一号", _WORKDAYS,
     ("plate", "vehicle_licence", "inspection_mark", "driving_licence", "exam", "contact")),
    ("示例路邮政网点", "post", "示例路二十号", _EVERY_DAY,
     ("plate", "vehicle_licence", "inspection_mark", "driving_licence")),
    ("自助办理机（便民中心）", "machine", "便民中心一楼", _ALWAYS, ("vehicle_licence", "driving_licence", "inspection_mark")),
    ("示例汽车销售店", "dealer", "示例大道八号", _EVERY_DAY, ("plate", "vehicle_licence", "temporary_plate")),
    ("示例驾校", "school", "示例大道三十号", _EVERY_DAY, ("exam",)),
    ("示例人民医院体检中心", "clinic", "示例路六十六号", "周一到周六，上午八点到十一点半", ("medical",)),
    ("示例机动车检测站", "test_line", "示例大道一百号", _EVERY_DAY, ("inspection",)),
)  # fmt: skip


def region_known(region: str) -> bool:
    """Six digits of a province we know?"""
    return len(region) == 6 and region.isascii() and region.isdigit()


def phones_of(region: str) -> list[dict[str, str]]:
    """Public numbers of a region: its own first, then the national ones. Numbers of its own are made up."""
    own: tuple[tuple[str, str, str], ...] = ()
    if region == "320200" or region[:4] == "3202":
        own = (("示例市交警支队值班室", "duty", "051080000001"), ("示例市车辆管理所", "vehicle_office", "051080000002"))
    elif (province := _BY_CODE.get(region[:2])) is not None:
        number = f"0{int(province.code):02d}0"
        own = (
            (f"{province.city}市交警支队值班室（示例）", "duty", f"{number}80000001"),
            (f"{province.city}市车辆管理所（示例）", "vehicle_office", f"{number}80000002"),
        )
    return [
        {"name": name, "kind": kind, "number": number, "region": region}
        for name, kind, number in (*own, *NATIONAL_PHONES)
    ]


def offices_of(region: str, service: str) -> list[dict[str, object]]:
    """Places of a region that do this business, nearest to its centre first."""
    province = _BY_CODE.get(region[:2])
    if province is None:
        return []
    phone = next(each["number"] for each in phones_of(region) if each["kind"] == "vehicle_office")
    city = "示例市" if region[:4] == "3202" else f"{province.city}市"
    return [
        {
            "name": name, "kind": kind, "address": f"{city}{address}", "hours": hours, "phone": phone,
            "region": region, "services": list(services),
        }
        for name, kind, address, hours, services in _KINDS
        if service in services
    ]  # fmt: skip


def venues_of(region: str) -> tuple[str, ...]:
    """Test venues of a city."""
    return ("城北考场", "新区考场", "城南考场") if region[:4] == "3202" else ("第一考场", "第二考场", "第三考场")


_ROAD = re.compile(r"([\u4e00-\u9fff]{2,4}?(?:大道|大街|路|街|巷|桥))")
_HOUSE = re.compile(r"([0-9]+|[一二三四五六七八九十百零〇两]+)号")
_CENTRE = (120.30, 31.57)
"""Of the example city."""
_REACH = 0.05
"""Degrees that a made-up road goes from the centre, about 5 km."""


def spot_of(region: str, place: str) -> dict[str, float] | None:
    """Where a place is on a made-up map: each road is a straight line, house numbers follow it. Only 3202 has a map."""
    road = _ROAD.search(place)
    if region[:4] != "3202" or road is None:
        return None
    draw = sha256(road.group(1).encode()).digest()
    angle, away = draw[0] / 256 * pi, (draw[1] - 128) / 128 * _REACH / 2
    house = _HOUSE.search(place)
    along = (sha256((house.group(1) if house else place).encode()).digest()[0] - 128) / 128 * _REACH
    lon = _CENTRE[0] + along * cos(angle) - away * sin(angle)
    lat = _CENTRE[1] + along * sin(angle) + away * cos(angle)
    return {"lon": round(lon, 5), "lat": round(lat, 5)}
