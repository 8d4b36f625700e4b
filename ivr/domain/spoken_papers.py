"""What callers say of plates, papers and licences: which one, why, and how it shall reach them."""

import re
from collections.abc import Sequence

from ivr.domain.sounds import PAUSE, plain
from ivr.domain.spoken_places import hear_place
from ivr.domain.spoken_words import hears, without_denied

_PAPERS: Sequence[tuple[str, tuple[str, ...]]] = (
    ("vehicle_licence", ("行驶证", "行车证", "行车本", "车本")),
    ("inspection_mark", ("检验合格标志", "检验标志", "年检标志", "年审标志", "免检标志", "年检贴", "检字", "年检", "年审", "审车", "车检")),
    ("driving_licence", ("驾驶证", "驾照", "驾驶本", "驾证", "驾本")),
    ("plate", ("车牌", "号牌", "牌照", "牌子", "绿牌", "蓝牌", "黄牌", "前牌", "后牌")),
)
"""Tried in order: 行驶证 before 驾驶证, whose sounds are near."""
_LOST = re.compile("丢|遗失|找不[到着]|不见|没了|掉了|偷|撬走|卸走|弄没|落在|落出|没影|补领|补办|捡不")
_DAMAGED = re.compile("坏|损|破|烂|断|裂|撞|瘪|变形|弯|磨|洗|泡|糊|看不清|褪色|掉色|掉漆|折|残|烧|进水|撕|旧了|换新")
_CHANGED = re.compile("改名|名字|信息|变更|变了|地址变|搬家换|身份证号|改了姓|生日错")
_MOVED_IN = re.compile("转入|转过来|转籍|迁|转到|外地驾|外省|异地驾|转来|转移|换成本地|归属地")
_AGE = re.compile("六十三|七十|八十|年龄|岁数|超龄|满岁|老年|三力")
_DOWNGRADE = re.compile("降")
_EXPIRING = re.compile("到期|期满|过期|满了|六年|十年|有效期|逾期|换证|到日子|长期")
_DUE = re.compile("申领|领取|到期|免检|年检|年审|审车|检车|怎么领|领标|换标")
_BOTH = re.compile("两[块面个张副只]|一副|一对|全套|前后|都丢|都坏|都不|都掉|都要|两边|成套")
_ONE = re.compile("一[块面个张只]|单[块面个]|前[面边]?(?:那?一?[块面个])?(?:车?牌|的)|后[面边]?(?:那?一?[块面个])?(?:车?牌|的)|前牌|后牌|前面|后面|就一")
_PICK_UP = re.compile("自取|自己[去来]?[取拿领]|去[取拿领]|来[取拿领]|去窗口|窗口[取拿领]|车管所[取拿领]|大厅|上门取|不用寄|不寄了?$|不邮寄")
_OTHER = re.compile("别[的处]|另外|其他|换个地址|不是登记|单位|公司|老家|别处|亲戚|不寄家|不寄到家")
_REGISTERED = re.compile("登记的?地址|登记地|家里|家$|原来的?地址|住址|老地址|老地方|身份证上?的?地址")
_POST = re.compile("邮寄|快递|寄[过给来到]|^寄$|寄吧|EMS|邮政")
_ADDRESS = re.compile("(?:寄到|寄给|送到|邮到|快递到|地址是|地址|收件地址是?|改成|就是|是)+")
_FOR_OTHER = re.compile(
    "(?:[给替帮代](?:我|俺|咱)?(?:的|家|们)?(?:爸|妈|爹|娘|父亲|母亲|爷|奶|外公|外婆|公公|婆婆|岳父|岳母|丈母|老公|老婆|媳妇|爱人|老伴|儿子|女儿|老人|朋友|同事|家里|哥|姐|弟|妹)"
    "|[给替帮代](?:家里)?老人|不是我?本人|代办|帮别人|替别人|车是我?(?:爸|妈|媳妇|老婆|老公|公司|单位))"
)
_MOST_CHARACTERS = 60


def hear_paper(text: str) -> str | None:
    """Give `plate`, `vehicle_licence`, `inspection_mark` or `driving_licence`."""
    said = without_denied(plain(text))
    return next((paper for paper, words in _PAPERS if hears(said, words)), None)


def hear_cause(text: str, paper: str | None = None) -> str | None:
    """Say why it is replaced; of 不是丢了是坏了 the second.

    Args:
        text: what was heard.
        paper: which paper, where it is known: a mark is due, a licence expires.
    """
    said = without_denied(plain(text))
    tables: Sequence[tuple[str, re.Pattern[str]]] = (("lost", _LOST), ("damaged", _DAMAGED))
    if paper == "inspection_mark":
        tables = (*tables, ("due", _DUE))
    if paper == "vehicle_licence":
        tables = (*tables, ("changed", _CHANGED))
    if paper == "driving_licence":
        tables = (
            ("downgrade", _DOWNGRADE), ("moved_in", _MOVED_IN), *tables, ("changed", _CHANGED), ("age", _AGE), ("expiring", _EXPIRING)
        )
    return next((cause for cause, pattern in tables if pattern.search(said)), None)


def hear_pieces(text: str) -> str | None:
    """One plate or both: `one`, `both`."""
    said = plain(text)
    if _BOTH.search(said):
        return "both"
    return "one" if _ONE.search(said) else None


def hear_delivery(text: str) -> str | None:
    """How it shall reach him: `registered`, `other`, `pick_up`; of 不是自取寄到家里 the second."""
    said = without_denied(plain(text)) if "不是" in text else plain(text)
    if _PICK_UP.search(said) and not re.search("不(?:去|想去|自己)|别让我去|没空去", said):
        return "pick_up"
    if _REGISTERED.search(said) and not re.search("不(?:寄|是|要)[^，]{0,3}(?:家|登记)", said):
        return "registered"
    if _OTHER.search(said) or (_POST.search(said) and hear_address(said) is not None):
        return "other"
    return "registered" if _POST.search(said) else None


def hear_address(text: str) -> str | None:
    """Give the place something is sent to: what stands behind 寄到."""
    said = plain(text).replace(PAUSE, "")
    parts = _ADDRESS.split(said)
    tail = re.sub("^(?:我们?|你们?|就|在|的|到|那个|嗯|呃)+|(?:吧|啊|呢|哈|就行了?|行吗|可以吗|谢谢)+$", "", parts[-1])
    if len(tail) < 3:
        return None
    heard = hear_place(tail, asked=True)
    known = heard.text is not None and re.search("[路街巷弄道村镇乡区县楼栋幢号室苑园庄院厦城场]", tail) is not None
    return tail[:_MOST_CHARACTERS] if known else None


def hear_for_other(text: str) -> bool:
    """Does he ask for somebody else: 给我爸换, 替我妈办, 帮老人办?"""
    return _FOR_OTHER.search(plain(text)) is not None
