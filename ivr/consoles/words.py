"""The Chinese words for what is kept in machine words; a word that is not known is shown as it is."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from ivr.consoles.words_audit import AUDIT_ACTIONS, AUDIT_FILTERS, PURPOSES
from ivr.consoles.words_dispatch import CASE_ACTS, DISPATCH_WORDS, join_note
from ivr.consoles.words_orders import CALLBACK_REASONS, ORDER_WORDS, QUEUES
from ivr.consoles.words_people import PEOPLE_WORDS
from ivr.consoles.words_reviews import REVIEW_WORDS
from ivr.consoles.words_seat import SEAT_FILTERS, SEAT_WORDS
from ivr.consoles.words_understood import INTENTS, SLOTS, slot_value
from ivr.domain.plates import plate_type_name
from ivr.domain.regions import region_name

_ERRORS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "sign_in_needed": ("请先登录", "这一页有个人信息，登录后才能看。"),
        "not_yours": ("没有权限", "您的岗位不能看这一页。需要的话，请联系管理员。"),
        "step_needed": ("还差一步", "请先修改密码、绑定动态口令或者签署保密协议。"),
        "form_forged": ("页面已过期", "请刷新页面，再试一次。"),
        "not_found": ("没有找到", "这一页不存在，或者内容已按期限删除。"),
        "number_unusable": ("号码不对", "请只填数字，例如 13800001111。"),
        "number_unknown": ("空号", "这部电话只能拨打服务热线。"),
        "ticket_spent": ("接通失败", "接通凭证已失效，请再拨一次。"),
        "ring_over": ("来电已结束", "对方已挂断，或者别处已经接听。"),
        "too_many_tries": ("请稍后再试", "密码输错次数太多，请过一会儿再试。"),
        "recording_missing": ("没有录音", "这通电话没有录音，或者录音已按期限删除。"),
        "recording_broken": ("录音打不开", "录音文件损坏或被改动过，请联系管理员。"),
        "range_wrong": ("读取范围不对", "请求的录音片段不存在。"),
        "request_wrong": ("请求不对", "填写的内容有误，请检查后再试。"),
        "storage": ("系统繁忙", "数据暂时读不出来，请稍后再试。"),
        "handover_not_yours": ("不是您的来电", "这通电话不在您手里：已经转给别人，或者已经结束。"),
        "handover_not_now": ("现在不能这样办", "这通电话的状态已经变了，请看最新的状态。"),
        "note_unusable": ("没有记下", "请写一句这通电话办了什么，五百字以内。"),
        "broken": ("系统出错", "这一页暂时打不开，请稍后再试。"),
    }
)


def error(code: str) -> tuple[str, str]:
    """Title and sentence for an error."""
    return _ERRORS.get(code, _ERRORS["broken"])


def _of(table: Mapping[str, str], *, nothing: str = "—") -> Callable[[str | None], str]:
    def word(value: str | None) -> str:
        return table.get(value, value) if value else nothing

    return word


_DIRECTIONS = {"in": "来电", "out": "外呼车主"}
_SERVICES = {
    "car_moving": "电话挪车",
    "owner_call": "通知车主",
    "exams": "考试预约",
    "plates": "补换领牌证",
    "licences": "补换领驾驶证",
    "human": "转人工",
}
_OUTCOMES = {
    "case_filed": "已受理挪车",
    "applied": "已提交申请",
    "callback_ordered": "已登记回电",
    "callback_left": "已登记回电",
    "transferred": "已转人工",
    "owner_answered": "车主已答复",
    "emergency": "紧急情况",
    "none": "未办理",
}
_ENDS = {
    "caller_hung_up": "对方挂机",
    "said_goodbye": "说再见后结束",
    "rated": "评价后结束",
    "transferred": "已转人工",
    "order_unknown": "通知单已失效",
    "already_answered": "车主已答复过",
    "owner_silent": "车主没有答复",
    "owner_not_understood": "没听懂车主的答复",
    "owner_coming": "车主答复：马上来",
    "owner_cannot": "车主答复：来不了",
    "owner_not_here": "车主答复：车不在那里",
    "owner_sold": "车主答复：车已卖",
    "owner_objects": "车主答复：没有挡路",
    "line_here": "系统挂机",
    "line_lost": "线路中断",
    "line_misbehaved": "线路异常",
    "join_talked": "双方已通话",
    "join_time_up": "双方通话到时",
    "failed": "系统故障",
}
_CALL_EVENTS = {
    "dialogue_failed": "对话引擎没有回答",
    "transferred": "已转人工",
    "no_seat": "没有空闲座席",
    "seat_left": "和座席的通话结束",
    "callback_left": "已登记回电",
    "callback_failed": "回电登记失败",
    "recording_lost": "录音中断",
    "handed_over": "座席接过了来电人",
    "met": "和另一方通话",
    "vault_failed": "保密内容没有存下",
    "carried_by_pbx": "服务不在时由电话系统接续",
}
_EVENT_DETAILS = {
    **CALLBACK_REASONS,
    **QUEUES,
    "talk_left": "对方挂机",
    "talk_time_up": "通话到时",
    "talk_failed": "没有接通",
    "not_opened": "没有开始录",
    "not_closed": "没有录完整",
    "lost": "通话中服务断开",
    "unreached": "服务没有应答",
    "transferred": "已转接",
    "asked": "来电人要求人工",
    "failed": "系统故障",
}
_TALK_STATES = {
    "began": "刚接通",
    "greeting": "正在问候",
    "speaking": "系统在说",
    "listening": "听来电人说",
    "thinking": "正在处理",
    "holding": "请来电人等",
    "transferring": "正在转接",
    "last_resort": "正在留言",
    "ending": "正在结束",
    "ended": "已结束",
}
_HAPPENINGS = {
    "来电": "接通",
    "case_update": "挪车单有了结果",
    "resume": "挪车单有了结果",
    "no_seat": "没有空闲座席",
    "seat_left": "和座席的通话结束",
    "owner_called": "接通车主",
}
_CASE_STATES = {
    "new": "已登记",
    "validated": "已核实",
    "notifying": "正在通知车主",
    "ack_coming": "车主马上来",
    "ack_cannot": "车主来不了",
    "not_here": "车主称车不在现场",
    "sold": "车已过户",
    "objected": "车主有异议",
    "no_answer": "联系不上车主",
    "reminded": "已再次提醒",
    "follow_up": "正在回访",
    "resolved": "已挪走",
    "escalated": "已转派",
    "expired": "已到期",
    "cancelled": "已撤销",
    "misuse": "恶意请求",
}
_CASE_EVENTS = {
    "Filed": "受理",
    "Notified": "开始通知车主",
    "VehicleLookedUp": "查到车辆",
    "BackendFailed": "核心系统没有回答",
    "TaskDone": "核心系统已办",
    "TaskRefused": "核心系统未办",
    "OwnerAnswered": "车主答复",
    "OwnerCallEnded": "通知电话结束",
    "ReminderAsked": "催促",
    "RequesterSaid": "来电人反馈",
    "RequesterCancelled": "来电人撤销",
    "MisuseConfirmed": "认定恶意",
    "TimePassed": "到时",
    **CASE_ACTS,
}
_ACTORS = {"requester": "来电人", "owner": "车主", "clock": "定时", "backend": "核心系统", "line": "电话"}
_NOTES = {
    "look_up": "查询车辆",
    "report_clue": "上报线索",
    "mark_stale": "标记联系方式失效",
    "police_order": "派警",
    "coming": "马上来",
    "cannot": "来不了",
    "not_here": "车不在那里",
    "sold": "车已卖",
    "objects": "没有挡路",
    "answered_no_key": "接听后没有答复",
    "no_answer": "无人接听",
    "busy": "占线",
    "voicemail": "语音信箱",
    "rejected": "拒接",
    "unreachable": "关机、空号或不在服务区",
    "failed": "没有接通",
}
_PLACES = {
    "road": "道路",
    "compound": "小区",
    "car_park": "停车场",
    "unit": "单位",
    "other": "其他",
}
_REASONS = {
    "blocked_exit": "堵住出入口",
    "fire_lane": "占用消防通道",
    "taken_space": "占用车位",
    "blocked_car": "挡住车辆",
}
_ESCALATED = {"police": "辖区交警", "property": "已请来电人找物业或社区", "dispatcher": "人工核实", "emergency": "已请来电人拨打110"}
_ORDER_STATES = {
    "queued": "等待拨打",
    "claimed": "准备拨打",
    "ringing": "正在振铃",
    "answered": "已接听",
    "done": "已答复",
    "failed": "未答复",
    "withdrawn": "已撤回",
}
_SMS_STATES = {"queued": "待发送", "sent": "已发送", "delivered": "已送达", "undelivered": "未送达", "failed": "未发送"}
_SMS_KINDS = {"requester": "来电人", "owner": "车主", "sms": "验证码", "application": "办理结果", "offices": "办理地点"}
_ENDED_WELL = frozenset({"ack_coming", "resolved", "sent", "done", "answered"})
_ENDED_BADLY = frozenset({"failed", "misuse", "expired", "not_here", "objected", "line_lost"})


def happening(text: str) -> str:
    """What a line of the transcript tells that nobody said, such as `（来电）`; empty: it was said."""
    nobody_said = text.startswith("（") and text.endswith("）") and "已封存" not in text
    return _HAPPENINGS.get(text[1:-1], text[1:-1]) if nobody_said else ""


def _who(value: str) -> str:
    """Actor of a line of history; an administrator's account stands for itself."""
    return _ACTORS.get(value, value)


