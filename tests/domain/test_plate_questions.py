import pytest

from ivr.domain.plate_questions import ask_between


@pytest.mark.parametrize(
    ("best", "others", "question", "answer"),
    [
        ("苏B12345", ["苏D12345"], "是北京的B，还是大连的D？", "大连的D"),
        ("桂A12345", ["贵A12345"], "是广西的桂，还是贵州的贵？", "贵州"),
        ("苏B1Y345", ["苏B17345"], "号码第二位是Y，还是七？", "拐"),
        ("苏B12345", ["苏812345"], "字母是B，还是八？", "北京的B"),
        ("苏B12345", ["苏B1234A"], "号码第五位是五，还是A？", "安全的A"),
    ],
)
def test_a_question_names_both_signs_and_knows_the_answers(best, others, question, answer):
    asked, answers = ask_between(best, others, ((best, 0.0), (others[0], 0.1)))
    assert asked == question
    assert answer in answers
    assert {"第一个", "后面那个", "都不是"} <= set(answers)


def test_where_a_second_sign_is_in_doubt_the_whole_plate_is_asked_for():
    readings = (("豫D11520", 0.0), ("渝D11520", 0.05), ("渝DE1520", 0.3))
    assert ask_between("豫D11520", ["渝D11520"], readings) == ("是河南的豫，还是重庆的渝？请把整个车牌再说一遍。", ())


def test_a_sign_far_from_likely_is_not_in_doubt():
    readings = (("豫D11520", 0.0), ("渝D11520", 0.05), ("渝DE1520", 0.9))
    assert ask_between("豫D11520", ["渝D11520"], readings)[0] == "是河南的豫，还是重庆的渝？"
