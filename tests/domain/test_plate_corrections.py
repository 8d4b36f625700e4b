import pytest

from ivr.domain.plate_corrections import correct_plate
from ivr.domain.plates import Plate


@pytest.mark.parametrize(
    ("plate", "said", "corrected"),
    [
        ("苏B12345", "是D不是B", "苏D12345"),
        ("苏D12345", "错了错了，是B不是D", "苏B12345"),
        ("苏D12345", "不是D是B", "苏B12345"),
        ("苏D12345", "不是大连的D，是北京的B", "苏B12345"),
        ("苏B12345", "不是幺，是七，拐弯的拐", "苏B72345"),
        ("苏B12345", "不是幺是七拐弯的拐", "苏B72345"),
        ("苏B12345", "不是三四五是三四六", "苏B12346"),
        ("苏B12345", "后三位是三四六", "苏B12346"),
        ("苏B12345", "前两位是两个八", "苏B88345"),
        ("苏B12345", "第三位是七", "苏B12745"),
        ("苏B12345", "第二位是D", "苏D12345"),
        ("苏B12345", "第一位是浙江的浙", "浙B12345"),
        ("苏B12345", "最后一位是七", "苏B12347"),
        ("苏B12345", "最后两位是六六", "苏B12366"),
        ("苏B12345", "倒数第二位是七", "苏B12375"),
        ("苏B12345", "不对，是一二三四六", "苏B12346"),
        ("苏B12345", "不对是苏B一二三四六", "苏B12346"),
        ("苏B12345", "浙A一二三四五", "浙A12345"),
        ("桂A12345", "贵州的贵", "贵A12345"),
        ("桂A12345", "是贵州的贵不是广西的桂", "贵A12345"),
        ("苏D12345", "北京的B", "苏B12345"),
        ("京N307A6", "日照的R", "京N307R6"),
    ],
)
def test_a_correction_changes_what_was_meant_and_nothing_else(plate, said, corrected):
    assert correct_plate(Plate(plate), [said]) == Plate(corrected)


@pytest.mark.parametrize(
    "said",
    [
        "不对",
        "错了",
        "不是",
        "清扬路六十八号",
        "第九位是七",
        "不是六是七",
        "后三位是三四",
        "对",
        "是的",
        "",
    ],
)
def test_what_cannot_be_applied_changes_nothing(said):
    assert correct_plate(Plate("苏B12345"), [said]) is None


def test_the_first_guess_that_can_be_applied_is():
    assert correct_plate(Plate("苏B12345"), ["第三位试试", "第三位是七"]) == Plate("苏B12745")
    assert correct_plate(Plate("苏B12345"), "第三位是七") == Plate("苏B12745")


def test_a_correction_that_would_make_no_plate_is_refused():
    assert correct_plate(Plate("苏B12345"), ["第一位是A，第二位"]) == Plate("苏BA2345")
    assert correct_plate(Plate("苏BD12345"), ["第一位是七"]) is None


@pytest.mark.parametrize(
    ("plate", "said", "corrected"),
    [
        ("苏B13D26", "不对是苏E", "苏E13D26"),
        ("苏B13D26", "不对是苏E鹅的E", "苏E13D26"),
        ("苏B13D26", "不对是宿舍的E", "苏E13D26"),
        ("豫KD34275", "不对第一位是鄂E", "豫KE34275"),
        ("豫KD34275", "不对，第一位是鹅的E", "豫KE34275"),
        ("藏F37656", "第二位是天津的T", "藏F3T656"),
        ("苏B12348", "最后一位是六不是八", "苏B12346"),
        ("苏B12D45", "不是B是D", "苏D12D45"),
        ("苏B12345", "后四位错了", None),
    ],
)
def test_a_correction_in_the_characters_of_a_recogniser(plate, said, corrected):
    assert correct_plate(Plate(plate), said) == (Plate(corrected) if corrected else None)
