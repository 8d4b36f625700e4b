"""Which sounds may stand for which character of a plate, and how sure that is.

`readings(text, at)` gives what the characters from `at` on may mean inside a plate; costs grow from
0 (written exactly) over 0.4 (same sound, usual substitute) to 0.9 (blurred sound).

Sources: digit words of army, police and drivers (幺两拐勾洞); letter names as a Mandarin recogniser
writes them: own knowledge, widened with what our own model was seen to write.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ivr.domain.provinces import PROVINCES, Province
from ivr.domain.sounds import apart, blurred, sound, sounds, sounds_like

SUFFIXES = "学挂警港澳使领"
EXACT = 0.0
USUAL = 0.4
SAME_SOUND = 0.5
BLURRED = 0.9


def _pairs(table: str) -> dict[str, str]:
    return dict(pair.split(":") for pair in table.split())


def _costs(table: str) -> dict[str, float]:
    return {key: float(cost) for key, cost in _pairs(table).items()}


_DIGIT_CHARS = dict(zip("0123456789", "0123456789", strict=True)) | _pairs(
    "零:0 〇:0 洞:0 一:1 幺:1 壹:1 二:2 两:2 俩:2 贰:2 三:3 仨:3 叁:3 四:4 肆:4 五:5 伍:5 "
    "六:6 陆:6 七:7 柒:7 拐:7 八:8 捌:8 九:9 玖:9 勾:9 钩:9"
)
_DIGIT_SOUNDS = _pairs(
    "ling:0 dong:0 yi:1 yao:1 er:2 liang:2 lia:2 san:3 sa:3 si:4 wu:5 liu:6 qi:7 guai:7 ba:8 "
    "jiu:9 gou:9"
)
_LETTER_SOUNDS = _pairs(
    "ei:A ai:A a:RA bi:B xi:C sai:C di:D e:E yi:E ji:G jie:J kai:K ke:K le:L en:N pi:P qiu:Q "
    "kou:Q quan:Q er:R ti:T you:U wei:V cha:X wai:Y zei:Z zai:Z"
)
_LETTER_WORDS = _pairs(
    "艾弗:F 艾夫:F 诶福:F 爱吃:H 艾去:H 诶曲:H 艾欧:L 诶路:L 艾勒:L 艾姆:M 艾木:M 诶母:M 艾恩:N 阿尔:R "
    "艾斯:S 艾思:S 诶死:S 大不溜:W 打不流:W 搭波流:W 艾克斯:X 诶克斯:X 胜利:V 鹅毛:E"
)
_COMMON_WORDS = _costs(
    "是:0.7 把:0.7 吧:0.7 就:0.7 有:0.9 在:0.9 为:0.9 位:0.9 可:0.9 啊:0.5 以:0.9 已:0.9 也:0.9 "
    "第:0.8 还:0.9 再:0.8 一:2 二:2 几:0.6 起:0.8 体:0.6 哎:0.6 唉:0.6 嗯:0.7 喂:0.8 十:1.2 时:1.1 "
    "事:1.0 市:1.0 师:1.0 使:1.0 实:1.1 里:1.1 了:2 不:2 的:2 路:2 楼:2 号:2 呢:2"
)
"""Words that occur beside a plate for their own sake: costlier than their sound alone."""

_MISHEARD = _pairs("七:D T:D B:D P:D G:D E:D C:D V:D")
MISHEARD_COST = 1.1
"""D, the usual letter of a new-energy plate, misheard: weighed only in its place."""
ALIKE_LETTERS = ("BCDEGPTV8", "MN", "FSX", "AJKZH8", "JGZ", "QU", "AR")
"""Names of letters that a telephone does not keep apart."""

LETTER_NAMES = _pairs(
    "A:安全 B:北京 C:成都 D:大连 E:鹅 F:福州 G:广州 H:杭州 J:济南 K:昆明 L:兰州 M:马 N:南京 P:苹果 "
    "Q:青岛 R:日照 S:上海 T:天津 U:优秀 V:胜利 W:武汉 X:西安 Y:扬州 Z:郑州"
)
"""How letters are told apart by voice; project decision."""
_TARGETS = tuple(
    (digit, told, SAME_SOUND, BLURRED) for told, digit in _DIGIT_SOUNDS.items()
) + tuple((one.char, one.sound, USUAL, 1.0) for one in PROVINCES.values())
"""Character of a plate, its sound, and what the same and a blurred sound cost."""
_NAMED = {name: letter for letter, name in LETTER_NAMES.items()}
_CARDS = _pairs("勾:J 钩:J 圈:Q 尖:A 凯:K 开:K")
_SUFFIX_NAMES = _pairs("学习:学 教练:学 警察:警 挂车:挂 香港:港 澳门:澳")


_WORDS_BY_SOUND: dict[str, list[tuple[str, str]]] = {}
for _word, _letter in _LETTER_WORDS.items():
    _WORDS_BY_SOUND.setdefault(blurred(sound(_word[0])), []).append((_word, _letter))
_PROVINCES_BY_SOUND: dict[str, list[Province]] = {}
for _province in PROVINCES.values():
    _PROVINCES_BY_SOUND.setdefault(blurred(sound(_province.name[0])), []).append(_province)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the text up to `end` may mean inside a plate."""

    end: int
    chars: str
    """Characters of the plate; several for 三个八."""
    cost: float
    explained: bool = False
    """Said as 北京的B: it may explain the character before it instead of adding one."""


