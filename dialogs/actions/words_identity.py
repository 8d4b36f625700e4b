"""Sentences of proving who is calling."""

from ivr.dialogue.replies import Expect, ExpectKind, Say
from ivr.domain.spoken import say_digits

ASK_ID = Expect(kind=ExpectKind.ID_NUMBER, sensitive=True, example="请在键盘上按十八位身份证号，最后一位是叉就按星号。")
ASK_CODE = Expect(kind=ExpectKind.SMS_CODE, sensitive=True, example="请按键输入短信里的六位数字；没收到请说没收到。")
ASK_SECRET = Expect(kind=ExpectKind.DIGITS, count=6, sensitive=True, example="请按键输入六位数字；找不到请说找不到。")

WHAT_ID = Say(text="先核对身份。请在键盘上输入身份证号，最后一位是叉就按星号。", phrase_id="what_id")
ID_AGAIN = Say(text="这个身份证号不对，请再按一遍，最后一位是叉就按星号。", phrase_id="id_again")
ID_NOT_FOUND = Say(text="没有查到这个证件号的登记信息。请核对后再按一遍；也可以说人工。", phrase_id="id_not_found")
ENTRY_GONE = Say(text="刚才按的没有收好，请再按一遍。", phrase_id="entry_gone")
NO_PHONE = Say(
    text="您登记的信息里没有可用的手机号，发不了验证码。请带身份证到车管所窗口变更联系方式。现在要为您转人工吗？",
    phrase_id="no_phone_on_file",
)
LOCKED = Say(text="核对失败的次数太多，为了您的安全，半小时后才能再试。要为您转人工吗？", phrase_id="identity_locked")
TOO_MANY_CODES = Say(text="这个证件今天的验证码已经用完，请明天再办。要为您转人工吗？", phrase_id="too_many_codes")
CODE_EXPIRED = Say(text="验证码过期了。", phrase_id="code_expired")
CODE_AGAIN = Say(text="又发了一次，请按键输入新的六位验证码。", phrase_id="code_again")
CODE_HELP = Say(text="请按键输入短信里的六位数字。没收到请说没收到，转人工请按零再按井号。", phrase_id="code_help")
ID_HELP = Say(text="办这项业务要核对身份，请按键输入身份证号；不方便的话，可以说人工。", phrase_id="id_help")
SECRET_FILE = Say(text="还要再核对一项：请按键输入驾驶证副页上档案编号的后六位。", phrase_id="secret_file_number")
SECRET_VIN = Say(text="还要再核对一项：请按键输入行驶证上车辆识别代号的后六位。", phrase_id="secret_vin")
NO_SECRET = Say(text="这项业务必须核对这六位数字。您可以找到以后再打来，也可以转人工。要转人工吗？", phrase_id="secret_missing")
PROVE_AGAIN = Say(text="核对的时间过了，要重新核对一次。", phrase_id="prove_again")
PHONE_CHANGED = Say(
    text="登记的手机号不能在电话里改。请带身份证到车管所窗口变更联系方式，也可以用交管12123的App改。现在要为您转人工吗？",
    phrase_id="phone_changed",
)
DOWN = Say(text="后台系统暂时没有应答，您说的我都记着。再试一次请说再试，或者按1；转人工请说人工，或者按2。", phrase_id="backend_away")
ASK_AGAIN = Expect(kind=ExpectKind.CHOICE, count=2, hints=("再试一次", "再试", "人工", "转人工", "不用了"), example="再试一次请按1，转人工请按2。")


def code_sent(id_tail: str, phone_tail: str) -> Say:
    """尾号零零二八。已向您登记的手机…."""
    whose = f"尾号{say_digits(id_tail)}。" if id_tail else ""
    return Say(text=f"{whose}已向您登记的手机，尾号{say_digits(phone_tail)}，发了六位验证码，收到后请按键输入。")


def is_it(id_tail: str) -> Say:
    """Offer another reading of the number."""
    return Say(text=f"证件号好像有一位不对。您的证件号后四位是{say_digits(id_tail)}，对吗？")


def code_wrong(tries_left: int) -> Say:
    """Wrong, and how often it may be tried."""
    count = {1: "一次", 2: "两次"}.get(tries_left, "几次")
    return Say(text=f"验证码不对，还可以试{count}，请再按一遍。")


def secret_wrong(tries_left: int) -> Say:
    """Wrong, and how often it may be tried."""
    count = {1: "一次", 2: "两次"}.get(tries_left, "几次")
    return Say(text=f"和登记的不一致，还可以试{count}，请再按一遍。")
