"""What a seat is told of a caller, in words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ivr.consoles.words_understood import SLOTS, slot_value
from ivr.domain.figures import LOW_CONFIDENCE


@dataclass(frozen=True, slots=True)
class Given:
    """One thing that the caller gave."""

    word: str
    value: str
    percent: int
    """How surely it was heard."""
    low: bool
    """To be asked again: it was heard with less than `LOW_CONFIDENCE`."""


def given(context: Mapping[str, Any]) -> list[Given]:
    """Put what was given into words."""
    items: Iterable[Mapping[str, Any]] = context.get("given") or ()
    return [_given(item) for item in items]


def _given(item: Mapping[str, Any]) -> Given:
    name, value, sure = str(item.get("name", "")), str(item.get("value", "")), float(item.get("sure", 1.0))
    return Given(SLOTS.get(name, name), slot_value(value, name), round(sure * 100), sure < LOW_CONFIDENCE)


_SERVICES = {
    "": "还没有说要办什么", "move": "电话挪车", "exam": "考试预约", "paper": "补换牌证", "progress": "查办理进度", "licence": "查驾驶证状态",
}
_STAGES = {
    "open": "刚问要办什么", "plate": "问车牌", "plate_again": "再确认车牌", "place": "问地点", "colour": "问颜色", "phone": "问联系号码",
    "confirm": "复述确认挪车", "wrong": "问哪里不对", "holding": "已受理，等车主", "own_case": "问已有的挪车单", "owner": "车主听通知", "connecting": "车主已接，等着和他通话", "owner_talk": "问车主要不要和来电人通话", "owner_joining": "车主和来电人通话",
    "id": "问身份证号", "id_repair": "核对身份证号", "code": "等短信验证码", "secret": "问档案编号或车辆识别代号", "away": "核心系统没有回答",
    "exam_subject": "问科目", "exam_day": "问日期", "exam_choice": "选场次", "exam_confirm": "复述确认预约", "exam_which": "问取消哪一个",
    "exam_cancel": "确认取消预约", "exam_window": "只能窗口取消", "paper_kind": "问哪种牌证", "paper_cause": "问原因", "paper_plate": "问车牌",
    "paper_class": "问降成什么车型", "paper_pieces": "问几块号牌", "paper_delivery": "问怎么取", "paper_address": "问收件地址",
    "paper_confirm": "复述确认提交", "paper_age": "问要不要年龄换证", "paper_draft": "问接着上次办吗", "for_other": "替家人办",
    "more": "问还要办什么", "offer_human": "问要不要人工", "complaint": "说投诉内容", "rating": "请评价", "rating_why": "问哪里不满意",
}
_LEVELS = {
    "0": "未核对身份", "1": "只有来电号码，未核对身份", "2": "已核对身份证号和短信验证码", "3": "已核对身份证号、短信验证码和档案编号（或车辆识别代号）",
}
_STATES = {
    "waiting": "排队中", "offered": "正在振铃", "briefing": "座席听摘要", "talking": "通话中", "away": "回服务核验", "returned": "交还服务",
    "done": "座席办完", "lost": "座席线路断", "no_seat": "没有空闲座席", "abandoned": "来电人放弃", "caller_left": "来电人先挂断",
}
_PRESENCES = {"free": "空闲，等来电", "ringing": "来电振铃", "talking": "通话中", "wrap_up": "话后整理", "away": "暂停接听"}
_THIRDS = {"ringing": "正在呼叫第三方", "joined": "第三方已加入", "not_reached": "第三方没有接通", "left": "第三方已离开"}
_PHONES = {"browser": "本页的浏览器电话", "sip": "话机"}

SEAT_WORDS: Mapping[str, tuple[Mapping[str, str], str]] = MappingProxyType(
    {
        "wish": (_SERVICES, "还没有说要办什么"),
        "stage": (_STAGES, "—"),
        "level": (_LEVELS, "未核对身份"),
        "handover_state": (_STATES, "—"),
        "presence": (_PRESENCES, "—"),
        "third": (_THIRDS, ""),
        "seat_phone": (_PHONES, "—"),
    }
)
"""Filter -> its words, and what stands where there is none."""

SEAT_FILTERS: Mapping[str, Callable[..., Any]] = MappingProxyType({"given": given})
