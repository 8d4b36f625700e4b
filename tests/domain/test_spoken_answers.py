import pytest

from ivr.domain.spoken_answers import hear_colour, hear_yes_no


def _words(table):
    return table.split()


YES = _words(
    "对 对的 是 是的 嗯 嗯嗯 嗯没错 没错 中 要得 得 对头 好的 可以 行 没问题 没有错 是的没错 对对对 就是这个 嗯对 好嘞 "
    "OK 是这样的 确认提交 系 好的好的 要 可以可以 对提交 阔以 得行 是嘞 成 妥 队 是得 豪"
)
NO = _words(
    "不是 不对 没有 没有没有 错了 不用 不用了谢谢 不是的 不 不行 没得 不要 要不得 别 没了谢谢 没事了 好了谢谢没事了 错了错了 不对不对 没 不中 "
    "唔 不是D 不不不 没有了 还没有 没来 不需要 莫得 不得行 部队 布是 对不起不是 不是，是七"
)
NEITHER = _words(
    "苏B一二三四五 清扬路 白色 我要挪车 人工 再说一遍 是什么意思 你好 怎么办 中山路 成都路 行驶证丢了 要得了不得约 要得了不得学 没错不得约"
)


@pytest.mark.parametrize("said", YES)
def test_yes_is_heard_in_many_tongues(said):
    assert hear_yes_no([said]) is True


@pytest.mark.parametrize("said", NO)
def test_no_is_heard_in_many_tongues(said):
    assert hear_yes_no([said]) is False


@pytest.mark.parametrize("said", [*NEITHER, ""])
def test_what_is_neither_is_none(said):
    assert hear_yes_no([said]) is None


def test_a_later_guess_counts_when_the_best_means_nothing():
    assert hear_yes_no(["白云", "不是"]) is False
    assert hear_yes_no("对") is True


@pytest.mark.parametrize(
    ("said", "colour"),
    [
        ("白的", "白"),
        ("白色的大众", "白"),
        ("银灰", "灰"),
        ("银色", "银"),
        ("一个红色的面包车", "红"),
        ("黑车", "黑"),
        ("绿牌的白车", "白"),
        ("败色", "白"),
        ("嘿", "黑"),
        ("是白的", "白"),
        ("那个咖啡色", "棕"),
        ("香槟金", "金"),
        ("一辆黑色奥迪", "黑"),
        ("灰不溜秋的", "灰"),
        ("不知道", "unknown"),
        ("天黑看不清", "unknown"),
        ("没注意", "unknown"),
        ("蓝牌", None),
        ("白云路", None),
        ("苏B一二三四五", None),
        ("", None),
    ],
)
def test_the_colour_of_the_car_is_heard(said, colour):
    assert hear_colour(said) == colour


@pytest.mark.parametrize("said", ["要得", "中", "得行", "行嘞", "可以嘛", "好嘞", "对头", "对着嘞", "要得嘛", "行吧", "得", "对着"])
def test_a_yes_in_dialect(said):
    assert hear_yes_no(said) is True


@pytest.mark.parametrize("said", ["莫得", "不得行", "要不得", "不中", "没得事", "没得", "不成", "末的", "布忠"])
def test_a_no_in_dialect(said):
    assert hear_yes_no(said) is False


@pytest.mark.parametrize("said", ["中间那个", "中间", "要三", "行人", "好大", "得到", "成都"])
def test_a_word_that_begins_like_a_yes_is_none(said):
    assert hear_yes_no(said) is None
