"""How a confirmed application for a test reaches the backend, and what its SMS says."""

from backend_client.exams import BookingRequest, ExamBackend
from ivr.domain.applications import Application, Submission
from ivr.domain.exams import Refusal, refusal_of

_WHY: dict[Refusal, str] = {
    Refusal.ALREADY_BOOKED: "这一科已有预约",
    Refusal.PLAN_FULL: "场次已满",
    Refusal.PLAN_CLOSED: "场次已截止",
    Refusal.ATTEMPTS_USED_UP: "预约次数已用完",
    Refusal.CERT_EXPIRED: "学习驾驶证明已过期",
    Refusal.FEE_UNPAID: "考试费未缴",
    Refusal.TRAINING_HOURS_MISSING: "学时未达到",
    Refusal.NOT_CANCELLABLE: "已预约成功，须到窗口办理",
}


class ExamCarrier:
    """The way to the backend for `Submissions`."""

    def __init__(self, backend: ExamBackend) -> None:
        self._backend = backend

    async def send(self, application: Application) -> str:
        """Ask the backend with the application's own key.

        Raises:
            BackendDown, BackendWrong: not known whether it was done.
            BackendRefused: it was not done.
        """
        details = application.details
        if application.business == "cancel":
            await self._backend.cancel_booking(
                application.person_token, details["serial"], key=application.idempotency_key
            )
            return details["serial"]
        request = BookingRequest(
            application.person_token, details["plan_id"], details["subject"], details["licence_class"]
        )
        return await self._backend.book(request, key=application.idempotency_key)

    def text(self, application: Application) -> str:
        """SMS that tells the caller what came of it."""
        what, serial = application.details["text"], application.serial
        if application.state is Submission.REFUSED:
            why = _WHY.get(refusal_of(application.reason or ""), "不符合办理条件")
            done = "取消" if application.business == "cancel" else "预约申请"
            return f"【公安交管12123】您的考试{done}（{what}）没有办成：{why}。可再拨12123，或到车管所窗口办理。流水号{serial}。"
        if application.business == "cancel":
            return f"【公安交管12123】您已取消考试预约：{what}。以后再约，排序时间从取消时算起。流水号{serial}。"
        return (
            f"【公安交管12123】考试预约申请已提交：{what}。这还不是预约成功，结果一般在考前三个工作日公布，以短信为准。"
            f"截止前可拨12123取消。流水号{serial}。"
        )
