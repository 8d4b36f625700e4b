"""Short answers: yes or no, and the colour of a car."""

import re
from collections.abc import Sequence

from ivr.domain.sounds import PAUSE, guesses, plain, sounds

_LONGEST_SURE = 12
"""Characters up to which a yes or no in the middle counts."""
_FILLERS = (*"呃额啊呀嘛哦诶哎喂吧呢了吗", "那个", "这个", "就是", "谢谢", PAUSE)
_SAME = re.compile("^就?是?这[个样]的?[了吧]?$")
_ASKING = (
    "要不要",
    "有没有",
    "能不能",
    "会不会",
    "是不是",
    "对不对",
    "行不行",
    "可不可以",
    "好不好",
    "对吗",
    "是吗",
)


def _words(table: str) -> tuple[str, ...]:
    return tuple(table.split())


_YES_DESPITE_NO = _words(
    "没错 没有错 不错 没问题 没有问题 没毛病 没意见 没关系 差不多 莫得问题 不会错 错不了 不用改"
)
_DENIALS = "不没莫"
"""With one of these left in it, nothing is a yes: 要得了不得 is a 要不得 in noise."""
_NO = _words(
    "不是 不对 不行 不要 不用 不可以 不同意 不中 不成 不得行 不需要 要不得 没有 没得 莫得 木有 错了 错啦 不 没 否 错 "
    "别 甭 冇 弗 唔 没事 取消 算了 搞错 有误 反了"
)
_YES = _words(
    "对头 对对 对的 对着 对 是的 是滴 是嘞 是哩 是 好的 好嘞 好滴 好 可以 阔以 行 中 要得 得行 得 成 妥 管 系 嗯 恩 欸 "
    "确认 确定 同意 正确 OK 提交 需要 要 愿意 奏是 晓得 就这样 必须"
)
_ALONE_ONLY = frozenset("没别否冇弗唔甭是好行中得成妥管系嗯恩欸要对不错") | {"晓得"}
"""Words that are part of too many others to count in the middle of a sentence."""
_AFTER_WORD = frozenset("的滴嘞哩咧噻咯喽呗啦着哈滴头得")
"""What a dialect hangs on such a word; with any other character it is another word (中间)."""
_MOST_GUESSES = 5
_NO_SOUNDS = {("bu", "shi"), ("bu", "dui"), ("bu", "xing"), ("bu", "yao"), ("bu", "yong"), ("bu",)}
_NO_SOUNDS |= {("mo", "de"), ("mei", "de"), ("bu", "de", "xing"), ("yao", "bu", "de"), ("bu", "zhong"), ("bu", "cheng")}
_NO_SOUNDS |= {("mei", "you"), ("cuo", "le"), ("bu", "shi", "de"), ("bu", "dui", "de")}
_YES_SOUNDS = {
    ("dui",),
    ("dui", "de"),
    ("dui", "dui"),
    ("shi",),
    ("shi", "de"),
    ("hao",),
    ("hao", "de"),
}
_YES_SOUNDS |= {("de", "xing"), ("dui", "tou"), ("dui", "zhe"), ("dui", "zhe", "le")}
_YES_SOUNDS |= {
    ("ke", "yi"),
    ("xing",),
    ("zhong",),
    ("en",),
    ("mei", "cuo"),
    ("yao", "de"),
    ("que", "ren"),
}

