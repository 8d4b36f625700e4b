"""Every sentence the dialogue says. Fixed ones have an id, so that a studio can record them."""

from collections.abc import Sequence
from datetime import datetime

from ivr.dialogue.replies import Expect, ExpectKind, Say
from ivr.domain.car_move_limits import CHINA
from ivr.domain.car_moves import CaseState
from ivr.domain.plates import Plate
from ivr.domain.spoken import say_number, say_plate
from ivr.services.offices import Office

PLATE_EXAMPLE = "比如说：苏B，一二三，四五。"
PLACE_EXAMPLE = "比如说：人民路和中山路路口，农业银行门口。"
COLOURS = ("白色", "黑色", "灰色", "红色", "蓝色", "其他颜色", "不清楚")
COLOUR_KEYS = {"1": "白", "2": "黑", "3": "灰", "4": "红", "5": "蓝", "6": "unknown", "9": "unknown"}
PLACE_KEYS = {
    "1": ("路边（来电人按键选择）", "road"), "2": ("小区内（来电人按键选择）", "compound"),
    "3": ("停车场（来电人按键选择）", "car_park"), "4": ("单位门口（来电人按键选择）", "unit"),
}

OPEN = Expect(kind=ExpectKind.OPEN, example="比如说：有辆车堵住我了，我要挪车。")
MORE = Expect(kind=ExpectKind.OPEN, example="比如说：没有了。", retries_left=1)
"""After 还有别的事吗: who stays silent has nothing more."""
YES_NO = Expect(kind=ExpectKind.YES_NO, example="对，请说对，或者按1；不对，请说不对，或者按2。")
CONSENT = YES_NO.model_copy(update={"binding": True})
"""To what is done at once and cannot be taken back."""
ASK_PLATE = Expect(kind=ExpectKind.PLATE, example=PLATE_EXAMPLE)
ASK_PLACE = Expect(kind=ExpectKind.PLACE, count=4, example=PLACE_EXAMPLE)
ASK_COLOUR = Expect(kind=ExpectKind.CHOICE, count=9, hints=(*COLOURS, "白的", "黑的", "银色", "红的", "灰的", "不知道", "没看清"), example="比如说：白色。")
ASK_PHONE = Expect(kind=ExpectKind.PHONE, sensitive=True, example="请按键输入十一位手机号码。")
ASK_OWNER = Expect(
    kind=ExpectKind.CHOICE, count=4, hints=("马上来", "来不了", "不在这里", "卖了"),
    example="马上来按1，暂时来不了按2，车不在这里按3，车已卖出按4。",
)
MAY_TALK = Expect(kind=ExpectKind.CHOICE, count=5, hints=("接通", "不用了"), retries_left=0)
"""Who stays silent does not want to."""

