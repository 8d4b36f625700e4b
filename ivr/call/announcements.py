"""The few sentences the call room says by itself, when the dialogue cannot or need not."""

from ivr.call.commands import Utter
from ivr.domain.spoken_numbers import say_number

DID_NOT_HEAR = Utter("没听到您说话。", "did_not_hear")
DID_NOT_GET = Utter("还没有收到您的输入。", "did_not_get")
DID_NOT_UNDERSTAND = Utter("不好意思，没听清，请再说一遍。", "did_not_understand")
KEYS_HELP = Utter("说话不方便，也可以按键：挪车按1，转人工按0。", "keys_help")
ONE_MOMENT = Utter("请稍等。", "one_moment")
STILL_WORKING = Utter("还在办理，请您稍等，不要挂机。", "still_working")
TO_HUMAN = Utter("好的，马上为您转人工，请稍候。", "to_human")
TO_HUMAN_SILENT = Utter("一直没有听到您的声音，我为您转人工。", "to_human_silent")
TRY_AGAIN = Utter("系统反应慢了一点，我再试一次，请稍等。", "try_again")
LAST_RESORT = Utter(
    "抱歉，语音系统暂时出了故障，您刚才说的已经记下。请再说一遍要办的事，说完我们登记回电；转人工请按0。",
    "last_resort",
)
EAR_LOST = Utter("抱歉，现在听不到您说话，请用按键：挪车按1，转人工按0。", "ear_lost")
EAR_LOST_KEYS = Utter("抱歉，现在听不到您说话，请用按键。", "ear_lost_keys")
CALL_AGAIN_LATER = Utter("抱歉，语音系统暂时出了故障，稍后再联系您。再见。", "call_again_later")
CALLBACK_LEFT = Utter("已为您登记，工作人员会尽快给您回电。", "callback_left")
CALLBACK_FAILED = Utter("抱歉，登记没有成功。请过几分钟再打12123；有危险请拨打110。", "callback_failed")
NEXT_IN_LINE = Utter("您是下一位，马上为您接通人工，请稍候。", "next_in_line")
SEAT_LOST = Utter("现在没有空闲的座席。", "no_seat")
GOODBYE_SILENT = Utter("一直没有听到您的声音，需要时请再打12123。再见。", "goodbye_silent")
GOODBYE = Utter("感谢来电，再见。", "goodbye")
HOLD_MUSIC = Utter("♪", "hold_music")
"""Not spoken: `hold_music` makes it."""

FIXED = tuple(
    value for value in list(globals().values()) if isinstance(value, Utter) and value is not HOLD_MUSIC
)
"""All of them, so that they can be rendered before the first call."""


def place_in_line(position: int, wait_seconds: float | None) -> Utter:
    """How many wait before the caller, and for how long."""
    if position <= 1:
        return NEXT_IN_LINE
    wait = "" if wait_seconds is None else f"，大约等{say_number(max(1, round(wait_seconds / 60)))}分钟"
    others = "两" if position == 3 else say_number(position - 1)
    return Utter(f"前面还有{others}位{wait}，请不要挂机。")
