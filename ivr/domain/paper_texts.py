"""SMS that tell a caller what came of an application for a plate, a paper or a licence. Pure."""

from ivr.domain.applications import Application, Submission
from ivr.domain.papers import Refusal

_PAPERS = {"plate": "号牌", "vehicle_licence": "行驶证", "inspection_mark": "检验合格标志", "driving_licence": "驾驶证"}
_CAUSES = {
    "lost": "补领", "damaged": "换领", "expiring": "期满换领", "changed": "信息变更换领", "moved_in": "转入换领",
    "age": "达到规定年龄换领", "downgrade": "降级换领", "due": "申领",
}  # fmt: skip
_OFFICE = "请带身份证到车管所窗口办理，或拨12123转人工"
_WHY: dict[Refusal, tuple[str, str]] = {
    Refusal.NOT_OWNER: ("车辆没有登记在您名下", "请由车辆登记的所有人申请"),
    Refusal.STATUS_BLOCKS: ("当前状态不符合办理条件", _OFFICE),
    Refusal.WRONG_REGION: ("车辆不在本地登记", "请向登记地车管所申请"),
    Refusal.VIOLATIONS_OPEN: ("还有没处理完的违法", "请先处理，再拨12123办理"),
    Refusal.INSURANCE_MISSING: ("没有查到有效的交强险", "请先投保，再拨12123办理"),
    Refusal.LINE_TEST_NEEDED: ("车辆需要先上线检验", "请先到检验机构检验，再拨12123办理"),
    Refusal.TOO_EARLY: ("还没有到可以办理的时间", "请临近到期时再拨12123办理"),
    Refusal.NO_LICENCE: ("没有查到您的驾驶证", _OFFICE),
    Refusal.MEDICAL_MISSING: ("没有查到体检证明", "请先到指定医疗机构体检，再拨12123办理"),
    Refusal.PHOTO_MISSING: ("没有查到可用的照片", "请先到照相点采集照片，再拨12123办理"),
    Refusal.ALREADY_APPLIED: ("同样的申请已在办理中", "不用再申请，可拨12123查进度"),
}
_OTHER = ("不符合办理条件", _OFFICE)


def refusal_of(reason: str) -> Refusal | None:
    """Read the backend's word; None: it is not known here."""
    return Refusal(reason) if reason in {each.value for each in Refusal} else None


def result_text(application: Application) -> str:
    """Say whether it was registered or refused, why, and what to do."""
    details, serial = application.details, application.serial
    what = f"{_CAUSES[details['cause']]}{_PAPERS[details['paper']]}申请"
    if application.state is Submission.REFUSED:
        refusal = refusal_of(application.reason or "")
        why, way_out = _WHY.get(refusal, _OTHER) if refusal else _OTHER
        return f"【公安交管12123】您的{what}没有办成：{why}。{way_out}。流水号{serial}。"
    return (
        f"【公安交管12123】您的{what}已登记，流水号{serial}，请本人完成核验：签收或领取时出示身份证。"
    )