GREETING = Say(
    text="您好，公安交管12123，通话会录音，信息只用于办业务。请直接说要办什么，说人工可转座席。", phrase_id="greeting"
)
WHAT_PLATE = Say(text="请说那辆车的车牌号。", phrase_id="what_plate")
PLATE_MISSING = Say(text="好的，记下了。还差车牌号，请说那辆车的车牌号。", phrase_id="plate_missing")
PLATE_NOT_HEARD = Say(text="车牌没听清，请再说一遍，一个字一个字地说。", phrase_id="plate_not_heard")
PLATE_BY_KEYS = Say(
    text="还是没听清。请用按键输入，本地车牌直接按后面的数字，字母按星号加两位数，比如A按星号零一，B按星号零二，最后按井号。",
    phrase_id="plate_by_keys",
)
WHERE = Say(text="车停在什么地方？", phrase_id="where")
PLACE_BY_KEYS = Say(text="没听清地点。请再说一遍，或者按键：路边按1，小区按2，停车场按3，单位门口按4。", phrase_id="place_by_keys")
WHAT_COLOUR = Say(text="车是什么颜色？不清楚也没关系。", phrase_id="what_colour")
WHAT_PHONE = Say(text="您的来电没有显示号码。请按键输入您的手机号，按井号结束。", phrase_id="what_phone")
PHONE_NOT_RIGHT = Say(text="这个号码不对，请输入十一位手机号。", phrase_id="phone_not_right")
WHAT_IS_WRONG = Say(text="好的，哪里不对？车牌不对就再说一遍车牌，地点不对就再说地点；不办了请说取消。", phrase_id="what_is_wrong")
YES_OR_NO = Say(text="对，请说对，或者按1；不对，请说不对，或者按2。", phrase_id="yes_or_no")
NOTIFYING = Say(text="好，马上通知车主，双方号码都不会显示。请别挂，大约一分钟。", phrase_id="notifying")
NOTIFIED_AT_NIGHT = Say(text="好的，已经登记。现在是夜间，我们先用短信尝试通知车主，结果短信告诉您。", phrase_id="notified_at_night")
KEPT_ONLY = Say(text="您的请求已经登记。后台现在没有应答，还没有通知到车主，恢复以后马上通知，结果短信告诉您。", phrase_id="kept_only")
STILL_TRYING = Say(text="还没有接通车主，我们会接着联系，结果短信告诉您。", phrase_id="still_trying")
ANYTHING_ELSE = Say(text="还有别的事吗？", phrase_id="anything_else")
GOODBYE = Say(text="感谢来电，再见。", phrase_id="goodbye")
NEUTRAL = Say(text="已尝试通知车主，稍后短信问您是否挪走。", phrase_id="neutral")
NOT_UNDERSTOOD = Say(text="不好意思，没听明白。请说您要办的事，比如挪车；也可以说人工。", phrase_id="not_understood")
TO_HUMAN = Say(text="我为您转人工，请稍候。", phrase_id="going_to_human", interruptible=False)
BROKEN = Say(text="系统刚才出了点问题，请再说一遍；也可以说人工。", phrase_id="broken")
WAITING = Say(text="好的，您慢慢来。", phrase_id="waiting")
SLOWER = Say(text="好的，我再说一遍。", phrase_id="slower")
STARTING_AGAIN = Say(text="好的，我们从头来。", phrase_id="starting_again")
CAR_GONE = Say(text="好的，车已经挪走，那就不通知了。", phrase_id="car_gone")
NO_CASE = Say(text="没有查到您正在办理的挪车请求。", phrase_id="no_case")
ABOUT_CASE = Say(text="要催一下请说催一下；车已经挪走请说挪走了；不挪了请说取消。", phrase_id="remind_or_moved")
STILL_HOLDING = Say(text="正在联系车主，请再等一下。", phrase_id="still_holding")
CANCELLED = Say(text="好的，不办了。", phrase_id="cancelled")
PRIVACY = Say(text="通话有录音，只用于办理业务和核查。您不同意的话，可以到车管所窗口办理。", phrase_id="privacy")
ROBOT = Say(text="我是语音机器人，您可以直接说要办的事，说人工可以转座席。", phrase_id="robot")
FREE = Say(text="挪车服务不收费。我们不会向您索要银行卡密码，也不会让您转账。", phrase_id="free")
HOURS = Say(text="电话挪车二十四小时都能办，大约一分钟。", phrase_id="hours")
NO_OWNER_NUMBER = Say(text="车主的号码不能告诉您，我们直接联系他，双方号码都不显示。", phrase_id="no_owner_number")
ABUSE = Say(text="对不起让您着急了，我马上办。", phrase_id="sorry_to_upset")
SEAT_DONE = Say(text="人工服务结束了。", phrase_id="seat_done")
SEAT_GAVE_BACK = Say(text="座席请您回到语音服务继续办。", phrase_id="seat_gave_back")
SEAT_LINE_LOST = Say(text="和座席的通话断了，我为您重新转接。", phrase_id="seat_line_lost", interruptible=False)
SEAT_ASKS_PROOF = Say(text="座席请您先核对身份，核对好以后接回座席。", phrase_id="seat_asks_proof")
BACK_TO_SEAT = Say(text="现在为您接回座席，请稍候。", phrase_id="back_to_seat", interruptible=False)
NO_SEAT = Say(text="现在没有空闲的座席。", phrase_id="no_seat_now")
PROVED = Say(text="核对好了。", phrase_id="proved")
HELLO = Say(text="您好，请说要办什么。", phrase_id="hello")
EMERGENCY_BEFORE = Say(text="请立即拨打110或119，我现在为您转接110，请不要挂。", phrase_id="emergency_110", interruptible=False)
ACCIDENT = Say(text="发生事故请拨打122，有人受伤先打120，我现在为您转接，请不要挂。", phrase_id="accident_122", interruptible=False)
EMERGENCY_NO_SEAT = Say(text="转接没有成功。请您马上自己拨打110；有人受伤拨打120。您说的情况已经记下。", phrase_id="emergency_no_seat", interruptible=False)
OWNER_THANKS_COMING = Say(text="好的，谢谢您，请尽快。", phrase_id="owner_coming")
OWNER_THANKS_CANNOT = Say(text="知道了，请您想办法尽快挪车。再见。", phrase_id="owner_cannot")
OWNER_THANKS_NOT_HERE = Say(text="感谢您，可能有人使用了您的号牌，已为您登记线索，民警会联系您。", phrase_id="owner_not_here")
OWNER_THANKS_SOLD = Say(text="知道了，我们不再拨打这个号码。打扰了。", phrase_id="owner_sold")
OWNER_THANKS_OBJECTS = Say(text="您反映的情况已经记下，由工作人员核实。打扰了。", phrase_id="owner_objects")
OWNER_DONE = Say(text="这件事已经处理好了，打扰了，再见。", phrase_id="owner_done")
OWNER_UNCLEAR = Say(text="请按键答复：马上来按1，暂时来不了按2，车不在这里按3，车已卖出按4。", phrase_id="owner_unclear")
OWNER_NO_ANSWER = Say(text="没有听到您的答复，我们再发短信提醒您，请尽快挪车。再见。", phrase_id="owner_no_answer")
OWNER_MAY_TALK = Say(text="要和对方通话请按5，双方号码都不显示；不用的话直接挂机就行。", phrase_id="owner_may_talk")
OWNER_CONNECTING = Say(text="正在为您接通，请稍候。", phrase_id="owner_connecting")
OWNER_OTHER_GONE = Say(text="对方已经不在线。", phrase_id="owner_other_gone")
OWNER_GOODBYE = Say(text="谢谢您，请尽快挪车。再见。", phrase_id="owner_goodbye")
REQUESTER_MAY_TALK = Say(
    text="车主已答复马上来。请先不要挂机，车主可能要和您通话，双方号码都不显示。", phrase_id="requester_may_talk"
)
NO_TALK = Say(text="车主没有要求通话。二十分钟后我们短信问您是否挪走，没来的话再打12123。", phrase_id="no_talk")
TALK_OVER = Say(text="二十分钟后我们短信问您是否挪走，没来的话再打12123。", phrase_id="talk_over")
TALKS = {
    "talk_left": Say(text="对方已挂机。", phrase_id="talk_left"),
    "talk_time_up": Say(text="通话时间到了。", phrase_id="talk_time_up"),
    "talk_failed": Say(text="没有接通对方。", phrase_id="talk_failed"),
}
"""What came of a talk of requester and owner."""
OFFICE_SOON = "{service}要由座席办理。要为您转人工吗？"