_COLOURS = {
    **dict.fromkeys(("银灰", "灰", "深灰", "铁灰", "水泥"), "灰"),
    **dict.fromkeys(("白", "乳白", "珍珠白", "米白"), "白"),
    **dict.fromkeys(("黑",), "黑"),
    **dict.fromkeys(("银",), "银"),
    **dict.fromkeys(("红", "酒红", "枣红"), "红"),
    **dict.fromkeys(("蓝", "天蓝", "宝蓝"), "蓝"),
    **dict.fromkeys(("绿",), "绿"),
    **dict.fromkeys(("黄", "米黄"), "黄"),
    **dict.fromkeys(("棕", "咖啡", "褐", "咖"), "棕"),
    **dict.fromkeys(("金", "香槟", "香槟金"), "金"),
    **dict.fromkeys(("紫",), "紫"),
    **dict.fromkeys(("橙", "橘", "桔"), "橙"),
    **dict.fromkeys(("粉",), "粉"),
}
_NOT_KNOWN = re.compile(
    "不知道|不晓得|不清楚|说不清|看不清|没看清|没看见|没注意|没看|看不见|看不到|记不得|不记得|忘了|黑乎乎|太黑|天黑"
)
_COLOUR_SOUNDS = {
    "bai": "白",
    "hei": "黑",
    "hui": "灰",
    "yin": "银",
    "hong": "红",
    "lan": "蓝",
    "lv": "绿",
    "huang": "黄",
    "zong": "棕",
    "jin": "金",
    "zi": "紫",
    "cheng": "橙",
    "fen": "粉",
}
_PLATE_COLOUR = re.compile("[蓝黄绿白黑][色]?的?(?:牌|车牌|号牌)")
_NAME_OF_COLOUR = "|".join(sorted(_COLOURS, key=len, reverse=True))
_COLOURED = re.compile(
    f"({_NAME_OF_COLOUR})(?=色|的|颜|车|小|大|轿|面包|越野|商务|货|奔|宝|奥|本|丰|现|别|吉|比|特|思|跑|皮卡|不溜|SUV)"
)


def hear_yes_no(texts: str | Sequence[str]) -> bool | None:
    """True yes, False no, None neither; `texts` are the recogniser's guesses, best first."""
    likely = guesses(texts)[:_MOST_GUESSES]
    for text in likely:
        answer = _yes_no(plain(text))
        if answer is not None:
            return answer
    for text in likely:
        answer = _yes_no_by_sound(plain(text))
        if answer is not None:
            return answer
    return None


def _yes_no(text: str) -> bool | None:
    if _SAME.match(text):
        return True
    for asking in _ASKING:
        text = text.replace(asking, "")
    despite = any(word in text for word in _YES_DESPITE_NO)
    for word in _YES_DESPITE_NO:
        text = text.replace(word, "")
    rest = _without(text, _FILLERS)
    verdict = _at_start(rest, _NO, False)
    if verdict is None and _inside(rest, _NO):
        verdict = False
    if verdict is False:
        return False
    if any(word in rest for word in _DENIALS):
        return None
    return True if despite or _at_start(rest, _YES, True) or _inside(rest, _YES) else None


def _at_start(text: str, words: Sequence[str], verdict: bool) -> bool | None:
    starts = next((word for word in words if text.startswith(word)), None)
    if starts is None:
        return None
    rest = text[len(starts) :]
    short = rest in _AFTER_WORD if verdict else len(rest) <= 1
    alone = short or starts not in _ALONE_ONLY or text in starts * 4
    return verdict if alone or _without(text, words) == "" else None


def _inside(text: str, words: Sequence[str]) -> bool:
    return len(text) <= _LONGEST_SURE and any(
        word in text for word in words if word not in _ALONE_ONLY
    )


def _yes_no_by_sound(text: str) -> bool | None:
    heard = sounds(_without(text, _FILLERS))
    if heard in _NO_SOUNDS:
        return False
    return True if heard in _YES_SOUNDS else None


def _without(text: str, words: Sequence[str]) -> str:
    for word in words:
        text = text.replace(word, "")
    return text


def hear_colour(text: str) -> str | None:
    """One of 白 黑 灰 银 红 蓝 绿 黄 棕 金 紫 橙 粉; `unknown` when he cannot tell; None when none was said.

    The colour of the plate (蓝牌, 绿牌) and of names (白云路) is not the car's.
    """
    said = _PLATE_COLOUR.sub("", plain(text))
    if match := _COLOURED.search(said):
        return _COLOURS[match.group(1)]
    if _NOT_KNOWN.search(said):
        return "unknown"
    bare = re.sub(
        f"^(?:是|就是|好像是|好像|应该是|嗯|呃|那个|{PAUSE})+|[了吧啊的色{PAUSE}]+$", "", said
    )
    if bare in _COLOURS:
        return _COLOURS[bare]
    heard = sounds(bare)
    if len(heard) == 1:
        return _COLOUR_SOUNDS.get(heard[0])
    return _colour_by_sound(said)


def _colour_by_sound(said: str) -> str | None:
    """败色的车: the sound of a colour before 色."""
    heard = sounds(said)
    for at in range(len(heard) - 1):
        if heard[at + 1] == "se" and heard[at] in _COLOUR_SOUNDS:
            return _COLOUR_SOUNDS[heard[at]]
    return None
