import pytest

from dialogs.actions.assent import consent, verdict
from dialogs.actions.said import Said

PLATE, PLACE, COLOUR = "苏B12345", "清扬路六十八号门口", "白"


def judged(*texts: str, intent: str = "inform", sure: float = 0.4) -> bool | None:
    return verdict(Said(intent, sure, texts), plate=PLATE, known=(PLACE, COLOUR))


@pytest.mark.parametrize(
    "text",
    ["对", "对的", "对对对", "是的", "是", "嗯", "好", "好的", "可以", "行", "中", "要得", "得", "系", "对头", "没错", "确认", "要", "没问题", "阔以", "可以可以", "没错没错通知他吧", "好那你通知他吧", "行你弄吧", "是这个车", "对对对就是这儿", "队", "事的", "对，谢谢", "地点没错", "车牌对的", "是苏B一二三四五没错", "对白色的", "对停在清扬路六十八号门口"],
)
def test_a_yes_in_any_of_its_words_counts(text: str):
    assert judged(text) is True


@pytest.mark.parametrize("text", ["不对", "不是", "不", "错了", "没有", "不行", "不要", "是的但是颜色不对", "不中", "要不得", "搞错了"])
def test_a_no_counts(text: str):
    assert judged(text) is False


@pytest.mark.parametrize(
    "text",
    ["可以改吗", "需要多久", "对面", "好贵", "确认一下地址", "可以等一下吗", "好的我再看一下", "要改一下", "对不起", "是不是", "对吗", "是吗", "行人", "好像是", "苏B一二三四六对", "对黑色的", "对停在梁溪路", "要人工", "挪车", "要多少钱", "一", "那个", "谢谢"],
)
def test_what_only_holds_a_word_of_a_yes_is_none(text: str):
    assert judged(text) is None


def test_a_yes_that_may_have_been_a_no_is_asked_again():
    assert judged("对", "不对") is None
    assert judged("对", "对的", "队") is True


def test_a_yes_that_rasa_takes_for_a_no_is_asked_again():
    assert judged("对", intent="deny", sure=0.9) is None


def test_a_yes_among_the_lesser_guesses_is_none():
    assert judged("我看看", "对") is None


def test_keys_answer_too():
    assert [verdict(Said("dtmf", 1.0, keys=keys)) for keys in ("1", "2", "3", "11")] == [True, False, None, None]


def test_an_event_is_no_answer():
    assert verdict(Said("hold_timeout", 1.0)) is None


@pytest.mark.parametrize("text", ["嗯", "嗯嗯", "欸", "恩，啊"])
def test_a_murmur_is_a_yes_to_a_question_and_consents_to_nothing(text: str) -> None:
    said = Said("affirm", 0.9, (text,))
    assert consent(said, plate=PLATE, known=(PLACE, COLOUR)) is None
    assert consent(Said("affirm", 0.9, (text + "对",)), plate=PLATE, known=(PLACE, COLOUR)) is True


def test_a_key_consents_whatever_was_murmured() -> None:
    assert consent(Said("key", 1.0, ("嗯",), keys="1")) is True
