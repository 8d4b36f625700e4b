"""Every SMS of car moving. None names the other party, none carries a whole plate.

The requester's texts are the same whether or not the plate exists and whoever owns it.
"""

from collections.abc import Mapping
from types import MappingProxyType

from ivr.domain.car_moves import CarMoveCase
from ivr.domain.plates import Plate, plate_type_name

_SIGN = "【公安交管12123】"

_REQUESTER: Mapping[str, str] = MappingProxyType(
    {
        "filed": "您的挪车请求已受理，编号{case}。已尝试通知车主，双方号码均不显示。稍后会短信询问车辆是否挪开。",
        "filed_quiet": "您的挪车请求已受理，编号{case}。夜间以短信方式尝试通知车主，双方号码均不显示。稍后会短信询问车辆是否挪开。",
        "kept": "您的挪车请求已登记，编号{case}。系统暂时不能通知车主，恢复后马上通知，您不用再次拨打。情况紧急请拨打110或122。",
        "too_late": "抱歉，编号{case}的挪车请求因系统故障未能及时通知车主，已转人工处理。仍需挪车请再拨12123，紧急请拨打110或122。",
        "coming": "编号{case}：车主已答复马上来挪车，请稍候。",
        "cannot": "编号{case}：车主答复暂时来不了。稍后会短信询问车辆是否挪开，没挪开请再拨12123。",
        "not_here": "编号{case}：车主反映车辆情况异常，请您拨打122，由民警现场处理。",
        "other_way": "编号{case}：已尝试通知车主，暂未联系上，已转人工核实。急需挪车请再拨12123。",
        "tried": "编号{case}：已尝试通知车主。稍后会短信询问车辆是否挪开，没挪开请再拨12123。",
        "police": "编号{case}：已转派辖区交警处理，派单号{serial}。民警会联系您这个号码，请留在安全的地方。",
        "property": "编号{case}：车辆所在位置请联系物业或社区协助。堵住消防通道或有危险时请拨打110。",
        "emergency": "编号{case}：您说的情况危险，请马上拨打110，由民警到场处理。我们已作记录。",
        "merged": "编号{case}：同一辆车已有人反映，正在处理，您不用再次拨打。仍未挪开请再拨12123。",
        "follow_up": "编号{case}：您反映的车辆挪开了吗？已挪开回复1，没挪开回复2，也可以拨打12123。",
    }
)
_OWNER: Mapping[str, str] = MappingProxyType(
    {
        "notice": "您尾号{tail}的{type}停在{place}，影响他人通行，请尽快挪车。稍后12123会来电，可按键答复。我们不会索要密码，也不会让您转账。",
        "notice_quiet": "您尾号{tail}的{type}停在{place}，影响他人通行，请尽快挪车。我们不会索要密码，也不会让您转账。",
        "missed": "12123两次来电未接通。您尾号{tail}的{type}停在{place}，影响他人通行，请尽快挪车。",
        "reminder": "再次提醒：您尾号{tail}的{type}停在{place}，仍影响他人通行，请尽快挪车。",
        "clue": "您反映尾号{tail}的{type}不在现场，可能有人使用了您的号牌，已登记线索，民警会联系您。给您添麻烦了。",
    }
)


def requester_text(kind: str, case: CarMoveCase) -> str:
    """Write one SMS to the requester."""
    return _SIGN + _REQUESTER[kind].format(case=case.case_id, serial=case.police_serial or "")


def owner_text(kind: str, case: CarMoveCase) -> str:
    """Write one SMS to the owner."""
    return _SIGN + _OWNER[kind].format(
        tail=Plate(case.plate).tail, type=plate_type_name(case.plate_type), place=case.place
    )


REQUESTER_KINDS = frozenset(_REQUESTER)
OWNER_KINDS = frozenset(_OWNER)
