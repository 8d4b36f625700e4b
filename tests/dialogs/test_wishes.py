import pytest

from dialogs.actions.wishes import hear_case_wish, hear_wish, is_thanks


@pytest.mark.parametrize(
    ("wish", "texts"),
    [
        ("repeat", "再说一遍 你再讲一遍好吗 啊什么 没听清 你说什么 刚刚说的没听到 麻烦你重复一下"),
        ("wait", "等一下 等等我下楼看一下车牌 我去看一下 稍等 别挂"),
        ("cancel", "算了 算了我不挪了 不用了 取消 不办了 不用了谢谢 还是算了吧 不挪车了"),
        ("moved", "他已经开走了 车走了 不用了他走了 刚刚挪走了"),
        ("start_again", "重新来 从头来 咱们重新来一遍吧"),
        ("slow", "慢一点 你讲慢一点好吧 说太快了"),
        ("louder", "大声一点 声音大一点"),
        ("goodbye", "再见 拜拜 好的谢谢你拜拜 没事了再见"),
        (None, "人民路 等候区门口 等驾坡路 什么路口 走廊 要挪车 对 不对 苏B一二三四五 走不了了"),
    ],
)
def test_commands_are_heard_whole_and_places_are_none(wish: str | None, texts: str):
    assert {text: hear_wish(text) for text in texts.split()} == dict.fromkeys(texts.split(), wish)


@pytest.mark.parametrize(
    ("wish", "texts"),
    [
        ("remind", "催一下 再催催他 再打个电话给他"),
        ("resolved", "挪走了 他已经开走了 车挪开了 解决了 已经走了"),
        ("not_resolved", "没挪 还没来 他不来 还堵着 还没有走 他不挪 车主不挪了"),
        ("cancel_case", "取消 不用挪了 不挪了 不要再通知了"),
        ("case_status", "怎么样了 挪走了吗 走了没有 什么时候来 查一下"),
        (None, "好的 谢谢 门开了 我走了 嗯"),
    ],
)
def test_what_is_wanted_of_an_open_request(wish: str | None, texts: str):
    assert {text: hear_case_wish(text) for text in texts.split()} == dict.fromkeys(texts.split(), wish)


def test_thanks_end_a_talk_and_a_bare_sound_does_not():
    assert all(map(is_thanks, ["好的谢谢", "没有了", "没了", "谢谢", "知道了", "没事了", "没有别的事了"]))
    assert not any(map(is_thanks, ["嗯", "有", "我要挪车", "可以"]))
