"""Is it a yes? Stricter than hearing one: what is filed on a yes cannot be taken back.

Every character of a yes must be accounted for: 可以 is one, 可以改吗 and 对面 are none. What was read
back may be said again with it (对，白色的).
"""

import re
from collections.abc import Iterable

from dialogs.actions.said import Said
from ivr.domain.sounds import PAUSE, plain, sounds
from ivr.domain.spoken import hear_yes_no
from ivr.domain.spoken_plates import hear_plate, plate_span

_YES = ["对头", "对对", "对的", "对", "是的", "是滴", "是嘞", "是哩", "是", "好的", "好嘞", "好滴", "好", "可以", "阔以", "行", "中", "要得", "得行", "得", "成", "妥", "管", "系", "嗯", "恩", "欸", "确认", "确定", "同意", "正确", "没错", "没有错", "不错", "没问题", "没有问题", "没毛病", "没意见", "莫得问题", "错不了", "OK", "提交", "需要", "要", "愿意", "奏是", "就是", "就这样", "必须", "(?:车牌|地点|地址|颜色)?都对", "(?:车牌|地点|地址|颜色)(?:是|也)?(?:对|没错)"]
_BESIDE = ["啊", "呀", "呢", "吧", "的", "了", "嘛", "哦", "诶", "呃", "额", "哎", "喂", "那", "就", "快点", "快", "赶紧", "马上", "请", "麻烦", "你们", "您", "你", "他", "它", "车主", "通知", "联系", "挪车", "挪走", "挪", "办", "弄", "打电话", "给", "帮我", "这个样", "这个", "这辆", "这样", "这儿", "这里", "这", "那个", "那辆", "那儿", "车", "谢谢", "师傅", "警官", "警察"]
_ALL_YES = re.compile(f"(?:{'|'.join((*_YES, *_BESIDE, PAUSE))})*")
_A_YES = re.compile("|".join(_YES))
_SOUNDS = {
    ("dui",), ("dui", "de"), ("dui", "dui"), ("dui", "dui", "dui"), ("shi",), ("shi", "de"), ("hao",), ("hao", "de"),
    ("ke", "yi"), ("xing",), ("mei", "cuo"), ("yao", "de"), ("que", "ren"), ("en",),
}  # fmt: skip
_MURMUR = re.compile("[嗯恩欸唔啊呃额哦，]*")
_VETO = 3
"""So many guesses of the recognizer are looked at for a no."""


def verdict(said: Said, *, plate: str | None = None, known: Iterable[str | None] = ()) -> bool | None:
    """True for a sure yes, False for a no, None for neither.

    Args:
        said: the caller's answer.
        plate: the plate read back; said again it changes nothing.
        known: place and colour read back, likewise.
    """
    if said.keys:
        return {"1": True, "2": False}.get(said.keys)
    if not said.texts:
        return None
    if hear_yes_no(said.texts[:1]) is False:
        return False
    if not _is_yes(_without_known(plain(said.text), plate, known)):
        return None
    doubted = any(hear_yes_no([text]) is False for text in said.texts[1:_VETO])
    denied = said.intent == "deny" and said.confidence > 0.6
    return None if doubted or denied else True


def consent(said: Said, *, plate: str | None = None, known: Iterable[str | None] = ()) -> bool | None:
    """`verdict` on what cannot be taken back: a bare 嗯 only says that he listens, and consents to nothing."""
    answer = verdict(said, plate=plate, known=known)
    return None if answer is True and not said.keys and _MURMUR.fullmatch(plain(said.text)) else answer


def _is_yes(text: str) -> bool:
    if _ALL_YES.fullmatch(text) and _A_YES.search(text):
        return True
    return sounds(text.strip("嗯呃啊吧，")) in _SOUNDS


def _without_known(text: str, plate: str | None, known: Iterable[str | None]) -> str:
    if plate is not None:
        heard, span = hear_plate([text], home=plate[:2], asked=False).plate, plate_span(text, home=plate[:2])
        if heard is not None and heard.text == plate and span is not None:
            text = text[: span[0]] + PAUSE + text[span[1] :]
    for word in known:
        if word and word != "unknown":
            text = re.sub(f"(?:停)?在?{re.escape(plain(word))}(?:色的?)?", PAUSE, text)
    return text
