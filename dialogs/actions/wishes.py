"""Wishes told in so many words, heard without Rasa: they must not be taken for a place or a plate."""

import re

from ivr.domain.sounds import PAUSE, plain

_SOFT = f"(?:好|好的|那|那就|那个|嗯|呃|啊|喂|你好|请|麻烦|你|您|我|我们|咱们|你们|可以|能不能|能|不好意思|不对|没有|哦|{PAUSE})*"
_END = f"(?:了|啊|吗|呢|吧|呀|嘛|哈|谢谢|好吗|好吧|好不好|行吗|可以吗|我|你|您|{PAUSE})*"


def _whole(words: str) -> re.Pattern[str]:
    return re.compile(f"{_SOFT}(?:{words}){_END}")


_MOVED = "(?:已经|现在|刚才|刚刚|刚)?(?:他|它|她|车|车子|人|车主|那个车|那辆车|这个车)*(?:已经|现在|刚才|刚刚|刚)?(?:自己)?(?:开走|挪走|挪开|移走|走|挪|来挪|来开走|开出去)了"
_WISHES = (
    ("repeat", _whole(
        "再?(?:说|讲|念|报|重复)(?:一)?(?:遍|次|下)|再(?:说|讲|念|报)(?:一)?(?:遍|次|下)?|重复一?(?:遍|下)?|(?:刚才|刚刚|你|说的|讲的|你说的)*(?:没听清楚?|没听见|没听到|没听懂|没听明白|听不清楚?)"
        "|(?:刚才|刚刚)?说?(?:的)?(?:什么|啥|啥子)"
    )),
    ("slow", _whole("(?:说|讲)?慢一?点(?:说|讲|儿)?|(?:说|讲)?(?:得|的)?太快")),
    ("louder", _whole("(?:声音|说话)?大一?点声?(?:音)?|大声一?点|声音太小")),
    ("wait", re.compile(f"{_SOFT}(?:再)?(?:等一?[下会等]儿?|等我|稍等|别急|别挂|我(?:先|再|去|过去)*看一?[下看眼]|(?:先|再|去|过去)看一?[下看眼]).{{0,14}}")),
    ("start_again", _whole("(?:从头|重新)(?:再)?(?:来|开始|说起|办)(?:一?[遍次下])?|重来(?:一?[遍次下])?|全部?重来")),
    ("go_back", _whole("(?:请)?(?:返回|回到?|退回?到?|倒回)(?:去)?(?:到)?(?:上|前)(?:一|个)+步?|(?:上|前)一步|返回|退一步|返回前面")),
    ("cancel", _whole(
        "(?:我|还是|那|就|这个)*(?:(?:不|别)(?:办|挪|弄|要|需要|用)(?:车|挪|挪车|办|通知|通知他|麻烦)?了|算了|取消(?:掉|挪车|这个|了)?|不需要挪车)+"
        "(?:我|还是|吧|(?:不|别)(?:办|挪|弄|要|用)(?:车|挪)?了|算了|取消)*"
    )),
    ("moved", _whole(f"(?:不用|不用挪|不用了|算了)*{_MOVED}(?:不用|不用挪|不用通知)*")),
    ("goodbye", _whole("(?:没事了?|没有别的|没别的|没有事|就这样|先这样|谢谢[你您]?|行|挂)*(?:再见|拜拜|挂了|先挂|拜)")),
)  # fmt: skip
_THANKS = _whole("(?:好的?|行|可以|知道|明白|晓得|嗯|没有?(?:别的)?事?情?|不用|就这样|谢谢|没别的|暂时没有)+")
_CASE = (
    ("case_status", re.compile("(?:了|来|走)(?:没有?|吗)$|怎么样|进度|情况|到哪|什么时候|多久|查一?下|联系[上到]")),
    ("cancel_case", re.compile("取消|撤[销掉]|(?:不用|不要|不需要|别)(?:再)?(?:挪|通知|联系|打)|(?<![他主人])(?<!还是)不挪(?:车)?了")),
    ("not_resolved", re.compile("(?:没|没有|未|不)(?:人)?(?:挪|来|走|动|开走|移|过来)|还(?:在|堵|停|挡)")),
    ("resolved", re.compile("(?:挪走|开走|移走|挪开|移开|挪好|开出去)了|(?:车子?|他|已经)走了|解决了|来挪了")),
    ("remind", re.compile("催|再(?:打|通知|联系|提醒|发)|提醒")),
)


def hear_wish(text: str) -> str | None:
    """Name the command a whole sentence is: an intent of Rasa's, or `moved`."""
    said = plain(text)
    return next((name for name, pattern in _WISHES if pattern.fullmatch(said)), None)


def hear_case_wish(text: str) -> str | None:
    """Say what is wanted of a request already filed."""
    said = plain(text)
    return next((name for name, pattern in _CASE if pattern.search(said)), None)


def is_thanks(text: str) -> bool:
    """Does it end a talk: 好的谢谢, 没有了?"""
    said = plain(text)
    return _THANKS.fullmatch(said) is not None and said not in ("嗯", "可以", "行", "我")
