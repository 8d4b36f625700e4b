import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.cli.speech_bench.marks import Mark
from ivr.cli.speech_bench.page import page
from ivr.cli.speech_bench.scores import (
    Results,
    Score,
    changed,
    count,
    load,
    save,
    table,
    target,
    wilson,
)
from ivr.speech.edit_distance import distance


def mark(category="plate", noise_db=None, *, right=True, plain=True, unasked=False):
    return Mark(
        category=category, noise_db=noise_db, said="苏B一二", heard="苏B一", truth="x", plain_right=plain, right=right,
        wrong_unasked=unasked, wrong_taken=not right, errors=1, audio_seconds=2.0, cpu_seconds=0.25,
    )


def results(**rights):
    marks = [mark(right=at < rights.get("plate", 8)) for at in range(10)]
    return Results("a-model", 10, 0.25, count([*marks, mark("phone", 10.0, right=False, unasked=True)]))


def test_marks_are_counted_by_category_and_noise():
    scores = count([mark(), mark(right=False), mark(noise_db=10.0, plain=False)])
    assert (scores["plate"]["clean"].n, scores["plate"]["clean"].right) == (2, 1)
    assert scores["plate"]["10 dB"].plain_right == 0
    assert scores["plate"]["clean"].cer == 0.25


@given(st.integers(1, 400), st.data())
def test_the_interval_holds_the_share(n, data):
    right = data.draw(st.integers(0, n))
    low, high = wilson(right, n)
    assert 0 <= low <= right / n <= high <= 1


def test_the_interval_is_that_of_wilson():
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(8, 10) == pytest.approx((0.490, 0.943), abs=0.001)
    assert wilson(60, 60)[0] == pytest.approx(0.940, abs=0.001)


def test_a_difference_counts_only_where_chance_does_not_explain_it():
    assert changed(Score(n=60, right=58), Score(n=60, right=40)) == "better"
    assert changed(Score(n=60, right=40), Score(n=60, right=58)) == "worse"
    assert changed(Score(n=60, right=58), Score(n=60, right=57)) == ""
    assert changed(Score(n=60, right=58), None) == ""


def test_targets_are_for_a_good_line_and_for_noise():
    assert (target("plate", "clean"), target("plate", "20 dB"), target("date", "clean")) == (0.88, None, None)


def test_a_measurement_is_kept_and_read_again(tmp_path):
    save(results(), tmp_path / "kept.json")
    assert load(tmp_path / "kept.json") == results()


@pytest.mark.parametrize("text", ["{}", "[]", '{"model": 1}', '{"model": "m", "per_category": 1, "load_seconds": 0, "scores": {"a": {"b": {"z": 1}}}}', "no"])
def test_what_is_no_measurement_is_refused(tmp_path, text):
    path = tmp_path / "kept.json"
    path.write_text(text)
    with pytest.raises((ValueError, json.JSONDecodeError)):
        load(path)


def test_the_table_tells_all(tmp_path):
    told = table(results(plate=10), results(plate=2))
    assert "better" in told
    assert "a-model" in told
    plate, phone = told.splitlines()[1:3]
    assert plate.split()[:5] == ["plate", "clean", "10", "100.0", "100.0"]
    assert "20.0" in plate
    assert phone.split()[0] == "phone"
    assert "88" in plate


def test_the_page_stands_alone():
    told = page(results(), results())
    assert told.startswith("<!doctype html>")
    assert "<svg" in told
    assert "<script" not in told
    assert "http" not in told
    assert 'class="bad"' in told
    assert told.count("<tr") == 3


@pytest.mark.parametrize(("a", "b", "far"), [("", "", 0), ("一二三", "一三", 1), ("一二", "二一", 2), ("abc", "", 3)])
def test_characters_to_change(a, b, far):
    assert distance(a, b) == far
