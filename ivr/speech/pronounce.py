"""Text to pinyin with tone numbers, as espeak-ng's voice `cmn-latn-pinyin` reads it.

Characters are never given to espeak-ng itself, which reads many of them as English letters. The
syllables of one word stand together, so that it has one rhythm.
"""

import re

import jieba
from pypinyin import Style, lazy_pinyin, load_phrases_dict

LETTERS = {
    "A": "ei1", "B": "bi4", "C": "xi1", "D": "di4", "E": "yi4", "F": "ai1fu1", "G": "ji4", "H": "ai1qu1", "I": "ai1",
    "J": "jie4", "K": "kai4", "L": "ai1lou4", "M": "ai1mu1", "N": "en1", "O": "ou1", "P": "pi4", "Q": "qiu1", "R": "a1",
    "S": "ai1si1", "T": "ti4", "U": "you1", "V": "wei1", "W": "da2bu4liu1", "X": "ai1ke4si1", "Y": "wai1", "Z": "zei4",
}
_DIGITS = dict(zip("0123456789", ("ling2", "yao1", "er4", "san1", "si4", "wu3", "liu4", "qi1", "ba1", "jiu3"), strict=True))
_WORDS = ("挪车", "行驶证", "驾驶证", "号牌", "号码", "几号", "请说", "转人工", "调度", "重听", "重新", "还有", "长按", "中山路", "银行", "提供")
_PHRASES = {
    "重听": [["chóng"], ["tīng"]], "重说": [["chóng"], ["shuō"]], "行驶证": [["xíng"], ["shǐ"], ["zhèng"]],
    "还有": [["hái"], ["yǒu"]], "还没": [["hái"], ["méi"]], "还是": [["hái"], ["shì"]], "重听一遍": [["chóng"], ["tīng"], ["yí"], ["biàn"]],
    "调大": [["tiáo"], ["dà"]], "车主": [["chē"], ["zhǔ"]], "挪走": [["nuó"], ["zǒu"]],
}
_PAUSES = {"，": ",", "、": ",", "：": ",", "；": ",", "。": ".", "？": ".", "！": ".", ",": ",", ".": ".", "?": ".", "!": ".", ";": ",", ":": ","}
_PIECE = re.compile(r"[一-龥]+|[A-Za-z]|\d|[，、：；。？！,.?!;:]")

load_phrases_dict(_PHRASES)
for _word in _WORDS:
    jieba.add_word(_word)


def pinyin_of(text: str) -> str:
    """Write a sentence in pinyin: words apart, pauses as commas and full stops.

    Digits are read one by one with 幺 for 1; write counts in characters (十分钟) where a count is meant.
    """
    parts: list[str] = []
    for piece in _PIECE.findall(text):
        if piece in _PAUSES:
            if parts:
                parts[-1] = parts[-1].rstrip(",.") + _PAUSES[piece]
        elif piece in _DIGITS:
            parts.append(_DIGITS[piece])
        elif piece.upper() in LETTERS:
            parts.append(LETTERS[piece.upper()])
        else:
            parts += ["".join(_syllables(word)) for word in jieba.lcut(piece)]
    return " ".join(parts)


def _syllables(word: str) -> list[str]:
    said = lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True, tone_sandhi=True)
    return [syllable.replace("ü", "v") for syllable in said]
