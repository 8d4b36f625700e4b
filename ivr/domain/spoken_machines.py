"""The words of a machine that has picked up a telephone: mailboxes, network announcements, voice assistants.

Compared by their sounds, as the recogniser writes 提示音后 as 提示因后. None of them is what a person says
who picks up: 不方便接电话 may be said by one and is not here.
"""

from collections.abc import Sequence

from ivr.domain.sounds import blurred, guesses, plain, sounds

_WORDS = (
    "请留言", "开始留言", "提示音后", "滴声后", "语音信箱", "语音助理", "语音助手", "智能助理", "智能助手", "电话助理",
    "电话秘书", "小秘书", "来电提醒", "暂时无法接", "现在无法接", "无法接通", "已关机", "已停机", "是空号", "不在服务区",
    "稍后再拨", "稍后再试", "正在通话中", "请不要挂机", "您拨打的", "您拨叫的", "您呼叫的", "所拨打的", "所呼叫的", "用户正忙",
    "无人接听", "暂停服务", "机主正在", "机主现在", "机主暂时", "不能接你的电话", "不能接您的电话",
)


def _sounded(text: str) -> str:
    return "".join(f" {blurred(each)}" for each in sounds(plain(text).replace("，", ""))) + " "


_SOUNDS = tuple(_sounded(each) for each in _WORDS)


def sounds_like_a_machine(texts: str | Sequence[str]) -> bool:
    """Was one of them heard, in any of several guesses?"""
    heard = [_sounded(each) for each in guesses(texts)]
    return any(words in each for each in heard for words in _SOUNDS)
