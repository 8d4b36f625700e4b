"""What is listened *for*: timing, short grammars and the meaning of a bare sound.

Times are seconds of the caller's audio after the voice detector fell silent, which is 0.1 s after he did.
Old callers and long entries get time; an entry that is already complete ends the turn almost at once.
"""

from collections.abc import Sequence

from ivr.dialogue.replies import Expect, ExpectKind
from ivr.domain.plates import may_go_on
from ivr.domain.spoken import hear_digits, hear_plate, hear_yes_no
from ivr.speech.sentence_ends import sentence_ends

_FILLERS = ("嗯", "呃", "啊", "额", "那个", "这个", "就是", "喂", "哦", "噢", "唉", "诶")
_HESITATION = ("那个", "这个", "就是", "然后", "还有", "嗯", "呃", "在", "是", "停在", "车牌", "车牌号")
_QUESTION_ENDS = (
    "吗", "呢", "吧", "没有", "多少钱", "怎么办", "怎么补", "怎么换", "怎么弄", "怎么查", "在哪", "在哪里", "在哪儿", "什么时候", "多久",
)
"""With these a question is whole."""
_HUMAN = ("人工", "真人", "座席", "坐席", "话务员", "接线员", "找警察", "找民警", "跟人说")
_NOT_HUMAN = ("不要人工", "不用人工", "别转人工", "不转人工", "不用转人工", "不需要人工", "不是人工")
_YES_NO = (
    "对", "对的", "是", "是的", "嗯", "好", "好的", "没错", "可以", "行", "确认", "对对",
    "要得", "得行", "对头", "对着嘞", "成", "行嘞", "行吧", "好嘞", "是嘞", "没事", "没得事", "莫得", "不得行", "要不得", "不中", "不成",
    "不对", "不是", "不", "错了", "没有", "不行", "不要", "不用", "算了", "人工", "再说一遍",
)
_AT_ONCE = 0.06
_MORE_MAY_FOLLOW = 0.22
"""After a no its reason follows, after what may be the beginning of a green plate perhaps an eighth sign."""
_BINDING_SECONDS = 0.45
"""After what may be agreement to something that cannot be taken back: 对 may go on as 对，提交 or as 对…不对."""
_UNLIKELY_END, _DOUBTFUL_END = 0.16, 0.3
"""Below these a sentence probably goes on (`ivr/speech/sentence_ends.py`). Of whole sentences that its weights were not
learned from 9 % lie below the first, of places inside them 73 %; below the second 30 and 89 %."""
_GOES_ON_SECONDS, _MAY_GO_ON_SECONDS, _MAY_BE_ALL_SECONDS = 0.9, 0.6, 0.42
_SHORTEST_QUESTION, _SHORTEST_SENTENCE = 4, 3
_BEYOND_HIS_PAUSE = 1.25
LONGEST_WAIT_SECONDS = 1.6
"""However slowly he speaks, what is no entry ends after so much silence."""
_ENDS = sentence_ends()
_ENTRY_LENGTHS = {ExpectKind.SMS_CODE: 6, ExpectKind.PHONE: 11, ExpectKind.ID_NUMBER: 18}


def substance(text: str) -> str:
    """Give the text without the sounds that mean nothing; empty when there is nothing else."""
    rest = text
    for filler in _FILLERS:
        rest = rest.replace(filler, "")
    return rest


def wants_human(text: str) -> bool:
    """Did the caller ask for a person? Understood without the dialogue, at any point."""
    return any(word in text for word in _HUMAN) and not any(word in text for word in _NOT_HUMAN)


def answers_briefly(text: str) -> bool:
    """Is it a bare yes or no, which means nothing before the question was heard?"""
    return len(text) <= 4 and hear_yes_no([text]) is not None


def short_answers(expect: Expect) -> tuple[str, ...]:
    """Phrases worth a second, narrower look at a short utterance."""
    if expect.sensitive:
        return ()
    if expect.kind is ExpectKind.YES_NO:
        return _YES_NO
    if expect.kind in (ExpectKind.CHOICE, ExpectKind.PLATE) and expect.hints:
        return (*expect.hints, "人工", "再说一遍")
    return ()


