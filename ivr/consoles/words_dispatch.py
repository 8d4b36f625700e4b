"""What is said of the board, of a dispatcher's acts, and why one is not done."""

from collections.abc import Mapping
from types import MappingProxyType

DISPATCH_WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "case_unit": {"police": "交警（道路）", "property": "物业（非道路）", "open": "待定"},
        "lane": {"person": "等人决定", "notifying": "正在通知", "coming": "车主马上来", "asked": "正在回访"},
        "desk_act": {
            "take": "我来办", "hand_on": "转交同事", "ring_owner": "再打车主电话", "remind": "发短信催车主", "police": "转辖区交警大队",
            "property": "短信请他找物业或社区", "emergency": "短信请他拨打110", "moved": "已挪走", "cloned": "可能套牌，报线索", "false_report": "误报，撤销",
            "misuse": "恶意请求", "merge": "重复，并入另一件", "note": "只写备注",
        },
        "act_refused": {
            "changed": "这件挪车单刚被别人或者系统改动过，您的操作没有执行。请看清最新情况再办，写的话还在下面。",
            "closed": "已经办结，不能再办。", "held": "现在在别人手里，请先接手。", "yours_already": "已经在您手里。",
            "no_owner": "没有可以联系的车主，或者车主已经答复，不再打扰。", "ringing": "正在给车主打电话，请等这一次的结果。",
            "calls_used_up": "给车主的电话已经打满次数。", "quiet_hours": "夜间不打扰车主；堵出入口、消防通道和紧急情况除外。",
            "too_early": "首次通知十分钟以后才能催。", "reminded": "已经催过一次。", "other_plate": "号牌不同，不能合并。",
            "no_such_case": "没有这件挪车单，请重新选。", "no_such_dispatcher": "请选一位能看这个地区的调度员。",
            "note_missing": "请写明原因。", "no_desk_phone": "请先填您自己的电话号码（浏览器电话要先在“电话”页保存号码）。", "note_too_long": "说明太长，最多五百字。",
        },
    }
)
_JOIN_RESULTS = {
    "ordered": "已发起", "talked": "已通话", "time_up": "通话到时", "first_no_answer": "先打的一方没有接听", "first_busy": "先打的一方占线",
    "first_rejected": "先打的一方拒接", "first_failed": "先打的一方没有接通", "first_unreachable": "先打的一方关机或空号",
    "first_not_placed": "电话系统不通", "second_unreachable": "后打的一方关机或空号", "second_not_placed": "电话系统不通",
    "second_no_answer": "后打的一方没有接听",
    "second_busy": "后打的一方占线", "second_rejected": "后打的一方拒接", "second_failed": "后打的一方没有接通",
    "asked": "车主要求通话", "refused": "来电人不便接听", "nobody": "对方不在线", "left": "接通前挂机",
    "first_left": "先打的一方中途挂机", "second_left": "后打的一方挂机", "lost": "线路中断", "failed": "系统故障",
    "late": "电话系统停顿过，没有拨打",
}


def join_note(note: str) -> str:
    """How a join went, e.g. `talked 42` -> `已通话，42 秒`."""
    result, _, seconds = note.partition(" ")
    return _JOIN_RESULTS.get(result, result) + (f"，{seconds} 秒" if seconds else "")


CASE_ACTS: Mapping[str, str] = MappingProxyType(
    {f"Desk.{act}": word for act, word in DISPATCH_WORDS["desk_act"].items()}
    | {"Join.connect": "接通双方", "Join.call_requester": "打给来电人", "Join.call_owner": "打给车主", "Join.talk": "车主与来电人通话"}
)
"""Lines of a case's history that a dispatcher wrote."""
