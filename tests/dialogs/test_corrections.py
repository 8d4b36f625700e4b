import pytest

from dialogs.actions.corrections import about_plate, new_place, place_asked, said_instead
from ivr.domain.plates import Plate

PLATE = Plate("苏B12345")
BEFORE = "清扬路六十八号门口"


@pytest.mark.parametrize(
    "text",
    ["车牌错了", "号牌不对", "是D不是B", "不是B是D", "后三位是三四六", "第三位是七", "尾号是三四六", "最后一位是六", "北京的B", "苏B五四三二一", "不是三四五是三四六", "车牌错了停在门口的是苏D一二三四五"],
)
def test_the_plate_is_spoken_of(text: str):
    assert about_plate(text, PLATE)


@pytest.mark.parametrize(
    "text",
    ["不对", "不是", "错了", "不对地点错了是清扬路六十八号门口", "不是人民路是中山路", "地址错了", "第三个路口", "停在D区", "在苏果超市门口", "不是一号门是二号门", "不是白色是黑色", "不对停在对面", "是七十八号", "好的", "B区二幺七停车场", "不对不对", "苏州路五号门口"],
)
def test_the_plate_is_not_spoken_of(text: str):
    assert not about_plate(text, PLATE)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("不对地点错了是梁溪路二号门口", "梁溪路二号门口"),
        ("不是清扬路是中山路", "中山路"),
        ("是中山路不是清扬路", "中山路"),
        ("不对是人民路和中山路口", "人民路和中山路口"),
        ("地址不对在小区门口", "小区门口"),
        ("不是六十八号是七十八号", "清扬路七十八号门口"),
        ("不在这里在马路对面", "马路对面"),
        ("停在人民路我电话一三八零零零零一一一一", "人民路"),
    ],
)
def test_a_place_said_instead_is_taken(text: str, place: str):
    heard = new_place(text, BEFORE)
    assert heard is not None
    assert heard.text == place


@pytest.mark.parametrize("text", ["不对", "地点错了", "好的", "车牌不对", "就是清扬路六十八号", "行吧", "后三位是三四六"])
def test_no_new_place_where_none_is_said(text: str):
    assert new_place(text, BEFORE) is None


def test_an_asked_place_may_be_vague_but_holds_no_phone_number():
    assert place_asked("我家楼下").text == "我家楼下"
    assert place_asked("人民路五号我电话是13800001111").text == "人民路五号"
    assert len(place_asked("人民路" * 60).text or "") == 60


def test_what_is_denied_is_left_out():
    assert said_instead("不是白色是黑色的") == "黑色的"
    assert said_instead("黑色不是白色") == "黑色"
    assert said_instead("白色") == "白色"
