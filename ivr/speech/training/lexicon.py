"""How words are pronounced: pinyin with tone numbers, several ways where callers differ."""

import logging
import re
from collections.abc import Iterable

import jieba
from pypinyin import Style, lazy_pinyin

from ivr.speech.training.units import split_syllable

jieba.setLogLevel(logging.WARNING)
Pronunciations = dict[str, list[list[str]]]
"""Word -> ways to say it; a way is a list of syllables."""

LETTERS = {
    "A": ["ei1", "a1"], "B": ["bi4", "bi1"], "C": ["xi1", "sei1"], "D": ["di4", "di1"], "E": ["yi4", "yi1"],
    "F": ["ai1 fu1", "ai2 fu2"], "G": ["ji4", "ji1"], "H": ["ai1 qu1", "ei1 chi1", "ai2 chi1"], "I": ["ai1"],
    "J": ["jie4", "zhei4"], "K": ["kai4", "kei1"], "L": ["ai1 lou4", "ai2 ou1", "ai1 lu4"],
    "M": ["ai1 mu1", "ai2 mu3"], "N": ["en1"], "O": ["ou1"], "P": ["pi4", "pi1"], "Q": ["qiu1", "kou1"],
    "R": ["a1", "a1 er2"], "S": ["ai1 si1", "ai2 si4"], "T": ["ti4", "ti1"], "U": ["you1"], "V": ["wei1"],
    "W": ["da2 bu4 liu1", "da2 bu5 liu5"], "X": ["ai1 ke4 si1", "ai1 ke5 si5"], "Y": ["wai1"], "Z": ["zei4", "zi4"],
}
_SAID = {
    "一": ["yi1"], "不": ["bu4"], "重": ["chong2", "zhong4"], "行": ["xing2", "hang2"], "长": ["chang2", "zhang3"],
    "重新": ["chong2 xin1"], "重复": ["chong2 fu4"], "重庆": ["chong2 qing4"], "厦门": ["xia4 men2"],
    "还有": ["hai2 you3"], "还": ["hai2", "huan2"], "长沙": ["chang2 sha1"], "长春": ["chang2 chun1"],
    "嗯": ["en1", "en4"], "喂": ["wei2", "wei4"], "的": ["de5"], "了": ["le5"], "吗": ["ma5"], "吧": ["ba5"],
    "呢": ["ne5"], "那个": ["na4 ge5", "nei4 ge5"], "哦": ["o4"], "这": ["zhe4", "zhei4"], "都": ["dou1", "du1"],
    "地": ["di4", "de5"], "得": ["de2", "dei3"], "着": ["zhe5", "zhao2"], "谁": ["shei2", "shui2"],
    "什么": ["shen2 me5"], "挪": ["nuo2"], "挪车": ["nuo2 che1"], "堵": ["du3"], "诶": ["ei1"], "呃": ["e4"],
    "车": ["che1"], "号": ["hao4"], "只": ["zhi1", "zhi3"], "没": ["mei2"], "啊": ["a1", "a5"], "哪": ["na3", "nei3"],
    "调": ["diao4", "tiao2"], "咋": ["za3"], "俩": ["lia3"], "幺": ["yao1"], "两": ["liang3"], "零": ["ling2"],
}
_CHINESE = re.compile("(?:(?![她它妳牠祂])[一-龥])+")
"""Without what `sentences` spells in another way."""


def _ways(word: str) -> list[str]:
    if word in _SAID:
        return _SAID[word]
    if word in LETTERS:
        return LETTERS[word]
    return [" ".join(lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True, v_to_u=False))]


def pronounce(word: str) -> list[list[str]]:
    """All ways to say a word; empty when it cannot be said in Mandarin."""
    ways = [way.replace("ü", "v").split() for way in _ways(word)]
    whole = [way for way in ways if way and all(split_syllable(s) for s in way)]
    return [way for way in whole if word in LETTERS or len(way) == len(word)]


def lexicon(words: Iterable[str]) -> Pronunciations:
    """Pronounce every word that can be said."""
    return {word: ways for word in words if (ways := pronounce(word))}


def frequent_words(characters: int, words: int) -> dict[str, int]:
    """Jieba's most frequent single characters and words of 2 to 4, with their counts."""
    jieba.initialize()
    counts = [(n, w) for w, n in jieba.dt.FREQ.items() if n > 0 and _CHINESE.fullmatch(w)]
    ones = sorted((c for c in counts if len(c[1]) == 1), reverse=True)[:characters]
    more = sorted((c for c in counts if 2 <= len(c[1]) <= 4), reverse=True)[:words]
    return {word: count for count, word in (*ones, *more)}
