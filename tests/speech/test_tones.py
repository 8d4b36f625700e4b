"""Tones of signs: readings that differ in them, weighed by made-up melodies; the shipped table; broken ones."""

import json

import numpy as np
import pytest

from ivr.settings import Settings
from ivr.speech.errors import ModelBroken
from ivr.speech.readings import Reading
from ivr.speech.tones import FILE, TONES, load_tones
from ivr.speech.vosk import VoskEar
from tests.speech.test_pitch import RATE, voice

SHIPPED = Settings.model_fields["speech_model"].default


@pytest.fixture(scope="module")
def tones():
    return load_tones(SHIPPED / FILE)


def melody(*semitones):
    """A fifth of a second for each sign: (its beginning, its end) above 160 Hz; a breath between."""
    parts = []
    for first, last in semitones:
        parts += [voice(160 * 2 ** (np.linspace(first, last, RATE // 5) / 12)), bytes(RATE // 10 * 2)]
    return b"".join(parts)


def guess(text, share):
    return Reading(tuple((sign, at * 0.3, at * 0.3 + 0.2) for at, sign in enumerate(text)), share)


LEVEL, FALLS, RISES = (0.5, 0.7), (2.0, -3.0), (-2.0, 1.5)


@pytest.mark.parametrize(("said", "wanted"), [(LEVEL, "津"), (FALLS, "晋")])
def test_a_province_is_told_from_the_one_that_sounds_like_it(tones, said, wanted):
    found = tones.weigh([guess("津零五", 0.5), guess("晋零五", 0.5)], melody(said, RISES, LEVEL))
    assert found[0].text[0] == wanted
    assert found[0].share > 0.75


def test_a_level_one_is_no_letter_and_one_that_falls_is(tones):
    guesses = [guess("九一六", 0.5), guess("九E六", 0.5)]
    assert tones.weigh(guesses, melody(LEVEL, LEVEL, FALLS))[0].text == "九一六"
    assert tones.weigh(guesses, melody(LEVEL, FALLS, FALLS))[0].text == "九E六"


def test_a_word_that_is_no_sign_gains_nothing_by_having_no_tone(tones):
    found = tones.weigh([guess("津零五", 0.5), guess("金零五", 0.4), guess("晋零五", 0.1)], melody(FALLS, RISES, LEVEL))
    shares = {each.text: each.share for each in found}
    assert shares["津零五"] < 0.4, "what falls is hardly 津"
    assert shares["津零五"] / shares["金零五"] == pytest.approx(0.5 / 0.4)


def test_what_the_guesses_have_together_stays_and_so_does_the_share_of_silence(tones):
    silence = Reading((), 0.3)
    found = tones.weigh([guess("津", 0.4), silence, guess("晋", 0.3)], melody(FALLS))
    assert sum(each.share for each in found) == pytest.approx(1.0)
    assert next(each.share for each in found if not each.words) == 0.3


def test_a_tone_outweighs_a_doubt_but_no_certainty(tones):
    found = tones.weigh([guess("津", 0.999), guess("晋", 0.001)], melody(FALLS))
    assert found[0].text == "津"


@pytest.mark.parametrize("guesses", [
    [], [Reading(())], [guess("津", 1.0)], [guess("津的", 0.5), guess("津了", 0.5)], [guess("车在", 0.6), guess("门口", 0.4)],
])
def test_where_signs_do_not_differ_nothing_changes(tones, guesses):
    assert tones.weigh(guesses, melody(FALLS, FALLS)) == guesses


@pytest.mark.parametrize("pcm", [b"", bytes(3200), b"\x01" * 9999])
def test_without_a_voice_the_order_stays(tones, pcm):
    guesses = [guess("津", 0.6), guess("晋", 0.4)]
    found = tones.weigh(guesses, pcm)
    assert [(each.text, round(each.share, 6)) for each in found] == [("津", 0.6), ("晋", 0.4)]


def test_the_shipped_table_knows_what_is_on_plates_and_the_tones_that_tell_them_apart(tones):
    assert set("零一二三四五六七八九幺京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼ABCDEGJPT") <= set(tones.signs)
    assert all(sum(said.values()) == pytest.approx(1.0) for said in tones.signs.values())
    assert sum(tone.share for tone in tones.tones.values()) == pytest.approx(1.0, abs=0.01)
    rise = {name: tone.mean[1] for name, tone in tones.tones.items()}
    assert rise["2"] > rise["1"] > rise["4"]


def _table():
    return json.loads((SHIPPED / FILE).read_text("utf-8"))


def _without(table, key):
    return {name: value for name, value in table.items() if name != key}


@pytest.mark.parametrize("broken", [
    "", "[]", "{", json.dumps(_without(_table(), "signs")), json.dumps(_without(_table(), "tones")),
    json.dumps(_table() | {"tones": {"1": _table()["tones"]["1"]}}),
    json.dumps(_table() | {"signs": {"津": {"9": 1.0}}}),
    json.dumps(_table() | {"signs": {"津": {"1": "high"}}}),
    json.dumps(_table() | {"tones": {name: {"mean": [0, 0, 0], "scale": [[0.0] * 3] * 3, "share": 0.25} for name in TONES}}),
    json.dumps(_table() | {"tones": {name: {"mean": [0], "scale": [[1.0]], "share": 0.25} for name in TONES}}),
])
def test_a_broken_table_is_found_when_it_is_read(tmp_path, broken):
    (tmp_path / FILE).write_text(broken)
    with pytest.raises(ValueError, match=FILE):
        load_tones(tmp_path / FILE)


def _linked(folder):
    folder.mkdir()
    for source in SHIPPED.iterdir():
        if source.name != FILE:
            (folder / source.name).symlink_to(source)
    return folder


async def test_an_ear_whose_table_is_broken_is_not_used_and_one_without_a_table_hears(tmp_path, spoken):
    model = _linked(tmp_path / "model")
    ear = VoskEar(model)
    recognizer = ear.open()
    await recognizer.start()
    await recognizer.accept(spoken["转人工"])
    assert (await recognizer.finish()).text == "转人工"
    recognizer.close()
    ear.close()
    (model / FILE).write_text("{}")
    with pytest.raises(ModelBroken, match="ValueError"):
        VoskEar(model)


class _Noting:
    """Stands for a table: notes what it is given, and always hears the same."""

    def __init__(self):
        self.given = []

    def weigh(self, found, pcm):
        self.given.append((found, pcm))
        return [Reading((("晋", 0.0, 0.2),), 1.0)]


async def test_the_ear_weighs_each_utterance_by_its_own_sound_and_a_grammar_by_none(monkeypatch, spoken):
    tones = _Noting()
    monkeypatch.setattr("ivr.speech.vosk.load_tones", lambda path: tones)
    ear = VoskEar(SHIPPED)
    tones.given.clear()  # it was tried once
    recognizer = ear.open()
    for sentence in ("转人工", "再说一遍"):
        await recognizer.start()
        await recognizer.accept(spoken[sentence][:9600])
        await recognizer.accept(spoken[sentence][9600:])
        assert (await recognizer.finish()).text == "晋", "what the tones made of it"
    assert [pcm for _, pcm in tones.given] == [spoken["转人工"], spoken["再说一遍"]]
    assert ["".join(word for word, _, _ in found[0].words) for found, _ in tones.given] == ["转人工", "再说一遍"]
    await recognizer.start(phrases=("转人工", "再说一遍"))
    await recognizer.accept(spoken["转人工"])
    assert (await recognizer.finish()).text == "转人工"
    assert len(tones.given) == 2
    recognizer.close()
    ear.close()


def test_guesses_too_unlikely_to_be_reckoned_with_stay_as_they_are(tones):
    guesses = [Reading((), 1.0), guess("津", 0.0), guess("晋", 0.0)]
    assert tones.weigh(guesses, melody(FALLS)) == guesses