WANT_HUMAN = Say(text="要为您转人工吗？", phrase_id="want_human")
NOT_SUBMITTED = Say(text="没有提交成功。", phrase_id="not_submitted")
NO_OFFICE = Say(text="没有查到附近的办理地点，要为您转人工吗？", phrase_id="no_office")

DANGERS = {
    "child_locked": "有人被锁在车里", "pet_locked": "动物被锁在车里", "fire": "有火情", "ambulance": "急救车辆受阻或要急救",
    "injury": "有人受伤", "accident": "发生交通事故",
}
"""Whispered to the seat who takes a caller in danger (kinds of ivr.domain.spoken_trouble.hear_urgency)."""
REFUSALS = {
    "too_many_month": "您这个月的挪车次数已经用完。需要的话我为您转人工，好吗？",
    "too_many_day": "您今天的挪车次数已经用完。需要的话我为您转人工，好吗？",
    "plate_too_often": "这辆车今天已经多次收到通知，要由座席处理。我为您转人工，好吗？",
    "stalking": "这辆车您已经多次申请，要由座席核实。我为您转人工，好吗？",
    "barred": "您的号码现在不能使用电话挪车。如有异议，我为您转人工，好吗？",
    "plate_type": "这种号牌要由座席办理。我为您转人工，好吗？",
    "open_case": "这个号码现在不能再登记挪车。我为您转人工，好吗？",
    "no_number": "没有您的联系号码，不能登记挪车。我为您转人工，好吗？",
}
CASE_STATES = {
    CaseState.ACK_COMING: "车主已答复马上来。二十分钟后我们短信问您是否挪走，没来的话再打12123。",
    CaseState.ACK_CANNOT: "车主答复暂时来不了，我们会再联系。二十分钟后短信问您是否挪走，没挪的话再打12123。",
    CaseState.NOT_HERE: "车主反映车辆情况异常，请您拨打122，由民警现场处理。",
    CaseState.SOLD: "已尝试通知车主，暂时没有联系上，已转人工核实。急需挪车请再打12123。",
    CaseState.OBJECTED: "已尝试通知车主，稍后短信问您是否挪走。",
    CaseState.NO_ANSWER: "车主暂时没有接听，已发短信提醒他，我们会再联系，结果短信告诉您。",
}
CASE_STATUS = {
    **CASE_STATES,
    CaseState.NEW: "您的请求已经登记，后台恢复后马上通知车主。",
    CaseState.VALIDATED: "您的请求已经登记，马上通知车主。",
    CaseState.NOTIFYING: "正在通知车主，请稍候。",
    CaseState.REMINDED: "已经再次提醒车主，稍后短信问您是否挪走。",
    CaseState.FOLLOW_UP: "我们已短信问您是否挪走。车挪走了请说挪走了，没挪走请说没来。",
    CaseState.ESCALATED: "已经转给有关部门处理，请留意电话和短信。",
}
ESCALATIONS = {
    "police": "这辆车在道路上影响通行，我转给辖区大队处理，民警会联系您这个号码。请留在安全的地方。",
    "property": "车停在小区或单位里面，要请物业或社区协助；堵住消防通道或有危险，请拨打110。结果短信告诉您。",
    "dispatcher": "已经转给调度座席处理，会联系您这个号码。",
    "emergency": "情况危险，请马上拨打110，由民警到场处理。",
}


