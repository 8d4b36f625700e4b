"""Sentences about plates, papers and licences. A registered application is never called done."""

from collections.abc import Sequence
from datetime import date

from ivr.dialogue.replies import Expect, ExpectKind, Say
from ivr.domain.dates import say_date
from ivr.domain.papers import LicenceOffer, ProgressView, Refusal, VehicleOffer
from ivr.domain.plates import Plate
from ivr.domain.spoken import say_number, say_plate

NAMES = {"plate": "号牌", "vehicle_licence": "行驶证", "inspection_mark": "检验合格标志", "driving_licence": "驾驶证"}
DOINGS = {
    "lost": "补领", "damaged": "换领", "changed": "信息变化换领", "moved_in": "转入换领", "expiring": "期满换领", "age": "达到年龄换领",
    "downgrade": "降级换领", "due": "申领",
}  # fmt: skip
STATES = {
    "registered": "已登记，待核验", "reviewing": "正在审核", "returned": "材料不全被退回，请按短信补充", "made": "证件已做好",
    "posted": "已经寄出", "ready": "已做好，可以去取", "done": "已办结",
}  # fmt: skip
PAPER_KEYS = {"1": "plate", "2": "vehicle_licence", "3": "inspection_mark", "4": "driving_licence"}
CAUSES: dict[str, dict[str, str]] = {
    "plate": {"1": "lost", "2": "damaged"},
    "vehicle_licence": {"1": "lost", "2": "damaged", "3": "changed"},
    "inspection_mark": {"1": "due", "2": "lost", "3": "damaged"},
    "driving_licence": {"1": "expiring", "2": "lost", "3": "damaged", "4": "changed", "5": "moved_in", "6": "downgrade"},
}
DELIVERY_KEYS = {"1": "registered", "2": "pick_up", "3": "other"}
PIECES_KEYS = {"1": "one", "2": "both"}

WHAT_PAPER = Say(text="您要补换哪一种？车牌、行驶证、检验合格标志，还是驾驶证？", phrase_id="what_paper")
ASK_PAPER = Expect(
    kind=ExpectKind.CHOICE, count=4, hints=("车牌", "行驶证", "检验合格标志", "驾驶证", "驾照"),
    example="车牌按1，行驶证按2，检验合格标志按3，驾驶证按4。",
)  # fmt: skip
WHAT_CAUSE = {
    "plate": Say(text="车牌是丢了，还是坏了？", phrase_id="what_cause_plate"),
    "vehicle_licence": Say(text="行驶证是丢了、坏了，还是信息变了？", phrase_id="what_cause_vehicle_licence"),
    "inspection_mark": Say(text="检验合格标志是到期申领，还是丢了、坏了？", phrase_id="what_cause_inspection_mark"),
    "driving_licence": Say(text="驾驶证是到期了、丢了，还是坏了？别的原因请直接说。", phrase_id="what_cause_driving_licence"),
}
ASK_CAUSE = {
    "plate": Expect(kind=ExpectKind.CHOICE, count=2, hints=("丢了", "坏了"), example="丢了按1，坏了按2。"),
    "vehicle_licence": Expect(kind=ExpectKind.CHOICE, count=3, hints=("丢了", "坏了", "信息变了"), example="丢了按1，坏了按2，信息变了按3。"),
    "inspection_mark": Expect(kind=ExpectKind.CHOICE, count=3, hints=("到期了", "申领", "丢了", "坏了"), example="申领按1，丢了按2，坏了按3。"),
    "driving_licence": Expect(
        kind=ExpectKind.CHOICE, count=6, hints=("到期了", "丢了", "坏了", "改名字了", "转入", "降级"),
        example="到期按1，丢了按2，坏了按3，信息变化按4，转入按5，降级按6。",
    ),
}  # fmt: skip
WHAT_OWN_PLATE = Say(text="请说您的车牌号。", phrase_id="what_own_plate")
WHAT_PIECES = Say(text="是一块，还是前后两块都要？", phrase_id="what_pieces")
ASK_PIECES = Expect(kind=ExpectKind.CHOICE, count=2, hints=("一块", "两块", "一副"), example="一块按1，两块按2。")
WHAT_CLASS = Say(text="您要降成什么车型？比如C一。", phrase_id="what_class")
ASK_CLASS = Expect(kind=ExpectKind.OPEN, example="比如说：降成C一。")
WHAT_DELIVERY = Say(text="您要邮寄到登记的地址，还是自己去车管所取？也可以寄到别的地址。", phrase_id="what_delivery")
ASK_DELIVERY = Expect(
    kind=ExpectKind.CHOICE, count=3, hints=("邮寄", "寄到家里", "自取", "寄到别的地址"), example="寄到登记的地址按1，自取按2，别的地址按3。"
)
WHAT_ADDRESS = Say(text="请说收件地址，说到门牌号。", phrase_id="what_address")
ASK_ADDRESS = Expect(kind=ExpectKind.PLACE, example="比如说：新区长江路一百二十八号。")
SAY_CONFIRM = Say(text="这一步提交后不能撤回。要提交请说确认提交，或者按1；不提交请说不办了，或者按2；要改哪一项，直接说。", phrase_id="say_confirm")
# no hints: a short grammar must not turn other words into a yes
ASK_CONFIRM = Expect(kind=ExpectKind.CHOICE, count=2, binding=True, example="确认提交请按1，不办了请按2。")
NOT_OFFERED = Say(text="好的，没有提交。", phrase_id="paper_not_submitted")
NOTHING_APPLIED = Say(text="近一年没有查到您的补换领申请。", phrase_id="nothing_applied")
DRAFT = Say(text="您上次办到一半，填过的还在。接着办吗？", phrase_id="paper_draft")
DRAFT_KEPT = Say(text="您填的我保留七天，备齐了再打来接着办。", phrase_id="paper_draft_kept")
UNKNOWN_YET = Say(text="后台还没有答复，您的申请已经记下，结果以短信为准，请不要重复提交。", phrase_id="paper_unknown_yet")
NO_LICENCE = Say(text="没有查到您的驾驶证信息。", phrase_id="no_licence_held")
FOR_OTHER = Say(
    text="可以帮家人办，但要本人核验，不能用您的身份代替。有两个办法：一、用您手机上的交管12123，选老年人业务代办，本人刷一下脸；"
    "二、陪本人带身份证到车管所窗口办，我帮您登记，由座席回电约时间。您选哪个？",
    phrase_id="for_other",
)
ASK_FOR_OTHER = Expect(
    kind=ExpectKind.CHOICE, count=2, hints=("第一个", "第二个", "用手机", "约窗口", "窗口"), example="用手机代办按1，约窗口按2。"
)
BY_APP = Say(
    text="好的。请打开交管12123，首页选更多，找到老年人业务代办，填老人的身份证号和手机号，老人刷脸通过就能办，一次办一项。",
    phrase_id="for_other_by_app",
)
AGE_RULES = Say(
    text="年满六十三周岁，大客车、牵引车、大货车这些车型要换成小型汽车驾照，体检和能力测试通过的可以延长。"
    "满七十周岁，每年要交一次体检证明，换证要做三力测试。",
    phrase_id="age_rules",
)
AGE_QUESTION = Say(text="现在要办达到年龄换证吗？", phrase_id="age_question")

