"""The Chinese words of work orders."""

from collections.abc import Mapping
from types import MappingProxyType

_CALLBACK_STATES = {
    "open": "受理",
    "assigned": "已转办",
    "in_hand": "办理中",
    "answered": "已答复，待回访",
    "done": "办结",
    "cancelled": "作废",
    "merged": "已合并",
}
_ORDER_ACTIONS = {
    "assign": "转办",
    "take": "签收",
    "give_back": "退回重派",
    "not_reached": "打了没接通",
    "answer": "答复",
    "content": "回访：满意，办结",
    "not_content": "回访：不满意，重办",
    "close": "办结",
    "extend": "延期",
    "urge": "催办",
    "cancel": "作废",
    "merge": "合并",
}
_ORDER_EVENTS = {
    **_ORDER_ACTIONS,
    "ordered": "登记",
    "overdue": "到期提醒",
    "number_shown": "查看号码",
    "took_over": "并入",
}
_ORDER_REFUSALS = {
    "not_now": "这张工单现在的状态不能这样办。",
    "not_yours": "这张工单由别人签收着，请先由他退回。",
    "note_missing": "请写明情况再提交。",
    "note_too_long": "说明太长了，请写在五百字以内。",
    "unit_unknown": "请选一个转办单位。",
    "too_late": "延期要在到期之前申请，这张已经到期了。",
    "no_more": "这张工单已经延期过，不能再延。",
    "follow_up_due": "这类工单要回访以后才能办结。",
    "other_unfit": "只能并入同一位来电人还没办结的工单。",
    "changed": "这张工单刚被别人改过。请看过最新情况，再提交一次；您写的内容还在。",
}
_UNITS = {
    "seats": "人工座席",
    "traffic_squad": "交警大队",
    "vehicle_office": "车管所",
    "exam_office": "考试科",
    "complaints": "督察信访",
}
QUEUES = {"general": "综合", "car_move": "挪车", "exam": "考试预约", "plate": "牌证", "licence": "驾驶证", "complaint": "投诉", "police": "交警", "dispatch": "挪车调度", "emergency": "紧急"}
CALLBACK_REASONS = {
    "no_seat": "没有空闲座席",
    "call_failed": "通话故障",
    "dialogue_failed": "对话引擎故障",
    "asked_for_human": "来电人要求人工",
    "owner_unknown": "查不到车主",
    "owner_objects": "车主有异议",
    "contact_stale": "联系方式失效",
    "not_moved": "车没有挪走",
    "backend_down": "核心系统故障",
    "window_visit": "约窗口",
    "complaint": "投诉",
    "low_rating": "评价不满意",
    "identity": "身份没有核对成",
    "window_only": "只能窗口办",
    "not_understood": "没有听明白",
    "no_input": "没有答复",
    "offered": "来电人同意转人工",
    "missed_call": "漏接的来电",
    "dialogue_down": "对话引擎故障",
    "wanted": "来电人要求人工",
    "caller_asked": "来电人要求人工",
    "seat_lost": "座席线路断，重新排队",
    "after_talk": "座席通话后登记",
}

ORDER_WORDS: Mapping[str, tuple[Mapping[str, str], str]] = MappingProxyType(
    {
        "callback_state": (_CALLBACK_STATES, "—"),
        "callback_reason": (CALLBACK_REASONS, "—"),
        "order_action": (_ORDER_ACTIONS, "—"),
        "order_event": (_ORDER_EVENTS, "—"),
        "order_refusal": (_ORDER_REFUSALS, ""),
        "unit": (_UNITS, "—"),
        "queue": (QUEUES, "—"),
    }
)
"""Filter -> its words, and what stands where there is none."""
