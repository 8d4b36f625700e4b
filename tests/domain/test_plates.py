import pytest

from ivr.domain.errors import PlateWrong
from ivr.domain.plates import Plate, PlateKind, looks_like_plate, may_go_on, plate_type_name

KINDS = [
    ("苏B12345", PlateKind.ORDINARY, "02", "苏B", "三四五"),
    ("京N307R6", PlateKind.ORDINARY, "02", "京N", "七R六"),
    ("苏BD12345", PlateKind.SMALL_NEW_ENERGY, "52", "苏B", "三四五"),
    ("苏B12345D", PlateKind.LARGE_NEW_ENERGY, "51", "苏B", "四五D"),
    ("苏B1234学", PlateKind.COACH, "16", "苏B", "二三四"),
    ("苏B1234挂", PlateKind.TRAILER, "15", "苏B", "二三四"),
    ("苏B1234警", PlateKind.POLICE, "23", "苏B", "二三四"),
    ("苏O1234警", PlateKind.POLICE, "23", "苏O", "二三四"),
    ("粤Z1234港", PlateKind.HONG_KONG, "26", "粤Z", "二三四"),
    ("粤Z1234澳", PlateKind.MACAO, "27", "粤Z", "二三四"),
    ("123456使", PlateKind.EMBASSY, "03", "", "四五六"),
    ("沪A1234领", PlateKind.CONSULATE, "04", "沪A", "二三四"),
    ("京X1234应急", PlateKind.RESCUE, None, "京X", "二三四"),
]


@pytest.mark.parametrize(("text", "kind", "plate_type", "prefix", "spoken_tail"), KINDS)
def test_the_shape_tells_kind_and_type(text, kind, plate_type, prefix, spoken_tail):
    plate = Plate(text)
    assert (plate.kind, plate.plate_type, plate.prefix) == (kind, plate_type, prefix)
    assert plate.spoken_tail == spoken_tail
    assert plate.prefix + plate.serial == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "苏B1234",
        "苏B123456",
        "B12345",
        "苏I12345",
        "苏B1234I",
        "苏BABC12",
        "苏BX12345",
        "国B12345",
        "苏B1234学学",
    ],
)
def test_what_is_no_plate_is_refused(text):
    assert not looks_like_plate(text)
    with pytest.raises(PlateWrong) as error:
        Plate(text)
    assert text not in str(error.value) or not text


@pytest.mark.parametrize("typed", ["苏b·12345", " 苏Ｂ 123 45 ", "苏B.12345", "苏B-12345"])
def test_a_typed_plate_is_read_whatever_its_dress(typed):
    assert Plate.parse(typed) == Plate("苏B12345")


def test_neither_repr_nor_str_nor_format_shows_the_plate():
    plate = Plate("苏B12345")
    assert plate.mask == "苏B1****"
    assert "12345" not in repr(plate) + str(plate) + f"{plate}"
    assert plate.tail == "345"


def test_a_type_code_has_a_name():
    assert plate_type_name("02") == "小型汽车"
    assert plate_type_name("99") == "机动车"


@pytest.mark.parametrize(
    ("text", "further"),
    [
        ("苏B12345", True), ("苏BD1234", True), ("苏BDF123", True), ("苏BD12345", False), ("苏B12345F", False),
        ("苏B2Q298", False), ("苏BVE999", False), ("苏BU1234", False), ("苏B1234学", False), ("苏B1234", False),
    ],
)
def test_only_what_may_begin_a_green_plate_may_go_on(text, further):
    assert may_go_on(text) is further
