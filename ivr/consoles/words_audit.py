"""The Chinese words of the audit record: who, did what, to what, with which facts."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from ivr.consoles.words_people import PEOPLE_WORDS

AUDIT_ACTIONS: Mapping[str, str] = MappingProxyType(
    {
        "signed_in": "登录", "signed_out": "退出", "sign_in_failed": "登录失败", "account_locked": "账号锁定", "account_added": "建立账号",
        "account_changed": "修改账号", "password_changed": "修改密码", "second_factor_bound": "绑定动态口令",
        "second_factor_removed": "解除动态口令", "agreement_signed": "签署保密协议", "view_overview": "看首页", "view_board": "看调度台", "view_board_map": "看挪车地图",
        "list_cases": "看挪车单列表", "view_case": "看挪车单", "list_calls": "看通话列表", "search_calls": "查找通话", "list_live": "看正在通话", "view_live": "看通话字幕", "listen_in": "旁听通话", "download_recording": "下载录音", "view_call": "看通话",
        "listen_recording": "听录音", "list_sms": "看短信", "list_callbacks": "看工单列表", "view_order": "看工单", "list_missed": "看漏接",
        "order_number_shown": "看回电号码", "order_of_missed": "漏接转工单",
        "list_accounts": "看账号列表", "view_account": "看账号", "view_audit": "看审计记录", "view_figures": "看数据", "list_reviews": "看抽查",
        "list_own_reviews": "看自己的质检", "view_review": "看质检", "export_reviews": "导出质检结果", "sample_drawn": "抽取样本",
        "review_taken": "开始质检", "review_scored": "评分", "review_appealed": "申诉", "review_decided": "裁定申诉", "export_figures": "导出数据", "case_take": "接手挪车单",
        "case_hand_on": "转交挪车单", "case_ring_owner": "再打车主电话", "case_remind": "催车主", "case_police": "转交警",
        "case_property": "短信请找物业", "case_emergency": "短信请拨110", "case_moved": "标记已挪走", "case_cloned": "报套牌线索",
        "case_false_report": "标记误报", "case_misuse": "认定恶意", "case_merge": "合并挪车单", "case_note": "写备注",
        "seat_ready": "座席就绪", "seat_away": "座席暂停", "view_seat": "看座席台", "view_handover": "看转来的来电",
        "handover_talking": "座席接通来电人", "handover_decline": "座席拒接", "handover_return": "交还服务", "handover_finish": "结束通话",
        "handover_third": "呼叫第三方", "handover_third_off": "请第三方离开", "order_of_talk": "通话后写工单",
        "list_handovers": "看转人工记录", "export_handovers": "导出转人工记录",
        "join_connect": "接通双方", "join_call_requester": "打给来电人", "join_call_owner": "打给车主", "join_ended": "双方通话结束",
        "order_assign": "转办工单", "order_take": "签收工单", "order_give_back": "退回工单", "order_not_reached": "回电没接通",
        "order_answer": "答复工单", "order_content": "回访满意", "order_not_content": "回访不满意", "order_close": "办结工单",
        "order_extend": "延期工单", "order_urge": "催办工单", "order_cancel": "作废工单", "order_merge": "合并工单",
        "connect": "车主与来电人通话", "refused": "按规则没有给来电人办", "retention.deleted": "按期限删除",
        "identity_code_sent": "发出验证码", "identity_code_right": "验证码正确", "identity_code_wrong": "验证码不对",
        "identity_secret_right": "档案编号或车辆识别代号正确", "identity_secret_wrong": "档案编号或车辆识别代号不对",
        "application_confirmed": "来电人确认提交", "application_submitted": "已提交核心系统", "application_refused": "核心系统没有受理",
    }
)
PURPOSES = {"complaint": "投诉核查", "dispute": "纠纷取证", "superior": "上级调阅", "training": "培训"}
"""Why a recording is taken away."""
_ACTORS = {"visitor": "没有登录的人", "site": "系统", "clock": "定时任务"}
_SUBJECTS = {
    "audit": "审计记录", "accounts": "账号", "calls": "通话", "cases": "挪车单", "callbacks": "工单", "sms": "短信", "live": "正在通话",
    "overview": "首页", "seat": "座席台", "unknown": "没有这个账号", "storage": "存储",
}
_FACTS = {
    "reason": "原因", "by": "按", "version": "版本", "sha256": "文本指纹", "roles": "岗位", "regions": "地区", "active": "在用", "purpose": "用途",
    "reference": "文号", "verified": "核对", "from": "从", "to": "到", "handover": "转接编号", "join": "接通编号", "note": "说明", "rules": "规则版本",
    "service": "业务", "business": "事项", "call_id": "通话编号", "result": "结果", "seed": "种子", "candidates": "当天通话", "picks": "抽到",
}
_VALUES = {
    "reason": {"wrong": "账号、密码或者口令不对", "locked": "账号锁定中", "off": "账号已停用", "unknown": "没有这个账号", "code_needed": "没有填动态口令"},
    "by": {"sign_on": "统一登录"},
    "active": {"true": "是", "false": "否"},
    "verified": {"whole": "完整", "broken": "有断开", "too_long": "没有核完"},
    "purpose": PURPOSES,
}
_CALLER = "caller:"
_COMMAND_LINE = "command line"
_SHOWN = 12
"""Digits of a token or a fingerprint that are enough to tell it from others."""


def _actor(value: str) -> str:
    if value.startswith(_CALLER):
        return f"来电人 {value.removeprefix(_CALLER)[:_SHOWN]}"
    if value.startswith(_COMMAND_LINE):
        return f"命令行{value.removeprefix(_COMMAND_LINE)}"
    return _ACTORS.get(value, value)


def _subject(value: str) -> str:
    return _SUBJECTS.get(value, value)


def _fact(facts: tuple[str, str]) -> str:
    """One fact, e.g. `("reason", "wrong")` -> `原因：账号、密码或者口令不对`."""
    name, value = facts
    if name == "roles":
        value = "、".join(PEOPLE_WORDS["role"].get(role, role) for role in value.split())
    if name == "sha256":
        value = value[:_SHOWN]
    return f"{_FACTS.get(name, name)}：{_VALUES.get(name, {}).get(value, value)}"


def _action(value: str) -> str:
    return AUDIT_ACTIONS.get(value, value)


AUDIT_FILTERS: Mapping[str, Callable[..., str]] = MappingProxyType(
    {"audit_actor": _actor, "audit_subject": _subject, "audit_fact": _fact, "audit_action": _action}
)
