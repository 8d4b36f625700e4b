"""Answers to questions in between; what was asked is asked again after them."""

from collections.abc import Mapping

from dialogs.actions import words, words_exam
from dialogs.actions.talk import Service, Talk
from ivr.dialogue.replies import Say

FEE_EXAM = Say(text="考试费按本省标准，在交管12123的App上缴，或者到窗口缴。电话里不收费，也不会让您转账。", phrase_id="fee_exam")
FEE_PAPERS = Say(
    text="汽车号牌一副一百元，行驶证和驾驶证工本费各十元，检验合格标志不收费。按短信里的链接缴，或者领取时缴，电话里不收费。",
    phrase_id="fee_papers",
)
HOURS_EXAM = Say(text="电话里随时能申请。结果一般在考前三个工作日公布，以短信为准。", phrase_id="hours_exam")
HOURS_PAPERS = Say(text="电话里随时能申请。补行驶证、驾驶证一般一个工作日办好，号牌十五天之内，邮寄另加三到五天。", phrase_id="hours_papers")
EXAM_RULES = Say(text=words_exam.RULES, phrase_id="exam_rules")

_ANYWHERE: Mapping[str, Say] = {
    "privacy": words.PRIVACY, "are_you_robot": words.ROBOT, "ask_owner_number": words.NO_OWNER_NUMBER, "abuse": words.ABUSE,
    "exam_rule": EXAM_RULES, "ask_fee": words.FREE, "ask_hours": words.HOURS,
}  # fmt: skip
_BY_SERVICE: Mapping[tuple[Service, str], Say] = {
    (Service.EXAM, "ask_fee"): FEE_EXAM, (Service.EXAM, "ask_hours"): HOURS_EXAM, (Service.EXAM, "how_long"): HOURS_EXAM,
    (Service.PAPER, "ask_fee"): FEE_PAPERS, (Service.PAPER, "ask_hours"): HOURS_PAPERS,
    (Service.PROGRESS, "ask_fee"): FEE_PAPERS,
}  # fmt: skip


def answer(talk: Talk, intent: str) -> Say | None:
    """Give the answer that fits what is being done; None when it is no such question."""
    return _BY_SERVICE.get((talk.service, intent)) or _ANYWHERE.get(intent)
