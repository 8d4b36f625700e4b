"""Answers to questions in between; what was asked is asked again after them."""

from collections.abc import Mapping

from dialogs.actions import words, words_exam
from dialogs.actions.talk import STEPS, Service, Talk
from ivr.dialogue.replies import Say

FEE_EXAM = Say(text="考试费按本省标准，在交管12123的App上缴，或者到窗口缴。电话里不收费，也不会让您转账。", phrase_id="fee_exam")
FEE_PAPERS = Say(
    text="汽车号牌一副一百元，行驶证和驾驶证工本费各十元，检验合格标志不收费。按短信里的链接缴，或者领取时缴，电话里不收费。",
    phrase_id="fee_papers",
)
HOURS_EXAM = Say(text="电话里随时能申请。结果一般在考前三个工作日公布，以短信为准。", phrase_id="hours_exam")
HOURS_PAPERS = Say(text="电话里随时能申请。补行驶证、驾驶证一般一个工作日办好，号牌十五天之内，邮寄另加三到五天。", phrase_id="hours_papers")
EXAM_RULES = Say(text=words_exam.RULES, phrase_id="exam_rules")

TEMPORARY_PLATE = Say(
    text="补换号牌期间，可以凭短信里的流水号办临时号牌，有效期十五天，一张五元。没有号牌、行驶证或者驾驶证，请先不要开车，可以出示电子证照。",
    phrase_id="temporary_plate",
)
FOUND = Say(text="申请提交后不能撤回，旧的已经作废，找到的旧证旧牌请交回车管所。还没有提交的，说不办了就行。", phrase_id="found_again")
REJECT_WHY = Say(text="具体原因涉及您的登记信息，要由座席核对身份以后说明。想转座席，请说人工。", phrase_id="reject_why")
IN_APP = Say(
    text="打开交管12123的App，用本人身份证注册登录，在首页选要办的业务，按提示办理；也可以登录一二二点gov点cn。不会用的，直接在电话里说就能办。",
    phrase_id="in_app",
)
NEED_EXAM = Say(text="电话里约考试，只要身份证号和登记手机上的验证码。考试当天带身份证。", phrase_id="need_exam")
NEED_PAPERS = Say(
    text="要身份证；车的业务还要行驶证上车辆识别代号后六位，驾驶证的业务要档案编号后六位。期满换证要先体检，照片用系统里的。不用登报。",
    phrase_id="need_papers",
)
MEDICAL = Say(text="换证的体检到有资质的体检医院做，医院直接上传结果，不用交纸质表，半年内有效。", phrase_id="medical")
BLOCKED = Say(text="有违法没有处理、逾期没有审验，或者驾驶证被扣押，都要先处理完才能换证。要查自己的状态，请说查驾照状态。", phrase_id="blocked")
PHOTO = Say(text="一般用系统里的那张照片。要换新的，在交管12123的App上传，或者到照相点拍，白底一寸。", phrase_id="photo")
E_LICENCE = Say(text="电子驾驶证、电子行驶证和纸质的同样有效，在交管12123的App里申领和出示。", phrase_id="e_licence")

_ANYWHERE: Mapping[str, Say] = {
    "privacy": words.PRIVACY, "are_you_robot": words.ROBOT, "ask_owner_number": words.NO_OWNER_NUMBER, "abuse": words.ABUSE,
    "exam_rule": EXAM_RULES, "ask_fee": words.FREE, "ask_hours": words.HOURS, "temp_plate": TEMPORARY_PLATE, "found": FOUND,
    "reject_why": REJECT_WHY, "how_in_app": IN_APP, "need_what": NEED_PAPERS, "how_long": HOURS_PAPERS, "dl_medical": MEDICAL,
    "dl_block": BLOCKED, "photo": PHOTO, "e_licence": E_LICENCE,
}  # fmt: skip
_BY_SERVICE: Mapping[tuple[Service, str], Say] = {
    (Service.EXAM, "ask_fee"): FEE_EXAM, (Service.EXAM, "ask_hours"): HOURS_EXAM, (Service.EXAM, "how_long"): HOURS_EXAM,
    (Service.EXAM, "need_what"): NEED_EXAM, (Service.PAPER, "ask_fee"): FEE_PAPERS, (Service.PAPER, "ask_hours"): HOURS_PAPERS,
    (Service.PROGRESS, "ask_fee"): FEE_PAPERS,
}  # fmt: skip
_MOVING = frozenset({"how_long"})


def answer(talk: Talk, intent: str) -> Say | None:
    """Give the answer that fits what is being done; None when it is no such question."""
    if talk.stage in STEPS and intent in _MOVING:
        return words.HOURS
    return _BY_SERVICE.get((talk.service, intent)) or _ANYWHERE.get(intent)
