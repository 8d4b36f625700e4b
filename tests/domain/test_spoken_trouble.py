import pytest

from ivr.domain.spoken_trouble import REASONS, hear_reason, hear_urgency


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("车里头锁了个小孩，没人管", "child_locked"),
        ("孩子被锁在车里面了", "child_locked"),
        ("有人被困在车里", "child_locked"),
        ("小海锁在车里了", "child_locked"),
        ("车里有个老人闷在里头", "child_locked"),
        ("车里面有条狗锁着", "pet_locked"),
        ("前面着火了消防车进不来", "fire"),
        ("消防车被堵住了", "fire"),
        ("救护车进不来", "ambulance"),
        ("我老婆要生了出不去", "ambulance"),
        ("出车祸了，有人受伤", "injury"),
        ("有人晕倒了", "injury"),
        ("他把我车剐了人跑了", "accident"),
        ("刚才追尾了", "accident"),
        ("撞了我的车跑了", "accident"),
    ],
)
def test_danger_is_heard(said, kind):
    assert hear_urgency(said) == kind


@pytest.mark.parametrize(
    "said",
    [
        "我要送孩子",
        "消防通道上",
        "没有人受伤就是挪车",
        "没着火",
        "有个车把我堵住了",
        "车牌苏B一二三四五",
        "别刮了我的车",
        "我手上有事",
        "接孩子放学",
        "",
    ],
)
def test_no_danger_is_heard_where_there_is_none(said):
    assert hear_urgency(said) is None


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("挡住车库出口了", "blocked_exit"),
        ("压着我家店门", "blocked_exit"),
        ("有个车把我堵住了", "blocked_exit"),
        ("占了我的车位", "taken_space"),
        ("公交车都过不去", "blocked_road"),
        ("停在消防通道上", "fire_lane"),
        ("车窗没关", "window_open"),
        ("没熄火", "engine_running"),
        ("白色的", None),
        ("", None),
    ],
)
def test_the_reason_is_heard(said, reason):
    assert hear_reason(said) == reason
    assert reason is None or reason in REASONS