_CHINESE = re.compile("[\u4e00-\u7683\u7685-\u9fff]+")
"""Chinese words without 的."""


def may_be_taken_for(one: str, other: str, *more: str) -> bool:
    """Does a telephone keep these two signs of a plate apart badly?

    Args:
        one: a province, letter or digit.
        other: another.
        more: groups of signs that are alike besides `ALIKE_LETTERS`.
    """
    if one in PROVINCES and other in PROVINCES:
        return apart(sound(one), sound(other)) < 1
    return any(one in group and other in group for group in (*ALIKE_LETTERS, *more))


@lru_cache(maxsize=4096)
def char_readings(char: str) -> tuple[tuple[str, float], ...]:
    """Give every character of a plate that one written character may stand for."""
    floor = _COMMON_WORDS.get(char, 0.0)
    found: dict[str, float] = {}
    for meant, cost in (*_by_sound(char, floor), *_as_written(char), *_as_misheard(char)):
        found[meant] = min(cost, found.get(meant, 9.0))
    return tuple((meant, cost) for meant, cost in found.items() if cost < 2)


def _as_written(char: str) -> Iterator[tuple[str, float]]:
    if char in _DIGIT_CHARS:
        yield _DIGIT_CHARS[char], EXACT
    if (char.isascii() and char.isalpha()) or char in PROVINCES or char in SUFFIXES:
        yield char, EXACT


def _as_misheard(char: str) -> Iterator[tuple[str, float]]:
    if char in _MISHEARD:
        yield _MISHEARD[char], MISHEARD_COST


def _by_sound(char: str, floor: float) -> Iterator[tuple[str, float]]:
    heard = sound(char)
    if heard == char:
        return
    for rank, letter in enumerate(_LETTER_SOUNDS.get(heard, "")):
        yield letter, max(floor, USUAL) + rank * 0.1
    for suffix in SUFFIXES if char not in _DIGIT_CHARS else "":
        if heard == sound(suffix):
            yield suffix, max(floor, SAME_SOUND)
    for meant, told, same, blurry in _TARGETS:
        if (far := apart(heard, told)) < 1:
            yield meant, max(floor, same if far == 0 else blurry)


