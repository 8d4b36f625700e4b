import pytest

from ivr.domain.spoken_papers import (
    hear_address,
    hear_cause,
    hear_delivery,
    hear_for_other,
    hear_paper,
    hear_pieces,
)


@pytest.mark.parametrize(
    ("said", "paper", "cause"),
    [
        ("我行驶证丢了补一个", "vehicle_licence", "lost"), ("行车证烂了", "vehicle_licence", "damaged"),
        ("我把行驶证洗衣服洗了", "vehicle_licence", "damaged"), ("车牌掉了一块咋补", "plate", "lost"),
        ("前面那块牌子撞瘪了想换一个", "plate", "damaged"), ("牌照让人偷了", "plate", "lost"), ("我的检验标志丢了补一张", "inspection_mark", "lost"),
        ("年检标志怎么领", "inspection_mark", "due"), ("驾照丢了补一个", "driving_licence", "lost"), ("驾照断成两半了", "driving_licence", "damaged"),
        ("驾照下个月到期咋换", "driving_licence", "expiring"), ("我改名字了驾照要不要换", "driving_licence", "changed"),
        ("我是外地驾照想转到无锡来", "driving_licence", "moved_in"), ("我B二的驾照想降成C一", "driving_licence", "downgrade"),
        ("我六十三了驾照咋办", "driving_licence", "age"), ("不是丢了是坏了的驾照", "driving_licence", "damaged"), ("我要办业务", None, None),
    ],
)  # fmt: skip
def test_paper_and_cause_are_heard(said: str, paper: str | None, cause: str | None) -> None:
    assert hear_paper(said) == paper
    assert hear_cause(said, paper) == cause


@pytest.mark.parametrize(("said", "pieces"), [("两块都丢了", "both"), ("掉了一块", "one"), ("前面那块", "one"), ("补一副", "both"), ("后牌", "one"), ("丢了", None)])
def test_one_or_both_plates(said: str, pieces: str | None) -> None:
    assert hear_pieces(said) == pieces


@pytest.mark.parametrize(
    ("said", "delivery"),
    [
        ("寄到家里", "registered"), ("邮寄", "registered"), ("寄到登记的地址", "registered"), ("我去大厅自己取", "pick_up"), ("自取", "pick_up"),
        ("寄到单位新区长江路一百二十八号", "other"), ("寄到新区长江路一百二十八号", "other"), ("寄到老家去不寄这边", "other"), ("不知道", None),
        ("换个地址", "other"),
    ],
)  # fmt: skip
def test_delivery_is_heard(said: str, delivery: str | None) -> None:
    assert hear_delivery(said) == delivery


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("邮寄寄到新区长江路一百二十八号", "新区长江路一百二十八号"), ("寄到单位新区长江路一百二十八号", "单位新区长江路一百二十八号"),
        ("地址是滨湖区太湖花园二期十九幢二单元", "滨湖区太湖花园二期十九幢二单元"), ("寄到家里", None), ("寄吧", None),
    ],
)  # fmt: skip
def test_an_address_is_what_stands_behind(said: str, address: str | None) -> None:
    assert hear_address(said) == address


@pytest.mark.parametrize(("said", "other"), [("我给我爸换驾照他七十二了", True), ("替我妈办", True), ("车是我爸的名字我能办吗", True), ("给我换个驾照", False), ("帮我补个行驶证", False)])
def test_who_asks_for_somebody_else(said: str, *, other: bool) -> None:
    assert hear_for_other(said) is other
