from dialogs.actions import words
from dialogs.phrases import fixed_phrases
from ivr.domain.car_move_limits import Refusal
from ivr.domain.car_moves import Escalation


def test_each_fixed_phrase_has_one_text():
    phrases = fixed_phrases()
    assert len(phrases) > 40
    assert len({name for name, _ in phrases}) == len(phrases)
    assert ("greeting", words.GREETING.text) in phrases


def test_every_outcome_of_the_services_has_words():
    assert set(words.REFUSALS) == {refusal.value for refusal in Refusal}
    assert set(words.ESCALATIONS) == {each.value for each in Escalation}


def test_a_requester_never_hears_whether_a_plate_exists():
    told = "".join((*words.CASE_STATUS.values(), *words.REFUSALS.values(), words.NEUTRAL.text))
    assert "没有这辆车" not in told
    assert "查无" not in told
