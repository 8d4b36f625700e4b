"""Text to pinyin with tone numbers, as espeak-ng's voice `cmn-latn-pinyin` reads it. Pure.

Characters are never given to espeak-ng itself, which reads many of them as English letters. The
syllables of one word stand together, so that it has one rhythm. espeak-ng changes third tones by
itself; 一 and 不 are changed here.
"""

import functools
import importlib
import logging
import re
import warnings
from typing import Any

from pypinyin import Style, lazy_pinyin, load_phrases_dict

from ivr.speech.numbers import say_numbers

LETTERS = {
    "A": "ei1", "B": "bi4", "C": "xi1", "D": "di4", "E": "yi4", "F": "ai1fu1", "G": "ji4", "H": "ai1qu1", "I": "ai1",
    "J": "jie4", "K": "kai4", "L": "ai1lou4", "M": "ai1mu1", "N": "en1", "O": "ou1", "P": "pi4", "Q": "qiu1", "R": "a1",
    "S": "ai1si1", "T": "ti4", "U": "you1", "V": "wei1", "W": "da2bu4liu1", "X": "ai1ke4si1", "Y": "wai1", "Z": "zei4",
}
_DIGITS = dict(zip("0123456789", ("ling2", "yao1", "er4", "san1", "si4", "wu3", "liu4", "qi1", "ba1", "jiu3"), strict=True))
_SAID = {
    "长按": "cháng àn", "重听": "chóng tīng", "重说": "chóng shuō", "重发": "chóng fā", "重拨": "chóng bō", "重输": "chóng shū",
    "重填": "chóng tián", "重按": "chóng àn", "重来": "chóng lái", "重办": "chóng bàn", "重试": "chóng shì", "重打": "chóng dǎ",
    "行驶证": "xíng shǐ zhèng", "车行": "chē háng", "单行道": "dān xíng dào", "还有": "hái yǒu", "还没": "hái méi", "还是": "hái shì",
    "还在": "hái zài", "还要": "hái yào", "还款": "huán kuǎn", "还车": "huán chē", "调大": "tiáo dà", "调小": "tiáo xiǎo",
    "调大声": "tiáo dà shēng", "调小声": "tiáo xiǎo shēng", "大夫": "dài fu", "车主": "chē zhǔ", "挪走": "nuó zǒu", "挪车": "nuó chē",
    "挪开": "nuó kāi", "卡住": "qiǎ zhù", "倒车": "dào chē", "听得见": "tīng de jiàn", "听不见": "tīng bu jiàn", "打得通": "dǎ de tōng",
    "停着": "tíng zhe", "堵着": "dǔ zhe", "挡着": "dǎng zhe", "等着": "děng zhe", "占着": "zhàn zhe", "差不多": "chà bu duō",
    "号牌": "hào pái", "号码": "hào mǎ", "几号": "jǐ hào", "驾驶证": "jià shǐ zhèng", "请说": "qǐng shuō", "转人工": "zhuǎn rén gōng",
    "可转": "kě zhuǎn", "得去": "děi qù", "得等": "děi děng",
}
"""Words that pypinyin or jieba does not know in this trade's sense."""
_PAUSES = {
    **dict.fromkeys("，、：；,:;（）()—…\n", ","),
    **dict.fromkeys("。？！.?!", "."),
}
_PIECE = re.compile(r"藏(?=[A-Za-z])|[一-龥]+|[A-Za-z]|\d|[，、：；。？！,.?!;:（）()—…\n]")
_FIGURES = frozenset("零一二三四五六七八九十百千万幺")
_DATED = frozenset("号月日楼期层栋幢")

load_phrases_dict({word: [[syllable] for syllable in said.split()] for word, said in _SAID.items()})


@functools.cache
def _tokenizer() -> Any:
    """Made on first use: reading jieba's dictionary takes about a second."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of jieba's own source: invalid escapes, pkg_resources
        jieba: Any = importlib.import_module("jieba")
    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    for word in _SAID:
        tokenizer.add_word(word)
    return tokenizer


def pinyin_of(text: str) -> str:
    """Write a sentence in pinyin: words apart, pauses as commas and full stops.

    Numbers with a measure word are counts; other digits are read one by one with 幺 for 1. A text in
    which nothing can be said gives "".
    """
    parts: list[str] = []
    for piece in _PIECE.findall(say_numbers(text)):
        if piece in _PAUSES:
            if parts:
                parts[-1] = parts[-1].rstrip(",.") + _PAUSES[piece]
        elif piece in _DIGITS:
            parts.append(_DIGITS[piece])
        elif piece.upper() in LETTERS:
            parts.append(LETTERS[piece.upper()])
        elif piece == "藏":
            parts.append("zang4")
        else:
            parts += _words(piece)
    return " ".join(parts)


def _words(piece: str) -> list[str]:
    """Pinyin of a run of characters, word by word."""
    words = _tokenizer().lcut(piece)
    syllables = [syllable for word in words for syllable in _syllables(word)]
    if len(syllables) == len(piece):
        ends = {at for word, at in zip(words, _ends(words), strict=True) if len(word) > 1}
        syllables = [_sandhi(piece, syllables, at, ends_word=at in ends) for at in range(len(piece))]
    said = []
    for word, last in zip(words, _ends(words), strict=True):
        said.append("".join(syllables[last - len(word) + 1 : last + 1]))
    return said


def _ends(words: list[str]) -> list[int]:
    """Index of the last character of each word."""
    ends, at = [], -1
    for word in words:
        at += len(word)
        ends.append(at)
    return ends


def _syllables(word: str) -> list[str]:
    said = lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True)
    return [syllable.replace("ü", "v") for syllable in said]


def _sandhi(text: str, syllables: list[str], at: int, *, ends_word: bool) -> str:
    """The tone of 一 and 不 before the next syllable."""
    said = syllables[at]
    following = syllables[at + 1] if at + 1 < len(text) else ""
    falls = following.endswith("4") or text[at + 1 : at + 2] == "个"
    if text[at] == "不" and said in ("bu2", "bu4"):
        return "bu2" if falls else "bu4"
    if text[at] == "一" and said.startswith("yi"):
        if not following or ends_word or _is_figure(text, at):
            return "yi1"
        return "yi2" if falls else "yi4"
    return said


def _is_figure(text: str, at: int) -> bool:
    """Is this 一 a digit or an ordinal, which keeps its tone?"""
    before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    return before in _FIGURES or before == "第" or after in _DATED or (after in _FIGURES and after not in "百千万")
