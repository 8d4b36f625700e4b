"""Chinese text to pinyin: words of several sounds, tones of 一 and 不, letters, digits, pauses."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.speech.pronounce import LETTERS, pinyin_of


def sounds(text):
    """Syllables with tones, words and pauses left out."""
    return re.findall(r"[a-z]+\d", pinyin_of(text))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("几号", "ji3 hao4"), ("号码", "hao4 ma3"), ("银行", "yin2 hang2"), ("行驶证", "xing2 shi3 zheng4"), ("不行", "bu4 xing2"),
        ("重新说", "chong2 xin1 shuo1"), ("重听", "chong2 ting1"), ("重量", "zhong4 liang4"), ("长按", "chang2 an4"), ("校长", "xiao4 zhang3"),
        ("还有", "hai2 you3"), ("归还", "gui1 huan2"), ("好了", "hao3 le5"), ("了解", "liao3 jie3"), ("着急", "zhao2 ji2"), ("停着", "ting2 zhe5"),
        ("调大声", "tiao2 da4 sheng1"), ("重庆", "chong2 qing4"), ("女士", "nv3 shi4"), ("绿色", "lv4 se4"),
    ],
)
def test_words_of_several_sounds_are_read_right(text, said):
    assert sounds(text) == said.split()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("不对", "bu2 dui4"), ("不是", "bu2 shi4"), ("不行", "bu4 xing2"), ("不，对", "bu4 dui4"), ("一个", "yi2 ge4"), ("一遍", "yi2 bian4"),
        ("一起", "yi4 qi3"), ("一天", "yi4 tian1"), ("第一次", "di4 yi1 ci4"), ("十一个", "shi2 yi1 ge4"), ("统一", "tong3 yi1"),
        ("一号", "yi1 hao4"), ("一二三", "yi1 er4 san1"), ("一百", "yi4 bai3"), ("星期一", "xing1 qi1 yi1"),
    ],
)
def test_yi_and_bu_take_their_tone_from_what_follows(text, said):
    assert sounds(text) == said.split()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("12123", "yao1 er4 yao1 er4 san1"), ("苏B", "su1 bi4"), ("藏A", "zang4 ei1"), ("12分", "shi2 er4 fen1"), ("请按1", "qing3 an4 yi1"),
        ("b超", "bi4 chao1"),
    ],
)
def test_letters_and_digits(text, said):
    assert sounds(text) == said.split()


def test_every_letter_has_a_sound():
    assert sorted(LETTERS) == list("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    assert all(re.fullmatch(r"([a-z]+[1-5])+", said) for said in LETTERS.values())


def test_a_words_syllables_stand_together_and_signs_become_pauses():
    assert pinyin_of("您好，请说。") == "nin2hao3, qing3shuo1."
    assert pinyin_of("。，好！？") == "hao3."


@pytest.mark.parametrize("text", ["", "……", "🙂", " \n"])
def test_nothing_to_say_is_empty(text):
    assert pinyin_of(text) == ""


@given(st.text(st.sampled_from("一不号行重长还了个二十第12B。，苏藏A :%.年月"), max_size=20))
def test_only_pinyin_ever_reaches_the_engine(text):
    assert re.fullmatch(r"([a-z0-9]+[,.]?( |$))*", pinyin_of(text))