def ask_sign(answers: tuple[str, ...]) -> Expect:
    """Expect the answer to a question about one sign of a plate, or the whole plate."""
    return ASK_PLATE.model_copy(update={"hints": answers})


def plate_read_back(plate: str, explain: Sequence[int] = ()) -> str:
    """苏B，一二三，四五; doubtful letters with a word: 苏B，北京的B."""
    return say_plate(Plate(plate), explain=explain)


def confirm(plate: str, place: str, colour: str | None, explain: Sequence[int] = ()) -> Say:
    """Read everything back."""
    coloured = f"，{colour}色" if colour and colour != "unknown" else ""
    where = place.removesuffix("（来电人按键选择）")
    return Say(text=f"<slow>{plate_read_back(plate, explain)}</slow>{coloured}，停在{where}，马上通知车主挪车，<pause 0.2>对吗？")


def office(found: Office | None) -> Say:
    """Where it is done, in one sentence."""
    if found is None:
        return Say(text="没有查到办理地点，您可以再打来转人工问。", phrase_id="office_unknown")
    return Say(text=f"最近的是{found.name}，在{found.address}，{found.hours}。")


def moment(at: datetime) -> str:
    """十一月二十四号十二点."""
    local = at.astimezone(CHINA)
    minutes = f"{say_number(local.minute)}分" if local.minute else ""
    return f"{say_number(local.month)}月{say_number(local.day)}号{say_number(local.hour)}点{minutes}"
