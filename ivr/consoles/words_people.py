"""What is said of accounts, roles, regions, and why somebody is not let in."""

from collections.abc import Mapping
from types import MappingProxyType

_PROVINCES = dict(
    zip(
        ["11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65"],
        ["北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "上海", "江苏", "浙江", "安徽", "福建", "江西", "山东", "河南", "湖北", "湖南", "广东", "广西", "海南", "重庆", "四川", "贵州", "云南", "西藏", "陕西", "甘肃", "青海", "宁夏", "新疆"],
        strict=True,
    )
)
"""GB/T 2260: the first two digits."""

PEOPLE_WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "role": {
            "seat": "座席", "dispatcher": "调度员", "supervisor": "质检员", "administrator": "管理员", "auditor": "审计员",
        },
        "sign_in_refused": {
            "wrong": "账号、密码或者动态口令不对，请再试一次。",
            "locked": "输错次数太多，账号已锁定十五分钟。急用请联系管理员重置。",
            "off": "账号已停用，请联系管理员。",
            "unknown": "统一登录已通过，但这里还没有您的账号。请联系管理员建立账号。",
            "wrong_code": "动态口令不对，请再试一次。",
            "sign_on_down": "统一登录暂时不可用，请稍后再试，或者用账号和密码登录。",
            "sign_on_wrong": "统一登录没有通过，请再试一次，或者用账号和密码登录。",
            "code_needed": "这个账号绑定了动态口令，请再输一遍密码，并填上手机显示的六位数字。",
        },
        "password_refused": {
            "wrong": "现在的密码不对。", "differ": "两次输入的新密码不一样。", "same": "新密码不能和现在的一样。",
            "short": "新密码太短，至少十个字符。", "long": "新密码太长，最多一百二十八个字符。",
            "common": "新密码太好猜，请换一个。", "name": "新密码里不要有账号名。",
        },
        "audit_action": {
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
        },
        "account_refused": {
            "name": "账号名不对：小写字母开头，两到三十二位，只用小写字母、数字、点、横线。",
            "roles": "至少选一个岗位。",
            "regions": "地区不对：填六位区划代码，例如 320200；全部地区填 *。",
            "exists": "这个账号已经有了。",
            "last_administrator": "这是最后一个在用的管理员，不能停用，也不能去掉管理员岗位。",
            "wrong": "没有保存，请检查后再试。",
        },
    }
)


def region_name(code: str) -> str:
    """Give a region as it is shown, e.g. `江苏 320200`."""
    if code == "*":
        return "全部地区"
    return f"{_PROVINCES.get(code[:2], '')} {code}".strip()