def counts_alone(narrow: str, guesses: Sequence[str], *, binding: bool) -> bool:
    """Does what was heard among the short answers alone come before what the full model heard?

    A yes does not where the full model heard a no, nor as the answer to a question that binds: of 300 noes by voices that
    the ear was not trained for, it made 38 consents, without it there are 20; of the voices it knows it made none.

    Args:
        narrow: the short answer.
        guesses: the full model's, best first.
        binding: a yes cannot be taken back.
    """
    if hear_yes_no([narrow]) is not True:
        return True
    return not binding and hear_yes_no(guesses[:1]) is not False


def no_input_seconds(expect: Expect) -> float:
    """How long may the caller stay silent before he is helped?"""
    entry = expect.kind in _ENTRY_LENGTHS or expect.kind in (ExpectKind.DIGITS, ExpectKind.PLATE)
    return 9.0 if entry else 6.0


def end_of_turn_seconds(expect: Expect, partial: str, *, pause_seconds: float = 0.0) -> float:
    """How much silence ends the turn, given what is expected and heard so far.

    Args:
        expect: what was asked for.
        partial: the recognizer's guess so far.
        pause_seconds: the longest pause this caller lately made inside an utterance.
    """
    waits = min(LONGEST_WAIT_SECONDS, pause_seconds * _BEYOND_HIS_PAUSE)
    if not partial:
        return max(0.7, waits)
    complete = _complete_seconds(expect, partial)
    if complete is not None:
        return max(complete, _BINDING_SECONDS) if expect.binding and not wants_human(partial) else complete
    if partial.endswith(_HESITATION):
        return max(1.6, waits)
    return max(_incomplete_seconds(expect, partial), waits)


def _complete_seconds(expect: Expect, partial: str) -> float | None:
    """Silence after an entry to which nothing can follow, or hardly anything; None: it is not whole."""
    if wants_human(partial):
        return _AT_ONCE
    if expect.kind is ExpectKind.PLATE:
        answered = len(partial) > 1 and partial in expect.hints
        return _MORE_MAY_FOLLOW if answered else _whole_plate(partial)
    if length := _ENTRY_LENGTHS.get(expect.kind, expect.count if expect.kind is ExpectKind.DIGITS else 0):
        return _AT_ONCE if len(hear_digits(partial) or "") >= length else None
    if expect.kind not in (ExpectKind.YES_NO, ExpectKind.CHOICE, ExpectKind.OPEN) or len(partial) > 6:
        return None
    if partial in expect.hints:
        return _AT_ONCE
    said = hear_yes_no([partial])
    if said is None:
        return None
    return _AT_ONCE if said and expect.kind is ExpectKind.YES_NO else _MORE_MAY_FOLLOW


def _whole_plate(partial: str) -> float | None:
    plate = hear_plate([partial], home="").plate
    if plate is None or len(substance(partial)) > 9:
        return None
    return _MORE_MAY_FOLLOW if may_go_on(plate.text) else _AT_ONCE


def _incomplete_seconds(expect: Expect, partial: str) -> float:
    if expect.kind in _ENTRY_LENGTHS or expect.kind is ExpectKind.DIGITS:
        return 2.0
    if expect.kind is ExpectKind.PLATE:
        return 1.1
    if expect.kind in (ExpectKind.YES_NO, ExpectKind.CHOICE, ExpectKind.RATING):
        return 0.42
    return _sentence_seconds(partial)


def _sentence_seconds(partial: str) -> float:
    """Silence after words of any kind: more where a sentence seldom ends so."""
    end = _ENDS.likelihood(partial)
    if end < _UNLIKELY_END:
        return _GOES_ON_SECONDS
    if partial.endswith(_QUESTION_ENDS) and len(partial) > _SHORTEST_QUESTION:
        return _MORE_MAY_FOLLOW
    seconds = _MAY_GO_ON_SECONDS if end < _DOUBTFUL_END else _MAY_BE_ALL_SECONDS
    return seconds if len(partial) > _SHORTEST_SENTENCE else max(seconds, 0.7)