def _sms_kind(kind: str) -> str:
    return _SMS_KINDS.get(kind.partition("_")[0], kind)


def _yes_no(value: bool | None) -> str:
    return "不清楚" if value is None else "是" if value else "否"


def _choices(table: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What a form offers: of codes with the same words the first."""
    offered = {word: code for code, word in reversed(list(table.items()))}
    return tuple((code, word) for code, word in table.items() if offered[word] == code)


def _tone(value: str) -> str:
    """Class that colours a state."""
    return "good" if value in _ENDED_WELL else "bad" if value in _ENDED_BADLY else "plain"


CHOICES: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {"call_services": _choices(_SERVICES), "call_outcomes": _choices(_OUTCOMES), "call_ends": _choices(_ENDS), "purposes": _choices(PURPOSES), "audit_actions": tuple(AUDIT_ACTIONS.items())}
)
"""What forms offer, by name."""
FILTERS: Mapping[str, Callable[..., str]] = MappingProxyType(
    {
        "direction": _of(_DIRECTIONS),
        "service": _of(_SERVICES),
        "outcome": _of(_OUTCOMES),
        "end_reason": _of(_ENDS, nothing="通话中或未知"),
        "call_event": _of(_CALL_EVENTS),
        "event_detail": _of(_EVENT_DETAILS, nothing=""),
        "talk_state": _of(_TALK_STATES),
        "case_state": _of(_CASE_STATES),
        "case_event": _of(_CASE_EVENTS),
        "actor": _who,
        "note": _of(_NOTES, nothing=""),
        "place_kind": _of(_PLACES, nothing="不清楚"),
        "reason": _of(_REASONS),
        "escalation": _of(_ESCALATED),
        "order_state": _of(_ORDER_STATES),
        "sms_state": _of(_SMS_STATES),
        "sms_kind": _sms_kind,
        "plate_type": plate_type_name,
        "yes_no": _yes_no,
        "tone": _tone,
        "happening": happening,
        "region": region_name,
        "intent": _of(INTENTS),
        "slot": _of(SLOTS),
        "slot_value": slot_value,
        "join_note": join_note,
        **{name: _of(table) for name, table in (*PEOPLE_WORDS.items(), *DISPATCH_WORDS.items(), *REVIEW_WORDS.items())},
        **{name: _of(table, nothing=nothing) for name, (table, nothing) in (*ORDER_WORDS.items(), *SEAT_WORDS.items())},
        **SEAT_FILTERS,
        **AUDIT_FILTERS,
    }
)
