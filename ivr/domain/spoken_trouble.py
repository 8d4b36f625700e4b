"""Why a car is in the way, and whether a life is at stake."""

import re

from ivr.domain.sounds import PAUSE, plain, sounds

REASONS = {
    "blocked_exit": "堵住出入口",
    "taken_space": "占用车位",
    "blocked_road": "影响通行",
    "fire_lane": "占用消防或急救通道",
    "window_open": "车窗未关",
    "engine_running": "车辆未熄火",
    "other": "其他",
}
"""Code of a reason and how it is told to the owner."""

_REASONS = (
    ("fire_lane", "消防通道|消防车道|消防登高|救护通道|急救通道|生命通道|应急通道|消防栓"),
    (
        "window_open",
        "(?:车?窗|天窗|玻璃|车门|后备箱)[^，]{0,6}(?:没关|未关|没有关|开着|忘了关|没摇)",
    ),
    (
        "engine_running",
        "(?:没有?|未|忘了?)熄火|发动机[^，]{0,4}(?:响|开|转|没关)|车[^，]{0,3}着着火",
    ),
    ("taken_space", "[占停][^，]{0,6}(?:车位|车库里|位子|位置)|(?:我的?|私家|固定)车位"),
    (
        "blocked_exit",
        "[堵挡拦压][^，]{0,10}(?:门|出口|入口|出入口|车库|通道口|道口|店面)|[门库出入]口?[^，]{0,6}[堵挡拦压]"
        "|出不[去来了]|进不[去来了]|开不出|出不得|[堵挡别][住死]?[了]?我的?车|把我[^，]{0,5}[堵挡别][住死了]?",
    ),
    (
        "blocked_road",
        "[堵挡占][^，]{0,6}(?:路|道|马路|巷)|过不[去来了]|影响[^，]{0,4}(?:通行|交通|走路|出行)|横在",
    ),
)
_INSIDE = "车里|车内|车上|车子里|里头|里面|在车|车厢|被困"
_PEOPLE = "孩|娃|宝宝|婴儿|小朋友|小囡|闺女|老人|老太|老头|有人|个人|的人|病人|妞妞|崽|细伢"
_LOCKED = "锁|反锁|关在|困|闷|落在|忘在|出不来"
_PETS = "狗|猫|宠物"
_URGENCIES = (
    (
        "fire",
        "着火|起火|失火|火灾|冒烟|自燃|烧起来|烧着|救火|(?:消防车|救火车)[^，]{0,8}(?:进不|过不|堵|挡|开不|来了)|[堵挡][^，]{0,5}消防车",
    ),
    (
        "ambulance",
        "(?:救护车|急救车|120的?车|一二零的?车|幺二零的?车)[^，]{0,8}(?:进不|过不|堵|挡|开不|出不)|[堵挡][^，]{0,6}(?:救护车|急救车)"
        "|(?:病人|要生|临产|抢救|急救|心梗|心脏病)[^，]{0,8}(?:医院|出不|送|车)",
    ),
    (
        "injury",
        "受伤|伤了人|人伤|流血|出血|撞[^，]{0,3}人|晕倒|昏倒|晕过去|昏迷|不省人事|没气了|没反应|死人|压到人|骨折",
    ),
    (
        "accident",
        "车祸|撞车|追尾|[剐刮蹭擦碰撞][了到上]?我?的?(?:车|我|一下|坏|了)|(?:出|发生|有)[了个]?(?:交通)?事故|肇事|逃逸|[剐刮蹭撞]了[^，]{0,4}跑",
    ),
)
_DENIED = re.compile(
    "(?:没有?|没人|无人|不是|不会|未|别|怕|防止|免得|万一)[^，]{0,3}"
    "(?:受伤|着火|起火|失火|车祸|撞车|追尾|流血|事故|剐|刮|蹭|撞|锁|困)"
)
_CHILD_SOUNDS = (
    ("xiao", "hai"),
    ("hai", "zi"),
    ("bao", "bao"),
    ("xiao", "peng", "you"),
    ("wa", "wa"),
)
_LOCK_SOUNDS = (
    ("suo", "zai"),
    ("suo", "le"),
    ("suo", "zhu"),
    ("guan", "zai"),
    ("kun", "zai"),
    ("bei", "suo"),
)


def hear_reason(text: str) -> str | None:
    """Give a code of `REASONS`; None when no reason was said."""
    said = plain(text)
    return next((code for code, pattern in _REASONS if re.search(pattern, said)), None)


def hear_urgency(text: str) -> str | None:
    """One of child_locked, pet_locked, fire, ambulance, injury, accident; None when nobody is in danger.

    child_locked stands for any person locked in a car.
    """
    said = _DENIED.sub(PAUSE, plain(text))
    if locked := _locked_in(said):
        return locked
    return next((code for code, pattern in _URGENCIES if re.search(pattern, said)), None)


def _locked_in(said: str) -> str | None:
    inside = re.search(_INSIDE, said) is not None
    locked = re.search(_LOCKED, said) is not None
    if locked and inside and re.search(_PEOPLE, said):
        return "child_locked"
    if locked and inside and re.search(_PETS, said):
        return "pet_locked"
    heard = sounds(said)
    if _has(heard, _CHILD_SOUNDS) and _has(heard, _LOCK_SOUNDS):
        return "child_locked"
    return None


def _has(heard: tuple[str, ...], wanted: tuple[tuple[str, ...], ...]) -> bool:
    return any(heard[at : at + len(word)] == word for word in wanted for at in range(len(heard)))
