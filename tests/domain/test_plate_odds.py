from ivr.domain.plate_odds import cut_off, rarity


def test_rare_shapes_need_to_be_heard_better():
    assert rarity("苏B12345") == 0
    assert rarity("苏B12345") < rarity("苏B1234A") < rarity("苏B123AB")
    assert rarity("苏BD12345") < rarity("苏BK12345")
    assert rarity("苏B12345D") < rarity("苏B12345K")


def test_a_span_cut_out_of_a_longer_run_is_unlikely():
    said = "苏B一二三四五六"
    assert cut_off(said, 0, 7, assumed=0) >= 3
    assert cut_off(said, 0, 8, assumed=0) == 0
    assert cut_off("八一二三四五", 1, 6, assumed=2) >= 3
    assert cut_off("一二三四五号", 0, 5, assumed=2) > 1


def test_parked_heard_as_a_zero_is_no_digit():
    assert cut_off("苏B一二三四五零在路边", 0, 7, assumed=0) < 0.5


def test_a_start_inside_an_explanation_is_unlikely():
    assert cut_off("A，北京的B一二三四五", 3, 11, assumed=0) > 1
