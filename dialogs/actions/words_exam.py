"""Sentences about driving tests. An application is never called a booking that has succeeded."""

from collections.abc import Sequence
from datetime import date

from ivr.dialogue.replies import Expect, ExpectKind, Say
from ivr.domain.dates import say_date
from ivr.domain.spoken import say_number
from ivr.services.exams import BookingView, Offer, Refusal

SUBJECTS = {"1": "科目一", "2": "科目二", "3": "科目三", "3B": "科目四"}
SESSIONS = {"morning": "上午", "afternoon": "下午"}
SUBJECT_KEYS = {"1": "1", "2": "2", "3": "3", "4": "3B"}
_ORDINALS = ("一", "二", "三")

ASK_SUBJECT = Expect(
    kind=ExpectKind.CHOICE, count=4, hints=("科目一", "科目二", "科目三", "科目四"), example="比如说：科目二；或者按键，科目几就按几。"
)
ASK_DAY = Expect(kind=ExpectKind.DATE, example="比如说：下周三；或者说：越早越好。")
WHAT_SUBJECT = Say(text="您要约科目几？", phrase_id="what_subject")
WHAT_DAY = Say(text="您想哪一天考？也可以说越早越好。", phrase_id="what_exam_day")
DAY_NOT_HEARD = Say(text="没听清哪一天。请说日期，比如下周三，或者说越早越好。", phrase_id="exam_day_not_heard")
WHICH_SESSION = Say(text="请说第几个，或者按数字键；都不合适，请说换一天。", phrase_id="which_session")
WHICH_BOOKING = Say(text="请说要取消科目几的申请。", phrase_id="which_booking")
NOTHING_TO_CANCEL = Say(text="没有查到您可以取消的考试预约。", phrase_id="nothing_to_cancel")
NOTHING_BOOKED = Say(text="近三个月没有查到您的考试预约。", phrase_id="nothing_booked")
CANCELLED = Say(text="已经取消，不影响以后预约。以后再约，排序时间从取消时算起。", phrase_id="exam_cancelled")
CHANGE_FIRST = "改时间要先取消现在的申请，再重新申请，排序时间从取消时算起。"
UNKNOWN_YET = Say(text="后台还没有答复，您的申请已经记下，结果以短信为准，请不要重复提交。", phrase_id="submission_unknown")
CANCEL_OR_NOT = Say(text="要取消这次预约，请说确认取消，或者按1；不取消，请说不取消，或者按2。", phrase_id="cancel_or_not")
KEPT = Say(text="好的，没有取消，预约不变。", phrase_id="exam_kept")
WINDOW_OR_HUMAN = Say(text="要我说窗口地址，还是转人工？", phrase_id="window_or_human")
ASK_WINDOW = Expect(kind=ExpectKind.CHOICE, count=2, hints=("地址", "说地址", "转人工", "人工", "都不用"), example="说地址请按1，转人工请按2。")
RULES = (
    "科目一合格后，小型汽车满十天能约科目二，手动挡满三十天、自动挡满二十天能约科目三。"
    "每次预约当天有一次补考机会；科目二和科目三没考过，要隔十天再约，最多各约五次。"
)

REASONS = {
    Refusal.NO_STUDENT_RECORD: "没有查到您的学员信息，请先通过驾校或者车管所报名。",
    Refusal.WRONG_CLASS: "您的准考车型不考这一科。",
    Refusal.PREVIOUS_SUBJECT_NOT_PASSED: "前面的科目还没有合格，合格以后才能约这一科。",
    Refusal.INTERVAL_NOT_REACHED: "还没有到可以约的时间。",
    Refusal.REBOOK_TOO_SOON: "上次没有合格，要满十天才能再约。",
    Refusal.ATTEMPTS_USED_UP: "这一科五次预约都已经用完，已合格的科目成绩作废，要重新报名。",
    Refusal.CERT_EXPIRED: "您的学习驾驶证明已经过期，要重新报名。",
    Refusal.TRAINING_HOURS_MISSING: "驾校还没有上传完您这一科的学时，请先联系驾校。",
    Refusal.PLAN_FULL: "这一场已经约满了。",
    Refusal.PLAN_CLOSED: "这一场已经截止。",
    Refusal.ALREADY_BOOKED: "这一科您已经有一个预约，办完或者取消以后才能再约。",
    Refusal.ALREADY_PASSED: "这一科您已经合格，不用再约。",
    Refusal.FEE_UNPAID: "考试费还没有缴，请在交管12123的App里缴费，或者到窗口缴。",
    Refusal.STATUS_LOCKED: "您的学员状态现在不能预约，要由座席核对。",
    Refusal.CROSS_CITY: "您在别的城市报名，要先办理变更考试地。",
    Refusal.NO_PLAN: "三十天内没有可以约的场次。",
    Refusal.NOT_CANCELLABLE: "这个预约不能通过电话取消。",
    Refusal.UNKNOWN_BOOKING: "没有查到这个预约。",
    Refusal.OTHER: "不符合办理条件。",
}
_STATES = {
    "applied": "正在排队", "succeeded": "已经预约成功", "unplaced": "没有排上", "cancelled": "已经取消", "passed": "合格",
    "failed": "不合格", "absent": "缺考",
}


def subject_name(subject: str) -> str:
    """科目三."""
    return SUBJECTS.get(subject, "这一科")


def day_name(day: date) -> str:
    """十二月二号，星期三."""
    return say_date(day)