REASONS: dict[Refusal, str] = {
    Refusal.NOT_OWNER: "这个车牌不在您名下，只能由车主本人办，公司的车要到窗口办。",
    Refusal.STATUS_BLOCKS: "查到现在的状态不符合办理条件，要由座席核对您的身份以后说明原因。",
    Refusal.STATUS_NEEDS_SEAT: "查到现在的状态要由座席核对才能办。",
    Refusal.WRONG_REGION: "这辆车不是在本地登记的，要在登记地办理。",
    Refusal.VIOLATIONS_OPEN: "还有交通违法没有处理，处理完才能办。可以在交管12123的App上处理，或者到窗口处理。",
    Refusal.INSURANCE_MISSING: "没有查到有效的交强险，投保以后才能办。",
    Refusal.LINE_TEST_NEEDED: "这辆车这次要先到检测站上线检验，通过以后才能领标志。",
    Refusal.TOO_EARLY: "还没有到可以办的时间。",
    Refusal.CANCELLED: "驾驶证过期已经超过一年，按规定已经注销，两年内考过科目一可以恢复，要到车管所窗口办。",
    Refusal.NO_LICENCE: "没有查到您的驾驶证信息。",
    Refusal.MEDICAL_MISSING: "还没有查到您的体检信息，请先到体检医院做驾驶人体检，由医院上传。",
    Refusal.PHOTO_MISSING: "系统里没有可用的照片，请先在交管12123的App上传照片，或者到照相点拍。",
    Refusal.AGE_NOT_REACHED: "您的年龄还不用因为年龄换证。",
    Refusal.CLASS_NOT_LOWER: "您说的车型不能降，要降成更低的准驾车型。",
    Refusal.NOT_EXPIRING: "您的驾驶证是长期有效的，不用换证。",
    Refusal.ALREADY_APPLIED: "同样的申请已经在办，不用再申请。",
    Refusal.SEAT_ONLY: "这一种情况要由座席办理。",
}
SEAT = frozenset({Refusal.STATUS_BLOCKS, Refusal.STATUS_NEEDS_SEAT, Refusal.SEAT_ONLY, Refusal.WRONG_REGION, Refusal.CANCELLED})
"""Refusals with which a human helps further."""


