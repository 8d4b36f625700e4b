import random

from ivr.speech.training import drills, values


def test_a_run_of_digits_has_its_length_and_repeats():
    r = random.Random(2)
    made = [drills.runs(6, r) for _ in range(50)]
    assert all(len(digits) == 6 for digits in made)
    assert any(digits[0] == digits[1] == digits[2] for digits in made)


def test_drills_hold_ids_read_in_groups_and_answers_alone():
    r = random.Random(3)
    made = [drills.drill(r) for _ in range(3000)]
    sounded = [[word for word in words if word != drills.PAUSE] for words in made]
    assert any(len(words) == 18 and drills.PAUSE in whole for words, whole in zip(sounded, made, strict=True))
    assert {"不是", "好的", "没有"} <= {words[0] for words in sounded}
    assert all(words and words[-1] != drills.PAUSE for words in made)
    assert set(values.PROVINCES) & {words[0] for words in sounded}
