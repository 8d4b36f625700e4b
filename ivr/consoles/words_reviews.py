"""What is said of samples, reviews, verdicts, and why a step of a review is not taken."""

from collections.abc import Mapping
from types import MappingProxyType

REVIEW_WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "review_state": {"drawn": "待评", "taken": "在评", "scored": "已评", "appealed": "申诉中", "closed": "已结"},
        "review_why": {"random": "随机", "owner_objects": "车主有异议", "by_hand": "人工改动", "proxy": "代他人办理", "doubtful_yes": "低把握办结"},
        "verdict": {"pass": "合格", "defect": "有缺陷", "incident": "差错事故"},
        "review_refused": {
            "changed": "别人刚改动过，没有保存。请看清最新情况再提交，写的话还在下面。", "own_call": "自己经手的通话不能自己评。",
            "taken": "这一通已经有人在评。", "not_now": "现在不能这样操作。", "not_yours": "不是您经手的通话。",
            "same_reviewer": "复评和裁定要由另一个人来做。", "too_late": "申诉期限已过。", "marks_missing": "每一项都要选。",
            "text_missing": "请写明理由；不合格的要写哪里有问题。", "text_too_long": "太长了，最多一千字。",
        },
    }
)