def named(paper: str, cause: str | None) -> str:
    """补领行驶证."""
    return f"{DOINGS.get(cause or '', '补换')}{NAMES.get(paper, '证件')}"


def begun(paper: str, cause: str | None) -> Say:
    """Say back what is wanted."""
    return Say(text=f"{named(paper, cause)}。")


def plate_heard(plate: str) -> Say:
    """Read the plate back with the next question."""
    return Say(text=f"{say_plate(Plate(plate))}。")


def refused(refusal: Refusal, first_day: date | None) -> Say:
    """Why not, and from when."""
    when = f"{say_date(first_day)}起可以办。" if first_day is not None else ""
    return Say(text=REASONS[refusal] + when)


def vehicle_may_be(paper: str, offer: VehicleOffer) -> Say:
    """What it costs and what else is to be known."""
    void = "补换后旧的作废。" if paper != "inspection_mark" else ""
    warned = "这辆车还有交通违法没有处理，请记得处理。" if "violations" in offer.warnings else ""
    return Say(text=f"这辆车可以办，{_fee(offer.fee_yuan)}。{void}{warned}")


def licence_may_be(cause: str, offer: LicenceOffer) -> Say:
    """Until when it counts, what comes next, what it costs."""
    held = f"您的驾驶证准驾车型{spoken_class(offer.licence_class)}，"
    if cause == "expiring" and offer.expires is not None:
        years = {"6": "六年", "10": "十年", "long": "长期"}[offer.next_validity]
        until = f"{say_date(offer.expires)}到期，" if offer.may_drive else "已经过期，换证前请不要开车，"
        return Say(text=f"{held}{until}可以换证，按记录换发{years}有效期。照片用系统里的那张，{_fee(offer.fee_yuan)}。")
    return Say(text=f"{held}可以办理，照片用系统里的那张，{_fee(offer.fee_yuan)}。")


def read_back(parts: Sequence[str], fee_yuan: int) -> Say:
    """Everything once more; nothing can be taken back after it."""
    listed = "，".join(parts)
    return Say(text=f"请听好：{listed}，{_fee(fee_yuan)}。提交后不能撤回，旧证作废。确认请说确认提交。")


def delivery(how: str, address: str | None, home: str | None) -> str:
    """Where it goes, as it is read back."""
    if how == "pick_up":
        return "到车管所自取"
    if how == "other":
        return f"邮寄到{address}，本人签收"
    return f"邮寄到登记的地址{'，' + home if home else ''}，本人签收"


def submitted(serial_text: str, *, drive: bool) -> Say:
    """Handed in; to be checked."""
    car = "" if drive else "办好之前请不要开车上路，可以出示电子证照。"
    return Say(
        text=f"已登记，待核验，流水号{serial_text}，已发短信给您。请用交管12123完成本人核验，不会用手机就签收或领取时核验。{car}"
    )


def progress(view: ProgressView) -> Say:
    """How far one application is."""
    parcel = "，单号已在短信里" if view.parcel and view.state == "posted" else ""
    return Say(text=f"{named(view.paper, view.cause)}，{STATES.get(view.state, '正在办理')}{parcel}，{_day(view.updated)}更新。")


def licence_state(licence_class: str, expires: date | None, *, normal: bool, next_validity: str) -> Say:
    """Class, end and state of the caller's licence."""
    until = "长期有效" if expires is None else f"有效期到{_day(expires)}"
    state = "状态正常" if normal else "现在的状态有限制，具体原因要由座席核对以后说明"
    years = {"6": "，到期换证能换六年的", "10": "，到期换证能换十年的", "long": "，到期换证能换长期的"}.get(next_validity, "")
    return Say(text=f"您的驾驶证准驾车型{spoken_class(licence_class)}，{until}，{state}{years if expires is not None else ''}。")


def spoken_class(licence_class: str) -> str:
    """C1 as it is said: C一."""
    return "".join("零一二三四五六七八九"[int(char)] if char.isdigit() else char for char in licence_class)


def _fee(yuan: int) -> str:
    return f"工本费{say_number(yuan)}元" if yuan else "不收费"


def _day(day: date) -> str:
    year = "".join("零一二三四五六七八九"[int(char)] for char in str(day.year))
    return f"{year}年{say_number(day.month)}月{say_number(day.day)}号"
