"""What was heard, as a value."""

from ivr.speech.recognizer import Hypothesis, Recognition


def test_the_text_is_the_best_reading_or_nothing():
    assert Recognition().text == ""
    assert Recognition((Hypothesis("挪车", 0.7), Hypothesis("诺车", 0.3))).text == "挪车"
