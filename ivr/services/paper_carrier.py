"""How a confirmed application for a paper reaches the backend, and what its SMS says."""

from backend_client.papers import Cause, Delivery, Paper, PaperBackend, PaperRequest
from ivr.domain.applications import Application, Submission
from ivr.domain.papers import Refusal, refusal_of

NAMES = {"plate": "号牌", "vehicle_licence": "行驶证", "inspection_mark": "检验合格标志", "driving_licence": "驾驶证"}
CAUSES = {
    "lost": "补领", "damaged": "换领", "changed": "信息变化换领", "moved_in": "转入换领", "expiring": "期满换领", "age": "达到年龄换领",
    "downgrade": "自愿降级换领", "due": "申领",
}  # fmt: skip
_WHY: dict[Refusal, str] = {
    Refusal.NOT_OWNER: "车辆不在您名下",
    Refusal.STATUS_BLOCKS: "当前状态不符合办理条件",
    Refusal.ALREADY_APPLIED: "已有同样的申请在办",
    Refusal.MEDICAL_MISSING: "没有查到体检信息",
    Refusal.PHOTO_MISSING: "没有可用的照片",
    Refusal.VIOLATIONS_OPEN: "有违法没有处理完",
    Refusal.INSURANCE_MISSING: "没有查到有效的交强险",
    Refusal.LINE_TEST_NEEDED: "须先上线检验",
}


class PaperCarrier:
    """The way to the backend for `Submissions`."""

    def __init__(self, backend: PaperBackend) -> None:
        self._backend = backend

    async def send(self, application: Application) -> str:
        """Ask the backend with the application's own key.

        Raises:
            BackendDown, BackendWrong: not known whether it was done.
            BackendRefused: it was not done.
        """
        details = application.details
        request = PaperRequest(
            application.person_token, Paper(details["paper"]), Cause(details["cause"]), Delivery(details["delivery"]),
            address=details.get("address"), vehicle_token=details.get("vehicle_token"), pieces=details.get("pieces"),
            temporary_plate="temporary_plate" in details, target_class=details.get("target_class"),
        )  # fmt: skip
        return await self._backend.apply_for_paper(request, key=application.idempotency_key)

    def text(self, application: Application) -> str:
        """SMS that tells the caller what came of it."""
        details = application.details
        what = f"{CAUSES[details['cause']]}{NAMES[details['paper']]}"
        if application.state is Submission.REFUSED:
            why = _WHY.get(refusal_of(application.reason or ""), "不符合办理条件")
            return f"【公安交管12123】您的{what}申请没有办成：{why}。可再拨12123，或到车管所窗口办理。流水号{application.serial}。"
        return (
            f"【公安交管12123】您的{what}申请已登记，待核验。请在交管12123完成本人核验，不会用手机的，签收或领取时出示身份证核验。"
            f"工本费按办理页面缴纳或领取时缴纳，我们不会让您转账。流水号{application.serial}。"
        )
