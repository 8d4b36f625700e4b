"""What the dialogue understood: the words for intents, for what was given, and for its values."""

from collections.abc import Mapping
from types import MappingProxyType

INTENTS: Mapping[str, str] = MappingProxyType(
    {
        "abuse": "辱骂", "accident": "交通事故", "affirm": "肯定", "ambulance": "急救", "are_you_robot": "问是不是机器人", "ask_fee": "问费用",
        "ask_hours": "问办公时间", "ask_owner_number": "要车主号码", "cancel": "不办了", "cancel_case": "撤销挪车", "case_status": "问挪车进展",
        "child_in_car": "车里有人", "complaint": "投诉", "correct": "更正", "deny": "否定", "dispatch_police": "要求出警", "dl_age": "年龄换证",
        "dl_block": "驾驶证受限", "dl_change": "驾驶证信息变化", "dl_damaged": "驾驶证损毁", "dl_downgrade": "降级换证", "dl_lost": "驾驶证遗失",
        "dl_medical": "体检证明", "dl_query": "查驾驶证", "dl_renew": "期满换证", "dl_transfer": "转入换证", "e_licence": "电子驾驶证",
        "exam_book": "约考", "exam_cancel": "取消约考", "exam_change": "改考试", "exam_query": "查约考", "exam_rule": "问考试规则", "fire": "火情",
        "found": "找到了", "give_colour": "说颜色", "give_place": "说地点", "give_plate": "说车牌", "give_reason": "说原因", "go_back": "返回上一步",
        "goodbye": "再见", "greet": "问好", "how_in_app": "问App怎么办", "how_long": "问多久", "injury": "有人受伤", "insp_mark": "检验合格标志",
        "louder": "大声点", "move_car": "挪车", "need_what": "问材料", "nlu_fallback": "没听懂", "not_resolved": "还没挪", "owner_cannot": "车主来不了",
        "owner_coming": "车主马上来", "owner_not_here": "车不在那里", "owner_objects": "车主有异议", "owner_sold": "车已卖", "phone_change": "改手机号",
        "photo": "照片", "plate_replace": "补换号牌", "privacy": "问隐私", "progress": "查进度", "proxy": "代办", "reject_why": "问为什么不行",
        "remind": "催促", "repeat": "再说一遍", "resolved": "已经挪了", "slow": "说慢点", "start_again": "从头来", "temp_plate": "临时号牌",
        "violation": "违法", "vl_replace": "补换行驶证", "wait": "等一下", "where_to_do": "问在哪办", "dtmf": "按键",
    }
)
SLOTS: Mapping[str, str] = MappingProxyType(
    {
        "move.plate": "车牌", "move.place": "地点", "move.colour": "颜色", "move.reason": "原因", "exam.subject": "科目", "exam.first": "最早",
        "exam.last": "最晚", "exam.session": "时段", "exam.plan_text": "场次", "paper.paper": "证件", "paper.cause": "原因", "paper.plate": "车牌",
        "paper.pieces": "几块", "paper.delivery": "领取", "paper.address": "地址", "paper.target_class": "车型",
    }
)
_VALUES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "move.colour": {"unknown": "不清楚"},
        "move.reason": {"blocked_exit": "堵住出入口", "fire_lane": "占用消防通道", "taken_space": "占用车位", "blocked_car": "挡住车辆"},
        "exam.subject": {"1": "科目一", "2": "科目二", "3": "科目三", "3B": "科目四"},
        "exam.session": {"morning": "上午", "afternoon": "下午"},
        "paper.paper": {"plate": "号牌", "vehicle_licence": "行驶证", "inspection_mark": "检验合格标志", "driving_licence": "驾驶证"},
        "paper.cause": {
            "lost": "遗失", "damaged": "损毁", "changed": "信息变化", "moved_in": "转入", "expiring": "期满", "age": "年龄", "downgrade": "降级",
            "due": "申领",
        },
        "paper.pieces": {"one": "一块", "both": "两块"},
        "paper.delivery": {"registered": "寄到登记地址", "pick_up": "自取", "other": "寄到别处"},
    }
)


def slot_value(value: str, name: str) -> str:
    """Give the value of what was given as it is shown."""
    return _VALUES.get(name, {}).get(value, value)
