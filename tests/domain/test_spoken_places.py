import pytest

from ivr.domain.spoken_places import hear_place

ASKED = [
    ("清扬路六十八号，大门左手边", "清扬路六十八号，大门左手边", "road", True),
    ("人民路和中山路路口，农业银行门口", "人民路和中山路路口，农业银行门口", "road", True),
    (
        "万达广场地下二层，B区，柱子上写的B二幺七",
        "万达广场地下二层，B区，柱子上写的B二幺七",
        "car_park",
        None,
    ),
    ("太湖花园二期，十九幢二单元楼下", "太湖花园二期，十九幢二单元楼下", "compound", False),
    ("我也说不清，就菜市场后门那条巷子", "菜市场后门那条巷子", "road", True),
    ("消防通道上", "消防通道上", "other", None),
    ("停在我们小区门口", "我们小区门口", "compound", None),
    ("就在人民医院急诊门口这里", "人民医院急诊门口", "unit", None),
    ("他停在新区长江路一百二十八号", "新区长江路一百二十八号", "road", True),
    ("停再清阳路溜十八号", "清阳路溜十八号", "road", True),
    ("就在路边", "路边", "road", True),
    ("呃在那个万达广场对面", "万达广场对面", "unit", None),
    ("堵我家门口了", "我家门口", "unit", None),
    ("小区里面", "小区里面", "compound", False),
    ("新村路三号", "新村路三号", "road", True),
    ("太湖花园地下车库", "太湖花园地下车库", "car_park", None),
    ("高速上", "高速上", "road", True),
    ("我不知道", None, None, None),
    ("", None, None, None),
]
UNASKED = [
    ("有辆车把我堵住了车牌苏 B 一二三四五在清扬路六十八号门口", "清扬路六十八号门口", "road"),
    ("苏B一二三四五停在人民路和中山路路口影响通行", "人民路和中山路路口", "road"),
    ("我要挪车在万达广场地下二层", "万达广场地下二层", "car_park"),
    (
        "太湖花园二期十九幢楼下有辆车把我挡住了车牌苏B一二三四五",
        "太湖花园二期十九幢楼下",
        "compound",
    ),
    ("有一辆白色的大众停在中山路五十号门口把我堵住了出不去", "中山路五十号门口", "road"),
    ("帮我挪车车牌苏比幺二三四五在新村路三号", "新村路三号", "road"),
    ("车牌号苏B一二三四五白色的车停在农业银行门口", "农业银行门口", "unit"),
    ("你好我要挪车，车牌苏B一二三四五", None, None),
    ("有个车把我堵住了", None, None),
    ("堵在小区门口了，没留电话", None, "compound"),
    ("喂，挪车，快点，我要送孩子", None, None),
    ("前面这个车不晓得哪个的，一直不走", None, None),
    ("他横在马路上，公交车都过不去", None, "road"),
    ("压着我家店门", None, "unit"),
    ("十二月初，一号二号都可以", None, None),
    ("你们这个日期不对", None, None),
    ("人工", None, None),
    ("白色的", None, None),
]


@pytest.mark.parametrize(("said", "text", "kind", "on_road"), ASKED)
def test_the_answer_to_where_is_the_place(said, text, kind, on_road):
    place = hear_place(said, asked=True)
    assert (place.text, place.kind, place.on_road) == (text, kind, on_road)


@pytest.mark.parametrize(("said", "text", "kind"), UNASKED)
def test_a_place_is_cut_out_of_a_sentence_when_it_names_something(said, text, kind):
    place = hear_place(said)
    assert (place.text, place.kind) == (text, kind)
