import pytest

from ivr.domain.spoken_machines import sounds_like_a_machine


@pytest.mark.parametrize(
    "text",
    [
        "您拨打的电话已关机，请稍后再拨。",
        "您好，我现在不方便接听电话，请留言。",
        "您呼叫的用户暂时无法接听，请在提示音后留言",
        "对不起，您拨打的号码是空号",
        "您好，我是机主的语音助手",
        "用户不在服务区",
    ],
)
def test_announcements_are_known(text: str) -> None:
    assert sounds_like_a_machine(text)


@pytest.mark.parametrize(
    "text", ["", "喂", "喂你好请问哪位", "我在开车不方便接电话", "你稍后再打过来", "马上来挪", "我车停在车位里没挡着谁", "留个电话吧"]
)
def test_people_are_not_taken_for_one(text: str) -> None:
    assert not sounds_like_a_machine(text)


def test_any_guess_counts() -> None:
    assert sounds_like_a_machine(["青刘艳俊", "请留言"])