def session_name(offer: Offer) -> str:
    """城北考场，上午."""
    return f"{offer.venue}，{SESSIONS.get(offer.session, '')}"


def may_take(subject: str) -> Say:
    """Suggest the subject that is next."""
    return Say(text=f"您现在可以约{subject_name(subject)}，约这一科吗？")


def choices(offers: Sequence[Offer], *, bookings_used: int, bookings_left: int | None) -> Say:
    """Name at most three sessions; the day once where it is one."""
    days = {offer.day for offer in offers}
    names = [session_name(offer) if len(days) == 1 else f"{day_name(offer.day)}，{session_name(offer)}" for offer in offers]
    count = {1: "一", 2: "两"}.get(len(offers), say_number(len(offers)))
    head = f"{day_name(offers[0].day)}，有{count}场：" if len(days) == 1 else f"有{count}场："
    left = f"这一科已约过{say_number(bookings_used)}次，还有{say_number(bookings_left)}次。" if bookings_left is not None else ""
    listed = "；".join(f"{_ORDINALS[index]}、{name}" for index, name in enumerate(names))
    return Say(text=f"{left}{head}{listed}。您要哪个？")


def ask_choice(names: Sequence[str]) -> Expect:
    """Listen for one of the sessions."""
    hints = (*(f"第{_ORDINALS[index]}个" for index in range(len(names))), "最早的", "换一天", "都不行")
    return Expect(kind=ExpectKind.CHOICE, count=len(names), hints=hints, example="比如说：第一个；或者按1。")


def offer_text(subject: str, licence_class: str, offer: Offer) -> str:
    """科目三，C1，十二月二号星期三，城北考场，上午场."""
    return f"{subject_name(subject)}，{spoken_class(licence_class)}，{day_name(offer.day)}，{offer.venue}，{SESSIONS.get(offer.session, '')}场"


def spoken_class(licence_class: str) -> str:
    """C1 as it is said: C一."""
    return "".join("零一二三四五六七八九"[int(char)] if char.isdigit() else char for char in licence_class)


def read_back(plan_text: str) -> Say:
    """Everything once more, and what happens then."""
    return Say(text=f"请听好：{plan_text}。提交后按排序安排，结果一般在考前三个工作日公布。确认提交吗？")


def submitted(serial_text: str) -> Say:
    """Handed in; not a place."""
    return Say(text=f"申请已提交，还不是预约成功，结果以短信为准。流水号{serial_text}，已发到您手机。截止前想取消，可以再打来。")


def refused(refusal: Refusal, first_day: date | None, subject: str) -> Say:
    """Why not, and from when."""
    named = f"{subject_name(subject)}：" if subject else ""
    when = f"{day_name(first_day)}起可以约。" if first_day is not None and refusal is not Refusal.NO_PLAN else ""
    return Say(text=f"{named}{REASONS[refusal]}{when}")


def no_plan_then(first_day: date, *, full: bool) -> Say:
    """The days asked for have none, or none free; another has."""
    why = "都约满了" if full else "没有场次"
    return Say(text=f"您要的时间{why}，最近的是{day_name(first_day)}。约这一天吗？")


def booking(view: BookingView) -> Say:
    """One booking as it stands."""
    where = booked_text(view)
    state = _STATES[view.state.value]
    if view.state.value == "applied" and view.rank is not None:
        state += f"，排第{say_number(view.rank)}位，计划考{say_number(view.places)}人，考前三个工作日公布"
    return Say(text=f"{where}，{state}。")


def booked_text(view: BookingView) -> str:
    """A booking as it is read back and texted."""
    return f"{subject_name(view.subject)}，{day_name(view.day)}{SESSIONS.get(view.session, '')}，{view.venue}"


def understood(business: str, subject: str | None, first: date | None, last: date | None) -> tuple[Say, ...]:
    """What is wanted, said back before the identity is asked for."""
    if business != "book" or subject is None:
        return ()
    day = f"，{day_name(first)}" if first is not None and first == last else ""
    return (Say(text=f"预约{subject_name(subject)}{day}。"),)


def cancel_question(view: BookingView, *, change: bool) -> Say:
    """Read back what is to be cancelled."""
    why = CHANGE_FIRST if change else ""
    return Say(text=f"{why}要取消的是{booked_text(view)}。确认取消吗？")


def window_only(view: BookingView) -> Say:
    """A booking that has succeeded is cancelled at the window only (order 162 art. 46)."""
    return Say(
        text=f"查到您{day_name(view.day)}有{subject_name(view.subject)}考试，已经预约成功。成功以后不能通过电话取消，"
        "最晚考试前一天，带身份证到车管所窗口办，也可以委托别人。不去考会按不合格计一次。"
    )


def standing(passed: Sequence[str], next_subject: str | None, left: int | None, permit_expires: date | None) -> Say:
    """Attempts left and the certificate's end."""
    parts = []
    if passed:
        parts.append("、".join(subject_name(each) for each in passed) + "已合格")
    if next_subject is not None:
        parts.append(f"下一科是{subject_name(next_subject)}" + (f"，还可以约{say_number(left)}次" if left is not None else ""))
    if permit_expires is not None:
        parts.append(f"学习驾驶证明到{_year(permit_expires)}{day_name(permit_expires)}")
    return Say(text="，".join(parts) + "。") if parts else NOTHING_BOOKED


def _year(day: date) -> str:
    return "".join("零一二三四五六七八九"[int(char)] for char in str(day.year)) + "年"