def single(text: str, at: int) -> list[Reading]:
    """Read one character of a plate, written with one to three characters."""
    found = [Reading(at + 1, meant, cost) for meant, cost in char_readings(text[at])]
    for word, letter in _WORDS_BY_SOUND.get(blurred(sound(text[at])), ()):
        end = at + len(word)
        if sounds_like(text[at:end], word, limit=0.35):
            found.append(Reading(end, letter, USUAL if text[at:end] != word else 0.2))
    return found


def _province_named(text: str, at: int) -> list[Reading]:
    """江苏 stands for 苏; 江苏的苏 explains it."""
    found: list[Reading] = []
    for province in _PROVINCES_BY_SOUND.get(blurred(sound(text[at])), ()):
        end = at + len(province.name)
        said = text[at:end]
        if not sounds_like(said, province.name, limit=0.25):
            continue
        cost = EXACT if said == province.name else 0.3
        found.append(Reading(end, province.char, cost, explained=True))
        for own in (end + 1, end + 2):
            link = text[end : own - 1]
            known = link in {"", "的", "省"} and own <= len(text)
            if known and apart(sound(text[own - 1]), province.sound) <= 0.5:
                found.append(Reading(own, province.char, cost, explained=True))
    return found


def _explained(text: str, at: int) -> list[Reading]:
    """北京的B, 哥哥的哥, 拐弯的拐, 扑克牌那个圈, 教练的学."""
    found: list[Reading] = []
    for size in (1, 2, 3):
        word = text[at : at + size]
        for link in ("的", "那个"):
            own = at + size + len(link)
            told = text[at + size : own] == link and own < len(text)
            if told and _CHINESE.fullmatch(word):
                found += _explained_char(word, text, own)
    return found


def _explained_char(word: str, text: str, own: int) -> list[Reading]:
    initial = _NAMED.get(word) or sound(word[0])[:1].upper()
    char = text[own]
    if word in _SUFFIX_NAMES and sound(char) == sound(_SUFFIX_NAMES[word]):
        return [Reading(own + 1, _SUFFIX_NAMES[word], EXACT, explained=True)]
    if word.startswith(("扑克", "老")) and char in _CARDS:
        return [Reading(own + 1, _CARDS[char], EXACT, explained=True)]
    if char.isascii() and char.isalpha():
        known = char == initial or word in {"大写", "字母", "英文"}
        return [Reading(own + 1, char, EXACT, explained=True)] if known else []
    if char in word:
        if char in _DIGIT_CHARS:
            return [Reading(own + 1, _DIGIT_CHARS[char], EXACT, explained=True)]
        if char in PROVINCES:
            return [Reading(own + 1, char, EXACT, explained=True)]
        return [Reading(own + 1, sound(char)[:1].upper(), 0.2, explained=True)]
    return [
        Reading(reading.end, reading.chars, 0.1, explained=True)
        for reading in single(text, own)
        if reading.chars == initial or (word in _NAMED and blurred(word) == reading.chars)
    ]


def _repeated(text: str, at: int) -> list[Reading]:
    """三个八, 双六, 两个零."""
    if text[at] == "双":
        times, own = 2, at + 1
    elif text[at] in "两二三四五俩" and text[at + 1 : at + 2] in {"个", "各"}:
        times, own = int(_DIGIT_CHARS[text[at]]), at + 2
    else:
        return []
    if own >= len(text):
        return []
    return [
        Reading(own + 1, meant * times, cost)
        for meant, cost in char_readings(text[own])
        if meant.isalnum() and meant.isascii() and cost <= SAME_SOUND
    ]


def readings(text: str, at: int) -> list[Reading]:
    """Give everything that the text from `at` on may mean inside a plate."""
    found = single(text, at) + _repeated(text, at) + _province_named(text, at)
    found += _explained(text, at)
    if text.startswith(("应急", "英级", "应及"), at) or sounds(text[at : at + 2]) == ("ying", "ji"):
        found.append(Reading(at + 2, "应急", EXACT if text.startswith("应急", at) else USUAL))
    return found
